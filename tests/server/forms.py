"""Every form that a page can send, found in the routes, with the page on which somebody fills it in."""

import re
from base64 import b64decode
from collections.abc import Awaitable, Callable, Iterator
from html.parser import HTMLParser
from typing import Any, NamedTuple
from urllib.parse import quote

import httpx2
from starlette.routing import Route

from schema.desk.tables import SavedView
from schema.entries.tables import Entry
from schema.industry.tables import ChainFirm
from schema.linkage.tables import Claim, Dispute, Transfer
from schema.query.models import read_global_id
from server.routes import routes
from server.web.resources import documents
from tests.house.test_who_may import MAY_DO, SCENES, mine
from tests.industry import scenes as industry
from tests.ledger import ledgers, lists
from tests.world import EVIDENCE, City, Said, on

VIEWS = {"project/list": ("project/list", "project/board")}


IN_ADDRESSES = (
    "one",
    "claim",
    "company",
    "dispute",
    "entry",
    "proposal",
    "message",
    "batch",
    "row",
    "target",
    "region",
    "node",
)


class Door(NamedTuple):
    """A form: the address of its page, the operation that it sends, the act that this does."""

    path: str
    sends: str
    act: str

    def __str__(self) -> str:
        return f"{self.sends}@{self.path}"


def doors() -> Iterator[Door]:
    for route in routes:
        if isinstance(route, Route) and "POST" in (route.methods or ()):
            for name in VIEWS.get(route.name, (route.name,)):
                for sends, operation in (
                    documents[name].mutations.items() if name in documents else ()
                ):
                    yield Door(route.path, sends, operation.act)


class Forms(HTMLParser):
    """The forms of a page that are sent by POST: their attributes, and the values that they hold."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[dict[str, str | None], dict[str, list[str]]]] = []
        self.names: list[set[str]] = []
        self._in = False
        self._area: str | None = None
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "form":
            self._in = given.get("method") == "post"
            if self._in:
                self.found.append((given, {}))
                self.names.append(set())
        if not self._in or not (name := given.get("name")) or "form" in given:
            return
        self.names[-1].add(name)
        chosen = given.get("type") not in ("radio", "checkbox", "file") or "checked" in given
        if tag == "input" and chosen:
            self.found[-1][1].setdefault(name, []).append(given.get("value") or "")

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._in = False


def forms_of(text: str) -> list[tuple[dict[str, str | None], dict[str, list[str]]]]:
    """The forms of a page that do an act."""
    return [each for each in Forms(text).found if "act" in each[1]]


async def dispute_of_seen(city: City) -> Said:
    """Yanjiang sees the project that it has reported and that was judged to be Anyue's."""
    reported = await city.report()
    given: Said = {"project": reported["no"], "place": "anyue", "contactOn": "2026-11-10"}
    given |= {"contactWith": "张总", "evidence": EVIDENCE}
    claimed = await city.done(city.office, "projectClaim", **given)
    project = await city.opined(claimed["project"])
    judged = {"firstContactPlace": "anyue", "reason": "佐证更早"}
    judged |= {"departure": "佐证早于雁江区的上报"}
    await city.done(city.office, "projectJudge", **on(project), **judged)
    return {"project": reported["no"], "grounds": "我区 11 月 8 日已会见投资方"}


async def region_to_change(city: City) -> Said:
    """A region as its page opens it, renamed."""
    asked = '{ targetRegion(slug: "pearl-delta") { slug revision position } }'
    found = (await city.run(city.office, asked))["targetRegion"]
    return {
        "region": found["slug"],
        "revision": found["revision"],
        "name": "粤港澳大湾区",
        "position": found["position"],
    }


async def ledger_to_replace(city: City) -> Said:
    """A batch in which a line is wrong, and the ledger that takes its place."""
    wrong = await ledgers.previewed(city, ledgers.line(4, amount="很多"), ledgers.line(5))
    return ledgers.on(wrong) | {"file": ledgers.sent(ledgers.text(ledgers.line(4)))}


async def ledger_to_confirm(city: City) -> Said:
    batch = await ledgers.previewed(city, ledgers.line(6, ledgers.SIGNED), by="hightech")
    done = await city.done(city.hightech, "ledgerImport", **ledgers.on(batch))
    return ledgers.on(done["batch"]) | ledgers.PAPER


async def ledger_to_import(city: City) -> Said:
    batch = await ledgers.previewed(city, ledgers.line(2))
    return ledgers.on(batch) | {"onlyCorrect": False}


async def ledger_to_undo(city: City) -> Said:
    batch = await ledgers.imported(city, ledgers.line(3, ledgers.SIGNED))
    return ledgers.on(batch) | {"reason": "重复导入"}


async def ledger_to_mend(city: City) -> Said:
    """A batch in which an amount is none, and the amount that is meant."""
    batch = await ledgers.previewed(city, ledgers.line(4, amount="面议"))
    return ledgers.on(batch) | {"row": 2, "cell": "agreed_investment", "value": "12.5亿"}


async def new_ledger(city: City) -> Said:
    return {"file": ledgers.sent(ledgers.text(ledgers.line(1)))}


