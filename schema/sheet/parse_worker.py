"""The program that parses an uploaded workbook in a bounded process: `workbook` starts it.

A workbook with one cell at XFD1048576 makes calamine ask for 512 GB and abort the whole process;
a long shared string that every cell refers to is multiplied without limit. Here that ends the child.

Standard input: the workbook. Arguments: rows, columns.
Standard output: JSON, a line each: for a sheet `{"sheet", "merged"}`, then its rows as lists;
a day is `{"day": "2026-03-01"}`, a moment `{"moment": …}`; `{"refused": CODE}` ends it.
"""

import json
import re
import sys
from collections.abc import Iterator
from datetime import date, datetime
from io import BytesIO
from math import isfinite
from xml.etree import ElementTree
from zipfile import BadZipFile, ZipFile

from python_calamine import (
    CalamineError,
    CalamineSheet,
    CalamineWorkbook,
    PasswordError,
    SheetTypeEnum,
    SheetVisibleEnum,
)

WHOLE = 2**53
ERROR_CELL = re.compile(
    rb'<c r="([A-Z]{1,3})([0-9]{1,7})"[^>]* t="e"[^>]*>'
    rb"(?:<f[^>]*/>|<f[^>]*>[^<]*</f>)?<v>([^<]{1,20})<"
)
RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"


def main(rows: int, columns: int) -> None:
    """Parse standard input, write lines of JSON."""
    data = sys.stdin.buffer.read()
    try:
        for line in sheets(data, rows, columns):
            write_line(line)
    except PasswordError:
        write_line({"refused": "PASSWORD"})
    except (CalamineError, ElementTree.ParseError, BadZipFile, LookupError, OSError, ValueError):
        write_line({"refused": "BROKEN"})


def sheets(data: bytes, rows: int, columns: int) -> Iterator[object]:
    """The lines of output for a workbook, as the module's docstring lists them."""
    book = CalamineWorkbook.from_filelike(BytesIO(data))
    for about in book.sheets_metadata:
        if about.typ != SheetTypeEnum.WorkSheet or about.visible != SheetVisibleEnum.Visible:
            continue
        sheet = book.get_sheet_by_name(about.name)
        bottom, right = sheet.end or (-1, -1)
        if bottom >= rows:
            yield {"refused": "ROWS", "sheet": about.name, "size": bottom + 1}
            return
        if right >= columns:
            yield {"refused": "COLUMNS", "sheet": about.name, "size": right + 1}
            return
        merged = [[*start, *end] for start, end in sheet.merged_cell_ranges or ()]
        yield {"sheet": about.name, "merged": merged[:rows]}
        yield from cells(sheet, error_cells(data, about.name))


def cells(sheet: CalamineSheet, errors: dict[int, dict[int, str]]) -> Iterator[list[object]]:
    """The rows from the sheet's first row on, each up to its last filled cell."""
    left: list[object] = [None] * (sheet.start[1] if sheet.start else 0)
    for number, row in enumerate(sheet.iter_rows()):
        line = left + [plain(value) for value in row]
        for column, error in errors.get(number, {}).items():
            line += [None] * (column + 1 - len(line))
            line[column] = error
        while line and line[-1] is None:
            line.pop()
        yield line


def plain(value: object) -> object:
    """Calamine gives whole numbers as floats and blanks as empty text."""
    if isinstance(value, float):
        if not isfinite(value):
            return None
        return int(value) if value.is_integer() and abs(value) < WHOLE else value
    return None if value == "" else value


def error_cells(data: bytes, sheet: str) -> dict[int, dict[int, str]]:
    """Cells such as #REF! by row and column, which calamine gives as blanks. Only for .xlsx."""
    errors: dict[int, dict[int, str]] = {}
    if data.startswith(b"PK"):
        with ZipFile(BytesIO(data)) as archive:
            text = archive.read(part(archive, sheet))
        for letters, row, error in ERROR_CELL.findall(text):
            errors.setdefault(int(row) - 1, {})[column(letters)] = error.decode()
    return errors


def part(archive: ZipFile, sheet: str) -> str:
    """The name of the archive's part that holds a sheet."""
    book = ElementTree.fromstring(archive.read("xl/workbook.xml"))
    links = ElementTree.fromstring(archive.read("xl/_rels/workbook.xml.rels"))
    ids = {item.get("name"): item.get(RELATION) for item in book.iter() if item.get(RELATION)}
    target = next(link.get("Target", "") for link in links if link.get("Id") == ids[sheet])
    return target[1:] if target.startswith("/") else f"xl/{target}"


def column(letters: bytes) -> int:
    """The zero-based number of a column, from its letters."""
    number = 0
    for letter in letters:
        number = number * 26 + letter - ord("A") + 1
    return number - 1


def write_line(line: object) -> None:
    sys.stdout.buffer.write(
        json.dumps(line, ensure_ascii=False, default=json_default).encode() + b"\n"
    )


def json_default(value: object) -> object:
    """The JSON of a date or moment; anything else as text."""
    if isinstance(value, datetime):
        return {"moment": value.isoformat()}
    return {"day": value.isoformat()} if isinstance(value, date) else str(value)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
