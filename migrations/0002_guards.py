"""What must hold whoever writes: amounts are not negative, and one thing at a time is under way."""

from tortoise import migrations
from tortoise.migrations import operations as ops
from tortoise.migrations.constraints import CheckConstraint


class Migration(migrations.Migration):
    dependencies = [("schema", "0001_initial")]

    operations = [
        ops.AddConstraint(
            "Project", CheckConstraint(check="amount_fen >= 0", name="ck_project_amount")
        ),
        ops.AddConstraint(
            "Project", CheckConstraint(check="revision > 0", name="ck_project_revision")
        ),
        ops.AddConstraint(
            "Entry", CheckConstraint(check="amount_fen <> 0", name="ck_entry_amount")
        ),
        ops.AddConstraint(
            "Credit",
            CheckConstraint(
                check="whole_parts > 0 AND first_parts BETWEEN 0 AND whole_parts",
                name="ck_credit_parts",
            ),
        ),
        ops.RunSQL(
            'CREATE UNIQUE INDEX "uq_claim_place" ON "claim" ("project_id", "place_id")',
            'DROP INDEX "uq_claim_place"',
        ),
        ops.RunSQL(
            'CREATE UNIQUE INDEX "uq_milestone_stage" ON "milestone" ("project_id", "stage")',
            'DROP INDEX "uq_milestone_stage"',
        ),
        ops.RunSQL(
            'CREATE UNIQUE INDEX "uq_repeat_key" ON "repeat" ("person_id", "key")',
            'DROP INDEX "uq_repeat_key"',
        ),
        ops.RunSQL(
            'CREATE UNIQUE INDEX "uq_view_name" ON "saved_view" ("person_id", "page", "name")',
            'DROP INDEX "uq_view_name"',
        ),
        ops.RunSQL(
            'CREATE UNIQUE INDEX "uq_return_open" ON "return" ("project_id") WHERE "resubmitted_at" IS NULL',
            'DROP INDEX "uq_return_open"',
        ),
        ops.RunSQL(
            'CREATE UNIQUE INDEX "uq_dispute_open" ON "dispute" ("project_id", "place_id")'
            ' WHERE "decided_at" IS NULL',
            'DROP INDEX "uq_dispute_open"',
        ),
        ops.RunSQL(
            'CREATE UNIQUE INDEX "uq_transfer_open" ON "transfer" ("project_id")'
            " WHERE \"state\" IN ('REQUESTED', 'APPROVED')",
            'DROP INDEX "uq_transfer_open"',
        ),
    ]
