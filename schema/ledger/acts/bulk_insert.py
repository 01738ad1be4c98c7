"""Thousands of new rows in a few statements: what the tables' own `create` would database, without its
making an object of each.
"""

from collections.abc import Mapping, Sequence
from enum import Enum
from typing import Any

import orjson
from tortoise.models import Model

from schema import database

Values = Mapping[str, Any]


async def store_all(table: type[Model], rows: Sequence[Values], or_ignore: bool = False) -> None:
    """New rows by column; one that is left out has its default. All rows name the same columns.

    With `or_ignore` a row is left out whose unique value somebody else has stored meanwhile.
    """
    if not rows:
        return
    given = list(rows[0])
    defaults = {name: value for name, value in _defaults(table).items() if name not in given}
    names = ", ".join(f'"{name}"' for name in (*given, *defaults))
    marks = ", ".join("?" * (len(given) + len(defaults)))
    rest = list(defaults.values())
    await database.write(
        f'INSERT INTO "{table._meta.db_table}" ({names}) VALUES ({marks})'
        + (" ON CONFLICT DO NOTHING" if or_ignore else ""),
        [[*(plain(row[name]) for name in given), *rest] for row in rows],
    )


async def ids_of(table: type[Model], column: str, values: Sequence[str]) -> dict[str, int]:
    """The ids of rows by a unique column."""
    if not values:
        return {}
    marks = ", ".join("?" * len(values))
    found = await database.fetch(
        f'SELECT "id", "{column}" FROM "{table._meta.db_table}" WHERE "{column}" IN ({marks})',
        values,
    )
    return {row[column]: row["id"] for row in found}


def plain(value: Any) -> Any:
    """A value as both drivers take it."""
    if isinstance(value, Enum):
        return value.value
    return orjson.dumps(value).decode() if isinstance(value, list | dict) else value


def _defaults(table: type[Model]) -> dict[str, Any]:
    """The columns that need not be given, with what they then hold."""
    meta = table._meta
    return {
        column: plain(meta.fields_map[name].default)
        for name, column in meta.fields_db_projection.items()
        if meta.fields_map[name].default is not None
    }
