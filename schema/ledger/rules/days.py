"""Parsers of days: one day, or start, completion and operation in one cell.

The ledger keeps what is agreed or done to the month, so a month is its first day there, and what is about
a month (10月下旬) the same and doubted. A list whose act needs a day takes no day for another: a month is
its last day where its column counts by months, 月底 is that anywhere, and all else is asked.
"""

import re
from datetime import date, timedelta

from schema.city.rules import parse_day
from schema.city.rules.days import FIRST_YEAR, LAST_YEAR
from schema.city.rules.text import half_width
from schema.ledger.rules.cell import Column, Parsed, cell_text, is_blank, unclear, without_blanks
from schema.sheet import Cell, Month, Number, Uncomputed, Year

JANUARY_OR_OCTOBER = re.compile(r"\d{4}\.1")
MONTH = re.compile(r"(\d{4}年\d{1,2}月|\d{4}[.\-/]\d{1,2})")
ABOUT = re.compile(r"^约|(?:初|上旬|中旬|下旬|底|末|左右|前后|前|后)$")
ENDS = ("底", "末")

STEPS = ("开工", "竣工", "投产")
LABELLED = re.compile(r"(开工|竣工|完工|投产)(?:时间|日期)?[:：]?\s*([^开竣完投;；、,，\n]+)")
BETWEEN = re.compile(r"[;；、,，\n]+|\s+(?=\d{4})|(?<=[年月日号])/|至")
WITH_SLASHES = re.compile(r"\d{4}/\d+(?:/\d+)?")


def plan(cell: Cell, column: Column) -> Parsed:
    """A date that may lie in the future. Raises RuleBroken (INVALID)."""
    return _day(cell, None)


def past(cell: Cell, column: Column) -> Parsed:
    """A date not after today. Raises RuleBroken (INVALID)."""
    return _day(cell, column.today)


def by_month(cell: Cell, column: Column) -> Parsed:
    """A day not after today; a month that has ended is its last day, which is said.

    Raises RuleBroken (INVALID), for a month that still runs as well: one text is one day, whenever it is read.
    """
    return _exact_day(cell, column.today, by_month=True)


def coming_day(cell: Cell, column: Column) -> Parsed:
    """A day that may lie in the future, and no month. Raises RuleBroken (INVALID)."""
    return _exact_day(cell, None)


def past_day(cell: Cell, column: Column) -> Parsed:
    """A day not after today, and no month. Raises RuleBroken (INVALID)."""
    return _exact_day(cell, column.today)


def plans(cell: Cell, column: Column) -> Parsed:
    """The agreed start, completion and operation: a tuple of three dates, None where not given."""
    return _days(cell, None)


def pasts(cell: Cell, column: Column) -> Parsed:
    """The actual start, completion and operation: as `plans`, none of them after today."""
    return _days(cell, column.today)


def _exact_day(cell: Cell, latest: date | None, by_month: bool = False) -> Parsed:
    typed = _as_text(cell)
    plain = ABOUT.sub("", typed)
    _day(cell, None)  # refuses 2026.1, which may be October
    if not MONTH.fullmatch(plain):
        return _day(cell, latest)
    first = parse_day(plain)
    last = date(first.year + first.month // 12, first.month % 12 + 1, 1) - timedelta(days=1)
    about = "" if typed == plain else typed.removeprefix(plain)
    if about not in ("", *ENDS):
        raise unclear(f"“{typed}”看不出是哪一天，请写明，例如“{first:%Y-%m}-20”")
    if not about and not by_month:
        raise unclear(f"“{typed}”没有写日，请写明哪一天，例如“{last}”")
    if not about and latest and first <= latest < last:
        raise unclear(f"“{typed}”还没有过完，请写明哪一天，例如“{latest}”")
    return Parsed(parse_day(last, latest), "ESTIMATE", f"“{typed}”没有写日，按 {last} 读取")


def _as_text(cell: Cell) -> str:
    """What a person sees of a cell that shows a month or a year alone, and of a text; "" for any other."""
    match cell:
        case Month():
            return f"{cell.year}年{cell.month}月"
        case float() if FIRST_YEAR < cell < LAST_YEAR and not cell.is_integer():
            return f"{parse_day(cell):%Y年%m月}"
        case str() | Year():
            return without_blanks(str(cell)).replace("月份", "月")
    return ""


def _day(cell: Cell, latest: date | None) -> Parsed:
    if isinstance(cell, Month):
        found = _written_day(_as_text(cell), latest)
        if cell.day == 1:
            return found
        kept = f"单元格只显示到月，存的是 {cell.isoformat()}，按 {found.value} 读取"
        return Parsed(found.value, "FORMAT", kept)
    if isinstance(cell, str | Year):
        cell = str(cell)
        return _written_day(cell, latest)
    if isinstance(cell, bool | Number | Uncomputed) or cell is None:
        raise unclear(f"“{cell_text(cell)}”不是日期，请写成“2026-03-05”“2026.3.5”或“2026年3月”")
    if isinstance(cell, int) and len(str(cell)) == len("20260305"):
        return Parsed(parse_day(str(cell), latest))
    return Parsed(parse_day(cell, latest))


def _written_day(cell: str, latest: date | None) -> Parsed:
    """2026.1 as text may be 2026.10 that Excel once took for a number, so it is parsed as one."""
    typed = without_blanks(cell).replace("月份", "月")
    if JANUARY_OR_OCTOBER.fullmatch(typed):
        return Parsed(parse_day(float(typed), latest))
    plain = ABOUT.sub("", typed)
    if not MONTH.fullmatch(plain):
        return Parsed(parse_day(cell, latest))
    day = parse_day(plain, latest)
    if plain == typed:
        return Parsed(day)
    return Parsed(day, "ESTIMATE", f"“{cell.strip()}”按 {day} 读取，定下后请改成确切日期")


def _days(cell: Cell, latest: date | None) -> Parsed:
    """Days with labels, or else in the order of STEPS."""
    if not isinstance(cell, str):
        return Parsed((_day(cell, latest).value, None, None))
    text = half_width(cell)
    named = {label.replace("完工", "竣工"): when for label, when in LABELLED.findall(text)}
    parts = [named.get(step, "") for step in STEPS] if named else _in_order(text)
    if len(parts) > len(STEPS):
        raise unclear(f"“{text}”里有 {len(parts)} 个时间。请写成“开工2026.11；竣工2027.10”这样")
    days = [Parsed(None) if is_blank(part) else _day(part, latest) for part in parts]
    doubt = next((day for day in days if day.doubt), Parsed(None))
    days += [Parsed(None)] * (len(STEPS) - len(days))
    return Parsed(tuple(day.value for day in days), doubt.code, doubt.doubt)


def _in_order(text: str) -> list[str]:
    parts = [part.strip() for part in BETWEEN.split(text) if part.strip()]
    if len(parts) == 1 and text.count("/") in (1, 2) and not WITH_SLASHES.fullmatch(text):
        return [part.strip() for part in text.split("/")]
    return parts
