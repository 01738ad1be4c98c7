"""The rows that are stored, compared with what the journal says became of them.

The journal is read from its beginning and each change applied; then the tables are passed over, each
by its key. A value that no act wrote, a row that none made or took away, an act that begins from
another value than the one before left: each is found, with the entry that says otherwise. What is
applied lies in a temporary file, so that the memory needed does not grow with the city.
"""

import asyncio
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import orjson
from tortoise import Tortoise
from tortoise.models import Model

from schema import database
from schema.city.rules.personal import SALT
from schema.gate.journal import FOUNDING, KEPT_IN_ENTRY, REPAIR, changes_of, plain
from schema.gate.sealing import sealed_row
from schema.query.models import decoders_of, document, kind_of, name_of

ENTRIES_AT_ONCE = 50
ROWS_AT_ONCE = 500
CACHE_KIB = 8192
KEPT = 1000
"""How many differences are kept to be shown; more are counted."""
VALUE_LIMIT = 60

NEWEST = 'SELECT COALESCE(max("id"), 0) AS "id" FROM "journal_entry"'
ENTRIES = 'SELECT "id", "act", "changes" FROM "journal_entry" WHERE "id" > ? ORDER BY "id" LIMIT ?'

Changes = Mapping[str, Mapping[str, Sequence[Any]]]
"""`Kind:id` → column → [before, after]."""


class Unrecorded(NamedTuple):
    """What the journal does not record, each with the reason.

    `tables` are not compared; `columns` are those of a table, or of all under `*`; rows of `queues`
    come and go besides acts, so that only those that are in both are compared.
    """

    tables: Mapping[str, str]
    columns: Mapping[str, Mapping[str, str]]
    queues: Mapping[str, str]

    def of(self, table: type[Model]) -> frozenset[str]:
        """The columns of a table that are not recorded."""
        name = table.__name__
        return frozenset({*self.columns.get("*", ()), *self.columns.get(name, ())})

    def recorded_tables(self) -> Iterator[type[Model]]:
        """Every table whose rows the journal records."""
        assert Tortoise.apps is not None
        for table in Tortoise.apps["schema"].values():
            if table.__name__ not in self.tables:
                yield table


@dataclass(frozen=True)
class Mismatch:
    """Where a row is not what the journal says. `column` is empty where it is the row as a whole,
    `entry` None where no entry speaks of it.
    """

    kind: str
    key: int
    number: str
    column: str
    stored: Any
    recorded: Any
    entry: int | None
    message: str

    def __str__(self) -> str:
        return f"{self.kind} {self.number}{' ' if self.column else ''}{self.column}：{self.message}"


@dataclass
class Comparison:
    """What was compared and how much differs; `found` are the first differences."""

    entries: int = 0
    rows: int = 0
    count: int = 0
    found: list[Mismatch] = field(default_factory=list)

    def add(self, more: Sequence[Mismatch]) -> None:
        self.count += len(more)
        self.found += more[: max(0, KEPT - len(self.found))]


Cells = dict[str, list[Any]]
"""Column → [value, number of the entry that wrote it]."""


class Applied(NamedTuple):
    """A row as the journal left it. `born` is the entry that made it, None where none did; `gone`
    the entry that took it away; `known` the number that it carries as its own.
    """

    born: int | None
    gone: int | None
    known: int | None
    cells: Cells


