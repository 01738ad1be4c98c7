"""What a page does that goes wrong: a form with a number in its address, a tab that is none, a fault."""

import httpx2
import pytest
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from schema.city.tables import CalendarYear
from server import settings
from tests.server.doors import app, browser, signed_in
from tests.world import NOW, City


@pytest.fixture(autouse=True)
def standing_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "NOW", NOW)


PAPERS = {"source": "国务院办公厅通知", "documentNo": "国办发明电〔2026〕7号"}


async def test_the_office_publishes_a_year_from_its_page(city: City) -> None:
    days = "2027-01-01,休,元旦\n2027-05-01,休,劳动节\n2027-10-01,休,国庆节"
    async with signed_in("office") as visitor:
        answer = await post(visitor, "/calendar/2027", **PAPERS, text=days)
        assert answer.status_code == 303, answer.text
    assert not await CalendarYear.exists(year=2027), "a second person confirms it"
    async with signed_in("colleague") as visitor:
        answer = await post(
            visitor, "/calendar/proposals/C2026-001", act="CalendarConfirm", revision="1"
        )
        assert answer.status_code == 303, answer.text
    assert await CalendarYear.exists(year=2027)


@pytest.mark.parametrize(
    ("username", "status"),
    [("office", 400), ("agent", 404), ("branch", 404), ("hightech", 404), ("partner", 404)],
)
async def test_a_tab_that_is_none_is_no_fault(city: City, username: str, status: int) -> None:
    async with signed_in(username) as visitor:
        assert (await visitor.get("/judgement?state=XX")).status_code == status


async def test_the_page_of_a_fault_is_sealed_like_any_other(city: City) -> None:
    async def fails(request: Request) -> Response:
        raise ZeroDivisionError("password=123")

    app.router.routes.insert(0, Route("/fails", fails))
    try:
        async with browser() as visitor:
            answer = await visitor.get("/fails")
    finally:
        del app.router.routes[0]
    assert answer.status_code == 500 and "password" not in answer.text
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert answer.headers["x-request-id"] in answer.text


async def post(visitor: httpx2.AsyncClient, path: str, **fields: str) -> httpx2.Response:
    return await visitor.post(path, data={"act": "CalendarPublish"} | fields)
