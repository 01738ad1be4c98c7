"""The journal lists every row: of which rows it tells, what stands in parts, which entry posted a figure."""

from tortoise import fields, migrations
from tortoise.indexes import Index
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    dependencies = [("schema", "0004_names")]

    operations = [
        ops.RenameModel("Repeat", "IdempotencyRecord"),
        ops.CreateModel(
            name="JournalPart",
            fields=[
                (
                    "id",
                    fields.BigIntField(
                        generated=True, primary_key=True, unique=True, db_index=True
                    ),
                ),
                ("sha256", fields.CharField(db_index=True, max_length=64)),
                ("changes", fields.TextField(unique=False)),
            ],
            options={"table": "journal_part", "app": "schema", "pk_attr": "id"},
            bases=["Model"],
        ),
        ops.CreateModel(
            name="JournalRow",
            fields=[
                (
                    "id",
                    fields.BigIntField(
                        generated=True, primary_key=True, unique=True, db_index=True
                    ),
                ),
                ("entry_id", fields.BigIntField()),
                ("kind", fields.CharField(max_length=30)),
                ("row_id", fields.BigIntField()),
            ],
            options={
                "table": "journal_row",
                "app": "schema",
                "indexes": [Index(fields=["kind", "row_id", "entry_id"], name="ix_journal_row")],
                "pk_attr": "id",
            },
            bases=["Model"],
        ),
        *(
            operation
            for table in ("Credit", "Entry")
            for operation in (
                ops.AddField(table, "journal_id", fields.BigIntField(null=True, db_index=True)),
                # Tortoise 1.1.9 gives a column that is added no index.
                ops.RunSQL(
                    f'CREATE INDEX "ix_{table.lower()}_journal" ON "{table.lower()}" ("journal_id")',
                    f'DROP INDEX "ix_{table.lower()}_journal"',
                ),
            )
        ),
    ]
