"""The fisher: somebody who asks about a project they do not see, by every road, with guesses well chosen.

Each post plays it: a transcript of all answers stays the same to the byte while every column of the
unseen project becomes another. What was learned is nothing.
"""

import json
import re
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from schema.evidence.tables import Attachment
from schema.linkage.tables import Claim
from schema.people.tables import Company
from schema.permissions import MAY, Viewer, may
from schema.project.rules import SIGNED_ON, Stage
from schema.project.tables import Project
from schema.query.models import columns_of, global_id
from server import settings
from tests.house.test_who_may import EVERYBODY, undone
from tests.ledger import ledgers, lists
from tests.ledger.ledgers import ledger_city as ledger_city
from tests.reading.test_claimant import ways
from tests.server.doors import signed_in
from tests.world import EVIDENCE, GRAPH, NOW, City, Said, mutation, on, uscc

SEES_ALL = ("office", "colleague", "leader", "inspector")
DAILY = (
    "group",
    "anyue",
    "department",
    "finance",
    "branch",
    "agent",
    "expert",
    "partner",
    "public",
)
LISTED = """
query Listed($no: String!) { batch(no: $no, kind: "targets") {
  readyCount wrongCount duplicateCount importedCount issues { message }
  rows { totalCount nodes { rowNo state name listed { no name } issues { column code message } cells { field value } } }
} }
"""
AMOUNT = 777_700_000_000
"""In fen: 77.77 亿 yuan."""
CODE = uscc(700)
GUESS: Said = {
    "name": "隐名口腔产业园",
    "investorName": "隐名装备有限公司",
    "amount": "77.77亿",
    "industryCode": "3585",
    "contactPhone": "13977778888",
}
LEAD = GUESS | {
    "uscc": CODE,
    "fixedAssets": "66.66亿",
    "contactName": "隐名联系人",
    "needs": "隐名诉求",
    "source": "隐名引荐",
    "summary": "隐名简介",
    "ownerName": "隐名跟进人",
    "landMu": "777.7",
    "group": None,
    "evidence": [{"name": "隐名纪要.txt", "content": "5Lya6K6u"}],
}
SECRETS = (
    "隐名联",
    "隐名诉",
    "隐名引",
    "隐名简",
    "隐名跟",
    "隐名纪",
    "7777.00",
    "777700",
    "雁江",
    "777.7",
)
OF_MATCHING = frozenset(("id", "no", "name", "normal_name", "revision"))
"""Columns by which a project is asked for; `revision` no act on it lets pass."""
OF_SIGHT = {
    *("group_id", "reported_by_id", "reporter_id", "first_contact_place_id"),
    *("landing_place_id", "merged_into_id", "migration_id"),
}
"""Columns that decide who sees a project: another one would make it another's."""
OWN_IDS = re.compile(r'"(id|url|no)": ?"[^"]*"')
"""IDs and numbers of what a fisher's own acts make, which a sequence gives on."""

OF_REQUEST = re.compile(r'"requestId":"[^"]*"|name="key" value="[^"]*"')
"""What is drawn anew for each request: its number, the key of a form."""

DUPLICATES = """query($input: DuplicatesInput!) {
    duplicates(input: $input) { grade score reasons contact ticket project { no name amount } } }"""
Call = Callable[[], Awaitable[Any]]


async def hidden(city: City, by: str) -> Project:
    project = await city.report(city[by], **LEAD)
    return await Project.get(no=project["no"])


