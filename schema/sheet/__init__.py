"""Sheets: bytes of a foreign workbook or delimited text to plain grids, and lists to files.

Reading never trusts the sender: `reading` looks at what the bytes are and not at their name,
`archive` counts what a workbook unpacks to, `workbook` has it parsed by a child process with
little memory and little time. Writing never hands a formula on (ASVS 5.0, 1.2.10).
"""

from schema.sheet.grid import LIMITS, Cell, Grid, Limits, Merged, column_letter
from schema.sheet.reading import read, read_all
from schema.sheet.writing import Column, write_csv, write_grid, write_json, write_xlsx

__all__ = [
    "LIMITS",
    "Cell",
    "Column",
    "Grid",
    "Limits",
    "Merged",
    "column_letter",
    "read",
    "read_all",
    "write_csv",
    "write_grid",
    "write_json",
    "write_xlsx",
]
