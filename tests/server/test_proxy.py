"""Behind a proxy that ends TLS and rewrites Host, everything is as the browser sees it."""

import json
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx2
import pytest
from starlette.routing import Route

from schema.people.tables import Session
from server import settings
from server.api.rate_limit import PER_MINUTE
from server.app import create_app
from server.http.origin import is_cross_origin
from server.http.proxy import TrustedProxies, parse_address
from server.people import login
from server.people.login import AttemptLimiter
from server.settings import networks
from tests.server.doors import who
from tests.world import PASSWORD, City

SITE = "https://city.example"
PROXY, OUTSIDER = "10.0.0.5", "198.51.100.4"
FORWARDED = {
    "x-forwarded-for": OUTSIDER,
    "x-forwarded-proto": "https",
    "x-forwarded-host": "city.example",
}
ENTERED = {"username": "office", "password": PASSWORD}

app = create_app(own_database=False, trusted_proxies=networks("10.0.0.0/8, 2001:db8::/32"))
app.router.routes[:0] = [Route("/who", who)]


@pytest.fixture(autouse=True)
def fresh_doors(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(login, "attempts", AttemptLimiter())
    monkeypatch.setattr(login, "ANSWER_EVERY", 0.01)


@asynccontextmanager
async def visitor(peer: str = PROXY, **forwarded: str) -> AsyncIterator[httpx2.AsyncClient]:
    """A browser whose requests reach us from `peer`, which calls us by a name of its own."""
    transport = httpx2.ASGITransport(app, client=(peer, 40000))
    headers = FORWARDED | {name.replace("_", "-"): value for name, value in forwarded.items()}
    async with httpx2.AsyncClient(
        transport=transport, base_url="http://upstream.internal:8000", headers=headers
    ) as browser:
        yield browser


# ---------------------------------------------------------------- where a request comes from


async def test_a_browser_that_only_sends_origin_is_on_our_own_page(city: City) -> None:
    async with visitor() as browser:
        answer = await browser.post("/sign-in", data=ENTERED, headers={"origin": SITE})
    assert answer.status_code == 303


@pytest.mark.parametrize(
    "case, peer, forwarded, origin",
    [
        ("another site", PROXY, {}, "https://evil.example"),
        ("the proxy's own name for us", PROXY, {}, "http://upstream.internal:8000"),
        ("a name that anybody claims", OUTSIDER, {}, SITE),
        ("a name that is none", PROXY, {"x_forwarded_host": "city.example/x"}, SITE),
        ("a name appended to a claimed one", PROXY,
         {"x_forwarded_host": "evil.example, city.example"}, "https://evil.example"),
    ],
)  # fmt: skip
async def test_whatever_else_claims_to_be_our_page_is_refused(
    city: City, case: str, peer: str, forwarded: dict[str, str], origin: str
) -> None:
    async with visitor(peer, **forwarded) as browser:
        answer = await browser.post("/sign-in", data=ENTERED, headers={"origin": origin})
    assert answer.status_code == 403


@pytest.mark.parametrize(
    "host, origin, foreign",
    [
        (b"city.example:443", b"https://city.example", False),
        (b"City.Example", b"https://city.example", False),
        (b"city.example:80", b"http://city.example", False),
        (b"city.example:443", b"http://city.example", True),
        (b"city.example:8443", b"https://city.example", True),
        (b"city.example", b"https://city.example:8443", True),
    ],
)
def test_the_usual_port_says_nothing_and_another_one_does(
    host: bytes, origin: bytes, foreign: bool
) -> None:
    assert is_cross_origin({b"host": host, b"origin": origin}) is foreign


# ---------------------------------------------------------------- addresses, redirects, cookies


async def test_redirects_and_links_lead_to_the_address_that_people_use(city: City) -> None:
    async with visitor() as browser:
        await browser.post("/sign-in", data=ENTERED)
        slash = await browser.get("/projects/")
        assert (slash.status_code, slash.headers["location"]) == (307, f"{SITE}/projects")
        page = await browser.get("/developers")
        assert f"{SITE}/graphql" in page.text and "upstream.internal" not in page.text
        embed = await browser.get("/developers/embed")
        assert f"{SITE}/embed.js" in embed.text and "upstream.internal" not in embed.text


async def test_from_anybody_else_the_headers_change_no_link(city: City) -> None:
    async with visitor(OUTSIDER) as browser:
        await browser.post("/sign-in", data=ENTERED)
        page = await browser.get("/developers")
    assert "http://upstream.internal:8000/graphql" in page.text
    assert "city.example" not in page.text


async def test_by_https_the_cookie_and_strict_transport_are_bound_to_the_host(
    city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings, "SECURE_COOKIES", True)
    async with visitor() as browser:
        answer = await browser.post("/sign-in", data=ENTERED)
        (cookie,) = answer.headers.get_list("set-cookie")
        assert cookie.startswith("__Host-sixones=") and "Secure" in cookie
        assert "Path=/" in cookie and "Domain" not in cookie
        assert answer.headers["strict-transport-security"] == "max-age=63072000; includeSubDomains"
        sent = {"cookie": cookie.partition(";")[0]}
        assert (await browser.get("/who", headers=sent)).json()["post"] == "OFFICE"


# ---------------------------------------------------------------- whose request it is


@pytest.mark.parametrize(
    "case, peer, forwarded, client",
    [
        ("as the proxy saw it", PROXY, OUTSIDER, OUTSIDER),
        ("behind what the sender wrote", PROXY, f"203.0.113.9, {OUTSIDER}", OUTSIDER),
        ("through two of our proxies", PROXY, f"{OUTSIDER}, 10.1.2.3", OUTSIDER),
        ("two of them, after a claim", PROXY, f"10.9.9.9, {OUTSIDER}, 10.1.2.3", OUTSIDER),
        ("with a port", PROXY, f"{OUTSIDER}:51234", OUTSIDER),
        ("IPv6 with a port", PROXY, "[2a02:4780::7]:443", "2a02:4780::7"),
        ("IPv4 in IPv6's clothes", f"::ffff:{PROXY}", f"::ffff:{OUTSIDER}", OUTSIDER),
        ("an IPv6 proxy", "2001:db8::1", OUTSIDER, OUTSIDER),
        ("our own monitor", PROXY, "10.1.2.3", "10.1.2.3"),
        ("no address", PROXY, "unknown", PROXY),
        ("no address in between", PROXY, f"{OUTSIDER}, unknown, 10.1.2.3", "10.1.2.3"),
        ("nothing", PROXY, "", PROXY),
        ("not by a proxy of ours", OUTSIDER, "203.0.113.9", OUTSIDER),
    ],
)
async def test_the_address_kept_with_a_session_is_the_clients(
    city: City, case: str, peer: str, forwarded: str, client: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "sixones.security")
    async with visitor(peer, x_forwarded_for=forwarded) as browser:
        assert (await browser.post("/sign-in", data=ENTERED)).status_code == 303
    assert (await Session.get()).address == client
    (line,) = [json.loads(each.getMessage()) for each in caplog.records if "sign_in" in each.msg]
    assert line["address"] == client


async def test_each_client_behind_the_proxy_has_its_own_minute_and_its_own_tries(
    city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(login, "attempts", AttemptLimiter(most=1, seconds=3600))
    wrong = ENTERED | {"password": "Anyue-2026-melon"}
    for address in ("203.0.113.1", "203.0.113.2"):
        async with visitor(x_forwarded_for=address) as browser:
            left = await browser.get("/graphql?query={__typename}")
            assert int(left.headers["x-ratelimit-remaining"]) == PER_MINUTE["address"] - 1
            assert (await browser.post("/sign-in", data=wrong)).status_code == 422
            assert (await browser.post("/sign-in", data=wrong)).status_code == 429
    # A claim in front of the proxy's own word wins nobody another try.
    async with visitor(x_forwarded_for="192.0.2.99, 203.0.113.1") as browser:
        assert (await browser.post("/sign-in", data=wrong)).status_code == 429


@pytest.mark.parametrize(
    "hops, host, expected",
    [
        ("198.51.100.4", "evil.example, city.example", "city.example"),
        ("198.51.100.4, 10.1.2.3", "evil.example, city.example, inner", "city.example"),
        ("198.51.100.4, 10.1.2.3", "city.example", "city.example"),
        ("198.51.100.4", "[2001:db8::1]:8443", "[2001:db8::1]:8443"),
        ("198.51.100.4", "a b", "upstream.internal:8000"),
        ("198.51.100.4", "a/b", "upstream.internal:8000"),
        ("198.51.100.4", "user@city.example", "upstream.internal:8000"),
    ],
)
async def test_of_several_hosts_the_outermost_proxys_counts(
    hops: str, host: str, expected: str
) -> None:
    seen: list[Any] = []

    async def inner(scope: Any, receive: Any, send: Any) -> None:
        seen.extend(value for name, value in scope["headers"] if name == b"host")

    scope = {
        "type": "http",
        "scheme": "http",
        "client": (PROXY, 1),
        "headers": [
            (b"host", b"upstream.internal:8000"),
            (b"x-forwarded-for", hops.encode()),
            *((b"x-forwarded-host", each.encode()) for each in host.split(",")),
        ],
    }
    await TrustedProxies(inner, trusted=networks("10.0.0.0/8"))(scope, None, None)  # type: ignore[arg-type]
    assert seen == [expected.encode()]


@pytest.mark.parametrize(
    "text", ["", "unknown", "_hidden", "1.2.3", "1.2.3.4.5", "::g", "[", "[x]:1"]
)
def test_an_address_that_is_none_is_nobodys(text: str) -> None:
    assert parse_address(text) is None


# ---------------------------------------------------------------- what may be set


@pytest.mark.parametrize("text", ["proxy.example", "*", "10.0.0.1/8", "10.0.0.0/33", "1.2.3"])
def test_what_is_no_address_stops_the_start(text: str) -> None:
    with pytest.raises(ValueError):
        networks(text)
