"""A sheet while it is read in the bounded process: its cells, and what a person sees of it."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from math import isfinite

from schema.sheet.formats import LONGEST_FORMAT, finest, is_date, says_more
from schema.sheet.grid import Limits, Month, Year
from schema.sheet.shown_days import hides_part

WHOLE = 2**53
COARSE = {"month": Month, "year": Year}
DAY_0 = {False: datetime(1899, 12, 30), True: datetime(1904, 1, 1)}  # noqa: DTZ001
FALSE_LEAP_DAY = 60
LAST_SERIAL = 2_958_465
LONGEST_FORMULA = 60
MOST_CONDITIONS = 200
PLAIN, DAY, MORE = range(3)


class BrokenError(Exception):
    """A workbook that cannot be read."""


@dataclass(slots=True)
class CellFormat:
    """The number format of a cell and what it makes of a number."""

    code: str
    kind: int

    @classmethod
    def of(cls, code: str) -> "CellFormat":
        kind = DAY if is_date(code) else MORE if says_more(code) else PLAIN
        return cls(code, kind)


@dataclass(slots=True)
class SheetBuffer:
    """A sheet. `bottom` and `right` are the largest row and column with a value, -1 without one.

    What lies beyond the limits is measured and not kept. `recalculates` says that the workbook is to
    be computed when it is opened. `zeros` are formulas that hold 0, `empties` those of an .xls that hold
    an empty text: where no formula of the sheet holds anything else, nothing was computed.
    """

    name: str
    hidden: bool
    limits: Limits
    date1904: bool = False
    recalculates: bool = False
    rows: dict[int, list[object]] = field(default_factory=dict)
    merged: list[list[int]] = field(default_factory=list)
    unseen_rows: set[int] = field(default_factory=set)
    filters: list[tuple[int, int]] = field(default_factory=list)
    hidden_columns: set[int] = field(default_factory=set)
    formulas: dict[int, list[int]] = field(default_factory=dict)
    bottom: int = -1
    right: int = -1
    conditional: list[tuple[tuple[int, int, int, int], str]] = field(default_factory=list)
    day_formats: dict[str, list[int]] = field(default_factory=dict)
    zeros: list[tuple[int, int, str]] = field(default_factory=list)
    empties: list[tuple[int, int, str]] = field(default_factory=list)
    computed: bool = False
    _everywhere: set[str] = field(default_factory=set)

    def put(self, row: int, column: int, value: object) -> None:
        """Keep a cell that is not blank."""
        if row > self.bottom:
            self.bottom = row
        if column > self.right:
            self.right = column
        if row >= self.limits.rows or column >= self.limits.columns:
            return
        line = self.rows.setdefault(row, [])
        short = column - len(line)
        if short == 0:
            line.append(value)
        elif short > 0:
            line += [None] * short
            line.append(value)
        else:
            line[column] = value

    def number(self, value: float, cell_format: CellFormat | None) -> object:
        """A number as its format means it: a day, a number that says more, or a plain number."""
        if not isfinite(value):
            return None
        if (
            cell_format
            and cell_format.kind == DAY
            and (day := from_serial(value, self.date1904)) is not None
        ):
            return as_seen(day, cell_format)
        whole = int(value) if value.is_integer() and abs(value) < WHOLE else value
        if cell_format and cell_format.kind == MORE:
            return {"number": whole, "format": cell_format.code}
        return whole

    def keep_format(
        self, row: int, column: int, value: object, cell_format: CellFormat | None
    ) -> None:
        """Keep the format of a day that shows other than year, month and day."""
        if (
            cell_format
            and cell_format.kind == DAY
            and isinstance(value, date)
            and hides_part(cell_format.code)
        ):
            self.day_formats.setdefault(cell_format.code, []).extend((row, column))

    def put_formula(self, row: int, column: int, value: object, formula: str) -> None:
        """Keep a cell with a formula; None is the value of one that has none."""
        if row < self.limits.rows and column < self.limits.columns:
            self.formulas.setdefault(row, []).append(column)
        if value is None:
            value = uncomputed(formula)
        elif value == 0 or (isinstance(value, dict) and value.get("number") == 0):
            self.zeros.append((row, column, formula))
        else:
            self.computed = True
        if value != "":
            self.put(row, column, value)

    def put_empty_formula(self, row: int, column: int) -> None:
        """Keep a formula of an .xls whose value is an empty text, as programs write it that compute nothing."""
        if row < self.limits.rows and column < self.limits.columns:
            self.formulas.setdefault(row, []).append(column)
            self.empties.append((row, column, ""))

    def filter_rows(self, top: int, bottom: int) -> None:
        """A filter with a criterion over these rows."""
        self.filters.append((top, bottom))

    def format_by_condition(
        self, areas: Sequence[tuple[int, int, int, int]], codes: Iterable[str]
    ) -> None:
        """Number formats that a condition gives to areas; from MOST_CONDITIONS on, to the whole sheet."""
        for code in dict.fromkeys(code[:LONGEST_FORMAT] for code in codes if code):
            room = max(MOST_CONDITIONS - len(self.conditional), 0)
            self.conditional += [(corners, code) for corners in areas[:room]]
            if len(areas) > room and code not in self._everywhere:
                self._everywhere.add(code)
                whole = 0, 0, self.limits.rows, self.limits.columns
                self.conditional.append((whole, code))
        if len(self._everywhere) > MOST_CONDITIONS:
            raise BrokenError

    def lines(self) -> Iterator[object]:
        """The sheet as JSON: what is known of it, then its rows; `{"refused"}` beyond the limits."""
        beyond = self.bottom >= self.limits.rows or self.right >= self.limits.columns
        if beyond and not self.hidden:
            rows = self.bottom >= self.limits.rows
            size = (self.bottom if rows else self.right) + 1
            yield {"refused": "ROWS" if rows else "COLUMNS", "sheet": self.name, "size": size}
            return
        if not self.computed:
            for row, column, formula in self.empties + (self.zeros if self.recalculates else []):
                self.put(row, column, uncomputed(formula))
        filtered = {row for row in self.unseen_rows if self._is_filtered(row)}
        yield {
            "sheet": self.name,
            "hidden": self.hidden,
            "merged": [] if beyond else list(self._disjoint()),
            "hiddenRows": sorted(self.unseen_rows - filtered),
            "filteredRows": sorted(filtered),
            "hiddenColumns": sorted(self.hidden_columns),
            "formulas": {} if beyond else self.formulas,
            "date1904": self.date1904,
            "tooLarge": beyond,
            "conditional": self.conditional,
            "dayFormats": {} if beyond else self.day_formats,
        }
        if not beyond:
            yield from self._rows()

    def hide_columns(self, first: int, last: int) -> None:
        self.hidden_columns.update(range(first, min(last + 1, self.limits.columns)))

    def hide_row(self, row: int) -> None:
        if row < self.limits.rows:
            self.unseen_rows.add(row)

    def _disjoint(self) -> Iterator[list[int]]:
        """The merged ranges that have a cell with a value among them, down to the last row.

        Ranges do not overlap; one that overlaps another is dropped, as spreadsheets do on repairing it.
        """
        width, height = self.right + 1, self.bottom + 1
        taken = bytearray(width * height)
        left_to_do = 2 * len(taken)
        for top, left, bottom, right in self.merged:
            bottom, end = min(bottom, self.bottom), min(right + 1, width)
            rows = range(top, bottom + 1)
            left_to_do -= len(rows)
            if not rows or left >= end or left_to_do < 0:
                continue
            starts = [row * width for row in rows]
            if any(any(taken[at + left : at + end]) for at in starts):
                continue
            for at in starts:
                taken[at + left : at + end] = b"\1" * (end - left)
            yield [top, left, bottom, right]

    def _rows(self) -> Iterator[list[object]]:
        for number in range(self.bottom + 1):
            line = self.rows.pop(number, [])
            while line and line[-1] is None:
                line.pop()
            yield line

    def _is_filtered(self, row: int) -> bool:
        return any(top <= row <= bottom for top, bottom in self.filters)


def uncomputed(formula: str) -> dict[str, str]:
    """The JSON of a formula without a value."""
    return {"formula": formula[:LONGEST_FORMULA]}


def as_seen(day: date, cell_format: CellFormat | None) -> date:
    """A day as the format of its cell shows it: whole, or its month or year alone."""
    coarse = None
    if cell_format and cell_format.kind == DAY:
        coarse = COARSE.get(finest(cell_format.code))
    return coarse(day.year, day.month, day.day) if coarse else day


def from_serial(serial: float, date1904: bool) -> date | datetime | None:
    """The day or moment of a serial; None for a time of day and for what is no day."""
    first = 0 if date1904 else 1
    last = LAST_SERIAL - (DAY_0[date1904] - DAY_0[False]).days
    if not first <= serial < last + 1 or (int(serial) == FALSE_LEAP_DAY and not date1904):
        return None
    if not date1904 and serial < FALSE_LEAP_DAY:
        serial += 1
    moment = DAY_0[date1904] + timedelta(days=int(serial), seconds=round(serial % 1 * 86400))
    return moment.date() if moment.time() == time() else moment


def all_lines(sheets: Iterable[SheetBuffer]) -> Iterator[object]:
    """The lines of several sheets, up to a refusal."""
    for sheet in sheets:
        for line in sheet.lines():
            yield line
            if isinstance(line, dict) and "refused" in line:
                return
