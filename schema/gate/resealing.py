"""Once, for a database that is older than the marks on personal columns: hash what its journal says of them.

Every row gets a salt, each value in the entries becomes its hash, and the chain is made anew from the
first entry that changes. An entry of the operator's says so, with the head that the chain had before.
"""

import hashlib
import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import orjson
from tortoise import Tortoise
from tortoise.models import Model

from schema import database
from schema.city.rules.personal import SALT, Form, is_sealed, personal_columns
from schema.gate import keys
from schema.gate.journal import AT_ONCE, COUNT, PARTS, Changes, chained
from schema.gate.keys import BEGINNING
from schema.gate.locks import next_numbers
from schema.gate.operator import operating
from schema.gate.sealing import sealed
from schema.gate.tables import JournalEntry, JournalPart
from schema.gate.upkeep import index_differences
from schema.query.models import name_of

ACT = "personalSeal"

Salts = dict[tuple[str, int], str]


async def seal_existing(at: datetime) -> int:
    """How many entries were changed; 0 where nothing was left to hash.

    Raises KeysMissing where there is no key to hash with.
    """
    tables = {name_of(table): table for table in personal_tables()}
    if not [name for name, table in tables.items() if await is_unsealed(table)]:
        return 0
    async with database.transaction():
        await next_numbers(COUNT, 0)  # no entry is written meanwhile
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


def personal_tables() -> list[type[Model]]:
    assert Tortoise.apps is not None
    return [each for each in Tortoise.apps["schema"].values() if personal_columns(each)]


async def is_unsealed(table: type[Model]) -> bool:
    """Whether some row holds personal data without a salt: those who erase it leave neither."""
    holds = " OR ".join(
        "1=1" if form is Form.OPAQUE else f"\"{name}\" <> ''"
        for name, form in personal_columns(table).items()
    )
    found = await database.fetch(
        f'SELECT 1 AS "one" FROM "{table._meta.db_table}" WHERE "{SALT}" = \'\' AND ({holds}) LIMIT 1'
    )
    return bool(found)


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
