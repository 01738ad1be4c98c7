"""Keys of projects' names, by which names one character apart are found, for rows that are there as well;
telephones found along an index, unique for the id that is in it.
"""

from typing import Any

from tortoise import fields, migrations
from tortoise.indexes import Index
from tortoise.migrations import operations as ops

from schema import database
from schema.project.rules import name_columns

AT_ONCE = 1000
NAMES = 'SELECT "id", "name" FROM "project" WHERE "id" > ? ORDER BY "id" LIMIT ?'
KEYS = 'UPDATE "project" SET "name_head" = ?, "name_tail" = ? WHERE "id" = ?'


PHONES = """CREATE UNIQUE INDEX "ix_project_phone" ON "project"
    (replace(replace("contact_phone", ' ', ''), '-', ''), "id")"""


async def give_keys(_apps: Any, _editor: Any) -> None:
    last = 0
    while found := await database.fetch(NAMES, [last, AT_ONCE]):
        given = [(name_columns(row["name"]), row["id"]) for row in found]
        await database.write(
            KEYS, [[columns["name_head"], columns["name_tail"], key] for columns, key in given]
        )
        last = found[-1]["id"]


async def forget_keys(_apps: Any, _editor: Any) -> None:
    """The columns go with them."""


class Migration(migrations.Migration):
    dependencies = [("schema", "0016_mended_cells_and_rate")]

    initial = False

    operations = [
        *(
            ops.AddField(
                model_name="Project",
                name=name,
                field=fields.CharField(default="", db_default="", max_length=110),
            )
            for name in ("name_head", "name_tail")
        ),
        ops.RunPython(give_keys, forget_keys),
        *(
            ops.AddIndex(
                model_name="Project", index=Index(fields=[column], name=f"ix_project_{column}")
            )
            for column in ("name_head", "name_tail")
        ),
        ops.RunSQL(PHONES, 'DROP INDEX "ix_project_phone"'),
    ]
