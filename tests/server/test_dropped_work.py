"""A field that fails, or a query that runs out of time, leaves no coroutine behind."""

import asyncio
import gc

import pytest
import strawberry

from server.api.execution import Graph, Prepared


@strawberry.type
class Leaf:
    @strawberry.field
    async def size(self) -> int:
        await asyncio.sleep(0)
        return 1


@strawberry.type
class Branch:
    @strawberry.field
    async def leaf(self) -> Leaf:
        return Leaf()

    @strawberry.field
    async def leaves(self) -> list[Leaf]:
        return [Leaf(), Leaf()]

    @strawberry.field
    def twigs(self) -> list[Leaf]:
        return [Leaf(), Leaf()]

    @strawberry.field
    def branch(self) -> "Branch":
        return Branch()


@strawberry.type
class Query:
    @strawberry.field
    def branch(self) -> Branch:
        return Branch()

    @strawberry.field
    def fails_at_once(self) -> int:
        raise ValueError("at once")

    @strawberry.field
    async def fails_later(self) -> int:
        raise ValueError("later")

    @strawberry.field
    async def never_ends(self) -> int:
        return await asyncio.get_running_loop().create_future()


INNER = "leaf { size } leaves { size } twigs { size }"
BRANCH = f"branch {{ {INNER} branch {{ {INNER} }} }}"


def prepared(graph: Graph, text: str) -> Prepared:
    document = graph.prepare(text)
    assert isinstance(document, Prepared)
    return document


@pytest.mark.parametrize("text", [f"{{ failsLater {BRANCH} }}", f"{{ {BRANCH} failsAtOnce }}"])
async def test_what_a_neighbours_failure_drops_is_closed(text: str) -> None:
    graph = Graph(strawberry.Schema(Query))
    result = await graph.run(prepared(graph, text), None, None, None)
    assert result.data is None and result.errors and len(result.errors) == 1
    gc.collect()  # what was never awaited is warned of here, and a warning fails the test


async def test_what_a_time_limit_drops_is_closed() -> None:
    graph = Graph(strawberry.Schema(Query), seconds=0)
    with pytest.raises(TimeoutError):
        await graph.run(prepared(graph, f"{{ neverEnds {BRANCH} }}"), None, None, None)
    gc.collect()


async def test_what_nothing_disturbs_is_answered_whole() -> None:
    graph = Graph(strawberry.Schema(Query))
    result = await graph.run(prepared(graph, f"{{ {BRANCH} }}"), None, None, None)
    both = [{"size": 1}, {"size": 1}]
    inner = {"leaf": {"size": 1}, "leaves": both, "twigs": both}
    assert result.errors is None and result.data == {"branch": {**inner, "branch": inner}}
