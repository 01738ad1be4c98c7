"""A kind is a table as the graph sees it: its columns, how a stored value becomes a Python value."""

import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from enum import Enum
from functools import cached_property
from typing import Any, NamedTuple

from tortoise import fields
from tortoise.fields.data import CharEnumFieldInstance
from tortoise.fields.relational import ForeignKeyFieldInstance, RelationalField
from tortoise.models import Model

from schema.city.rules import Life, UnderWay
from schema.city.rules.days import FIRST_YEAR, LAST_YEAR
from schema.city.rules.personal import Form
from schema.permissions import COLUMNS, PERSONAL, PLAIN, TEXTS

Decoder = Callable[[Any], Any]


class Record(dict[str, Any]):
    """A row of a kind: its columns by name. A column hidden from the viewer is None."""

    __slots__ = ("kind",)

    def __init__(self, kind: str, values: dict[str, Any]) -> None:
        super().__init__(values)
        self.kind = kind


def as_record(row: Model) -> Record:
    """A loaded row as reads have it."""
    kind = type(row).__name__
    return Record(kind, {name: getattr(row, name) for name in KINDS[kind].columns})


class Past(Record):
    """A row with what its columns were on a day. `today` is the row as it is: by it alone is decided
    what somebody may do and see, whatever day is read.
    """

    __slots__ = ("today",)

    def __init__(self, today: Record, then: dict[str, Any]) -> None:
        super().__init__(today.kind, {**today, **then})
        self.today = today


class Numbers(NamedTuple):
    """How rows are numbered by the year: `letters`, the year, a hyphen and the number of `sequence`, a
    name in which `{}` is the year.

    >>> Numbers("MB", "target-{}").written(2026, 7)
    'MB2026-0007'
    """

    letters: str
    sequence: str
    digits: int = 4

    def written(self, year: int, number: int) -> str:
        return f"{self.letters}{year}-{number:0{self.digits}}"


@dataclass(frozen=True)
class Kind:
    """`aliases` are graph fields named otherwise than their column, `labels` the words for columns,
    `targets` the kinds that columns point at. `key` is the column of the human key, `life` the
    stage machine, `under_way` when a row keeps acts on another waiting, `journal_column` the
    column of the journal that names rows of this kind. Rows `held_first` are locked before all
    others: what thousands of them hang on. Of a kind with `few` rows, all that are seen are read at
    once where a request asks for the second time. `numbers` says how rows are numbered by the year,
    if they are.
    """

    name: str
    model: type[Model]
    aliases: dict[str, str] = field(default_factory=dict)
    labels: dict[str, str] = field(default_factory=dict)
    targets: dict[str, str] = field(default_factory=dict)
    decoders: dict[str, Decoder] = field(default_factory=dict)
    readers: dict[tuple[str, ...], Callable[[Any], Record]] = field(default_factory=dict)
    key: str | None = None
    life: Life[Any] | None = None
    under_way: UnderWay | None = None
    journal_column: str | None = None
    held_first: bool = False
    few: bool = False
    numbers: Numbers | None = None

    @property
    def table(self) -> str:
        return self.model._meta.db_table or self.model.__name__.lower()

    @cached_property
    def columns(self) -> tuple[str, ...]:
        return tuple(sorted(columns_of(self.model)))

    @cached_property
    def personal(self) -> Mapping[str, Form]:
        """The columns of personal data, each with how it is masked."""
        marked = {n: getattr(each, "personal", None) for n, each in columns_of(self.model).items()}
        return {name: form for name, form in marked.items() if form}

    def enum(self, column: str) -> type[Enum] | None:
        """The enum whose members a column holds, if it does."""
        decoder = self.decoders.get(column)
        return decoder if isinstance(decoder, type) and issubclass(decoder, Enum) else None

    @cached_property
    def bounds(self) -> dict[str, tuple[int, int] | None]:
        """The least and the greatest value of columns that are whole numbers."""
        return {
            name: (each.constraints["ge"], each.constraints["le"])
            if isinstance(each, fields.IntField)
            else None
            for name, each in columns_of(self.model).items()
        }

    @cached_property
    def texts(self) -> frozenset[str]:
        """The columns of text, whose order is the database's unless a statement names one."""
        return frozenset(
            name
            for name, each in columns_of(self.model).items()
            if isinstance(each, (fields.CharField, fields.TextField))
        )

    @cached_property
    def prose(self) -> frozenset[str]:
        """The columns of free text that people write about a project or whoever is met for it."""
        cols = columns_of(self.model)
        if self.table not in PLAIN.keys() | TEXTS.keys() and "project_id" not in cols:
            return frozenset()
        return frozenset(
            name
            for name, each in cols.items()
            if type(each) in (fields.CharField, fields.TextField)
            if name not in (*self.personal, *NO_PROSE)
            if getattr(each, "max_length", PROSE_FROM) >= PROSE_FROM and not each.unique
        )

    def parse(self, column: str, value: Any) -> Any:
        """A JSON value that somebody sent for a column. Raises ValueError when the column cannot have it."""
        bounds = self.bounds[column]
        if bounds:
            if type(value) is not int or not bounds[0] <= value <= bounds[1]:
                raise ValueError(value)
            return value
        if not isinstance(value, str) or "\0" in value:
            raise ValueError(value)
        parsed = self.decoders[column](value) if column in self.decoders else value
        if isinstance(parsed, date) and not FIRST_YEAR <= parsed.year <= LAST_YEAR:
            raise ValueError(value)
        return parsed

    @cached_property
    def row(self) -> Callable[[Mapping[str, Any]], Record]:
        """Makes a record of all stored columns, under the names of their fields as well."""
        named = [*((name, name) for name in self.columns), *self.aliases.items()]
        return self._maker([(name, column, f"given[{column!r}]") for name, column in named])

    def reader(self, columns: Sequence[str]) -> Callable[[Sequence[Any]], Record]:
        """Makes records of the stored values of just these columns, in their order."""
        key = tuple(columns)
        if key not in self.readers:
            members = [(name, name, f"given[{at}]") for at, name in enumerate(columns)]
            self.readers[key] = self._maker(members)
        return self.readers[key]

    def _maker(self, members: Sequence[tuple[str, str, str]]) -> Callable[[Any], Record]:
        """A function compiled for its columns: much of a page's time goes into making records."""
        names: dict[str, Any] = {"Record": Record, "kind": self.name}
        parts = []
        for name, column, stored in members:
            if decode := self.decoders.get(column):
                enum = self.enum(column)
                names[f"read_{column}"] = members_of(enum) if enum else decode
                stored = f"None if (v := {stored}) is None else read_{column}(v)"
            parts.append(f"{name!r}: {stored}")
        made: Callable[[Any], Record] = eval(
            f"lambda given: Record(kind, {{{', '.join(parts)}}})", names
        )
        return made


