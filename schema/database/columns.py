"""Columns that tables share, and JSON without the text that no database keeps."""

from typing import Any

from tortoise import fields

from schema.database.text import storable


def foreign_key(table: str, **options: Any) -> Any:
    """An indexed reference. A row that others refer to cannot be removed."""
    return fields.ForeignKeyField(
        f"schema.{table}", related_name=False, on_delete=fields.RESTRICT, db_index=True, **options
    )


def _json_as_stored(field: fields.JSONField[Any], value: Any, instance: Any) -> Any:
    return _json_value(field, storable(value), instance)


# A field's own encoder would do it, but migrations write its name down.
_json_value = fields.JSONField.to_db_value
fields.JSONField.to_db_value = _json_as_stored  # type: ignore[method-assign, assignment]
