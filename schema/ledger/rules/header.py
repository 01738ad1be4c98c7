"""The header of a ledger: which lines it takes, and which field each column is."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from schema.city.rules import RuleBroken
from schema.ledger.rules.columns import LEDGER, OTHER_FORMS, bare
from schema.ledger.rules.headings import Heading, read_headings, spread_texts, text_of
from schema.sheet import Grid

LINES_SEARCHED = 30
DEEPEST = 3
FEWEST_COLUMNS = 2
FORM_KNOWN_FROM = 3


@dataclass(frozen=True)
class Header:
    """The zero-based lines of the header, and its columns from left to right."""

    lines: range
    headings: tuple[Heading, ...]

    @cached_property
    def fields(self) -> frozenset[str]:
        """The names of the fields that have a column."""
        return frozenset(heading.field.name for heading in self.headings if heading.field)

    @cached_property
    def titles(self) -> frozenset[str]:
        """Every text of the header, bare."""
        parts = (part for heading in self.headings for part in heading.title.split("·"))
        return frozenset(filter(None, map(bare, parts)))

    def column(self, name: str) -> int | None:
        """The zero-based column of a field, or None."""
        return next((h.column for h in self.headings if h.field and h.field.name == name), None)


def find_header(grid: Grid, assigned: Mapping[int, str]) -> Header:
    """The header in the first 30 lines: the lines with 项目名称 that name the most known columns.

    `assigned` maps zero-based columns to fields by hand. Raises RuleBroken (INVALID) at `file` when
    there is no header, or the grid is another form of the office, which the message names.
    """
    candidates = (
        range(top, min(top + depth, len(grid.rows)))
        for top in range(min(LINES_SEARCHED, len(grid.rows)))
        for depth in range(1, DEEPEST + 1)
    )
    headers = (Header(lines, read_headings(grid, lines, assigned)) for lines in candidates)
    best = max(headers, key=lambda header: _likeness(grid, header), default=Header(range(0), ()))
    _refuse_other_forms(grid, best)
    if len(best.fields) < FEWEST_COLUMNS or "name" not in best.fields:
        raise _invalid(
            f"工作表“{grid.name}”前 {LINES_SEARCHED} 行里没有找到项目台账的表头。"
            "表头至少要有“项目名称”“投资方名称”“协议总投资”三列。请先下载台账模板，把内容粘贴进去再上传"
        )
    return best


def _likeness(grid: Grid, header: Header) -> tuple[bool, int, int, int, int]:
    """A sort key of how likely `header` is the header, the larger the likelier.

    It has 项目名称, the lines below that hold only parts of other headings, it names many fields, and
    no mere title is above it.
    """
    name = header.column("name")
    if name is None:
        return False, 0, len(header.fields), 0, 0
    titled = [row for row in header.lines if text_of(grid.cell(row, name))]
    named = max(titled, default=header.lines.start)
    texts = spread_texts(grid, header.lines)
    below = range(named + 1, header.lines.stop)
    parts = len(below) if all(_is_part(grid, row, header.lines, texts) for row in below) else -1
    return True, parts, len(header.fields), header.lines.start - named, -header.lines.start


def _is_part(grid: Grid, row: int, lines: range, texts: list[list[str]]) -> bool:
    """Whether a line below 项目名称 holds only texts under headings that span several columns."""
    filled = [column for column in range(grid.width) if text_of(grid.cell(row, column))]
    return bool(filled) and all(
        isinstance(grid.cell(row, column), str)
        and any(_spans(line, column) for line in texts[: row - lines.start])
        for column in filled
    )


def _spans(line: list[str], column: int) -> bool:
    beside = line[max(column - 1, 0) : column] + line[column + 1 : column + 2]
    return bool(line[column]) and line[column] in beside


def _refuse_other_forms(grid: Grid, header: Header) -> None:
    """Refuse another form of the office by its name instead of reading it as an empty ledger."""
    above = "".join(text_of(cell) for row in grid.rows[: header.lines.start] for cell in row)
    for form, columns in OTHER_FORMS.items():
        if form in above + grid.name or len(header.titles & columns) >= FORM_KNOWN_FROM:
            raise _invalid(
                f"这份文件是“{form}”，不是项目{LEDGER}。请换成项目{LEDGER}后再上传；"
                f"{form}请在对应的页面导入"
            )


def _invalid(message: str) -> RuleBroken:
    return RuleBroken(message, field="file", code="INVALID")
