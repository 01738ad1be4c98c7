"""Duties that several units hold, that are a second person's, that somebody is reminded of."""

from typing import Any

from tortoise import fields, migrations
from tortoise.fields.base import OnDelete
from tortoise.indexes import Index
from tortoise.migrations import operations as ops


def to(table: str, column: str, index: bool = False) -> Any:
    return fields.ForeignKeyField(
        f"schema.{table}",
        source_field=column,
        null=True,
        db_index=index,
        db_constraint=True,
        to_field="id",
        related_name=False,
        on_delete=OnDelete.RESTRICT,
    )


def moment(null: bool) -> Any:
    return fields.DatetimeField(null=null, auto_now=False, auto_now_add=False)


class Migration(migrations.Migration):
    dependencies = [("schema", "0021_superseded_proposals")]

    operations = [
        ops.AddField("Duty", "subject_no", fields.CharField(max_length=40, default="")),
        ops.AddField("Duty", "barred", fields.CharField(max_length=200, default="")),
        ops.AddField("Duty", "reminded_at", moment(null=True)),
        ops.CreateModel(
            name="Reminder",
            fields=[
                (
                    "id",
                    fields.BigIntField(
                        generated=True, primary_key=True, unique=True, db_index=True
                    ),
                ),
                ("task", fields.CharField(max_length=40)),
                ("subject_kind", fields.CharField(max_length=30)),
                ("subject_id", fields.BigIntField()),
                ("project", to("Project", "project_id", index=True)),
                ("unit", to("Organization", "unit_id")),
                ("person", to("Person", "person_id")),
                ("words", fields.CharField(max_length=500)),
                ("reminded_by", to("Person", "reminded_by_id")),
                ("reminded_post_id", fields.BigIntField(null=True)),
                ("reminded_at", moment(null=False)),
            ],
            options={
                "table": "reminder",
                "app": "schema",
                "pk_attr": "id",
                "indexes": [Index(fields=["task", "subject_id", "id"], name="ix_reminder_subject")],
            },
            bases=["Model"],
        ),
        # Of a duty that several units hold, each has a row.
        ops.RunSQL(
            'DROP INDEX "uq_duty_open"',
            'CREATE UNIQUE INDEX "uq_duty_open" ON "duty" ("task", "subject_id")'
            ' WHERE "closed_at" IS NULL',
        ),
        ops.RunSQL(
            'CREATE UNIQUE INDEX "uq_duty_open" ON "duty"'
            ' ("task", "subject_id", COALESCE("holder_unit_id", 0)) WHERE "closed_at" IS NULL',
            'DROP INDEX "uq_duty_open"',
        ),
    ]
