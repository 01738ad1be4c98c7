"""Write lists to files: .xlsx for printing, .csv that Excel opens in Chinese, .json.

Texts that could be taken for formulas are escaped. Moments are written in the city's time.
"""

import csv
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from io import StringIO
from itertools import groupby
from zoneinfo import ZoneInfo

from schema.sheet.book import Book, Page
from schema.sheet.formula_escape import escape_formula
from schema.sheet.grid import Cell, Grid, Merged, Number, Uncomputed

Value = Cell | Decimal
Wrong = Mapping[tuple[int, int], str]

CITY_TIME = ZoneInfo("Asia/Shanghai")
SPARE_ROWS = 1_000
WIDTHS = range(8, 41)
NO_ERRORS: Wrong = {}
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f]")


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a list: title and unit and, for templates, choices, hint and required mark.

    Neighbours with the same `group` share one merged heading. `key` names it in .json.
    A column with a unit shows its numbers in groups of three. `width` is in characters.
    """

    title: str
    key: str = ""
    unit: str = ""
    group: str = ""
    width: int = 0
    choices: Sequence[str] = ()
    hint: str = ""
    required: bool = False

    @property
    def heading(self) -> str:
        return f"{self.title}（{self.unit}）" if self.unit else self.title


def write_xlsx(
    columns: Sequence[Column],
    rows: Iterable[Sequence[Value]],
    *,
    sheet: str = "数据",
    caption: str = "",
    template: str = "",
    wrong: Wrong = NO_ERRORS,
) -> bytes:
    """A list as a workbook: a frozen header with units, choices, a row of hints if any.

    `template` becomes a custom property. `wrong` maps cells, by zero-based row of the list and
    column, to messages: they turn red, with the message as their comment.
    """
    book = Book(template)
    page = book.page(sheet)
    first = _write_head(page, columns, caption)
    wrong_by_row = _by_row(wrong)
    styles = ["grouped" if column.unit else "" for column in columns]
    last = first - 1
    for last, row in enumerate(rows, first):
        page.line(last, map(_plain, row), styles, wrong_by_row.get(last - first))
    for number, column in enumerate(columns):
        page.width(number, column.width or _width([column.heading]))
        if column.choices:
            page.choices(number, range(first, last + SPARE_ROWS), column.choices)
    return book.bytes()


def write_grid(grid: Grid, heading: range, wrong: Wrong = NO_ERRORS) -> bytes:
    """A grid unchanged, merged headings and notes included, with wrong cells red and commented.

    What is hidden stays so; a row that a filter hides is hidden.
    """
    book = Book(grid.template)
    page = book.page(grid.name)
    wrong_by_row = _by_row(wrong)
    for number, row in enumerate(grid.rows):
        style = "head" if number in heading else ""
        if number in grid.hidden_rows or number in grid.filtered_rows:
            page.hide_row(number)
        page.line(number, map(_plain, row), [style] * len(row), wrong_by_row.get(number))
    for merged in grid.merged:
        page.merge(merged)
    for column in range(grid.width):
        width = _width(grid.cell(row, column) for row in range(heading.start, 200))
        page.width(column, width, column in grid.hidden_columns)
    page.freeze(heading.stop)
    return book.bytes()


def write_csv(columns: Sequence[Column], rows: Iterable[Sequence[Value]]) -> bytes:
    """A list as delimited text: UTF-8 with byte order mark, CRLF, quotes by RFC 4180."""
    text = StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(escape_formula("/".join(filter(None, (c.group, c.heading)))) for c in columns)
    for row in rows:
        writer.writerow(map(_text, row))
    return b"\xef\xbb\xbf" + text.getvalue().encode()


def write_json(columns: Sequence[Column], rows: Iterable[Sequence[Value]]) -> bytes:
    """A list as an array of objects named by the columns' keys. Days and moments by ISO 8601."""
    keys = [column.key or column.heading for column in columns]
    objects = [dict(zip(keys, map(_json, row), strict=True)) for row in rows]
    return json.dumps(objects, ensure_ascii=False, indent=1).encode()


def _write_head(page: Page, columns: Sequence[Column], caption: str) -> int:
    """Write caption, merged headings, headings and hints, each if any; return the next row."""
    right = len(columns) - 1
    row = 0
    if caption:
        page.line(row, [escape_formula(caption)], ["caption"])
        page.merge(Merged(row, 0, row, right))
        row += 1
    styles = ["must" if column.required else "head" for column in columns]
    if any(column.group for column in columns):
        above = [""] * len(columns)
        for merged in _merged_heads(columns, row):
            first = columns[merged.left]
            above[merged.left] = first.group or first.heading
            page.merge(merged)
        page.line(row, map(escape_formula, above), styles)
        row += 1
        page.line(row, (escape_formula(c.heading) if c.group else "" for c in columns), styles)
    else:
        page.line(row, (escape_formula(column.heading) for column in columns), styles)
    row += 1
    page.freeze(row)
    if any(column.hint for column in columns):
        page.height(row, 60)
        page.line(row, [column.hint for column in columns], ["hint"] * len(columns))
        row += 1
    return row


def _merged_heads(columns: Sequence[Column], row: int) -> Iterator[Merged]:
    start = 0
    for group, members in groupby(columns, key=lambda column: column.group or id(column)):
        end = start + sum(1 for _ in members)
        yield Merged(row, start, row if isinstance(group, str) else row + 1, end - 1)
        start = end


def _by_row(wrong: Wrong) -> dict[int, dict[int, str]]:
    rows: dict[int, dict[int, str]] = {}
    for (row, column), message in wrong.items():
        rows.setdefault(row, {})[column] = message
    return rows


def _width(values: Iterable[Value]) -> int:
    """The width in characters for the longest value; a Chinese character takes two."""
    longest = max((len(_text(value).encode("gb18030")) for value in values), default=0)
    return max(WIDTHS.start, min(longest + 2, WIDTHS.stop - 1))


def _plain(value: Value) -> Value:
    """A value for a cell: moments without zone, texts escaped, booleans in Chinese."""
    match value:
        case bool():
            return "是" if value else "否"
        case str():
            return escape_formula(CONTROL.sub("", value))
        case datetime() if value.tzinfo:
            return value.astimezone(CITY_TIME).replace(tzinfo=None)
        case _:
            return value


def _text(value: Value) -> str:
    match _plain(value):
        case None:
            return ""
        case datetime() as moment:
            return moment.strftime("%Y-%m-%d %H:%M")
        case date() as day:
            return day.isoformat()
        case float() as number:
            return f"{Decimal(repr(number)):f}"
        case Decimal() as number:
            return f"{number:f}"
        case plain:
            return str(plain)


def _json(value: Value) -> str | int | float | bool | None:
    match value:
        case datetime() if value.tzinfo:
            return value.astimezone(CITY_TIME).isoformat()
        case datetime() | date():
            return value.isoformat()
        case Decimal():
            return int(value) if value == value.to_integral_value() else float(value)
        case Number():
            return value.value
        case Uncomputed():
            return str(value)
        case _:
            return value
