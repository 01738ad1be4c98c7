"""Taking back what one act has changed: each row as it was before, by what the journal says of it."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from tortoise.fields.base import Field
from tortoise.models import Model

from schema import database
from schema.city.rules.personal import SALT, personal_columns
from schema.database.statements import in_chunks, marks
from schema.gate.gate import Gate
from schema.gate.journal import Changes, changes_of, plain
from schema.gate.many import as_moved
from schema.gate.tables import JournalEntry
from schema.query.models import KINDS

AFTER = (
    'SELECT "row_id", "entry_id" FROM "journal_row" WHERE "kind" = ? AND "entry_id" > ?'
    ' AND "row_id" IN ({marks}) ORDER BY "entry_id"'
)


@dataclass(frozen=True)
class Written:
    """What an act has changed of rows of some kinds: kind → id → column → [before, after], as JSON."""

    entry: JournalEntry
    rows: Mapping[str, Mapping[int, Changes]]

    def is_new(self, kind: str, key: int) -> bool:
        """Whether the act has created the row: a column that always holds something held nothing."""
        fields = fields_of(KINDS[kind].model)
        return any(
            before is None and not fields[column].null
            for column, (before, _) in self.rows[kind][key].items()
        )


@lru_cache(maxsize=256)
def fields_of(table: type[Model]) -> Mapping[str, Field[Any]]:
    """The fields of a table by their columns."""
    meta = table._meta
    return {column: meta.fields_map[name] for name, column in meta.fields_db_projection.items()}


async def read_written(act: str, subject: tuple[str, int], kinds: Collection[str]) -> Written:
    """What the last act of this name about `subject` has changed of rows of these kinds."""
    entry = (
        await JournalEntry.filter(act=act, subject_kind=subject[0], subject_id=subject[1])
        .order_by("-id")
        .first()
    )
    assert entry is not None, f"the journal has no {act} of {subject}"
    found: dict[str, dict[int, Changes]] = {kind: {} for kind in kinds}
    async for portion in changes_of(entry.changes):
        for name, columns in portion.items():
            kind, _, key = name.partition(":")
            if kind not in found:
                continue
            row = found[kind].setdefault(int(key), {})
            for column, (before, after) in columns.items():
                row[column] = [row.get(column, [before])[0], after]
    return Written(entry, found)


async def entries_after(
    entry: JournalEntry, kind: str, keys: Sequence[int]
) -> dict[int, list[JournalEntry]]:
    """The entries since one in the histories of rows, by their ids, the first one first."""
    rows = [
        row
        for part in in_chunks(keys)
        for row in await database.fetch(AFTER.format(marks=marks(part)), [kind, entry.id, *part])
    ]
    wanted = sorted({row["entry_id"] for row in rows})
    known = {
        each.id: each
        for part in in_chunks(wanted)
        for each in await JournalEntry.filter(id__in=part)
    }
    found: dict[int, list[JournalEntry]] = {}
    for row in rows:
        found.setdefault(row["row_id"], []).append(known[row["entry_id"]])
    return found


async def rows_now(written: Written, kind: str) -> dict[int, Model]:
    """The rows that an act has changed as they are now, by id; those that are gone are left out."""
    table = KINDS[kind].model
    return {
        row.pk: row
        for part in in_chunks(sorted(written.rows[kind]))
        for row in await table.filter(pk__in=part)
    }


def is_as_left(row: Model, changes: Changes) -> bool:
    """Whether a row is as an act has left it. A person's name may have been erased since."""
    hidden = personal_columns(type(row)).keys() | {SALT, "revision"}
    return all(
        plain(getattr(row, column)) == after
        for column, (_, after) in changes.items()
        if column not in hidden
    )


async def restore(gate: Gate, written: Written, kind: str, rows: Mapping[int, Any]) -> None:
    """Give rows, as they are now, what they held before the act, and take those away that it created.

    Rows that have a revision are moved on already (`many.move_many`). The caller has looked whether they
    are as the act has left them.
    """
    table = KINDS[kind].model
    fields = fields_of(table)
    new = [key for key in rows if written.is_new(kind, key)]
    for part in in_chunks(new):
        await gate.remove_many(table, "pk__in", part)
    alike: dict[tuple[str, ...], dict[int, dict[str, tuple[Any, Any]]]] = {}
    for key, row in rows.items():
        if key in new:
            continue
        back = {
            column: (
                getattr(row, column),
                fields[column].to_python_value(before),
            )
            for column, (before, _) in written.rows[kind][key].items()
            if column != "revision"
        }
        if "revision" in KINDS[kind].columns:
            back |= as_moved(row)
        alike.setdefault(tuple(sorted(back)), {})[key] = back
    for changes in alike.values():
        await gate.update_many(table, changes)
