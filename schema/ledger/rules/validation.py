"""A sent file read as the ledger, with all that can be said of each line without the database."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from schema.city.rules import RuleBroken
from schema.ledger.rules.columns import FIELDS
from schema.ledger.rules.files import result_workbook
from schema.ledger.rules.header import Header, find_header
from schema.ledger.rules.issue import Issue, Severity
from schema.ledger.rules.mapping import Fault, outcome
from schema.ledger.rules.reading import Reading, Skipped, read_ledger, the_ledger
from schema.ledger.rules.row import LedgerRow, packed
from schema.sheet import Grid, column_letter, read_all

MOST_ROWS = 10_000

# Each of the two places stands in for the other, so one that cannot be read leaves both open.
ALIKE = dict.fromkeys(
    ("first_contact_place", "landing_place"), ("first_contact_place", "landing_place")
)

Kept = dict[str, Any]
"""Something as JSON keeps it."""

Columns = Mapping[str, Sequence[str]]
"""The letter and title of the column of each field that a ledger has."""


def judged(
    name: str, content: bytes, sheet: str, columns: Mapping[str, str], day: date, own: str
) -> Iterator[Kept]:
    """What is to be known of the whole file, then each line: what it says, and its issues.

    `columns` are fields by letter, said by hand; `own` is the place of the unit that sends it.
    Raises RuleBroken (INVALID) when this is no ledger.
    """
    grid = the_ledger(read_all(name, content), sheet)
    reading = read_ledger(grid, day, named(grid, columns))
    if len(reading.rows) > MOST_ROWS:
        raise RuleBroken(
            f"有 {len(reading.rows):,} 个项目，一次最多 {MOST_ROWS:,} 个，请分成几份上传",
            code="INVALID",
        )
    of_file, of_lines = told(reading, day, own)
    skipped = reading.skipped
    yield {
        "sheet": grid.name,
        "rows": len(reading.rows),
        "columns": columns_of(reading.header),
        "skipped": {
            "blank": skipped.blank,
            "total": skipped.total,
            "note": skipped.note,
            "head": skipped.head,
        },
        "unknown": reading.unknown_columns,
        "missing": reading.missing_required,
        "issues": [as_kept(each) for each in of_file],
    }
    for row in reading.rows:
        said = of_lines[row.row]
        yield {
            "row": row.row,
            "name": row.name,
            "wrong": wrong(said),
            "values": packed(row),
            "issues": [as_kept(each) for each in said],
        }


def told(reading: Reading, day: date, own: str) -> tuple[list[Issue], dict[int, list[Issue]]]:
    """What is said of the whole file, and of each line: by its cells, and by what becomes of it."""
    lines: dict[int, list[Issue]] = {row.row: [] for row in reading.rows}
    whole: list[Issue] = []
    for each in reading.issues:
        lines.get(each.row, whole).append(each)
    missing, there = [each for each in whole if wrong([each])], columns_of(reading.header)
    without_column: Counter[Fault] = Counter()
    for row in reading.rows:
        said = lines[row.row]
        said += [replace(each, row=row.row) for each in missing]
        unreadable = {each.column for each in said} if wrong(said) else set()
        for fault in outcome(row, day, own).faults:
            is_doubt = fault.severity == Severity.WARNING
            column = there.get(fault.field, ("", ""))[0]
            looked_at = {there[name][0] for name in ALIKE.get(fault.field, ()) if name in there}
            # What could not be read leaves blanks, and of those there is no more to say.
            if unreadable and (is_doubt or unreadable & (looked_at | {column})):
                continue
            if is_doubt and not column:
                without_column[fault] += 1
            else:
                said.append(issue(row.row, fault, there))
    for fault, count in without_column.items():
        whole.append(issue(0, replace(fault, message=f"有 {count} 行{fault.message}"), there))
    return whole, lines


def told_again(
    name: str,
    content: bytes,
    sheet: str,
    columns: Mapping[str, str],
    lines: Sequence[int],
    issues: Sequence[Kept],
    became: Mapping[int, str],
) -> bytes:
    """The file as it came, as a workbook, with a column 校验结果 (see `result_workbook`).

    What was read of it before is not read again: the numbers of its lines and their issues.
    """
    grid = the_ledger(read_all(name, content), sheet)
    reading = Reading(
        rows=[LedgerRow(row=number) for number in lines],
        issues=[from_kept(each) for each in issues],
        skipped=Skipped(),
        unknown_columns=(),
        missing_required=(),
        template=grid.template,
        header=find_header(grid, named(grid, columns)),
    )
    return result_workbook(grid, reading, became)


def named(grid: Grid, columns: Mapping[str, str]) -> dict[int, str]:
    """Fields by the number of their column, given by its letter."""
    letters = {column_letter(number): number for number in range(grid.width)}
    return {letters[letter]: field for letter, field in columns.items() if letter in letters}


def wrong(issues: Iterable[Issue]) -> bool:
    """Whether a line with these issues needs mending."""
    return any(issue.severity == Severity.ERROR for issue in issues)


def columns_of(header: Header) -> dict[str, tuple[str, str]]:
    return {
        heading.field.name: (heading.letter, heading.title)
        for heading in header.headings
        if heading.field
    }


def issue(line: int, fault: Fault, columns: Columns) -> Issue:
    """A fault at its column; without a letter where the ledger has no such column."""
    letter, title = columns.get(fault.field, ("", FIELDS[fault.field].label))
    return Issue(line, letter, title, "", fault.code, fault.message, fault.severity)


def as_kept(issue: Issue) -> Kept:
    return {
        "row": issue.row,
        "column": issue.column,
        "title": issue.title,
        "value": issue.value,
        "code": issue.code,
        "message": issue.message,
        "severity": issue.severity.value,
    }


def from_kept(kept: Kept) -> Issue:
    return Issue(**{**kept, "severity": Severity(kept["severity"])})
