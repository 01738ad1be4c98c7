from orjson import loads
from tortoise import fields, migrations
from tortoise.fields.base import OnDelete
from tortoise.fields.data import JSON_DUMPS
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    dependencies = [("schema", "0005_sealed_journal")]

    initial = False

    operations = [
        ops.CreateModel(
            name="FormDraft",
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
                        db_index=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                ("name", fields.CharField(max_length=200)),
                ("act", fields.CharField(max_length=60)),
                ("page", fields.CharField(max_length=1000)),
                ("typed", fields.JSONField(default=list, encoder=JSON_DUMPS, decoder=loads)),
                ("files", fields.JSONField(default=list, encoder=JSON_DUMPS, decoder=loads)),
                ("form_key", fields.CharField(max_length=100)),
                ("browser", fields.CharField(max_length=80)),
                ("session", fields.BigIntField()),
                (
                    "saved_at",
                    fields.DatetimeField(db_index=True, auto_now=False, auto_now_add=False),
                ),
                ("earlier", fields.JSONField(null=True, encoder=JSON_DUMPS, decoder=loads)),
            ],
            options={
                "table": "form_draft",
                "app": "schema",
                "unique_together": (("person", "name"),),
                "pk_attr": "id",
                "table_description": "What a person has typed into a form and not sent. Nobody else reads it, and it is in no journal.",
            },
            bases=["Model"],
        ),
    ]
