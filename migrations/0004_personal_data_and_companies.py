from tortoise import fields, migrations
from tortoise.fields.base import OnDelete
from tortoise.migrations import operations as ops
from tortoise.migrations.constraints import CheckConstraint

from schema.people.rules import HolderRole


class Migration(migrations.Migration):
    dependencies = [("schema", "0003_entry_flags")]

    initial = False

    operations = [
        ops.CreateModel(
            name="CompanyHolder",
            fields=[
                (
                    "id",
                    fields.BigIntField(
                        generated=True, primary_key=True, unique=True, db_index=True
                    ),
                ),
                (
                    "company",
                    fields.ForeignKeyField(
                        "schema.Company",
                        source_field="company_id",
                        db_index=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                (
                    "role",
                    fields.CharEnumField(
                        description="CONTROLLER: CONTROLLER\nSHAREHOLDER: SHAREHOLDER\nLEGAL_REPRESENTATIVE: LEGAL_REPRESENTATIVE",
                        enum_type=HolderRole,
                        max_length=20,
                    ),
                ),
                ("name", fields.CharField(max_length=100)),
                ("normal_name", fields.CharField(db_index=True, max_length=100)),
                ("uscc", fields.CharField(null=True, db_index=True, max_length=18)),
                ("share", fields.IntField(null=True)),
                ("source", fields.CharField(max_length=200)),
                ("as_of", fields.DateField()),
                (
                    "project",
                    fields.ForeignKeyField(
                        "schema.Project",
                        source_field="project_id",
                        null=True,
                        db_index=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                (
                    "unit",
                    fields.ForeignKeyField(
                        "schema.Organization",
                        source_field="unit_id",
                        db_index=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
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
                ("recorded_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("ended_on", fields.DateField(null=True)),
                (
                    "ended_by",
                    fields.ForeignKeyField(
                        "schema.Person",
                        source_field="ended_by_id",
                        null=True,
                        db_index=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("ended_post_id", fields.BigIntField(null=True)),
                ("ended_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("personal_salt", fields.CharField(default="", db_default="", max_length=32)),
            ],
            options={
                "table": "company_holder",
                "app": "schema",
                "pk_attr": "id",
                "table_description": "Who controls a company, holds a part of it, or is its legal representative, from a day on.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="CompanyName",
            fields=[
                (
                    "id",
                    fields.BigIntField(
                        generated=True, primary_key=True, unique=True, db_index=True
                    ),
                ),
                (
                    "company",
                    fields.ForeignKeyField(
                        "schema.Company",
                        source_field="company_id",
                        db_index=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("name", fields.CharField(max_length=200)),
                ("normal_name", fields.CharField(db_index=True, max_length=200)),
                ("until", fields.DateField()),
                ("document_no", fields.CharField(max_length=80)),
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
                ("recorded_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "company_name",
                "app": "schema",
                "pk_attr": "id",
                "table_description": "A name that a company has had before it was renamed, by a document, until a day.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="ContactReveal",
            fields=[
                (
                    "id",
                    fields.BigIntField(
                        generated=True, primary_key=True, unique=True, db_index=True
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
                    "unit",
                    fields.ForeignKeyField(
                        "schema.Organization",
                        source_field="unit_id",
                        null=True,
                        db_index=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("reason", fields.CharField(max_length=500)),
                (
                    "revealed_by",
                    fields.ForeignKeyField(
                        "schema.Person",
                        source_field="revealed_by_id",
                        db_index=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("revealed_post_id", fields.BigIntField(null=True)),
                ("revealed_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("revealed_until", fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "contact_reveal",
                "app": "schema",
                "pk_attr": "id",
                "table_description": "Somebody had a project's contacts shown unmasked, for a reason, until a moment.",
            },
            bases=["Model"],
        ),
        ops.AddField(
            model_name="BatchRow",
            name="personal_salt",
            field=fields.CharField(default="", db_default="", max_length=32),
        ),
        ops.AddField(
            model_name="Claim",
            name="personal_salt",
            field=fields.CharField(default="", db_default="", max_length=32),
        ),
        ops.AddField(
            model_name="Company",
            name="revision",
            field=fields.IntField(default=1, db_default=1),
        ),
        ops.AddField(
            model_name="Project",
            name="personal_salt",
            field=fields.CharField(default="", db_default="", max_length=32),
        ),
        ops.AddConstraint(
            "CompanyHolder",
            CheckConstraint(check="share BETWEEN 1 AND 10000", name="ck_company_holder_share"),
        ),
    ]