OWN_SCENES: dict[tuple[str, str], tuple[str, Callable[[City], Awaitable[Said]]]] = {
    ("/targets/regions/{region}", "TargetRegionChange"): ("office", region_to_change),
    ("/projects/{no}/dispute", "ProjectDispute"): ("yanjiang", dispute_of_seen),
    ("/ledger/imports", "LedgerPreview"): ("office", new_ledger),
    ("/ledger/imports/{batch}", "LedgerPreview"): ("office", ledger_to_replace),
    ("/ledger/imports/{batch}", "LedgerImport"): ("office", ledger_to_import),
    ("/ledger/imports/{batch}", "LedgerConfirm"): ("office", ledger_to_confirm),
    ("/ledger/imports/{batch}", "LedgerUndo"): ("office", ledger_to_undo),
    ("/ledger/imports/{batch}/rows/{row:int}", "LedgerMend"): ("office", ledger_to_mend),
    ("/imports/{kind}", "ListPreview"): ("group", lists.to_preview),
    ("/imports/{kind}/{batch}", "ListPreview"): ("group", lists.to_replace),
    ("/imports/{kind}/{batch}", "ListImport"): ("group", lists.to_import),
    ("/imports/{kind}/{batch}", "ListUndo"): ("group", lists.to_undo),
    ("/chain/{node}/edit", "ChainNodeSet"): ("office", industry.change_node),
}
"""By address and operation, who fills in a form and with what, where the scene of its act is for another page."""


async def address(door: Door, given: Said) -> str:
    """The page of a form, for what its act is to be done on."""
    known: dict[str, Any] = {
        "which": given.get("duty"),
        "other": given.get("into"),
        "document": given.get("document"),
        "year": given.get("year"),
        **{name: given.get(name) for name in IN_ADDRESSES},
        "name": given.get("name"),
        "slug": given.get("group"),
        "kind": given.get("kind", "targets"),
    }
    if "{node}" in door.path and "firm" in given:
        firm = read_global_id(given["firm"])
        assert firm
        known["node"] = (await ChainFirm.get(id=firm[1]).prefetch_related("node")).node.no
    if "{no}" in door.path:
        known["no"] = given.get("project") or await project_of(given)
    path = re.sub(r"{(\w+)(?::\w+)?}", lambda found: str(known[found[1]]), door.path)
    if door.path == "/targets/new":
        return f"{path}?group={given['group']}"
    if door.path == "/projects":
        query = quote("amount.min=10亿", safe="=")  # as the page saves it
        await SavedView.all().update(query=query)
        return f"{path}?{query}"
    if door.path == "/judgement":
        return f"{path}?no={given['project']}"
    return path


async def project_of(given: Said) -> str:
    for name, table in (("transfer", Transfer), ("dispute", Dispute), ("claim", Claim)):
        if name in given:
            key = read_global_id(given[name])
            assert key
            return str((await table.get(id=key[1]).prefetch_related("project")).project.no)
    return str((await Entry.get(no=given["entry"]).prefetch_related("project")).project.no)


async def filled_in(city: City, door: Door) -> tuple[str, str, Said]:
    """Who may do the act of a form, its page, and an input that is right."""
    if own := OWN_SCENES.get(door[:2]):
        doer, scene = own
        given = await scene(city)
        return doer, await address(door, given), given
    given = await SCENES[door.act](city)
    doer = MAY_DO[door.act].split()[0]
    page = await address(door, given)
    given = mine(doer, door.act, given)
    if door.sends == "ProjectDecline":
        given = {name: each for name, each in given.items() if name != "firstContactPlace"}
    if days := given.pop("days", None):
        given["text"] = "\n".join(f"{each['day']},休,{each['name']}" for each in days)
    if door.sends == "DocumentTemplateRestore":
        await city.done(city.office, door.act, **given)
        given = {name: each for name, each in given.items() if name != "file"} | {"revision": 1}
    return doer, page, given


async def form_on(
    visitor: httpx2.AsyncClient, door: Door, page: str
) -> tuple[str, dict[str, list[str]]]:
    """Where the form of a page is sent, and what it holds as the page shows it."""
    answer = await visitor.get(page)
    assert answer.status_code == 200, (page, answer.status_code)
    for attributes, values in forms_of(answer.text):
        if values["act"] == [door.sends]:
            return attributes.get("action") or page, values
    raise AssertionError(f"{page} has no form that sends {door.sends}")


def as_typed(given: Said) -> tuple[dict[str, Any], list[tuple[str, tuple[str, bytes]]]]:
    """An act's input as a browser sends it: names and strings, and files."""
    values: dict[str, Any] = {}
    files = []
    for name, value in given.items():
        if isinstance(value, dict) and "content" in value:
            files.append((name, (value["name"], b64decode(value["content"]))))
        elif isinstance(value, list) and any(isinstance(each, dict) for each in value):
            files += [(name, (each["name"], b64decode(each["content"]))) for each in value]
        elif isinstance(value, bool):
            values[name] = "true" if value else "false"
        elif isinstance(value, list) and isinstance(value[0], dict) and "content" in value[0]:
            files += [(name, (each["name"], b64decode(each["content"]))) for each in value]
        elif isinstance(value, list):
            values[name] = [str(each) for each in value]
        else:
            values[name] = str(value)
    return values, files
