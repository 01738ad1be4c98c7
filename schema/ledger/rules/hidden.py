"""What a person does not see of a ledger: hidden and filtered rows, hidden columns, other sheets.

Nothing of it is read or passed over without an issue. Of two columns for one field the visible one is read; where
two visible ones differ, the line asks which.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from enum import StrEnum

from schema.bounded import has_macros
from schema.city.rules import RuleBroken
from schema.ledger.rules.answers import Answers
from schema.ledger.rules.cell import Column, cell_text, is_blank
from schema.ledger.rules.columns import Field
from schema.ledger.rules.formatted import as_kept
from schema.ledger.rules.header import Header, find_header
from schema.ledger.rules.headings import Heading, field_named
from schema.ledger.rules.issue import Issue, Severity
from schema.ledger.rules.lines import Line, kind_of
from schema.ledger.rules.parsers import KINDS
from schema.sheet import Grid
from schema.sheet.book import OPTIONS

MACROS = "MACROS"
ROWS_NAMED = 10
LIKE_THE_LEDGER = 3


class HiddenParts(StrEnum):
    """What the office does with the hidden rows and columns of a sheet."""

    READ = "READ"
    LEAVE = "LEAVE"


def is_hidden(grid: Grid, row: int) -> bool:
    """Whether a zero-based row is hidden, by hand or by a filter."""
    return row in grid.hidden_rows or row in grid.filtered_rows


def without_hidden_columns(grid: Grid, header: Header, by_hand: Collection[int]) -> Header:
    """The header where hidden columns have no field, except those assigned `by_hand`."""
    left = grid.hidden_columns - set(by_hand)
    headings = (
        replace(each, field=None) if each.column in left else each for each in header.headings
    )
    return replace(header, headings=tuple(headings))


def hidden_rows(
    grid: Grid, header: Header, lines: Sequence[int], choice: HiddenParts | None
) -> Iterator[Issue]:
    """The issues of hidden project lines, zero-based: each an error until the office has chosen."""
    if not lines:
        return
    column = header.column("name") or 0
    heading = header.headings[column]
    names = _rows_named(lines)
    how = {
        HiddenParts.READ: "已按选择一并读取",
        HiddenParts.LEAVE: "已按选择不读取",
        None: "请选择“隐藏的行和列”读取还是不读取，或取消隐藏后重新上传",
    }[choice]
    filtered = sum(1 for line in lines if line in grid.filtered_rows)
    by_filter = f"，其中 {filtered} 行是筛选隐去的" if filtered else ""
    message = (
        f"有 {len(lines)} 个{header.catalogue.item}在隐藏的行里（第 {names} 行）{by_filter}。{how}"
    )
    yield Issue(0, "", "隐藏的行", "", "HIDDEN", message, Severity.WARNING)
    if choice is not None:
        return
    for line in lines:
        why = "筛选隐去了" if line in grid.filtered_rows else "隐藏着"
        name = cell_text(grid.cell(line, column))[:60]
        message = f"第 {line + 1} 行{why}，没有读取。{how}"
        yield Issue(line + 1, heading.letter, heading.title, name, "HIDDEN", message)


def hidden_columns(grid: Grid, header: Header, lines: Sequence[int]) -> Iterator[Issue]:
    """A warning for each hidden column of a field, whether it is read or another in its stead."""
    for heading in header.headings:
        if heading.column not in grid.hidden_columns or not _is_filled(grid, heading, lines):
            continue
        name = heading.field.name if heading.field else field_named(heading.title, header.catalogue)
        if not name:
            continue
        other = header.column(name)
        if heading.field:
            how = "，已读取。不要的请选择不读取隐藏的行和列"
        elif other is None:
            how = "，已按选择不读取"
        else:
            instead = header.headings[other]
            how = f"，没有读取，读取的是 {instead.letter} 列“{instead.title}”"
        message = f"{heading.letter} 列“{heading.title}”是隐藏的{how}"
        place = header.lines.stop, heading.letter, heading.title, ""
        yield Issue(*place, "HIDDEN", message, Severity.WARNING)


def contending_columns(
    grid: Grid, header: Header, lines: Sequence[int], by_hand: Mapping[int, str], today: date
) -> Iterator[Issue]:
    """An error for each line in which two visible columns give one field two values.

    `by_hand` are the fields that people have assigned: of those there is no question.
    """
    for rival in header.headings:
        given = rival.field or rival.column in by_hand or not rival.title
        name = "" if given else field_named(rival.title, header.catalogue)
        if not name or name in by_hand.values() or rival.column in grid.hidden_columns:
            continue
        field, taken = header.catalogue.fields[name], header.column(name)
        if taken is None or KINDS[field.kind].is_free:
            continue
        first = header.headings[taken]
        for line in lines:
            values = [_value(grid, line, heading, field, today) for heading in (first, rival)]
            if values[1] is None or values[0] == values[1]:
                continue
            seen = "、".join(
                f"{each.letter} 列“{each.title}”是“{cell_text(grid.cell(line, each.column))}”"
                for each in (first, rival)
            )
            message = f"两列都可作“{field.label}”而内容不同：{seen}。请在预览里指定哪一列是它"
            text = cell_text(grid.cell(line, first.column))[:60]
            yield Issue(line + 1, first.letter, first.title, text, "COLUMNS", message)


def other_sheets(grids: Sequence[Grid], ledger: Grid, header: Header) -> Iterator[Issue]:
    """A warning for each sheet with content that is not the ledger: how much it holds, and why not read."""
    for grid in grids:
        if grid is ledger or (grid.hidden and grid.name == OPTIONS and grid.template):
            continue
        message = f"工作表“{grid.name}”没有读取：{_reason(grid, header)}"
        yield Issue(0, "", grid.name, "", "SHEET", message, Severity.WARNING)


def _reason(grid: Grid, header: Header) -> str:
    if grid.too_large:
        return "它是隐藏的，内容太多。需要的请取消隐藏，单独上传"
    filled = sum(1 for row in grid.rows if any(not is_blank(cell) for cell in row))
    projects = _projects(grid, header)
    hidden = "它是隐藏的，" if grid.hidden else ""
    if projects:
        how = "请取消隐藏后选择这张工作表上传" if grid.hidden else "请选择这张工作表另行上传"
        return f"{hidden}有 {projects} 个{header.catalogue.item}。{how}"
    alike = sum(1 for row in range(len(grid.rows)) if _is_continued(grid, row, header))
    if alike:
        what = header.catalogue.title.removeprefix("项目")
        return f"{hidden}有 {alike} 行像是{what}的续页，没有表头。请接到{what}的表尾后重新上传"
    return f"{hidden}有 {filled} 行，不是{header.catalogue.title}"


def _projects(grid: Grid, header: Header) -> int:
    """How many projects a sheet with a header of its own has."""
    try:
        own = find_header(grid, Answers(catalogue=header.catalogue))
    except RuleBroken:
        return 0
    lines = range(own.lines.stop, len(grid.rows))
    return sum(1 for line in lines if kind_of(grid, line, own) == Line.PROJECT)


def _is_continued(grid: Grid, row: int, header: Header) -> bool:
    """Whether a row would be a project under the ledger's header: a name, an investor and more."""
    filled = [each for each in header.headings if each.field and _has(grid, row, each.column)]
    names = {each.field.name for each in filled if each.field}
    needed = header.catalogue.needed - {header.catalogue.amount}
    texts = [grid.cell(row, header.column(name) or 0) for name in needed]
    return (
        needed <= names
        and len(filled) >= LIKE_THE_LEDGER
        and all(isinstance(text, str) for text in texts)
        and kind_of(grid, row, header) == Line.PROJECT
    )


