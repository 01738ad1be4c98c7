"""Programs and other sites' pages at the graph, documents by name, files and lists as files.

A bearer token is never sent by a browser of itself, so what carries one is let in whatever its
origin, and answered by the token alone. A page of another site reads the answer only if its site is
listed, and never as whoever is signed in here.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx2
import pytest

from schema.people.tables import Person
from schema.project.tables import Project
from server import settings
from server.app import create_app
from server.people import people, tokens
from tests.server.doors import enter
from tests.server.test_files import attached
from tests.world import City

LISTED, OTHER = "https://app.example", "https://evil.example"
SENT = {
    "a listed site": {"origin": LISTED, "sec-fetch-site": "cross-site", "sec-fetch-mode": "cors"},
    "another site": {"origin": OTHER, "sec-fetch-site": "cross-site", "sec-fetch-mode": "cors"},
    "no site at all": {"origin": "null", "sec-fetch-site": "cross-site"},
    "another site, old browser": {"origin": OTHER},
    "no site, old browser": {"origin": "null"},
}
PATHS = ("/graphql?query={viewer{name}}", "/graphql/d/ranking", "/projects.json", "/files/FILE")
QUERY = {"query": "{ viewer { name } }"}
REPORT = {
    "query": "mutation ($input: ProjectReportInput!) "
    "{ projectReport(input: $input) { project { no } userErrors { message } } }",
    "variables": {
        "input": {
            "name": "柠檬精深加工",
            "investorName": "四川某食品有限公司",
            "amount": "2亿",
            "noCodeReason": "尚未注册",
            "contactOn": "2026-11-12",
        }
    },
}

with_list = create_app(own_database=False, cors_origins={LISTED})
without_list = create_app(own_database=False, cors_origins=())


@asynccontextmanager
async def browser(app: Any = with_list, **given: Any) -> AsyncIterator[httpx2.AsyncClient]:
    transport = httpx2.ASGITransport(app, client=("192.0.2.7", 40000))
    async with httpx2.AsyncClient(
        transport=transport, base_url="http://sixones.test", **given
    ) as visitor:
        yield visitor


async def token_of(username: str) -> dict[str, str]:
    _, text = await tokens.issue(await people.get_person(username), "遂宁系统")
    return {"authorization": f"Bearer {text}"}


# ---------------------------------------------------------------- with a token


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("sender", SENT)
@pytest.mark.parametrize("app", [with_list, without_list], ids=["a list", "no list"])
async def test_a_token_is_answered_from_every_origin_alike(
    city: City, app: Any, sender: str, path: str
) -> None:
    headers = await token_of("office") | SENT[sender]
    async with browser(app) as program:
        answer = await program.get(path.replace("FILE", str(await attached(city))), headers=headers)
    assert answer.status_code == 200
    readable = app is with_list and sender == "a listed site"
    assert answer.headers.get("access-control-allow-origin") == (LISTED if readable else None)
    assert "access-control-allow-credentials" not in answer.headers


@pytest.mark.parametrize("sender", SENT)
async def test_so_is_an_act(city: City, sender: str) -> None:
    headers = await token_of("yanjiang") | SENT[sender]
    async with browser() as program:
        answer = await program.post("/graphql", json=REPORT, headers=headers)
    assert answer.status_code == 200
    assert answer.json()["data"]["projectReport"]["userErrors"] == []


async def test_beside_a_token_a_cookie_counts_for_nothing(city: City) -> None:
    headers = await token_of("yanjiang") | SENT["another site"]
    async with browser() as visitor:
        await enter(visitor, "office")
        answer = await visitor.post("/graphql", json=QUERY, headers=headers)
        assert answer.json()["data"] == {"viewer": {"name": "王芳"}}
        forged = SENT["another site"] | {"authorization": "Bearer six1_nobody"}
        answer = await visitor.post("/graphql", json=QUERY, headers=forged)
        assert answer.status_code == 401


@pytest.mark.parametrize("sender", [each for each in SENT if each != "a listed site"])
async def test_a_token_opens_only_what_is_for_programs(city: City, sender: str) -> None:
    headers = await token_of("office") | SENT[sender]
    async with browser() as program:
        for path in ("/projects/new", "/sign-in", "/preferences", "/ledger/imports"):
            assert (await program.post(path, headers=headers)).status_code == 403


# ---------------------------------------------------------------- without one


@pytest.mark.parametrize("app", [with_list, without_list], ids=["a list", "no list"])
@pytest.mark.parametrize("sender", [each for each in SENT if each != "a listed site"])
async def test_without_a_token_a_foreign_page_changes_nothing(
    city: City, app: Any, sender: str
) -> None:
    async with browser(app) as visitor:
        await enter(visitor, "yanjiang")
        answer = await visitor.post("/graphql", json=REPORT, headers=SENT[sender])
    assert answer.status_code == 403
    assert answer.json()["errors"][0]["extensions"]["code"] == "FOREIGN_ORIGIN"
    assert not await Project.exists()


async def test_a_listed_site_is_the_public_whoever_is_signed_in(city: City) -> None:
    number = (await city.report(city.yanjiang))["no"]
    async with browser() as visitor:
        await enter(visitor, "yanjiang")
        headers = SENT["a listed site"]
        answer = await visitor.post("/graphql", json=QUERY, headers=headers)
        assert answer.json()["data"] == {"viewer": None}
        refused = await visitor.post("/graphql", json=REPORT, headers=headers)
        assert refused.json()["data"]["projectReport"]["userErrors"]
        assert await Project.all().count() == 1
        listed = await visitor.get("/projects.json", headers=headers)
        assert number not in listed.text


async def test_a_link_from_another_site_still_opens_a_file(city: City) -> None:
    key = await attached(city)
    async with browser() as visitor:
        await enter(visitor, "yanjiang")
        clicked = {"sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate"}
        assert (await visitor.get(f"/files/{key}", headers=clicked)).status_code == 200


async def test_our_own_pages_are_not_told_about_others(city: City) -> None:
    async with browser() as visitor:
        await enter(visitor, "yanjiang")
        own = {"origin": "http://sixones.test", "sec-fetch-site": "same-origin"}
        answer = await visitor.post("/graphql", json=QUERY, headers=own)
    assert answer.json()["data"] == {"viewer": {"name": "王芳"}}
    assert "access-control-allow-origin" not in answer.headers


# ---------------------------------------------------------------- asked beforehand


@pytest.mark.parametrize("path", ["/graphql", "/graphql/d/ranking", "/projects.csv", "/files/1"])
async def test_a_browser_that_asks_first_is_told_what_a_listed_site_may_send(path: str) -> None:
    headers = {
        "origin": LISTED,
        "access-control-request-method": "POST",
        "access-control-request-headers": "authorization,content-type",
    }
    async with browser() as visitor:
        answer = await visitor.options(path, headers=headers)
    fields = answer.headers
    assert (answer.status_code, answer.content) == (204, b"")
    assert fields["access-control-allow-origin"] == LISTED and fields["vary"] == "Origin"
    assert fields["access-control-allow-methods"] == "GET, HEAD, POST"
    allowed = {each.strip().lower() for each in fields["access-control-allow-headers"].split(",")}
    assert {"authorization", "content-type", "idempotency-key"} <= allowed
    assert "access-control-allow-credentials" not in fields and "*" not in str(dict(fields))
    assert fields["x-request-id"] and fields["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize("path", ["/graphql", "/graphql/d/ranking", "/projects.csv", "/files/1"])
@pytest.mark.parametrize("origin", [OTHER, "null", f"{LISTED}.evil.example", "http://app.example"])
async def test_any_other_site_is_told_that_it_may_not(path: str, origin: str) -> None:
    headers = {"origin": origin, "access-control-request-method": "POST"}
    for app in (with_list, without_list):
        async with browser(app) as visitor:
            answer = await visitor.options(path, headers=headers)
        assert answer.status_code == 403 and "SIXONES_CORS_ORIGINS" in answer.text
        assert not [name for name in answer.headers if name.startswith("access-control-")]


async def test_a_page_is_nobodys_to_ask_about() -> None:
    headers = {"origin": LISTED, "access-control-request-method": "POST"}
    async with browser() as visitor:
        for path in ("/projects/new", "/sign-in", "/account/password", "/static/js/app.js"):
            answer = await visitor.options(path, headers=headers)
            assert answer.status_code == 405
            assert "access-control-allow-origin" not in answer.headers


# ---------------------------------------------------------------- caches


async def test_a_shared_cache_keeps_sites_apart(
    city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings, "NOW", city.now)  # the ranking says as of when it is
    async with browser() as visitor:
        for headers in (SENT["a listed site"], SENT["another site"], {}):
            answer = await visitor.get("/graphql/d/ranking", headers=headers)
            assert "Origin" in answer.headers["vary"]
            again = headers | {"if-none-match": answer.headers["etag"]}
            kept = await visitor.get("/graphql/d/ranking", headers=again)
            assert kept.status_code == 304 and "Origin" in kept.headers["vary"]
            same = "access-control-allow-origin"
            assert kept.headers.get(same) == answer.headers.get(same)


async def test_where_no_site_is_listed_nothing_is_said(city: City) -> None:
    async with browser(without_list) as visitor:
        answer = await visitor.get("/graphql/d/ranking", headers=SENT["a listed site"])
    assert answer.status_code == 200 and "Origin" not in answer.headers["vary"]
    assert not [name for name in answer.headers if name.startswith("access-control-")]


async def test_errors_can_be_read_too(city: City) -> None:
    await Person.filter(username="office").update(active=False)
    headers = {"authorization": "Bearer six1_nobody"} | SENT["a listed site"]
    async with browser() as visitor:
        answer = await visitor.post("/graphql", json=QUERY, headers=headers)
    assert answer.status_code == 401
    assert answer.headers["access-control-allow-origin"] == LISTED
    assert "X-Request-Id" in answer.headers["access-control-expose-headers"]
