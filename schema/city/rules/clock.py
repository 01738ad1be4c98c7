"""Article 3: the clock of working days, paused while a report is returned for completion."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time
from enum import StrEnum
from typing import NamedTuple

from schema.city.rules.calendar import ONE_DAY, Calendar
from schema.city.rules.days import CITY_TIME
from schema.city.rules.errors import CalendarPending


class Lamp(StrEnum):
    """绿按期 黄临期 红逾期 蓝办结 灰未开始或暂停."""

    GREEN = "GREEN"
    AMBER = "AMBER"
    RED = "RED"
    BLUE = "BLUE"
    GREY = "GREY"


class Amber(NamedTuple):
    """When a lamp turns amber: with at most `days` working days left, or `percent` of the limit."""

    days: int
    percent: int

    def of(self, limit: int) -> int:
        """The working days left from which a lamp is amber, of a limit of so many."""
        return max(self.days, limit * self.percent // 100)


@dataclass(frozen=True)
class Pause:
    """An interval in which the clock is paused; `until` is None while it lasts. Both aware."""

    since: datetime
    until: datetime | None = None


class Clock(NamedTuple):
    """The state of a limit of working days, with the lamp and the label that a page shows.

    `due_at` is None while the clock is paused and when a year in between is not published
    (`pending_year`). `working_days_left` is 0 on the day it is due, negative by the working days
    overdue, None when unknown.
    """

    due_at: datetime | None
    pending_year: int | None
    paused_since: datetime | None
    finished_at: datetime | None
    working_days_left: int | None
    lamp: Lamp
    label: str


def clock(
    started: datetime,
    days: int,
    calendar: Calendar,
    now: datetime,
    closing: time,
    amber: Amber,
    pauses: Iterable[Pause] = (),
    finished_at: datetime | None = None,
) -> Clock:
    """The state at `now` of a limit of `days` working days from `started`; all instants aware.

    The day of `started` is not counted; after `closing`, `started` counts as the next day. A
    working day counts if the clock runs at its closing hour; the limit ends at the closing hour of
    the last one. Time lost before a pause stays lost: a report returned when it is already overdue
    remains overdue.
    """
    pauses = list(pauses)
    paused_since = open_pause_since(pauses)
    due_at: datetime | None = None
    pending_year: int | None = None
    try:
        due_at = due(started, days, calendar, closing, pauses)
    except CalendarPending as pending:
        pending_year = pending.year

    return standing(due_at, pending_year, paused_since, finished_at, days, now, calendar, amber)


def standing(
    due_at: datetime | None,
    pending_year: int | None,
    paused_since: datetime | None,
    finished_at: datetime | None,
    days: int,
    now: datetime,
    calendar: Calendar,
    amber: Amber,
) -> Clock:
    """The state at `now` of a limit whose end is known already; see `clock`."""
    due_at = in_city(due_at) if due_at else None
    if finished_at is not None:
        return finished(due_at, pending_year, finished_at)
    if due_at is None:
        label = "补正中，计时暂停" if paused_since else f"{pending_year} 年日历待公布"
        return Clock(None, pending_year, paused_since, None, None, Lamp.GREY, label)
    if paused_since is not None:
        return overdue(due_at, in_city(paused_since), calendar, paused_since)
    if now > due_at:
        return overdue(due_at, in_city(now), calendar, None)
    return running(due_at, amber.of(days), in_city(now), calendar)


def due(
    started: datetime,
    days: int,
    calendar: Calendar,
    closing: time,
    pauses: Iterable[Pause] = (),
) -> datetime | None:
    """The closing hour of the last counting day; None when an open pause keeps it from ever coming.

    Raises `CalendarPending` when the count runs into a year that is not published.
    """
    pauses = list(pauses)
    open_since = open_pause_since(pauses)
    day = counts_as_made_on(in_city(started), calendar, closing)
    closes = datetime.combine(day, closing, CITY_TIME)
    while days > 0:
        day += ONE_DAY
        closes = datetime.combine(day, closing, CITY_TIME)
        if open_since is not None and open_since <= closes:
            return None
        days -= calendar.is_working_day(day) and not any(
            is_paused(pause, closes) for pause in pauses
        )
    return closes


def counts_as_made_on(started: datetime, calendar: Calendar, closing: time) -> date:
    """The day a report counts as made on: after closing it is the next day, working or not.

    So a report of Friday evening is due with those of the weekend, and never later than they are.
    On a day without office hours nothing comes after closing.
    """
    day = started.date()
    if started.time() > closing and calendar.is_working_day(day):
        return day + ONE_DAY
    return day


def open_pause_since(pauses: Iterable[Pause]) -> datetime | None:
    """Since when the clock is paused without an end; None when it runs."""
    return min((pause.since for pause in pauses if pause.until is None), default=None)


def is_paused(pause: Pause, instant: datetime) -> bool:
    """Whether the pause covers `instant`; at the moment of `until` the clock runs again."""
    return pause.since <= instant and (pause.until is None or instant < pause.until)


def in_city(instant: datetime) -> datetime:
    """The instant in the city's time zone. Raises `ValueError` for a naive one."""
    if instant.tzinfo is None:
        raise ValueError(f"the clock needs an aware instant, not {instant!r}")
    return instant.astimezone(CITY_TIME)


def finished(due_at: datetime | None, pending_year: int | None, finished_at: datetime) -> Clock:
    """The state of a finished limit: in time, late, or undecided in an unpublished year."""
    if pending_year is not None:
        label = f"已办结，{pending_year} 年日历待公布"
    else:
        label = "逾期办结" if due_at and finished_at > due_at else "按期办结"
    return Clock(due_at, pending_year, None, finished_at, None, Lamp.BLUE, label)


def overdue(
    due_at: datetime, now: datetime, calendar: Calendar, paused_since: datetime | None
) -> Clock:
    """The state of a limit that is missed and still open: late by working days since it was due."""
    tail = "，补正中" if paused_since else ""
    left: int | None
    try:
        left = -calendar.working_days(due_at.date(), now.date())
        label = f"逾期 {-left} 个工作日" if left else "逾期不足 1 个工作日"
    except CalendarPending as pending:
        left, label = None, f"已逾期，{pending.year} 年日历待公布"
    return Clock(due_at, None, paused_since, None, left, Lamp.RED, label + tail)


def running(due_at: datetime, amber: int, now: datetime, calendar: Calendar) -> Clock:
    """The state of an open limit: amber with at most so many working days left."""
    left = calendar.working_days(now.date(), due_at.date())
    lamp = Lamp.AMBER if left <= amber else Lamp.GREEN
    label = f"剩 {left} 个工作日" if left else f"今天 {due_at:%H:%M} 到期"
    return Clock(due_at, None, None, None, left, lamp, label)
