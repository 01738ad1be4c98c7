"""Once, for a database whose journal is older than the keys: hash what it says of personal columns.

Every row gets a salt, each value in the entries becomes its hash, and the chain is made anew from the
first entry that changes. An entry of the operator's says so, with the head that the chain had before:
the first one that is sealed, after which this is never done again. A journal that is not what was
written is left as it is.

The file of keys follows the database: the one that belongs to the new chain lies beside it until the
transaction is stored, and takes its place then, or at the next start.
"""

import hashlib
import secrets
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from typing import Any

import orjson
from tortoise import Tortoise
from tortoise.models import Model

from schema import database
from schema.city.rules.personal import SALT, is_sealed, personal_columns
from schema.gate import keys
from schema.gate.journal import AT_ONCE, COUNT, LAST, PARTS, Changes, Fault, chained, verify
from schema.gate.keys import BEGINNING
from schema.gate.locks import next_numbers
from schema.gate.operator import operating
from schema.gate.sealing import sealed
from schema.gate.tables import JournalEntry, JournalPart
from schema.gate.upkeep import index_differences
from schema.query.models import name_of

ACT = "personalSeal"

FOLLOWED = (
    'SELECT "id" FROM "journal_entry" WHERE "id" = ? AND "hash" = ? OR "id" = ? AND "key_id" = ?'
)

Salts = dict[tuple[str, int], str]


class JournalBroken(Exception):
    """The journal is not what was written, so it is not gone on with: where, in the operator's words."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(f"办理记录{fault}。没有改写，请先查明，并从备份取回")


async def seal_existing(at: datetime) -> int | None:
    """How many entries were changed; None where the journal is empty, or has gone on sealed.

    Raises JournalBroken, and changes nothing, where the journal is not whole.
    """
    await settle_keys()
    if not await last_unsealed():
        return None
    try:
        async with database.transaction():
            await next_numbers(COUNT, 0)  # no entry is written meanwhile
            if not (last := await last_unsealed()):
                return None
            with keys.with_next(last["id"], last["hash"]):
                changed = await seal_all(at)
    except BaseException:
        with suppress(Exception):
            await settle_keys()
        raise
    await settle_keys()
    return changed


async def last_unsealed() -> dict[str, Any] | None:
    """The journal's last entry, where it has no key."""
    found = await database.fetch(LAST)
    return found[0] if found and not found[0]["key_id"] else None


async def seal_all(at: datetime) -> int:
    if fault := await verify():
        raise JournalBroken(fault)
    tables = {name_of(table): table for table in personal_tables()}
    salts: Salts = {}
    for name, table in tables.items():
        salts |= {(name, key): salt for key, salt in (await give_salts(table)).items()}
    former, changed = await rewrite(tables, salts)
    async for missing, _ in index_differences():
        await database.write(
            'INSERT INTO "journal_row" ("entry_id", "kind", "row_id", "revision") VALUES (?, ?, ?, ?)',
            [[*place, revision] for place, revision in missing.items()],
        )
    async with operating(ACT, at) as gate:
        gate.reason = (
            f"{changed} 条办理记录中的个人信息改为散列值，校验值重新计算；此前末条为 {former}"
        )
    return changed


async def settle_keys() -> None:
    """Let the file that lies beside the keys take their place where the journal has gone on with it,
    and else away with it: a process may have ended before or after its transaction was stored.
    """
    following = keys.next_file()
    if not following.exists():
        return
    async with database.transaction():
        await next_numbers(COUNT, 0)  # whoever is at it holds this
        with suppress(FileNotFoundError):
            state = following.stat()
            last = keys.read(following, state.st_mtime_ns, state.st_size)[-1]
            found = await database.fetch(FOLLOWED, [last.since, last.head, last.since + 1, last.id])
            if len(found) == 2:
                following.replace(keys.file())
            else:
                following.unlink()


def personal_tables() -> list[type[Model]]:
    assert Tortoise.apps is not None
    return [each for each in Tortoise.apps["schema"].values() if personal_columns(each)]


async def give_salts(table: type[Model]) -> dict[int, str]:
    """The salts of all rows of a table by id; those that had none have one now."""
    name = table._meta.db_table
    rows = await database.fetch(f'SELECT "id", "{SALT}" FROM "{name}"')
    new = {row["id"]: secrets.token_hex(16) for row in rows if not row[SALT]}
    await database.write(
        f'UPDATE "{name}" SET "{SALT}" = ? WHERE "id" = ?',
        [[salt, key] for key, salt in new.items()],
    )
    return {row["id"]: row[SALT] for row in rows if row[SALT]} | new


async def rewrite(tables: Mapping[str, type[Model]], salts: Salts) -> tuple[str, int]:
    """Hash the values in every entry and chain them anew: the former head, how many entries changed."""
    prior, former, last, changed = BEGINNING, BEGINNING, 0, 0
    heads: dict[int, str] = {}
    while entries := await JournalEntry.filter(id__gt=last).order_by("id").limit(AT_ONCE):
        for entry in entries:
            former, last = entry.hash, entry.id
            written = hashed(entry.changes, tables, salts)
            parts = [
                await rewrite_part(sha256, tables, salts)
                for sha256 in entry.changes.get(PARTS, {}).get("sha256", [None, []])[1]
            ]
            if parts:
                written[PARTS] = {"sha256": [None, parts]}
            if written != entry.changes or entry.prior_hash != prior:
                changed += written != entry.changes
                entry.changes, entry.prior_hash = written, prior
                entry.hash = chained(entry)
                await entry.save(update_fields=["changes", "prior_hash", "hash"])
            prior = entry.hash
            heads[entry.id] = prior
    keys.replace_heads(heads)
    return former, changed


async def rewrite_part(sha256: str, tables: Mapping[str, type[Model]], salts: Salts) -> str:
    """The hash of a part once its values are hashed."""
    part = await JournalPart.filter(sha256=sha256).first()
    if part is None:
        return sha256
    changes = hashed(orjson.loads(part.changes), tables, salts)
    part.changes = orjson.dumps(changes, option=orjson.OPT_SORT_KEYS).decode()
    part.sha256 = hashlib.sha256(part.changes.encode()).hexdigest()
    await part.save()
    return part.sha256


def hashed(
    changes: Mapping[str, Changes], tables: Mapping[str, type[Model]], salts: Salts
) -> dict[str, Any]:
    """An entry's changes with the values of personal columns hashed. Rows that are gone have a salt
    that nobody keeps.
    """
    found: dict[str, Any] = {}
    for subject, columns in changes.items():
        kind, _, key = subject.partition(":")
        table = tables.get(kind)
        if table is None:
            found[subject] = columns
            continue
        salt = salts.setdefault((kind, int(key)), secrets.token_hex(16))
        found[subject] = {
            name: [
                value if is_sealed(value) else sealed(table, name, salt, value) for value in pair
            ]
            for name, pair in columns.items()
            if name != SALT
        }
    return found
