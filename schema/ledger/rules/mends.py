"""Cells that people have changed in the preview: put in the place of what the file has, and named where they cannot be.

A change is known by row and column, by what the file had there (`original`), and by name and investor of its line as
the file has them (`line`): so a file that takes the place of another keeps what was changed where the same
line still has the same words, and says of every other change that it does not hold.
"""

from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from schema.ledger.rules.cell import cell_text
from schema.ledger.rules.header import Header
from schema.ledger.rules.issue import Issue, Severity
from schema.sheet import Cell, Grid

JsonObject = dict[str, Any]
CODE = "MENDED"
KNOWN_BY = ("name", "investor_name")
SHOWN = 60


def put_in(
    grid: Grid, header: Header, mends: Sequence[Mapping[str, Any]]
) -> tuple[Grid, dict[int, list[JsonObject]], list[Issue]]:
    """The grid with the changed cells, the changes that hold by the number of their row, and an issue for
    each that does not.

    A change has `row` (as in the sheet), `column` (letter), `field`, `value` and `sheet`; what it lacks of `original`,
    `title` and `line` is new and taken from the grid.
    """
    rows = [list(row) for row in grid.rows]
    columns = {heading.letter: heading for heading in header.headings}
    held: dict[int, list[JsonObject]] = {}
    lost: list[Issue] = []
    mended: set[tuple[int, int]] = set()
    for mend in mends:
        number, heading = mend["row"] - 1, columns.get(mend["column"])
        there = heading is not None and header.lines.stop <= number < len(rows)
        if heading is None or not there or mend["sheet"] != grid.name:
            lost.append(_lost(mend, "表里已没有这一格"))
            continue
        now = shown(grid.cell(number, heading.column))
        line = _line(grid, header, number)
        if "original" not in mend:
            known = {**mend, "original": now, "title": heading.title, "line": line}
        elif now == mend["original"] and _is_line(mend, mends, line):
            known = dict(mend)
        elif now == mend["value"]:  # the file itself has been changed so
            continue
        else:
            lost.append(_lost(mend, f"现在的文件里这一格是“{now[:SHOWN]}”，按文件读取"))
            continue
        row = rows[number]
        row += [None] * (heading.column + 1 - len(row))
        row[heading.column] = mend["value"]
        mended.add((number, heading.column))
        held.setdefault(mend["row"], []).append(known)
    return replace(grid, rows=rows, mended=frozenset(mended)), held, lost


def passed_over(
    held: Mapping[int, Sequence[Mapping[str, Any]]], rows: Container[int]
) -> list[Issue]:
    """An issue for each change in a row that is read as no project now."""
    return [
        _lost(each, "这一行现在没有当作项目读取")
        for row, mends in held.items()
        if row not in rows
        for each in mends
    ]


def shown(cell: Cell) -> str:
    """A cell's text on one line, as a change keeps it."""
    return " ".join(cell_text(cell).split())


def result_words(mends: Sequence[Mapping[str, Any]]) -> str:
    """What the file with results says of the changed cells of a line, "" where there are none."""
    if not mends:
        return ""
    cells = "；".join(
        f"{each['column']} 列“{each['title']}”原为“{each['original'][:SHOWN] or '空'}”"
        f"（{each['who']} {each['when']} 改）"
        for each in mends
    )
    return f"已在预览里改：{cells}"


def _line(grid: Grid, header: Header, number: int) -> list[str]:
    found = (header.column(name) for name in KNOWN_BY)
    return ["" if at is None else shown(grid.cell(number, at)) for at in found]


def _is_line(
    mend: Mapping[str, Any], mends: Sequence[Mapping[str, Any]], line: Sequence[str]
) -> bool:
    """Whether a line is the one that was changed: name or investor as the file had it, or as it was changed."""
    return line == mend["line"] or any(
        text and text in _texts(mend, mends, name, before)
        for name, text, before in zip(KNOWN_BY, line, mend["line"], strict=True)
    )


def _texts(
    mend: Mapping[str, Any], mends: Sequence[Mapping[str, Any]], name: str, before: str
) -> Iterator[str]:
    yield before
    for each in mends:
        if each["row"] == mend["row"] and each["field"] == name:
            yield each["value"]


def _lost(mend: Mapping[str, Any], why: str) -> Issue:
    message = (
        f"第 {mend['row']} 行 {mend['column']} 列“{mend['title']}”改过（“{mend['original'][:SHOWN]}”"
        f"改为“{mend['value'][:SHOWN]}”），没有沿用：{why}"
    )
    # Of the whole file: the line of this number may be another one by now.
    return Issue(0, mend["column"], mend["title"], "", CODE, message, Severity.WARNING)
