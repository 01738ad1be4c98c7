"""What people say about a sheet that the sheet does not: which field a column is, in which unit it is."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256

from schema.city.rules import RuleBroken
from schema.city.rules.text import half_width
from schema.ledger.rules.columns import PROJECTS, Catalogue, bare
from schema.ledger.rules.units import is_foreign, unit_of
from schema.sheet import Grid, column_letter

LEFT_OUT = "-"
BY_HEADING = ""
WHOLE = {"金额": "money", "面积": "land", "money": "money", "land": "land"}
"""The words by which one unit is given for all columns of a kind that have none."""
UNITS = {
    "money": ("元", "千元", "万元", "百万元", "千万元", "亿元"),
    "land": ("亩", "平方米", "万平方米", "公顷", "顷", "平方公里"),
}
"""The units that are offered, by kind."""


@dataclass(frozen=True)
class Answers:
    """`columns`: the name of a field, or LEFT_OUT, by column letter. `units`: the standard name of a unit
    by column letter, and by `money` and `land` for all columns of the kind without one. `catalogue` is that
    of the list that the sheet is sent as.
    """

    columns: Mapping[str, str] = field(default_factory=dict)
    units: Mapping[str, str] = field(default_factory=dict)
    catalogue: Catalogue = PROJECTS

    def assigned(self, grid: Grid) -> dict[int, str]:
        """The fields by zero-based column, "" for a column that is left out."""
        letters = self._letters(grid)
        return {
            letters[letter]: "" if name == LEFT_OUT else name
            for letter, name in self.columns.items()
            if letter in letters
        }

    def check(self, grid: Grid) -> None:
        """Raises RuleBroken (INVALID) at `columns` or `units` for a column that the sheet lacks."""
        for name, given in (("columns", self.columns), ("units", self.units)):
            for letter in given:
                if letter not in WHOLE and letter not in self._letters(grid):
                    raise RuleBroken(f"工作表“{grid.name}”没有 {letter} 列", name, "INVALID")

    @staticmethod
    def _letters(grid: Grid) -> dict[str, int]:
        return {column_letter(number): number for number in range(grid.width)}


NONE = Answers()


def parse_columns(texts: Sequence[str], catalogue: Catalogue = PROJECTS) -> dict[str, str]:
    """Fields by column letter, from `F=investor_name` or `F=投资方名称`; `F=-` leaves a column out and
    `F=` goes by its heading.

    Raises RuleBroken (INVALID) at `columns`.
    """
    found: dict[str, str] = {}
    for letter, value in _pairs(texts, "columns", "指定的列请写成 F=投资方名称"):
        name = LEFT_OUT if value in (LEFT_OUT, "不导入") else _field(value, catalogue)
        if name is None or letter in WHOLE:
            raise RuleBroken(
                f"没有“{value}”这一栏。指定的列请写成 F=投资方名称", "columns", "INVALID"
            )
        other = next((each for each, field in found.items() if field == name), letter)
        if other != letter and name not in (BY_HEADING, LEFT_OUT):
            message = (
                f"{other} 列和 {letter} 列都指定为“{catalogue.fields[name].label}”，只能有一列"
            )
            raise RuleBroken(message, "columns", "INVALID")
        if name != BY_HEADING:
            found[letter] = name
    return found


def parse_units(texts: Sequence[str]) -> dict[str, str]:
    """Units by column letter, from `D=亿元`, and by `money` and `land` from `金额=万元`, `面积=亩`.

    Raises RuleBroken (INVALID) at `units`.
    """
    found: dict[str, str] = {}
    for letter, value in _pairs(texts, "units", "单位请写成 D=亿元，或 金额=万元"):
        if not value:
            continue
        kinds = [WHOLE[letter]] if letter in WHOLE else ["money", "land"]
        unit = next((unit for kind in kinds if (unit := unit_of(value, kind))), "")
        if not unit or is_foreign(unit):
            raise RuleBroken(
                f"“{value}”不是可选的单位。金额请选{'、'.join(UNITS['money'])}；"
                f"面积请选{'、'.join(UNITS['land'])}",
                "units",
                "INVALID",
            )
        found[WHOLE.get(letter, letter)] = unit
    return found


def form_of(titles: Sequence[str]) -> str:
    """A short name for the form of a sheet: the same for the same headings in the same columns."""
    return sha256("\n".join(map(bare, titles)).encode()).hexdigest()[:16]


def _pairs(texts: Sequence[str], name: str, message: str) -> list[tuple[str, str]]:
    pairs = []
    for text in texts:
        for each in re.split(r"[,、;\n]", half_width(text)):
            if not each.strip():
                continue
            left, equals, value = each.partition("=")
            letter = left.strip().removesuffix("列").strip()
            letter = letter.upper() if letter not in WHOLE else letter
            if not equals or not (letter in WHOLE or re.fullmatch("[A-Z]{1,3}", letter)):
                raise RuleBroken(message, name, "INVALID")
            pairs.append((letter, value.strip()))
    return pairs


def _field(value: str, catalogue: Catalogue) -> str | None:
    if value in catalogue.fields or value == BY_HEADING:
        return value
    labelled = next(
        (name for name, field in catalogue.fields.items() if field.label == value), None
    )
    return labelled or catalogue.names.get(bare(value))
