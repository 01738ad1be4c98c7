"""Cells as a person sees them: numbers whose format says more, and serials of 1904 workbooks.

An amount under a format is read as it is shown where the format gives its unit. Where a format only
scales, hides or makes a percentage of a number, what is shown and what is kept are two amounts, and the
cell is refused with both.
"""

import re
from collections.abc import Callable, Iterator
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from schema.city.rules import RuleBroken, format_money
from schema.ledger.rules.cell import (
    AS_EXCEL_SHOWS,
    AS_TEXT,
    Column,
    FieldKind,
    Parsed,
    Parser,
    cell_text,
    unclear,
)
from schema.sheet import Cell, Number
from schema.sheet.formats import SILENT, WIDE, Seen, is_date, is_scientific, seen
from schema.sheet.shown_days import says_another_day, shown_day

NUMBERED = re.compile("编号|编码|代码")
AS_DAY = "请把单元格设为日期格式，写成“2026-03-05”"
DIGITS_KEPT = 10**15
DAYS_TO_1904 = 1462
LAST_YEAR = 2101
LONGEST_CODE = 40
LONGEST_QUOTED = 60
COMPACT_DAY = 10**7
OWN_MONEY = re.compile(r"人民币|RMB|CNY|[¥￥.]", re.IGNORECASE)
EXPONENT = re.compile(r"\d+(?:\.\d+)?E[+-]?\d+")
NUMBER = re.compile(r"\d+\.\d+")
MEASURE = re.compile(r"k?m[2²]", re.IGNORECASE)
DIGIT = re.compile(r"[\d\u2070-\u209f\u2460-\u249b²³¹零〇一二三四五六七八九十]")
"""A digit that a format writes beside those of the number, so that it is seen as another number."""
DECIMALS = (10, 6, 5, 2)
"""The digits behind the point that are worth a fen, from 亿 to 元."""
PLAIN = "请把单元格格式改为“常规”，按表头的单位填写"
WITH_UNIT = {"金额": "或写成“12.5亿”这样", "面积": "或写成“100亩”这样"}


def as_kept(cell: Cell, kind: FieldKind, date1904: bool) -> Cell:
    """A cell as the parser of its kind takes it.

    Texts and days are what is seen of a number; a number of more digits than a workbook keeps stays one.
    Raises RuleBroken (INVALID) for one that a format scales without a unit.
    """
    if isinstance(cell, Number) and not kind.is_amount:
        cell = _text_or_number(cell, kind)
    if date1904 and kind.is_day and _is_serial(cell):
        assert isinstance(cell, int | float)
        return cell + DAYS_TO_1904
    return cell


def shown_otherwise(cell: Cell, kind: FieldKind) -> str:
    """The doubt about a telephone number of which a person sees an exponent, "" where there is none."""
    if isinstance(cell, Number) and kind.is_phone and is_scientific(cell.format):
        return f"单元格以科学计数显示为“{seen(*cell).text}”，按存的数 {cell_text(cell.value)} 读取"
    return ""


def as_shown(cell: Number, column: Column, parse: Parser, what: str) -> Parsed:
    """An amount or area under a format that says more, `parse`d as it is shown.

    `what` is 金额 or 面积. Raises RuleBroken (INVALID) with what is shown and what is kept.
    """
    shown = seen(*cell)
    digits = DIGIT.search(MEASURE.sub("", shown.words))
    if not cell.value and not digits:
        return parse(cell.value, column)
    kept = f"存的数是 {_short(cell_text(cell.value))}"
    instead = f"{PLAIN}，{WITH_UNIT[what]}"
    if not shown.text:
        raise unclear(f"单元格的格式使这个数显示不出来，{kept}。{instead}")
    quoted = f"单元格显示为“{_short(shown.text)}”，{kept}"
    if shown.exact is None or digits:
        raise unclear(f"{quoted}，看不出是多少{what}。{instead}")
    if "%" in shown.exact:
        raise unclear(f"{quoted}，是百分比，不是{what}。{instead}")
    own = _has_unit(shown)
    if shown.factor != 1 and not own:
        by_show, by_kept = _amount(parse, shown.exact, column), _amount(parse, cell.value, column)
        raise unclear(
            f"{quoted}：按显示是 {by_show}，按存的数是 {by_kept}，看不出哪个对。{instead}"
        )
    if not own and not column.unit:
        raise unclear(f"{quoted}，没有单位。{instead}")
    try:
        found = _parse(shown.exact, column, parse)
    except RuleBroken as broken:
        raise unclear(f"{quoted}。{broken.message}") from None
    if not own or found.code == "ESTIMATE" or not column.unit:
        return found
    if _value(parse, cell.value, column) == found.value:
        return found
    doubt = f"{quoted}，按显示读取为 {_words(found.value)}，没有按表头的“{column.unit}”读取"
    return Parsed(found.value, "FORMAT", doubt)


