"""The texts over each column of a header, and the field and unit that follow from them."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from schema.ledger.rules.answers import NONE, Answers
from schema.ledger.rules.cell import cell_text
from schema.ledger.rules.columns import PROJECTS, Catalogue, Field, bare
from schema.ledger.rules.notes import another_meaning, with_note
from schema.ledger.rules.units import (
    NOTHING,
    UnitFrom,
    UnitReading,
    captions,
    in_heading,
    is_caption,
    is_foreign,
    unit_of,
)
from schema.sheet import Cell, Grid, Number, column_letter

TOTALS = frozenset({"合计", "总计", "小计", "总额", "总量", "总数", "总金额", "金额", "数额"})
"""Words for the whole under a heading of an amount or an area: 合计 under 协议总投资 is that."""
WEAK = frozenset({"名称", "项目"})
"""Names that give way to another column of the same field, and stand under headings of projects alone."""
AMBIGUOUS = frozenset({"顷"})
"""Units that are written for two: 顷 is 100 亩, and used for 公顷, which is 15."""
OF_PROJECTS = re.compile("项目|工程|基本|概况|情况")

# The last heading alone must not decide under a heading about something else: 电话 under 首谈 is
# not the investor's telephone, 省外 under 到位资金 is not agreed investment.
CONTEXTS = re.compile(
    "首谈|首报|落户|流转|到位|约定|协议|计划|实际|预计|签约|注册|上年|去年|上月|本月"
)
FAMILY = {"agreed_investment": {"agreed_investment", "agreed_fixed_assets", "agreed_by_source"}}


@dataclass(frozen=True, slots=True)
class Heading:
    """One column of the sheet: its zero-based number, title, field if it is known, and its unit.

    `unit` is a standard name, "" where there is none or it is not known; `unclear` are the words that
    look like a unit and are not understood. `by_hand` is set where people have assigned the column.
    `other` is a word that makes another figure of it than its field is, and nothing of it is read.
    """

    column: int
    title: str
    unit: str
    field: Field | None
    unit_from: UnitFrom = UnitFrom.SHEET
    unclear: str = ""
    by_hand: bool = False
    other: str = ""

    @property
    def letter(self) -> str:
        return column_letter(self.column)

    @property
    def without_unit(self) -> bool:
        """Whether a bare number in the column means nothing."""
        return bool(self.field and self.field.measure) and not self.unit


def read_headings(grid: Grid, lines: range, answers: Answers = NONE) -> tuple[Heading, ...]:
    """The columns under the header in `lines`.

    Of several columns with one field the one gets it that people have named, then a visible one, then the
    first in the city's own money, then one with a name of its own.
    """
    assigned = answers.assigned(grid)
    around = _captions(grid, lines)
    texts = spread_texts(grid, lines)
    paths = [_path(texts, column) for column in range(grid.width)]
    ranked: list[tuple[bool, int, int, str]] = []
    for column, path in enumerate(paths):
        if column in assigned:
            ranked.append((False, 0, column, assigned[column]))
        elif name := _field_name(
            [part for part in path if not is_caption(part)], answers.catalogue
        ):
            hidden = column in grid.hidden_columns
            ranked.append((hidden, _rank(path, answers.catalogue.fields[name]), column, name))
    fields: dict[int, Field] = {}
    for _, _, column, name in sorted(ranked):
        if name and answers.catalogue.fields[name] not in fields.values():
            fields[column] = answers.catalogue.fields[name]
    headings = (
        _heading(column, path, fields.get(column), around, answers, column in assigned)
        for column, path in enumerate(paths)
    )
    return tuple(
        replace(each, other=another_meaning(path, each.field))
        if each.field and not each.by_hand
        else each
        for each, path in zip(headings, paths, strict=True)
    )


def _heading(
    column: int,
    path: list[str],
    field: Field | None,
    around: Mapping[str, UnitReading],
    answers: Answers,
    by_hand: bool,
) -> Heading:
    title = "·".join(re.sub(r"\s+", "", part) for part in path)
    measure = field.measure if field else ""
    own = _own_unit(path, measure or "money")
    if not measure:
        return Heading(column, title, own.unit, field, by_hand=by_hand)
    if chosen := unit_of(answers.units.get(column_letter(column), ""), measure):
        return Heading(column, title, chosen, field, UnitFrom.CHOSEN, by_hand=by_hand)
    reading = own if own != NOTHING else around[measure]
    if reading.unit in AMBIGUOUS:
        reading = UnitReading(unclear=reading.unit)
    if reading.unit:
        return Heading(column, title, reading.unit, field, by_hand=by_hand)
    if reading.unclear:
        return Heading(column, title, "", field, UnitFrom.UNCLEAR, reading.unclear, by_hand)
    if chosen := answers.units.get(measure, ""):
        return Heading(column, title, chosen, field, UnitFrom.CHOSEN, by_hand=by_hand)
    return Heading(column, title, "", field, UnitFrom.ABSENT, by_hand=by_hand)


def _rank(path: list[str], field: Field) -> int:
    """How little a column has of a field's own, behind those that people have named (0)."""
    if another_meaning(path, field):
        return 4
    if bare(path[-1]) in WEAK:
        return 3
    return 2 if field.measure == "money" and is_foreign(_own_unit(path, "money").unit) else 1


def _own_unit(path: list[str], kind: str) -> UnitReading:
    """What the headings over a column say about its unit, the nearest first."""
    return next(
        (reading for part in reversed(path) if (reading := in_heading(part, kind)) != NOTHING),
        NOTHING,
    )


def _captions(grid: Grid, lines: range) -> dict[str, UnitReading]:
    """The unit of each kind that stands above the header, among its lines, or else by the sheet's name."""
    above = [text for row in grid.rows[: lines.start] for text in map(text_of, row)]
    among = [
        text
        for row in grid.rows[lines.start : lines.stop]
        for text in map(text_of, row)
        if "位" in text and is_caption(text)
    ]
    return {
        kind: reading
        if (reading := captions([*above, *among], kind)) != NOTHING
        else captions([grid.name], kind)
        for kind in ("money", "land")
    }


def field_named(title: str, catalogue: Catalogue = PROJECTS) -> str:
    """The name of the field that a heading's title means, "" where it means none or another figure."""
    path = [part for part in title.split("·") if not is_caption(part)]
    name = _field_name(path, catalogue)
    return "" if not name or another_meaning(path, catalogue.fields[name]) else name


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


def _field_name(path: list[str], catalogue: Catalogue) -> str | None:
    """The name of the field of a column, by all headings over it, or by the last one alone."""
    parts = [part for part in (with_note(part, catalogue) for part in path) if part]
    for name in _name_variants(parts):
        if name in catalogue.names:
            return catalogue.names[name]
    if not parts:
        return None
    *above, last = parts
    if above and last in TOTALS:
        whole = _field_name(above, catalogue)
        return whole if whole and catalogue.fields[whole].measure else None
    found = catalogue.names.get(last)
    if above and last in WEAK and not OF_PROJECTS.search(above[-1]):
        return None
    return found if found and all(_allows(part, last, found, catalogue) for part in above) else None


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


def _allows(above: str, last: str, found: str, catalogue: Catalogue) -> bool:
    """Whether `last` means the same field under the heading `above` as it does alone."""
    known = catalogue.fields.get(catalogue.names.get(above, ""))
    if known and known.measure == "money":
        return catalogue.fields[found].column in FAMILY.get(known.column, {known.column})
    return all(word in last for word in CONTEXTS.findall(above))
