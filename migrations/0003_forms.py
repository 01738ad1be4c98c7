"""A row's history says at which revision each entry left it."""

from tortoise import fields, migrations
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    dependencies = [("schema", "0002_guards")]

    operations = [
        ops.AddField("JournalRow", "revision", fields.IntField(null=True)),
    ]
