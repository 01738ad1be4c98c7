"""All tables at one moment, and what the journal says became of them since.

`Replay` starts from a snapshot and applies the entries written after it. Each change must start
from what the row then is, so a lost update shows itself at once; at the end the replayed rows must
be those stored, column by column.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from schema import database
from schema.checks import UNRECORDED
from schema.city.rules.personal import SALT
from schema.gate.journal import PARTS, ROWS, chained, plain
from schema.gate.keys import BEGINNING
from schema.gate.replay import same
from schema.gate.sealing import sealed_row
from schema.gate.tables import JournalEntry, JournalPart
from schema.query.models import decoders_of, name_of

Row = dict[str, Any]
Rows = dict[str, Row]
"""Rows by `Kind:id`, as the journal names them."""


async def snapshot() -> Rows:
    """Every row of every table, with values in the form in which the journal keeps them."""
    found: Rows = {}
    for table in UNRECORDED.recorded_tables():
        unrecorded = UNRECORDED.of(table)
        decoders, key = decoders_of(table), table._meta.pk_attr
        for row in await database.fetch(f'SELECT * FROM "{table._meta.db_table}"'):
            values = {
                name: plain(decoders[name](value) if name in decoders else value)
                for name, value in row.items()
                if value is not None and name not in unrecorded
            }
            values = sealed_row(table, values, row.get(SALT))
            found[f"{name_of(table)}:{row[key]}"] = values
    return found


def key_columns() -> dict[str, str]:
    """The column of the primary key, by the name under which the journal lists a table's rows."""
    return {name_of(table): table._meta.pk_attr for table in UNRECORDED.recorded_tables()}


def unrecorded_columns() -> dict[str, frozenset[str]]:
    """The columns that the journal does not record, by the name under which it lists a table's rows."""
    return {name_of(table): UNRECORDED.of(table) for table in UNRECORDED.recorded_tables()}


@dataclass
class Replay:
    """Rows as the journal says they are; `faults` are the changes that do not fit."""

    rows: Rows
    last: int = 0
    hash: str = BEGINNING
    faults: list[str] = field(default_factory=list)

    @classmethod
    async def start(cls) -> "Replay":
        """From all that is stored now."""
        newest = await JournalEntry.all().order_by("-id").first()
        return cls(await snapshot(), newest.id, newest.hash) if newest else cls(await snapshot())

    async def entries(self) -> Iterator[JournalEntry]:
        """The entries that are not applied yet, in the order of the journal."""
        return iter(await JournalEntry.filter(id__gt=self.last).order_by("id"))

    async def advance(self) -> None:
        """Apply every entry written since."""
        for entry in await self.entries():
            await self.apply(entry)

    async def apply(self, entry: JournalEntry) -> None:
        if (entry.prior_hash, entry.hash) != (self.hash, chained(entry)):
            self.faults.append(f"entry {entry.id} is not chained to the one before it")
        for sha256 in entry.changes.get(PARTS, {}).get("sha256", [None, []])[1]:
            part = await JournalPart.filter(sha256=sha256).first()
            assert part is not None, f"entry {entry.id} has lost a part"
            self._apply(entry, json.loads(part.changes))
        self._apply(
            entry, {key: each for key, each in entry.changes.items() if key not in (PARTS, ROWS)}
        )
        self.last, self.hash = entry.id, entry.hash

    def _apply(self, entry: JournalEntry, changes: dict[str, dict[str, list[Any]]]) -> None:
        keys, unrecorded = key_columns(), unrecorded_columns()
        for subject, columns in changes.items():
            kind, _, key = subject.partition(":")
            row = self.rows.get(subject, {})
            for name, (before, after) in columns.items():
                if name in unrecorded[kind]:
                    continue
                if not same(row.get(name), before):
                    self.faults.append(
                        f"entry {entry.id} ({entry.act}): {subject}.{name} was {row.get(name)!r},"
                        f" not {before!r}"
                    )
                row = {**row, name: after}
            if columns.get(keys[kind], [None, key])[1] is None:
                self.rows.pop(subject, None)
            else:
                self.rows[subject] = row | {keys[kind]: int(key)}

    async def differences(self) -> list[str]:
        """Where the stored rows are not what the journal says, after all entries are applied."""
        await self.advance()
        stored = await snapshot()
        found = [f"{key} is stored, not in the journal" for key in stored.keys() - self.rows.keys()]
        found += [
            f"{key} is in the journal, not stored" for key in self.rows.keys() - stored.keys()
        ]
        for key in stored.keys() & self.rows.keys():
            now, replayed = stored[key], self.rows[key]
            found += [
                f"{key}.{name} is {now.get(name)!r}, the journal says {replayed.get(name)!r}"
                for name in sorted(now.keys() | replayed.keys())
                if not same(now.get(name), replayed.get(name))
            ]
        return sorted(found) + self.faults
