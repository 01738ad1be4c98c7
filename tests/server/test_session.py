"""Sessions end at the server, guessing does not pay, and nobody is led astray by signing in."""

import asyncio
import json
import logging
import re
import time
from datetime import UTC, datetime, timedelta
from http.cookies import SimpleCookie
from typing import Any

import pytest

from schema.database.statements import counting
from schema.database.transactions import transaction
from schema.people.tables import Person, Session
from schema.permissions import PUBLIC
from server import settings
from server.people import context, login, passwords, people
from server.people.login import AttemptLimiter, TooManyAttempts
from server.people.sessions import describe_browser
from server.people.tokens import hash_token
from server.web.account import local_path
from server.web.sign_in import REFUSED
from tests.server.doors import browser, enter, post_of, signed_in
from tests.world import PASSWORD, City

WRONG = "Anyue-2026-melon"


@pytest.fixture(autouse=True)
def fresh_doors(monkeypatch: pytest.MonkeyPatch) -> None:
    """No test pays for another's wrong passwords, and refusals come soon."""
    monkeypatch.setattr(login, "attempts", AttemptLimiter())
    monkeypatch.setattr(login, "ANSWER_EVERY", 0.01)


def cookie_of(answer: Any) -> Any:
    found: SimpleCookie = SimpleCookie()
    for line in answer.headers.get_list("set-cookie"):
        found.load(line)
    return found[context.cookie_name()]


async def only_session(username: str = "office") -> Session:
    return await Session.get(person__username=username, ended_at=None)


# ---------------------------------------------------------------- coming in


async def test_a_right_password_opens_a_session_and_leads_on(city: City) -> None:
    async with browser() as visitor:
        assert await post_of(visitor) == "PUBLIC"
        answer = await enter(visitor, "office", given={"next": "/projects?stage=SIGNED"})
        assert (answer.status_code, answer.headers["location"]) == (303, "/projects?stage=SIGNED")
        assert await post_of(visitor) == "OFFICE"


async def test_the_context_knows_the_viewers_place_group_and_unit(city: City) -> None:
    for name in ("yanjiang", "group", "agent"):
        async with signed_in(name) as visitor:
            found = (await visitor.get("/who")).json()
        expected = city[name]
        assert (found["unit"], found["place"], found["group"]) == (
            expected.unit,
            expected.place,
            expected.group,
        )
    assert city.yanjiang.place and city.group.group


async def test_the_cookie_is_for_this_server_alone(city: City) -> None:
    async with browser() as visitor:
        cookie = cookie_of(await enter(visitor, "office"))
    assert cookie.key == "sixones"
    assert cookie["httponly"] and cookie["samesite"] == "lax" and cookie["path"] == "/"
    assert not cookie["domain"] and not cookie["secure"]
    # It ends with the browser: an office's computers have many users.
    assert not cookie["max-age"] and not cookie["expires"]


async def test_by_https_the_cookie_is_bound_to_this_host(
    city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings, "SECURE_COOKIES", True)
    async with browser() as visitor:
        cookie = cookie_of(await enter(visitor, "office"))
        assert cookie.key == "__Host-sixones" and cookie["secure"] and cookie["path"] == "/"
        assert await post_of(visitor, cookie=f"__Host-sixones={cookie.value}") == "OFFICE"
        assert await post_of(visitor, cookie=f"sixones={cookie.value}") == "PUBLIC"


async def test_the_table_keeps_only_the_hash_of_256_random_bits(city: City) -> None:
    async with browser() as visitor:
        one = cookie_of(await enter(visitor, "office")).value
    session = await only_session()
    assert len(one) == 43  # 256 bits in base64
    assert session.token_hash == hash_token(one) and one not in str(vars(session))
    assert (session.address, session.agent[:7]) == ("192.0.2.7", "python-")


async def test_signing_in_gives_a_new_id_whatever_the_browser_brought(city: City) -> None:
    async with browser() as visitor:
        visitor.cookies.set("sixones", "chosen-by-somebody-else")
        first = cookie_of(await enter(visitor, "office")).value
        second = cookie_of(await enter(visitor, "yanjiang")).value
        assert len({"chosen-by-somebody-else", first, second}) == 3
        assert await post_of(visitor, cookie=f"sixones={first}") == "PUBLIC"


