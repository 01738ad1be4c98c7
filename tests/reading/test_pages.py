"""Pages by keyset: walked either way, in any order, they are one sorted list without gap or repeat."""

from datetime import date, timedelta

import pytest

from schema.project.tables import Project
from tests.world import NOW, City, Said

FIELDS = {
    "REPORTED_AT": "reported_at",
    "UPDATED_AT": "updated_at",
    "AMOUNT": "amount_fen",
    "SIGNED_ON": "signed_on",
    "PAID_IN_FUNDS": "paid_in_fen",
    "DUE_AT": "judge_by",
}
PAGE = """query($first: Int, $after: String, $last: Int, $before: String, $by: ProjectOrder) {
    projects(first: $first, after: $after, last: $last, before: $before, orderBy: $by) {
        totalCount
        nodes { no }
        edges { cursor node { no } }
        pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
    }
}"""


async def projects(city: City, count: int) -> None:
    """Projects full of ties and gaps: what makes a keyset go wrong."""
    first = await city.report()
    like = await Project.get(no=first["no"])
    columns = {
        name: getattr(like, name) for name in like._meta.fields_db_projection if name != "id"
    }
    await Project.bulk_create(
        Project(
            **columns
            | {
                "no": f"2025-{number:04d}",
                "amount_fen": number % 5 * 10**9,
                "paid_in_fen": number % 2,
                "reported_at": NOW - timedelta(days=number % 7, microseconds=number % 3),
                "updated_at": NOW - timedelta(hours=number % 11),
                "signed_on": None if number % 3 == 0 else date(2026, 1, 1 + number % 4),
                "judge_by": None if number % 4 else NOW + timedelta(days=number % 6),
            }
        )
        for number in range(1, count)
    )


async def sorted_by(column: str, descending: bool) -> list[str]:
    """One sorted list in Python: by the column with nulls last, then by id, both one way."""
    rows = await Project.all().values("id", "no", column)
    known = [row for row in rows if row[column] is not None]
    unknown = [row for row in rows if row[column] is None]
    known.sort(key=lambda row: (row[column], row["id"]), reverse=descending)
    unknown.sort(key=lambda row: row["id"], reverse=descending)
    return [row["no"] for row in known + unknown]


@pytest.mark.parametrize("field", FIELDS)
async def test_pages_walked_either_way_are_one_sorted_list(city: City, field: str) -> None:
    await projects(city, 41)
    for direction in ("ASC", "DESC"):
        whole = await sorted_by(FIELDS[field], direction == "DESC")
        by = {"field": field, "direction": direction}
        for size in (1, 7, 20, 41):
            if size > 1 or field == "SIGNED_ON":
                assert await walked(city, by, size, "first") == whole
                assert await walked(city, by, size, "last") == whole


async def walked(city: City, by: Said, size: int, way: str) -> list[str]:
    """All numbers in the list's own order, page by page from the front or from the end."""
    found: list[str] = []
    asked: Said = {way: size, "by": by}
    while True:
        page = (await city.run(city.office, PAGE, **asked))["projects"]
        numbers = [node["no"] for node in page["nodes"]]
        assert numbers == [edge["node"]["no"] for edge in page["edges"]]
        assert page["totalCount"] == 41
        info = page["pageInfo"]
        if way == "first":
            found += numbers
            assert info["hasPreviousPage"] == ("after" in asked)
            if not info["hasNextPage"]:
                return found
            asked["after"] = info["endCursor"]
        else:
            found = numbers + found
            assert info["hasNextPage"] == ("before" in asked)
            if not info["hasPreviousPage"]:
                return found
            asked["before"] = info["startCursor"]


async def test_a_page_does_not_shift_when_something_new_comes(city: City) -> None:
    await projects(city, 30)
    page = (await city.run(city.office, PAGE, first=10))["projects"]
    await city.report(city.anyue)
    after = page["pageInfo"]["endCursor"]
    following = (await city.run(city.office, PAGE, first=10, after=after))["projects"]
    numbers = [node["no"] for node in page["nodes"] + following["nodes"]]
    assert len(set(numbers)) == 20


async def test_a_page_within_many_parents_is_each_parents_own(city: City) -> None:
    """One statement reads the first page of every project's entries."""
    first, second = await city.signed(), await city.signed("anyue", "anyue")
    for amount in ("1万", "2万", "3万"):
        first = (await city.pay(first, amount))["project"]
    second = (await city.pay(second, "9万", "anyue"))["project"]
    document = """{ projects(orderBy: { field: REPORTED_AT, direction: ASC }) { nodes {
        no entries(first: 2) { totalCount nodes { amount } pageInfo { hasNextPage } }
    } } }"""
    seen = (await city.run(city.office, document))["projects"]["nodes"]
    assert [(node["no"], node["entries"]["totalCount"]) for node in seen] == [
        (first["no"], 4),
        (second["no"], 2),
    ]
    assert [entry["amount"] for entry in seen[0]["entries"]["nodes"]] == ["30000.00", "20000.00"]
    assert seen[0]["entries"]["pageInfo"]["hasNextPage"]
    assert not seen[1]["entries"]["pageInfo"]["hasNextPage"]


@pytest.mark.parametrize(
    ("asked", "argument"),
    [
        ({"first": 0}, "first"),
        ({"first": -1}, "first"),
        ({"first": 101}, "first"),
        ({"last": 0}, "last"),
        ({"last": 101}, "last"),
        ({"first": 5, "last": 5}, "last"),
    ],
)
async def test_a_page_has_one_to_a_hundred_rows(city: City, asked: Said, argument: str) -> None:
    await refused(city, asked, argument)


async def test_a_page_without_size_has_twenty(city: City) -> None:
    await projects(city, 25)
    page = (await city.run(city.office, PAGE))["projects"]
    assert len(page["nodes"]) == 20 and page["pageInfo"]["hasNextPage"]


async def refused(city: City, asked: Said, argument: str) -> None:
    answer = await city.ask(city.office, PAGE, **asked)
    assert answer.errors is not None, answer.data
    assert answer.errors[0].extensions == {"code": "BAD_INPUT", "argument": argument}
