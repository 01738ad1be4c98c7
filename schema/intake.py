"""Lists that are brought in as files: a kind declares its columns, its checks, its writer and its undo.

    declare_list(
        ListKind("targets", "目标企业名单", "企业", "targetCompanyAdd", "TargetCompany", "/targets"),
        columns_in("schema.industry.rules", "target_list.csv"),
        Bringing(check_lines, write_lines, unlist_companies, TARGETS, choices))

Upload, preview, errors in the file, confirmation and undo are one machinery, in `ledger`, which reads
this registry. What a line creates is written by the bulk writer of its mechanism, which the act of one
row calls as well. The ground floor names no mechanism: they fill this registry when they are imported.
"""

import csv
import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from importlib.resources import files
from typing import Any, TypeAlias

from schema.context import Context
from schema.gate.gate import Gate

BATCH_ONLY = "只留在批次里"
"""Where a field goes that no table takes: it stays in the batch, and is shown with its line."""


@dataclass(frozen=True)
class ListColumn:
    """A column of a list. `kind` names its parser (`ledger/rules/parsers.py`), `limit` is in characters.

    `to` says where a value goes, in the words of the office, BATCH_ONLY where it goes no further.
    `aliases` are other headings for it, `hint` stands under the heading in the template.
    """

    name: str
    title: str
    to: str
    kind: str = "line"
    unit: str = ""
    must: bool = False
    limit: int = 200
    width: int = 16
    hint: str = ""
    aliases: tuple[str, ...] = ()
    choices: tuple[str, ...] = ()


@dataclass(frozen=True)
class ListLine:
    """A line that was read without an error: its number in the sheet, and its values by column, as
    JSON: days by ISO 8601, amounts in fen. `batch` is the number of its batch once that is brought in.
    """

    row: int
    values: Mapping[str, Any]
    batch: str = ""

    def day(self, column: str) -> date | None:
        return date.fromisoformat(self.values[column]) if column in self.values else None


@dataclass(frozen=True)
class Fault:
    """What keeps a line from being brought in, at the column `field`.

    One that is there already is a `duplicate`, of the row `subject` where the viewer sees it; `asked`
    says that it may be brought in all the same by who has looked at it. A `notice` keeps nothing from
    being brought in: it is shown.
    """

    field: str
    message: str
    duplicate: bool = False
    asked: bool = False
    subject: int | None = None
    notice: bool = False


Check: TypeAlias = Callable[
    [Gate, int, Sequence[ListLine]], Awaitable[Mapping[int, Sequence[Fault]]]
]
"""All faults of lines by their number, for the unit that the list is of (its id)."""
Write: TypeAlias = Callable[[Gate, int, Sequence[ListLine]], Awaitable[list[int]]]
"""Writes all lines without a fault; the ids of what was created or amended, in their order."""
Undo: TypeAlias = Callable[[Gate, str, Sequence[Any]], Awaitable[None]]
"""Takes back rows that are held and unchanged since; the text is the batch's number and the reason."""
Hold: TypeAlias = Callable[[Gate, Sequence[ListLine], Sequence[int]], Awaitable[None]]
"""Holds what lines rest on before they are checked for the last time, or what rows (their ids) rest on
before they are taken back; refuses where some of these may not be taken back.
"""
Meant: TypeAlias = Callable[[Gate, Sequence[ListLine]], Awaitable[Mapping[int, int]]]
"""The ids of the projects that lines are about, by the number of the line, of those that the viewer sees."""
Choices: TypeAlias = Callable[[], Awaitable[Mapping[str, Sequence[str]]]]
"""What the template offers to choose from in columns, beside the words of their kinds."""


Relied: TypeAlias = Callable[
    [Gate, Mapping[int, Mapping[str, Any]], int], Awaitable[Mapping[int, str]]
]
"""Why rows cannot be as they were, by id, though nobody has changed them since an entry of the journal: of
those that it has changed, column → [before, after].
"""
Current: TypeAlias = Callable[[Context], Awaitable[Sequence[Mapping[str, str]]]]
"""What the viewer sees of what is there already, as lines of the template, text by column."""


@dataclass(frozen=True)
class Restoring:
    """How a list that amends rows is taken back: they get what they held before, as the journal knows it.

    `via` are the kinds of rows that lines change, each with the column that leads to the row amended, whose
    kind comes first with its own `id`.
    """

    via: Mapping[str, str]
    relied: Relied


async def no_choices() -> Mapping[str, Sequence[str]]:
    return {}


async def holds_nothing(gate: Gate, lines: Sequence[ListLine], rows: Sequence[int]) -> None:
    return None


@dataclass(frozen=True)
class Bringing:
    """How lines are brought in. Before an act checks them for the last time it holds alone what `shares`
    names, "" for nothing, and then what `hold` does, as the act of one row would. Lines for which `together`
    says the same are brought in together or not at all. `current` gives what is there already in the
    template, to be changed and brought in. `projects` gives the projects that lines are about, which are
    shown beside them.
    """

    check: Check
    write: Write
    undo: Undo | Restoring
    shares: str
    choices: Choices = no_choices
    hold: Hold = holds_nothing
    together: Callable[[ListLine], str] | None = None
    current: Current | None = None
    projects: Meant | None = None


@dataclass(frozen=True)
class ListKind:
    """One kind of list: its name, its title and what a line is, in the office's words. Whoever may do `act`
    may bring it in; a line creates a row of the kind `creates`, or amends one, which is shown at `page`/its
    number. A kind without numbers names the column `called` by which people know a row, and is shown at
    its global id.
    """

    name: str
    title: str
    item: str
    act: str
    creates: str
    page: str
    called: str = "no"


@dataclass(frozen=True, kw_only=True)
class Declared(ListKind):
    """A kind of list with its columns and how its lines are brought in."""

    columns: tuple[ListColumn, ...]
    bringing: Bringing

    def catalogue(self, choices: Mapping[str, Sequence[str]] | None = None) -> dict[str, Any]:
        """The kind as JSON, for the process that reads files."""
        offered = choices or {}
        fields = [
            asdict(each) | {"choices": [*offered.get(each.name, each.choices)]}
            for each in self.columns
        ]
        return {"name": self.name, "title": self.title, "item": self.item, "fields": fields}


LISTS: dict[str, Declared] = {}


def declare_list(kind: ListKind, columns: Sequence[ListColumn], bringing: Bringing) -> None:
    """Let a kind of list be brought in. Raises LookupError for a name that is taken."""
    if kind.name in LISTS:
        raise LookupError(f"{kind.name} is declared twice")
    LISTS[kind.name] = Declared(**vars(kind), columns=tuple(columns), bringing=bringing)


def columns_in(package: str, name: str) -> list[ListColumn]:
    """The columns of a list in a CSV file of a mechanism's rules."""
    text = files(package).joinpath(name).read_text("utf-8")
    return [
        ListColumn(
            name=row["field"],
            title=row["title"],
            to=row["to"],
            kind=row["kind"],
            unit=row.get("unit", ""),
            must=row["must"] == "y",
            limit=int(row["limit"]),
            width=int(row["width"]),
            hint=row["hint"],
            aliases=tuple(filter(None, row["aliases"].split("|"))),
        )
        for row in csv.DictReader(text.splitlines())
    ]


def as_column(field: str | None) -> str:
    """The column of a list that has the name of an act's field: nextOn is next_on."""
    return re.sub("([A-Z])", lambda found: f"_{found[1].lower()}", field or "name")