async def another(project: Project, stage: Stage, *, investor: bool) -> None:
    """Every column becomes another, but those by which the project is asked for and seen; with
    `investor` the company that it was as well.
    """
    row = await Project.get(id=project.id)
    changed: Said = {}
    kept = OF_MATCHING | OF_SIGHT | ({"investor_id"} if not investor else set())
    for name, field in columns_of(Project).items():
        old, kind = getattr(row, name), type(field).__name__
        if name in kept:
            continue
        if name == "stage":
            changed[name] = stage
        elif name == "investor_id":
            made = await Company.create(
                name="乙", normal_name="乙", search="乙", created_at=NOW, no_code_reason="境外"
            )
            changed[name] = made.id
            other = {"name": "丙", "normal_name": "丙", "search": "丙", "uscc": uscc(701)}
            await Company.filter(id=old).update(**other, region="丙")
        elif name == "capital_origin":
            changed[name] = "FOREIGN"
        elif isinstance(old, bool):
            changed[name] = not old
        elif isinstance(old, int) or "Int" in kind:
            changed[name] = (old or 0) + 5
        elif "Datetime" in kind:
            changed[name] = NOW
        elif "Date" in kind:
            changed[name] = NOW.date()
        else:
            changed[name] = "7" if "Decimal" in kind else "乙丙"[: getattr(field, "max_length", 2)]
    assert {"amount_fen", "contact_phone", "industry_code", "stage", "search", "judge_by"} <= set(
        changed
    )
    await Project.filter(id=row.id).update(**changed)


def guesses(code: bool) -> list[Said]:
    """Searches: each column guessed right, near and wrong, alone and with the others."""
    name = {"name": GUESS["name"]}
    found: list[Said] = [name, GUESS, {"name": "别的产业园"} | {**GUESS, "name": "别的产业园"}]
    found += [name | {"amount": amount} for amount in ("1", "64亿", "77.77亿", "93亿")]
    found += [{"name": f"{GUESS['name']}二期"} | {k: v for k, v in GUESS.items() if k != "name"}]
    found += [name | {key: GUESS[key]} for key in ("industryCode", "contactPhone", "investorName")]
    found += [{"name": "x", key: GUESS[key]} for key in ("contactPhone", "investorName")]
    return found + ([{"uscc": CODE}, GUESS | {"uscc": CODE}] if code else [])


