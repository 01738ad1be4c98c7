"""Cursors by Relay's specification; one that the list has not written in this order is refused."""

import json
from collections.abc import Callable
from random import Random
from typing import Any, NamedTuple

import pytest

from tests.reading.test_pages import projects
from tests.world import City, Said

ROOT = """query ($first: Int, $after: String, $last: Int, $before: String, $by: ProjectOrder) {
    projects(first: $first, after: $after, last: $last, before: $before, orderBy: $by) {
        edges { cursor node { no } }
        pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
    }
}"""
NODES = """query ($first: Int, $after: String, $last: Int, $before: String, $by: ProjectOrder) {
    projects(first: $first, after: $after, last: $last, before: $before, orderBy: $by) {
        totalCount nodes { no }
    }
}"""
BELOW = """query ($no: String!, $first: Int, $after: String, $last: Int, $before: String) {
    project(no: $no) { journal(first: $first, after: $after, last: $last, before: $before) {
        edges { cursor node { no: hash } }
        pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
    } }
}"""
DEEPER = (
    BELOW.replace("query ($no: String!, ", "query (")
    .replace("project(no: $no) { journal", "projects(first: 1) { nodes { journal")
    .replace("} }\n}", "} } }\n}")
)
LEDGER = """query ($after: String, $before: String) {
    projects(first: 5) { nodes { entries(first: 2, after: $after, before: $before) { nodes { no } } } }
}"""
BY_AMOUNT = {"field": "AMOUNT", "direction": "DESC"}


class Edge(NamedTuple):
    cursor: str
    no: str


def page_of(answer: Said) -> Said:
    """The page of ROOT, BELOW or DEEPER."""
    page: Said = answer.get("projects") or answer["project"]
    page = page["nodes"][0] if "nodes" in page else page
    return page.get("journal", page)


async def busy(city: City) -> str:
    """A project with eight entries in its journal; its number."""
    signed = await city.signed()
    for amount in ("1万", "2万"):
        signed = (await city.pay(signed, amount))["project"]
    number: str = signed["no"]
    return number


# ------------------------------------------------------------ the specification


class Expected(NamedTuple):
    numbers: list[str]
    has_next: bool
    has_previous: bool


def by_the_specification(edges: list[Edge], asked: Said) -> Expected:
    """Relay's own algorithm, over the whole list; without a size the first 20 are taken."""
    first, last = asked.get("first"), asked.get("last")
    cursors = [edge.cursor for edge in edges]
    start = cursors.index(asked["after"]) + 1 if asked.get("after") else 0
    end = cursors.index(asked["before"]) if asked.get("before") else len(edges)
    within = edges[start:end] if start <= end else []
    chosen = within[-last:] if last else within[: first or 20]
    has_previous = len(within) > last if last else bool(asked.get("after"))
    cut = not last and len(within) > 20
    has_next = len(within) > first if first else cut or bool(asked.get("before"))
    return Expected([edge.no for edge in chosen], has_next, has_previous)


async def agrees(city: City, document: str, asked: Said, edges: list[Edge]) -> None:
    page = page_of(await city.run(city.office, document, **asked))
    info = page["pageInfo"]
    found = [edge["node"]["no"] for edge in page["edges"]]
    expected = by_the_specification(edges, asked)
    assert (found, info["hasNextPage"], info["hasPreviousPage"]) == expected, asked
    ends = (page["edges"][0]["cursor"], page["edges"][-1]["cursor"]) if found else (None, None)
    assert (info["startCursor"], info["endCursor"]) == ends


async def whole(city: City, document: str, **asked: Any) -> list[Edge]:
    page = page_of(await city.run(city.office, document, first=100, **asked))
    return [Edge(edge["cursor"], edge["node"]["no"]) for edge in page["edges"]]