def _value(grid: Grid, line: int, heading: Heading, field: Field, today: date) -> object:
    """What a column would give as a field; None where it is blank or not understood."""
    cell = grid.cell(line, heading.column)
    if is_blank(cell):
        return None
    column = Column(heading.title, heading.unit or field.unit, field.limit, today)
    try:
        kind = KINDS[field.kind]
        return kind.parser(as_kept(cell, kind, grid.date1904), column).value
    except RuleBroken:
        return None


def _is_filled(grid: Grid, heading: Heading, lines: Sequence[int]) -> bool:
    return any(_has(grid, line, heading.column) for line in lines)


def _has(grid: Grid, row: int, column: int) -> bool:
    return not is_blank(grid.cell(row, column))


def _rows_named(lines: Sequence[int]) -> str:
    more = f"等 {len(lines)} " if len(lines) > ROWS_NAMED else ""
    return "、".join(str(line + 1) for line in lines[:ROWS_NAMED]) + more


def macros(content: bytes) -> Iterator[Issue]:
    """A doubt of the whole file where the workbook has macros."""
    if has_macros(content):
        message = "文件里有宏。宏不运行，只读取单元格；结果文件里没有宏，原文件不对外提供"
        yield Issue(0, "", "文件", "", MACROS, message, Severity.WARNING)
