"""Columns that tables share."""

from typing import Any

from tortoise import fields


def foreign_key(table: str, **options: Any) -> Any:
    """A reference that is indexed and never takes its row along when the other is removed."""
    return fields.ForeignKeyField(
        f"schema.{table}", related_name=False, on_delete=fields.RESTRICT, db_index=True, **options
    )
