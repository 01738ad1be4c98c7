"""Figures of projects, and each place's part of them."""

from tortoise import fields
from tortoise.indexes import Index
from tortoise.models import Model

from schema.database.columns import foreign_key
from schema.entries.rules import CreditRole, Indicator, SourceOfCapital


class Entry(Model):
    """One figure of a project: signed, paid-in or tax, in fen. A wrong one is reversed, never edited."""

    id = fields.BigIntField(primary_key=True)
    no = fields.CharField(max_length=20, unique=True)
    project = foreign_key("Project")
    indicator = fields.CharEnumField(Indicator, max_length=20)
    amount_fen = fields.BigIntField()
    occurred_on = fields.DateField()
    source_of_capital = fields.CharEnumField(SourceOfCapital, max_length=20, null=True)
    evidence_note = fields.CharField(max_length=300, default="")
    confirmed_by = foreign_key("Organization", null=True)
    reverses: fields.OneToOneNullableRelation["Entry"] = fields.OneToOneField(
        "schema.Entry", related_name=False, null=True, on_delete=fields.RESTRICT
    )
    reason = fields.CharField(max_length=500, default="")
    recorded_by = foreign_key("Person")
    recorded_at = fields.DatetimeField()
    journal_id = fields.BigIntField(null=True, db_index=True)

    class Meta:
        indexes = [
            Index(fields=("project_id", "indicator", "id"), name="ix_entry_project"),
            Index(fields=("occurred_on", "id"), name="ix_entry_occurred"),
        ]


class Credit(Model):
    """A place's part of one entry, in fen, posted with the entry and never changed.

    `running_fen` is the total of its account (`series`) including this entry.
    """

    place_id: int

    id = fields.BigIntField(primary_key=True)
    entry = foreign_key("Entry")
    project = foreign_key("Project")
    place = foreign_key("Place")
    role = fields.CharEnumField(CreditRole, max_length=20)
    indicator = fields.CharEnumField(Indicator, max_length=20)
    amount_fen = fields.BigIntField()
    series = fields.CharField(max_length=60)
    running_fen = fields.BigIntField()
    occurred_on = fields.DateField()
    posted_at = fields.DatetimeField()
    journal_id = fields.BigIntField(null=True, db_index=True)
    rule = foreign_key("Parameter", null=True)
    first_parts = fields.IntField()
    whole_parts = fields.IntField()

    class Meta:
        indexes = [
            Index(fields=("occurred_on", "place_id", "indicator"), name="ix_credit_month"),
            Index(fields=("project_id", "indicator", "series", "id"), name="ix_credit_series"),
        ]
