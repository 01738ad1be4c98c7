"""Write a workbook row by row, so that memory does not grow with the list."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from io import BytesIO
from typing import Any

from schema.sheet.grid import Merged, Month, Number, Year, column_letter

# Constant, so that the same list gives the same bytes.
CREATED = datetime(2026, 1, 1, tzinfo=UTC)
LONGEST_TEXT = 32_767
EXACT = 10**15
MOST_COMMENTS = 3_000
LARGEST_MERGE = 10_000
OPTIONS = "选项"

FONT = {"font_name": "微软雅黑", "font_size": 10, "valign": "vcenter"}
HEAD = FONT | {"bold": True, "bg_color": "#EDF2F7", "border": 1, "border_color": "#7C8896"}
HEAD |= {"align": "center", "text_wrap": True}
WRONG = {"bg_color": "#FEF1F0", "font_color": "#B42318", "border": 1, "border_color": "#B42318"}
STYLES: Mapping[str, Mapping[str, object]] = {
    "": FONT,
    "whole": FONT | {"num_format": "#,##0"},
    "fraction": FONT | {"num_format": "#,##0.00####"},
    "day": FONT | {"num_format": "yyyy-mm-dd", "align": "left"},
    "month": FONT | {"num_format": "yyyy-mm", "align": "left"},
    "year": FONT | {"num_format": "yyyy", "align": "left"},
    "moment": FONT | {"num_format": "yyyy-mm-dd hh:mm", "align": "left"},
    "head": HEAD,
    "must": HEAD | {"font_color": "#B42318"},
    "caption": FONT | {"bold": True, "font_size": 14},
    "hint": FONT | {"font_size": 9, "font_color": "#5F6B7A", "text_wrap": True, "valign": "top"},
}


class Book:
    """A workbook. Texts never become formulas or links."""

    def __init__(self, template: str = "") -> None:
        import xlsxwriter  # type: ignore[import-untyped]  # 10 MB that a reader never needs

        self._bytes = BytesIO()
        options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
        self.file = xlsxwriter.Workbook(self._bytes, options)
        self.file.set_properties({"created": CREATED})
        self._formats: dict[tuple[str, bool, str], Any] = {}
        self._options: Page | None = None
        self._option_count = 0
        if template:
            self.file.set_custom_property("template", template)

    def page(self, name: str) -> "Page":
        for mark in "[]:*?/\\":
            name = name.replace(mark, "")
        return Page(self, self.file.add_worksheet(name.strip("'")[:31] or None))

    def format(self, style: str, wrong: bool, number_format: str = "") -> Any:
        key = style, wrong, number_format
        if key not in self._formats:
            look = {**STYLES[style], **(WRONG if wrong else {})}
            if number_format:
                look["num_format"] = number_format
            self._formats[key] = self.file.add_format(look)
        return self._formats[key]

    def options(self, choices: Sequence[str]) -> str:
        """Write a list of choices to a hidden page and return the reference of its row.

        A list inside a validation is limited to 255 characters.
        """
        if self._options is None:
            self._options = self.page(OPTIONS)
            self._options.sheet.hide()
        self._options.line(self._option_count, choices, [""] * len(choices))
        self._option_count += 1
        row, last = self._option_count, column_letter(len(choices) - 1)
        return f"={OPTIONS}!$A${row}:${last}${row}"

    def bytes(self) -> bytes:
        self.file.close()
        return self._bytes.getvalue()


class Page:
    """One sheet. Rows are written from top to bottom and cannot be changed afterwards."""

    def __init__(self, book: Book, sheet: Any) -> None:
        self.book = book
        self.sheet = sheet
        self._merged: set[tuple[int, int]] = set()
        self._comments = 0

    def line(
        self,
        row: int,
        values: Iterable[object],
        styles: Sequence[str],
        wrong: Mapping[int, str] | None = None,
    ) -> None:
        """Write a row. Style "grouped" is for numbers with a unit, "" for anything."""
        missing = wrong or {}
        for column, value in enumerate(values):
            style = styles[column] if column < len(styles) else ""
            self._put(row, column, value, style, column in missing)
        for column, message in missing.items():
            self._comment(row, column, message)

    def merge(self, merged: Merged) -> None:
        """Merge a range whose first cell is written, unless it overlaps another or is too large.

        `merge_range` would also write the other cells, in rows that are already flushed. Excel
        reports a file with overlapping ranges as damaged.
        """
        rows = range(merged.top, merged.bottom + 1)
        columns = range(merged.left, merged.right + 1)
        if not 1 < len(rows) * len(columns) <= LARGEST_MERGE:
            return
        cells = {(row, column) for row in rows for column in columns}
        if self._merged.isdisjoint(cells):
            self._merged |= cells
            self.sheet.merge.append([merged.top, merged.left, merged.bottom, merged.right])

    def choices(self, column: int, rows: range, choices: Sequence[str]) -> None:
        check = {
            "validate": "list",
            "source": self.book.options(choices),
            "error_title": "请从名单中选择",
            "error_message": "请点单元格右侧的箭头选择",
            "error_type": "warning",
        }
        self.sheet.data_validation(rows.start, column, rows.stop, column, check)

    def width(self, column: int, characters: int, hidden: bool = False) -> None:
        self.sheet.set_column(column, column, characters, None, {"hidden": hidden})

    def hide_row(self, row: int) -> None:
        """Hide a row; before it is written."""
        self.sheet.set_row(row, None, None, {"hidden": True})

    def height(self, row: int, points: int) -> None:
        self.sheet.set_row(row, points)

    def freeze(self, rows: int) -> None:
        self.sheet.freeze_panes(rows, 0)

    def _put(self, row: int, column: int, value: Any, style: str, wrong: bool) -> None:
        sheet = self.sheet
        match value:
            case datetime():
                sheet.write_datetime(row, column, value, self.book.format("moment", wrong))
            case Month():
                sheet.write_datetime(row, column, value, self.book.format("month", wrong))
            case Year():
                sheet.write_datetime(row, column, value, self.book.format("year", wrong))
            case date():
                sheet.write_datetime(row, column, value, self.book.format("day", wrong))
            case Number(amount, code) if -EXACT < amount < EXACT:
                sheet.write_number(row, column, amount, self.book.format("", wrong, code))
            case int() | float() | Decimal() as amount if -EXACT < amount < EXACT:
                if style == "grouped":
                    style = "whole" if amount == int(amount) else "fraction"
                sheet.write_number(row, column, amount, self.book.format(style, wrong))
            case None | "" if not wrong and style in ("", "grouped"):
                return
            case None | "":
                sheet.write_blank(row, column, None, self._look(style, wrong))
            case _:
                sheet.write_string(row, column, str(value)[:LONGEST_TEXT], self._look(style, wrong))

    def _look(self, style: str, wrong: bool) -> Any:
        return self.book.format("" if style == "grouped" else style, wrong)

    def _comment(self, row: int, column: int, message: str) -> None:
        self._comments += 1
        if self._comments <= MOST_COMMENTS:
            self.sheet.write_comment(row, column, message, {"x_scale": 2, "author": "校验"})
