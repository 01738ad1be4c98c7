"""Recognise an uploaded file by its first bytes, never by its name, and read its grids."""

from collections.abc import Sequence

from schema.city.rules import RuleBroken
from schema.sheet.archive import inspect
from schema.sheet.delimited import read_delimited
from schema.sheet.grid import LIMITS, Cell, Grid, Limits
from schema.sheet.workbook import read_workbook

ZIP = b"PK\x03\x04"
COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
OTHERS = {
    b"PK\x05\x06": "一个空的压缩包",
    b"%PDF": " PDF 文件",
    b"\x89PNG": "图片",
    b"\xff\xd8\xff": "图片",
    b"GIF8": "图片",
    b"Rar!": "压缩包",
    b"7z\xbc\xaf": "压缩包",
    b"\x1f\x8b": "压缩包",
    b"\x7fELF": "程序",
}
LONGEST_NAME = 60
MARKUP = (b"<?xml", b"<html", b"<!doctype", b"<table", b"<meta", b"mime-version")
FORMATS = ".xlsx、.xlsm、.xls 或 .csv"
"""The files that are read, as pages and refusals name them."""
SAVE_AS = "请在 Excel 或 WPS 中打开，另存为“Excel 工作簿（.xlsx）”后再上传"


def read(name: str, data: bytes, limits: Limits = LIMITS) -> Grid:
    """The first visible sheet that holds anything, of an .xlsx, .xlsm, .xls or delimited text file.

    Raises RuleBroken (INVALID) at `file`, with what to do, when it is no table or too large.
    """
    return next(grid for grid in read_all(name, data, limits) if not grid.hidden)


def read_all(name: str, data: bytes, limits: Limits = LIMITS) -> list[Grid]:
    """Every sheet that holds anything, hidden ones included, at least one visible. Raises as `read`."""
    name = " ".join(name.split())[:LONGEST_NAME]
    if not data:
        raise _invalid(f"“{name}”是空文件。请重新选择填好的表格（{FORMATS}）")
    if len(data) > limits.file:
        raise _invalid(
            f"“{name}”有 {_megabytes(len(data))} MB，最多 {_megabytes(limits.file)} MB。"
            "请删去图片和无关的工作表，或拆成几份上传"
        )
    grids = [grid for grid in _grids(name, data, limits) if _is_filled(grid)]
    if all(grid.hidden for grid in grids):
        raise _invalid(f"“{name}”里没有内容。请填写后再上传；内容若在隐藏的工作表里，请先取消隐藏")
    return grids


def _is_filled(grid: Grid) -> bool:
    return grid.too_large or any(map(_has_content, grid.rows))


def _has_content(row: Sequence[Cell]) -> bool:
    return any(cell is not None and cell != "" for cell in row)


def _grids(name: str, data: bytes, limits: Limits) -> list[Grid]:
    if data.startswith(ZIP):
        return read_workbook(name, data, limits, template=inspect(name, data, limits))
    if data.startswith(COMPOUND):
        _refuse_other_compounds(name, data)
        return read_workbook(name, data, limits)
    for magic, kind in OTHERS.items():
        if data.startswith(magic):
            raise _invalid(f"“{name}”是{kind}，不是表格。请上传 {FORMATS} 格式的表格")
    if data[:512].lstrip(b"\xef\xbb\xbf \t\r\n").lower().startswith(MARKUP):
        raise _invalid(f"“{name}”其实是网页或 XML 格式。{SAVE_AS}")
    return [read_delimited(name, data, limits)]


def _refuse_other_compounds(name: str, data: bytes) -> None:
    """The container of .xls also holds encrypted workbooks, .doc, .ppt and .msi."""
    capitals = data.upper()
    if _stream("EncryptedPackage") in capitals:
        raise _invalid(f"“{name}”设了打开密码。请在 Excel 或 WPS 中取消密码后再上传")
    if _stream("Workbook") not in capitals and _stream("Book") not in capitals:
        raise _invalid(f"“{name}”不是 Excel 表格。请上传 {FORMATS} 格式的表格")


def _stream(name: str) -> bytes:
    """A stream's name in the directory of a compound file, in capitals."""
    return name.upper().encode("utf-16-le") + b"\0\0"


def _megabytes(size: int) -> str:
    return f"{size / 2**20:.3g}"


def _invalid(message: str) -> RuleBroken:
    return RuleBroken(message, field="file", code="INVALID")
