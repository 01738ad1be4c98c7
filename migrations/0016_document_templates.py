"""The office may replace the template of a document, by version."""

from tortoise import fields, migrations
from tortoise.fields.base import OnDelete
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    dependencies = [("schema", "0015_histories")]

    operations = [
        ops.CreateModel(
            name="DocumentTemplate",
            fields=[
                (
                    "id",
                    fields.BigIntField(
                        generated=True, primary_key=True, unique=True, db_index=True
                    ),
                ),
                ("document", fields.CharField(max_length=40)),
                ("version", fields.IntField()),
                ("name", fields.CharField(default="", max_length=200)),
                ("size", fields.BigIntField(default=0)),
                ("sha256", fields.CharField(default="", max_length=64)),
                ("effective_on", fields.DateField()),
                ("document_number", fields.CharField(max_length=80)),
                ("reason", fields.CharField(max_length=300)),
                ("recorded_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                (
                    "recorded_by",
                    fields.ForeignKeyField(
                        "schema.Person",
                        source_field="recorded_by_id",
                        db_index=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("recorded_post_id", fields.BigIntField(null=True)),
            ],
            options={
                "table": "document_template",
                "app": "schema",
                "unique_together": (("document", "version"),),
                "pk_attr": "id",
                "table_description": "One version of a document's template.",
            },
            bases=["Model"],
        ),
    ]
