"""Duties: who must do what by when, and who had it before; one open duty of a task on a subject."""

from typing import Any

from tortoise import fields, migrations
from tortoise.fields.base import OnDelete
from tortoise.indexes import Index
from tortoise.migrations import operations as ops

from schema.duties.tables import Outcome
from schema.people.rules import Post


def to(table: str, column: str, index: bool = True) -> Any:
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


def key() -> Any:
    return fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)


def moment(null: bool = True) -> Any:
    return fields.DatetimeField(null=null, auto_now=False, auto_now_add=False)


class Migration(migrations.Migration):
    dependencies = [("schema", "0010_rulebook")]

    operations = [
        ops.CreateModel(
            name="Duty",
            fields=[
                ("id", key()),
                ("task", fields.CharField(max_length=40)),
                ("subject_kind", fields.CharField(max_length=30)),
                ("subject_id", fields.BigIntField()),
                ("project", to("Project", "project_id")),
                ("holder_post", fields.CharEnumField(enum_type=Post, max_length=20, null=True)),
                ("holder_unit", to("Organization", "holder_unit_id")),
                ("holder_place", to("Place", "holder_place_id")),
                ("person", to("Person", "person_id")),
                ("unit", to("Organization", "unit_id")),
                ("waiting", to("Organization", "waiting_id", index=False)),
                ("page", fields.CharField(max_length=200)),
                ("since", moment(null=False)),
                ("opened_at", moment(null=False)),
                ("due_at", moment()),
                ("paused_at", moment()),
                ("closed_at", moment()),
                ("closed_by", to("Person", "closed_by_id", index=False)),
                ("outcome", fields.CharEnumField(enum_type=Outcome, max_length=15, null=True)),
                ("level", fields.IntField(default=0)),
            ],
            options={
                "table": "duty",
                "app": "schema",
                "pk_attr": "id",
                "indexes": [
                    Index(fields=["task", "subject_id", "id"], name="ix_duty_subject"),
                    Index(fields=["holder_post", "closed_at", "due_at"], name="ix_duty_post"),
                    Index(fields=["closed_at", "due_at", "id"], name="ix_duty_due"),
                ],
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="HandOver",
            fields=[
                ("id", key()),
                ("task", fields.CharField(max_length=40)),
                ("subject_kind", fields.CharField(max_length=30)),
                ("subject_id", fields.BigIntField()),
                ("project", to("Project", "project_id")),
                ("unit", to("Organization", "unit_id", index=False)),
                ("from_person", to("Person", "from_person_id", index=False)),
                ("to_person", to("Person", "to_person_id", index=False)),
                ("reason", fields.CharField(max_length=1000)),
                ("handed_by", to("Person", "handed_by_id", index=False)),
                ("handed_post_id", fields.BigIntField(null=True)),
                ("handed_at", moment(null=False)),
            ],
            options={
                "table": "hand_over",
                "app": "schema",
                "pk_attr": "id",
                "indexes": [
                    Index(fields=["task", "subject_id", "id"], name="ix_hand_over_subject")
                ],
            },
            bases=["Model"],
        ),
        ops.RunSQL(
            'CREATE UNIQUE INDEX "uq_duty_open" ON "duty" ("task", "subject_id")'
            ' WHERE "closed_at" IS NULL',
            'DROP INDEX "uq_duty_open"',
        ),
    ]
