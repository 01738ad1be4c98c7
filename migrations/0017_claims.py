"""A claim says between which places it is posted; its credits, in which month it was claimed to count."""

from typing import Any

from tortoise import fields, migrations
from tortoise.fields.base import OnDelete
from tortoise.migrations import operations as ops


def place(column: str) -> Any:
    return fields.ForeignKeyField(
        "schema.Place",
        source_field=column,
        null=True,
        db_index=True,
        db_constraint=True,
        to_field="id",
        related_name=False,
        on_delete=OnDelete.RESTRICT,
    )


class Migration(migrations.Migration):
    dependencies = [("schema", "0009_entries")]

    operations = [
        ops.AddField("Credit", "claimed_in", fields.DateField(null=True)),
        ops.AddField("EntryStep", "first_place", place("first_place_id")),
        ops.AddField("EntryStep", "landing_place", place("landing_place_id")),
    ]
