"""What the gate keeps beside the journal, compared with it and written anew: the index by which an
object's history and the entries of an amount are found, and the last number of each sequence.
"""

from collections import Counter
from collections.abc import AsyncIterator, Mapping
from datetime import datetime
from typing import Any

from schema import database
from schema.gate.journal import COUNT, FEN, REPAIR, ROWS, amounts_in, changes_of, has_history
from schema.gate.operator import operating
from schema.query.models import KINDS, document

AT_ONCE = 200
ENTRIES = 'SELECT "id", "changes" FROM "journal_entry" WHERE "id" > ? ORDER BY "id" LIMIT ?'
INDEXED = (
    'SELECT "id", "entry_id", "kind", "row_id" FROM "journal_row"'
    ' WHERE "entry_id" > ? AND "entry_id" <= ? ORDER BY "id"'
)
ENDLESS = 2**62

Place = tuple[int, str, int]
"""An entry, and the kind and id of a row in whose history it stands, or `Fen` and an amount."""


async def places_of(number: int, written: Mapping[str, Any]) -> dict[Place, int | None]:
    """Where an entry is to be found, by its `changes` as written, and the revision that it left there."""
    found = {
        (number, kind, key): revision
        for kind, (_, rows) in written.get(ROWS, {}).items()
        for key, revision in rows
    }
    async for portion in changes_of(written):
        found |= {(number, FEN, amount): None for amount in amounts_in(portion)}
        for subject, columns in portion.items():
            kind, _, key = subject.partition(":")
            if has_history(kind):
                place = number, kind, int(key)
                found[place] = columns.get("revision", [None, found.get(place)])[1]
    return found


async def index_differences() -> AsyncIterator[
    tuple[dict[Place, int | None], list[tuple[int, Place]]]
]:
    """What is missing in the index, and which of its rows are too many, by id; a portion at a time."""
    last = 0
    while True:
        entries = await database.fetch(ENTRIES, [last, AT_ONCE])
        until = entries[-1]["id"] if len(entries) == AT_ONCE else ENDLESS
        right: dict[Place, int | None] = {}
        for entry in entries:
            right |= await places_of(entry["id"], document(entry["changes"]))
        extra, seen = [], Counter[Place]()
        for row in await database.fetch(INDEXED, [last, until]):
            place = row["entry_id"], row["kind"], row["row_id"]
            seen[place] += 1
            if place not in right or seen[place] > 1:
                extra.append((row["id"], place))
        yield {place: right[place] for place in sorted(right.keys() - seen.keys())}, extra
        if until == ENDLESS:
            return
        last = until


async def index_faults() -> list[str]:
    """Where the index says of an entry whose history it is in, and the entry does not, or the reverse."""
    faults = []
    async with database.snapshot():
        async for missing, extra in index_differences():
            faults += [f"{kind} {key} 的历史中缺第 {entry} 条" for entry, kind, key in missing]
            faults += [f"{kind} {key} 的历史中多出第 {entry} 条" for _, (entry, kind, key) in extra]
    return faults


async def rebuild_index(at: datetime) -> list[str]:
    """Write the index as the entries say, as an act of the operator's; what that changed."""
    faults = await index_faults()
    if not faults:
        return []
    async with operating(REPAIR, at) as gate:
        await gate.numbers(COUNT, 0)  # no entry is written meanwhile
        async for missing, extra in index_differences():
            await database.write(
                'INSERT INTO "journal_row" ("entry_id", "kind", "row_id", "revision") VALUES (?, ?, ?, ?)',
                [[*place, revision] for place, revision in missing.items()],
            )
            await database.write(
                'DELETE FROM "journal_row" WHERE "id" = ?', [[key] for key, _ in extra]
            )
        gate.reason = f"重写办理记录的索引 {len(faults)} 处"
    return faults


async def greatest_in_use() -> dict[str, int]:
    """Of each sequence by the year, the greatest number that a row carries."""
    found: dict[str, int] = {}
    numbered = [(kind.table, *kind.numbers) for kind in KINDS.values() if kind.numbers]
    for table, letters, sequence, _ in numbered:
        begin = len(letters) + 1
        rows = await database.fetch(
            f'SELECT substr("no", {begin}, 4) AS "year",'
            f' max(CAST(substr("no", {begin + 5}) AS INTEGER)) AS "last" FROM "{table}"'
            f" WHERE \"no\" LIKE '{letters}____-%' GROUP BY 1"
        )
        found |= {sequence.format(row["year"]): row["last"] for row in rows}
    return found


async def behind() -> dict[str, tuple[int, int]]:
    """The sequences that would give a number again: the last one given out, the greatest in use."""
    async with database.snapshot():
        rows = await database.fetch('SELECT "name", "value" FROM "sequence"')
        used = await greatest_in_use()
    last = {row["name"]: row["value"] for row in rows}
    return {
        name: (last.get(name, 0), most) for name, most in used.items() if last.get(name, 0) < most
    }


def sequence_fault(name: str, last: int, used: int) -> str:
    return f"{name} 已编到 {used}，所记为 {last}，再编会重号"


async def sequence_faults() -> list[str]:
    """The sequences that would give a number again."""
    return [sequence_fault(name, *each) for name, each in (await behind()).items()]


async def rebuild_sequences(at: datetime) -> list[str]:
    """Set each sequence that is behind to the greatest number in use, as an act of the operator's."""
    if not await behind():
        return []
    async with operating(REPAIR, at) as gate:
        found = await behind()
        for name, (last, used) in found.items():
            await gate.numbers(name, used - last)
        gate.reason = "；".join(sequence_fault(name, *each) for name, each in found.items())
    return [sequence_fault(name, *each) for name, each in found.items()]
