"""The head of a ledger: where it is, how many lines it has, and which column is which."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from schema.city.rules import RuleBroken
from schema.city.rules.text import half_width
from schema.ledger.rules.columns import FIELDS, LEDGER, NAMES, OTHER_FORMS, Field, bare
from schema.sheet import Cell, Grid, column_letter

LINES_SEARCHED = 30
DEEPEST = 3
FEWEST_COLUMNS = 2
FORM_KNOWN_FROM = 3

MONEY_UNITS = {
    "万": "万元",
    "亿": "亿元",
    "千元": "千元",
    "元": "元",
    "万元": "万元",
    "亿元": "亿元",
}
IN_HEADING = re.compile(
    r"[(\[【](?:单位:?)?(?:人民币)?(万元|亿元|千元|元|万|亿|亩|公顷|平方米|m2|万?(?:美|欧|港|日)元)[)\]】]"
    r"|单位:?(万元|亿元|千元|元|亩|公顷|平方米)|(万元|亿元|千元|(?<!美)元|亩|公顷|平方米)$"
)
IN_CAPTION = re.compile(r"单位:?(?:人民币)?(万元|亿元|千元|元)")

# A part's name under a heading that speaks of something else must not be taken alone:
# 电话 under 首谈 is not the investor's telephone, 省外 under 到位资金 no agreed investment.
CONTEXTS = re.compile(
    "首谈|首报|落户|流转|到位|约定|协议|计划|实际|预计|签约|注册|上年|去年|上月|本月"
)
FAMILY = {"agreed_investment": {"agreed_investment", "agreed_fixed_assets", "agreed_by_source"}}


@dataclass(frozen=True, slots=True)
class Heading:
    """One column of the sheet: its letter, what stands over it, what it is and in which unit."""

    column: int
    title: str
    unit: str
    field: Field | None
    unit_said: bool = False

    @property
    def letter(self) -> str:
        return column_letter(self.column)


@dataclass(frozen=True)
class Header:
    """The lines of the head, zero-based, and its columns from left to right."""

    lines: range
    headings: tuple[Heading, ...]

    @property
    def fields(self) -> set[str]:
        return {heading.field.name for heading in self.headings if heading.field}

    @cached_property
    def titles(self) -> frozenset[str]:
        """Everything that stands in the head, bare."""
        parts = (part for heading in self.headings for part in heading.title.split("·"))
        return frozenset(filter(None, map(bare, parts)))

    def column(self, name: str) -> int | None:
        """Where a field is, if it is there."""
        return next((h.column for h in self.headings if h.field and h.field.name == name), None)


def find_header(grid: Grid, assigned: Mapping[int, str]) -> Header:
    """The head with the most columns that we know, in the first 30 lines, of at most three lines.

    `assigned` maps columns to fields by hand. Raises RuleBroken (INVALID) when the grid has no
    such head, or is another of the office's forms, which is then named.
    """
    best = max(
        (
            _header(grid, range(top, top + depth), assigned)
            for top in range(min(LINES_SEARCHED, len(grid.rows)))
            for depth in range(1, DEEPEST + 1)
        ),
        key=lambda header: _likeness(grid, header),
        default=Header(range(0), ()),
    )
    _refuse_other_forms(grid, best)
    if len(best.fields) < FEWEST_COLUMNS or "name" not in best.fields:
        raise _invalid(
            f"工作表“{grid.name}”前 {LINES_SEARCHED} 行里没有找到项目台账的表头。"
            "表头至少要有“项目名称”“投资方名称”“协议总投资”三列；可先下载台账模板，把内容粘贴进去再上传"
        )
    return best


def _likeness(grid: Grid, header: Header) -> tuple[bool, int, int, int, int]:
    """How much some lines look like the head: they have 项目名称, all below it are parts of other
    headings, they name many fields, and no mere title stands above.
    """
    name = header.column("name")
    if name is None:
        return False, 0, 0, 0, 0
    titled = [row for row in header.lines if _text(grid.cell(row, name))]
    named = max(titled, default=header.lines.start)
    texts = _texts(grid, header.lines)
    below = range(named + 1, header.lines.stop)
    parts = len(below) if all(_is_part(grid, row, header.lines, texts) for row in below) else -1
    return True, parts, len(header.fields), header.lines.start - named, -header.lines.start


def _is_part(grid: Grid, row: int, lines: range, texts: list[list[str]]) -> bool:
    """Whether a line below 项目名称 holds nothing but words under headings of several columns."""
    said = [column for column in range(grid.width) if _text(grid.cell(row, column))]
    return bool(said) and all(
        isinstance(grid.cell(row, column), str)
        and any(_spans(line, column) for line in texts[: row - lines.start])
        for column in said
    )


def _spans(line: list[str], column: int) -> bool:
    beside = line[max(column - 1, 0) : column] + line[column + 1 : column + 2]
    return bool(line[column]) and line[column] in beside


def _header(grid: Grid, lines: range, assigned: Mapping[int, str]) -> Header:
    caption = _caption_unit(grid, lines.start)
    paths = _paths(grid, lines)
    headings: list[Heading] = []
    taken: set[str] = set()
    for column in range(grid.width):
        path = paths[column]
        name = assigned.get(column) or (_field_name(path) if path else None)
        field = FIELDS.get(name or "")
        if field and field.name in taken:
            field = None
        if field:
            taken.add(field.name)
        said = _heading_unit(path)
        unit = said or (caption if field and field.unit == "万元" else "")
        title = "·".join(_one_line(part) for part in path)
        unit = unit or (field.unit if field else "")
        headings.append(Heading(column, title, unit, field, bool(said or caption)))
    return Header(lines, tuple(headings))


def _paths(grid: Grid, lines: range) -> list[list[str]]:
    """What stands over each column from the top line of the head down, each heading once."""
    texts = _texts(grid, lines)
    paths = []
    for column in range(grid.width):
        path: list[str] = []
        for text in (line[column] for line in texts):
            if text and text not in path[-1:]:
                path.append(text)
        paths.append(path)
    return paths


def _texts(grid: Grid, lines: range) -> list[list[str]]:
    """The lines of the head with every heading over all the columns and lines that it covers."""
    texts = [[_text(grid.cell(row, column)) for column in range(grid.width)] for row in lines]
    for merged in grid.merged:
        if merged.top in lines and merged.right < grid.width:
            for row in range(merged.top, min(merged.bottom + 1, lines.stop)):
                for column in range(merged.left, merged.right + 1):
                    texts[row - lines.start][column] = _text(grid.cell(merged.top, merged.left))
    for level in range(len(texts) - 1):
        _spread(texts, level)
    return texts


def _spread(texts: list[list[str]], level: int) -> None:
    """Let a heading over several columns stand over all of them where merging was lost, as in .csv.

    It reaches over blanks to its right as long as these have headings of their own below.
    """
    for column in range(1, len(texts[level])):
        if texts[level][column] or not texts[level][column - 1]:
            continue
        if _below(texts, level, column) and _below(texts, level, column - 1):
            texts[level][column] = texts[level][column - 1]


def _below(texts: list[list[str]], level: int, column: int) -> bool:
    above = texts[level][column]
    return any(line[column] and line[column] != above for line in texts[level + 1 :])


def _field_name(path: list[str]) -> str | None:
    """The field that a column is, by all that stands over it, or by its last heading alone."""
    parts = [part for part in map(bare, path) if part]
    for name in _spellings(parts):
        if name in NAMES:
            return NAMES[name]
    if not parts:
        return None
    *above, last = parts
    found = NAMES.get(last)
    return found if found and all(_allows(part, last, found) for part in above) else None


def _spellings(parts: list[str]) -> Iterator[str]:
    """约定时间 over 开工 is 约定开工时间; what stands over 其中 still counts."""
    for start in range(len(parts)):
        if start and CONTEXTS.search("".join(parts[:start])):
            return
        joined = "".join(parts[start:])
        if len(parts) - start > 1:
            yield joined
            yield joined.replace("时间", "") + "时间"
            yield joined.replace("情况", "").replace("信息", "")
            yield parts[start] + parts[-1]


def _allows(above: str, last: str, found: str) -> bool:
    """Whether a part's name means the same under what stands above it as it does alone."""
    known = FIELDS.get(NAMES.get(above, ""))
    if known and known.kind == "money":
        return FIELDS[found].column in FAMILY.get(known.column, {known.column})
    return all(word in last for word in CONTEXTS.findall(above))


