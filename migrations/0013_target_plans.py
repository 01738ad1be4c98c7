"""How often, and from which day, the next contact with a target company was put off."""

from tortoise import fields, migrations
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    dependencies = [("schema", "0012_checked_changes")]

    initial = False

    operations = [
        ops.AddField(
            model_name="TargetCompany",
            name="first_agreed_on",
            field=fields.DateField(null=True),
        ),
        ops.AddField(
            model_name="TargetCompany",
            name="put_off",
            field=fields.IntField(default=0, db_default=0),
        ),
    ]
