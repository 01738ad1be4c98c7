"""会同 asked anew: more than one opinion of a group; a dispute keeps what its decision rested on."""

from tortoise import fields, migrations
from tortoise.fields.base import OnDelete
from tortoise.migrations import operations as ops
from tortoise.migrations.constraints import CheckConstraint, UniqueConstraint


class Migration(migrations.Migration):
    dependencies = [("schema", "0010_industry")]

    initial = False

    operations = [
        ops.AddField(
            model_name="Dispute",
            name="departure",
            field=fields.CharField(default="", db_default="", max_length=1000),
        ),
        ops.AddField(
            model_name="Dispute",
            name="proposed_ground",
            field=fields.CharField(default="", db_default="", max_length=200),
        ),
        ops.AddField(
            model_name="Dispute",
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
            model_name="Dispute",
            name="without_claim",
            field=fields.BooleanField(default=False, db_default=False),
        ),
        ops.RunSQL(
            'CREATE INDEX "ix_dispute_proposed" ON "dispute" ("proposed_place_id")',
            'DROP INDEX "ix_dispute_proposed"',
        ),
        ops.RemoveConstraint(
            model_name="Opinion",
            name=None,
            fields=["project_id", "group_id"],
        ),
        ops.AlterModelOptions(
            name="Opinion",
            options={
                "table": "opinion",
                "app": "schema",
                "unique_together": (("project_id", "group_id", "given_at"),),
                "constraints": [
                    CheckConstraint(
                        check="(stance = 'ANOTHER') = (place_id IS NOT NULL)",
                        name="ck_opinion_place",
                    )
                ],
                "pk_attr": "id",
                "table_description": "会同: the opinion of a group's office on a report, one of each group that has had the report,",
            },
        ),
        ops.AddConstraint(
            model_name="Opinion",
            constraint=UniqueConstraint(fields=("project_id", "group_id", "given_at"), name=None),
        ),
    ]
