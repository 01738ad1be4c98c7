"""会同: opinions of the groups' offices, assessed claims, and what a judgement rested on."""

from tortoise import fields, migrations
from tortoise.fields.base import OnDelete
from tortoise.migrations import operations as ops
from tortoise.migrations.constraints import CheckConstraint

from schema.linkage.tables import Assessment, Stance

INDEXES = {
    "ix_claim_assessed_by": '"claim" ("assessed_by_id")',
    "ix_judgement_proposed": '"judgement" ("proposed_place_id")',
    "ix_judgement_opinion": '"judgement" ("opinion_id")',
}
"""Tortoise 1.1.9 makes no index with a column that is added."""


class Migration(migrations.Migration):
    dependencies = [("schema", "0007_token_scopes")]

    initial = False

    operations = [
        ops.CreateModel(
            name="Opinion",
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
                    "group",
                    fields.ForeignKeyField(
                        "schema.Group",
                        source_field="group_id",
                        db_index=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                (
                    "stance",
                    fields.CharEnumField(
                        description="AGREE: AGREE\nANOTHER: ANOTHER\nOBJECT: OBJECT",
                        enum_type=Stance,
                        max_length=10,
                    ),
                ),
                (
                    "place",
                    fields.ForeignKeyField(
                        "schema.Place",
                        source_field="place_id",
                        null=True,
                        db_index=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("reason", fields.CharField(max_length=1000)),
                ("due_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                (
                    "given_by",
                    fields.ForeignKeyField(
                        "schema.Person",
                        source_field="given_by_id",
                        db_index=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("given_post_id", fields.BigIntField(null=True)),
                ("given_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "opinion",
                "app": "schema",
                "unique_together": (("project_id", "group_id"),),
                "constraints": [
                    CheckConstraint(
                        check="(stance = 'ANOTHER') = (place_id IS NOT NULL)",
                        name="ck_opinion_place",
                    )
                ],
                "pk_attr": "id",
                "table_description": "会同: the opinion of a group's office on a report, one of each group that has had the report.",
            },
            bases=["Model"],
        ),
        ops.AddConstraint(
            "Opinion",
            CheckConstraint(
                check="(stance = 'ANOTHER') = (place_id IS NOT NULL)", name="ck_opinion_place"
            ),
        ),
        ops.AddField(
            model_name="Claim",
            name="assessed_at",
            field=fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
        ),
        ops.AddField(
            model_name="Claim",
            name="assessed_by",
            field=fields.ForeignKeyField(
                "schema.Person",
                source_field="assessed_by_id",
                null=True,
                db_index=True,
                db_constraint=True,
                to_field="id",
                related_name=False,
                on_delete=OnDelete.RESTRICT,
            ),
        ),
        ops.AddField(
            model_name="Claim",
            name="assessed_post_id",
            field=fields.BigIntField(null=True),
        ),
        ops.AddField(
            model_name="Claim",
            name="assessment",
            field=fields.CharEnumField(
                null=True,
                description="GOOD: GOOD\nNOT_SUFFICIENT: NOT_SUFFICIENT",
                enum_type=Assessment,
                max_length=20,
            ),
        ),
        ops.AddField(
            model_name="Claim",
            name="assessment_reason",
            field=fields.CharField(null=True, max_length=1000),
        ),
        ops.AddField(
            model_name="Claim",
            name="by_report",
            field=fields.BooleanField(null=True),
        ),
        ops.AddField(
            model_name="Judgement",
            name="departure",
            field=fields.CharField(default="", db_default="", max_length=1000),
        ),
        ops.AddField(
            model_name="Judgement",
            name="opinion",
            field=fields.ForeignKeyField(
                "schema.Opinion",
                source_field="opinion_id",
                null=True,
                db_index=True,
                db_constraint=True,
                to_field="id",
                related_name=False,
                on_delete=OnDelete.RESTRICT,
            ),
        ),
        ops.AddField(
            model_name="Judgement",
            name="opinion_due_at",
            field=fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
        ),
        ops.AddField(
            model_name="Judgement",
            name="proposed_ground",
            field=fields.CharField(default="", db_default="", max_length=200),
        ),
        ops.AddField(
            model_name="Judgement",
            name="proposed_place",
            field=fields.ForeignKeyField(
                "schema.Place",
                source_field="proposed_place_id",
                null=True,
                db_index=True,
                db_constraint=True,
                to_field="id",
                related_name=False,
                on_delete=OnDelete.RESTRICT,
            ),
        ),
        ops.AddField(
            model_name="Judgement",
            name="without_claim",
            field=fields.BooleanField(default=False, db_default=False),
        ),
        ops.AddField(
            model_name="Project",
            name="grouped_at",
            field=fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
        ),
        ops.AddField(
            model_name="Project",
            name="jointly_judged",
            field=fields.BooleanField(default=False, db_default=False),
        ),
        *(
            ops.RunSQL(f'CREATE INDEX "{name}" ON {on}', f'DROP INDEX "{name}"')
            for name, on in INDEXES.items()
        ),
    ]
