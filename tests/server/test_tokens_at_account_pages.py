"""A token acts for its person everywhere but where sessions, passwords and looks are kept."""

from typing import Any

import pytest

from schema.people.tables import Person, Session
from server.people import people, tokens
from tests.server.doors import browser, signed_in
from tests.world import PASSWORD, City

NEW = "Citron!under-the-lamp7"
PAGES = [
    ("GET", "/account/sessions", {}),
    ("POST", "/account/sessions/1/end", {}),
    ("GET", "/account/password", {}),
    ("POST", "/account/password", {"present": PASSWORD, "password": NEW, "again": NEW}),
    ("GET", "/sign-in", {}),
    ("GET", "/sign-in?next=/account/sessions", {}),
    ("POST", "/sign-in", {"username": "office", "password": PASSWORD}),
    ("POST", "/sign-out", {}),
    ("POST", "/preferences", {"theme": "dark"}),
]


async def token_of(username: str) -> dict[str, str]:
    _, text = await tokens.issue(await people.get_person(username), "遂宁系统")
    return {"authorization": f"Bearer {text}"}


@pytest.mark.parametrize("method, path, form", PAGES)
async def test_a_token_is_refused_where_only_browsers_have_business(
    city: City, method: str, path: str, form: dict[str, str]
) -> None:
    headers = await token_of("office")
    before = await Person.get(username="office")
    async with browser() as program:
        answer = await program.request(method, path, data=form, headers=headers)
    assert answer.status_code == 403 and "浏览器" in answer.text
    assert "set-cookie" not in answer.headers
    after = await Person.get(username="office")
    assert (after.password_hash, after.preferences) == (before.password_hash, before.preferences)
    assert not await Session.exists()


@pytest.mark.parametrize("sent", ["Bearer six1_nobody", "Basic b2ZmaWNlOng=", "Bearer", ""])
async def test_so_is_whatever_else_comes_as_authorization(city: City, sent: str) -> None:
    async with signed_in("office") as visitor:
        answer = await visitor.get("/account/sessions", headers={"authorization": sent})
    assert answer.status_code == 403


async def test_a_program_that_follows_redirects_arrives_somewhere(city: City) -> None:
    headers = await token_of("partner")
    async with browser(follow_redirects=True, max_redirects=5) as program:
        for path in ("/", "/account/sessions", "/account/password", "/sign-in", "/inbox"):
            answer: Any = await program.get(path, headers=headers)
            assert answer.status_code in (200, 403), path


async def test_the_refusal_is_an_error_that_a_program_can_read(city: City) -> None:
    headers = {**await token_of("partner"), "accept": "application/json"}
    async with browser() as program:
        answer = await program.get("/account/sessions", headers=headers)
    (error,) = answer.json()["errors"]
    assert answer.status_code == 403 and error["extensions"]["code"] == "403"
    assert error["extensions"]["requestId"] == answer.headers["x-request-id"]
