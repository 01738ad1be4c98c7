"""A cell before it is read: whether it says anything, how it is shown, what a reader answers."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Context
from functools import lru_cache

from schema.city.rules import RuleBroken
from schema.city.rules.text import half_width
from schema.sheet import Cell

LONGEST_NOTHING = 12
NOTHING = re.compile(
    r"[\s/\\—–―－\-_.。…×*]*|无|暂无|没有|待定|未定|待填|未填|不详|空|n/?a|null|none", re.IGNORECASE
)
FAULTS = re.compile(
    r"#(?:REF!|N/A|VALUE!|DIV/0!|NAME\?|NULL!|NUM!|GETTING_DATA|SPILL!|CALC!)", re.IGNORECASE
)
BLANKS = re.compile(r"\s")
# Excel shows 15 digits of a number and keeps a few more bits, which nobody typed.
AS_EXCEL_SHOWS = Context(prec=15)


@dataclass(frozen=True, slots=True)
class Said:
    """What a cell says: the value, and what about it should be looked at."""

    value: object
    code: str = ""
    doubt: str = ""


@dataclass(frozen=True, slots=True)
class Column:
    """What a reader knows besides the cell. `limit` is in characters."""

    title: str
    unit: str
    limit: int
    today: date


Reader = Callable[[Cell, Column], Said]


def is_blank(cell: Cell) -> bool:
    """Whether a cell says nothing: blanks, dashes, 无, 待定 and the like."""
    if not isinstance(cell, str):
        return cell is None
    return len(cell) <= LONGEST_NOTHING and _says_nothing(cell)


def is_fault(cell: Cell) -> bool:
    """Whether a cell shows an error of its formula, such as #REF!."""
    return isinstance(cell, str) and "#" in cell and bool(FAULTS.fullmatch(cell.strip()))


def shown(cell: Cell) -> str:
    """A cell as text: whole numbers without a point, days by ISO 8601."""
    match cell:
        case None:
            return ""
        case bool():
            return "是" if cell else "否"
        case float():
            return f"{AS_EXCEL_SHOWS.create_decimal(repr(cell)):f}"
        case datetime():
            return f"{cell:%Y-%m-%d}" if cell.time() == time() else f"{cell:%Y-%m-%d %H:%M}"
    return str(cell)


def without_blanks(cell: Cell) -> str:
    """A cell as half-width text without any blanks."""
    return BLANKS.sub("", half_width(shown(cell)))


def unclear(message: str) -> RuleBroken:
    """The refusal of a cell; its place is added by whoever knows it."""
    return RuleBroken(message, code="INVALID")


@lru_cache(maxsize=4096)
def _says_nothing(text: str) -> bool:
    return bool(NOTHING.fullmatch(half_width(text)))
