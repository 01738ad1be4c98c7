"""Every text of the pages is in the English catalogue, and the board shows every lane of the life."""

import re
from typing import Any

import jinja2
import pytest
from babel.messages.pofile import read_po
from starlette.routing import Route

from schema.linkage.tables import Claim
from schema.project.rules import LANES
from schema.query.models import global_id
from server.http.security import FRAMED
from server.routes import routes
from server.settings import ROOT
from server.web.resources import documents, environment
from tests.server.doors import signed_in
from tests.world import City, on

CHINESE = re.compile("[\u4e00-\u9fff]")
TEMPLATES, CATALOGUE = ROOT / "templates", ROOT / "templates/locale/en.po"


def texts_of(name: str, macros: frozenset[str] | None = None) -> dict[str, str]:
    """Each text that a template gives to gettext, and where; of some macros, only theirs.

    What a template takes over from others, a macro or a part, counts as its own.
    """
    tree: Any = environment.parse((TEMPLATES / name).read_text())
    nodes = jinja2.nodes
    within = (
        [tree]
        if macros is None
        else [each for each in tree.find_all(nodes.Macro) if each.name in macros]
    )
    found = {}
    for part in within:
        for call in part.find_all(nodes.Call):
            if isinstance(call.node, nodes.Name) and call.node.name == "_" and call.args:
                for text in [call.args[0], *call.args[0].find_all(nodes.Const)]:
                    if isinstance(text, nodes.Const) and CHINESE.search(str(text.value)):
                        found[str(text.value)] = name
    used = {each.name for part in within for each in part.find_all(nodes.Name)}
    for taken in tree.find_all(nodes.FromImport):
        names = frozenset(each if isinstance(each, str) else each[0] for each in taken.names) & used
        if names and isinstance(taken.template, nodes.Const):
            found |= texts_of(taken.template.value, names)
    for included in tree.find_all(nodes.Include) if macros is None else ():
        found |= texts_of(included.template.value)
    return found


def test_every_text_that_can_be_shown_in_english_has_its_english() -> None:
    """Frames on other people's sites are shown in English; pages behind the sign-in are Chinese."""
    with CATALOGUE.open("rb") as file:
        known = {str(each.id): str(each.string) for each in read_po(file) if each.id}
    named = [
        each.name for each in routes if isinstance(each, Route) and each.path.startswith(FRAMED)
    ]
    shown = ["widget.html", *(f"{each}.html" for each in named if each in documents)]
    assert "assessment/ranking_widget.html" in shown
    texts = {text: where for name in shown for text, where in texts_of(name).items()}
    assert len(texts) > 8
    assert {text: where for text, where in texts.items() if not known.get(text)} == {}
    placeholders = re.compile(r"%\((\w+)\)")
    for text, english in known.items():
        assert set(placeholders.findall(english)) <= set(placeholders.findall(text)), text


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
    claimed = await city.done(city.office, "projectClaim", **claim, contactWith="张总")
    given = {"firstContactPlace": "yanjiang", "reason": "佐证更早"}
    await city.done(city.office, "projectJudge", **on(claimed["project"]), **given)
    return global_id("Claim", (await Claim.get(place_id=city.anyue.posts[0].place)).id)
