"""Each form that there is: what it carries, and that sending it again is never doing it again."""

import json
import re
from collections import Counter
from html import unescape
from typing import Any

import httpx2
import pytest
from graphql import GraphQLInputObjectType, get_named_type, is_required_input_field
from markupsafe import escape
from starlette.routing import Route

from schema.desk.tables import FormDraft
from schema.gate.tables import JournalEntry
from schema.graph import schema
from server import settings
from server.routes import routes
from server.web.forms import KEYS
from tests.house.test_who_may import OF_THE_LEDGER, SCENES
from tests.server.doors import browser
from tests.server.forms import Door, Forms, as_typed, doors, filled_in, form_on
from tests.server.saying import said_after
from tests.world import NOW, PASSWORD, City, Said

ALL = list(doors())
TRIED: set[str] = set()
RAN: Counter[str] = Counter()
"""The forms that were tried, and for how many of them what not every form has was."""
AT_LEAST = {"stale": 32, "missing": 47, "draft": 54}
# What is sent to an address that is no page of an act, and why nothing is done by it.
NO_ACT = {
    "/sign-in": "opens a session",
    "/sign-out": "ends it",
    "/preferences": "how pages look",
    "/account/sessions/{id:int}/end": "ends a session of one's own",
    "/account/password": "a password is in no form twice",
    "/drafts": "what is typed and not sent",
    "/drafts/{id:int}/drop": "erases it",
    "/developers/explorer": "runs a query that somebody wrote",
}


@pytest.fixture(autouse=True)
def the_citys_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "NOW", NOW)


def input_of(door: Door) -> GraphQLInputObjectType:
    assert schema._schema.mutation_type
    kind: Any = get_named_type(schema._schema.mutation_type.fields[door.act].args["input"].type)
    assert isinstance(kind, GraphQLInputObjectType)
    return kind


def test_every_act_is_sent_by_a_form() -> None:
    assert {each.act for each in ALL} == set(SCENES) | OF_THE_LEDGER


def test_every_address_that_takes_a_form_is_tried_here_or_does_no_act() -> None:
    posts = {
        route.path
        for route in routes
        if isinstance(route, Route) and "POST" in (route.methods or ())
    }
    assert posts == {each.path for each in ALL} | set(NO_ACT)


def refusals(text: str) -> list[str]:
    return re.findall(
        r"(?s)<(?:h2|li|p class=.wrong-why)[^>]*>(.{0,90})", text.partition("summary-wrong")[2]
    )[:4]


async def sign_in_on_the_spot(
    visitor: httpx2.AsyncClient, doer: str, page: str, values: Said, files: list[Any]
) -> None:
    """A form sent without a session is asked for name and password, and comes back as it was typed."""
    before = await JournalEntry.all().count()
    asked = await visitor.post(page, data=values, files=files or None)
    assert asked.status_code == 401 and 'name="resume.password"' in asked.text
    assert ("文件请重新选择" in asked.text) == bool(files)
    kept = re.findall(r'(?s)<textarea name="([^"]+)" hidden>\n(.*?)</textarea>', asked.text)
    sent = [
        (n, str(v))
        for n, each in values.items()
        for v in (each if isinstance(each, list) else [each])
    ]
    assert [(name, unescape(text)) for name, text in kept] == sent
    wrong = {"resume.username": doer, "resume.password": ""}
    assert (await visitor.post(page, data=values | wrong)).status_code == 422
    came = {"resume.username": doer, "resume.password": PASSWORD}
    back = await visitor.post(page, data=values | came)
    assert back.status_code == 200 and "已登录" in back.text, page
    typed = [text for name, text in sent if name not in ("act", "revision", "query")]
    assert [text for text in typed if str(escape(text)) not in back.text] == []
    assert await JournalEntry.all().count() == before, "it is looked over first"


