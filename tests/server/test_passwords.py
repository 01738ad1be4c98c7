"""A password is long, not guessable, and kept so that a thief of the table has to work for each."""

import asyncio
import time

import pytest
from argon2 import extract_parameters
from argon2.low_level import Type

from schema.city.rules import RuleBroken
from schema.people.tables import Person
from server.people import passwords
from server.people.passwords import POLICIES, check, unguessed
from server.settings import SecurityProfile

DENGBAO, ASVS = POLICIES[SecurityProfile.DENGBAO], POLICIES[SecurityProfile.ASVS]
PERSON = Person(username="lileiming", name="李雷明")


@pytest.mark.parametrize(
    "case, password",
    [
        ("twelve of four kinds", "Citron!lamp7"),
        ("three kinds", "citron!lamp-47"),
        ("a long sentence of one kind", "correcthorsebatterystaple"),
        ("a Chinese sentence", "明天下雨记得把窗台的柠檬树搬进屋里来好吗"),
        ("128 characters", "Citron!lamp7" + "köstlich-" * 13),
        ("blanks within", "Citron lamp 7 under"),
    ],
)
def test_dengbao_takes(case: str, password: str) -> None:
    check(password, PERSON, DENGBAO)


@pytest.mark.parametrize(
    "case, password, words",
    [
        ("eleven", "Citron!lam7", "至少 12 个字符"),
        ("two kinds", "citronlamp47", "四种中有 3 种"),
        ("nineteen of two kinds", "citronlampundertree", "20 个字符以上"),
        ("a common word", "P@ssw0rd2026!", "容易猜到"),
        ("rows of keys", "Qwerty!23456", "容易猜到"),
        ("repeats", "Aaaaaaaaaaa1!", "容易猜到"),
        ("the city and a year", "Ziyang@202611", "容易猜到"),
        ("one's own name for signing in", "Lileiming!2026", "容易猜到"),
        ("one's own name", "李雷明李雷明李雷明Aa1!!!", "容易猜到"),
        ("this system", "SixOnes-2026-!!", "容易猜到"),
        ("too long", "Citron!lamp7" * 30, "最多 256"),
        ("a control character", "Citron!lamp7\x00\x01", "控制字符"),
    ],
)
def test_dengbao_refuses(case: str, password: str, words: str) -> None:
    with pytest.raises(RuleBroken, match=words) as broken:
        check(password, PERSON, DENGBAO)
    assert (broken.value.field, broken.value.code) == ("password", "INVALID")
    assert password not in broken.value.message


def test_asvs_wants_length_and_no_composition() -> None:
    check("citron lamp tree", PERSON, ASVS)
    with pytest.raises(RuleBroken, match="至少 15 个字符"):
        check("Citron!lamp77x", PERSON, ASVS)
    with pytest.raises(RuleBroken, match="容易猜到"):
        check("passwordpassword", PERSON, ASVS)
    assert ASVS.days is None and DENGBAO.days == 90


@pytest.mark.parametrize(
    "password, left",
    [
        ("Password2026!!", "!"),
        ("qazwsx-20261122", "-"),
        ("ＡＤＭＩＮ１２３４", ""),
        ("9876543210abc", ""),
        ("lemon tree", "lemontre"),
        ("poiuy-lkjh-mnbv", "--"),
    ],
)
def test_what_a_guesser_tries_first_does_not_count(password: str, left: str) -> None:
    assert unguessed(password) == left


async def test_a_password_is_kept_by_argon2id_in_64_mib() -> None:
    kept = await passwords.hash_password("Citron!lamp7")
    given = extract_parameters(kept)
    assert (given.type, given.memory_cost) == (Type.ID, 64 * 1024) and given.time_cost >= 2
    assert "Citron" not in kept and kept != await passwords.hash_password("Citron!lamp7")


@pytest.mark.parametrize(
    "kept, typed, right",
    [
        ("Citron!lamp7", "Citron!lamp7", True),
        ("Citron!lamp7", "citron!lamp7", False),
        ("Citron!lamp7", "Citron!lamp7 ", False),
        ("Citron!lamp7", "", False),
        ("柠檬é", "柠檬e\u0301", True),
        ("１２３４", "1234", True),
        ("a" * 256, "a" * 256, True),
        ("a" * 256, "a" * 255, False),
        ("a" * 256, "a" * 257, False),
    ],
)
async def test_only_the_whole_password_is_right(kept: str, typed: str, right: bool) -> None:
    assert await passwords.matches(await passwords.hash_password(kept), typed) is right


@pytest.mark.parametrize("kept", [None, "", "x", "$argon2id$broken"])
async def test_nobodys_password_is_never_right(kept: str | None) -> None:
    assert not await passwords.matches(kept, "")
    assert not await passwords.matches(kept, "password")


async def test_nobodys_password_takes_as_long_as_somebodys() -> None:
    kept = await passwords.hash_password("Citron!lamp7")

    async def seconds(of: str | None) -> float:
        started = time.perf_counter()
        await passwords.matches(of, "wrong")
        return time.perf_counter() - started

    # In turn, so that whatever else this machine does slows down both.
    took = [(await seconds(kept), await seconds(None)) for _ in range(4)]
    somebody, nobody = map(min, zip(*took, strict=True))
    assert somebody / 3 < nobody < somebody * 3


async def test_hashing_lets_others_be_served_meanwhile() -> None:
    waits = []

    async def served() -> None:
        while True:
            started = time.perf_counter()
            await asyncio.sleep(0)
            waits.append(time.perf_counter() - started)

    serving = asyncio.create_task(served())
    await asyncio.gather(*(passwords.hash_password("Citron!lamp7") for _ in range(4)))
    serving.cancel()
    assert len(waits) > 100
