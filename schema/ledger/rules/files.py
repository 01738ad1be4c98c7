"""The ledger as a file: the empty template, projects in it, and an uploaded one with its results."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from schema.ledger.rules import words
from schema.ledger.rules.columns import (
    FIELDS,
    LEDGER,
    RESULT,
    RESULTS,
    TEMPLATE,
    Catalogue,
    Field,
    bare,
)
from schema.ledger.rules.issue import Issue, Severity
from schema.ledger.rules.parsers import KINDS
from schema.ledger.rules.reading import Reading
from schema.ledger.rules.row import LedgerRow
from schema.sheet import Column, Grid, Merged, write_csv, write_grid, write_xlsx
from schema.sheet.writing import Value

FEN_IN_WAN = 1_000_000
LONGEST_RESULT = 500
IN_TEMPLATE = tuple(field for field in FIELDS.values() if field.in_template)


def ledger_template() -> bytes:
    """The empty template as .xlsx, with hints under the header and lists to choose from."""
    columns = [_column(field, hint=field.hint) for field in IN_TEMPLATE]
    return write_xlsx(columns, [], sheet=f"项目{LEDGER}", template=TEMPLATE)


def list_template(catalogue: Catalogue, lines: Sequence[Mapping[str, str]] = ()) -> bytes:
    """The template of another kind of list as .xlsx, with lines: text by field."""
    columns = [_column(field, hint=field.hint) for field in catalogue.fields.values()]
    rows: list[list[Value]] = [
        [at if name == "serial" else line.get(name) or None for name in catalogue.fields]
        for at, line in enumerate(lines, 1)
    ]
    return write_xlsx(columns, rows, sheet=catalogue.title, template=catalogue.template)


def ledger_workbook(rows: Iterable[LedgerRow]) -> bytes:
    """Projects as the office's ledger in .xlsx, which can be edited and uploaded again."""
    columns = [_column(field) for field in IN_TEMPLATE]
    return write_xlsx(columns, _lines(rows), sheet=f"项目{LEDGER}", template=TEMPLATE)


def ledger_text(rows: Iterable[LedgerRow]) -> bytes:
    """Projects as the office's ledger in .csv."""
    return write_csv([_column(field) for field in IN_TEMPLATE], _lines(rows))


def result_workbook(
    grid: Grid,
    reading: Reading,
    imported: Mapping[int, str] | None = None,
    mended: Mapping[int, str] = MappingProxyType({}),
) -> bytes:
    """The uploaded ledger with a column 校验结果; cells with an error are red and commented.

    By the row's number in the sheet, `imported` gives results already known and `mended` says what was
    changed in the preview, which stands in the cells. The file can be corrected and
    uploaded again: the column is ignored on reading.
    """
    header = reading.header
    column = _result_column(reading, grid)
    results = _results(reading, imported or {}, mended)
    rows = [list(row) for row in grid.rows]
    for number, result in {header.lines.start: RESULT, **results}.items():
        row = rows[number]
        row += [None] * (column + 1 - len(row))
        row[column] = result
    merged = [each for each in grid.merged if not each.left <= column <= each.right]
    if len(header.lines) > 1:
        merged.append(Merged(header.lines.start, column, header.lines.stop - 1, column))
    marked = replace(
        grid, rows=rows, merged=merged, template=grid.template or reading.header.catalogue.template
    )
    return write_grid(marked, header.lines, _wrong_cells(reading))


def _column(field: Field, hint: str = "") -> Column:
    return Column(
        title=field.title,
        key=field.name,
        unit=field.unit,
        group=field.group,
        width=field.width,
        choices=field.choices or words.offered(KINDS[field.kind].choices),
        hint=hint,
        required=field.must,
    )


def _lines(rows: Iterable[LedgerRow]) -> Iterable[list[Value]]:
    for number, row in enumerate(rows, 1):
        yield [_value(field, row, number) for field in IN_TEMPLATE]


def _value(field: Field, row: LedgerRow, number: int) -> Value:
    """The cell of a field: amounts in 万元, exact; estimates as text with 约."""
    if field.kind == "serial":
        return number
    if field.kind == "more":
        return row.more.get(field.name)
    value: Any = getattr(row, field.name)
    match field.kind:
        case "money" if value is not None:
            wan = Decimal(value) / FEN_IN_WAN
            return f"约{wan:f}万元" if field.name in row.estimates else wan
        case "land" if value is not None and field.name in row.estimates:
            return f"约{value}亩"
        case "tags":
            return "、".join(value)
    known = KINDS[field.kind].choices
    if value in ("", None) or not known:
        return value or None
    return words.word_for(known, value)


def _result_column(reading: Reading, grid: Grid) -> int:
    """The zero-based column for results: that of an earlier result file, or the first free one."""
    for heading in reading.header.headings:
        if bare(heading.title) in RESULTS:
            return heading.column
    return grid.width


def _results(
    reading: Reading, imported: Mapping[int, str], mended: Mapping[int, str]
) -> dict[int, str]:
    """The result of each project row, by zero-based row."""
    wrong = reading.wrong
    issues = _by_row(reading.issues)
    results = {}
    for row in reading.rows:
        found = issues.get(row.row, [])
        if row.row in imported:
            result = imported[row.row]
        elif row.row in wrong:
            errors = [i for i in found if i.severity == Severity.ERROR]
            result = "需修改：" + "；".join(f"{i.where}{i.message}" for i in errors)
        else:
            result = "可导入"
            if found:
                result += "（请留意：" + "；".join(f"{i.where}{i.message}" for i in found) + "）"
        words = mended.get(row.row, "")
        results[row.row - 1] = f"{result[:LONGEST_RESULT]}{'。' if words else ''}{words}"
    return results


def _wrong_cells(reading: Reading) -> dict[tuple[int, int], str]:
    letters = {heading.letter: heading.column for heading in reading.header.headings}
    return {
        (issue.row - 1, letters[issue.column]): issue.message
        for issue in reading.issues
        if issue.severity == Severity.ERROR and issue.column
    }


def _by_row(issues: Sequence[Issue]) -> dict[int, list[Issue]]:
    rows: dict[int, list[Issue]] = {}
    for issue in issues:
        rows.setdefault(issue.row, []).append(issue)
    return rows
