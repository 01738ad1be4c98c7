from tortoise import fields, migrations
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    dependencies = [("schema", "0006_drafts")]

    initial = False

    operations = [
        ops.AddField(
            model_name="Token",
            name="scopes",
            field=fields.CharField(default="", db_default="", max_length=200),
        ),
    ]
