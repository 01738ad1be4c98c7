"""Where a request comes from, how large it is, and what every answer says to the browser."""

from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.testclient import TestClient
from starlette.websockets import WebSocket, WebSocketDisconnect

from server.http.request_id import request_id
from server.middleware import SecurityMiddleware
from tests.server.toy import client

OWN = "http://city.example"


async def page(request: Request) -> Response:
    """Says which cookies it saw and sets one, as a page of the application would."""
    response = PlainTextResponse(str(sorted(request.cookies)) + request_id(request.scope))
    response.set_cookie("session", "new")
    if "kept" in request.url.path:
        response.headers["Cache-Control"] = "public, max-age=5"
    return response


async def stream(socket: WebSocket) -> None:
    await socket.accept()
    await socket.send_text("open")
    await socket.close()


def application(**options: Any) -> Starlette:
    return Starlette(
        routes=[
            WebSocketRoute("/events", stream),
            Route("/{path:path}", page, methods=["GET", "POST", "PUT", "DELETE"]),
        ],
        middleware=[Middleware(SecurityMiddleware, **options)],
    )


async def ask(path: str = "/projects", method: str = "GET", base: str = OWN, **headers: str) -> Any:
    async with client(application(widget_ancestors="https://partner.example")) as browser:
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        return await browser.request(method, base + path, headers=sent)


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
@pytest.mark.parametrize("path", ["/projects", "/sign-in", "/sign-out", "/graphql"])
@pytest.mark.parametrize(
    "case, headers",
    [
        ("a foreign page", {"sec_fetch_site": "cross-site", "origin": "https://evil.example"}),
        ("a sister host", {"sec_fetch_site": "same-site", "origin": "http://other.city.example"}),
        ("own origin, foreign page", {"sec_fetch_site": "cross-site", "origin": OWN}),
        ("something new", {"sec_fetch_site": "nested-site"}),
        ("a foreign page in an old browser", {"origin": "https://evil.example"}),
        ("a sandboxed frame in an old browser", {"origin": "null"}),
        ("our name as a prefix", {"origin": "http://city.example.evil.example"}),
        ("our name as a user", {"origin": "http://city.example@evil.example"}),
        ("another port", {"origin": "http://city.example:8080"}),
    ],
)
async def test_another_sites_page_changes_nothing(
    method: str, path: str, case: str, headers: dict[str, str]
) -> None:
    for cookie in ({}, {"cookie": "session=1"}):
        response = await ask(path, method, **headers, **cookie)
        assert response.status_code == 403
        assert "重新提交" in response.text
        assert response.headers["x-request-id"] in response.text
        assert "set-cookie" not in response.headers


@pytest.mark.parametrize(
    "case, headers",
    [
        ("our own page", {"sec_fetch_site": "same-origin", "origin": OWN}),
        ("our own page in an old browser", {"origin": OWN}),
        ("our own page behind a proxy that ends https", {"origin": "https://city.example"}),
        ("typed or bookmarked", {"sec_fetch_site": "none"}),
        ("a program", {}),
    ],
)
async def test_our_own_page_and_a_program_may_submit(case: str, headers: dict[str, str]) -> None:
    assert (await ask(method="POST", cookie="session=1", **headers)).status_code == 200


async def test_a_link_from_another_site_opens_the_page() -> None:
    assert (await ask(sec_fetch_site="cross-site", cookie="session=1")).status_code == 200


def test_another_sites_page_opens_no_stream() -> None:
    browser = TestClient(application())
    with browser.websocket_connect("/events", headers={"origin": "http://testserver"}) as socket:
        assert socket.receive_text() == "open"
    with (
        pytest.raises(WebSocketDisconnect) as refused,
        browser.websocket_connect("/events", headers={"origin": "https://evil.example"}),
    ):
        pass
    assert refused.value.code == 1008


# ---------------------------------------------------------------- what every answer says


@pytest.mark.parametrize(
    "case, path, method, headers, status",
    [
        ("a page", "/projects", "GET", {}, 200),
        ("a refusal", "/projects", "POST", {"sec_fetch_site": "cross-site"}, 403),
        ("a method that is not there", "/projects", "PATCH", {}, 405),
        ("too large", "/projects", "GET", {"cookie": "a" * 9_000}, 431),
    ],
)
async def test_every_answer_forbids_frames_scripts_and_guessing(
    case: str, path: str, method: str, headers: dict[str, str], status: int
) -> None:
    response = await ask(path, method, **headers)
    given, policy = response.headers, response.headers["content-security-policy"]
    assert response.status_code == status
    assert policy.endswith("; frame-ancestors 'none'")
    assert {
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "base-uri 'none'",
    } <= set(policy.split("; "))
    assert "unsafe" not in policy and "*" not in policy
    assert given["x-content-type-options"] == "nosniff"
    assert given["referrer-policy"] == "same-origin"
    assert given["cross-origin-opener-policy"] == "same-origin"
    assert given["cross-origin-resource-policy"] == "same-origin"
    assert "geolocation=()" in given["permissions-policy"]
    assert len(given["x-request-id"]) == 16


