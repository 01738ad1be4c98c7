"""Read a grid as the ledger: its rows, its issues, and the lines that were skipped.

Nothing is guessed silently: whatever is read otherwise than it is written becomes an issue.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from schema.city.rules import RuleBroken
from schema.ledger.rules.answers import NONE, Answers
from schema.ledger.rules.checks import column_issues, duplicates, missing_required
from schema.ledger.rules.columns import PROJECTS, RESULTS, Catalogue, bare
from schema.ledger.rules.header import Header, find_header
from schema.ledger.rules.hidden import (
    HiddenParts,
    contending_columns,
    hidden_columns,
    hidden_rows,
    is_hidden,
    without_hidden_columns,
)
from schema.ledger.rules.issue import Issue, Severity
from schema.ledger.rules.lines import Line, kind_of
from schema.ledger.rules.project_line import ListLines, ProjectLines
from schema.ledger.rules.row import LedgerRow, ListRow
from schema.sheet import Grid

TEMPLATES = {"ledger": "项目台账", "lead": "信息报送表", "evaluation": "履约评估表"}


@dataclass(frozen=True, slots=True)
class Skipped:
    """How many lines below the header are no projects: blanks, totals, notes, repeated headers.

    `hidden` are projects in rows that are hidden and that the office leaves out.
    """

    blank: int = 0
    total: int = 0
    note: int = 0
    head: int = 0
    hidden: int = 0


@dataclass(frozen=True)
class Reading:
    """A ledger as read. `rows` holds every project line, also those with errors.

    `unknown_columns` are the letters and titles of columns without a field, `missing_required` the
    titles of the office's required columns that the ledger lacks.
    """

    rows: Sequence[LedgerRow] | Sequence[ListRow]
    issues: Sequence[Issue]
    skipped: Skipped
    unknown_columns: Sequence[tuple[str, str]]
    missing_required: Sequence[str]
    template: str
    header: Header

    @property
    def wrong(self) -> frozenset[int]:
        """The numbers of the rows with an error: all of them when a column of a `must` field is
        missing.
        """
        if self.header.catalogue.needed - self.header.fields:
            return frozenset(row.row for row in self.rows)
        return frozenset(i.row for i in self.issues if i.severity == Severity.ERROR)

    @property
    def importable(self) -> list[LedgerRow]:
        """The projects without an error."""
        wrong = self.wrong
        return [row for row in self.projects if row.row not in wrong]

    @property
    def projects(self) -> list[LedgerRow]:
        """The rows of the ledger; none of a list of another kind."""
        return [row for row in self.rows if isinstance(row, LedgerRow)]


def read_ledger(
    grid: Grid,
    today: date,
    answers: Answers = NONE,
    hidden: HiddenParts | None = None,
    header: Header | None = None,
) -> Reading:
    """Read a grid as the office's ledger.

    `answers` are what people say about its columns; `hidden` is the office's choice about hidden rows and
    columns: until it is made, a project in a hidden row is an error; `header` is that of the grid where it
    is known. Raises RuleBroken (INVALID) at `file` when the grid is another form or no ledger.
    """
    _check_template(grid.template, answers.catalogue)
    header = header or find_header(grid, answers)
    by_hand = answers.assigned(grid)
    if hidden is HiddenParts.LEAVE:
        header = without_hidden_columns(grid, header, by_hand)
    lines = (ProjectLines if answers.catalogue is PROJECTS else ListLines)(grid, header, today)
    kinds: Counter[Line] = Counter()
    rows: list[Any] = []
    unseen: list[int] = []
    for number in range(header.lines.stop, len(grid.rows)):
        kind = kind_of(grid, number, header)
        kinds[kind] += 1
        if kind == Line.PROJECT and is_hidden(grid, number):
            unseen.append(number)
            if hidden is HiddenParts.LEAVE:
                continue
        if kind == Line.PROJECT:
            rows.append(lines.read(number))
    numbers = [row.row - 1 for row in rows]
    issues = [
        *column_issues(header, lines.blanks, lines.unitless),
        *hidden_rows(grid, header, unseen, hidden),
        *hidden_columns(grid, header, numbers),
        *lines.issues,
        *contending_columns(grid, header, numbers, by_hand, today),
        *(duplicates(rows, header) if answers.catalogue is PROJECTS else ()),
    ]
    left = len(unseen) if hidden is HiddenParts.LEAVE else 0
    return Reading(
        rows=rows,
        issues=sorted(issues, key=lambda issue: issue.row),
        skipped=Skipped(
            kinds[Line.BLANK], kinds[Line.TOTAL], kinds[Line.NOTE], kinds[Line.HEAD], left
        ),
        unknown_columns=[
            (heading.letter, heading.title)
            for heading in header.headings
            if heading.title and not heading.field and bare(heading.title) not in RESULTS
        ],
        missing_required=missing_required(header),
        template=grid.template,
        header=header,
    )


def the_ledger(grids: Sequence[Grid], sheet: str = "", answers: Answers = NONE) -> Grid:
    """The sheet of a workbook that is the ledger; `sheet` names it when several are, or one is hidden. One
    that names its projects goes before others.

    Raises RuleBroken (INVALID) when none is, with what the first one lacks, and when several are,
    since reading one and skipping the others would lose projects silently.
    """
    named = [grid for grid in grids if sheet and grid.name == sheet]
    chosen = named or [grid for grid in grids if not grid.hidden] or list(grids)
    refused: list[RuleBroken] = []
    found: list[Grid] = []
    nameless: list[Grid] = []
    for grid in chosen:
        try:
            header = find_header(grid, answers)
        except RuleBroken as error:
            refused.append(error)
            continue
        lines = range(header.lines.stop, len(grid.rows))
        if any(kind_of(grid, number, header) == Line.PROJECT for number in lines):
            (found if header.column(header.catalogue.key) is not None else nameless).append(grid)
    found = found or nameless
    if len(found) > 1:
        names = "、".join(f"“{grid.name}”" for grid in found)
        raise RuleBroken(
            f"{names}都是{answers.catalogue.title.removeprefix('项目')}。请选择一张工作表，或各存为一份文件分别上传",
            field="file",
            code="INVALID",
        )
    if not found and refused:
        raise refused[0]
    return found[0] if found else chosen[0]


def _check_template(template: str, catalogue: Catalogue) -> None:
    form = template.partition("/")[0]
    if form not in ("", catalogue.name):
        raise RuleBroken(
            f"这份文件用的是“{TEMPLATES.get(form, template)}”模板，不是{catalogue.title}。"
            f"请下载{catalogue.title}模板，填好后再上传",
            field="file",
            code="INVALID",
        )