async def calls(city: City, viewer: Viewer, project: Project, code: bool) -> dict[str, Call]:
    """Everything that somebody may try, by name."""
    no, reference = project.no, global_id("Project", project.id)
    claim, paper = (
        await Claim.get(project_id=project.id),
        await Attachment.get(project_id=project.id),
    )
    investor = {"uscc": CODE if code else uscc(7000)}
    documents = await ways({"no": no, "investor": investor})
    for kind, key in (
        ("Claim", claim.id),
        ("Attachment", paper.id),
        ("JournalEntry", 2),
        ("Duty", 1),
    ):
        documents[f"a {kind}"] = f'{{ node(id: "{global_id(kind, key)}") {{ id }} }}'
    for key, low, high in ((1, "77亿", "78亿"), (2, "1", "77.77亿"), (3, "77.78亿", "900亿")):
        documents[f"amounts {key}"] = (
            f'{{ projects(filter: {{ amount: {{ min: "{low}", max: "{high}" }} }}) {{ totalCount }} }}'
        )
    for text in ("13977778888", "隐名联系人", "隐名诉求", "3585", "777.7", no):
        documents[f"search {text}"] = (
            f'{{ search(text: "{text}") {{ projectTotal companyTotal }} }}'
        )
    documents["a question that cannot be read"] = f'{{ project(no: "{no}") {{ amounts }} }}'
    found: dict[str, Call] = {}

    def ask(name: str, document: str, **variables: Any) -> None:
        async def call() -> Any:
            prepared = GRAPH.prepare(document)
            if isinstance(prepared, list):
                return [str(each) for each in prepared]
            return await city.served(viewer, document, variables)

        found[name] = call

    for name, document in documents.items():
        ask(name, document)
    for at, input in enumerate(guesses(code)):
        ask(f"duplicates {at}", DUPLICATES, input=input)

    refused = set()

    def act(name: str, act: str, /, **input: Any) -> None:
        """An act; one that the post may not do once, for it is refused before anything is looked at."""
        if may(viewer, act) or act not in refused:
            found[name] = lambda: acted(city, viewer, act, **input)
        if not may(viewer, act):
            refused.add(act)

    contact = {"contactOn": "2026-11-10", "contactWith": "李总", "evidence": EVIDENCE}
    lead = GUESS | {"uscc": uscc(7001), "investorName": "渔人有限公司"}
    if viewer.place is not None:
        lead |= contact
    act("a report", "projectReport", **lead)
    act("a report that goes on", "projectReport", **lead, acknowledgeDuplicates=True)
    act("a report of another amount", "projectReport", **lead | {"amount": "1亿"})
    act("a report by the investor", "projectReport", **GUESS | {"name": "渔人产业园"})
    if code:
        act("a code with a wrong name", "projectReport", **lead | {"uscc": CODE})
        act("a code with its name", "projectReport", **GUESS | {"uscc": CODE})
    for at, ticket in enumerate((f"{project.id}.{viewer.organization}.0", "1.2.3", "")):
        act(f"a claim {at}", "projectClaim", ticket=ticket, **contact)
    for at, named in enumerate((no, reference, "2026-9998")):
        act(f"a claim by number {at}", "projectClaim", project=named, place="anyue", **contact)
        given = {"project": named, "revision": 1}
        renamed = {"name": GUESS["name"], "amount": "1亿"}
        agreed = {"kind": "FORMAL", "amount": "1亿", "signedOn": "2026-11-18"}
        act(f"withdrawn {at}", "projectWithdraw", **given, reason="x")
        act(f"resubmitted {at}", "projectResubmit", **given, **renamed)
        act(f"signed {at}", "agreementSign", **given, **agreed)
    act("a dispute", "projectDispute", claim=global_id("Claim", claim.id), grounds="x")
    act("a notice about it", "noticeSend", units=["office"], text="x", subject=no)
    if may(viewer, "projectReport"):
        own = await city.report(
            viewer, name="渔人自有产业园", uscc=uscc(7002), investorName="渔人自有公司"
        )
        back = on(
            (await city.done(city.office, "projectReturn", **on(own), reason="请补充"))["project"]
        )
        for name, more in (("asked", {}), ("gone on", {"acknowledgeDuplicates": True})):
            act(f"own resubmission {name}", "projectResubmit", **back, name=GUESS["name"], **more)
    if may(viewer, "ledgerPreview"):
        given = {"contact": "隐名联系人", "phone": "13977778888", "first": "安岳县"}
        lines = [
            ledgers.line(3, name=GUESS["name"], amount="77.77亿", **given),
            ledgers.line(4, amount="77.77亿", investor=GUESS["investorName"], **given),
        ]
        if code:
            lines.append(ledgers.line(5, uscc=CODE, investor="乱写的公司", **given))
        found["a ledger"] = lambda: ledger(city, viewer, lines)
    if may(viewer, "targetCompanyAdd"):
        own = {} if viewer.name == city.group.name else {"group": "先进制造"}
        companies = [{"name": GUESS["investorName"], **own}, {"name": "渔人齿轮有限公司", **own}]
        if code:
            companies[1]["uscc"] = CODE
        found["a list of companies"] = lambda: listed(city, viewer, companies)
    return found


async def acted(city: City, viewer: Viewer, act: str, /, **input: Any) -> Said:
    """The payload of an act as the server answers it."""
    data, wrong = await city.served(viewer, mutation(act), {"input": input})
    assert not wrong, wrong
    payload: Said = data[act]
    return payload


async def ledger(city: City, viewer: Viewer, lines: list[dict[str, str]]) -> Any:
    """What a preview and its lines say, and its import."""
    sent = ledgers.sent(ledgers.text(*lines))
    made = await acted(city, viewer, "ledgerPreview", file=sent)
    batch = made["batch"]
    rows, _ = await city.served(viewer, ledgers.ROWS, {"no": batch["no"]})
    done = await acted(city, viewer, "ledgerImport", **ledgers.on(batch), onlyCorrect=True)
    after, _ = await city.served(viewer, ledgers.ROWS, {"no": batch["no"]})
    return made, rows, done, after


