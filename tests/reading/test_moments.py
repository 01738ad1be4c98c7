"""Moments are bounded like dates, wherever one is read; and written alike, whoever writes them."""

from datetime import UTC, datetime, timedelta

import pytest

from schema.city.rules import RuleBroken
from schema.project.tables import Project
from schema.query.loaders import write_cursor
from schema.query.sql import Order, Seek
from schema.scalars import parse_datetime
from tests.reading.test_cursors import refused
from tests.world import City

AS_OF = "query ($at: DateTime) { ranking(asOf: $at) { asOf past rows { rank } } }"
LIST = """query ($after: String, $before: String, $by: ProjectOrder) {
    projects(after: $after, before: $before, orderBy: $by) { nodes { no reportedAt } }
}"""
OUT_OF_BOUNDS = [
    "0001-01-01T00:00:00+14:00",
    "0001-01-01T00:00:00-14:00",
    "0001-01-01T00:00:00",
    "0001-01-01",
    "1989-12-31T23:59:59+08:00",
    "2101-01-01T00:00:00+08:00",
    "9999-12-31T23:59:59.999999-12:00",
    "9999-12-31T23:59:59.999999+12:00",
    "9999-12-31",
]
UNREADABLE = [
    "",
    " ",
    "昨天",
    "0000-01-01T00:00:00+08:00",
    "10000-01-01T00:00:00+08:00",
    "-2026-11-18T10:00:00+08:00",
    "2026-02-30T10:00:00+08:00",
    "2026-11-18T25:00:00+08:00",
    "2026-11-18T10:00:60+08:00",
    "2026-11-18T10:00:00+24:00",
    "2026-11-18T10:00:00+99:99",
    "2026-11-18T10:00:00\0",
    "\ud800",
    "NaN",
    "9" * 10**5,
]
ACCEPTED = [
    "2026-11-18T10:00:00+08:00",
    "2026-11-18T02:00:00Z",
    "2026-11-18T10:00:00",
    "2026-11-18",
    "1990-01-01T00:00:00+14:00",
    "2100-12-31T23:59:59.999999-12:00",
    "1991-07-01T00:00:00+09:00",
]


@pytest.mark.parametrize("text", [*OUT_OF_BOUNDS, *UNREADABLE], ids=ascii)
async def test_a_moment_out_of_bounds_is_refused_at_its_argument(city: City, text: str) -> None:
    answer = await city.ask(city.office, AS_OF, at=text)
    assert answer.errors is not None, answer.data
    assert answer.errors[0].extensions == {"code": "BAD_INPUT", "argument": "asOf"}
    expected = "1990 到 2100 年之间" if text in OUT_OF_BOUNDS else "时刻请写成"
    assert expected in answer.errors[0].message
    if text.isascii() and text.isprintable() and len(text) < 100:
        written = AS_OF.replace("query ($at: DateTime)", "").replace("$at", f'"{text}"')
        again = await city.ask(city.office, written)
        assert again.errors is not None and again.errors[0].message == answer.errors[0].message


@pytest.mark.parametrize("text", ACCEPTED)
async def test_a_moment_within_bounds_is_read(city: City, text: str) -> None:
    await city.signed()
    ranking = (await city.run(city.office, AS_OF, at=text))["ranking"]
    assert len(ranking["rows"]) == 5


@pytest.mark.parametrize("text", OUT_OF_BOUNDS)
def test_the_bounds_are_those_of_dates(text: str) -> None:
    with pytest.raises(RuleBroken, match="年之间"):
        parse_datetime(text)


@pytest.mark.parametrize("text", [each for each in OUT_OF_BOUNDS if each.endswith("00")])
async def test_a_cursor_at_a_moment_out_of_bounds_is_refused(city: City, text: str) -> None:
    await city.report()
    by = {"field": "REPORTED_AT", "direction": "DESC"}
    order = Order("reported_at", descending=True)
    for value in (text, datetime.fromisoformat(text).replace(tzinfo=UTC).isoformat()):
        cursor = write_cursor("Query.projects", order, Seek(value, 5))
        for argument in ("after", "before"):
            await refused(city, LIST, argument, by=by, **{argument: cursor})


@pytest.mark.parametrize(
    ("at", "written"),
    [
        (datetime(1991, 7, 1, 4, 0, tzinfo=UTC), "1991-07-01T12:00:00+08:00"),
        (datetime(1999, 12, 31, 16, 0, tzinfo=UTC), "2000-01-01T00:00:00+08:00"),
        (datetime(2026, 11, 18, 2, 0, 59, 999_999, tzinfo=UTC), "2026-11-18T10:00:59+08:00"),
        (datetime(2026, 11, 18, 2, 0, 59, 999_500, tzinfo=UTC), "2026-11-18T10:00:59+08:00"),
        (datetime(2026, 11, 18, 2, 0, 59, 500_000, tzinfo=UTC), "2026-11-18T10:00:59+08:00"),
        (datetime(2026, 11, 18, 2, 0, tzinfo=UTC), "2026-11-18T10:00:00+08:00"),
    ],
)
async def test_a_moment_is_written_to_the_second_that_has_begun_and_in_the_citys_hours(
    city: City, at: datetime, written: str
) -> None:
    """Also one between two seconds, and one of the summers in which China's clocks were changed."""
    project = await city.report()
    other = await city.report()
    await Project.filter(no=project["no"]).update(reported_at=at)
    await Project.filter(no=other["no"]).update(reported_at=at - timedelta(days=1))
    nodes = (await city.run(city.office, LIST))["projects"]["nodes"]
    assert nodes[0] == {"no": project["no"], "reportedAt": written}
