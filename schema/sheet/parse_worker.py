"""The program that parses an uploaded workbook in a bounded process: `workbook` starts it.

A workbook with one cell at XFD1048576 makes calamine ask for 512 GB and abort the whole process;
a long shared string that every cell refers to is multiplied without limit. Here that ends the child.

Standard input: the workbook. Arguments: rows, columns.
Standard output: JSON, a line each: what is known of a sheet, `{"sheet", …}` (`buffer.SheetBuffer.lines`),
then its rows as lists; a day is `{"day": "2026-03-01"}`, one of which the format shows the month or
the year alone `{"month": …}` or `{"year": …}`, a moment `{"moment": …}`, a number whose
format says more `{"number", "format"}`, a formula without a value `{"formula"}`; `{"refused": CODE}`
ends it.
"""

import json
import struct
import sys
import zlib
from collections.abc import Iterable
from datetime import date, datetime
from zipfile import BadZipFile

from schema.sheet.buffer import BrokenError, SheetBuffer, all_lines
from schema.sheet.grid import Limits, Month, Year


def main(rows: int, columns: int) -> None:
    """Parse standard input, write lines of JSON."""
    data = sys.stdin.buffer.read()
    limits = Limits(rows=rows, columns=columns)
    try:
        if data.startswith(b"PK"):
            from schema.sheet.ooxml import read_ooxml

            write_lines(read_ooxml(data, limits))
        else:
            write_old(data, limits)
    except (BrokenError, BadZipFile, zlib.error, struct.error, LookupError, OSError, ValueError):
        write_line({"refused": "BROKEN"})


def write_old(data: bytes, limits: Limits) -> None:
    """The lines of an .xls."""
    from python_calamine import CalamineError, PasswordError

    from schema.sheet.biff import read_biff

    try:
        write_lines(read_biff(data, limits))
    except PasswordError:
        write_line({"refused": "PASSWORD"})
    except CalamineError:
        write_line({"refused": "BROKEN"})


def write_lines(sheets: Iterable[SheetBuffer]) -> None:
    for line in all_lines(sheets):
        write_line(line)


def write_line(line: object) -> None:
    sys.stdout.buffer.write(
        json.dumps(line, ensure_ascii=False, default=json_default).encode() + b"\n"
    )


def json_default(value: object) -> object:
    """The JSON of a date or moment; anything else as text."""
    if isinstance(value, datetime):
        return {"moment": value.isoformat()}
    if isinstance(value, Month | Year):
        return {"month" if isinstance(value, Month) else "year": value.isoformat()}
    return {"day": value.isoformat()} if isinstance(value, date) else str(value)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
