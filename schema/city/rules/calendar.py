"""Working days: weekdays, less the State Council's holidays, plus its make-up weekend days.

Source: the State Council's regulation on holidays (全国年节及纪念日放假办法) and its office's
yearly notice, which usually appears in the November before. A year without its notice has no answer
here, never a guess.
"""

import csv
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from schema.city.rules.days import FIRST_YEAR, LAST_YEAR, parse_day
from schema.city.rules.errors import CalendarPending, RuleBroken

ONE_DAY = timedelta(days=1)
SATURDAY = 5
ALWAYS_OFF = {(1, 1): "元旦", (5, 1): "劳动节", (10, 1): "国庆节"}


@dataclass(frozen=True)
class Calendar:
    """The published years, with the days in them that are not what their weekday says.

    `off` are holidays, `on` are make-up working days. Days of a year outside `years` raise
    `CalendarPending`.
    """

    years: frozenset[int] = frozenset()
    off: frozenset[date] = frozenset()
    on: frozenset[date] = frozenset()

    @classmethod
    def of(cls, years: Iterable[int], days: Iterable["SpecialDay"]) -> "Calendar":
        """The calendar of published `years` and their special days."""
        days = list(days)
        return cls(
            frozenset(years),
            frozenset(special.day for special in days if not special.working),
            frozenset(special.day for special in days if special.working),
        )

    def is_working_day(self, day: date) -> bool:
        """Whether offices are open on `day`. Raises `CalendarPending` for an unpublished year."""
        if day.year not in self.years:
            raise CalendarPending(day.year)
        return day in self.on or (day.weekday() < SATURDAY and day not in self.off)

    def after(self, day: date, n: int) -> date:
        """The `n`-th working day after `day`, which is itself not counted (民法典 article 201).

        `n` = 0 is `day`. Raises `CalendarPending` when an unpublished year lies on the way.
        """
        while n > 0:
            day += ONE_DAY
            n -= self.is_working_day(day)
        return day

    def working_days(self, after: date, until: date) -> int:
        """How many working days lie in (`after`, `until`]; 0 when `until` is not later.

        Raises `CalendarPending` when one of these days is in an unpublished year.
        """
        return sum(
            self.is_working_day(after + ONE_DAY * distance)
            for distance in range(1, (until - after).days + 1)
        )


@dataclass(frozen=True)
class SpecialDay:
    """A day that a yearly notice names: `working` or off, and what for."""

    day: date
    working: bool
    name: str


def read_special_days(text: str) -> list[SpecialDay]:
    """As `read_special_lines`. Raises `RuleBroken` (`INVALID`) for the first line at fault."""
    days, wrong = read_special_lines(text)
    if wrong:
        raise wrong[0]
    return list(days.values())


def read_special_lines(text: str) -> tuple[dict[int, SpecialDay], list[RuleBroken]]:
    """Special days from CSV text by the number of their line, and what is wrong with each other line.

    The columns are `day,working,name`; `working` is 班 or 休. Columns pasted out of Excel stand
    apart by tabs, and typists write Chinese commas. Lines that begin with `#` are notes.
    """
    days: dict[int, SpecialDay] = {}
    wrong: list[RuleBroken] = []
    for number, line in enumerate(text.lstrip("\ufeff").splitlines(), start=1):
        if not line.strip() or line.startswith("#"):
            continue
        row = next(csv.reader([re.sub("[\t，]", ",", line)]))
        if row[0] == "day" and not days:
            continue
        if len(row) != 3 or row[1].strip() not in {"班", "休"}:
            broken = RuleBroken(
                f"第 {number} 行请写成“日期,班或休,名称”，例如“2026-02-14,班,春节”", code="INVALID"
            )
            wrong.append(broken)
            continue
        try:
            day = parse_day(row[0])
        except RuleBroken as broken:
            wrong.append(RuleBroken(f"第 {number} 行：{broken}", code=broken.code))
            continue
        days[number] = SpecialDay(day, row[1].strip() == "班", row[2].strip())
    return days, wrong


def write_special_days(days: Iterable[SpecialDay]) -> str:
    """Special days as `read_special_days` reads them, a line for each.

    >>> write_special_days([SpecialDay(date(2026, 2, 14), True, "春节")])
    '2026-02-14,班,春节'
    """
    return "\n".join(
        f"{special.day},{'班' if special.working else '休'},{special.name}" for special in days
    )


def is_calendar_year(year: int) -> bool:
    """Whether a calendar can be kept of a year: the same years in which a day can be written.

    >>> is_calendar_year(2027), is_calendar_year(0), is_calendar_year(99999)
    (True, False, False)
    """
    return FIRST_YEAR <= year <= LAST_YEAR


def check_year(year: int, days: Sequence[SpecialDay]) -> list[tuple[int | None, RuleBroken]]:
    """All that is wrong with a year's notice: every day once, in that year, the fixed holidays among them.

    The fixed ones are 1 January, 1 May and 1 October (全国年节及纪念日放假办法 article 2); a
    make-up working day falls on a weekend. Each fault with the place in `days` of the day that is at
    fault; None where it is the year, or that a day is missing.
    """
    if not is_calendar_year(year):
        broken = RuleBroken(
            f"年份应在 {FIRST_YEAR} 到 {LAST_YEAR} 之间，例如 2027", "year", "INVALID"
        )
        return [(None, broken)]
    wrong: list[tuple[int | None, RuleBroken]] = []
    seen: dict[date, SpecialDay] = {}
    for at, special in enumerate(days):
        if special.day.year != year:
            wrong.append((at, RuleBroken(f"{special.day} 不在 {year} 年，请核对日期", "days")))
        elif special.day in seen:
            wrong.append((at, RuleBroken(f"{special.day} 写了两次，请只留一行", "days")))
        elif special.working and special.day.weekday() < SATURDAY:
            broken = RuleBroken(f"{special.day} 不是周末，本来就要上班，不用列为调休上班日", "days")
            wrong.append((at, broken))
        seen.setdefault(special.day, special)
    for (month, day), name in ALWAYS_OFF.items():
        fixed = seen.get(date(year, month, day))
        if fixed is None or fixed.working:
            broken = RuleBroken(
                f"缺少{name}（{year}-{month:02}-{day:02}）放假，请按国务院办公厅通知补全", "days"
            )
            wrong.append((None, broken))
    return wrong
