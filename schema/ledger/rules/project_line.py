"""Parse a line of a list, every cell by the parser of its column: of the ledger, or of another kind."""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from functools import lru_cache
from typing import Any

from schema.city.rules import RuleBroken
from schema.ledger.rules import words
from schema.ledger.rules.amounts import needs_unit
from schema.ledger.rules.cell import (
    Column,
    Parsed,
    cell_text,
    is_blank,
    is_error_value,
    is_uncomputed,
)
from schema.ledger.rules.checks import OTHER, UNIT, contradictions
from schema.ledger.rules.columns import Field
from schema.ledger.rules.formatted import as_kept, by_condition, day_as_shown, shown_otherwise
from schema.ledger.rules.header import Header
from schema.ledger.rules.headings import Heading
from schema.ledger.rules.issue import Issue, Severity
from schema.ledger.rules.parsers import KINDS
from schema.ledger.rules.row import LedgerRow, ListRow
from schema.ledger.rules.units import UnitFrom, is_foreign
from schema.people.rules import NOBODY
from schema.sheet import Cell, Grid

LONGEST_VALUE = 60

# A cell merged over several lines holds for each of them. An amount must not count twice, though,
# and one name over several lines is not several projects.
IDENTITY = frozenset({"no", "name", "approval_code"})


class Lines:
    """Parses the lines of a grid one by one and collects their issues.

    By zero-based column, `blanks` counts the blank cells of such lines, and `unitless` those that
    mean nothing because their unit is not known.
    """

    def __init__(self, grid: Grid, header: Header, today: date) -> None:
        self.grid = grid
        self.catalogue = header.catalogue
        self.issues: list[Issue] = []
        self.blanks: Counter[int] = Counter()
        self.unitless: Counter[int] = Counter()
        self._columns = [
            (heading, heading.field, self._reader(heading, heading.field, today))
            for heading in header.headings
            if heading.field
        ]
        width = grid.width
        self._merged = {
            (row, column): (merged.top, merged.left)
            for merged in grid.merged
            if merged.top >= header.lines.stop
            for row in range(merged.top + 1, min(merged.bottom + 1, len(grid.rows)))
            for column in range(merged.left, min(merged.right + 1, width))
            if (row, column) not in grid.mended
        }

    def values(self, number: int) -> tuple[dict[str, Any], set[str]]:
        """What the cells of a zero-based line give by field, and which of it is an estimate. A cell with an
        error stays blank and becomes an issue.
        """
        values: dict[str, Any] = {"more": {}}
        estimates: set[str] = set()
        for heading, field, parser in self._columns:
            parsed = self._parse(number, heading, field, parser)
            if parsed:
                for name, value in _values(field, heading, parsed, values):
                    values.setdefault(name, value)
                if parsed.code == "ESTIMATE":
                    estimates.add(field.name)
        return values, estimates

    def _heading(self, name: str) -> Heading:
        """The column of a field, or the one in which several fields stand together."""
        own = [heading for heading, field, _ in self._columns if field.name == name]
        of = self.catalogue.fields[name].column
        return (own or [heading for heading, field, _ in self._columns if field.column == of])[0]

    def _reader(self, heading: Heading, field: Field, today: date) -> Callable[[Cell], Parsed]:
        """The parser of a column, with a cache: most columns repeat their values."""
        column = Column(heading.title, heading.unit, field.limit, today)
        kind = KINDS[field.kind]

        @lru_cache(maxsize=512, typed=True)
        def parse(cell: Cell) -> Parsed:
            found = kind.parser(as_kept(cell, kind, self.grid.date1904), column)
            if not found.doubt and (doubt := shown_otherwise(cell, kind)):
                return replace(found, code="FORMAT", doubt=doubt)
            return found

        return parse

    def _parse(
        self, number: int, heading: Heading, field: Field, parser: Callable[[Cell], Parsed]
    ) -> Parsed | None:
        cell = self.grid.cell(number, heading.column)
        source = self._merged.get((number, heading.column))
        if source and not is_blank(above := self.grid.cell(*source)):
            if KINDS[field.kind].is_amount or field.name in IDENTITY:
                message = f"与第 {source[0] + 1} 行合并成了一格。请取消合并，每行分别填写"
                self._issue(number, heading, "MERGED", message)
                return None
            cell = above
        if is_blank(cell) and not (field.none and cell_text(cell).strip() == NOBODY):
            self.blanks[heading.column] += 1
            if field.must:
                self._issue(number, heading, "REQUIRED", f"“{field.title}”没有填，请补上")
            return None
        if is_uncomputed(cell):
            if field.kind != "serial":
                message = (
                    "公式没有保存的数值。请在 Excel 或 WPS 中打开、保存后再上传，或直接填写数值"
                )
                self._issue(number, heading, "FORMULA", message)
            return None
        if is_error_value(cell):
            message = f"单元格是公式错误 {cell_text(cell)}。请改正公式，或直接填写数值"
            self._issue(number, heading, "FORMULA", message)
            return None
        if heading.other:
            message = f"表头写着“{heading.other}”，看不出是不是“{field.label}”，没有读。请在预览里指定这一列是什么"
            self._issue(number, heading, OTHER, message)
            return None
        if heading.without_unit and needs_unit(cell, field.measure):
            self.unitless[heading.column] += 1
            self._issue(number, heading, UNIT, f"“{cell_text(cell)}”{_unit_wanted(heading)}")
            return None
        if field.measure == "money" and is_foreign(heading.unit):
            self.unitless[heading.column] += 1
        try:
            parsed = parser(self._as_seen(number, heading, field, cell))
            doubts = [
                by_condition(cell, code)
                for code in self.grid.conditional_formats(number, heading.column)
                if field.kind != "serial"
            ]
        except RuleBroken as error:
            self._issue(number, heading, KINDS[field.kind].code, error.message)
            return None
        if parsed.doubt:
            self._issue(number, heading, parsed.code, parsed.doubt, Severity.WARNING)
        for doubt in filter(None, doubts[:1]):
            self._issue(number, heading, "FORMAT", doubt, Severity.WARNING)
        return parsed

    def _as_seen(self, number: int, heading: Heading, field: Field, cell: Cell) -> Cell:
        if not isinstance(cell, date):
            return cell
        code = self.grid.day_formats.get((number, heading.column), "")
        return day_as_shown(cell, code, KINDS[field.kind], field.title)

    def _issue(
        self,
        number: int,
        heading: Heading,
        code: str,
        message: str,
        severity: Severity = Severity.ERROR,
    ) -> None:
        value = " ".join(cell_text(self.grid.cell(number, heading.column)).split())[:LONGEST_VALUE]
        self.issues.append(
            Issue(number + 1, heading.letter, heading.title, value, code, message, severity)
        )