async def listed(city: City, viewer: Viewer, lines: list[Said]) -> Any:
    """What the preview of a list and its lines say, and its import with what is asked about."""
    made = await acted(city, viewer, "listPreview", kind="targets", file=lists.sheet(*lines))
    assert not made["userErrors"], made
    batch = made["batch"]
    rows, _ = await city.served(viewer, LISTED, {"no": batch["no"]})
    assert len(rows["batch"]["rows"]["nodes"]) == len(lines)
    whole = {"onlyCorrect": True, "includeDuplicates": True}
    done = await acted(city, viewer, "listImport", **ledgers.on(batch), **whole)
    after, _ = await city.served(viewer, LISTED, {"no": batch["no"]})
    return made, rows, done, after


async def transcript(asked: dict[str, Call]) -> dict[str, str]:
    """All answers as text, each asked from one and the same state."""
    found = {}
    for name, call in asked.items():
        async with undone():
            answer = json.dumps(await call(), ensure_ascii=False, default=str)
        found[name] = OWN_IDS.sub(r'"\1"', answer)
    return found


async def played(city: City, name: str, stage: Stage, *, investor: bool) -> dict[str, str]:
    """The transcript of one post, compared before and after every column has become another."""
    viewer = city[name]
    project = await hidden(city, "hightech" if name != "hightech" else "yanjiang")
    assert await city.context(viewer).rows.one("Project", project.id) is None, name
    asked = await calls(city, viewer, project, code=not investor)
    before = await transcript(asked)
    await another(project, stage, investor=investor)
    assert await city.context(viewer).rows.one("Project", project.id) is None, name
    after = await transcript(asked)
    assert {key for key in asked if before[key] != after[key]} == set(), name
    text = "".join(
        before[key]
        for key in asked
        if not key.startswith(("a report", "a ledger", "a list", "own"))
    )
    assert not [each for each in SECRETS if each in text], name
    return before


@pytest.mark.parametrize("name", [
    *DAILY,
    *(pytest.param(each, marks=pytest.mark.soak) for each in EVERYBODY if each not in (*DAILY, *SEES_ALL)),
])  # fmt: skip
async def test_a_fisher_learns_nothing_in_any_post(ledger_city: City, name: str) -> None:
    """Whatever becomes of amount, industry, telephone, contact, stage and every other column."""
    stage = Stage.WITHDRAWN if name == "partner" else Stage.SIGNED
    assert stage in SIGNED_ON or name == "partner", "a partner sees what is signed"
    found = await played(ledger_city, name, stage, investor=False)
    least = 75 if may(ledger_city[name], "projectReport") else 60
    assert len(found) >= least, "calls, each before and after"


@pytest.mark.parametrize("name", ["anyue", "agent"])
async def test_a_guess_at_the_investor_teaches_nothing(ledger_city: City, name: str) -> None:
    """Without the code, by which it is matched: the investor, too, may become another."""
    await played(ledger_city, name, Stage.WITHDRAWN, investor=True)


@pytest.mark.soak
@pytest.mark.parametrize("stage", list(Stage))
async def test_a_fisher_learns_nothing_at_any_stage(ledger_city: City, stage: Stage) -> None:
    for name in ("anyue", "agent"):
        async with undone():
            await played(ledger_city, name, stage, investor=False)


async def test_of_every_post_it_is_said_whether_it_plays(city: City) -> None:
    """Whoever sees every project has nothing to fish for; everybody else plays."""
    project = await hidden(city, "yanjiang")
    seeing = [
        name for name in EVERYBODY if await city.context(city[name]).rows.one("Project", project.id)
    ]
    assert set(seeing) - {"yanjiang"} == {each for each in SEES_ALL if each in EVERYBODY}
    kinds = {city[name].post for name in (*DAILY, *SEES_ALL)}
    assert kinds == {city[name].post for name in EVERYBODY} and set(MAY["projectReport"]) <= kinds


# ---------------------------------------------------------------- bisection


async def bisect(answer: Callable[[int], Awaitable[str]], calls: int) -> tuple[int, int]:
    """What can be learned of an amount in fen by asking for halves: the span in which it must lie.

    The fisher knows how a project of at least one fen is answered, and one above all amounts; an
    answer that is neither, or that both are, narrows nothing.
    """
    low, high = 0, 10**14
    below, above = await answer(low), await answer(high)
    for _ in range(calls - 2):
        middle = (low + high) // 2
        found = await answer(middle)
        if below == above or high - low <= 1:
            break
        low, high = (middle, high) if found == below else (low, middle)
    return low, high


