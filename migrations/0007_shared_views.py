"""A saved view says since when it is shared; those shared so far, since they were saved."""

from tortoise import fields, migrations
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    dependencies = [("schema", "0006_appointments")]

    operations = [
        ops.AddField("SavedView", "shared_at", fields.DatetimeField(null=True)),
        ops.RunSQL(
            'UPDATE "saved_view" SET "shared_at" = "created_at" WHERE "shared" <> \'ME\'',
            'UPDATE "saved_view" SET "shared_at" = NULL',
        ),
    ]
