"""A hostile document costs its sender, not others: refused before it is validated or run."""

from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from graphql import get_introspection_query, parse

from schema.query.loaders import PAGE_DEFAULT, PAGE_LIMIT
from server.api.cost import ASSUMED_LIST, ASSUMED_PAGE, INTROSPECTION_COST, MUTATION_COST, Bill
from server.api.execution import Graph, Prepared
from server.api.limits import Limit, Measure
from server.api.rate_limit import PER_MINUTE, Caller, RateLimiter
from server.http.addresses import network
from tests.server.toy import SCHEMA, application, client

GRAPH = Graph(SCHEMA)
ADDRESS = Caller("address", "192.0.2.1")


def nest(path: str, inner: str) -> str:
    """One field in the other: `nest("a b", "c")` is `{ a { b { c } } }`."""
    opened = "".join(f"{{ {field} " for field in path.split(" > "))
    return f"{opened}{{ {inner} }}" + " }" * (path.count(" > ") + 1)


def doubling(levels: int, last: str) -> str:
    """Each fragment spreads the next one twice: two to the power of `levels`."""
    bomb = (f"fragment F{i} on Query {{ ...F{i + 1} ...F{i + 1} }}" for i in range(levels))
    return " ".join((*bomb, f"fragment F{levels} on Query {{ {last} }}" if last else ""))


def chain(fragments: int, fields: str) -> str:
    """Fragments one after the other, each spread by the one before."""
    middle = " ".join(f"fragment F{i} on Query {{ ...F{i + 1} }}" for i in range(fragments))
    return f"{{ ...F0 }} {middle} fragment F{fragments} on Query {{ {fields} }}"


SPREAD_80 = "{" + " ".join(f"...F{i}" for i in range(80)) + "}"
EACH_OF_80 = " ".join(f"fragment F{i} on Query {{ viewer }}" for i in range(80))

REFUSED: list[tuple[str, str, str]] = [
    ("a bomb of 25 levels", "{ ...F0 } " + doubling(25, "viewer"), "selections"),
    ("a bomb without a single field", "{ ...F0 } " + doubling(60, ""), "selections"),
    ("a bomb that no operation sets off", "{ viewer } " + doubling(25, "viewer"), "selections"),
    (
        "1,001 selections in two operations",
        "query A { ...F } query B { ...F } fragment F on Query { places { "
        + "...P " * 30
        + "} } fragment P on Place { "
        + "... { __typename } " * 8
        + "}",
        "selections",
    ),
    ("2,000 repeated fields", "{" + "viewer " * 2_000 + "}", "tokens"),
    ("3,000 unknown fields", "{" + " ".join(f"x{i}" for i in range(3_000)) + "}", "tokens"),
    ("900 repeated fields", "{" + "viewer " * 900 + "}", "repeats"),
    ("repeated by fragments", SPREAD_80 + EACH_OF_80, "repeats"),
    ("repeated below repeated", "{" + "places { name name name name } " * 8 + "}", "repeats"),
    ("repeated, not asked", "{ viewer } fragment F on Query {" + "viewer " * 31 + "}", "repeats"),
    ("a literal of 300 KB", '{ echo(text: "' + "a" * 300_000 + '") }', "document"),
    ("a comment of 33 KB", "{ viewer } #" + "长" * 11_000, "document"),
    (
        "13 levels",
        nest("places > projects > nodes" + " > place > projects > nodes" * 3, "no"),
        "depth",
    ),
    ("300 levels", "{" + "a {" * 300, "depth"),
    ("16 aliases", "{" + " ".join(f"a{i}: viewer" for i in range(16)) + "}", "aliases"),
    (
        "16 aliases by fragments",
        "{ a: viewer places { ...P } b: places { ...P } } fragment P on Place {"
        + " ".join(f"a{i}: name" for i in range(7))
        + "}",
        "aliases",
    ),
]


@pytest.mark.parametrize("case, document, limit", REFUSED, ids=[case for case, _, _ in REFUSED])
async def test_a_document_beyond_a_limit_is_refused_on_every_way_in(
    case: str, document: str, limit: str
) -> None:
    async with client(headers={"authorization": "Bearer right"}) as browser:
        answers = [await browser.post("/graphql", json={"query": document})]
        if len(document) < 10_000:
            answers.append(await browser.get("/graphql", params={"query": document}))
    for answer in answers:
        (error,) = answer.json()["errors"]
        given = error["extensions"]
        assert (answer.status_code, given["code"], given["limit"]) == (422, "LIMIT", limit)
        assert f"最多 {given['most']:,} " in error["message"] and "。请" in error["message"]


