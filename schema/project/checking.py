"""The keys by which names one character apart are found (`rules.alike.keys`), compared with the rule."""

from collections.abc import AsyncIterator
from datetime import datetime
from typing import NamedTuple

from schema import database
from schema.gate.journal import REPAIR
from schema.gate.operator import operating
from schema.project.rules import name_columns

AT_ONCE = 1000
NAMES = (
    'SELECT "id", "no", "name", "name_head", "name_tail" FROM "project"'
    ' WHERE "id" > ? ORDER BY "id" LIMIT ?'
)
KEYS = 'UPDATE "project" SET "name_head" = ?, "name_tail" = ? WHERE "id" = ? AND "name" = ?'


class WrongKeys(NamedTuple):
    """A project whose keys are not those of its name: its number, the keys of its name, id and name."""

    no: str
    head: str
    tail: str
    id: int
    name: str

    def __str__(self) -> str:
        return f"项目 {self.no} 的查重键与名称不符"


async def wrong_keys() -> AsyncIterator[list[WrongKeys]]:
    """The projects whose keys are not those of their names, a portion of the table at a time."""
    last = 0
    while rows := await database.fetch(NAMES, [last, AT_ONCE]):
        last = rows[-1]["id"]
        found = []
        for row in rows:
            columns = name_columns(row["name"])
            keys = columns["name_head"], columns["name_tail"]
            if keys != (row["name_head"], row["name_tail"]):
                found.append(WrongKeys(row["no"], *keys, row["id"], row["name"]))
        yield found


async def name_key_faults() -> list[str]:
    """Where the keys of a project are not those of its name, so that names alike would not find it."""
    async with database.snapshot():
        return [str(each) async for found in wrong_keys() for each in found]


async def rebuild_name_keys(at: datetime) -> list[str]:
    """Write the keys as the names say, as an act of the operator's; what that changed.

    The journal knows nothing of the keys: the name that it records says them. A project renamed
    meanwhile has the keys of its new name.
    """
    if not await name_key_faults():
        return []
    changed: list[str] = []
    async with operating(REPAIR, at) as gate:
        async for found in wrong_keys():
            await database.write(KEYS, [list(each[1:]) for each in found])
            changed += map(str, found)
        gate.reason = f"重写项目的查重键 {len(changed)} 处"
    return changed
