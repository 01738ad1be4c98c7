"""The ledger as a file: the empty template, projects in it, and a sent ledger with our verdict."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from schema.ledger.rules import words
from schema.ledger.rules.columns import (
    FIELDS,
    LEDGER,
    RESULT,
    RESULTS,
    TEMPLATE,
    Field,
    bare,
)
from schema.ledger.rules.issue import Issue, Severity
from schema.ledger.rules.reading import Reading
from schema.ledger.rules.row import LedgerRow
from schema.sheet import Column, Grid, Merged, write_csv, write_grid, write_xlsx
from schema.sheet.writing import Value

FEN_IN_WAN = 1_000_000
LONGEST_RESULT = 500
CHOICES: Mapping[str, Mapping[str, Any]] = {
    "stage": words.STAGES,
    "place": words.PLACES,
    "group": words.GROUPS,
    "origin": words.ORIGINS,
    "agreement": words.AGREEMENTS,
}
IN_TEMPLATE = tuple(field for field in FIELDS.values() if field.in_template)


def ledger_template() -> bytes:
    """The office's ledger with nothing in it: hints under the head, lists to pick from."""
    columns = [_column(field, hint=field.hint) for field in IN_TEMPLATE]
    return write_xlsx(columns, [], sheet=f"项目{LEDGER}", template=TEMPLATE)


def ledger_workbook(rows: Iterable[LedgerRow]) -> bytes:
    """Projects in the office's ledger, ready to be changed and sent back."""
    columns = [_column(field) for field in IN_TEMPLATE]
    return write_xlsx(columns, _lines(rows), sheet=f"项目{LEDGER}", template=TEMPLATE)


def ledger_text(rows: Iterable[LedgerRow]) -> bytes:
    """The same as delimited text."""
    return write_csv([_column(field) for field in IN_TEMPLATE], _lines(rows))


def result_workbook(grid: Grid, reading: Reading, became: Mapping[int, str] | None = None) -> bytes:
    """A sent ledger as it came, with a column 校验结果 and wrong cells red with what to do.

    `became` gives, by number of the line, what has become of it. The file can be mended and sent
    again: on reading the column is passed over.
    """
    header = reading.header
    result = _result_column(reading, grid)
    verdicts = _verdicts(reading, became or {})
    rows = [list(row) for row in grid.rows]
    for number, verdict in {header.lines.start: RESULT, **verdicts}.items():
        row = rows[number]
        row += [None] * (result + 1 - len(row))
        row[result] = verdict
    merged = [each for each in grid.merged if not each.left <= result <= each.right]
    if len(header.lines) > 1:
        merged.append(Merged(header.lines.start, result, header.lines.stop - 1, result))
    marked = replace(grid, rows=rows, merged=merged, template=grid.template or TEMPLATE)
    return write_grid(marked, header.lines, _wrong_cells(reading))


def _column(field: Field, hint: str = "") -> Column:
    return Column(
        title=field.title,
        key=field.name,
        unit=field.unit,
        group=field.group,
        width=field.width,
        choices=words.offered(CHOICES[field.kind]) if field.kind in CHOICES else (),
        hint=hint,
        required=field.must,
    )


def _lines(rows: Iterable[LedgerRow]) -> Iterable[list[Value]]:
    for number, row in enumerate(rows, 1):
        yield [_value(field, row, number) for field in IN_TEMPLATE]


def _value(field: Field, row: LedgerRow, number: int) -> Value:
    """What the ledger says for a field; amounts in 万元, exactly, guesses with 约."""
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
    if value in ("", None) or field.kind not in CHOICES:
        return value or None
    return words.word_for(CHOICES[field.kind], value)


def _result_column(reading: Reading, grid: Grid) -> int:
    """The result column of a file that had been checked before, or the first free one."""
    for heading in reading.header.headings:
        if bare(heading.title) in RESULTS:
            return heading.column
    return grid.width


def _verdicts(reading: Reading, became: Mapping[int, str]) -> dict[int, str]:
    """What became of each project line, by zero-based line."""
    wrong = reading.wrong
    issues = _by_row(reading.issues)
    verdicts = {}
    for row in reading.rows:
        told = issues.get(row.row, [])
        if row.row in became:
            verdict = became[row.row]
        elif row.row in wrong:
            errors = [i for i in told if i.severity == Severity.ERROR]
            verdict = "需修改：" + "；".join(f"{i.where}{i.message}" for i in errors)
        else:
            verdict = "可导入"
            if told:
                verdict += "（请留意：" + "；".join(f"{i.where}{i.message}" for i in told) + "）"
        verdicts[row.row - 1] = verdict[:LONGEST_RESULT]
    return verdicts


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
