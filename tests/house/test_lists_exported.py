"""Every list that stands in the menu can be taken as a file, from its own page."""

import pytest

from schema.permissions import MAY
from server import settings
from server.routes import routes
from server.web.navigation import MENU
from tests.server.doors import signed_in
from tests.world import NOW, City

WITHOUT = {
    "/inbox": "the viewer's own part of /duties, which has it",
    "/projects/new": "a form",
    "/developers": "pages for programmers; what they show is the graph itself",
    "/calendar": "a year as a sheet, not a list; its days stand as text in the form that changes them",
}
LISTS = [item.href for _, items in MENU for item in items if item.href not in WITHOUT]
ADDRESSES = {getattr(each, "path", "") for each in routes}


async def test_every_list_of_the_menu_has_an_export_on_its_page(
    city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings, "NOW", NOW)
    await city.pay(await city.signed(), "100万")  # a list without rows may show nothing
    without = []
    async with signed_in("office") as visitor:
        for href in LISTS:
            assert {f"{href}.{form}" for form in ("xlsx", "csv", "json")} <= ADDRESSES, href
            page = await visitor.get(href)
            if f'href="{href}.csv' not in page.text:
                without.append(href)
            file = await visitor.get(f"{href}.csv")
            assert file.status_code == 200, href
            assert file.headers["content-type"].startswith("text/csv"), href
    assert without == [], "no way from the list to its file"


def test_what_has_no_export_is_still_in_the_menu() -> None:
    hrefs = {item.href for _, items in MENU for item in items}
    assert WITHOUT.keys() <= hrefs
    assert all(item.act in MAY for _, items in MENU for item in items if item.act)
