"""What is kept of documents is bounded in bytes: plans, texts of statements, values and all."""

import gc
import tracemalloc
from collections.abc import Iterator
from random import Random

import pytest

from schema.database.bounded import BoundedCache, CacheScope
from schema.graph import schema
from server.api.execution import Graph, Prepared
from tests.world import City

MIB = 1024 * 1024
DRIVER = 2 * MIB  # the last 128 statements of a connection to SQLite, by their texts
PARTS = (
    "no",
    "name stage amount",
    "investor { name uscc region }",
    "reportedBy { name place { name } }",
    "steps { label }",
    "entries(first: 3) { nodes { no amount } }",
    "journal(first: 5) { edges { cursor node { at act hash } } pageInfo { endCursor } }",
)


def hostile(number: int) -> str:
    """A document like no other before, which has 128 shapes."""
    declared = ", ".join(f"$b{index}: Boolean!" for index in range(len(PARTS)))
    parts = " ".join(
        f"... @include(if: $b{index}) {{ {part} }}" for index, part in enumerate(PARTS)
    )
    return f"query Q{number}({declared}) {{ projects(first: 3) {{ totalCount nodes {{ id {parts} }} }} }}"


@pytest.fixture
def traced() -> Iterator[None]:
    tracemalloc.start()
    yield
    tracemalloc.stop()


@pytest.mark.parametrize(
    ("documents", "asked", "bound"),
    [
        pytest.param(100, 100, MIB, id="a hundred documents"),
        pytest.param(1, 200, MIB, id="one document"),
        pytest.param(1000, 1000, 8 * MIB, id="a thousand documents", marks=pytest.mark.soak),
        pytest.param(10, 1000, 8 * MIB, id="ten documents", marks=pytest.mark.soak),
    ],
)
async def test_hostile_documents_stay_under_the_bound(
    city: City, traced: None, random_seed: int, documents: int, asked: int, bound: int
) -> None:
    """Ever new documents, or one in all its shapes for every kind of viewer."""
    await city.report()
    cache = BoundedCache(bound)
    graph = Graph(schema, cache=cache)
    random = Random(random_seed)
    viewers = [city.office, city.yanjiang, city.group, city.branch, city.partner, city.public]

    async def ask(number: int) -> None:
        prepared = graph.prepare(hostile(number % documents))
        assert isinstance(prepared, Prepared)
        variables = {f"b{index}": random.random() < 0.5 for index in range(len(PARTS))}
        viewer = random.choice(viewers)
        answer = await graph.answer(prepared, None, variables, city.context(viewer))
        assert answer.errors is None

    await ask(0)
    cache.clear()
    gc.collect()
    before, _ = tracemalloc.get_traced_memory()
    fullest = 0
    for number in range(asked):
        await ask(number)
        assert cache.bytes <= bound
        fullest = max(fullest, cache.bytes)
    gc.collect()
    after, _ = tracemalloc.get_traced_memory()
    assert 0.9 * bound < fullest, "it was never full"
    assert after - before < 1.2 * bound + DRIVER
    cache.clear()
    gc.collect()
    left, _ = tracemalloc.get_traced_memory()
    assert left - before < 0.1 * bound + DRIVER, "something is kept beside the cache"


async def test_what_is_asked_again_is_still_there(city: City) -> None:
    """The least recently used go: a document in use is compiled once however many strangers come."""
    cache = BoundedCache(3 * MIB)
    graph = Graph(schema, cache=cache)
    ours = "{ projects { totalCount nodes { no name } } }"
    variables = dict.fromkeys((f"b{index}" for index in range(len(PARTS))), True)
    first = graph.prepare(ours)
    for number in range(150):
        assert graph.prepare(ours) is first
        await graph.answer(first, None, {}, city.context(city.office))
        prepared = graph.prepare(hostile(number))
        assert isinstance(prepared, Prepared)
        await graph.answer(prepared, None, variables, city.context(city.office))
    assert graph.prepare(hostile(0)) is not graph.prepare(ours)
    assert 2 * MIB < cache.bytes <= 3 * MIB


def test_a_value_goes_with_what_it_stands_on_and_the_oldest_goes_first() -> None:
    cache = BoundedCache(10_000)
    of_document, of_plan = CacheScope(cache), CacheScope(cache)
    cache.put("document", "text", 1_000, scope=of_document)
    of_document.put("plan", value="of it", size=1_000, scope=of_plan)
    of_plan.put("statement", value="of the plan", size=1_000)
    cache.put("other", "text", 1_000)
    assert cache.get("document") == "text"
    cache.put("large", "text", 6_000)
    assert of_document.get("plan") is None, "the oldest"
    assert of_plan.get("statement") is None, "it stands on the oldest"
    assert (cache.get("document"), cache.get("other")) == ("text", "text")
    cache.put("too large", "text", 10_001)
    assert cache.get("too large") is None
    of_document.put("plan", value="of it", size=100, scope=of_plan)
    cache.drop("document")
    assert of_document.get("plan") is None, "it stands on the document"
    cache.drop("other")
    cache.drop("large")
    assert (cache.bytes, len(cache)) == (0, 0)
