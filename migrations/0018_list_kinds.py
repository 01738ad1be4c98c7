"""Lists of any kind as batches: the kind of each, and what its lines became; target companies taken back with theirs."""

from tortoise import fields, migrations
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    dependencies = [("schema", "0017_names_alike")]

    initial = False

    operations = [
        ops.AddField(
            model_name="Batch",
            name="kind",
            field=fields.CharField(default="ledger", db_default="ledger", max_length=20),
        ),
        ops.AddField(
            model_name="BatchRow",
            name="subject_id",
            field=fields.BigIntField(null=True),
        ),
        ops.AddField(
            model_name="TargetCompany",
            name="undone_at",
            field=fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
        ),
    ]
