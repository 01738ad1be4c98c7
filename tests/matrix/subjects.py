"""What is hidden and becomes otherwise: a row that comes beside those that there are, a column of rows.

Both are made of the tables as they are, so that a kind or a column that is new is tried from the day
it is there. Whatever the database or the policy does not let happen unseen is not a subject.
"""

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from tortoise import fields
from tortoise.exceptions import IntegrityError, OperationalError
from tortoise.fields.relational import ForeignKeyFieldInstance

from schema import database
from schema.permissions import BESIDE, SEES, Viewer, hidden, visible
from schema.query.models import KINDS, Kind, columns_of
from tests.house.test_who_may import undone
from tests.world import NOW, uscc

Row = dict[str, Any]
Seen = dict[str, frozenset[int]]
"""The ids of the rows that somebody sees, by table."""

TWIN = 700_000
"""The id of a row that comes beside the others; no other row has it before or after."""


@dataclass(frozen=True)
class Subject:
    """A twin of the row `key` of a kind, with some columns otherwise; or, with `column`, that column of
    the rows `keys` becoming another value.
    """

    kind: str
    key: int
    row: tuple[tuple[str, Any], ...]
    given: tuple[tuple[str, Any], ...] = ()
    column: str = ""
    keys: tuple[int, ...] = ()

    @property
    def name(self) -> str:
        return f"{self.kind}.{self.column}" if self.column else self.kind

    @property
    def shown(self) -> Row:
        """What whoever guesses would guess: the columns of the hidden row, before and after."""
        return dict(self.row) | dict(self.given)


async def seen_by(viewer: Viewer) -> Seen:
    """The ids of all rows that a viewer sees, by table; by one statement."""
    parts, values = [], list[Any]()
    for table in sorted({kind.table for kind in KINDS.values()}):
        sql, bound = visible(table, "t", viewer)
        parts.append(f'SELECT \'{table}\' AS "of", t."id" AS "id" FROM "{table}" t WHERE {sql}')
        values += bound
    found: dict[str, set[int]] = {kind.table: set() for kind in KINDS.values()}
    for row in await database.fetch(" UNION ALL ".join(parts), values):
        found[row["of"]].add(row["id"])
    return {table: frozenset(keys) for table, keys in found.items()}


@asynccontextmanager
async def otherwise(subject: Subject) -> AsyncIterator[bool]:
    """The database in which the row has come, or the column has become another; undone afterwards.

    False where the database does not let it happen.
    """
    async with undone():
        done = True
        try:
            async with undone_if_refused():
                await (change(subject) if subject.column else add(subject))
        except (IntegrityError, OperationalError, ValueError):
            done = False
        yield done


@asynccontextmanager
async def undone_if_refused() -> AsyncIterator[None]:
    async with database.transaction():
        yield


async def add(subject: Subject) -> None:
    kind = KINDS[subject.kind]
    given = {"id": TWIN} | dict(subject.given)
    names = ", ".join(f'"{name}"' for name in kind.columns)
    taken = ", ".join("?" if name in given else f't."{name}"' for name in kind.columns)
    values = [given[name] for name in kind.columns if name in given]
    typed = [cast(kind, name) for name in kind.columns]
    chosen = ", ".join(
        typed[index].format(part) if part == "?" else part
        for index, part in enumerate(taken.split(", "))
    )
    await database.write(
        f'INSERT INTO "{kind.table}" ({names}) SELECT {chosen} FROM "{kind.table}" t WHERE t."id" = ?',
        [[*values, subject.key]],
    )


async def change(subject: Subject) -> None:
    kind = KINDS[subject.kind]
    marks = ", ".join("?" * len(subject.keys))
    value = cast(kind, subject.column).format("?")
    await database.write(
        f'UPDATE "{kind.table}" SET "{subject.column}" = {value} WHERE "id" IN ({marks})',
        [[dict(subject.given)[subject.column], *subject.keys]],
    )


def cast(kind: Kind, column: str) -> str:
    """How a value is bound to a column: PostgreSQL asks for its type where it stands in a SELECT."""
    if database.dialect() != "postgres":
        return "{}"
    each = columns_of(kind.model)[column]
    types = {
        fields.JSONField: "JSONB",
        fields.DatetimeField: "TIMESTAMPTZ",
        fields.DateField: "DATE",
        fields.BooleanField: "BOOLEAN",
        fields.IntField: "BIGINT",
        fields.TextField: "TEXT",
        fields.CharField: "VARCHAR",
        fields.DecimalField: "NUMERIC",
    }
    if isinstance(each, ForeignKeyFieldInstance):
        return "CAST({} AS BIGINT)"
    name = next((sql for of, sql in types.items() if isinstance(each, of)), None)
    return f"CAST({{}} AS {name})" if name else "{}"


def own_texts(kind: Kind, number: int = 1) -> Row:
    """Columns that no two rows share, for a twin."""
    found: Row = {}
    for name, each in columns_of(kind.model).items():
        if name == "uscc":
            found[name] = uscc(9_900 + number)
        elif each.unique and isinstance(each, fields.DateField):
            found[name] = date(2030, 1, number)
        elif each.unique and name != "id":
            found[name] = f"孪{number}"[: getattr(each, "max_length", 9)]
    return found