@pytest.mark.parametrize(
    "case, document",
    [
        (
            "12 levels",
            nest("places" + " > projects > nodes > place" * 3 + " > projects", "totalCount"),
        ),
        ("15 aliases", "{" + " ".join(f"a{i}: viewer" for i in range(15)) + "}"),
        ("30 repeats", "{" + "viewer " * 30 + "}"),
        ("32 KB", "{ viewer }".ljust(32 * 1024)),
        ("1,000 tokens", "{ nodes(ids: [" + '"a" ' * 988 + "]) { no } }"),
    ],
)
def test_a_document_at_a_limit_is_run(case: str, document: str) -> None:
    assert isinstance(GRAPH.prepare(document), Prepared)


def test_a_bomb_is_measured_in_as_many_steps_as_it_has_selections() -> None:
    steps = []
    for levels in (5, 10, 15, 20, 25):
        measure = Measure(parse("{ ...F0 } " + doubling(levels, "viewer")))
        shape = measure.shape(measure._operations[0].selection_set)
        assert shape.selections == 3 * 2**levels - 1
        steps.append(measure.visits)
    assert {after - before for before, after in pairwise(steps)} == {steps[1] - steps[0]}
    assert steps[-1] < 200


def test_fragments_that_spread_each_other_are_left_to_validation() -> None:
    document = "{ ...A } fragment A on Query { ...B ...B } fragment B on Query { viewer ...A ...A }"
    refused = GRAPH.prepare(document)
    assert isinstance(refused, list)
    assert {(each.extensions or {})["code"] for each in refused} == {"VALIDATION"}


def test_a_long_chain_of_fragments_is_no_fault() -> None:
    assert isinstance(GRAPH.prepare(chain(100, "viewer")), Prepared)


def test_the_question_that_tools_ask_about_the_schema_is_within_all_limits() -> None:
    prepared = GRAPH.prepare(get_introspection_query(input_value_deprecation=True))
    assert isinstance(prepared, Prepared) and prepared.introspects
    assert prepared.cost(None).bill({}).points == 10


def test_the_documents_of_our_own_pages_may_be_of_any_shape() -> None:
    document = "{" + " ".join(f"a{i}: viewer" for i in range(40)) + "}"
    assert isinstance(GRAPH.prepare(document, trusted=True), Prepared)
    assert isinstance(GRAPH.prepare(document), list)


def test_the_chapter_on_the_server_states_every_limit_and_rate() -> None:
    chapter = (Path(__file__).parents[2] / "server/README.md").read_text(encoding="utf-8")
    for limit in Limit:
        assert f"| `{limit.name.lower()}` | {limit.most:,} |" in chapter
    assert [f"{points:,}" in chapter for points in PER_MINUTE.values()] == [True] * 3
    assert f"counts as {ASSUMED_PAGE}, a plain list as {ASSUMED_LIST} " in chapter
    assert f"an act {MUTATION_COST}, a question about the schema {INTROSPECTION_COST:,}" in chapter


# ---------------------------------------------------------------- cost


@pytest.mark.parametrize(
    "document, variables, cost, nodes",
    [
        ("{ viewer }", {}, 1, 0),
        ('{ project(no: "1") { no name place { name } } }', {}, 5, 0),
        (
            "{ projects(first: 50) { nodes { no name } totalCount pageInfo { hasNextPage } } }",
            {},
            1 + 1 + 50 * 2 + 1 + 2,
            50,
        ),
        ("{ projects(last: 50) { edges { cursor node { no } } } }", {}, 1 + 1 + 50 * 3, 50),
        (
            "{ projects(first: 10) { nodes { entries(first: 5) { nodes { amount } } } } }",
            {},
            2 + 10 * (2 + 5),
            10 + 50,
        ),
        ("{ projects { nodes { no } } }", {}, 2 + ASSUMED_PAGE, ASSUMED_PAGE),
        ("{ places { name } }", {}, 1 + 10, 10),
        ("{ places { projects(first: 7) { nodes { no } } } }", {}, 1 + 10 * (2 + 7), 10 + 70),
        ('{ nodes(ids: ["a", "b", "c"]) { no } }', {}, 1 + 3, 3),
        ("query ($ids: [ID!]!) { nodes(ids: $ids) { no } }", {"ids": ["a"] * 40}, 41, 40),
        ("query ($n: Int) { projects(first: $n) { nodes { no } } }", {"n": 30}, 32, 30),
        ("query ($n: Int) { projects(first: $n) { nodes { no } } }", {"n": 30.0}, 32, 30),
        ("query ($n: Int) { projects(first: $n) { nodes { no } } }", {}, 22, 20),
        ("query ($n: Int) { projects(first: $n) { nodes { no } } }", {"n": None}, 22, 20),
        ("query ($n: Int = 3) { projects(first: $n) { nodes { no } } }", {}, 5, 3),
        ("query ($n: Int = 3) { projects(first: $n) { nodes { no } } }", {"n": 4}, 6, 4),
        ("{ ...F } fragment F on Query { viewer ... on Query { places { name } } }", {}, 12, 10),
        ('mutation { projectReport(name: "a") }', {}, 100, 0),
    ],
)
def test_a_call_costs_its_fields_times_the_objects_they_are_asked_of(
    document: str, variables: dict[str, Any], cost: int, nodes: int
) -> None:
    prepared = GRAPH.prepare(document)
    assert isinstance(prepared, Prepared)
    assert prepared.cost(None).bill(variables) == Bill(cost, nodes)


