"""The texts over each column of a header, and the field and unit that follow from them."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from schema.city.rules.text import half_width
from schema.ledger.rules.cell import cell_text
from schema.ledger.rules.columns import FIELDS, NAMES, Field, bare
from schema.sheet import Cell, Grid, Number, column_letter

SHORT_UNITS = {"万": "万元", "亿": "亿元", "平米": "平方米", "m2": "平方米"}
YUAN = "万元|亿元|千元|(?<![美欧港日])元"
FOREIGN = "万?(?:美|欧|港|日)元"
AREA = "亩|公顷|平方米|平米|m2"
IN_BRACKETS = re.compile(
    rf"[(\[【](?:[^)\]】]*[:,、;/])?(?:人民币)?({FOREIGN}|{YUAN}|万|亿|{AREA})(?:人民币)?[)\]】]"
)
BEHIND = re.compile(rf"单位:?({YUAN}|{AREA})|({YUAN}|{AREA})$")
IN_CAPTION = re.compile(rf"单位:?(?:人民币)?({YUAN})")

# The last heading alone must not decide under a heading about something else: 电话 under 首谈 is
# not the investor's telephone, 省外 under 到位资金 is not agreed investment.
CONTEXTS = re.compile(
    "首谈|首报|落户|流转|到位|约定|协议|计划|实际|预计|签约|注册|上年|去年|上月|本月"
)
FAMILY = {"agreed_investment": {"agreed_investment", "agreed_fixed_assets", "agreed_by_source"}}


@dataclass(frozen=True, slots=True)
class Heading:
    """One column of the sheet: its zero-based number, title, unit, and field if it is known.

    `unit_given` is false when the unit is not in the sheet but the field's default.
    """

    column: int
    title: str
    unit: str
    field: Field | None
    unit_given: bool = False

    @property
    def letter(self) -> str:
        return column_letter(self.column)


def read_headings(grid: Grid, lines: range, assigned: Mapping[int, str]) -> tuple[Heading, ...]:
    """The columns under the header in `lines`.

    Of two with one field the first gets it, a visible one before a hidden one.
    """
    caption = _caption_unit(grid, lines.start)
    texts = spread_texts(grid, lines)
    headings: list[Heading] = []
    taken: set[str] = set()
    for column in sorted(range(grid.width), key=lambda each: (each in grid.hidden_columns, each)):
        path = _path(texts, column)
        name = assigned.get(column) or _field_name(path)
        field = FIELDS[name] if name and name not in taken else None
        unit = _unit(path)
        if field:
            taken.add(field.name)
            unit = unit or (caption if field.unit == "万元" else "")
        title = "·".join(re.sub(r"\s+", "", part) for part in path)
        supposed = field.unit if field else ""
        headings.append(Heading(column, title, unit or supposed, field, bool(unit)))
    return tuple(sorted(headings, key=lambda heading: heading.column))


def field_named(title: str) -> str:
    """The name of the field that a heading's title means, "" where it means none."""
    return _field_name(title.split("·")) or ""


def spread_texts(grid: Grid, lines: range) -> list[list[str]]:
    """The texts of the header by line and column, merged and spanning headings repeated."""
    texts = [[text_of(grid.cell(row, column)) for column in range(grid.width)] for row in lines]
    for merged in grid.merged:
        if merged.top in lines and merged.right < grid.width:
            for row in range(merged.top, min(merged.bottom + 1, lines.stop)):
                for column in range(merged.left, merged.right + 1):
                    texts[row - lines.start][column] = text_of(grid.cell(merged.top, merged.left))
    for level in range(len(texts) - 1):
        _spread(texts, level)
    return texts


def text_of(cell: Cell) -> str:
    """A cell of the header as text."""
    if isinstance(cell, Number):
        return cell_text(cell)
    return cell.strip() if isinstance(cell, str) else "" if cell is None else str(cell)


def _spread(texts: list[list[str]], level: int) -> None:
    """Repeat a heading over the columns it spans where merging is lost, as in .csv.

    It spans the blanks to its right as long as they have headings of their own below.
    """
    line = texts[level]
    for column in range(1, len(line)):
        covered = not line[column] and line[column - 1]
        if covered and _below(texts, level, column) and _below(texts, level, column - 1):
            line[column] = line[column - 1]


def _below(texts: list[list[str]], level: int, column: int) -> bool:
    above = texts[level][column]
    return any(line[column] and line[column] != above for line in texts[level + 1 :])


def _path(texts: list[list[str]], column: int) -> list[str]:
    """The headings over a column from top to bottom, each once."""
    path: list[str] = []
    for line in texts:
        if line[column] and line[column] not in path[-1:]:
            path.append(line[column])
    return path


def _field_name(path: list[str]) -> str | None:
    """The name of the field of a column, by all headings over it, or by the last one alone."""
    parts = [part for part in map(bare, path) if part]
    for name in _name_variants(parts):
        if name in NAMES:
            return NAMES[name]
    if not parts:
        return None
    *above, last = parts
    found = NAMES.get(last)
    return found if found and all(_allows(part, last, found) for part in above) else None


def _name_variants(parts: list[str]) -> Iterator[str]:
    """Names to look a path up by: 约定时间 over 开工 is 约定开工时间.

    Headings at the top may be left out unless one of CONTEXTS is among them.
    """
    for start in range(len(parts) - 1):
        if CONTEXTS.search("".join(parts[:start])):
            return
        joined = "".join(parts[start:])
        yield joined
        yield joined.replace("时间", "") + "时间"
        yield joined.replace("情况", "").replace("信息", "")
        yield parts[start] + parts[-1]


def _allows(above: str, last: str, found: str) -> bool:
    """Whether `last` means the same field under the heading `above` as it does alone."""
    known = FIELDS.get(NAMES.get(above, ""))
    if known and known.kind == "money":
        return FIELDS[found].column in FAMILY.get(known.column, {known.column})
    return all(word in last for word in CONTEXTS.findall(above))


def _unit(path: list[str]) -> str:
    for part in reversed(path):
        text = re.sub(r"\s", "", half_width(part))
        if match := IN_BRACKETS.search(text) or BEHIND.search(text):
            unit: str = next(filter(None, match.groups()))
            return SHORT_UNITS.get(unit, unit)
    return ""


def _caption_unit(grid: Grid, top: int) -> str:
    """The unit given above the header, as in 单位：万元, or ""."""
    for row in grid.rows[:top]:
        for cell in row:
            if match := IN_CAPTION.search(re.sub(r"\s", "", half_width(text_of(cell)))):
                return match[1]
    return ""
