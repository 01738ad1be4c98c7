"""The rows that an entry of the journal is about are found from the entry as well."""

from tortoise import migrations
from tortoise.indexes import Index
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    dependencies = [("schema", "0014_unseen_notices")]

    operations = [
        ops.AddIndex("JournalRow", Index(fields=["entry_id"], name="ix_journal_row_entry")),
    ]
