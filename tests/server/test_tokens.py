"""A program acts as the person whose token it shows, until the token expires or is ended."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from schema.city.rules import RuleBroken
from schema.database.statements import counting
from schema.people.tables import Person, Token
from server.people import people, tokens
from tests.server.doors import browser, post_of, signed_in
from tests.world import City


async def issued(username: str = "partner", **more: Any) -> tuple[Token, dict[str, str]]:
    token, text = await tokens.issue(await people.get_person(username), "遂宁系统", **more)
    return token, {"authorization": f"Bearer {text}"}


async def test_a_token_acts_as_the_person_it_was_issued_to(city: City) -> None:
    _, headers = await issued("yanjiang")
    async with browser() as program:
        found = (await program.get("/who", headers=headers)).json()
    expected = city.yanjiang
    assert (found["post"], found["name"], found["place"]) == ("PLACE", "王芳", expected.place)


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER "])
async def test_the_scheme_is_read_in_any_case(city: City, scheme: str) -> None:
    _, headers = await issued()
    headers["authorization"] = headers["authorization"].replace("Bearer", scheme)
    async with browser() as program:
        assert await post_of(program, **headers) == "PARTNER"


async def test_a_token_is_shown_once_and_has_256_random_bits(city: City) -> None:
    token, text = await tokens.issue(await people.get_person("partner"), "遂宁系统")
    assert text.startswith("six1_") and len(text) == 5 + 43
    assert token.token_hash == tokens.hash_token(text)
    assert token.prefix == text[:11]
    (listed,) = await tokens.issued()
    assert text not in str(tokens.describe_token(listed, datetime.now(UTC)))


async def test_a_token_outranks_a_session(city: City) -> None:
    _, headers = await issued()
    async with signed_in("office") as visitor:
        assert await post_of(visitor, **headers) == "PARTNER"


async def test_one_statement_says_whose_token_it_is(city: City) -> None:
    token, headers = await issued()
    await Token.filter(id=token.id).update(used_at=datetime.now(UTC))
    async with browser() as program:
        await post_of(program, **headers)  # the rulebook, which says who verifies, is kept
        with counting() as statements:
            assert await post_of(program, **headers) == "PARTNER"
    assert len(statements) == 1, statements


async def test_the_use_of_a_token_is_noted_once_a_minute(city: City) -> None:
    token, headers = await issued()
    async with browser() as program:
        for used, noted_again in ((None, True), (5, False), (61, True)):
            before = used and datetime.now(UTC) - timedelta(seconds=used)
            await Token.filter(id=token.id).update(used_at=before)
            await program.get("/who", headers=headers)
            await token.refresh_from_db()
            assert (token.used_at != before) == noted_again


async def ended(token: Token) -> None:
    assert await tokens.end(token.id)


async def expired(token: Token) -> None:
    await Token.filter(id=token.id).update(expires_at=datetime.now(UTC))


async def disabled(token: Token) -> None:
    await people.set_active(await people.get_person("partner"), False)


async def gone(token: Token) -> None:
    await token.delete()


@pytest.mark.parametrize("fate", [ended, expired, disabled, gone])
async def test_a_token_that_opens_nothing_is_401_and_not_the_public(city: City, fate: Any) -> None:
    token, headers = await issued()
    async with browser() as program:
        assert await post_of(program, **headers) == "PARTNER"
        await fate(token)
        answer = await program.get("/who", headers={**headers, "accept": "application/json"})
        assert answer.status_code == 401
        assert answer.headers["www-authenticate"] == 'Bearer realm="sixones", error="invalid_token"'
        assert answer.json()["errors"][0]["extensions"]["requestId"]
        # The graph says it in its own form.
        answer = await program.post("/graphql", json={"query": "{ __typename }"}, headers=headers)
        assert answer.status_code == 401
        (error,) = answer.json()["errors"]
        assert error["extensions"]["code"] == "UNAUTHENTICATED" and "令牌" in error["message"]


@pytest.mark.parametrize(
    "given",
    ["Bearer", "Bearer ", "Bearer x", "Basic b2ZmaWNlOng=", "six1_x", "Bearer " + "x" * 4000, "é"],
)
async def test_what_is_no_token_is_401(city: City, given: str) -> None:
    async with signed_in("office") as visitor:
        headers = {b"authorization": given.encode("latin-1")}
        assert (await visitor.get("/who", headers=headers)).status_code == 401


async def test_a_token_ends_once(city: City) -> None:
    token, _ = await issued()
    assert [await tokens.end(token.id), await tokens.end(token.id)] == [True, False]
    assert not await tokens.end(999)


async def test_the_tokens_of_one_person_are_listed_the_newest_first(city: City) -> None:
    first, _ = await issued("partner")
    await issued("agent")
    second, _ = await issued("partner", days=30)
    partner = await Person.get(username="partner")
    assert [each.id for each in await tokens.issued(partner)] == [second.id, first.id]
    assert len(await tokens.issued()) == 3
    days = second.expires_at - second.created_at
    assert days == timedelta(days=30)


@pytest.mark.parametrize(
    "name, days, words",
    [
        ("", 30, "给谁用"),
        (" ", 30, "给谁用"),
        ("a" * 61, 30, "60"),
        ("x", 0, "730"),
        ("x", 731, "730"),
    ],
)
async def test_a_token_says_for_whom_and_how_long(
    city: City, name: str, days: int, words: str
) -> None:
    with pytest.raises(RuleBroken, match=words) as broken:
        await tokens.issue(await people.get_person("partner"), name, days)
    assert broken.value.code == "INVALID"
    assert not await Token.exists()