def oracles(city: City, viewer: Viewer, name: str) -> dict[str, Callable[[int], Awaitable[str]]]:
    """What the fisher asks with an amount in fen: filters, sums, grades, what a report is asked back."""

    async def filtered(fen: int) -> str:
        document = (
            f'{{ projects(filter: {{ amount: {{ min: "{fen / 100:.2f}" }} }}) {{ totalCount }} }}'
        )
        return str(await city.served(viewer, document, {}))

    async def summed(fen: int) -> str:
        document = (
            f'{{ funnel(filter: {{ amount: {{ min: "{fen / 100:.2f}" }} }}) {{ count amount }} }}'
        )
        return str(await city.served(viewer, document, {}))

    async def graded(fen: int) -> str:
        input = GUESS | {"name": f"{name}以外", "amount": f"{max(fen, 1) / 100:.2f}"}
        return str(await city.served(viewer, DUPLICATES, {"input": input}))

    async def graded_by_name(fen: int) -> str:
        input = GUESS | {"amount": f"{max(fen, 1) / 100:.2f}"}
        return str(await city.served(viewer, DUPLICATES, {"input": input}))

    async def reported(fen: int) -> str:
        lead = GUESS | {"uscc": CODE, "amount": f"{max(fen, 1) / 100:.2f}"}
        return json.dumps(await acted(city, viewer, "projectReport", **lead), ensure_ascii=False)

    return {
        "filtered": filtered,
        "summed": summed,
        "graded": graded,
        "graded by name": graded_by_name,
        "reported": reported,
    }


async def test_forty_nine_calls_recover_no_amount(city: City) -> None:
    """By ranges, sums, grades of duplicates and what a report is asked back, as a commissioned agent;
    whoever sees the project recovers it to the fen, so the questions are the right ones.
    """
    project = await hidden(city, "yanjiang")
    for name, answer in oracles(city, city.agent, GUESS["name"]).items():
        assert await bisect(answer, 49) == (0, 10**14), name
    own = oracles(city, city.yanjiang, GUESS["name"])
    low, high = await bisect(own["filtered"], 49)
    assert low == AMOUNT == project.amount_fen and high == low + 1
    near = {await own["graded"](fen) for fen in (1, AMOUNT)}
    assert len(near) == 2, "a grade moves with the amount for whoever sees it"


# ---------------------------------------------------------------- pages


@pytest.fixture
def standing_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "NOW", NOW)


@pytest.mark.parametrize("name", ["anyue", "agent"])
async def test_pages_files_and_exports_teach_nothing(
    city: City, standing_clock: None, name: str
) -> None:
    project = await hidden(city, "hightech")
    paper = await Attachment.get(project_id=project.id)
    paths = (
        f"/projects/{project.no}", f"/projects/{project.no}/claim", f"/files/{paper.id}",
        "/projects", "/projects.csv", "/projects.json", "/projects?amount.min=77亿&amount.max=78亿",
        "/projects?order=-amount", "/search?q=隐名", "/search?q=13977778888", "/pick/project?q=隐名",
        "/pick/company?q=隐名", "/inbox", "/duties", "/duties.csv",
        f"/projects/new/duplicates?name={GUESS['name']}&amount=77.77亿",
        f"/projects/new/duplicates?name={GUESS['name']}&amount=1&contactPhone=13977778888",
        f"/projects/new/duplicates?uscc={CODE}&industryCode=3585",
    )  # fmt: skip
    answers = []
    async with signed_in(name) as visitor:
        for stage in (None, Stage.JUDGED):
            if stage:
                await another(project, stage, investor=False)
            found = {}
            for path in paths:
                answer = await visitor.get(path)
                text = OF_REQUEST.sub("", answer.text)
                found[path] = (answer.status_code, text)
            answers.append(found)
    assert {path for path in paths if answers[0][path] != answers[1][path]} == set()
    assert [answers[0][path][0] for path in paths[:3]] == [404] * 3
