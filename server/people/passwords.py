"""What a password must be, how it is kept, and what happens when it changes.

Two profiles, since GB/T 22239-2019 8.1.4.1 a asks for kinds of characters and regular change, which
OWASP ASVS 5.0 6.2.5 and 6.2.10 forbid. Both refuse what is easy to guess (6.2.4, 6.2.11, 6.2.12),
allow long ones (6.2.9) and cut nothing off (6.2.8).
"""

import asyncio
import os
import re
import sys
import threading
import unicodedata
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import NamedTuple, TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from schema.city.rules import RuleBroken
from schema.database.transactions import transaction
from schema.people.tables import Person, Session
from server import settings
from server.people.security_log import noted
from server.settings import ROOT, SecurityProfile

Result = TypeVar("Result")


class Policy(NamedTuple):
    """At least `shortest` characters of `kinds` kinds, or `long` of any; changed every `days`."""

    shortest: int
    kinds: int
    long: int
    days: int | None

    @property
    def words(self) -> str:
        """What to choose, for the form."""
        if not self.kinds:
            return f"至少 {self.shortest} 个字符，例如四五个不相干的词连成一句"
        return (
            f"至少 {self.shortest} 个字符，大写字母、小写字母、数字、符号四种中有 {self.kinds} 种；"
            f"或者 {self.long} 个字符以上的一句话"
        )


POLICIES = {
    SecurityProfile.DENGBAO: Policy(shortest=12, kinds=3, long=20, days=90),
    SecurityProfile.ASVS: Policy(shortest=15, kinds=0, long=15, days=None),
}
LONGEST = 256
UNGUESSABLE = 6
"""So many characters must be left once all that a guesser tries first is taken out."""

KINDS = ("[A-Z]", "[a-z]", "[0-9]", "[^A-Za-z0-9]")
COMMON_PASSWORDS = (ROOT / "server/people/common_passwords.txt").read_text().split()
ROWS = ("abcdefghijklmnopqrstuvwxyz", "0123456789", "qwertyuiop", "asdfghjkl", "zxcvbnm")
YEAR = re.compile(r"(?:19|20)\d\d(?:[01]?\d[0-3]?\d)?")

HASHER = PasswordHasher(time_cost=2, memory_cost=64 * 1024, parallelism=1)
NOBODYS = (
    f"$argon2id$v=19$m={HASHER.memory_cost},t={HASHER.time_cost},p={HASHER.parallelism}"
    f"${'A' * 22}${'A' * 43}"
)


def give_way() -> None:
    """Let the event loop's thread go first: a hash takes a processor for a tenth of a second."""
    if sys.platform == "linux":  # elsewhere threads have no priority of their own
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), 5)


# Each hash takes 64 MiB: those who wait stand in line instead of filling the memory.
hashers = ThreadPoolExecutor(2, "argon2", give_way)


def policy() -> Policy:
    return POLICIES[SecurityProfile(settings.SECURITY_PROFILE)]


def check(password: str, person: Person, policy: Policy) -> None:
    """Raises RuleBroken (INVALID, `password`) for a password that is short, plain or guessable."""
    if any(unicodedata.category(each) in ("Cc", "Cs") for each in password):
        raise wrong("密码里有看不见的控制字符，请重新输入")
    if len(password) > LONGEST:
        raise wrong(f"密码最多 {LONGEST} 个字符")
    kinds = sum(bool(re.search(kind, password)) for kind in KINDS)
    if len(password) < policy.shortest or (len(password) < policy.long and kinds < policy.kinds):
        raise wrong(f"密码请用更长或更多样的：{policy.words}")
    if len(unguessed(password, (person.username, person.name))) < UNGUESSABLE:
        raise wrong("密码太容易猜到，请不要用姓名、地名、年份、连续的键和常见的词")


def unguessed(password: str, own: tuple[str, ...] = ()) -> str:
    """What is left of a password without the words, years, runs and repeats that are tried first.

    >>> unguessed("Password2026!!")
    '!'
    """
    left = unicodedata.normalize("NFKC", password).casefold()
    words = {*COMMON_PASSWORDS, *(each.casefold() for each in own if len(each) > 1)}
    for word in sorted(words, key=len, reverse=True):
        left = left.replace(word, " ")
    left = YEAR.sub(" ", left)
    for row in ROWS:
        left = without_runs(left, row)
    return re.sub(r"(.)\1+", r"\1", left).replace(" ", "")


def without_runs(text: str, row: str) -> str:
    """The text without four or more neighbours of a row, forwards or backwards."""
    for keys in (row, row[::-1]):
        for size in range(len(keys), 3, -1):
            for start in range(len(keys) - size + 1):
                text = text.replace(keys[start : start + size], " ")
    return text


async def hash_password(password: str) -> str:
    """argon2id of the password in NFKC, with 64 MiB and two passes."""
    return await in_turn(lambda: HASHER.hash(normalize_password(password)))


async def matches(password_hash: str | None, password: str) -> bool:
    """Whether this is the password; for nobody's hash it takes as long, and says no."""
    right = await in_turn(lambda: verified(password_hash or NOBODYS, password[:LONGEST]))
    return right and password_hash is not None and len(password) <= LONGEST


def verified(password_hash: str, password: str) -> bool:
    try:
        return HASHER.verify(password_hash, normalize_password(password))
    except (VerificationError, InvalidHashError):
        return False


async def change(person: Person, password: str) -> None:
    """Set the password and end every session of the person at once. Raises RuleBroken (INVALID)."""
    check(password, person, policy())
    if await matches(person.password_hash, password):
        raise wrong("新密码不能与现在的相同")
    password_hash, now = await hash_password(password), datetime.now(UTC)
    async with transaction():
        await Person.filter(id=person.id).update(
            password_hash=password_hash, password_set_at=now, failures=0, locked_until=None
        )
        await Session.filter(person_id=person.id, ended_at=None).update(ended_at=now)
    noted("password_changed", person=person.id, username=person.username)


def is_due(person: Person, now: datetime) -> bool:
    """Whether the password is so old that the profile wants another."""
    days = policy().days
    return days is not None and person.password_set_at < now - timedelta(days=days)


def normalize_password(password: str) -> bytes:
    """One password however a keyboard composes it."""
    return unicodedata.normalize("NFKC", password).encode("utf-8", "surrogatepass")


async def in_turn(work: Callable[[], Result]) -> Result:
    return await asyncio.get_running_loop().run_in_executor(hashers, work)


def wrong(message: str) -> RuleBroken:
    return RuleBroken(message, "password", "INVALID")