KINDS: dict[str, Kind] = {}
NUMBER = re.compile(r"([A-Z]*)\d{4}-\d+", re.ASCII)
PROSE_FROM = 100
"""Characters from which a column of text holds more than a name or a number."""
NO_PROSE = (
    *(
        "name",
        "normal_name",
        "name_head",
        "name_tail",
        "title",
        "search",
        "media_type",
        "page",
        "link",
    ),
    "barred",
)
"""The long columns that hold a name, an address or what a machine reads all the same."""


def register(
    name: str,
    model: type[Model],
    aliases: dict[str, str],
    labels: dict[str, str],
    targets: dict[str, str],
    **gate: Any,
) -> Kind:
    """Make `model` readable as `name`. A column that is not the table's is refused at import."""
    columns = set(columns_of(model))
    if wrong := {*aliases.values(), *labels} - columns:
        raise LookupError(
            f"{name} reads {sorted(wrong)}, but {model.__name__} has {sorted(columns)}"
        )
    aliases = {alias: column for alias, column in aliases.items() if alias != column}
    kind = Kind(name, model, aliases, labels, targets, decoders_of(model), **gate)
    KINDS[name], COLUMNS[kind.table] = kind, frozenset(columns)
    if kind.personal:
        PERSONAL[kind.table] = frozenset(kind.personal)
    return kind


def kind_of(model: type[Model]) -> Kind | None:
    """The kind that rows of a table are of; None where the graph does not show them."""
    return next((kind for kind in KINDS.values() if kind.model is model), None)


def name_of(model: type[Model]) -> str:
    """What the graph calls the rows of a table; the table's own name where the graph has none."""
    kind = kind_of(model)
    return kind.name if kind else model.__name__


def columns_of(model: type[Model]) -> dict[str, fields.Field[Any]]:
    """A table's columns and their fields; before Tortoise has resolved references, by its own rule."""
    columns: dict[str, fields.Field[Any]] = {}
    for name, each in model._meta.fields_map.items():
        if isinstance(each, ForeignKeyFieldInstance):
            columns[each.source_field or f"{name}_id"] = each
        elif not isinstance(each, RelationalField):
            columns.setdefault(each.source_field or name, each)
    return columns


def decoders_of(model: type[Model]) -> dict[str, Decoder]:
    """Only the columns whose stored form differs from their Python value, on either database."""
    decoders: dict[str, Decoder] = {}
    for column, kind in columns_of(model).items():
        if isinstance(kind, fields.DatetimeField):
            decoders[column] = moment
        elif isinstance(kind, fields.DateField):
            decoders[column] = day
        elif isinstance(kind, fields.JSONField):
            decoders[column] = document
        elif isinstance(kind, fields.BooleanField):
            decoders[column] = bool
        elif isinstance(kind, CharEnumFieldInstance):
            decoders[column] = kind.enum_type
    return decoders


def members_of(enum: type[Enum]) -> Decoder:
    """The member of a stored value, from a dict: calling an enum takes ten times as long."""
    return {member.value: member for member in enum}.__getitem__


def moment(stored: str | datetime) -> datetime:
    at = datetime.fromisoformat(stored) if isinstance(stored, str) else stored
    if at.tzinfo is UTC:
        return at
    return at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)


def day(stored: str | date) -> date:
    return date.fromisoformat(stored[:10]) if isinstance(stored, str) else stored


def document(stored: Any) -> Any:
    return json.loads(stored) if isinstance(stored, str) else stored


def global_id(kind: str, key: int) -> str:
    """Opaque to whoever gets it, and a form that either database can write by itself."""
    return f"{kind}:{key}".encode().hex().upper()


def kind_numbered(text: str, kinds: Iterable[str]) -> str | None:
    """Which of these kinds has numbers of this form; None for what is no number of theirs.

    >>> kind_numbered("MB2026-0001", ["Project"])
    """
    found = NUMBER.fullmatch(text)
    numbered = ((name, KINDS[name].numbers) for name in kinds)
    of = (name for name, numbers in numbered if numbers and found and found[1] == numbers.letters)
    return next(of, None)


def read_global_id(text: str) -> tuple[str, int] | None:
    """The kind and key behind a global ID, or None for anything that is not one."""
    try:
        kind, _, key = bytes.fromhex(text).decode().partition(":")
        number = int(key)
    except ValueError:
        return None
    return (kind, number) if kind in KINDS and 0 < number < 2**63 and key == str(number) else None
