"""Statements that write rows: one with its revision, or thousands without making an object of each."""

from collections.abc import Mapping, Sequence
from enum import Enum
from typing import Any

import orjson
from tortoise.models import Model

from schema import database
from schema.city.rules.personal import SALT, personal_columns

AT_ONCE = 200
"""Rows in one statement: SQLite takes 32,766 values, and no table has 150 columns."""


async def update_row(
    table: type[Model], key: int, revision: int | None, values: Mapping[str, Any]
) -> Any:
    """The row with new values, or None where its revision is no longer `revision`."""
    if not values:
        return await table.get(pk=key)
    where, bound = ('"id" = ?', [key])
    if revision is not None:
        where, bound = ('"id" = ? AND "revision" = ?', [key, revision])
    sets = ", ".join(f'"{name}" = ?' for name in values)
    found = await database.fetch(
        f'UPDATE "{table._meta.db_table}" SET {sets} WHERE {where} RETURNING *',
        [*(stored(value) for value in values.values()), *bound],
    )
    return table._init_from_db(**found[0]) if found else None


async def insert_rows(table: type[Model], rows: Sequence[Mapping[str, Any]]) -> list[int]:
    """The ids of new rows, in the rows' order; a column that is left out has its default."""
    ids: list[int] = []
    for start in range(0, len(rows), AT_ONCE):
        some = rows[start : start + AT_ONCE]
        given = list(some[0])
        rest = {name: value for name, value in defaults(table).items() if name not in given}
        names = ", ".join(f'"{name}"' for name in (*given, *rest))
        marks = "(" + ", ".join("?" * (len(given) + len(rest))) + ")"
        found = await database.fetch(
            f'INSERT INTO "{table._meta.db_table}" ({names})'
            f' VALUES {", ".join([marks] * len(some))} RETURNING "id"',
            [each for row in some for each in (*(stored(row[n]) for n in given), *rest.values())],
        )
        ids += sorted(row["id"] for row in found)
    return ids


async def update_rows(
    table: type[Model], changes: Mapping[int, Mapping[str, Sequence[Any]]]
) -> None:
    """New values for many rows by id, `{id: {column: (before, after)}}`, in one statement's text."""
    if not changes:
        return
    names = list(next(iter(changes.values())))
    sets = ", ".join(f'"{name}" = ?' for name in names)
    await database.write(
        f'UPDATE "{table._meta.db_table}" SET {sets} WHERE "id" = ?',
        [[*(stored(row[name][1]) for name in names), key] for key, row in changes.items()],
    )


async def salts_of(
    table: type[Model], changes: Mapping[int, Mapping[str, Sequence[Any]]]
) -> dict[int, str]:
    """The salts of rows by id, where a personal column of theirs changes."""
    changed = set(next(iter(changes.values()), ()))
    if changed.isdisjoint(personal_columns(table)):
        return {}
    marks = ", ".join("?" * len(changes))
    found = await database.fetch(
        f'SELECT "id", "{SALT}" FROM "{table._meta.db_table}" WHERE "id" IN ({marks})',
        list(changes),
    )
    return {row["id"]: row[SALT] for row in found}


def stored(value: Any) -> Any:
    """A value as both drivers take it."""
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, list | dict):
        return orjson.dumps(database.storable(value)).decode()
    return value


def defaults(table: type[Model]) -> dict[str, Any]:
    """The columns that need not be given, with what they then hold."""
    meta = table._meta
    return {
        column: stored(meta.fields_map[name].default)
        for name, column in meta.fields_db_projection.items()
        if meta.fields_map[name].default is not None
    }
