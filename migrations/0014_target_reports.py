"""The report that was made from a target company; conversions as a road by which unseen rows are asked of; the
open duties on a project along an index.
"""

from tortoise import fields, migrations
from tortoise.fields.base import OnDelete
from tortoise.indexes import Index
from tortoise.migrations import operations as ops

from schema.linkage.tables import InquiryRoad


class Migration(migrations.Migration):
    dependencies = [("schema", "0013_target_plans")]

    initial = False

    operations = [
        ops.AlterField(
            model_name="Inquiry",
            name="road",
            field=fields.CharEnumField(
                description="SEARCH: SEARCH\nREPORT: REPORT\nRESUBMISSION: RESUBMISSION\nLEDGER: LEDGER\nCONVERSION: CONVERSION\nEARLIER: EARLIER",
                enum_type=InquiryRoad,
                max_length=12,
            ),
        ),
        ops.AddField(
            model_name="TargetCompany",
            name="reported",
            field=fields.ForeignKeyField(
                "schema.Project",
                source_field="reported_id",
                null=True,
                db_index=True,
                db_constraint=True,
                to_field="id",
                related_name=False,
                on_delete=OnDelete.RESTRICT,
            ),
        ),
        ops.AddField(
            model_name="TargetCompany",
            name="reported_at",
            field=fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
        ),
        ops.AddIndex(
            model_name="Duty",
            index=Index(fields=["project_id", "closed_at"], name="ix_duty_project"),
        ),
        ops.RunSQL(
            'CREATE INDEX "ix_target_reported" ON "target_company" ("reported_id")',
            'DROP INDEX "ix_target_reported"',
        ),
    ]
