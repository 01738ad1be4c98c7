"""When a repeating job is due, what becomes of a missed period, and when a failed one is tried again."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple, Protocol

from schema.city.rules import CITY_TIME, RuleBroken

TRIES_MOST = 5
"""How often a job is begun before it is put aside as failed."""
FIRST_PAUSE = timedelta(seconds=10)
LONGEST_PAUSE = timedelta(hours=1)
GRACE = timedelta(minutes=10)
"""A period that begins later than this after its time is late: it was missed."""


class JobState(StrEnum):
    """Where a job stands; SKIPPED is a missed period that is not made up for."""

    WAITING = "WAITING"
    RUNNING = "RUNNING"
    DONE = "DONE"
    FAILED = "FAILED"
    SKIPPED = "SKIPPED"


class Missed(StrEnum):
    """What becomes of periods that passed while nothing ran: the last one runs late, or none does."""

    LATE = "LATE"
    SKIP = "SKIP"


class Schedule(Protocol):
    """The times of a repeating job, by the city's clock."""

    def after(self, moment: datetime) -> datetime:
        """The first time later than `moment`."""

    def words(self) -> str:
        """As people say it."""


@dataclass(frozen=True)
class Daily:
    """Every day at a time of the city's clock."""

    hour: int
    minute: int

    def after(self, moment: datetime) -> datetime:
        local = moment.astimezone(CITY_TIME)
        found = local.replace(hour=self.hour, minute=self.minute, second=0, microsecond=0)
        return found if found > local else found + timedelta(days=1)

    def words(self) -> str:
        return f"每天 {self.hour:02}:{self.minute:02}"


@dataclass(frozen=True)
class Hourly:
    """Every hour, at a minute of it."""

    minute: int

    def after(self, moment: datetime) -> datetime:
        local = moment.astimezone(CITY_TIME)
        found = local.replace(minute=self.minute, second=0, microsecond=0)
        return found if found > local else found + timedelta(hours=1)

    def words(self) -> str:
        return f"每小时的第 {self.minute} 分"


@dataclass(frozen=True)
class Weekly:
    """Once a week: `weekday` 0 is Monday."""

    weekday: int
    hour: int
    minute: int

    def after(self, moment: datetime) -> datetime:
        found = Daily(self.hour, self.minute).after(moment)
        return found + timedelta(days=(self.weekday - found.weekday()) % 7)

    def words(self) -> str:
        return f"每周{'一二三四五六日'[self.weekday]} {self.hour:02}:{self.minute:02}"


class Slot(NamedTuple):
    """One period of a repeating job, and whether it is skipped."""

    at: datetime
    skipped: bool


def plan(schedule: Schedule, last: datetime | None, now: datetime, missed: Missed) -> list[Slot]:
    """The periods after `last`, the last one known, up to the first that is still to come.

    Those that passed by more than GRACE were missed. A job that was never planned has missed none.
    """
    slots = list(_until_next(schedule, last or now, now))
    passed = [at for at in slots if now - at > GRACE]
    made_up = passed[-1:] if missed is Missed.LATE and len(passed) == len(slots) - 1 else []
    return [Slot(at, at in passed and at not in made_up) for at in slots]


def _until_next(schedule: Schedule, last: datetime, now: datetime) -> Iterator[datetime]:
    at = last
    while at <= now:
        at = schedule.after(at)
        yield at


def is_late(slot_at: datetime, now: datetime) -> bool:
    """Whether a period begins so late that it was missed."""
    return now - slot_at > GRACE


def pause_after(tries: int, jitter: float) -> timedelta:
    """How long a job waits after its `tries`-th failure: 10 s, 40 s, 160 s … at most an hour.

    `jitter` from 0 to 1 spreads it over half to one and a half times that.
    """
    pause: timedelta = min(LONGEST_PAUSE, FIRST_PAUSE * 4 ** (tries - 1))
    return pause * (0.5 + jitter)


def check_failed(state: JobState) -> None:
    """Only what failed is tried again. Raises `RuleBroken` (RULE, `job`)."""
    if state is not JobState.FAILED:
        words = {
            JobState.WAITING: "这项任务已在等待运行，不用重试",
            JobState.RUNNING: "这项任务正在运行，不用重试",
            JobState.DONE: "这项任务已经办成，不用重试",
            JobState.SKIPPED: "这一期已按规则略过，不再补办",
        }
        raise RuleBroken(words[state], "job", "RULE")
