"""Read uploaded workbooks and delimited text into grids, and write lists to files.

Reading never trusts the sender: `reading` looks at the bytes and not at the file's name, `archive`
counts what a workbook unpacks to, `workbook` parses it in a bounded process (`parse_worker`: `ooxml`
for .xlsx, `biff` for .xls), and `formats` says what a person sees of a number.
Writing escapes formulas (ASVS 5.0, 1.2.10).
"""

from schema.sheet.grid import (
    LIMITS,
    Cell,
    Grid,
    Limits,
    Merged,
    Month,
    Number,
    Uncomputed,
    Year,
    column_letter,
)
from schema.sheet.reading import FORMATS, read, read_all
from schema.sheet.writing import Column, write_csv, write_grid, write_json, write_xlsx

__all__ = [
    "FORMATS",
    "LIMITS",
    "Cell",
    "Column",
    "Grid",
    "Limits",
    "Merged",
    "Month",
    "Number",
    "Uncomputed",
    "Year",
    "column_letter",
    "read",
    "read_all",
    "write_csv",
    "write_grid",
    "write_json",
    "write_xlsx",
]
