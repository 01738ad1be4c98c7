"""What a project keeps on the ground floor, where every mechanism can reach it."""

from typing import Any

from tortoise import fields
from tortoise.indexes import Index
from tortoise.models import Model

from schema.project.rules import CapitalOrigin, Indicator, SourceOfCapital, Stage


def to(table: str, **options: Any) -> Any:
    """A reference that is indexed and never takes its row along when the other is removed."""
    return fields.ForeignKeyField(
        f"schema.{table}", related_name=False, on_delete=fields.RESTRICT, db_index=True, **options
    )


class Project(Model):
    """An investment project, from the first report to full output or clearance. Amounts in fen."""

    id = fields.BigIntField(primary_key=True)
    no = fields.CharField(max_length=20, unique=True)
    name = fields.CharField(max_length=200)
    normal_name = fields.CharField(max_length=200, db_index=True)
    search = fields.TextField()
    summary = fields.TextField(default="")
    investor = to("Company")
    amount_fen = fields.BigIntField()
    amount_estimated = fields.BooleanField(default=False)
    currency = fields.CharField(max_length=3, default="CNY")
    foreign_cents = fields.BigIntField(null=True)
    rate_on = fields.DateField(null=True)
    fixed_assets_fen = fields.BigIntField(null=True)
    industry_code = fields.CharField(max_length=4, default="")
    group = to("Group", null=True)
    capital_origin = fields.CharEnumField(CapitalOrigin, max_length=10)
    land_mu = fields.CharField(max_length=12, null=True)
    contact_name = fields.CharField(max_length=60, default="")
    contact_phone = fields.CharField(max_length=40, default="")
    source = fields.CharField(max_length=200, default="")
    needs = fields.TextField(default="")
    stage = fields.CharEnumField(Stage, max_length=20)
    stage_at = fields.DatetimeField()
    reported_by = to("Organization")
    reporter = to("Person")
    reported_at = fields.DatetimeField()
    judge_by = fields.DatetimeField(null=True)
    judged_at = fields.DatetimeField(null=True)
    first_contact_place = to("Place", null=True)
    landing_place = to("Place", null=True)
    merged_into = to("Project", null=True)
    owner_name = fields.CharField(max_length=60, default="")
    signed_on = fields.DateField(null=True)
    signed_fen = fields.BigIntField(default=0)
    paid_in_fen = fields.BigIntField(default=0)
    tax_fen = fields.BigIntField(default=0)
    revision = fields.IntField(default=1)
    updated_at = fields.DatetimeField()

    class Meta:
        indexes = [
            Index(fields=("reported_at", "id"), name="ix_project_reported"),
            Index(fields=("amount_fen", "id"), name="ix_project_amount"),
            Index(fields=("updated_at", "id"), name="ix_project_updated"),
            Index(fields=("paid_in_fen", "id"), name="ix_project_paid_in"),
            Index(fields=("signed_on", "id"), name="ix_project_signed"),
            Index(fields=("stage", "judge_by", "id"), name="ix_project_queue"),
            Index(fields=("stage", "amount_fen"), name="ix_project_figures"),
        ]


class Entry(Model):
    """One figure of a project: signed, paid-in or tax, in fen. A wrong one is reversed, never edited."""

    id = fields.BigIntField(primary_key=True)
    no = fields.CharField(max_length=20, unique=True)
    project = to("Project")
    indicator = fields.CharEnumField(Indicator, max_length=20)
    amount_fen = fields.BigIntField()
    occurred_on = fields.DateField()
    source_of_capital = fields.CharEnumField(SourceOfCapital, max_length=20, null=True)
    evidence_note = fields.CharField(max_length=300, default="")
    confirmed_by = to("Organization", null=True)
    reverses = fields.OneToOneField(
        "schema.Entry", related_name=False, null=True, on_delete=fields.RESTRICT
    )
    reason = fields.CharField(max_length=500, default="")
    recorded_by = to("Person")
    recorded_at = fields.DatetimeField()

    class Meta:
        indexes = [
            Index(fields=("project_id", "indicator", "id"), name="ix_entry_project"),
            Index(fields=("occurred_on", "id"), name="ix_entry_occurred"),
        ]


class Attachment(Model):
    """A file given as evidence. The bytes lie in the file store under their SHA-256."""

    id = fields.BigIntField(primary_key=True)
    project = to("Project")
    subject_kind = fields.CharField(max_length=30)
    subject_id = fields.BigIntField()
    name = fields.CharField(max_length=200)
    media_type = fields.CharField(max_length=100)
    size = fields.BigIntField()
    sha256 = fields.CharField(max_length=64)
    added_by = to("Person")
    added_at = fields.DatetimeField()

    class Meta:
        indexes = [Index(fields=("subject_kind", "subject_id", "id"), name="ix_attachment_subject")]


class JournalEntry(Model):
    """Who did which act, when, before and after: written by the gate, chained by hash, never changed."""

    id = fields.BigIntField(primary_key=True)
    at = fields.DatetimeField(db_index=True)
    actor = to("Person", null=True)
    actor_name = fields.CharField(max_length=40)
    unit_name = fields.CharField(max_length=80)
    act = fields.CharField(max_length=40, db_index=True)
    subject_kind = fields.CharField(max_length=30)
    subject_id = fields.BigIntField()
    project = to("Project", null=True)
    reason = fields.TextField(default="")
    changes = fields.JSONField()
    prior_hash = fields.CharField(max_length=64)
    hash = fields.CharField(max_length=64, unique=True)

    class Meta:
        table = "journal_entry"
        indexes = [Index(fields=("subject_kind", "subject_id", "id"), name="ix_journal_subject")]


class Repeat(Model):
    """An act already answered under an Idempotency-Key, kept for 24 hours."""

    id = fields.BigIntField(primary_key=True)
    person = to("Person")
    key = fields.CharField(max_length=120)
    act = fields.CharField(max_length=40)
    body_hash = fields.CharField(max_length=64)
    answer = fields.JSONField()
    at = fields.DatetimeField(db_index=True)


class SavedView(Model):
    """A name for a list's query string: mine, my unit's or everybody's."""

    id = fields.BigIntField(primary_key=True)
    person = to("Person")
    organization = to("Organization")
    shared = fields.CharField(max_length=10)
    page = fields.CharField(max_length=40)
    name = fields.CharField(max_length=40)
    query = fields.CharField(max_length=1000)
    created_at = fields.DatetimeField()

    class Meta:
        table = "saved_view"
