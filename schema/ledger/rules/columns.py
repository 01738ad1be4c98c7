"""The fields of the ledger as data: their columns, titles, units, kinds and aliases; and of other lists."""

import csv
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from importlib.resources import files
from typing import Any

from schema.city.rules.text import half_width
from schema.ledger.rules.units import BEHIND, LONGEST_HEADING

LEDGER = "台账"
RESULT = "校验结果"
RESULTS = frozenset({RESULT, "校验说明", "导入结果"})
VERSION = "2026.1"
TEMPLATE = f"ledger/{VERSION}"

BRACKETS = re.compile(r"[(〔【\[][^()〔〕【】\[\]]*[)〕】\]]")
NUMBERING = re.compile(r"^\d+[.、]")
IDLE = re.compile(r"[\s*※:;,，、/|·.\-_—\"']|其中|[及与和的]")


@dataclass(frozen=True, slots=True)
class Field:
    """One field of the ledger. `kind` names its parser, `limit` is in characters.

    `unit` is that of the template; every row needs a value when `must` is set. `choices` are what the
    template offers beside the words of its kind; `to` says where a value goes. `none` says that 无 in it is
    an answer and no blank.
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
    choices: tuple[str, ...] = ()
    to: str = ""
    none: bool = False

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
    if len(label) > LONGEST_HEADING:
        return label
    text = NUMBERING.sub("", half_width(label).strip())
    text = IDLE.sub("", BRACKETS.sub("", text)) or IDLE.sub("", text)
    return BEHIND.sub("", text).replace("日期", "时间")


@dataclass(frozen=True)
class Catalogue:
    """The fields of one kind of list, and what is known of its lines.

    `name` names the kind, `title` is what people call the list and `item` what a line of it is, both in
    Chinese. A line has its name in the field `key`; with one of `beside`, which are no sums, it is no note. `amount` is the
    field whose value makes a name a line, "" where there is none.
    """

    name: str
    title: str
    item: str
    fields: Mapping[str, Field]
    names: Mapping[str, str]
    beside: frozenset[str]
    amount: str = ""
    key: str = "name"
    required: Mapping[str, str] = field(default_factory=dict)
    other_forms: Mapping[str, frozenset[str]] = field(default_factory=dict)

    @cached_property
    def needed(self) -> frozenset[str]:
        """The fields that every line needs."""
        return frozenset(name for name, each in self.fields.items() if each.must)

    @property
    def template(self) -> str:
        """What the files of the template are marked with."""
        return f"{self.name}/{VERSION}"


def list_catalogue(
    name: str, title: str, item: str, fields: Iterable[Mapping[str, Any]]
) -> Catalogue:
    """The catalogue of a kind of list other than the ledger, from its columns as JSON."""
    found = {
        "serial": Field(
            "serial", "", "", "序号", "", "serial", False, 200, 6, "填写说明", ("行号",)
        )
    }
    for each in fields:
        lists = {name: tuple(each[name]) for name in ("aliases", "choices")}
        made = Field(**{"column": each["name"], "group": "", **each, **lists})
        found[made.name] = made
    sums = [name for name, each in found.items() if each.measure]
    beside = frozenset(found) - {"serial", "name", *sums}
    amount = sums[0] if sums else ""
    return Catalogue(name, title, item, found, _names(found), beside, amount)


def _fields() -> Mapping[str, Field]:
    destinations = {row["field"]: row["to"] for row in data("destinations.csv")}
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
            to=destinations[row["field"]],
        )
        for row in data("fields.csv")
    }


def _names(fields: Mapping[str, Field]) -> Mapping[str, str]:
    names: dict[str, str] = {}
    for each in fields.values():
        alone = [each.title] if each.group in ("", "其中") else []
        for alias in (each.group + each.title, *alone, *each.aliases):
            names.setdefault(bare(alias), each.name)
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
NAMES = _names(FIELDS)
OTHER_FORMS = _forms()
REQUIRED = {
    row["identifier"]: row["column_zh"]
    for row in data("columns.csv")
    if row["sheet"] == LEDGER and row["required"] == "y" and row["identifier"] != "serial_no"
}
"""The titles of the columns that the office requires, by identifier."""
PROJECTS = Catalogue(
    "ledger",
    f"项目{LEDGER}",
    "项目",
    FIELDS,
    NAMES,
    frozenset({"investor_name"}),
    amount="agreed_investment",
    required=REQUIRED,
    other_forms=OTHER_FORMS,
)