class Replay:
    """The journal applied, in a temporary file that vanishes with it."""

    def __init__(self, unrecorded: Unrecorded) -> None:
        self.last = self.entries = 0
        self.faults = Comparison()
        self._unrecorded = {name_of(t): unrecorded.of(t) for t in unrecorded.recorded_tables()}
        self._keys = {name_of(t): t._meta.pk_attr for t in unrecorded.recorded_tables()}
        self._younger = {name_of(t): younger(t) for t in unrecorded.recorded_tables()}
        self._numbered_by = {
            name_of(t): kind.key
            for t in unrecorded.recorded_tables()
            if (kind := kind_of(t)) and kind.key
        }
        # An empty name is a private file of SQLite's own, removed as soon as it is closed.
        self._file = sqlite3.connect("", isolation_level=None, check_same_thread=False)
        self._file.execute("PRAGMA journal_mode = OFF")
        self._file.execute("PRAGMA synchronous = OFF")
        self._file.execute(f"PRAGMA cache_size = -{CACHE_KIB}")
        self._file.execute(
            "CREATE TABLE applied (kind TEXT, id INTEGER, row BLOB, PRIMARY KEY (kind, id)) WITHOUT ROWID"
        )

    def close(self) -> None:
        self._file.close()

    async def advance(self) -> bool:
        """Apply what was written since; whether there was anything."""
        before = self.last
        while found := await database.fetch(ENTRIES, [self.last, ENTRIES_AT_ONCE]):
            waiting: list[tuple[int, str, Changes]] = []
            for entry in found:
                number, act = entry["id"], entry["act"]
                async for changes in changes_of(document(entry["changes"])):
                    waiting.append((number, act, changes))
                    if len(changes) >= KEPT_IN_ENTRY:
                        await asyncio.to_thread(self._apply, waiting)
                        waiting = []
            await asyncio.to_thread(self._apply, waiting)
            self.last = found[-1]["id"]
            self.entries += len(found)
        return self.last != before

    def between(self, kind: str, after: int | None, last: int | None) -> dict[int, Applied]:
        """The rows of a kind with a key above `after` and up to `last`, if these are given."""
        where = "kind = ?"
        given: list[Any] = [kind]
        for sign, bound in ((">", after), ("<=", last)):
            if bound is not None:
                where += f" AND id {sign} ?"
                given.append(bound)
        found = self._file.execute(
            f"SELECT id, row FROM applied WHERE {where} ORDER BY id LIMIT {ROWS_AT_ONCE + 1}", given
        )
        return {key: Applied(*orjson.loads(row)) for key, row in found}

    def _apply(self, entries: Sequence[tuple[int, str, Changes]]) -> None:
        rows: dict[tuple[str, int], Applied | None] = {}
        for number, act, changes in entries:
            for subject, columns in changes.items():
                kind, _, key = subject.partition(":")
                if kind not in self._keys:
                    continue
                at = kind, int(key)
                if at not in rows:
                    rows[at] = self._read(*at)
                rows[at] = self._changed(at, rows[at], columns, number, act)
        written = [(*at, orjson.dumps([*row])) for at, row in rows.items() if row]
        self._file.execute("BEGIN")
        self._file.executemany("INSERT OR REPLACE INTO applied VALUES (?, ?, ?)", written)
        self._file.execute("COMMIT")

    def _read(self, kind: str, key: int) -> Applied | None:
        found = self._file.execute(
            "SELECT row FROM applied WHERE kind = ? AND id = ?", [kind, key]
        ).fetchone()
        return Applied(*orjson.loads(found[0])) if found else None

    def _changed(
        self,
        at: tuple[str, int],
        row: Applied | None,
        columns: Mapping[str, Sequence[Any]],
        number: int,
        act: str,
    ) -> Applied:
        kind, key = at
        columns = {
            name: pair for name, pair in columns.items() if name not in self._unrecorded[kind]
        }
        given = self._younger[kind]
        if row is None or row.gone is not None:
            given = {}
            new = all(before in (None, "") for before, _ in columns.values())
            row = Applied(number if new else None, None, None if act == FOUNDING else number, {})
        removed = columns.get(self._keys[kind], (None, key))[1] is None
        for name, (before, after) in columns.items():
            if name == self._keys[kind]:
                continue
            prior, wrote = row.cells.get(name, (given.get(name), row.born))
            # A repair begins from what was changed by hand, and its entry says what that was.
            if row.born is not None and act != REPAIR and not same(prior, before):
                no = self.number_of(kind, key, row.cells)
                words = f"第 {number} 条办理记录的改前值为 {shown(before)}，第 {wrote} 条为 {shown(prior)}"
                self.faults.add([Mismatch(kind, key, no, name, before, prior, number, words)])
            row.cells[name] = [after, number]
        if removed:
            return Applied(row.born, number, None, {})
        return row

    def number_of(self, kind: str, key: int, cells: Cells) -> str:
        """By what people call a row: its number or short name, else its id."""
        return str(cells.get(self._numbered_by.get(kind, ""), [key])[0])


async def compare(unrecorded: Unrecorded) -> Comparison:
    """Every difference between the tables and the journal, which must be whole.

    Acts may go on meanwhile: tables and journal are read as they are at one moment.
    """
    result, replay = Comparison(), Replay(unrecorded)
    try:
        async with database.snapshot():
            await replay.advance()
            for table in unrecorded.recorded_tables():
                await compare_table(table, replay, unrecorded, result)
        result.entries = replay.entries
        result.add(replay.faults.found)
        result.count += replay.faults.count - len(replay.faults.found)
    finally:
        replay.close()
    return result


