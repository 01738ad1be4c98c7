"""The journal lists every row: of which rows it tells, what stands in parts, which entry posted a figure."""

from tortoise import fields, migrations
from tortoise.fields.base import OnDelete
from tortoise.indexes import Index
from tortoise.migrations import operations as ops


def entry_of_the_journal(null: bool) -> fields.ForeignKeyField:
    return fields.ForeignKeyField(
        "schema.JournalEntry",
        source_field="entry_id" if not null else "journal_id",
        null=null,
        db_index=True,
        db_constraint=True,
        to_field="id",
        related_name=False,
        on_delete=OnDelete.RESTRICT,
    )


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
                ("entry", entry_of_the_journal(null=False)),
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
        ops.AddField("Credit", "journal", entry_of_the_journal(null=True)),
        ops.AddField("Entry", "journal", entry_of_the_journal(null=True)),
    ]
