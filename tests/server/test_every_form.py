"""Each form that there is: what it carries, and that sending it again is never doing it again."""

import json
import re
from html import unescape
from typing import Any

import httpx2
import pytest
from graphql import GraphQLInputObjectType, get_named_type
from markupsafe import escape

from schema.gate.tables import JournalEntry
from schema.graph import schema
from server import settings
from tests.house.test_who_may import SCENES
from tests.server.doors import browser
from tests.server.forms import Door, as_typed, doors, filled_in, form_on
from tests.server.saying import said_after
from tests.world import NOW, PASSWORD, City, Said

# Whoever sees a project disputes it there; those of the scene see their claim alone.
UNSEEN = {("/projects/{no}/dispute", "ProjectDispute")}
ALL = [each for each in doors() if each.act in SCENES and each[:2] not in UNSEEN]


@pytest.fixture(autouse=True)
def the_citys_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "NOW", NOW)


def input_of(door: Door) -> GraphQLInputObjectType:
    assert schema._schema.mutation_type
    kind: Any = get_named_type(schema._schema.mutation_type.fields[door.act].args["input"].type)
    assert isinstance(kind, GraphQLInputObjectType)
    return kind


def test_every_act_is_sent_by_a_form() -> None:
    assert {each.act for each in ALL} == set(SCENES)


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
        if "revision" in input_of(door).fields:
            assert held["revision"] == [str(given["revision"])]
        values: dict[str, Any] = {**held, **typed}
        before = await JournalEntry.all().count()
        answers = [await visitor.post(action, data=values, files=files or None) for _ in range(2)]
        await said_after(visitor, door, answers[0])
    assert [each.status_code for each in answers] == [303, 303], refusals(answers[0].text)
    assert len({each.headers["location"] for each in answers}) == 1
    assert await JournalEntry.all().count() == before + 1
