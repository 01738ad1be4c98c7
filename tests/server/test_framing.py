"""X-Frame-Options says to browsers older than frame-ancestors what that directive says to others."""

import pytest

from tests.server.doors import browser, signed_in
from tests.server.test_files import attached
from tests.world import City

SAYS_THE_SAME = {"'none'": "DENY", "'self'": "SAMEORIGIN"}


@pytest.mark.parametrize(
    "path, status",
    [
        ("/inbox", 200),
        ("/sign-in", 303),
        ("/nowhere", 404),
        ("/graphql?query={__typename}", 200),
        ("/graphql/d/ranking", 200),
        ("/projects.csv", 200),
        ("/static/css/app.css", 200),
        ("/healthz", 200),
    ],
)
async def test_no_page_is_framed_by_anybody_in_any_browser(
    city: City, path: str, status: int
) -> None:
    async with signed_in("office") as visitor:
        answer = await visitor.get(path)
    assert answer.status_code == status
    assert answer.headers["x-frame-options"] == "DENY"
    assert answer.headers["content-security-policy"].endswith("frame-ancestors 'none'")


async def test_a_refusal_before_any_page_says_so_too(city: City) -> None:
    async with browser() as visitor:
        answer = await visitor.post("/projects/new", headers={"sec-fetch-site": "cross-site"})
    assert (answer.status_code, answer.headers["x-frame-options"]) == (403, "DENY")


@pytest.mark.parametrize("path", ["/widgets/ranking", "/embed/ranking"])
async def test_a_widget_may_be_framed_which_the_old_header_could_only_forbid(
    city: City, path: str
) -> None:
    async with browser() as visitor:
        answer = await visitor.get(path)
    assert answer.status_code == 200 and "x-frame-options" not in answer.headers
    assert "frame-ancestors *" in answer.headers["content-security-policy"]


async def test_a_file_is_framed_by_our_own_pages_alone(city: City) -> None:
    key = await attached(city)
    async with signed_in("office") as visitor:
        answer = await visitor.get(f"/files/{key}")
    ancestors = answer.headers["content-security-policy"].partition("frame-ancestors ")[2]
    assert answer.headers.get_list("x-frame-options") == [SAYS_THE_SAME[ancestors]]
