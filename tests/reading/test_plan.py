"""The compiled reads: the same answers as graphql-core's, byte for byte, and one statement each."""

import os
from collections.abc import AsyncIterator
from dataclasses import replace
from random import Random
from typing import Any

import orjson
import pytest
import pytest_asyncio
from graphql import GraphQLError, validate
from graphql import parse as parsed
from hypothesis import given, seed
from hypothesis import strategies as st

from schema.context import Context
from schema.graph import schema
from schema.permissions import Viewer
from schema.query.compiler import NotCompilable
from server.api.execution import Graph, Prepared
from tests.reading.documents import Maker
from tests.reading.seed import SEED, made_up
from tests.world import City, on

GRAPH = Graph(schema)
ODD = '口腔 "园" \\ 二期\t甲<b>&\u2028🙂'
DOCUMENTS = int(os.environ.get("SIXONES_TEST_DOCUMENTS", "60"))
WHO = ("office", "hightech", "anyue", "group", "branch", "partner", "public")


async def peopled(city: City) -> list[str]:
    """Projects at many stages, with odd letters, empty columns and several entries; their numbers."""
    plain = await city.report()
    odd = await city.report(
        city.branch, name=ODD, summary="第一行\n第二行", contactName='"', place="lezhi"
    )
    await city.done(city.office, "projectReturn", **on(plain), reason="缺佐证")
    judged = await city.judged()
    moved = await city.transferred()
    signed = await city.signed()
    for amount in ("1000000.05", "0.05", "3200万"):
        await city.pay(signed, amount)
        signed["revision"] += 1
    await city.tax(signed, "100.05")
    return [each["no"] for each in (plain, odd, judged, moved, signed)]


async def both(
    document: str, variables: dict[str, Any], viewer: Viewer, city: City
) -> tuple[Any, bytes | None]:
    """The answer of graphql-core, and that of the plan; None where there is no plan."""
    prepared = GRAPH.prepare(document, trusted=True)
    assert isinstance(prepared, Prepared), (prepared, document)

    def context() -> Context:
        return Context(viewer=viewer, now=city.now)

    core = await GRAPH.run(prepared, None, variables, context())
    fresh = GRAPH.prepare(document, trusted=True)
    assert isinstance(fresh, Prepared)
    compiled = fresh.compiled(fresh.operation(None), schema)

    async def rest(left: Any) -> Any:
        result = await GRAPH.run(replace(prepared, document=left), None, variables, context())
        if result.errors:
            raise NotCompilable("errors")
        return result.data

    try:
        return core, (await compiled.answer(variables, context(), rest)).text
    except (NotCompilable, GraphQLError):
        return core, None


@pytest_asyncio.fixture
async def numbers(city: City) -> tuple[str, ...]:
    return tuple(await peopled(city))


@pytest_asyncio.fixture
async def planned() -> AsyncIterator[list[bool]]:
    """Whether each of a test's documents had a plan: a third of them must, or little is compared."""
    found: list[bool] = []
    yield found
    assert sum(found) > len(found) // 3, "too few of the documents had a plan"


@pytest.mark.parametrize("who", WHO)
@seed(SEED)
@given(chance=st.randoms(use_true_random=False))
@made_up(DOCUMENTS)
async def test_generated_documents_are_answered_byte_for_byte_as_by_graphql_core(
    city: City,
    numbers: tuple[str, ...],
    planned: list[bool],
    random_seed: int,
    who: str,
    chance: Random,
) -> None:
    maker = Maker(GRAPH.core, chance, numbers)
    document = maker.document()
    assert not validate(GRAPH.core, parsed(document)), document
    core, text = await both(document, maker.variables, city[who], city)
    planned.append(text is not None)
    if text is not None:
        assert core.errors is None, (document, core.errors)
        assert text == orjson.dumps(core.data), (document, maker.variables)


BELOW = """query ($no: String!, $first: Int, $after: String, $last: Int, $before: String) {
  project(no: $no) {
    entries(first: $first, after: $after, last: $last, before: $before) {
      totalCount
      edges { cursor node { no } }
      nodes { no amount }
      pageInfo { hasNextPage hasPreviousPage startCursor endCursor __typename }
    }
  }
}"""


@pytest.mark.parametrize(
    ("size", "from_where", "onward", "there_is_more"),
    [
        ("first", "after", "endCursor", "hasNextPage"),
        ("last", "before", "startCursor", "hasPreviousPage"),
    ],
)
async def test_a_page_below_a_row_is_walked_either_way_by_plan(
    city: City, size: str, from_where: str, onward: str, there_is_more: str
) -> None:
    no = (await peopled(city))[-1]
    found: list[str] = []
    cursor = None
    while True:
        variables = {"no": no, size: 2, from_where: cursor}
        core, text = await both(BELOW, variables, city.office, city)
        assert text is not None and text == orjson.dumps(core.data)
        page = core.data["project"]["entries"]
        numbers = [each["no"] for each in page["nodes"]]
        assert [edge["node"]["no"] for edge in page["edges"]] == numbers
        found = found + numbers if size == "first" else numbers + found
        cursor = page["pageInfo"][onward]
        if not page["pageInfo"][there_is_more]:
            break
    assert len(found) == page["totalCount"] == 5
    assert found == sorted(found, reverse=True)
    beyond, text = await both(BELOW, variables | {from_where: cursor}, city.office, city)
    assert text == orjson.dumps(beyond.data)
    assert beyond.data["project"]["entries"]["nodes"] == []


async def test_a_cursor_of_another_list_is_refused_below_a_row_as_well(city: City) -> None:
    no = (await peopled(city))[-1]
    for cursor in ("00", b'["Project.entries","no",true,1,1]'.hex().upper()):
        core, text = await both(BELOW, {"no": no, "first": 2, "after": cursor}, city.office, city)
        assert text is None and core.errors and "游标无效" in core.errors[0].message
