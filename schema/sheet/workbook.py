"""A workbook read by a child process (`parse_worker`) that may fail, hang or grow without harm to us."""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import date, datetime
from pathlib import Path
from threading import Timer
from typing import IO, Any

from schema.city.rules import RuleBroken
from schema.sheet.archive import broken
from schema.sheet.formula_escape import unguarded
from schema.sheet.grid import Cell, Grid, Limits, Merged

JAIL = Path(__file__).with_name("parse_worker.py")


def read_workbook(name: str, data: bytes, limits: Limits, template: str = "") -> list[Grid]:
    """The visible sheets of an .xlsx or .xls, in their order, blank ones included.

    Raises RuleBroken (INVALID) when the child refuses it or does not come back.
    """
    grids: list[Grid] = []
    rows: list[list[Cell]] = []
    size = 0
    with _child(data, limits) as (lines, ended):
        for line in lines:
            size += len(line)
            if size > limits.text:
                raise _too_much(name)
            said = json.loads(line, object_hook=_revived)
            if isinstance(said, list):
                rows.append(list(map(_unguarded, said)) if b"'" in line else said)
            elif "refused" in said:
                raise _refusal(name, said, limits)
            else:
                rows = []
                merged = tuple(Merged(*corners) for corners in said["merged"])
                grids.append(Grid(said["sheet"], rows, merged, template))
        if ended():
            raise broken(name)
    return grids


@contextmanager
def _child(data: bytes, limits: Limits) -> Iterator[tuple[IO[bytes], Callable[[], int]]]:
    """Hand the workbook over and yield the lines it answers and a way to ask how it ended."""
    command = [sys.executable, "-I", str(JAIL)]
    command += map(str, (limits.memory, limits.seconds, limits.rows, limits.columns))
    pipe, null = subprocess.PIPE, subprocess.DEVNULL
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=null, env={}) as child:
        assert child.stdin
        assert child.stdout
        watch = Timer(2 * limits.seconds, child.kill)
        watch.start()
        try:
            with suppress(BrokenPipeError):
                child.stdin.write(data)
                child.stdin.close()
            yield child.stdout, child.wait
        finally:
            watch.cancel()
            child.kill()


def _revived(said: dict[str, Any]) -> date | dict[str, Any]:
    """The days and moments that `parse_worker.told` put into objects."""
    match said:
        case {"day": str(day)}:
            return date.fromisoformat(day)
        case {"moment": str(moment)}:
            return datetime.fromisoformat(moment)
    return said


def _unguarded(cell: Cell) -> Cell:
    return unguarded(cell) if isinstance(cell, str) else cell


def _refusal(name: str, said: dict[str, Any], limits: Limits) -> RuleBroken:
    match said["refused"]:
        case "PASSWORD":
            message = f"“{name}”设了打开密码。请在 Excel 或 WPS 中取消密码后再上传"
        case "ROWS":
            message = (
                f"工作表“{said['sheet']}”用到第 {said['size']} 行，最多 {limits.rows} 行。"
                "请删去表尾多余的行（选中整行后删除），或拆成几份上传"
            )
        case "COLUMNS":
            message = (
                f"工作表“{said['sheet']}”用到第 {said['size']} 列，最多 {limits.columns} 列。"
                "请删去右侧多余的列（选中整列后删除）再上传"
            )
        case _:
            return broken(name)
    return RuleBroken(message, field="file", code="INVALID")


def _too_much(name: str) -> RuleBroken:
    return RuleBroken(
        f"“{name}”里的文字太多。请删去无关的工作表，或拆成几份上传", field="file", code="INVALID"
    )
