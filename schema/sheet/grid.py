"""A grid: the cells of one sheet with what a person sees of it, and the limits of what is read."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import NamedTuple


class Number(NamedTuple):
    """A number whose format says more than its digits: a unit, a percentage, a scale, leading zeros.

    `formats.seen` gives what a person sees of it.
    """

    value: int | float
    format: str


class Month(date):
    """A day in a cell whose format shows its month alone: a person sees the month."""

    def __str__(self) -> str:
        return f"{self.year}-{self.month:02}"


class Year(date):
    """A day in a cell whose format shows its year alone."""

    def __str__(self) -> str:
        return f"{self.year}年"


class Uncomputed(NamedTuple):
    """A formula without a kept value, as programs write it that compute nothing."""

    formula: str = ""

    def __str__(self) -> str:
        return f"公式（没有数值）{self.formula}"


Cell = str | int | float | bool | date | datetime | Number | Uncomputed | None
"""A cell: blank is None, an error value is its text such as `#DIV/0!`."""


class Merged(NamedTuple):
    """A merged range, zero-based, both ends included. Only its top left cell has content."""

    top: int
    left: int
    bottom: int
    right: int


@dataclass(frozen=True, slots=True)
class Grid:
    """One sheet. Row 0 is row 1 of the sheet; rows end at their last filled cell.

    `template` is the custom property of that name, "" without one. `hidden` says that the sheet is;
    `hidden_rows` and `hidden_columns` are zero-based, `filtered_rows` those that a filter hides, which
    are not among the hidden. `formulas` are the columns with one, by row. Serials count from 1904
    with `date1904`. `too_large` is set for a hidden sheet that was not read for its size. `mended` are
    cells, by row and column, that people have changed since: none of a merged area any more.
    `conditional` are number formats that a condition may give to the cells of an area,
    `day_formats` those of days that show other than year, month and day, by row and column.
    """

    name: str
    rows: Sequence[Sequence[Cell]]
    merged: Sequence[Merged] = ()
    template: str = ""
    hidden: bool = False
    hidden_rows: frozenset[int] = frozenset()
    filtered_rows: frozenset[int] = frozenset()
    hidden_columns: frozenset[int] = frozenset()
    formulas: Mapping[int, Sequence[int]] = field(default_factory=dict)
    date1904: bool = False
    too_large: bool = False
    mended: frozenset[tuple[int, int]] = frozenset()
    conditional: Sequence[tuple[Merged, str]] = ()
    day_formats: Mapping[tuple[int, int], str] = field(default_factory=dict)

    def cell(self, row: int, column: int) -> Cell:
        """The cell at zero-based row and column. Beyond the edge everything is blank."""
        if row < len(self.rows) and column < len(self.rows[row]):
            return self.rows[row][column]
        return None

    def conditional_formats(self, row: int, column: int) -> list[str]:
        """The codes of the number formats that a condition may give to a cell; none of a changed one."""
        if not self.conditional or (row, column) in self.mended:
            return []
        return [
            code
            for (top, left, bottom, right), code in self.conditional
            if left <= column <= right and top <= row <= bottom
        ]

    @property
    def width(self) -> int:
        return max(map(len, self.rows), default=0)


@dataclass(frozen=True, slots=True)
class Limits:
    """How large an uploaded file may be. Sizes in bytes, measured and not taken from the file."""

    file: int = 20 * 2**20
    unpacked: int = 100 * 2**20
    entries: int = 300
    rows: int = 20_000
    columns: int = 200
    text: int = 48 * 2**20
    memory: int = 512 * 2**20
    seconds: int = 10


LIMITS = Limits()


def column_letter(column: int) -> str:
    """The letters of a zero-based column.

    >>> column_letter(0), column_letter(25), column_letter(26), column_letter(16383)
    ('A', 'Z', 'AA', 'XFD')
    """
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters
