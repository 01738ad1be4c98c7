"""What the journal keeps of a personal column: a keyed hash of the value, and never the value."""

import secrets
from collections.abc import Mapping
from typing import Any

from tortoise.models import Model

from schema.city.rules.personal import SALT, personal_columns, seal
from schema.gate import keys
from schema.query.models import name_of

PURPOSE = "personal"
"""The purpose of the key under which personal values are hashed."""


def with_salt(table: type[Model], values: Mapping[str, Any]) -> dict[str, Any]:
    """The values of a row, with a salt of its own where its table has personal columns."""
    if not personal_columns(table) or values.get(SALT):
        return dict(values)
    return {**values, SALT: secrets.token_hex(16)}


def sealed(table: type[Model], column: str, salt: str, value: Any) -> Any:
    """A plain value of a column as the journal keeps it: hashed with the row's salt where it is personal.

    Raises KeysMissing where there is a value to hash and no key.
    """
    if column not in personal_columns(table) or value in (None, ""):
        return value
    return seal(keys.key(PURPOSE), salt, f"{name_of(table)}.{column}", value)


def sealed_row(table: type[Model], values: Mapping[str, Any], salt: str | None) -> dict[str, Any]:
    """Plain values of a row as the journal keeps them; the row's salt is none of them."""
    return {
        name: sealed(table, name, salt or "", value)
        for name, value in values.items()
        if name != SALT
    }
