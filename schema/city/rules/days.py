"""Days and months as people write them and as Excel stores them."""

import re
from datetime import date, datetime, timedelta, timezone

from schema.city.rules.errors import RuleBroken
from schema.city.rules.text import half_width, quote

FIRST_YEAR, LAST_YEAR = 1990, 2100
EXAMPLE = "请写成“2026-03-05”“2026.3.5”或“2026年3月”"

CITY_TIME = timezone(timedelta(hours=8), "Asia/Shanghai")
# Excel's day 60 is a 29 February 1900 that never was: from day 61 on, this is its day 0.
EXCEL_DAY_0 = date(1899, 12, 30)
EXCEL_SERIALS = range(20_000, 80_001)

TIME = r"(?:[ T]\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?)?"
MARKED = re.compile(r"(\d{4})([-./])(\d{1,2})(?:\2(\d{1,2}))?" + TIME, re.ASCII)
WORDED = re.compile(r"(\d{4})年(\d{1,2})月(?:(\d{1,2})[日号]?)?" + TIME, re.ASCII)
COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})", re.ASCII)
MONTH = re.compile(r"(\d{4})(?:[-./](\d{1,2})|年(\d{1,2})月)", re.ASCII)


def parse_day(value: str | date | float, today: date | None = None) -> date:
    """A day from `2026-03-05`, `2026.3.5`, `2026/3/5`, `20260305`, `2026年3月5日` or an Excel cell.

    A month alone (`2026.3`, `2026年3月`) is its first day; a time of day is dropped, an aware one
    after moving to the city. With `today`, a later day is refused. Raises `RuleBroken` (`INVALID`)
    with an example for what cannot be read and for years outside 1990–2100. Serials count in
    Excel's 1900 system.
    """
    if isinstance(value, datetime):
        day = (value.astimezone(CITY_TIME) if value.tzinfo else value).date()
    elif isinstance(value, date):
        day = value
    elif isinstance(value, str):
        day = read(value)
    else:
        day = count(value)
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise unclear(f"{day.year} 年不在 {FIRST_YEAR} 到 {LAST_YEAR} 年之间，请核对年份")
    if today is not None and day > today:
        raise RuleBroken(f"{day} 还没有到，请填不晚于今天（{today}）的日期", code="INVALID")
    return day


def parse_month(text: str) -> date:
    """The first day of a month written `2026-11`, `2026.11` or `2026年11月`.

    Raises `RuleBroken` (`INVALID`) for anything else and for years outside 1990–2100.
    """
    match = MONTH.fullmatch(without_blanks(text))
    if not match:
        raise RuleBroken(f"{quote(text)}看不出是哪个月，请写成“2026-11”", code="INVALID")
    return parse_day(real_day(match[1], match[2] or match[3], "1"))


def read(text: str) -> date:
    """A written day; five digits are an Excel serial that a CSV file keeps."""
    typed = without_blanks(text)
    if match := MARKED.fullmatch(typed):
        return real_day(match[1], match[3], match[4] or "1")
    if match := WORDED.fullmatch(typed):
        return real_day(match[1], match[2], match[3] or "1")
    if match := COMPACT.fullmatch(typed):
        return real_day(*match.groups())
    if re.fullmatch(r"\d{5}(?:\.\d+)?", typed, re.ASCII):
        return count(float(typed))
    if re.fullmatch(r"\d{4}年?", typed, re.ASCII):
        raise unclear(f"{quote(text)}只有年份，请补上月份")
    raise unclear(f"{quote(text)}看不出是哪一天" if typed else "日期没有填")


def count(serial: float) -> date:
    """A number from a cell: an Excel serial, or `2026.3` that Excel took for a number."""
    if serial in (FIRST_YEAR, LAST_YEAR) or FIRST_YEAR < serial < LAST_YEAR + 1:
        return month_in_number(serial)
    if not EXCEL_SERIALS[0] <= serial <= EXCEL_SERIALS[-1]:
        raise unclear(f"单元格里的数 {serial:g} 不是日期")
    return EXCEL_DAY_0 + timedelta(days=int(serial))


def month_in_number(number: float) -> date:
    """2026.3 → March. Excel cuts October, 2026.10, down to 2026.1 as well: that is refused."""
    year, _, month = f"{number:.10g}".partition(".")
    if month == "1":
        raise unclear(f"{number:g} 可能是 1 月，也可能是 10 月（Excel 会去掉末尾的 0）")
    if len(month) not in (1, 2):
        raise unclear(f"单元格里的数 {number:g} 不是日期")
    return real_day(year, month, "1")


def real_day(year: str, month: str, day: str) -> date:
    """The day of these numbers. Raises `RuleBroken` (`INVALID`) when the calendar has none."""
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        raise unclear(f"日历上没有 {year} 年 {int(month)} 月 {int(day)} 日") from None


def without_blanks(text: str) -> str:
    """Half-width, without blanks but the one before a time of day."""
    return re.sub(r"\s+(?!\d{1,2}:)", "", re.sub(r"\s+", " ", half_width(text)))


def unclear(what: str) -> RuleBroken:
    """What is wrong with a day, and what to write instead."""
    return RuleBroken(f"{what}，{EXAMPLE}", code="INVALID")