async def compare_table(
    table: type[Model], replay: Replay, unrecorded: Unrecorded, result: Comparison
) -> None:
    """Pass over one table in portions, in the order of its key."""
    key, last = table._meta.pk_attr, None
    name = table._meta.db_table
    comparing = Comparing(table, replay, unrecorded)
    while True:
        where = f' WHERE "{key}" > ?' if last is not None else ""
        stored = await database.fetch(
            f'SELECT * FROM "{name}"{where} ORDER BY "{key}" LIMIT {ROWS_AT_ONCE}',
            [] if last is None else [last],
        )
        until = stored[-1][key] if len(stored) == ROWS_AT_ONCE else None
        differing, until = await asyncio.to_thread(comparing.portion, stored, last, until)
        result.add(differing)
        result.rows += len(stored)
        if until is None:
            return
        last = until


class Comparing:
    """Stored rows of one table beside those of the journal."""

    def __init__(self, table: type[Model], replay: Replay, unrecorded: Unrecorded) -> None:
        self.kind, self.key = name_of(table), table._meta.pk_attr
        self._table, self._replay, self._decoders = table, replay, decoders_of(table)
        self._unrecorded = unrecorded.of(table) | {self.key}
        self._queue = table.__name__ in unrecorded.queues
        self._numbered = "journal_id" in table._meta.fields_db_projection
        self._younger = younger(table)

    def portion(
        self, stored: Sequence[Mapping[str, Any]], after: int | None, until: int | None
    ) -> tuple[list[Mismatch], int | None]:
        """What differs above the key `after`, and up to which key this is known; None: to the end.

        Where the journal has more rows in the same span than are read at once, the span ends sooner.
        """
        applied = self._replay.between(self.kind, after, until)
        if len(applied) > ROWS_AT_ONCE:
            until = max(applied)
        rows = {row[self.key]: row for row in stored if until is None or row[self.key] <= until}
        found: list[Mismatch] = []
        for key in sorted(rows.keys() | applied.keys()):
            found += self.row(key, rows.get(key), applied.get(key))
        return found, until

    def row(
        self, key: int, stored: Mapping[str, Any] | None, applied: Applied | None
    ) -> list[Mismatch]:
        if stored is None:
            if applied is None or applied.gone is not None or self._queue:
                return []
            newest = max((wrote for _, wrote in applied.cells.values()), default=applied.born)
            number = self._replay.number_of(self.kind, key, applied.cells)
            words = f"库中没有这一行，第 {newest} 条办理记录之后没有删去它"
            return [Mismatch(self.kind, key, number, "", None, None, newest, words)]
        values = {
            name: plain(self._decoders[name](value))
            if name in self._decoders and value is not None
            else plain(value)
            for name, value in stored.items()
        }
        values = sealed_row(self._table, values, values.get(SALT))
        number = self._replay.number_of(self.kind, key, {n: [v, None] for n, v in values.items()})
        if applied is None or applied.born is None:
            if self._queue:
                return []
            words = "库中有这一行，办理记录没有新增它"
            return [Mismatch(self.kind, key, number, "", None, None, None, words)]
        if applied.gone is not None:
            words = f"第 {applied.gone} 条办理记录已删去这一行，库中却有"
            return [Mismatch(self.kind, key, number, "", None, None, applied.gone, words)]
        cells: Cells = applied.cells
        if self._numbered:
            cells = cells | {"journal_id": [applied.known, applied.born]}
        found = []
        for name, now in values.items():
            if name in self._unrecorded and not (self._numbered and name == "journal_id"):
                continue
            recorded, entry = cells.get(name, (self._younger.get(name), applied.born))
            if not same(now, recorded):
                words = f"库中为 {shown(now)}，第 {entry} 条办理记录为 {shown(recorded)}"
                found.append(Mismatch(self.kind, key, number, name, now, recorded, entry, words))
        return found


def younger(table: type[Model]) -> dict[str, Any]:
    """The columns that rows may be older than, and what the migration that brought each gave them: the
    journal has nothing of it.
    """
    return {
        name: plain(field.default)
        for name, field in table._meta.fields_map.items()
        if field.has_db_default()
    }


def same(one: Any, other: Any) -> bool:
    """Whether two values are the same; an empty text says as little as none."""
    return bool(one == other or (one in (None, "") and other in (None, "")))


def shown(value: Any) -> str:
    """A value in a line of text."""
    if value in (None, ""):
        return "空"
    text = value if isinstance(value, str) else orjson.dumps(value).decode()
    return text if len(text) <= VALUE_LIMIT else f"{text[:VALUE_LIMIT]}…"