@pytest.mark.parametrize(
    "case, document, variables, limit",
    [
        ("a page of 101", "{ projects(first: 101) { totalCount nodes { no } } }", {}, "page"),
        ("a last page of 101", "{ projects(last: 101) { nodes { no } } }", {}, "page"),
        ("the larger of two", "{ projects(first: 1, last: 101) { nodes { no } } }", {}, "page"),
        (
            "a page by a variable",
            "query ($n: Int) { projects(first: $n) { nodes { no } } }",
            {"n": 101},
            "page",
        ),
        (
            "a page by a default",
            "query ($n: Int = 101) { projects(first: $n) { nodes { no } } }",
            {},
            "page",
        ),
        (
            "5,050 objects",
            "{ projects(first: 50) { nodes { entries(first: 100) { nodes { amount } } } } }",
            {},
            "nodes",
        ),
        (
            "a bomb of pages",
            nest("places" + " > projects(first: 100) > nodes > place" * 3, "name"),
            {},
            "nodes",
        ),
        (
            "54,202 fields of 4,600 objects",
            "{ projects(first: 100) { nodes { entries(first: 45) { nodes { "
            + "amount " * 12
            + "} } } } }",
            {},
            "cost",
        ),
        (
            "101 ids of 100 entries",
            "query ($ids: [ID!]!) "
            + nest("nodes(ids: $ids) > entries(first: 100) > nodes", "amount"),
            {"ids": ["a"] * 101},
            "nodes",
        ),
    ],
)
async def test_a_call_that_asks_too_much_is_refused_before_it_runs(
    case: str, document: str, variables: dict[str, Any], limit: str
) -> None:
    async with client() as browser:
        response = await browser.post(
            "/graphql",
            json={"query": document, "variables": variables},
            headers={"accept": "application/graphql-response+json"},
        )
    (error,) = response.json()["errors"]
    assert (response.status_code, error["extensions"]["code"], error["extensions"]["limit"]) == (
        422,
        "LIMIT",
        limit,
    )


@pytest.mark.parametrize("size", [-1, 0])
async def test_a_page_of_nothing_is_left_to_the_read(size: int) -> None:
    prepared = GRAPH.prepare("query ($n: Int) { projects(first: $n) { nodes { no } } }")
    assert isinstance(prepared, Prepared)
    assert prepared.cost(None).bill({"n": size}) == Bill(2, 0)


def test_pages_are_counted_as_the_graph_gives_them() -> None:
    assert (ASSUMED_PAGE, Limit.PAGE.most) == (PAGE_DEFAULT, PAGE_LIMIT)


@pytest.mark.parametrize("cost, points", [(1, 1), (100, 1), (101, 2), (500, 5), (50_000, 500)])
def test_a_point_is_a_hundred_begun(cost: int, points: int) -> None:
    assert Bill(cost).points == points


# ---------------------------------------------------------------- bodies


async def test_a_long_body_is_read_only_from_those_we_know() -> None:
    body = b'{"query": "{ viewer }", "variables": {"a": "' + b"a" * 300_000 + b'"}}'
    headers = {"content-type": "application/json"}
    async with client() as browser:
        refused = await browser.post("/graphql", content=body, headers=headers)
        taken = await browser.post(
            "/graphql", content=body, headers=headers | {"authorization": "Bearer right"}
        )
    assert (refused.status_code, refused.json()["errors"][0]["extensions"]["limit"]) == (
        413,
        "body",
    )
    assert taken.status_code == 200


