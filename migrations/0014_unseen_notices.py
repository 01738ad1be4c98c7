"""What somebody is told today of rows that they do not see is counted across processes."""

from tortoise import fields, migrations
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    dependencies = [("schema", "0008_signed_posts")]

    operations = [
        ops.CreateModel(
            name="UnseenNotice",
            fields=[
                (
                    "id",
                    fields.BigIntField(
                        generated=True, primary_key=True, unique=True, db_index=True
                    ),
                ),
                (
                    "person",
                    fields.ForeignKeyField(
                        "schema.Person",
                        source_field="person_id",
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=fields.RESTRICT,
                        db_index=True,
                    ),
                ),
                ("day", fields.DateField()),
                ("kind", fields.CharField(max_length=30)),
                ("row_id", fields.BigIntField()),
                ("noted_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "unseen_notice",
                "app": "schema",
                "unique_together": (("person", "day", "kind", "row_id"),),
                "pk_attr": "id",
            },
            bases=["Model"],
        ),
    ]
