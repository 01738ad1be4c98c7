"""Login by user name and password, limited so that guessing does not pay.

Five wrong passwords lock an account for fifteen minutes (GB/T 22239-2019 8.1.4.1 b asks for a
lock-out; five failures and 300 seconds is what examiners look for). An address has thirty wrong
tries and wins one back in ten seconds. An unknown name, a locked account and a wrong password are
answered by the same words after the same time.
"""

import asyncio
import math
import time
import unicodedata
from collections import OrderedDict
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from schema.city.rules import RuleBroken, clean_text
from schema.database.transactions import transaction
from schema.people.tables import Person
from server.people import passwords

FAILURES_MOST = 5
LOCKED_FOR = timedelta(minutes=15)
ANSWER_EVERY = 0.5  # seconds: a refusal comes at a multiple of this


class LoginRefused(Exception):
    """No, or not now. `reason` and `person` are for the log alone."""

    def __init__(self, reason: str, person: int | None) -> None:
        super().__init__(reason)
        self.reason, self.person = reason, person


class TooManyAttempts(Exception):
    """The address has used up its tries; `wait` in seconds."""

    def __init__(self, wait: int) -> None:
        super().__init__(f"the next try is in {wait} s")
        self.wait = wait

    @property
    def words(self) -> str:
        return f"尝试太频繁，请 {self.wait} 秒后再试"


class AttemptLimiter:
    """How many wrong tries each address still has, in this process."""

    def __init__(
        self,
        most: int = 30,
        seconds: float = 10,
        clock: Callable[[], float] = time.monotonic,
        remembered: int = 10_000,
    ) -> None:
        self._most, self._seconds, self._clock, self._remembered = most, seconds, clock, remembered
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, address: str) -> None:
        """One try less. Raises TooManyAttempts when there is none."""
        left = self._now(address)
        if left < 1:
            raise TooManyAttempts(math.ceil((1 - left) * self._seconds))
        self._keep(address, left - 1)

    def give_back(self, address: str) -> None:
        """The try was right: a whole office behind one address may sign in at nine o'clock."""
        self._keep(address, min(self._most, self._now(address) + 1))

    def _now(self, address: str) -> float:
        left, since = self._left.get(address, (float(self._most), self._clock()))
        return min(float(self._most), left + (self._clock() - since) / self._seconds)

    def _keep(self, address: str, left: float) -> None:
        self._left[address] = left, self._clock()
        self._left.move_to_end(address)
        if len(self._left) > self._remembered:
            self._left.popitem(last=False)


attempts = AttemptLimiter()


async def authenticate(username: str, password: str, address: str) -> Person:
    """The person whose name and password these are. Raises LoginRefused or TooManyAttempts."""
    started = time.monotonic()
    attempts.take(address)
    person = await Person.get_or_none(username=normalize_username(username))
    right = await passwords.matches(person.password_hash if person else None, password)
    reason = await count_attempt(person, right) if person else "UNKNOWN"
    if person and not reason:
        attempts.give_back(address)
        return person
    # Rounded up, the time tells nothing of what was looked up and written meanwhile.
    await asyncio.sleep(ANSWER_EVERY - (time.monotonic() - started) % ANSWER_EVERY)
    raise LoginRefused(reason, person.id if person else None)


async def count_attempt(person: Person, right: bool) -> str:
    """Count this try: why it is refused, or nothing.

    A right password wins only if fewer than five wrong ones were counted before it, however many
    are tried at once and in however many processes.
    """
    now = datetime.now(UTC)
    async with transaction():
        found = await Person.filter(id=person.id).select_for_update().get()
        if found.locked_until and found.locked_until > now:
            return "LOCKED"
        if not found.active:
            return "DISABLED"
        if right and found.password_hash == person.password_hash:
            if found.failures:
                await Person.filter(id=found.id).update(failures=0, locked_until=None)
            return ""
        failures = 1 if found.locked_until else found.failures + 1
        locked_until = now + LOCKED_FOR if failures >= FAILURES_MOST else None
        await Person.filter(id=found.id).update(failures=failures, locked_until=locked_until)
    return "WRONG"


def normalize_username(username: str) -> str:
    """One account has one name, however it is typed: in full width, in capitals, with blanks."""
    try:
        return unicodedata.normalize("NFKC", clean_text(username, 60, one_line=True)).casefold()
    except RuleBroken:
        return ""
