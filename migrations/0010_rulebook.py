"""The unit of a parameter is declared with its type; a version names the document that set it."""

from tortoise import fields, migrations
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    dependencies = [("schema", "0008_signed_posts")]

    operations = [
        ops.RemoveField("Parameter", "unit"),
        ops.AddField("Parameter", "document_no", fields.CharField(default="", max_length=100)),
        ops.AddField("Parameter", "journal_id", fields.BigIntField(null=True)),
    ]
