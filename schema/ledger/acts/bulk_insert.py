"""Many new rows in a few statements, with the defaults of the table and without an object for each."""

from collections.abc import Mapping, Sequence
from enum import Enum
from typing import Any

import orjson
from tortoise.models import Model

from schema import database

Values = Mapping[str, Any]


async def insert_all(table: type[Model], rows: Sequence[Values], or_ignore: bool = False) -> None:
    """Insert `rows`, each a mapping from database column to value; all have the same keys.

    Columns left out take the table's default. With `or_ignore` a row whose unique value exists
    already, from a concurrent transaction for example, is left out instead of raising.
    """
    if not rows:
        return
    columns = list(rows[0])
    defaults = {name: value for name, value in _defaults(table).items() if name not in columns}
    names = ", ".join(f'"{name}"' for name in (*columns, *defaults))
    marks = ", ".join("?" * (len(columns) + len(defaults)))
    constants = list(defaults.values())
    await database.write(
        f'INSERT INTO "{table._meta.db_table}" ({names}) VALUES ({marks})'
        + (" ON CONFLICT DO NOTHING" if or_ignore else ""),
        [[*(driver_value(row[name]) for name in columns), *constants] for row in rows],
    )


async def ids_by(table: type[Model], column: str, values: Sequence[str]) -> dict[str, int]:
    """The id of each row whose unique `column` is among `values`, by that value."""
    if not values:
        return {}
    marks = ", ".join("?" * len(values))
    rows = await database.fetch(
        f'SELECT "id", "{column}" FROM "{table._meta.db_table}" WHERE "{column}" IN ({marks})',
        values,
    )
    return {row[column]: row["id"] for row in rows}


def driver_value(value: Any) -> Any:
    """A value as both database drivers accept it: enums by value, lists and dicts as JSON."""
    if isinstance(value, Enum):
        return value.value
    return orjson.dumps(value).decode() if isinstance(value, list | dict) else value


def _defaults(table: type[Model]) -> dict[str, Any]:
    """The defaults of a table's columns that have one, by column."""
    meta = table._meta
    return {
        column: driver_value(meta.fields_map[name].default)
        for name, column in meta.fields_db_projection.items()
        if meta.fields_map[name].default is not None
    }
