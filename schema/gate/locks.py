"""What an act holds until it ends.

On SQLite the transaction itself keeps all other writers out; on PostgreSQL rows are locked where
they stand, and what is shared (the rulebook, a name) by a lock of the transaction's own.
"""

from collections.abc import Sequence
from typing import Any

from tortoise.models import Model

from schema import database
from schema.query.models import KINDS, Kind

SHARED = (
    "posts",
    "rulebook",
    "months",
    "new projects",
    "chains",
    "target companies",
    "template of",
    "views of",
    "voucher",
)
"""How the names of what is shared begin, in the order in which acts hold it."""


def shared_rank(name: str) -> tuple[int, str]:
    """Where something shared comes in that order. Raises LookupError for a name without a place in it."""
    for place, begins in enumerate(SHARED):
        if name.startswith(begins):
            return place, name
    raise LookupError(f"{name} has no place in the order of what is shared")


def rank(kind: Kind) -> int:
    """Where the rows of a kind come in the order in which acts hold things."""
    return -1 if kind.held_first else list(KINDS).index(kind.name)


class Order:
    """The one order in which acts hold things: rows held first, what is shared, then all other rows.

    What is shared goes as `SHARED` says, then by name; rows by kind, from the ground floor up, then by id.
    """

    def __init__(self) -> None:
        self._last: tuple[int, int] = (-2, 0)
        self._held: set[tuple[str, int]] = set()
        self._shared: set[str] = set()
        self._last_shared: tuple[int, str] = (-1, "")

    def enter_shared(self, name: str) -> None:
        """Raises RuntimeError when `name` is held after rows, or after what comes behind it: whoever
        changes it may wait for them.
        """
        if name in self._shared:
            return
        if self._last >= (0, 0):
            raise RuntimeError(f"{name} is held after rows that stand above it")
        if shared_rank(name) < self._last_shared:
            raise RuntimeError(f"{name} is held after {self._last_shared[1]}")
        self._last_shared = shared_rank(name)
        self._shared.add(name)

    def enter(self, kind: Kind, keys: Sequence[int]) -> None:
        """Raises RuntimeError when rows are held against the order, for that can end in a deadlock."""
        fresh = [key for key in keys if (kind.name, key) not in self._held]
        if not fresh:
            return
        first = (rank(kind), min(fresh))
        if first < self._last:
            raise RuntimeError(f"{kind.name} {first[1]} is held after what stands above it")
        self._last = (first[0], max(fresh))
        self._held |= {(kind.name, key) for key in fresh}


class RowGone(LookupError):
    """A row was taken away before it could be held."""


async def lock_rows(table: type[Model], keys: Sequence[int]) -> list[Any]:
    """Rows by id, locked against other acts and read as they are now, in the order of ids.

    Raises RowGone where one is missing.
    """
    rows = await table.filter(id__in=keys).order_by("id").select_for_update(no_key=True)
    if len(rows) != len(keys):
        raise RowGone(f"{table.__name__} has not all of {keys}")
    return list(rows)


async def share(name: str) -> None:
    """Keep `name` from changing until the transaction ends; others may rest on it as well."""
    if database.dialect() == "postgres":
        await database.fetch("SELECT pg_advisory_xact_lock_shared(hashtextextended(?, 0))", [name])


async def alone(name: str) -> None:
    """Keep everybody else from `name` until the transaction ends."""
    if database.dialect() == "postgres":
        await database.fetch("SELECT pg_advisory_xact_lock(hashtextextended(?, 0))", [name])


async def next_numbers(sequence: str, count: int) -> range:
    """The next `count` numbers of a sequence; whoever wants some of the same one waits."""
    (row,) = await database.fetch(
        'INSERT INTO "sequence" ("name", "value") VALUES (?, ?) ON CONFLICT ("name")'
        ' DO UPDATE SET "value" = "sequence"."value" + excluded."value" RETURNING "value"',
        [sequence, count],
    )
    return range(row["value"] - count + 1, row["value"] + 1)
