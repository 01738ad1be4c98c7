"""The project."""

from tortoise import fields
from tortoise.indexes import Index
from tortoise.migrations.constraints import CheckConstraint
from tortoise.models import Model

from schema.city.rules.personal import Form, personal
from schema.database.columns import foreign_key
from schema.project.rules import BeforeRules, CapitalOrigin, MigrationDecision, Stage

NEW_PROJECTS = "new projects"
"""What whoever adds projects holds alone: reports and imports see each other's."""


class Project(Model):
    """An investment project, from the first report to full output or clearance. Amounts in fen.

    `jointly_judged` is true of what was reported since the group's office gives its opinion (会同);
    `grouped_at` is when its group was asked for its opinion later than with the report: as the office gave
    it the group, or as it came back with other facts; null where it was asked with the report. By
    `name_head` and `name_tail` names a character apart are found (`rules.alike.keys`).
    `rate_micro` is the rate of conversion of `foreign_cents`: millionths of a yuan for one unit of the currency;
    null where none was kept.
    """

    group_id: int | None
    first_contact_place_id: int | None
    landing_place_id: int | None
    migration_id: int | None

    id = fields.BigIntField(primary_key=True)
    no = fields.CharField(max_length=20, unique=True)
    name = fields.CharField(max_length=200)
    normal_name = fields.CharField(max_length=200, db_index=True)
    name_head = fields.CharField(max_length=110, default="", db_default="")
    name_tail = fields.CharField(max_length=110, default="", db_default="")
    search = fields.TextField()
    summary = fields.TextField(default="")
    investor = foreign_key("Company")
    amount_fen = fields.BigIntField()
    amount_estimated = fields.BooleanField(default=False)
    currency = fields.CharField(max_length=3, default="CNY")
    foreign_cents = fields.BigIntField(null=True)
    rate_on = fields.DateField(null=True)
    rate_micro = fields.BigIntField(null=True)
    fixed_assets_fen = fields.BigIntField(null=True)
    industry_code = fields.CharField(max_length=4, default="")
    group = foreign_key("Group", null=True)
    capital_origin = fields.CharEnumField(CapitalOrigin, max_length=10)
    land_mu = fields.CharField(max_length=12, null=True)
    contact_name = personal(Form.NAME, fields.CharField(max_length=60, default=""))
    contact_phone = personal(Form.PHONE, fields.CharField(max_length=40, default=""))
    personal_salt = fields.CharField(max_length=32, default="", db_default="")
    source = fields.CharField(max_length=200, default="")
    needs = fields.TextField(default="")
    stage = fields.CharEnumField(Stage, max_length=20)
    stage_at = fields.DatetimeField()
    reported_by = foreign_key("Organization")
    reporter = foreign_key("Person")
    reported_at = fields.DatetimeField()
    jointly_judged = fields.BooleanField(default=False, db_default=False)
    grouped_at = fields.DatetimeField(null=True)
    judge_by = fields.DatetimeField(null=True)
    judged_at = fields.DatetimeField(null=True)
    first_contact_place = foreign_key("Place", null=True)
    landing_place = foreign_key("Place", null=True)
    merged_into = foreign_key("Project", null=True)
    migration = foreign_key("Migration", null=True)
    owner_name = fields.CharField(max_length=60, default="")
    signed_on = fields.DateField(null=True)
    signed_fen = fields.BigIntField(default=0)
    paid_in_fen = fields.BigIntField(default=0)
    tax_fen = fields.BigIntField(default=0)
    revision = fields.IntField(default=1)
    updated_at = fields.DatetimeField()

    class Meta:
        constraints = [
            CheckConstraint("amount_fen >= 0", "ck_project_amount"),
            CheckConstraint("revision > 0", "ck_project_revision"),
        ]
        indexes = [
            Index(fields=("reported_at", "id"), name="ix_project_reported"),
            Index(fields=("amount_fen", "id"), name="ix_project_amount"),
            Index(fields=("updated_at", "id"), name="ix_project_updated"),
            Index(fields=("paid_in_fen", "id"), name="ix_project_paid_in"),
            Index(fields=("signed_on", "id"), name="ix_project_signed"),
            Index(fields=("stage", "judge_by", "id"), name="ix_project_queue"),
            Index(fields=("stage", "amount_fen"), name="ix_project_figures"),
            Index(fields=("name_head",), name="ix_project_name_head"),
            Index(fields=("name_tail",), name="ix_project_name_tail"),
        ]


class Migration(Model):
    """The office's decision on lines of a ledger that say more than a report: migrated, or returned.

    What is migrated bears it in the place of a judge, a decider or a recorder. `lines` are the numbers
    of the rows in the sheet. Figures from before the first rule of sharing give the first-contact
    place `first_parts` of `whole_parts`; both are 0 where there are none.
    """

    batch_id: int

    id = fields.BigIntField(primary_key=True)
    no = fields.CharField(max_length=20, unique=True)
    batch = foreign_key("Batch")
    document_no = fields.CharField(max_length=80, default="")
    decision = fields.CharEnumField(MigrationDecision, max_length=10)
    reason = fields.CharField(max_length=500)
    lines: fields.JSONField[list[int]] = fields.JSONField()
    before_rules = fields.CharEnumField(BeforeRules, max_length=10, null=True)
    first_parts = fields.IntField(default=0)
    whole_parts = fields.IntField(default=0)
    decided_by = foreign_key("Person")
    decided_post_id = fields.BigIntField(null=True)
    decided_at = fields.DatetimeField()
