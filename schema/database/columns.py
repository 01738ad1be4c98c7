"""Columns that tables share."""

from typing import Any

from tortoise import fields


def foreign_key(table: str, **options: Any) -> Any:
    """An indexed reference. A row that others refer to cannot be removed."""
    return fields.ForeignKeyField(
        f"schema.{table}", related_name=False, on_delete=fields.RESTRICT, db_index=True, **options
    )
