"""Each form that there is: what it carries, and that sending it again is never doing it again."""

import json
import re
from typing import Any

import pytest
from graphql import GraphQLInputObjectType, get_named_type

from schema.gate.tables import JournalEntry
from schema.graph import schema
from server import settings
from tests.house.test_who_may import SCENES
from tests.server.doors import signed_in
from tests.server.forms import Door, as_typed, doors, filled_in, form_on
from tests.world import NOW, City

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


@pytest.mark.parametrize("door", ALL, ids=str)
async def test_a_form_sent_again_is_answered_as_the_first_time_and_done_once(
    city: City, door: Door
) -> None:
    doer, page, given = await filled_in(city, door)
    async with signed_in(doer) as visitor:
        action, held = await form_on(visitor, door, page)
        assert len(held["key"]) == 1 and isinstance(json.loads(*held["was"]), dict)
        if "revision" in input_of(door).fields:
            assert held["revision"] == [str(given["revision"])]
        typed, files = as_typed(given)
        values: dict[str, Any] = {**held, **typed}
        before = await JournalEntry.all().count()
        answers = [await visitor.post(action, data=values, files=files or None) for _ in range(2)]
    assert [each.status_code for each in answers] == [303, 303], refusals(answers[0].text)
    assert len({each.headers["location"] for each in answers}) == 1
    assert await JournalEntry.all().count() == before + 1