async def test_somebody_signed_in_is_led_past_the_form(city: City) -> None:
    async with signed_in("office") as visitor:
        answer = await visitor.get("/sign-in", params={"next": "/judgement"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/judgement")


async def test_the_form_keeps_the_name_and_the_way_but_not_the_password(city: City) -> None:
    async with browser() as visitor:
        assert (await visitor.get("/sign-in")).status_code == 200
        answer = await enter(visitor, "office<b>", WRONG, given={"next": "/inbox"})
    assert answer.status_code == 422
    assert "office&lt;b&gt;" in answer.text and 'value="/inbox"' in answer.text
    assert WRONG not in answer.text and "set-cookie" not in answer.headers
    assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("username, password", [("", PASSWORD), ("office", ""), ("  ", PASSWORD)])
async def test_what_is_left_blank_is_asked_for(city: City, username: str, password: str) -> None:
    async with browser() as visitor:
        answer = await enter(visitor, username, password)
    assert answer.status_code == 422 and "请填写用户名和密码" in answer.text


@pytest.mark.parametrize(
    "case, path",
    [
        ("another site", "https://evil.example/"),
        ("another site without scheme", "//evil.example/"),
        ("a backslash for a slash", "/\\evil.example/"),
        ("two of them", "\\\\evil.example/"),
        ("a tab that browsers drop", "/\t/evil.example/"),
        ("a line end", "/\r\nset-cookie: a=b"),
        ("a script", "javascript:alert(1)"),
        ("data", "data:text/html,x"),
        ("a path without a slash", "evil.example"),
        ("a blank in front", " //evil.example"),
        ("another protocol", "/\x0b/evil.example"),
        ("no end", "/" + "a" * 3000),
        ("nothing", ""),
    ],
)
async def test_signing_in_never_leads_to_another_site(city: City, case: str, path: str) -> None:
    async with browser() as visitor:
        answer = await enter(visitor, "office", given={"next": path})
    assert (answer.status_code, answer.headers["location"]) == (303, "/")


def test_our_own_paths_are_gone_on_to() -> None:
    assert local_path("/projects/2026-0001?tab=资金#top") == "/projects/2026-0001?tab=资金#top"


async def test_a_password_older_than_the_profile_allows_is_asked_to_be_changed(city: City) -> None:
    long_ago = datetime.now(UTC) - timedelta(days=91)
    await Person.filter(username="office").update(password_set_at=long_ago)
    async with browser() as visitor:
        answer = await enter(visitor, "office", given={"next": "/projects"})
        assert answer.headers["location"] == "/account/password"
        assert "更换期限" in (await visitor.get("/account/password")).text


# ---------------------------------------------------------------- guessing


@pytest.mark.parametrize(
    "case, username, password",
    [
        ("a wrong password", "office", WRONG),
        ("nobody's name", "nobody", PASSWORD),
        ("a name with NUL", "office\0", PASSWORD),
        ("a name that is too long", "o" * 9_000, PASSWORD),
        ("a password that is too long", "office", PASSWORD + "x" * 9_000),
        ("a disabled account", "agent", PASSWORD),
        ("a locked account", "leader", PASSWORD),
        ("SQL", "' OR 1=1 --", "' OR 1=1 --"),
    ],
)
async def test_every_refusal_says_the_same(
    city: City, case: str, username: str, password: str
) -> None:
    await Person.filter(username="agent").update(active=False)
    later = datetime.now(UTC) + timedelta(minutes=5)
    await Person.filter(username="leader").update(failures=5, locked_until=later)
    async with browser() as visitor:
        answer = await enter(visitor, username, password)
        assert answer.status_code == 422 and REFUSED in answer.text
        assert await post_of(visitor) == "PUBLIC"


async def test_a_refusal_takes_as_long_for_a_name_that_nobody_has(
    city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The city's hashes are cheap and nobody's is not: unrounded, one would take 5 ms, one 150.
    monkeypatch.setattr(login, "ANSWER_EVERY", 0.6)
    for username in ("office", "nobody"):
        async with browser() as visitor:
            started = time.monotonic()
            await enter(visitor, username, WRONG)
            assert time.monotonic() - started >= 0.6


@pytest.mark.parametrize(
    "case, spellings, headers",
    [
        ("one name", ["office"], {}),
        (
            "capitals, full width, blanks",
            ["OFFICE", "ｏｆｆｉｃｅ", " office ", "off\u200bice"],
            {},
        ),
        ("another address given by a header", ["office"], {"x-forwarded-for": "203.0.113.{}"}),
        ("another browser", ["office"], {"user-agent": "Browser {}"}),
    ],
)
async def test_five_wrong_passwords_lock_the_account(
    city: City, case: str, spellings: list[str], headers: dict[str, str]
) -> None:
    for number in range(5):
        async with browser() as visitor:
            given = {name: value.format(number) for name, value in headers.items()}
            await enter(visitor, spellings[number % len(spellings)], WRONG, headers=given)
    async with browser() as visitor:
        assert (await enter(visitor, "office")).status_code == 422
    person = await Person.get(username="office")
    assert person.locked_until is not None
    left = person.locked_until - datetime.now(UTC)
    assert timedelta(minutes=14) < left <= timedelta(minutes=15)


async def test_an_account_opens_again_after_the_lock(city: City) -> None:
    just_now = datetime.now(UTC) - timedelta(seconds=1)
    await Person.filter(username="office").update(failures=5, locked_until=just_now)
    async with browser() as visitor:
        # One more mistake is the first of five again.
        assert (await enter(visitor, "office", WRONG)).status_code == 422
        assert (await enter(visitor, "office")).status_code == 303
    assert (await Person.get(username="office")).failures == 0


async def test_a_try_at_a_locked_account_does_not_lock_it_longer(city: City) -> None:
    until = datetime.now(UTC) + timedelta(minutes=1)
    await Person.filter(username="office").update(failures=5, locked_until=until)
    async with browser() as visitor:
        await enter(visitor, "office", WRONG)
    assert (await Person.get(username="office")).locked_until == until


async def test_four_mistakes_are_forgotten_once_the_password_is_right(city: City) -> None:
    async with browser() as visitor:
        for _ in range(2):
            for _ in range(4):
                assert (await enter(visitor, "office", WRONG)).status_code == 422
            assert (await enter(visitor, "office")).status_code == 303


async def test_many_tries_at_once_are_not_more_than_five(stored_city: City) -> None:
    async with browser() as visitor:
        guesses = [f"{WRONG}{number}" for number in range(9)]
        await asyncio.gather(*(enter(visitor, "office", guess) for guess in guesses))
        assert (await enter(visitor, "office")).status_code == 422
    assert (await Person.get(username="office")).failures == 5


async def test_an_address_that_tries_many_names_is_slowed_down(
    city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(login, "attempts", AttemptLimiter(most=3, seconds=60))
    async with browser() as visitor:
        for name in ("yanjiang", "anyue", "lezhi"):
            assert (await enter(visitor, name, WRONG)).status_code == 422
        answer = await enter(visitor, "office")
        assert answer.status_code == 429 and "秒后再试" in answer.text
        assert 0 < int(answer.headers["retry-after"]) <= 60


async def test_an_office_behind_one_address_may_sign_in_at_nine(
    city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(login, "attempts", AttemptLimiter(most=1, seconds=3600))
    async with browser() as visitor:
        for name in ("yanjiang", "anyue", "lezhi", "office"):
            assert (await enter(visitor, name)).status_code == 303


def test_an_address_wins_a_try_back_in_ten_seconds() -> None:
    clock = [0.0]
    tries = AttemptLimiter(most=2, seconds=10, clock=lambda: clock[0])
    tries.take("a")
    tries.take("a")
    with pytest.raises(TooManyAttempts) as refused:
        tries.take("a")
    assert refused.value.wait == 10
    tries.take("b")
    clock[0] = 9.0
    with pytest.raises(TooManyAttempts) as refused:
        tries.take("a")
    assert refused.value.wait == 1
    clock[0] = 10.0
    tries.take("a")


def test_the_addresses_remembered_are_bounded() -> None:
    tries = AttemptLimiter(remembered=3)
    for number in range(100):
        tries.take(str(number))
    assert len(tries._left) == 3


# ---------------------------------------------------------------- staying


async def test_one_statement_says_who_asks(city: City) -> None:
    async with signed_in("yanjiang") as visitor:
        await visitor.get("/who")  # the rulebook, which says who verifies, is kept from here on
        with counting() as statements:
            found = (await visitor.get("/who")).json()
    assert found["post"] == "PLACE" and found["same"]
    assert len(statements) == 1, statements


async def test_a_session_unused_for_half_an_hour_has_ended(city: City) -> None:
    async with signed_in("office") as visitor:
        session = await only_session()
        session.seen_at = datetime.now(UTC) - settings.SESSION_IDLE + timedelta(seconds=5)
        await session.save()
        assert await post_of(visitor) == "OFFICE"
        await Session.filter(id=session.id).update(
            seen_at=datetime.now(UTC) - settings.SESSION_IDLE - timedelta(seconds=1)
        )
        assert await post_of(visitor) == "PUBLIC"


async def test_a_session_ends_after_twelve_hours_however_much_it_is_used(city: City) -> None:
    async with signed_in("office") as visitor:
        old = datetime.now(UTC) - settings.SESSION_AGE - timedelta(seconds=1)
        await Session.filter(id=(await only_session()).id).update(created_at=old)
        assert await post_of(visitor) == "PUBLIC"


def test_the_limits_are_those_of_the_security_profile() -> None:
    idle, age = settings.SESSION_IDLE, settings.SESSION_AGE
    assert timedelta(minutes=10) <= idle <= timedelta(minutes=30)
    assert age <= timedelta(hours=12)


async def test_the_use_of_a_session_is_noted_once_a_minute(city: City) -> None:
    async with signed_in("office") as visitor:
        session = await only_session()
        before = session.seen_at
        await visitor.get("/who")
        assert (await only_session()).seen_at == before
        await Session.filter(id=session.id).update(seen_at=before - timedelta(seconds=61))
        await visitor.get("/who")
        assert (await only_session()).seen_at >= before


async def test_nobody_waits_until_their_visit_can_be_noted(stored_city: City) -> None:
    writing, enough = asyncio.Event(), asyncio.Event()

    async def write_for_long() -> None:
        async with transaction():
            await Person.filter(username="agent").update(phone="028-26000000")
            writing.set()
            await enough.wait()

    async with signed_in("office") as visitor:
        session = await only_session()
        before = session.seen_at
        await Session.filter(id=session.id).update(seen_at=before - timedelta(seconds=61))
        writer = asyncio.create_task(write_for_long())
        await writing.wait()
        assert await asyncio.wait_for(post_of(visitor), 5) == "OFFICE"
        enough.set()
        await writer
        await context.settled()
        assert (await only_session()).seen_at >= before


@pytest.mark.parametrize("path", ["/widgets/who", "/embed/who"])
async def test_a_widget_is_shown_to_the_public_whoever_looks(city: City, path: str) -> None:
    async with signed_in("office") as visitor:
        headers = {"authorization": "Bearer six1_whatever"}
        found = (await visitor.get(path, headers=headers)).json()
    assert found["post"] == PUBLIC.post


@pytest.mark.parametrize("cookie", ["", "x", "six1_x", "é" * 50, "%00", "a" * 4000])
async def test_a_cookie_that_is_nobodys_is_the_public(city: City, cookie: str) -> None:
    async with browser() as visitor:
        line = f"sixones={cookie}".encode("latin-1")
        found = await visitor.get("/who", headers={b"cookie": line})
    assert found.json()["post"] == "PUBLIC"


@pytest.mark.parametrize(
    "key, kept", [("b1946ac9-2474", "b1946ac9-2474"), ("a" * 100, "a" * 100), ("a b", "a b")]
)
async def test_an_idempotency_key_is_kept_as_it_is(city: City, key: str, kept: str) -> None:
    async with browser() as visitor:
        found = await visitor.get("/who", headers={"idempotency-key": key})
    assert found.json()["key"] == kept


@pytest.mark.parametrize("key", [b"", b"a" * 101, b"a\x7f", b"\xe4\xb8\xad", b"a\tb"])
async def test_an_idempotency_key_that_is_none_is_refused(city: City, key: bytes) -> None:
    async with browser() as visitor:
        headers = {b"idempotency-key": key, b"accept": b"text/html"}
        answer = await visitor.get("/who", headers=headers)
    assert answer.status_code == 400 and "Idempotency-Key" in answer.text


async def test_the_request_has_the_number_that_the_answer_carries(city: City) -> None:
    async with browser() as visitor:
        answer = await visitor.get("/who")
    assert answer.json()["request"] == answer.headers["x-request-id"]


# ---------------------------------------------------------------- going out


async def test_signing_out_ends_the_session_at_the_server(city: City) -> None:
    async with signed_in("office") as visitor:
        kept = visitor.cookies["sixones"]
        answer = await visitor.post("/sign-out")
        assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in")
        assert "sixones" not in visitor.cookies
        assert await post_of(visitor, cookie=f"sixones={kept}") == "PUBLIC"
        assert (await visitor.get("/sign-out")).status_code == 405


async def test_disabling_a_person_ends_all_sessions_at_once(city: City) -> None:
    async with signed_in("office") as one, signed_in("office") as two:
        await people.set_active(await people.get_person("office"), False)
        assert [await post_of(one), await post_of(two)] == ["PUBLIC", "PUBLIC"]
        await people.set_active(await people.get_person("office"), True)
        assert await post_of(one) == "PUBLIC"


async def test_a_new_password_ends_all_sessions_at_once(city: City) -> None:
    new = "Citron!under-the-lamp7"
    async with signed_in("office") as one, signed_in("office") as two:
        given = {"present": PASSWORD, "password": new, "again": new}
        answer = await one.post("/account/password", data=given)
        assert answer.headers["location"] == "/sign-in"
        assert [await post_of(one), await post_of(two)] == ["PUBLIC", "PUBLIC"]
        assert (await enter(one, "office")).status_code == 422
        assert (await enter(one, "office", new)).status_code == 303


@pytest.mark.parametrize(
    "case, present, password, again, words",
    [
        (
            "the present one is wrong",
            WRONG,
            "Citron!under-lamp7",
            "Citron!under-lamp7",
            "现在的密码",
        ),
        ("twice differently", PASSWORD, "Citron!under-lamp7", "Citron!under-lamp8", "不一样"),
        ("too short", PASSWORD, "Citron!7", "Citron!7", "至少 12 个字符"),
        ("the same again", PASSWORD, PASSWORD, PASSWORD, "与现在的相同"),
        ("nothing", "", "", "", "至少 12 个字符"),
    ],
)
async def test_a_password_is_changed_only_by_who_knows_it_and_to_a_good_one(
    city: City, case: str, present: str, password: str, again: str, words: str
) -> None:
    async with signed_in("office") as visitor:
        given = {"present": present, "password": password, "again": again}
        answer = await visitor.post("/account/password", data=given)
        assert answer.status_code == 422 and words in answer.text
        assert await post_of(visitor) == "OFFICE"
        assert await passwords.matches((await people.get_person("office")).password_hash, PASSWORD)


async def test_all_that_is_wrong_with_a_new_password_is_answered_at_once(city: City) -> None:
    async with signed_in("office") as visitor:
        given = {"present": WRONG, "password": "short", "again": "shorter"}
        answer = await visitor.post("/account/password", data=given)
    assert answer.status_code == 422
    assert re.findall(r'href="#(present|password|again)"', answer.text) == [
        "present",
        "password",
        "again",
    ]


async def test_one_sees_where_one_is_signed_in_and_ends_it_from_anywhere(city: City) -> None:
    async with signed_in("office") as here, signed_in("office") as there:
        page = await here.get("/account/sessions")
        assert page.status_code == 200 and page.text.count("192.0.2.7") == 2
        other = await Session.get(token_hash=hash_token(there.cookies["sixones"]))
        answer = await here.post(f"/account/sessions/{other.id}/end")
        assert answer.headers["location"] == "/account/sessions"
        assert [await post_of(here), await post_of(there)] == ["OFFICE", "PUBLIC"]
        assert (await here.post(f"/account/sessions/{other.id}/end")).status_code == 404


@pytest.mark.parametrize(
    "agent, words",
    [
        ("Mozilla/5.0 (Windows NT 10.0) Chrome/130 Safari/537.36 Edg/130", "Edge，Windows"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Safari/604.1", "Safari，iPhone"),
        ("Mozilla/5.0 (X11; Linux x86_64) Gecko/20100101 Firefox/115.0", "Firefox，Linux"),
        ("curl/8.5", "curl/8.5"),
        ("", "未说明"),
    ],
)  # fmt: skip
def test_a_browser_is_called_as_people_know_it(agent: str, words: str) -> None:
    assert describe_browser(agent) == words


async def test_another_persons_session_does_not_exist(city: City) -> None:
    async with signed_in("office") as office, signed_in("agent") as agent:
        session = await only_session("office")
        for key in (session.id, 2**70):
            answer = await agent.post(f"/account/sessions/{key}/end")
            assert answer.status_code == 404
        assert await post_of(office) == "OFFICE"


@pytest.mark.parametrize("path", ["/account/sessions", "/account/password"])
async def test_an_account_is_shown_to_nobody_else(city: City, path: str) -> None:
    async with browser() as visitor:
        answer = await visitor.get(path)
    assert (answer.status_code, answer.headers["location"][:14]) == (303, "/sign-in?next=")


# ---------------------------------------------------------------- how pages look


async def test_preferences_are_kept_in_a_cookie_and_follow_the_person(city: City) -> None:
    async with signed_in("office") as visitor:
        answer = await visitor.post("/preferences", data={"theme": "dark", "back": "/projects"})
        assert (answer.status_code, answer.headers["location"]) == (303, "/projects")
        await visitor.post("/preferences", data={"size": "130"})
        assert visitor.cookies["looks"] == "dark.130.regular.on"
    async with signed_in("office") as elsewhere:
        assert elsewhere.cookies["looks"] == "dark.130.regular.on"
        assert (
            'data-theme="dark" data-size="130"' in (await elsewhere.get("/account/password")).text
        )


async def test_the_public_has_preferences_too(city: City) -> None:
    async with browser() as visitor:
        answer = await visitor.post("/preferences", data={"keys": "off", "back": "//evil.example"})
        assert answer.headers["location"] == "/"
        assert 'data-keys="off"' in (await visitor.get("/sign-in")).text


async def test_htmx_is_spared_the_page(city: City) -> None:
    async with browser() as visitor:
        headers = {"hx-request": "true"}
        answer = await visitor.post("/preferences", data={"theme": "dark"}, headers=headers)
    assert answer.status_code == 204 and "looks=dark." in answer.headers["set-cookie"]


@pytest.mark.parametrize("given", [{}, {"theme": "pink"}, {"size": "100;x"}, {"theme": ""}])
async def test_looks_that_are_none_are_refused(city: City, given: dict[str, str]) -> None:
    async with browser() as visitor:
        answer = await visitor.post("/preferences", data=given)
    assert answer.status_code == 400 and "set-cookie" not in answer.headers


# ---------------------------------------------------------------- what is sent and what is logged


@pytest.mark.parametrize(
    "case, status, content, kind",
    [
        ("a large form", 413, b"username=" + b"a" * 20_000, "application/x-www-form-urlencoded"),
        ("a broken multipart", 400, b"--x\r\nno header", "multipart/form-data; boundary=x"),
        ("no boundary", 400, b"--x\r\nnothing", "multipart/form-data"),
        ("no form", 422, b"{}", "application/json"),
        ("half a letter", 422, b"username=%E4%B8&password=x", "application/x-www-form-urlencoded"),
        ("bytes", 422, b"\xff\xfe=\x00", "application/x-www-form-urlencoded"),
    ],
)
async def test_what_is_no_form_is_refused_and_no_fault(
    city: City, case: str, status: int, content: bytes, kind: str
) -> None:
    async with browser() as visitor:
        answer = await visitor.post("/sign-in", content=content, headers={"content-type": kind})
    assert answer.status_code == status


async def test_doors_are_logged_without_what_strangers_typed(
    city: City, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "sixones.security")
    async with browser() as visitor:
        await enter(visitor, "my-secret-password", WRONG)
        await enter(visitor, "office", WRONG)
        await enter(visitor, "office", headers={"user-agent": "a\nb"})
        token = visitor.cookies["sixones"]
        await visitor.post("/sign-out")
    lines = [each.getMessage() for each in caplog.records if each.name == "sixones.security"]
    given = [json.loads(line) for line in lines]
    assert [each["event"] for each in given] == [
        "sign_in_refused",
        "sign_in_refused",
        "sign_in",
        "sign_out",
    ]
    assert [each.get("reason") for each in given] == ["UNKNOWN", "WRONG", None, None]
    assert all(each["address"] == "192.0.2.7" and each["request"] for each in given)
    assert given[1]["person"] == given[2]["person"] == given[3]["person"]
    for secret in ("my-secret-password", WRONG, PASSWORD, token, "\n"):
        assert not any(secret in line for line in lines)
