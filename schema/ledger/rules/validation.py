"""Validate an uploaded file as the ledger, as far as that needs no database."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from schema.city.rules import RuleBroken
from schema.ledger.rules.answers import Answers
from schema.ledger.rules.checks import MISSING_COLUMN
from schema.ledger.rules.columns import FIELDS, PROJECTS, RESULTS, Catalogue, bare, list_catalogue
from schema.ledger.rules.computed import formula_runs
from schema.ledger.rules.files import result_workbook
from schema.ledger.rules.header import Header, find_header
from schema.ledger.rules.hidden import HiddenParts, macros, other_sheets
from schema.ledger.rules.issue import Issue, Severity
from schema.ledger.rules.mapping import FieldIssue, map_to_project
from schema.ledger.rules.mends import passed_over, put_in, result_words
from schema.ledger.rules.reading import Reading, Skipped, read_ledger, the_ledger
from schema.ledger.rules.row import ListRow, packed
from schema.ledger.rules.units import unit_of
from schema.sheet import Grid, read_all

MOST_ROWS = 10_000
FORMS_TRIED = 10

# Each of the two places is the default of the other, so one that cannot be parsed leaves both open.
ALIKE = dict.fromkeys(
    ("first_contact_place", "landing_place"), ("first_contact_place", "landing_place")
)

JsonObject = dict[str, Any]
"""A JSON object."""

Columns = Mapping[str, Sequence[str]]
"""The letter and title of the column of each field that has one."""


def validate_file(
    name: str,
    content: bytes,
    sheet: str,
    answers: Mapping[str, Any] | None,
    remembered: Sequence[Mapping[str, Any]],
    day: date,
    own: str,
    hidden: str = "",
    mends: Sequence[Mapping[str, Any]] = (),
    kind: Mapping[str, Any] | None = None,
) -> Iterator[JsonObject]:
    """A summary of the whole file, then each row: its packed values and its issues.

    `answers` are `columns` and `units` as `Answers` has them, None where nothing is given: then those of
    `remembered` hold, each with its `form` and the `no` of its batch, that were given for this form.
    `day` is today; `own` is the slug of the uploading unit's place; `hidden` is one of HiddenParts, ""
    before the office has chosen; `mends` are the cells changed in the preview (`put_in`); `kind` are the
    arguments of `list_catalogue` for a list that is not the ledger. Raises RuleBroken (INVALID) when the
    file is no ledger or has more than MOST_ROWS rows, at `columns` or `units` for what does not fit it.
    """
    grids, catalogue = read_all(name, content), list_catalogue(**kind) if kind else PROJECTS
    if answers is None:
        grid, given, answered_in = with_remembered(grids, sheet, remembered, catalogue)
    else:
        given, answered_in = Answers(**answers, catalogue=catalogue), ""
        grid = the_ledger(grids, sheet, given)
    given.check(grid)
    # Changed cells stand below the header, so it is that of the file.
    chosen, header = grid, find_header(grid, given)
    grid, held, lost = put_in(grid, header, mends)
    reading = read_ledger(grid, day, given, HiddenParts(hidden) if hidden else None, header)
    check_units(reading.header, given)
    if len(reading.rows) > MOST_ROWS:
        raise RuleBroken(
            f"有 {len(reading.rows):,} 个{catalogue.item}，一次最多 {MOST_ROWS:,} 个，请分成几份上传",
            code="INVALID",
        )
    collect = collect_issues if catalogue is PROJECTS else list_issues
    of_file, of_lines, beyond = collect(reading, day, own)
    lost += passed_over(held, of_lines)
    of_file += [*macros(content), *other_sheets(grids, chosen, reading.header), *lost]
    skipped = reading.skipped
    yield {
        "sheet": grid.name,
        "rows": len(reading.rows),
        "columns": columns_by_field(reading.header),
        "skipped": {
            "blank": skipped.blank,
            "total": skipped.total,
            "note": skipped.note,
            "head": skipped.head,
            "hidden": skipped.hidden,
        },
        "hidden": hidden,
        "unknown": reading.unknown_columns,
        "missing": reading.missing_required,
        "form": (form_without_answers(grid, catalogue) if given.columns else "") or header.form,
        "assigned": dict(given.columns),
        "units": dict(given.units),
        "answered_in": answered_in,
        "formulas": formula_runs(grid, reading.header, (row.row for row in reading.rows)),
        "headings": [
            {
                "letter": each.letter,
                "title": each.title,
                "field": each.field.name if each.field else "",
                "measure": each.field.measure if each.field else "",
                "unit": each.unit,
                "unit_from": each.unit_from.value,
            }
            for each in reading.header.headings
            if (each.title or each.by_hand) and bare(each.title) not in RESULTS
        ],
        "issues": [issue_to_json(each) for each in of_file],
    }
    for row in reading.rows:
        issues = of_lines[row.row]
        yield {
            "row": row.row,
            "name": row.name,
            "wrong": has_errors(issues),
            "beyond": row.row in beyond,
            "values": packed(row),
            "issues": [issue_to_json(each) for each in issues],
            "mends": held.get(row.row, []),
        }


def with_remembered(
    grids: Sequence[Grid],
    sheet: str,
    remembered: Sequence[Mapping[str, Any]],
    catalogue: Catalogue = PROJECTS,
) -> tuple[Grid, Answers, str]:
    """The ledger with what was given before for its form, and the number of the batch where it was.

    A form of which nothing was given is read as it stands. Raises RuleBroken (INVALID) at `file`.
    """
    try:
        grid = the_ledger(grids, sheet, Answers(catalogue=catalogue))
        header = find_header(grid, Answers(catalogue=catalogue))
    except RuleBroken:
        for each in remembered[:FORMS_TRIED]:
            given = Answers(each["columns"], each["units"], catalogue)
            try:
                grid = the_ledger(grids, sheet, given)
            except RuleBroken:
                continue
            if find_header(grid, given).form == each["form"]:
                return grid, given, each["no"]
        raise
    known = next((each for each in remembered if each["form"] == header.form), None)
    if known is None or not (known["columns"] or known["units"]):
        return grid, Answers(catalogue=catalogue), ""
    return grid, Answers(known["columns"], known["units"], catalogue), known["no"]


def form_without_answers(grid: Grid, catalogue: Catalogue = PROJECTS) -> str:
    """The form of a sheet as its headings alone show it, "" where they show no header."""
    try:
        return find_header(grid, Answers(catalogue=catalogue)).form
    except RuleBroken:
        return ""


def check_units(header: Header, given: Answers) -> None:
    """Raises RuleBroken (INVALID) at `units` for a unit that does not fit what its column measures."""
    for heading in header.headings:
        unit, field = given.units.get(heading.letter), heading.field
        if unit and not (field and field.measure and unit_of(unit, field.measure)):
            what = "面积" if field and field.measure == "land" else "金额"
            message = f"{heading.letter} 列“{heading.title}”"
            message += f"是{what}，单位不能是{unit}" if field and field.measure else "不用单位"
            raise RuleBroken(message, "units", "INVALID")


def collect_issues(
    reading: Reading, day: date, own: str
) -> tuple[list[Issue], dict[int, list[Issue]], set[int]]:
    """The issues of the whole file, and of each row by its number: from parsing and from mapping.

    With them the numbers of the rows that say more than a report.
    """
    lines: dict[int, list[Issue]] = {row.row: [] for row in reading.rows}
    whole: list[Issue] = []
    for each in reading.issues:
        lines.get(each.row, whole).append(each)
    missing = [each for each in whole if each.code == MISSING_COLUMN]
    there = columns_by_field(reading.header)
    without_column: Counter[FieldIssue] = Counter()
    beyond: set[int] = set()
    for row in reading.projects:
        issues = lines[row.row]
        issues += [replace(each, row=row.row) for each in missing]
        unread = {each.column for each in issues} if has_errors(issues) else set()
        mapped = map_to_project(row, day, own)
        if not mapped.is_report:
            beyond.add(row.row)
        for found in mapped.issues:
            is_doubt = found.severity == Severity.WARNING
            column = there.get(found.field, ("", ""))[0]
            looked_at = {there[name][0] for name in ALIKE.get(found.field, ()) if name in there}
            # A cell that cannot be parsed is blank; the issues that follow from the blank are noise.
            if unread and (is_doubt or unread & (looked_at | {column})):
                continue
            if is_doubt and not column:
                without_column[found] += 1
            else:
                issues.append(issue_at(row.row, found, there))
    for found, count in without_column.items():
        whole.append(issue_at(0, replace(found, message=f"有 {count} 行{found.message}"), there))
    return whole, lines, beyond


def list_issues(
    reading: Reading, day: date, own: str
) -> tuple[list[Issue], dict[int, list[Issue]], set[int]]:
    """As `collect_issues`, of a list that is not the ledger: what a line becomes is checked elsewhere."""
    lines: dict[int, list[Issue]] = {row.row: [] for row in reading.rows}
    whole: list[Issue] = []
    for each in reading.issues:
        lines.get(each.row, whole).append(each)
    missing = [each for each in whole if each.code == MISSING_COLUMN]
    for row, issues in lines.items():
        issues += [replace(each, row=row) for each in missing]
    return whole, lines, set()


def annotate_workbook(
    name: str,
    content: bytes,
    sheet: str,
    columns: Mapping[str, str],
    lines: Sequence[int],
    issues: Sequence[JsonObject],
    imported: Mapping[int, str],
    mends: Sequence[Mapping[str, Any]] = (),
    kind: Mapping[str, Any] | None = None,
) -> bytes:
    """The uploaded file as a workbook with a column 校验结果 (see `result_workbook`).

    `lines` and `issues` are the row numbers and issues stored at the preview; rows are not parsed
    again. Of `mends`, which the file carries, `who` and `when` say by whom and on which day.
    """
    given = Answers(columns=columns, catalogue=list_catalogue(**kind) if kind else PROJECTS)
    grid = the_ledger(read_all(name, content), sheet, given)
    reading = Reading(
        rows=[ListRow(number, {}) for number in lines],
        issues=[issue_from_json(each) for each in issues],
        skipped=Skipped(),
        unknown_columns=(),
        missing_required=(),
        template=grid.template,
        header=find_header(grid, given),
    )
    grid, held, _ = put_in(grid, reading.header, mends)
    return result_workbook(
        grid, reading, imported, {row: result_words(each) for row, each in held.items()}
    )


def has_errors(issues: Iterable[Issue]) -> bool:
    """Whether one of the issues is an error."""
    return any(issue.severity == Severity.ERROR for issue in issues)


def columns_by_field(header: Header) -> dict[str, tuple[str, str]]:
    """The letter and title of the column of each field that the header has."""
    return {
        heading.field.name: (heading.letter, heading.title)
        for heading in header.headings
        if heading.field
    }


def issue_at(line: int, found: FieldIssue, columns: Columns, label: str = "") -> Issue:
    """An issue at the column of its field; without a letter when the ledger lacks that column."""
    letter, title = columns.get(found.field, ("", label or FIELDS[found.field].label))
    return Issue(line, letter, title, "", found.code, found.message, found.severity)


def issue_to_json(issue: Issue) -> JsonObject:
    return {
        "row": issue.row,
        "column": issue.column,
        "title": issue.title,
        "value": issue.value,
        "code": issue.code,
        "message": issue.message,
        "severity": issue.severity.value,
    }


def issue_from_json(issue: JsonObject) -> Issue:
    return Issue(**{**issue, "severity": Severity(issue["severity"])})
