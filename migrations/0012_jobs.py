"""The queue of jobs, and a row for ever for each period of those that repeat."""

from tortoise import fields, migrations
from tortoise.indexes import Index
from tortoise.migrations import operations as ops

from schema.jobs.rules import JobState

KEY = fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)


class Migration(migrations.Migration):
    dependencies = [("schema", "0016_document_templates")]

    operations = [
        ops.CreateModel(
            name="Job",
            fields=[
                ("id", KEY),
                ("kind", fields.CharField(max_length=40)),
                ("args", fields.JSONField()),
                ("key", fields.CharField(null=True, unique=True, max_length=120)),
                ("created_at", fields.DatetimeField()),
                ("due_at", fields.DatetimeField()),
                ("slot_at", fields.DatetimeField(null=True)),
                (
                    "state",
                    fields.CharEnumField(
                        enum_type=JobState, default=JobState.WAITING, max_length=10
                    ),
                ),
                ("tries", fields.IntField(default=0)),
                ("token", fields.CharField(null=True, unique=True, max_length=32)),
                ("lease_until", fields.DatetimeField(null=True)),
                ("started_at", fields.DatetimeField(null=True)),
                ("ended_at", fields.DatetimeField(null=True, db_index=True)),
                ("result", fields.TextField(default="", unique=False)),
                ("error", fields.TextField(default="", unique=False)),
            ],
            options={
                "table": "job",
                "app": "schema",
                "indexes": [Index(fields=["state", "due_at", "id"], name="ix_job_due")],
                "pk_attr": "id",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="JobSlot",
            fields=[
                ("id", KEY),
                ("kind", fields.CharField(max_length=40)),
                ("slot_at", fields.DatetimeField()),
                ("skipped", fields.BooleanField(default=False)),
                ("job_id", fields.BigIntField(null=True)),
                ("noted_at", fields.DatetimeField()),
            ],
            options={
                "table": "job_slot",
                "app": "schema",
                "unique_together": (("kind", "slot_at"),),
                "pk_attr": "id",
            },
            bases=["Model"],
        ),
    ]
