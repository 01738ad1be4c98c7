"""Entries name the key that seals them; what they are found by: person, unit, act, amount."""

from typing import Any

from tortoise import fields, migrations
from tortoise.indexes import Index
from tortoise.migrations import operations as ops

from schema import database
from schema.gate.journal import FEN, amounts_in, changes_of
from schema.query.models import document

AT_ONCE = 200
ENTRIES = 'SELECT "id", "changes" FROM "journal_entry" WHERE "id" > ? ORDER BY "id" LIMIT ?'
INDEX = 'INSERT INTO "journal_row" ("entry_id", "kind", "row_id") VALUES (?, ?, ?)'


async def index_amounts(_apps: Any, _editor: Any) -> None:
    """Of the entries that there are, the amounts that they speak of."""
    last = 0
    while found := await database.fetch(ENTRIES, [last, AT_ONCE]):
        for entry in found:
            amounts: set[int] = set()
            async for portion in changes_of(document(entry["changes"])):
                amounts |= amounts_in(portion)
            await database.write(INDEX, [[entry["id"], FEN, each] for each in sorted(amounts)])
        last = found[-1]["id"]


async def forget_amounts(_apps: Any, _editor: Any) -> None:
    await database.write('DELETE FROM "journal_row" WHERE "kind" = ?', [[FEN]])


class Migration(migrations.Migration):
    dependencies = [("schema", "0004_personal_data_and_companies")]

    initial = False

    operations = [
        ops.AddField(
            model_name="JournalEntry",
            name="key_id",
            field=fields.CharField(default="", db_default="", max_length=8),
        ),
        *(
            ops.AddIndex(
                model_name="JournalEntry",
                index=Index(fields=[column, "id"], name=f"ix_journal_{name}"),
            )
            for name, column in (
                ("actor", "actor_name"),
                ("unit", "unit_name"),
                ("act", "act"),
                ("post", "post_id"),
            )
        ),
        ops.RunPython(index_amounts, forget_amounts),
    ]
