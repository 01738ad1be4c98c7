"""What a ledger says beyond reports awaits the office, and bears its decision in the place of a name."""

from typing import Any

from tortoise import fields, migrations
from tortoise.fields.base import OnDelete
from tortoise.migrations import operations as ops

from schema.ledger.tables import RowState
from schema.project.rules import BeforeRules, MigrationDecision


def to(table: str, column: str, null: bool = True) -> Any:
    return fields.ForeignKeyField(
        f"schema.{table}",
        source_field=column,
        null=null,
        db_index=True,
        db_constraint=True,
        to_field="id",
        related_name=False,
        on_delete=OnDelete.RESTRICT,
    )


NAMES = (
    ("Judgement", "judged_by"),
    ("Transfer", "requested_by"),
    ("Agreement", "recorded_by"),
    ("Milestone", "recorded_by"),
    ("Entry", "recorded_by"),
    ("EntryStep", "taken_by"),
)
BEARING = (
    "Project", "Judgement", "Transfer", "Agreement", "Milestone", "Entry", "BatchRow",
)  # fmt: skip
INDEXED = (
    *((table.lower(), "migration") for table in BEARING if table != "BatchRow"),
    ("batch_row", "migration"),
    ("batch", "imported_by"),
)
GUARDS = (
    'CREATE UNIQUE INDEX IF NOT EXISTS "uq_milestone_stage" ON "milestone" ("project_id", "stage")',
    'CREATE UNIQUE INDEX IF NOT EXISTS "uq_transfer_open" ON "transfer" ("project_id")'
    " WHERE \"state\" IN ('REQUESTED', 'APPROVED')",
)
"""Indexes of tables that SQLite makes anew where a column may be null from now on."""


class Migration(migrations.Migration):
    dependencies = [("schema", "0002_guards")]

    operations = [
        ops.CreateModel(
            name="Migration",
            fields=[
                (
                    "id",
                    fields.BigIntField(
                        generated=True, primary_key=True, unique=True, db_index=True
                    ),
                ),
                ("no", fields.CharField(max_length=20, unique=True)),
                ("batch", to("Batch", "batch_id", null=False)),
                ("document_no", fields.CharField(max_length=80, default="")),
                ("decision", fields.CharEnumField(enum_type=MigrationDecision, max_length=10)),
                ("reason", fields.CharField(max_length=500)),
                ("lines", fields.JSONField()),
                (
                    "before_rules",
                    fields.CharEnumField(enum_type=BeforeRules, max_length=10, null=True),
                ),
                ("first_parts", fields.IntField(default=0)),
                ("whole_parts", fields.IntField(default=0)),
                ("decided_by", to("Person", "decided_by_id", null=False)),
                ("decided_post_id", fields.BigIntField(null=True)),
                ("decided_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "migration",
                "app": "schema",
                "pk_attr": "id",
                "table_description": "The office's decision on lines of a ledger that say more than"
                " a report: migrated, or returned.",
            },
            bases=["Model"],
        ),
        ops.AlterField(
            "BatchRow",
            "state",
            fields.CharEnumField(
                description="\n".join(f"{each}: {each}" for each in RowState),
                enum_type=RowState,
                max_length=10,
            ),
        ),
        *(ops.AlterField(table, name, to("Person", f"{name}_id")) for table, name in NAMES),
        *(ops.AddField(table, "migration", to("Migration", "migration_id")) for table in BEARING),
        ops.AddField("Batch", "awaiting_count", fields.IntField(default=0)),
        ops.AddField("Batch", "migrated_count", fields.IntField(default=0)),
        ops.AddField("Batch", "returned_count", fields.IntField(default=0)),
        ops.AddField("Batch", "imported_by", to("Person", "imported_by_id")),
        ops.AddField("BatchRow", "beyond", fields.BooleanField(default=False)),
        # Tortoise 1.1.9 gives a column that is added no index.
        *(
            ops.RunSQL(
                f'CREATE INDEX "ix_{table}_{column}" ON "{table}" ("{column}_id")',
                f'DROP INDEX "ix_{table}_{column}"',
            )
            for table, column in INDEXED
        ),
        *(ops.RunSQL(sql, "SELECT 1") for sql in GUARDS),
    ]