async def stale_and_wrong_at_once(
    visitor: httpx2.AsyncClient, door: Door, action: str, values: Said
) -> bool:
    """Whoever was first is said beside what is wrong, not after it was mended. False where the form has
    nothing of the two.
    """
    fields = input_of(door).fields
    asked = [n for n, each in fields.items() if is_required_input_field(each) and n not in KEYS]
    name = next((each for each in asked if each in values), None)
    if "revision" not in fields or "revision" not in values or name is None:
        return False
    late = {"revision": f"{int(values['revision'][0]) + 9}", name: ""}
    answer = await visitor.post(action, data={**values, **late})
    assert answer.status_code == 409, refusals(answer.text)
    assert re.search(r'class="wrong-why"|<li><a href="#f-', answer.text), name
    return True


async def all_that_is_missing_at_once(
    visitor: httpx2.AsyncClient, door: Door, action: str, held: Said
) -> bool:
    """Each field that must be filled in says so where it stands, and no choice is made by itself. False
    where no field of the form is blank that must not be.
    """
    fields = input_of(door).fields
    asked = [n for n, each in fields.items() if is_required_input_field(each) and n not in KEYS]
    blank = [n for n in asked if not any(held.get(n, ())) and f"{{{n}" not in door.path]
    if not blank:
        return False
    answer = await visitor.post(action, data={**held, **dict.fromkeys(blank, "")})
    names = [set(each) for each in Forms(answer.text).names]
    asked = [n for n in blank if any(n in each and "was" in each for each in names)]
    assert answer.status_code == 422
    assert [n for n in asked if not re.search(rf'id="f-[\w-]*\b{n}-wrong"', answer.text)] == []
    return bool(asked)


async def kept_as_a_draft(visitor: httpx2.AsyncClient, page: str, values: Said) -> bool:
    """What was typed is offered on the form's page, and the form is filled in with it again. False where
    nothing is typed into the form.
    """
    if not set(values) - {"key", "was", "by", "draft", "act", "query", *KEYS}:
        return False
    kept = await visitor.post("/drafts", data={**values, "draft.page": page})
    assert (kept.status_code, "已保存" in kept.text) == (200, True)
    waits = re.search(
        r'class="btn small" href="([^"]*draft=[0-9]+)"', (await visitor.get(page)).text
    )
    assert waits, "it is offered"
    back = (await visitor.get(unescape(waits[1]))).text
    typed = [v for n, v in values.items() if isinstance(v, str) and n not in ("act", "query")]
    assert [text for text in typed if str(escape(text)) not in back] == []
    return True


@pytest.mark.parametrize("door", ALL, ids=str)
async def test_a_form_sent_again_is_answered_as_the_first_time_and_done_once(
    city: City, door: Door
) -> None:
    doer, page, given = await filled_in(city, door)
    typed, files = as_typed(given)
    async with browser() as visitor:
        await sign_in_on_the_spot(visitor, doer, page, {"act": door.sends, **typed}, files)
        action, held = await form_on(visitor, door, page)
        assert len(held["key"]) == 1 and isinstance(json.loads(*held["was"]), dict)
        if "revision" in input_of(door).fields and "revision" in given:
            assert held["revision"] == [str(given["revision"])]
        held.pop("step", None)  # a form of two pages, whose second one sends it: test_check_page
        values: dict[str, Any] = {**held, **typed}
        RAN["stale"] += await stale_and_wrong_at_once(visitor, door, action, values)
        RAN["missing"] += await all_that_is_missing_at_once(visitor, door, action, held)
        RAN["draft"] += await kept_as_a_draft(visitor, page, values)
        TRIED.add(f"{door}")
        before = await JournalEntry.all().count()
        answers = [await visitor.post(action, data=values, files=files or None) for _ in range(2)]
        await said_after(visitor, door, answers[0])
    assert [each.status_code for each in answers] == [303, 303], refusals(answers[0].text)
    assert len({each.headers["location"] for each in answers}) == 1
    assert await JournalEntry.all().count() == before + 1
    assert not await FormDraft.exists(), "a draft goes with its form"


def test_what_not_every_form_has_was_tried_on_as_many_as_have_it() -> None:
    """A form that loses its revision, its required fields or its draft is noticed here."""
    if {f"{door}" for door in ALL} != TRIED:
        pytest.skip("only some of the forms were tried")
    too_few = {name: RAN[name] for name, least in AT_LEAST.items() if RAN[name] < least}
    assert too_few == {}