async def test_each_request_has_a_number_of_its_own_that_the_page_knows() -> None:
    first, second = await ask(), await ask(x_request_id="forged\nline")
    assert first.text.endswith(first.headers["x-request-id"])
    assert first.headers["x-request-id"] != second.headers["x-request-id"]
    assert "forged" not in second.headers["x-request-id"]


async def test_https_is_for_good_once_it_is_there() -> None:
    assert "strict-transport-security" not in (await ask()).headers
    secure = await ask(base="https://city.example")
    assert secure.headers["strict-transport-security"] == "max-age=63072000; includeSubDomains"


@pytest.mark.parametrize(
    "case, path, headers, kept",
    [
        ("somebody's page", "/projects", {"cookie": "session=1"}, "no-store"),
        ("a program's answer", "/projects", {"authorization": "Bearer right"}, "no-store"),
        ("a page that decides itself", "/kept", {"cookie": "session=1"}, "public, max-age=5"),
        ("anybody's page", "/projects", {}, None),
    ],
)
async def test_what_somebody_was_shown_stays_in_no_cache(
    case: str, path: str, headers: dict[str, str], kept: str | None
) -> None:
    assert (await ask(path, **headers)).headers.get("cache-control") == kept


@pytest.mark.parametrize("path", ["/widgets/ranking", "/embed/ranking"])
async def test_a_widget_is_framed_by_the_list_alone_and_knows_no_cookie(path: str) -> None:
    response = await ask(path, cookie="session=1; theme=dark")
    policy = response.headers["content-security-policy"]
    assert policy.endswith("; frame-ancestors https://partner.example")
    assert response.text.startswith("[]")
    assert "set-cookie" not in response.headers
    assert response.headers["cross-origin-resource-policy"] == "cross-origin"
    assert "cache-control" not in response.headers


@pytest.mark.parametrize("path", ["/widgetsx", "/projects/widgets/1", "/WIDGETS/ranking"])
async def test_nothing_else_passes_for_a_widget(path: str) -> None:
    response = await ask(path, cookie="session=1")
    assert response.headers["content-security-policy"].endswith("; frame-ancestors 'none'")
    assert "set-cookie" in response.headers


@pytest.mark.parametrize("setting", ["'self'; script-src *", "https://a.example\r\nX: 1", "", " "])
def test_a_setting_that_would_change_the_policy_stops_the_start(setting: str) -> None:
    with pytest.raises(ValueError, match="frame-ancestors"):
        SecurityMiddleware(PlainTextResponse(""), widget_ancestors=setting)


# ---------------------------------------------------------------- sizes


@pytest.mark.parametrize(
    "case, path, headers, status, words",
    [
        ("2,000 headers", "/p", {f"x-{i}": "1" for i in range(2_000)}, 431, "请求头最多 100 个"),
        ("a header of 100 KB", "/p", {"x-long": "a" * 100_000}, 431, "请求头总长最多 32,768 字节"),
        ("a cookie of 60 KB", "/p", {"cookie": "a" * 60_000}, 431, "请求头总长最多 32,768 字节"),
        ("a cookie of 9 KB", "/p", {"cookie": "a" * 9_000}, 431, "Cookie 总长最多 8,192 字节"),
        ("an address of 17 KB", "/p?q=" + "a" * 17_000, {}, 414, "网址最多 16,384 字节"),
        ("a path of 17 KB", "/" + "a" * 17_000, {}, 414, "网址最多 16,384 字节"),
    ],
)
async def test_what_is_too_large_goes_no_further(
    case: str, path: str, headers: dict[str, str], status: int, words: str
) -> None:
    response = await ask(path, **headers)
    assert response.status_code == status
    assert words in response.text and response.headers["x-request-id"] in response.text


async def test_the_graph_is_refused_in_its_own_shape() -> None:
    response = await ask("/graphql?query=" + "a" * 17_000)
    assert response.headers["content-type"] == "application/graphql-response+json; charset=utf-8"
    (error,) = response.json()["errors"]
    assert error["extensions"] == {
        "code": "LIMIT",
        "limit": "url",
        "most": 16_384,
        "requestId": response.headers["x-request-id"],
    }
