"""The fields of the ledger as data: their columns, titles, units, kinds and aliases."""

import csv
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

from schema.city.rules.text import half_width
from schema.ledger.rules.units import BEHIND

LEDGER = "台账"
RESULT = "校验结果"
RESULTS = frozenset({RESULT, "校验说明", "导入结果"})
TEMPLATE = "ledger/2026.1"

BRACKETS = re.compile(r"[(〔【\[][^()〔〕【】\[\]]*[)〕】\]]")
NUMBERING = re.compile(r"^\d+[.、]")
IDLE = re.compile(r"[\s*※:;,，、/|·.\-_—\"']|其中|[及与和的]")


@dataclass(frozen=True, slots=True)
class Field:
    """One field of the ledger. `kind` names its parser, `limit` is in characters.

    `unit` is that of the template; every row needs a value when `must` is set.
    """

    name: str
    column: str
    group: str
    title: str
    unit: str
    kind: str
    must: bool
    limit: int
    width: int
    hint: str
    aliases: tuple[str, ...]

    @property
    def label(self) -> str:
        """The title with its group: 开工 under 约定时间 is 约定时间·开工."""
        return f"{self.group}·{self.title}" if self.group not in ("", "其中") else self.title

    @property
    def measure(self) -> str:
        """What a bare number in it measures: `money`, `land`, or "" for a field without a unit."""
        return ("land" if self.kind == "land" else "money") if self.unit else ""

    @property
    def in_template(self) -> bool:
        """False for a field that is only read, such as name and telephone in one column."""
        return self.width > 0


@lru_cache(maxsize=4096)
def bare(label: str) -> str:
    """A heading without blanks, marks, bracketed remarks, numbering and unit, for comparison.

    >>> bare("3. 投资方（合作企业）\\n名 称 *"), bare("签约日期"), bare("投资额，万元")
    ('投资方名称', '签约时间', '投资额')
    """
    text = NUMBERING.sub("", half_width(label).strip())
    text = IDLE.sub("", BRACKETS.sub("", text)) or IDLE.sub("", text)
    return BEHIND.sub("", text).replace("日期", "时间")


def _fields() -> Mapping[str, Field]:
    return {
        row["field"]: Field(
            name=row["field"],
            column=row["column"],
            group=row["group"],
            title=row["title"],
            unit=row["unit"],
            kind=row["kind"],
            must=row["must"] == "y",
            limit=int(row["limit"]),
            width=int(row["width"]),
            hint=row["hint"],
            aliases=tuple(filter(None, row["aliases"].split("|"))),
        )
        for row in data("fields.csv")
    }


def _names() -> Mapping[str, str]:
    names: dict[str, str] = {}
    for field in FIELDS.values():
        alone = [field.title] if field.group in ("", "其中") else []
        for alias in (field.group + field.title, *alone, *field.aliases):
            names.setdefault(bare(alias), field.name)
    return names


def _forms() -> Mapping[str, frozenset[str]]:
    forms: dict[str, set[str]] = {}
    for row in data("columns.csv"):
        if row["sheet"] != LEDGER:
            forms.setdefault(row["sheet"], set()).add(bare(row["column_zh"]))
    return {form: frozenset(titles - NAMES.keys()) for form, titles in forms.items()}


def data(name: str) -> list[dict[str, str]]:
    """The rows of one of the CSV files of `schema.ledger`."""
    text = files("schema.ledger").joinpath(name).read_text("utf-8")
    return list(csv.DictReader(text.splitlines()))


FIELDS = _fields()
NAMES = _names()
OTHER_FORMS = _forms()
REQUIRED = {
    row["identifier"]: row["column_zh"]
    for row in data("columns.csv")
    if row["sheet"] == LEDGER and row["required"] == "y" and row["identifier"] != "serial_no"
}
"""The titles of the columns that the office requires, by identifier."""
