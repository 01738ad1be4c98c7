"""An address whose number names nothing is 404, on the page as in the graph, and never a guess."""

from typing import Any

import pytest

from tests.server.doors import signed_in
from tests.world import City

CALENDAR = "query ($year: Int!) { calendar(year: $year) { year published } }"


@pytest.mark.parametrize(
    "year", ["0", "1", "1989", "2101", "99999", "9" * 30, "-1", "abc", "2026.5"]
)
async def test_a_year_that_no_calendar_can_have_is_not_found(city: City, year: str) -> None:
    async with signed_in("office") as visitor:
        page = await visitor.get(f"/calendar/{year}")
        assert page.status_code == 404 and "没有找到" in page.text
        sent = {"input": {}, "act": "CalendarPublish", "source": "通知"}
        assert (await visitor.post(f"/calendar/{year}", data=sent)).status_code == 404


@pytest.mark.parametrize("year, published", [(1990, False), (2026, True), (2100, False)])
async def test_a_year_that_can_be_published_has_its_page(
    city: City, year: int, published: bool
) -> None:
    async with signed_in("office") as visitor:
        page = await visitor.get(f"/calendar/{year}")
    assert page.status_code == 200 and ("日历待公布" in page.text) is not published
    # Nobody is led on to a year that has no page.
    assert "/calendar/1989" not in page.text and "/calendar/2101" not in page.text
    found = await city.run(city.public, CALENDAR, year=year)
    assert found["calendar"] == {"year": year, "published": published}


@pytest.mark.parametrize("year", [-1, 0, 1989, 2101, 99999, 2**31 - 1])
async def test_the_graph_has_no_calendar_of_such_a_year(city: City, year: int) -> None:
    assert await city.run(city.public, CALENDAR, year=year) == {"calendar": None}


async def test_a_row_number_that_no_number_can_be_is_not_found(city: City) -> None:
    async with signed_in("office") as visitor:
        for row in ("0", "9" * 30):
            page: Any = await visitor.get(f"/ledger/imports/2026-01/rows/{row}")
            assert page.status_code == 404