def _heading_unit(path: list[str]) -> str:
    for part in reversed(path):
        if said := IN_HEADING.search(re.sub(r"\s", "", half_width(part))):
            unit = said[1] or said[2] or said[3]
            return MONEY_UNITS.get(unit, unit)
    return ""


def _caption_unit(grid: Grid, top: int) -> str:
    """单位：万元 in a line above the head."""
    for row in grid.rows[:top]:
        for cell in row:
            if said := IN_CAPTION.search(re.sub(r"\s", "", half_width(_text(cell)))):
                return said[1]
    return ""


def _refuse_other_forms(grid: Grid, header: Header) -> None:
    """A wrong form is refused by its name, never read as a ledger with nothing in it."""
    above = "".join(_text(cell) for row in grid.rows[: header.lines.start] for cell in row)
    for form, columns in OTHER_FORMS.items():
        if form in above + grid.name or len(header.titles & columns) >= FORM_KNOWN_FROM:
            raise _invalid(
                f"这份文件是“{form}”，不是项目{LEDGER}。请换成项目{LEDGER}后再上传；"
                f"{form}请在对应的页面导入"
            )


def _text(cell: Cell) -> str:
    return cell.strip() if isinstance(cell, str) else "" if cell is None else str(cell)


def _one_line(text: str) -> str:
    return re.sub(r"\s+", "", text)


def _invalid(message: str) -> RuleBroken:
    return RuleBroken(message, field="file", code="INVALID")
