"""What must hold whoever writes: the checks of the tables, no key twice, one thing at a time under way."""

from tortoise import migrations
from tortoise.migrations import operations as ops
from tortoise.migrations.constraints import CheckConstraint

CHECKS = {
    "Project": {"ck_project_amount": "amount_fen >= 0", "ck_project_revision": "revision > 0"},
    "Entry": {"ck_entry_amount": "amount_fen <> 0"},
    "Credit": {"ck_credit_parts": "whole_parts > 0 AND first_parts BETWEEN 0 AND whole_parts"},
    "Appointment": {
        "ck_appointment_days": "ends_on IS NULL OR ends_on >= starts_on",
        "ck_appointment_acting": "acting_for_id IS NULL OR ends_on IS NOT NULL",
    },
}
"""Kind → name → what holds of every row. Tortoise 1.1.9 makes no checks with a table, so they are added."""

UNIQUE = {
    "uq_claim_place": ("claim", '"project_id", "place_id"', ""),
    "uq_milestone_stage": ("milestone", '"project_id", "stage"', ""),
    "uq_idempotency_key": ("idempotency_record", '"person_id", "key"', ""),
    "uq_view_name": ("saved_view", '"person_id", "page", "name"', ""),
    "uq_return_open": ("return", '"project_id"', '"resubmitted_at" IS NULL'),
    "uq_dispute_open": ("dispute", '"project_id", "place_id"', '"decided_at" IS NULL'),
    "uq_transfer_open": ("transfer", '"project_id"', "\"state\" IN ('REQUESTED', 'APPROVED')"),
    "uq_appointment_open": (
        "appointment", '"person_id", "organization_id", "post"', '"ends_on" IS NULL'
    ),
    "uq_appointment_main": ("appointment", '"person_id"', '"main" AND "ends_on" IS NULL'),
    "uq_duty_open": (
        "duty", '"task", "subject_id", COALESCE("holder_unit_id", 0)', '"closed_at" IS NULL'
    ),
}  # fmt: skip
"""Name → table, what no two rows share, and the rows of which that holds: Tortoise writes conditions of
unique indexes for PostgreSQL alone. That spans of posts do not overlap is kept under a lock.
"""


def unique(name: str, table: str, columns: str, where: str) -> ops.RunSQL:
    only = f" WHERE {where}" if where else ""
    return ops.RunSQL(
        f'CREATE UNIQUE INDEX "{name}" ON "{table}" ({columns}){only}', f'DROP INDEX "{name}"'
    )


class Migration(migrations.Migration):
    dependencies = [("schema", "0001_initial")]

    operations = [
        *(
            ops.AddConstraint(kind, CheckConstraint(check=check, name=name))
            for kind, checks in CHECKS.items()
            for name, check in checks.items()
        ),
        *(unique(name, *given) for name, given in UNIQUE.items()),
    ]