@pytest.mark.parametrize("announced", ["104857600", "9" * 5_000, "10"])
async def test_a_body_that_says_too_much_or_too_little_of_its_length_is_refused(
    announced: str,
) -> None:
    async def chunks() -> Any:
        for _ in range(30):
            yield b" " * 10_000

    headers = {"content-type": "application/json", "content-length": announced}
    async with client() as browser:
        response = await browser.post("/graphql", content=chunks(), headers=headers)
    assert response.status_code == 413


async def test_a_body_of_too_many_values_is_not_even_parsed() -> None:
    body = b'{"query": "{ viewer }", "variables": {"a": [' + b"[]," * 20_001 + b"[]]}}"
    headers = {"content-type": "application/json"}
    async with client() as browser:
        response = await browser.post("/graphql", content=body, headers=headers)
    assert (response.status_code, response.json()["errors"][0]["extensions"]["limit"]) == (
        413,
        "values",
    )


# ---------------------------------------------------------------- rates


class Clock:
    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


def test_points_come_back_with_time() -> None:
    clock = Clock()
    rate_limiter = RateLimiter({"address": 60}, clock)
    assert rate_limiter.take(ADDRESS, 60).remaining == 0
    refused = rate_limiter.take(ADDRESS, 10)
    assert (refused.granted, refused.wait, refused.remaining) == (False, 10, 0)
    clock.seconds = 9.0
    assert not rate_limiter.take(ADDRESS, 10).granted
    clock.seconds = 10.0
    assert rate_limiter.take(ADDRESS, 10).granted
    clock.seconds = 1_000.0
    assert rate_limiter.take(ADDRESS, 1).remaining == 59


def test_one_callers_haste_is_nobody_elses() -> None:
    rate_limiter = RateLimiter({"address": 5, "token": 5}, Clock())
    assert rate_limiter.take(ADDRESS, 5).granted and not rate_limiter.take(ADDRESS, 1).granted
    assert rate_limiter.take(Caller("address", "192.0.2.2"), 1).granted
    assert rate_limiter.take(Caller("token", ADDRESS.key), 1).granted


def test_callers_beyond_number_do_not_fill_the_memory() -> None:
    rate_limiter = RateLimiter({"address": 5}, Clock(), remembered=100)
    for i in range(1_000):
        rate_limiter.take(Caller("address", str(i)), 1)
    assert len(rate_limiter._buckets) == 100
    assert rate_limiter.take(Caller("address", "999"), 1).remaining == 3


@pytest.mark.parametrize(
    "host, counted",
    [
        ("192.0.2.1", "192.0.2.1"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("testclient", "testclient"),
        ("", ""),
    ],
)
def test_an_ipv6_subscriber_is_one_caller(host: str, counted: str) -> None:
    assert network(host) == counted


async def test_whoever_asks_too_often_is_told_how_long_to_wait() -> None:
    rate_limiter = RateLimiter({"address": 3, "token": 10, "person": 10}, Clock())
    async with client(application(rate_limiter=rate_limiter)) as browser:
        answers = [await browser.post("/graphql", json={"query": "{ viewer }"}) for _ in range(4)]
        partner = await browser.post(
            "/graphql", json={"query": "{ viewer }"}, headers={"authorization": "Bearer right"}
        )
        officer = await browser.post(
            "/graphql", json={"query": "{ viewer }"}, headers={"cookie": "session=1"}
        )
    assert [each.status_code for each in answers] == [200, 200, 200, 429]
    assert [each.headers["x-ratelimit-remaining"] for each in answers] == ["2", "1", "0", "0"]
    refused = answers[-1]
    assert refused.headers["retry-after"] == "20"
    assert refused.headers["ratelimit-policy"] == '"points";q=3;w=60'
    assert refused.headers["ratelimit"].startswith('"points";r=0;t=')
    (error,) = refused.json()["errors"]
    assert (error["message"], error["extensions"]["code"]) == ("请求太频繁，请 20 秒后再试", "RATE")
    assert (partner.status_code, officer.status_code) == (200, 200)


DEAR = "{ projects(first: 100) { nodes { no name amount } } allowance { cost remaining } }"


async def test_a_dear_call_takes_what_it_costs_and_a_bad_one_a_point() -> None:
    async with client(application(rate_limiter=RateLimiter({"address": 100}, Clock()))) as browser:
        dear = await browser.post("/graphql", json={"query": DEAR})
        bad = await browser.post("/graphql", content=b"NONSENSE")
    assert dear.json()["data"]["allowance"] == {"cost": 4, "remaining": 96}
    assert (dear.headers["x-ratelimit-remaining"], bad.headers["x-ratelimit-remaining"]) == (
        "96",
        "95",
    )
