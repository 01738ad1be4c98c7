"""The header of a ledger: which lines it takes, and which field each column is."""

from dataclasses import dataclass
from functools import cached_property

from schema.city.rules import RuleBroken
from schema.ledger.rules.answers import NONE, Answers, form_of
from schema.ledger.rules.columns import PROJECTS, Catalogue, bare
from schema.ledger.rules.headings import Heading, read_headings, spread_texts, text_of
from schema.ledger.rules.units import is_caption
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
    catalogue: Catalogue = PROJECTS

    @cached_property
    def fields(self) -> frozenset[str]:
        """The names of the fields that have a column."""
        return frozenset(heading.field.name for heading in self.headings if heading.field)

    @cached_property
    def titles(self) -> frozenset[str]:
        """Every text of the header, bare."""
        parts = (part for heading in self.headings for part in heading.title.split("·"))
        return frozenset(filter(None, map(bare, parts)))

    @property
    def form(self) -> str:
        """The form of the sheet, known by its headings."""
        return form_of([heading.title for heading in self.headings])

    def column(self, name: str) -> int | None:
        """The zero-based column of a field, or None."""
        return self._columns.get(name)

    @cached_property
    def _columns(self) -> dict[str, int]:
        """The leftmost column of each field that has one."""
        return {each.field.name: each.column for each in reversed(self.headings) if each.field}


def find_header(grid: Grid, answers: Answers = NONE) -> Header:
    """The header in the first 30 lines: the lines that name the most known columns, 项目名称 among them.

    Without 项目名称 it takes a column that every line needs and one more: which column has the names is
    then for people to say. Raises RuleBroken (INVALID) at `file` when there is no header, or the grid is
    another form of the office, which the message names.
    """
    candidates = (
        range(top, min(top + depth, len(grid.rows)))
        for top in range(min(LINES_SEARCHED, len(grid.rows)))
        for depth in range(1, DEEPEST + 1)
    )
    headers = (
        Header(lines, read_headings(grid, lines, answers), answers.catalogue)
        for lines in candidates
    )
    best = max(
        headers,
        key=lambda header: _likeness(grid, header),
        default=Header(range(0), (), answers.catalogue),
    )
    _refuse_other_forms(grid, best)
    fewest = min(FEWEST_COLUMNS, len(answers.catalogue.needed))
    if len(best.fields) < fewest or not best.fields & answers.catalogue.needed:
        raise _invalid(_without_header(grid, answers.catalogue))
    return best


def _without_header(grid: Grid, catalogue: Catalogue) -> str:
    where = f"工作表“{grid.name}”前 {LINES_SEARCHED} 行里没有找到{catalogue.title}的表头。"
    if catalogue is not PROJECTS:
        titles = [field.title for field in catalogue.fields.values() if field.kind != "serial"]
        return (
            f"{where}表头要有“{titles[0]}”。请先下载模板，把内容粘贴进去再上传；"
            f"列名叫法不同的，上传时写明哪一列是什么，例如 B={titles[0]}"
        )
    return (
        f"{where}"
        "表头至少要有“项目名称”“投资方名称”“协议总投资”三列。请先下载台账模板，把内容粘贴进去再上传；"
        "列名叫法不同的，上传时写明哪一列是什么，例如 B=项目名称、C=投资方名称"
    )


def _likeness(grid: Grid, header: Header) -> tuple[bool, int, int, int, int]:
    """A sort key of how likely `header` is the header, the larger the likelier.

    It has 项目名称, the lines below that hold only parts of other headings, it names many fields, and
    no mere title is above it.
    """
    name = header.column("name")
    titles = {heading.title for heading in header.headings if heading.field and heading.title}
    if name is None:
        return False, 0, len(titles), -len(header.lines), -header.lines.start
    over = ((row, text_of(grid.cell(row, name))) for row in header.lines)
    titled = [row for row, text in over if text and not is_caption(text)]
    named = max(titled, default=header.lines.start)
    texts = spread_texts(grid, header.lines)
    below = range(named + 1, header.lines.stop)
    parts = len(below) if all(_is_part(grid, row, header.lines, texts) for row in below) else -1
    return True, parts, len(titles), header.lines.start - named, -header.lines.start


def _is_part(grid: Grid, row: int, lines: range, texts: list[list[str]]) -> bool:
    """Whether a line below 项目名称 holds only units, and texts under headings that span columns."""
    filled = [column for column in range(grid.width) if text_of(grid.cell(row, column))]
    return bool(filled) and all(
        isinstance(cell := grid.cell(row, column), str)
        and (is_caption(cell) or any(_spans(line, column) for line in texts[: row - lines.start]))
        for column in filled
    )


def _spans(line: list[str], column: int) -> bool:
    beside = line[max(column - 1, 0) : column] + line[column + 1 : column + 2]
    return bool(line[column]) and line[column] in beside


def _refuse_other_forms(grid: Grid, header: Header) -> None:
    """Refuse another form of the office by its name instead of reading it as an empty ledger."""
    above = "".join(text_of(cell) for row in grid.rows[: header.lines.start] for cell in row)
    for form, columns in header.catalogue.other_forms.items():
        if form in above + grid.name or len(header.titles & columns) >= FORM_KNOWN_FROM:
            raise _invalid(
                f"这份文件是“{form}”，不是{header.catalogue.title}。请换成{header.catalogue.title}后再上传；"
                f"{form}请在对应的页面导入"
            )


def _invalid(message: str) -> RuleBroken:
    return RuleBroken(message, field="file", code="INVALID")
