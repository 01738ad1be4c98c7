"""Messages, one to a person, and the notices that some of them bring."""

from typing import Any

from tortoise import fields, migrations
from tortoise.fields.base import OnDelete
from tortoise.indexes import Index
from tortoise.migrations import operations as ops

KEY = fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)


def reference(table: str, column: str, **options: Any) -> Any:
    return fields.ForeignKeyField(
        f"schema.{table}",
        source_field=column,
        db_index=True,
        db_constraint=True,
        to_field="id",
        related_name=False,
        on_delete=OnDelete.RESTRICT,
        **options,
    )


class Migration(migrations.Migration):
    dependencies = [("schema", "0012_jobs")]

    operations = [
        ops.CreateModel(
            name="Notice",
            fields=[
                ("id", KEY),
                ("no", fields.CharField(unique=True, max_length=20)),
                ("text", fields.CharField(max_length=1000)),
                ("subject_kind", fields.CharField(default="", max_length=30)),
                ("subject_id", fields.BigIntField(null=True)),
                ("subject_name", fields.CharField(default="", max_length=200)),
                ("link", fields.CharField(default="", max_length=200)),
                ("answer_by", fields.DateField(null=True)),
                ("sent_by", reference("Person", "sent_by_id")),
                ("sent_post_id", fields.BigIntField(null=True)),
                ("organization", reference("Organization", "organization_id", null=True)),
                ("sent_at", fields.DatetimeField()),
            ],
            options={"table": "notice", "app": "schema", "pk_attr": "id"},
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Message",
            fields=[
                ("id", KEY),
                ("person", reference("Person", "person_id")),
                ("organization", reference("Organization", "organization_id", null=True)),
                ("notice", reference("Notice", "notice_id", null=True)),
                ("template", fields.CharField(max_length=40)),
                ("given", fields.JSONField()),
                ("subject_kind", fields.CharField(default="", max_length=30)),
                ("subject_id", fields.BigIntField(null=True)),
                ("link", fields.CharField(default="", max_length=200)),
                ("key", fields.CharField(null=True, unique=True, max_length=120)),
                ("job_id", fields.BigIntField(null=True, db_index=True)),
                ("written_at", fields.DatetimeField()),
                ("sent_at", fields.DatetimeField(null=True)),
                ("read_at", fields.DatetimeField(null=True)),
                ("answered_at", fields.DatetimeField(null=True)),
                ("answer", fields.CharField(default="", max_length=1000)),
            ],
            options={
                "table": "message",
                "app": "schema",
                "indexes": [Index(fields=["person_id", "read_at"], name="ix_message_unread")],
                "pk_attr": "id",
            },
            bases=["Model"],
        ),
    ]
