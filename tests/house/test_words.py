"""Every text of the pages is in the English catalogue and no other, and the board shows every lane of the life."""

import re
from collections.abc import Iterator
from functools import cache
from typing import Any

import jinja2
import pytest
from babel.messages.pofile import read_po

from schema.entries.rules import Indicator
from schema.intake import LISTS
from schema.ledger.graph.cells import catalogue_of
from schema.ledger.rules.answers import UNITS
from schema.ledger.rules.checks import MEASURES
from schema.ledger.tables import LEDGER
from schema.linkage.tables import Claim
from schema.project.rules import LANES
from schema.query.fields import worded
from schema.query.models import global_id
from server.operations.seed import PLACES
from server.settings import ROOT
from server.web import languages
from server.web.navigation import MENU
from server.web.resources import environment
from tests.server.doors import signed_in
from tests.world import EVIDENCE, City, on

CHINESE = re.compile("[\u4e00-\u9fff]")
WRITTEN = re.compile("[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]|%\\(")
PLACEHOLDER = re.compile(r"%\((\w+)\)")
HREFS = [item.href for _, items in MENU for item in items]
NO_TEXTS = {"；不要求答复的没有"}  # the end of a description of the graph, which a page cuts off
TEMPLATES, CATALOGUE = ROOT / "templates", ROOT / "templates/locale/en.po"


@cache
def parsed() -> tuple[tuple[str, Any], ...]:
    """Every template by its name."""
    files = sorted(TEMPLATES.rglob("*.html"))
    return tuple(
        (str(each.relative_to(TEMPLATES)), environment.parse(each.read_text())) for each in files
    )


def translations(tree: Any) -> Iterator[Any]:
    """The calls of gettext in a template."""
    for call in tree.find_all(jinja2.nodes.Call):
        if isinstance(call.node, jinja2.nodes.Name) and call.node.name == "_" and call.args:
            yield call


def constants(node: Any) -> list[Any]:
    found = [node, *node.find_all(jinja2.nodes.Const)]
    return [each for each in found if isinstance(each, jinja2.nodes.Const)]


@cache
def texts() -> dict[str, str]:
    """Each text that a template gives to gettext, and one that gives it."""
    return {
        str(text.value): name
        for name, tree in parsed()
        for call in translations(tree)
        for text in constants(call.args[0])
        if WRITTEN.search(str(text.value))
    }


@cache
def catalogue() -> dict[str, str]:
    with CATALOGUE.open("rb") as file:
        return {str(each.id): str(each.string) for each in read_po(file) if each.id}


def test_every_text_of_the_pages_has_its_english() -> None:
    known = catalogue()
    assert len(texts()) > 1000
    assert {text: where for text, where in texts().items() if not known.get(text)} == {}


def test_the_catalogue_has_nothing_that_no_page_shows() -> None:
    """Beside the pages' own texts, the names that pages look up: of places and indicators on the public ranking, of
    the columns of ledgers and lists in their previews, of where each goes, and of units.
    """
    names = {name for _, name, *_ in PLACES} | set(worded(Indicator).values())
    kinds = [catalogue_of(kind) for kind in (LEDGER, *LISTS)]
    fields = [each for kind in kinds for each in kind.fields.values() if each.kind != "serial"]
    names |= {text for each in fields for text in (each.label, each.to)}
    names |= {LISTS[kind].title for kind in LISTS}
    names |= {*MEASURES.values(), *(unit for offered in UNITS.values() for unit in offered)}
    assert catalogue().keys() - texts().keys() - names == set()
    assert names <= catalogue().keys()


def test_every_sentence_in_english_takes_the_values_of_the_chinese() -> None:
    for text, english in catalogue().items():
        names = dict.fromkeys(PLACEHOLDER.findall(text), "x")
        assert {*PLACEHOLDER.findall(english)} <= names.keys(), text
        if "%" in english:
            assert english % names, text


def test_no_template_has_chinese_that_is_not_given_to_gettext() -> None:
    without = [
        f"{name}:{node.lineno}"
        for name, tree in parsed()
        for given in [{id(each) for call in translations(tree) for each in constants(call)}]
        for node in tree.find_all((jinja2.nodes.TemplateData, jinja2.nodes.Const))
        if isinstance(text := getattr(node, "data", getattr(node, "value", "")), str)
        and CHINESE.search(text)
        and id(node) not in given
        and text not in NO_TEXTS
    ]
    assert without == []


def test_the_catalogue_has_no_text_twice() -> None:
    found = re.findall(r'^msgid "(.+)"$', CATALOGUE.read_text(), re.MULTILINE)
    assert sorted(each for each in set(found) if found.count(each) > 1) == []


async def test_the_board_shows_its_lanes_in_the_order_of_the_road(city: City) -> None:
    await city.signed()
    async with signed_in("office") as visitor:
        page = (await visitor.get("/projects?view=board")).text
    headings = re.findall(r'<h2 id="lane-\d+">(.*?)\s*<b>', page, re.DOTALL)
    assert headings == ["／".join(stage.word for stage in lane) for lane in LANES]


@pytest.mark.parametrize("page", ["transfer", "dispute", "resubmission"])
async def test_who_signed_is_named_with_unit_and_post_as_of_the_day(city: City, page: str) -> None:
    """The office's director, of whose posts these pages named nothing but a name."""
    if page == "resubmission":
        project = await city.report()
        await city.done(city.office, "projectReturn", **on(project), reason="请补充营业执照")
    else:
        project = await (city.transferred() if page == "transfer" else city.judged())
    viewer = "anyue" if page == "dispute" else "yanjiang"
    path = f"/projects/{project['no']}/{page}"
    if page == "dispute":
        path = f"/claims/{await claimed_by_anyue(city)}/dispute"
    async with signed_in(viewer) as visitor:
        answer = await visitor.get(path)
    assert answer.status_code == 200, page
    assert "办公室 主任 李雷" in " ".join(answer.text.split())


async def claimed_by_anyue(city: City) -> str:
    """The claim of a place that another was preferred to."""
    project = await city.report()
    claim = {"project": project["no"], "place": "anyue", "contactOn": "2026-11-10"}
    claimed = await city.done(
        city.office, "projectClaim", **claim, contactWith="张总", evidence=EVIDENCE
    )
    given = {"firstContactPlace": "yanjiang", "reason": "佐证更早"}
    project = await city.opined(claimed["project"])
    await city.done(city.office, "projectJudge", **on(project), **given)
    return global_id("Claim", (await Claim.get(place_id=city.anyue.posts[0].place)).id)


async def test_every_page_of_the_menu_can_be_shown_in_english(
    city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = catalogue()
    monkeypatch.setattr(languages, "translate", lambda text: known.get(text, text))
    project = await city.signed()
    async with signed_in("office") as visitor:
        for href in (*HREFS, f"/projects/{project['no']}", f"/projects/{project['no']}/shares"):
            page = await visitor.get(href, follow_redirects=True)
            assert page.status_code == 200 and "Sign out" in page.text, href
