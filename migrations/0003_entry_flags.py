from tortoise import fields, migrations
from tortoise.fields.base import OnDelete
from tortoise.indexes import Index
from tortoise.migrations import operations as ops

from schema.entries.rules.flags import FlagKind


class Migration(migrations.Migration):
    dependencies = [("schema", "0002_guards")]

    initial = False

    operations = [
        ops.CreateModel(
            name="EntryFlag",
            fields=[
                (
                    "id",
                    fields.BigIntField(
                        generated=True, primary_key=True, unique=True, db_index=True
                    ),
                ),
                (
                    "entry",
                    fields.ForeignKeyField(
                        "schema.Entry",
                        source_field="entry_id",
                        db_index=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                (
                    "project",
                    fields.ForeignKeyField(
                        "schema.Project",
                        source_field="project_id",
                        db_index=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                (
                    "kind",
                    fields.CharEnumField(
                        description="SAME_VOUCHER: SAME_VOUCHER\nALIKE: ALIKE\nABOVE_AGREED: ABOVE_AGREED",
                        enum_type=FlagKind,
                        max_length=20,
                    ),
                ),
                (
                    "other",
                    fields.ForeignKeyField(
                        "schema.Entry",
                        source_field="other_id",
                        null=True,
                        db_index=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("words", fields.CharField(max_length=500)),
                ("asked", fields.BooleanField()),
                ("answer", fields.CharField(default="", max_length=500)),
                (
                    "flagged_by",
                    fields.ForeignKeyField(
                        "schema.Person",
                        source_field="flagged_by_id",
                        null=True,
                        db_index=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("flagged_post_id", fields.BigIntField(null=True)),
                ("flagged_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                (
                    "migration",
                    fields.ForeignKeyField(
                        "schema.Migration",
                        source_field="migration_id",
                        null=True,
                        db_index=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
            ],
            options={
                "table": "entry_flag",
                "app": "schema",
                "pk_attr": "id",
                "table_description": "Why an entry was doubtful when it was claimed, and what was answered: added, and never changed.",
            },
            bases=["Model"],
        ),
        ops.AddIndex(
            model_name="Attachment",
            index=Index(fields=["sha256"], name="ix_attachment_sha256"),
        ),
    ]