def other_values(kind: Kind, column: str, rows: Iterable[Row]) -> list[Any]:
    """Values that a column could have instead, the likeliest to be let happen first."""
    each = columns_of(kind.model)[column]
    known = {repr(row[column]): row[column] for row in rows}
    found: list[Any] = []
    if enum := kind.enum(column):
        found += [member.value for member in enum]
    elif isinstance(each, ForeignKeyFieldInstance):
        found += [value for value in known.values() if value is not None]
        found += [1, 2, 3]
    elif isinstance(each, fields.BooleanField):
        found += [True, False]
    elif isinstance(each, fields.DatetimeField):
        moments = [value for value in known.values() if value is not None]
        found += [shifted(value) for value in moments[:2]] + [NOW - timedelta(days=1)]
    elif isinstance(each, fields.DateField):
        days = [value for value in known.values() if value is not None]
        found += [shifted(value) for value in days[:2]] + [date(2026, 11, 17)]
    elif isinstance(each, fields.IntField):
        found += [max((value or 0) for value in known.values()) + 777] if known else [777]
    elif isinstance(each, (fields.CharField, fields.TextField)):
        found += ["隐乙隐乙"[: getattr(each, "max_length", 9) or 9]]
    found += list(known.values())
    if each.null:
        found.append(None)
    return found


def shifted(value: Any) -> Any:
    """A day earlier, in the form that the database gave it in."""
    if isinstance(value, str):
        text = value.replace("T", " ")
        if len(text) == 10:
            return f"{date.fromisoformat(text) - timedelta(days=1)}"
        moment = datetime.fromisoformat(text) - timedelta(days=1)
        return moment.isoformat(" " if " " in value else "T")
    return value - timedelta(days=1)


def is_beside(kind: Kind, column: str, viewer: Viewer) -> bool:
    """Whether the policy shows a column beside a row that points at it, seen that row itself or not."""
    posts = {held.post for held in viewer.posts}
    return any(
        posts & set(SEES[near]) and column in far.get(kind.table, "").split()
        for near, far in BESIDE.items()
    )


async def rows_of(kind: Kind) -> list[Row]:
    found = await database.fetch(f'SELECT * FROM "{kind.table}" ORDER BY "id"')
    return [dict(row) for row in found]


async def happens_unseen(subject: Subject, viewer: Viewer, seen: Seen) -> bool:
    """Whether the database lets it happen, and the viewer sees the very same rows afterwards."""
    async with otherwise(subject) as done:
        return done and await seen_by(viewer) == seen


def sees_all(kind: Kind, viewer: Viewer) -> bool:
    return visible(kind.table, "t", viewer)[0] == "1=1"


async def twin(kind: Kind, viewer: Viewer, seen: Seen, *, near: bool = False) -> Subject | None:
    """A row of a kind that comes unseen beside the others, with `near` on a project that the viewer
    sees; None where none could.
    """
    if sees_all(kind, viewer):
        return None
    rows = await rows_of(kind)
    projects = [row["id"] for row in await database.fetch('SELECT "id" FROM "project"')]
    some = [key for key in projects if (key in seen["project"]) == near]
    hidden_first = sorted(rows, key=lambda row: row["id"] in seen[kind.table])
    texts = own_texts(kind)
    for row in [*hidden_first[:4], *hidden_first[-2:]]:
        there = [{"project_id": key} for key in some if "project_id" in kind.columns]
        for given in there if near else [{}, *there, *variations(kind, row, rows)]:
            subject = Subject(kind.name, row["id"], freeze(row), freeze(texts | given))
            if seen is None or await happens_unseen(subject, viewer, seen):
                return subject
    return None


def variations(kind: Kind, row: Row, rows: list[Row]) -> list[Row]:
    """A row with one column otherwise: those first that decide who sees it, then those of which no two
    rows are alike.
    """
    pointing, plain = list[Row](), list[Row]()
    for name, each in columns_of(kind.model).items():
        if name == "id":
            continue
        points = isinstance(each, ForeignKeyFieldInstance) or kind.enum(name)
        others = [value for value in other_values(kind, name, rows) if value != row[name]]
        (pointing if points or name.endswith("_id") else plain).extend(
            {name: value} for value in others[:3]
        )
    return pointing + plain


def freeze(row: Row) -> tuple[tuple[str, Any], ...]:
    return tuple(sorted(row.items()))


async def seen_twin(kind: Kind) -> Subject:
    """A row of a kind that comes beside the others, alike in all but what no two rows share."""
    row = (await rows_of(kind))[0]
    for given in [{}, *variations(kind, row, await rows_of(kind))]:
        subject = Subject(kind.name, row["id"], freeze(row), freeze(own_texts(kind) | given))
        async with otherwise(subject) as done:
            if done:
                return subject
    raise LookupError(f"no row of {kind.name} can come beside the others")


async def another(kind: Kind, column: str, viewer: Viewer, seen: Seen | None) -> Subject | None:
    """A column that becomes otherwise where the viewer does not see it: of the rows that they do not
    see, or of all of them where it is hidden from them. None where it cannot. Without `seen`, of all.
    """
    everywhere = seen is None or column in hidden(kind.table, viewer)
    own = viewer.person if kind.name == "Person" else None  # whose account opens the graph at all
    rows = [
        row
        for row in await rows_of(kind)
        if row["id"] != own and (everywhere or row["id"] not in (seen or {})[kind.table])
    ]
    if column == "id" or not rows or (seen is not None and is_beside(kind, column, viewer)):
        return None
    for value in other_values(kind, column, rows)[:6]:
        changed = [row for row in rows if row[column] != value]
        if not changed:
            continue
        unique = columns_of(kind.model)[column].unique
        keys = tuple(row["id"] for row in (changed[:1] if unique else changed))
        subject = Subject(kind.name, keys[0], freeze(changed[0]), ((column, value),), column, keys)
        with suppress(TypeError):
            if seen is None or await happens_unseen(subject, viewer, seen):
                return subject
    return None
