"""Plans are made for a kind of viewer and hold nothing of one: shared, never leaking, also for several posts."""

import re
from collections.abc import Iterator
from random import Random
from typing import Any

import orjson
import pytest
import pytest_asyncio
from graphql import parse as parsed
from graphql import validate
from hypothesis import given, seed
from hypothesis import strategies as st

from schema import database
from schema.graph import schema
from schema.people.tables import Organization
from schema.permissions import HeldPost, Post, Viewer
from schema.query.compiler import CompiledQuery, Plan
from schema.query.compiler.expressions import ViewerParam, symbolic, viewer_kind
from server.api.execution import Prepared
from tests.reading.documents import Maker
from tests.reading.seed import SEED, made_up
from tests.reading.test_plan import DOCUMENTS, GRAPH, both, peopled
from tests.world import City, held

LIST = """{ projects { totalCount nodes {
    no firstContactPlace { name } linkage { claims { place { name } contactWith } }
    journal(first: 3) { totalCount nodes { act } }
} } }"""
SECOND = {
    "a department's head in a county": ("department", Post.PLACE, "hightech"),
    "two counties": ("yanjiang", Post.PLACE, "anyue"),
    "an agent in a group": ("agent", Post.GROUP, "group-advanced-manufacturing"),
    "a branch in the office": ("branch", Post.OFFICE, "office"),
    "a partner with an agency": ("partner", Post.AGENT, "jinjiang"),
}


async def with_second(city: City, name: str, post: Post, slug: str) -> Viewer:
    """Somebody of the city with one post more."""
    known = city[name]
    assert known.person is not None
    unit = await Organization.get(slug=slug)
    return Viewer(known.name, known.person, (known.main, await held(known.person, post, unit)))


@pytest_asyncio.fixture
async def numbers(city: City) -> tuple[str, ...]:
    return tuple(await peopled(city))


@pytest.mark.parametrize("who", SECOND)
@seed(SEED)
@given(chance=st.randoms(use_true_random=False))
@made_up(DOCUMENTS)
async def test_who_holds_two_posts_is_answered_byte_for_byte_as_by_graphql_core(
    city: City, numbers: tuple[str, ...], random_seed: int, who: str, chance: Random
) -> None:
    name, post, slug = SECOND[who]
    unit = await Organization.get(slug=slug)
    second = HeldPost(post, id=0, organization=unit.id, place=unit.place_id)  # type: ignore[attr-defined]
    viewer = Viewer(city[name].name, city[name].person, (city[name].main, second))
    maker = Maker(GRAPH.core, chance, numbers)
    document = maker.document()
    assert not validate(GRAPH.core, parsed(document)), document
    core, text = await both(document, maker.variables, viewer, city)
    if text is not None:
        assert core.errors is None, (document, core.errors)
        assert text == orjson.dumps(core.data), (document, maker.variables)


async def test_both_ways_agree_on_a_list_for_every_pair_of_posts(city: City) -> None:
    await peopled(city)
    for name, post, slug in SECOND.values():
        viewer = await with_second(city, name, post, slug)
        core, text = await both(LIST, {}, viewer, city)
        assert text is not None and text == orjson.dumps(core.data)


def reading_of(document: str) -> CompiledQuery:
    prepared = GRAPH.prepare(document, trusted=True)
    assert isinstance(prepared, Prepared)
    return prepared.compiled(prepared.operation(None), schema)


async def test_viewers_of_one_kind_share_a_plan_and_each_gets_their_own_rows(city: City) -> None:
    """Two heads of departments, each lent to another county: one plan, and no row of the other's."""
    mine, theirs = await city.judged("anyue"), await city.judged("lezhi")
    first = await with_second(city, "department", Post.PLACE, "anyue")
    second = await with_second(city, "department", Post.PLACE, "lezhi")
    other = Viewer("另一人", city.leader.person, second.posts)
    groupless = [
        Viewer(each.name, each.person, (HeldPost(Post.DEPARTMENT, organization=key), each.posts[1]))
        for key, each in ((-1, first), (-2, other))
    ]
    reading = reading_of(LIST)
    seen = []
    for viewer in (*groupless, *groupless):
        text = (await reading.answer({}, city.context(viewer), none_left)).text
        seen.append([each["no"] for each in orjson.loads(text)["projects"]["nodes"]])
    assert seen == [[mine["no"]], [theirs["no"]]] * 2
    plans = [reading.plan({}, viewer, database.dialect()) for viewer in groupless]
    assert plans[0] is plans[1], "one plan for both"
    office = city.context(city.office)
    await reading.answer({}, office, none_left)
    assert reading.plan({}, city.office, database.dialect()) is not plans[0], "another kind"


async def test_a_plan_holds_no_value_of_the_viewer_it_was_made_for(city: City) -> None:
    """Every number of the viewer's stands in it as a parameter of person, or of a post by its place."""
    viewer = Viewer(
        "甲",
        987_001,
        (
            HeldPost(Post.PLACE, 987_002, "职", 987_003, "单位", 987_004),
            HeldPost(Post.GROUP, 987_005, "职", 987_006, "单位", None, 987_007, "乙"),
        ),
    )
    reading = reading_of(LIST)
    plan = reading.plan({}, viewer, "sqlite")
    found = [*texts(plan)]
    # As a whole number: the address of a function may have the digits as well.
    assert not any(re.search(r"\b98700\d\b", each) for each in found)
    params = [each for each in values(plan) if isinstance(each, ViewerParam)]
    assert {(each.whose, each.index) for each in params} >= {("organization", 0), ("place", 0)}
    assert {each.index for each in params} <= {None, 0, 1}
    blank = symbolic(viewer)
    assert (blank.name, blank.posts[0].title, blank.posts[1].acting_for) == ("", "", "")


def test_the_kind_of_a_viewer_is_posts_in_order_and_what_they_have() -> None:
    place = HeldPost(Post.PLACE, 1, organization=2, place=3)
    other = HeldPost(Post.PLACE, 4, "别的职务", organization=5, unit="别的单位", place=6)
    group = HeldPost(Post.GROUP, 7, organization=8, group=9)
    kinds = {
        viewer_kind(Viewer("甲", 1, (place, group))),
        viewer_kind(Viewer("乙", 2, (other, group))),
    }
    assert len(kinds) == 1
    assert viewer_kind(Viewer("甲", 1, (group, place))) not in kinds
    assert viewer_kind(Viewer("甲", 1, (place,))) not in kinds
    assert (
        viewer_kind(Viewer("甲", 1, (place, HeldPost(Post.GROUP, 7, organization=8)))) not in kinds
    )
    assert viewer_kind(Viewer()) != viewer_kind(Viewer("无岗", 1))


async def none_left(_left: Any) -> Any:
    raise AssertionError("the whole list has a plan")


def values(plan: Plan) -> Iterator[Any]:
    for root in plan.roots.values():
        yield from root.values
        yield from root.source.values


def texts(plan: Plan) -> Iterator[str]:
    """All of a plan, as text."""
    for root in plan.roots.values():
        yield repr(root)
    yield repr(plan.why)
