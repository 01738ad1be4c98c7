"""A cell before parsing: whether it is blank, its text, and what a parser takes and returns."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Context
from functools import lru_cache
from typing import Any

from schema.city.rules import RuleBroken
from schema.city.rules.text import half_width
from schema.sheet import Cell, Number, Uncomputed
from schema.sheet.formats import pads, seen

AS_TEXT = "请把单元格设为文本格式后重新填写"
LONGEST_PLACEHOLDER = 12
PLACEHOLDERS = re.compile(
    r"[\s/\\—–―－\-_.。…×*]*|无|暂无|没有|待定|未定|待填|未填|不详|空|n/?a|null|none", re.IGNORECASE
)
ERROR_VALUES = re.compile(
    r"#(?:REF!|N/A|VALUE!|DIV/0!|NAME\?|NULL!|NUM!|GETTING_DATA|SPILL!|CALC!)", re.IGNORECASE
)
BLANKS = re.compile(r"\s")
SCIENTIFIC = re.compile(r"\d(?:\.\d+)?E\+\d+", re.IGNORECASE)
DIGITS_KEPT = 15
# Excel shows 15 digits of a number and keeps a few more bits, which nobody typed.
AS_EXCEL_SHOWS = Context(prec=15)


@dataclass(frozen=True, slots=True)
class Parsed:
    """The value of a cell; `code` and `doubt` are an issue's code and message when it is doubtful."""

    value: object
    code: str = ""
    doubt: str = ""


@dataclass(frozen=True, slots=True)
class Column:
    """What a parser knows besides the cell. `limit` is in characters."""

    title: str
    unit: str
    limit: int
    today: date


Parser = Callable[[Cell, Column], Parsed]


@dataclass(frozen=True, slots=True)
class FieldKind:
    """What is known of a kind of field beside the cell. `parser` reads it; `code` is an issue's where it
    cannot.

    `is_day`: a number may be a serial, which a 1904 workbook counts from another day. `is_amount`: the
    parser weighs what a format shows against what is kept, and a merged cell must not count twice.
    `is_phone`: an exponent may be all that is seen of a telephone number. `has_letters`: a letter E in
    it may have become an exponent. `takes_numbers`: the parser itself says what is wrong with a number.
    `is_free`: any words will do, so two visible columns that differ are no question. `choices` are the
    words of a kind that has a list of them, with their meanings.
    """

    parser: Parser
    code: str
    is_day: bool = False
    is_amount: bool = False
    is_phone: bool = False
    has_letters: bool = False
    takes_numbers: bool = False
    is_free: bool = False
    choices: Mapping[str, Any] = field(default_factory=dict)


def is_blank(cell: Cell) -> bool:
    """Whether a cell holds nothing, blanks, or a placeholder such as a dash, 无 or 待定."""
    if not isinstance(cell, str):
        return cell is None
    return len(cell) <= LONGEST_PLACEHOLDER and _is_placeholder(cell)


def is_error_value(cell: Cell) -> bool:
    """Whether a cell holds an error value of Excel, such as #REF!."""
    return isinstance(cell, str) and "#" in cell and bool(ERROR_VALUES.fullmatch(cell.strip()))


def is_uncomputed(cell: Cell) -> bool:
    """Whether a cell holds a formula without a value."""
    return isinstance(cell, Uncomputed)


def cell_text(cell: Cell) -> str:
    """A cell as text: whole numbers without a point, dates by ISO 8601, a `Number` as it is seen."""
    match cell:
        case None:
            return ""
        case bool():
            return "是" if cell else "否"
        case float():
            return f"{AS_EXCEL_SHOWS.create_decimal(repr(cell)).normalize():f}"
        case datetime():
            return f"{cell:%Y-%m-%d}" if cell.time() == time() else f"{cell:%Y-%m-%d %H:%M}"
        case Number():
            shown = seen(*cell)
            rounded = not cell.value or shown.exact is None or pads(cell.format)
            return shown.text if rounded else shown.exact or ""
    return str(cell)


def without_blanks(cell: Cell) -> str:
    """A cell as half-width text without any blanks."""
    return BLANKS.sub("", half_width(cell_text(cell)))


def has_lost_digits(cell: Cell) -> bool:
    """Whether a cell is a number of more digits than Excel keeps, or the text that it shows of one."""
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        return bool(abs(cell) >= 10**DIGITS_KEPT)
    return isinstance(cell, str) and bool(SCIENTIFIC.fullmatch(cell.strip()))


def unclear(message: str) -> RuleBroken:
    """The error (INVALID) for a cell that cannot be parsed; the caller adds the position."""
    return RuleBroken(message, code="INVALID")


@lru_cache(maxsize=4096)
def _is_placeholder(text: str) -> bool:
    return bool(PLACEHOLDERS.fullmatch(half_width(text)))