def ways(edges: list[Edge], size: int) -> list[Said]:
    """Every combination of a size and cursors: in order, crossed, and of the ends of the list."""
    one, other = edges[len(edges) // 3].cursor, edges[2 * len(edges) // 3].cursor
    sizes: list[Said] = [{}, {"first": size}, {"last": size}, {"first": 100}, {"last": 100}]
    bounds: list[Said] = [
        {},
        {"after": one},
        {"before": other},
        {"after": one, "before": other},
        {"after": other, "before": one},
        {"after": one, "before": one},
        {"before": edges[0].cursor},
        {"after": edges[-1].cursor},
        {"after": edges[0].cursor, "before": edges[-1].cursor},
    ]
    return [count | bound for count in sizes for bound in bounds]


@pytest.mark.parametrize("field", ["REPORTED_AT", "AMOUNT", "SIGNED_ON", "DUE_AT"])
async def test_a_page_is_what_the_specification_says(city: City, field: str) -> None:
    """Both cursors bound the list, whichever end is then taken; `before` needs no `last`."""
    await projects(city, 33)
    for direction in ("ASC", "DESC"):
        by = {"field": field, "direction": direction}
        edges = await whole(city, ROOT, by=by)
        for asked in ways(edges, 4):
            await agrees(city, ROOT, asked | {"by": by}, edges)
            plain = (await city.run(city.office, NODES, **asked, by=by))["projects"]
            assert plain["totalCount"] == 33
            numbers = [node["no"] for node in plain["nodes"]]
            assert numbers == by_the_specification(edges, asked).numbers


@pytest.mark.parametrize("document", [BELOW, DEEPER], ids=["below", "deeper"])
async def test_a_page_below_a_row_is_what_the_specification_says(city: City, document: str) -> None:
    no = await busy(city)
    named = {"no": no} if document is BELOW else {}
    edges = await whole(city, document, **named)
    assert len(edges) > 7
    for asked in ways(edges, 2):
        await agrees(city, document, asked | named, edges)


async def test_cursors_given_as_null_or_in_the_document_are_as_good(city: City) -> None:
    no = await busy(city)
    edges = await whole(city, BELOW, no=no)
    await agrees(city, BELOW, {"no": no, "first": None, "after": None, "before": None}, edges)
    written = (
        BELOW.replace("after: $after", f'after: "{edges[1].cursor}"')
        .replace("before: $before", f'before: "{edges[6].cursor}"')
        .replace(", $after: String", "")
        .replace(", $before: String", "")
    )
    page = page_of(await city.run(city.office, written, no=no, last=2))
    assert [edge["node"]["no"] for edge in page["edges"]] == [edges[4].no, edges[5].no]


# ------------------------------------------------------------ cursors of elsewhere


async def refused(city: City, document: str, argument: str, **asked: Any) -> None:
    """Both ways, with the argument named; and nothing of the document is answered."""
    answer = await city.ask(city.office, document, **asked)
    assert answer.errors is not None, (asked, answer.data)
    assert answer.errors[0].extensions == {"code": "BAD_INPUT", "argument": argument}, asked
    assert answer.errors[0].message == "游标无效，请从第一页重新翻"
    assert not answer.data or set(answer.data.values()) == {None}


async def test_a_cursor_of_another_order_is_refused(city: City) -> None:
    await projects(city, 5)
    cursor = (await whole(city, ROOT, by=BY_AMOUNT))[1].cursor
    for by in (None, {"field": "AMOUNT", "direction": "ASC"}, {"field": "PAID_IN_FUNDS"}):
        for argument in ("after", "before"):
            await refused(city, ROOT, argument, by=by, **{argument: cursor})
    assert await city.run(city.office, ROOT, by=BY_AMOUNT, after=cursor, before=cursor)


async def test_a_cursor_of_another_list_is_refused_though_its_order_is_the_same(city: City) -> None:
    """Journals and ledgers are both ordered by id, and so are the journal of a project and that of all."""
    no = await busy(city)
    journal = (await whole(city, BELOW, no=no))[1].cursor
    queue = """{ judgementQueue(state: DONE, first: 1) { pageInfo { endCursor } } }"""
    other = (await city.run(city.office, queue))["judgementQueue"]["pageInfo"]["endCursor"]
    ledger = """query ($no: String!) { project(no: $no) { entries { pageInfo { endCursor } } } }"""
    entries = (await city.run(city.office, ledger, no=no))["project"]["entries"]["pageInfo"]
    credits = """query ($no: String!) { project(no: $no) { linkage { credits { pageInfo { endCursor } } } } }"""
    shares = (await city.run(city.office, credits, no=no))["project"]["linkage"]["credits"][
        "pageInfo"
    ]
    for argument in ("after", "before"):
        await refused(city, ROOT, argument, **{argument: other})
        await refused(city, ROOT, argument, **{argument: journal})
        await refused(city, LEDGER, argument, **{argument: journal})
        await refused(city, LEDGER, argument, **{argument: shares["endCursor"]})
        for foreign in (entries["endCursor"], shares["endCursor"], other):
            await refused(city, BELOW, argument, no=no, **{argument: foreign})
    assert await city.run(city.office, LEDGER, after=entries["endCursor"])


# ------------------------------------------------------------ hostile cursors


def written(*parts: Any) -> str:
    """A cursor as the list itself writes them, with whatever it would never hold."""
    return json.dumps(parts, separators=(",", ":"), ensure_ascii=False).encode().hex().upper()


def changed(cursor: str, change: Callable[[list[Any]], list[Any]]) -> str:
    return written(*change(json.loads(bytes.fromhex(cursor))))


VALUES: list[Any] = [
    "many",
    "",
    "\0",
    "a" * 10**5,
    "\\ud800",
    "yesterday",
    "9999-12-31T23:59:59.999999-12:00",
    "0001-01-01T00:00:00+14:00",
    "0000-01-01T00:00:00+00:00",
    "10000-01-01T00:00:00+00:00",
    "2026-11-18T02:00:00",
    "2026-11-18T10:00:00+08:00",
    "2026-11-18",
    "2026-02-30",
    "0000-01-01",
    float("nan"),
    float("inf"),
    1.5,
    1e400,
    True,
    None,
    2**63,
    -(2**63) - 1,
    2**70,
    10**400,
    [5],
    {"a": 1},
    [[[[[[5]]]]]],
]
KEYS: list[Any] = [2**63, -(2**63), -1.5, "5", None, True, [5], float("nan"), 10**400]
TEXTS = [
    "",
    " ",
    "x",
    "%%%",
    "游标",
    "\0",
    "\ud800",
    "0" * 10**5,
    "5B" * 50_000,
    "7B" * 50_000,
    "5B5D",
    "7B7D",
    "6E756C6C",
    "FFFE",
    "EDA080",
]
MISWRITTEN: list[Callable[[str], str]] = [
    str.lower,
    lambda cursor: cursor + "0",
    lambda cursor: cursor + "20",
    lambda cursor: f"{cursor[:2]} {cursor[2:]}",
    lambda cursor: changed(cursor, lambda parts: parts[:4]),
    lambda cursor: changed(cursor, lambda parts: parts[1:]),
    lambda cursor: changed(cursor, lambda parts: [*parts, 1]),
    lambda cursor: changed(cursor, lambda parts: ["", *parts[1:]]),
    lambda cursor: changed(cursor, lambda parts: [parts[0], "contact_phone", *parts[2:]]),
    lambda cursor: changed(cursor, lambda parts: [parts[0], "no such column", *parts[2:]]),
    lambda cursor: changed(cursor, lambda parts: [*parts[:2], 1, *parts[3:]]),
    lambda cursor: changed(cursor, lambda parts: [[parts]]),
]
ORDERS = ["REPORTED_AT", "AMOUNT", "SIGNED_ON"]


@pytest.mark.parametrize("field", ORDERS)
async def test_a_hostile_cursor_is_refused_at_the_root(city: City, field: str) -> None:
    """`signed_on` may be null and `AMOUNT` holds numbers, so what is hostile differs by the column."""
    await projects(city, 5)
    by = {"field": field, "direction": "DESC"}
    cursor = (await whole(city, ROOT, by=by))[0].cursor
    hostile = [*TEXTS, *(change(cursor) for change in MISWRITTEN)]
    hostile += [changed(cursor, lambda parts, key=key: [*parts[:4], key]) for key in KEYS]
    good = {"AMOUNT": (), "REPORTED_AT": (), "SIGNED_ON": ("2026-11-18", None)}[field]
    hostile += [
        changed(cursor, lambda parts, value=value: [*parts[:3], value, parts[4]])
        for value in VALUES
        if not any(value is each or value == each for each in good)
    ]
    for each in hostile:
        for argument in ("after", "before"):
            await refused(city, ROOT, argument, by=by, **{argument: each})


async def test_a_hostile_cursor_is_refused_below_a_row(city: City) -> None:
    no = await busy(city)
    cursor = (await whole(city, BELOW, no=no))[0].cursor
    hostile = [*TEXTS, *(change(cursor) for change in MISWRITTEN)]
    hostile += [changed(cursor, lambda parts, key=key: [*parts[:4], key]) for key in KEYS]
    hostile += [changed(cursor, lambda parts, key=key: [*parts[:3], key, key]) for key in KEYS]
    hostile.append(changed(cursor, lambda parts: [*parts[:4], parts[4] + 1]))
    for each in hostile:
        for argument in ("after", "before"):
            await refused(city, BELOW, argument, no=no, **{argument: each})


async def test_a_cursor_made_up_at_random_is_refused_or_read(city: City, random_seed: int) -> None:
    """Whatever is changed in a good cursor: a fault is neither way an answer."""
    random = Random(random_seed)
    await projects(city, 5)
    cursor = (await whole(city, ROOT, by=BY_AMOUNT))[1].cursor
    for _ in range(150):
        at, letter = random.randrange(len(cursor)), random.choice("0123456789ABCDEFabcdef g\0")
        made = cursor[:at] + letter + cursor[at + random.choice((0, 1, 2)) :]
        asked = {random.choice(("after", "before")): made}
        answer = await city.ask(city.office, ROOT, by=BY_AMOUNT, **asked)
        for error in answer.errors or ():
            assert error.extensions is not None and error.extensions["code"] == "BAD_INPUT"
