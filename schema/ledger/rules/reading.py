"""A ledger read: its projects, what is wrong or doubtful where, and what was passed over.

Nothing is guessed in silence: whatever was read otherwise than it is written is an issue.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from schema.city.rules import RuleBroken
from schema.ledger.rules.checks import about_columns, duplicates, missing_required
from schema.ledger.rules.columns import FIELDS, LEDGER, RESULTS, bare
from schema.ledger.rules.header import Header, find_header
from schema.ledger.rules.issue import Issue, Severity
from schema.ledger.rules.lines import Line, kind_of
from schema.ledger.rules.project_line import ProjectLines
from schema.ledger.rules.row import LedgerRow
from schema.sheet import Grid

TEMPLATES = {"ledger": "项目台账", "lead": "信息报送表", "evaluation": "履约评估表"}


@dataclass(frozen=True, slots=True)
class Skipped:
    """Lines below the head that are no projects: blanks, totals, notes, the head once more."""

    blank: int = 0
    total: int = 0
    note: int = 0
    head: int = 0


@dataclass(frozen=True)
class Reading:
    """What a ledger says. `rows` holds every project line; those with an error need mending.

    `unknown_columns` are letters and headings that are no column of ours, `missing_required` the
    titles of the office's required columns that are not there.
    """

    rows: Sequence[LedgerRow]
    issues: Sequence[Issue]
    skipped: Skipped
    unknown_columns: Sequence[tuple[str, str]]
    missing_required: Sequence[str]
    template: str
    header: Header

    @property
    def wrong(self) -> frozenset[int]:
        """The numbers of the lines that need mending: all, when a column we cannot do without is
        not there.
        """
        if any(field.must and name not in self.header.fields for name, field in FIELDS.items()):
            return frozenset(row.row for row in self.rows)
        return frozenset(i.row for i in self.issues if i.severity == Severity.ERROR)

    @property
    def importable(self) -> list[LedgerRow]:
        wrong = self.wrong
        return [row for row in self.rows if row.row not in wrong]


def read_ledger(grid: Grid, today: date, assigned: Mapping[int, str] | None = None) -> Reading:
    """Read a grid as the office's ledger.

    `assigned` gives zero-based columns their field, a key of FIELDS, by hand. Raises RuleBroken
    (INVALID) when the grid is another form or no ledger at all.
    """
    _check_template(grid.template)
    header = find_header(grid, assigned or {})
    lines = ProjectLines(grid, header, today)
    kinds: Counter[Line] = Counter()
    rows: list[LedgerRow] = []
    for number in range(header.lines.stop, len(grid.rows)):
        kind = kind_of(grid, number, header)
        kinds[kind] += 1
        if kind == Line.PROJECT:
            rows.append(lines.read(number))
    issues = [*about_columns(header, lines.blanks), *lines.issues, *duplicates(rows, header)]
    return Reading(
        rows=rows,
        issues=sorted(issues, key=lambda issue: issue.row),
        skipped=Skipped(kinds[Line.BLANK], kinds[Line.TOTAL], kinds[Line.NOTE], kinds[Line.HEAD]),
        unknown_columns=[
            (heading.letter, heading.title)
            for heading in header.headings
            if heading.title and not heading.field and bare(heading.title) not in RESULTS
        ],
        missing_required=missing_required(header),
        template=grid.template,
        header=header,
    )


def the_ledger(grids: Sequence[Grid], sheet: str = "") -> Grid:
    """The sheet of a workbook that is the ledger; `sheet` names it when several are.

    Raises RuleBroken (INVALID) when none is, with what the first one lacks, and when several are:
    to read one and pass over the others would lose projects in silence.
    """
    chosen = [grid for grid in grids if sheet in ("", grid.name)] or list(grids)
    refused: list[RuleBroken] = []
    found = []
    for grid in chosen:
        try:
            header = find_header(grid, {})
        except RuleBroken as broken:
            refused.append(broken)
            continue
        lines = range(header.lines.stop, len(grid.rows))
        if any(kind_of(grid, number, header) == Line.PROJECT for number in lines):
            found.append(grid)
    if len(found) > 1:
        names = "、".join(f"“{grid.name}”" for grid in found)
        raise RuleBroken(
            f"{names}都是台账。请选择一张工作表，或各存为一份文件分别上传",
            field="file",
            code="INVALID",
        )
    if not found and refused:
        raise refused[0]
    return found[0] if found else chosen[0]


def _check_template(template: str) -> None:
    form = template.partition("/")[0]
    if form not in ("", "ledger"):
        raise RuleBroken(
            f"这份文件用的是“{TEMPLATES.get(form, template)}”模板，不是项目{LEDGER}。"
            f"请下载项目{LEDGER}模板，填好后再上传",
            field="file",
            code="INVALID",
        )