def day_as_shown(cell: date, code: str, kind: FieldKind, title: str) -> Cell:
    """A cell that is kept as a day, as its column takes it: a day, or in a text what is shown of it.

    `code` is its format where that shows other than year, month and day, or "". Raises RuleBroken (INVALID)
    for a code or number, of which a workbook has made a day, and where another day is shown.
    """
    shown = (code and shown_day(cell, code)) or cell_text(cell)
    if kind.has_letters or kind.takes_numbers or NUMBERED.search(title):
        raise unclear(
            f"单元格显示为“{shown}”，Excel 把它当成了日期（{cell_text(cell)}）。{AS_TEXT}"
        )
    if kind.is_day and code and says_another_day(code):
        raise unclear(
            f"单元格显示为“{shown}”，存的日期是 {cell_text(cell)}，看不出哪个对。{AS_DAY}"
        )
    return shown if kind.is_free else cell


def by_condition(cell: Cell, code: str) -> str:
    """The doubt about a number or day that a condition shows under the format `code`.

    Whether the condition holds is not computed. Raises RuleBroken (INVALID) where the format would give
    the number a unit, scale it, make it a percentage, or not show it.
    """
    quoted = f"条件格式会把单元格改用格式“{code[:LONGEST_CODE]}”显示"
    if isinstance(cell, date):
        return f"{quoted}，按存的日期 {cell_text(cell)} 读取，请核对"
    value = cell.value if isinstance(cell, Number) else cell
    if isinstance(value, bool) or not isinstance(value, int | float):
        return ""
    kept = f"存的数是 {cell_text(value)}"
    if not is_date(code):
        shown = seen(value or 1, code)
        if shown.exact is None or shown.factor != 1 or "%" in shown.exact or _has_unit(shown):
            by_show = f"（“{seen(value, code).text}”）" if value else ""
            raise unclear(
                f"{quoted}{by_show}，{kept}，看不出哪个对。请删去这一列的条件格式后再上传"
            )
    return f"{quoted}，{kept}，按没有条件格式读取，请核对"


def _short(text: str) -> str:
    return text if len(text) <= LONGEST_QUOTED else f"{text[:LONGEST_QUOTED]}…"


def says_unit(cell: Number) -> bool:
    """Whether a format says more of a number than that it is money of the city's own, as 亿元 does."""
    return _has_unit(seen(*cell))


def _text_or_number(cell: Number, kind: FieldKind) -> Cell:
    if kind.takes_numbers or abs(cell.value) >= DIGITS_KEPT:
        return cell.value
    shown = seen(*cell)
    if is_scientific(cell.format) and (kind.has_letters or _is_rounded(cell, kind)):
        kept = cell_text(cell.value)
        raise unclear(
            f"单元格以科学计数显示为“{shown.text}”，存的数是 {kept}，原来的写法已丢失。{AS_TEXT}"
        )
    if kind.is_day and (is_scientific(cell.format) or (shown.exact is None and not shown.words)):
        raise unclear(f"单元格显示为“{_short(shown.text)}”，不是日期。{AS_DAY}")
    if kind.is_day and not shown.words and shown.factor == 1:
        return cell.value
    if shown.exact and "%" not in shown.exact and shown.factor != 1 and not _has_unit(shown):
        kept = cell_text(cell.value)
        raise unclear(f"单元格显示为“{shown.text}”，存的数是 {kept}，看不出哪个对。{PLAIN}")
    return cell_text(cell)


def _is_rounded(cell: Number, kind: FieldKind) -> bool:
    """Whether a telephone number has no more digits than its exponent shows: 1.38E+10 and no other."""
    kept = AS_EXCEL_SHOWS.create_decimal(repr(cell.value))
    shown = EXPONENT.search(seen(*cell).text)
    return kind.is_phone and bool(shown) and kept == Decimal(shown[0] if shown else 0)


def _is_serial(cell: Cell) -> bool:
    """Whether a number in a column of days is a serial, and not 2026.3 or 20260305."""
    is_number = isinstance(cell, int | float) and not isinstance(cell, bool)
    return is_number and LAST_YEAR < cell < COMPACT_DAY  # type: ignore[operator]


def _has_unit(shown: Seen) -> bool:
    """Whether a format says more than that the money is the city's own."""
    return bool(set(OWN_MONEY.sub("", shown.words)) - SILENT)


def _parse(exact: str, column: Column, parse: Parser) -> Parsed:
    """The amount with all its digits, or rounded to a fen as a number in a cell is."""
    tried = list(_roundings(exact))
    for number, text in enumerate(tried):
        try:
            found = parse(text, column)
        except RuleBroken:
            if number == len(tried) - 1:
                break
            continue
        return found
    return parse(exact, column)


def _roundings(exact: str) -> Iterator[str]:
    yield exact
    if match := NUMBER.search(exact):
        for decimals in DECIMALS:
            places = Decimal(1).scaleb(-decimals)
            rounded = Decimal(match[0]).quantize(places, ROUND_HALF_UP, WIDE)
            yield exact.replace(match[0], f"{rounded:f}".rstrip("0").rstrip("."), 1)


def _value(parse: Callable[[Cell, Column], Parsed], cell: Cell, column: Column) -> object:
    try:
        return parse(cell, column).value
    except RuleBroken:
        return None


def _amount(parse: Callable[[Cell, Column], Parsed], cell: Cell, column: Column) -> str:
    """What a cell would be read as, in words."""
    value = _value(parse, cell, column)
    return "读不出来" if value is None else _words(value)


def _words(value: object) -> str:
    return format_money(value) if isinstance(value, int) else f"{value} 亩"
