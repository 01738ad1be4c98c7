"""Cells of a ledger that were changed in its preview; the rate by which a foreign amount was converted."""

from orjson import loads
from tortoise import fields, migrations
from tortoise.fields.data import JSON_DUMPS
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    dependencies = [("schema", "0015_own_ends")]

    initial = False

    operations = [
        ops.AddField(
            model_name="BatchRow",
            name="mends",
            field=fields.JSONField(default=list, db_default=[], encoder=JSON_DUMPS, decoder=loads),
        ),
        ops.AddField(
            model_name="Project",
            name="rate_micro",
            field=fields.BigIntField(null=True),
        ),
    ]
