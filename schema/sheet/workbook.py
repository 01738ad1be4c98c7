"""Read a workbook in a child process (`parse_worker`), which may fail, hang or grow harmlessly."""

import json
from datetime import date, datetime
from pathlib import Path
from sys import intern
from typing import Any

from schema.bounded import Limits as ProcessLimits
from schema.bounded import bounded_process
from schema.city.rules import RuleBroken
from schema.sheet.archive import unreadable_workbook
from schema.sheet.formula_escape import unescape_formula
from schema.sheet.grid import Cell, Grid, Limits, Merged, Month, Number, Uncomputed, Year

PARSE_WORKER = Path(__file__).with_name("parse_worker.py")


def read_workbook(name: str, data: bytes, limits: Limits, template: str = "") -> list[Grid]:
    """The sheets of an .xlsx or .xls, in their order, blank and hidden ones included.

    Raises RuleBroken (INVALID) at `file` when the child refuses it, fails, or takes too long.
    """
    grids: list[Grid] = []
    rows: list[list[Cell]] = []
    size = 0
    bounds = ProcessLimits(limits.memory, limits.seconds)
    worker = bounded_process(PARSE_WORKER, data, bounds, limits.rows, limits.columns)
    with worker as (lines, ended):
        for line in lines:
            size += len(line)
            if size > limits.text:
                raise _too_much(name)
            decoded = json.loads(line, object_hook=_decode)
            if isinstance(decoded, list):
                rows.append(list(map(_unescaped, decoded)) if b"'" in line else decoded)
            elif "refused" in decoded:
                raise _refusal(name, decoded, limits)
            else:
                rows = []
                grids.append(_grid(decoded, rows, template))
        if ended():
            raise unreadable_workbook(name)
    return grids


def _decode(decoded: dict[str, Any]) -> Cell | dict[str, Any]:
    """The cells that `parse_worker` put into objects."""
    match decoded:
        case {"number": value, "format": str(code)}:
            return Number(value, intern(code))
        case {"day": str(day)}:
            return date.fromisoformat(day)
        case {"month": str(day)}:
            return Month.fromisoformat(day)
        case {"year": str(day)}:
            return Year.fromisoformat(day)
        case {"moment": str(moment)}:
            return datetime.fromisoformat(moment)
        case {"formula": str(formula)}:
            return Uncomputed(formula)
    return decoded


def _grid(about: dict[str, Any], rows: list[list[Cell]], template: str) -> Grid:
    return Grid(
        name=about["sheet"],
        rows=rows,
        merged=tuple(Merged(*corners) for corners in about["merged"]),
        template=template,
        hidden=about["hidden"],
        hidden_rows=frozenset(about["hiddenRows"]),
        filtered_rows=frozenset(about["filteredRows"]),
        hidden_columns=frozenset(about["hiddenColumns"]),
        formulas={int(row): columns for row, columns in about["formulas"].items()},
        date1904=about["date1904"],
        too_large=about["tooLarge"],
        day_formats={
            place: code
            for code, places in about["dayFormats"].items()
            for place in zip(places[::2], places[1::2], strict=True)
        },
        conditional=tuple((Merged(*corners), code) for corners, code in about["conditional"]),
    )


def _unescaped(cell: Cell) -> Cell:
    return unescape_formula(cell) if isinstance(cell, str) else cell


def _refusal(name: str, refusal: dict[str, Any], limits: Limits) -> RuleBroken:
    match refusal["refused"]:
        case "PASSWORD":
            message = f"“{name}”设了打开密码。请在 Excel 或 WPS 中取消密码后再上传"
        case "ROWS":
            message = (
                f"工作表“{refusal['sheet']}”用到第 {refusal['size']} 行，最多 {limits.rows} 行。"
                "请删去表尾多余的行（选中整行后删除），或拆成几份上传"
            )
        case "COLUMNS":
            message = (
                f"工作表“{refusal['sheet']}”用到第 {refusal['size']} 列，最多 {limits.columns} 列。"
                "请删去右侧多余的列（选中整列后删除）再上传"
            )
        case _:
            return unreadable_workbook(name)
    return RuleBroken(message, field="file", code="INVALID")


def _too_much(name: str) -> RuleBroken:
    return RuleBroken(
        f"“{name}”里的文字太多。请删去无关的工作表，或拆成几份上传", field="file", code="INVALID"
    )
