"""Workbooks made and spoilt by hand."""

import re
from collections.abc import Callable, Mapping
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile

from schema.sheet import Cell, Column, write_xlsx

SHEET = "xl/worksheets/sheet1.xml"


def workbook(rows: list[list[Cell]], **options: str) -> bytes:
    """A small honest workbook: the columns 名称 and 金额, then these rows."""
    return write_xlsx([Column("名称"), Column("金额")], rows, **options)  # type: ignore[arg-type]


def spoilt(
    data: bytes,
    part: str = SHEET,
    change: Callable[[bytes], bytes] = bytes,
    more: Mapping[str, bytes] | None = None,
) -> bytes:
    """The same workbook with one part changed and other parts put beside it."""
    out = BytesIO()
    with ZipFile(BytesIO(data)) as old, ZipFile(out, "w", ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, change(old.read(name)) if name == part else old.read(name))
        for name, content in (more or {}).items():
            new.writestr(name, content)
    return out.getvalue()


def with_cell(data: bytes, cell: str) -> bytes:
    """The same workbook with one more cell, given as XML, in the row that its reference names."""
    reference = re.search(r'r="[A-Z]+(\d+)"', cell)
    assert reference
    row = f'<row r="{reference[1]}">{cell}</row></sheetData>'.encode()
    return spoilt(data, change=lambda text: text.replace(b"</sheetData>", row))