class ProjectLines(Lines):
    """Parses the project lines of a grid one by one and collects their issues."""

    def read(self, number: int) -> LedgerRow:
        """The project at a zero-based line."""
        values, estimates = self.values(number)
        origin, region = values.get("capital_origin"), values.get("investor_region", "")
        values["source_of_capital"] = words.source_of_capital(region, origin)
        row = LedgerRow(row=number + 1, estimates=frozenset(estimates), **values)
        for name, severity, message in contradictions(row):
            self._issue(number, self._heading(name), "CONTRADICTION", message, severity)
        return row


class ListLines(Lines):
    """Parses the lines of a list of another kind one by one and collects their issues."""

    def read(self, number: int) -> ListRow:
        """What stands at a zero-based line."""
        values, _ = self.values(number)
        return ListRow(number + 1, {n: v for n, v in values.items() if v not in ("", None, {})})


def _unit_wanted(heading: Heading) -> str:
    """What is wrong with a bare number in a column without a unit."""
    if heading.unit_from is UnitFrom.UNCLEAR:
        return f"的单位写作“{heading.unclear}”，不能确定。请在预览里选择这一列的单位"
    return "没有单位。请在预览里选择单位，或写明，例如“12.5亿”“100亩”"


def _values(
    field: Field, heading: Heading, parsed: Parsed, values: dict[str, Any]
) -> Iterator[tuple[str, object]]:
    """The fields that a cell gives: mostly one, several for columns such as contact."""
    value: Any = parsed.value
    match field.kind:
        case "serial":
            return
        case "contact" | "phone":
            yield from _given(("contact_name", "contact_phone"), value)
        case "company":
            yield from _given(("project_company",), value)
            values["more"] |= _given((field.name,), value[1:])
        case "plans" | "pasts":
            stem = field.name.removesuffix("milestones")
            yield from _given((f"{stem}start", f"{stem}completion", f"{stem}operation"), value)
        case "more":
            unit = heading.unit if value[-1:].isdigit() else ""
            values["more"][field.name] = value + unit
        case _:
            yield field.name, value


def _given(names: tuple[str, ...], values: tuple[object, ...]) -> list[tuple[str, object]]:
    return [(name, value) for name, value in zip(names, values, strict=False) if value]
