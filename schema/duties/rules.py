"""The clock of a duty: working or calendar days, closing time, pauses; and how urgent it is."""

from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from schema.city.rules import (
    CITY_TIME,
    Amber,
    Calendar,
    CalendarPending,
    Clock,
    Lamp,
    Pause,
    RuleBroken,
    due,
    standing,
)
from schema.city.rules.rulebook import Number

WORKING = "工作日"
NO_LIMIT = "未定期限"
REMINDERS_PER_DAY = Number(
    "duty.reminders_per_day", "每件待办每天最多催办的次数", "其他", unit="次", least=1, most=20
)
REMIND_DAYS = Number(
    "duty.remind_days_before",
    "到期前提醒提前的工作日",
    "其他",
    unit="个工作日",
    most=10,
    zero="不提醒",
)
REMIND_HOURS = Number(
    "duty.remind_hours_before",
    "到期前再次提醒提前的时间",
    "其他",
    unit="小时",
    most=12,
    zero="不提醒",
)


class Bucket(StrEnum):
    """逾期、今天、本周、以后、未定期限: how urgent a duty is, most urgent first."""

    OVERDUE = "OVERDUE"
    TODAY = "TODAY"
    WEEK = "WEEK"
    LATER = "LATER"
    UNSET = "UNSET"


@dataclass(frozen=True)
class EveryDay(Calendar):
    """The calendar of a limit in calendar days, on which every day counts."""

    def is_working_day(self, day: date) -> bool:
        return True

    def working_days(self, after: date, until: date) -> int:
        return (until - after).days


def days_of(unit: str, calendar: Calendar) -> Calendar:
    """The calendar that a parameter's unit counts by: `个工作日` working days, else all days."""
    return calendar if WORKING in unit else EveryDay()


def due_at(
    since: datetime,
    days: int,
    unit: str,
    calendar: Calendar,
    closing: time,
    pauses: Iterable[Pause] = (),
) -> datetime | None:
    """When a duty is due; None while paused in time, and in a year whose calendar is not published."""
    try:
        return due(since, days, days_of(unit, calendar), closing, pauses)
    except CalendarPending:
        return None


def clock_of(
    since: datetime,
    due: datetime | None,
    paused_at: datetime | None,
    closed_at: datetime | None,
    limit: tuple[int, str] | None,
    now: datetime,
    calendar: Calendar,
    amber: Amber,
) -> Clock:
    """The lamp and the words of a duty, by the one rule of the city's clock.

    `limit` is its number of days and their unit; None where it has none.
    """
    if limit is None:
        lamp, label = (Lamp.BLUE, "已办结") if closed_at else (Lamp.GREY, NO_LIMIT)
        return Clock(None, None, paused_at, closed_at, None, lamp, label)
    days, unit = limit
    pending = None
    if due is None and paused_at is None:
        pending = since.astimezone(CITY_TIME).year
        while pending in calendar.years:
            pending += 1
    found = standing(due, pending, paused_at, closed_at, days, now, days_of(unit, calendar), amber)
    return found if WORKING in unit else found._replace(label=found.label.replace("个工作日", "天"))


def agreed_limit(since: datetime, due: datetime) -> tuple[int, str]:
    """The limit of what was agreed to be done by a moment: the days from when it was, at least one."""
    return max(
        (due.astimezone(CITY_TIME).date() - since.astimezone(CITY_TIME).date()).days, 1
    ), "日"


def bucket(due: datetime | None, now: datetime) -> Bucket:
    """How urgent something is; a week ends on Sunday."""
    if due is None:
        return Bucket.UNSET
    if due < now:
        return Bucket.OVERDUE
    today = now.astimezone(CITY_TIME).date()
    days = (due.astimezone(CITY_TIME).date() - today).days
    if days == 0:
        return Bucket.TODAY
    return Bucket.WEEK if days < 7 - today.weekday() else Bucket.LATER


def bucket_bounds(now: datetime) -> dict[Bucket, tuple[datetime | None, datetime | None]]:
    """From when on and before when what has a limit is due, by how urgent it is; None is open."""
    midnight = datetime.combine(now.astimezone(CITY_TIME).date(), time(), CITY_TIME)
    tomorrow = midnight + timedelta(days=1)
    monday = midnight + timedelta(days=7 - midnight.weekday())
    return {
        Bucket.OVERDUE: (None, now),
        Bucket.TODAY: (now, tomorrow),
        Bucket.WEEK: (tomorrow, monday),
        Bucket.LATER: (monday, None),
    }


def reminder_at(
    due: datetime, since: datetime, days: int, hours: int, calendar: Calendar, now: datetime
) -> datetime | None:
    """The moment since which somebody is to be reminded that something is due soon; the later of two.

    At the same time of day `days` working days before it is due, and `hours` before; 0 is never. None
    before the first, once it is due, and for a moment that lay before the clock began.
    """
    if now >= due:
        return None
    moments = [due - timedelta(hours=hours)] if hours else []
    if days:
        with suppress(CalendarPending):
            moments.append(working_days_before(due, days, calendar))
    return max((each for each in moments if since < each <= now), default=None)


def working_days_before(due: datetime, days: int, calendar: Calendar) -> datetime:
    """The same time of day, so many working days earlier. Raises `CalendarPending`."""
    at = due.astimezone(CITY_TIME)
    while days > 0:
        at -= timedelta(days=1)
        days -= calendar.is_working_day(at.date())
    return at


def check_reminders(today: Sequence[datetime], most: int) -> None:
    """One duty is reminded of so often a day. Raises `RuleBroken` at `duty`, with when it was done last."""
    if len(today) >= most:
        last = f"{today[-1].astimezone(CITY_TIME):%H:%M}"
        raise RuleBroken(
            f"这件事今天 {last} 已催办过，每件每天最多催办 {most} 次，请明天再催", "duty"
        )
