"""Figures of projects, the steps of their lives, and each place's part of them."""

from datetime import date

from tortoise import fields
from tortoise.indexes import Index
from tortoise.migrations.constraints import CheckConstraint
from tortoise.models import Model

from schema.database.columns import foreign_key
from schema.entries.rules import (
    Basis,
    CreditRole,
    EntryState,
    FlagKind,
    Indicator,
    SourceOfCapital,
)

MONTHS = "months"
"""What postings share and the closing of a month holds alone: which months are closed."""


class Entry(Model):
    """One figure of a project: signed, paid-in or tax, in fen. A verified one is never edited.

    `opening` marks a balance from before the system, which belongs to no month; `early_reason`
    says why one that occurred before the signing is the project's. `confirmed_by` is the unit in whose
    post it was claimed; who verified it stands in its steps. What was migrated was recorded and verified
    by that decision, and bears no other name and no unit.
    """

    project_id: int
    recorded_by_id: int | None

    id = fields.BigIntField(primary_key=True)
    no = fields.CharField(max_length=20, unique=True)
    project = foreign_key("Project")
    indicator = fields.CharEnumField(Indicator, max_length=20)
    amount_fen = fields.BigIntField()
    occurred_on = fields.DateField()
    opening = fields.BooleanField(default=False)
    early_reason = fields.CharField(max_length=300, default="")
    source_of_capital = fields.CharEnumField(SourceOfCapital, max_length=20, null=True)
    evidence_note = fields.CharField(max_length=300, default="")
    confirmed_by = foreign_key("Organization", null=True)
    state = fields.CharEnumField(EntryState, max_length=10)
    reverses: fields.OneToOneNullableRelation["Entry"] = fields.OneToOneField(
        "schema.Entry", related_name=False, null=True, on_delete=fields.RESTRICT
    )
    reason = fields.CharField(max_length=500, default="")
    recorded_by = foreign_key("Person", null=True)
    recorded_at = fields.DatetimeField()
    migration = foreign_key("Migration", null=True)
    revision = fields.IntField(default=1)
    journal_id = fields.BigIntField(null=True, db_index=True)

    class Meta:
        constraints = [CheckConstraint("amount_fen <> 0", "ck_entry_amount")]
        indexes = [
            Index(fields=("project_id", "indicator", "id"), name="ix_entry_project"),
            Index(fields=("occurred_on", "id"), name="ix_entry_occurred"),
            Index(fields=("state", "indicator", "id"), name="ix_entry_state"),
        ]


class EntryStep(Model):
    """A step in an entry's life: claimed, verified, returned or reversed, with what it then said.

    Rows are added and never changed. Entry, credits and totals follow from them. A claim says
    between which places it is posted, `first_place` and `landing_place`; other steps stay with it. What
    is verified by being signed, while the rulebook names no unit, or by a migration, bears nobody's name.
    """

    taken_by_id: int | None

    id = fields.BigIntField(primary_key=True)
    entry = foreign_key("Entry")
    project = foreign_key("Project")
    state = fields.CharEnumField(EntryState, max_length=10)
    amount_fen = fields.BigIntField()
    occurred_on = fields.DateField()
    first_place = foreign_key("Place", null=True)
    landing_place = foreign_key("Place", null=True)
    reason = fields.CharField(max_length=500, default="")
    taken_by = foreign_key("Person", null=True)
    taken_post_id = fields.BigIntField(null=True)
    taken_at = fields.DatetimeField()
    journal_id = fields.BigIntField(null=True, db_index=True)

    class Meta:
        table = "entry_step"


class EntryFlag(Model):
    """Why an entry was doubtful when it was claimed, and what was answered: added, and never changed.

    `other` is the entry that it was like; `words` are what was found, without naming that one, and
    `answer` what whoever claimed it said, "" where they were not `asked` because they do not see the
    other one. Whatever becomes of either entry, it stays. A migration answers with its decision.
    """

    other_id: int | None
    flagged_by_id: int | None

    id = fields.BigIntField(primary_key=True)
    entry = foreign_key("Entry")
    project = foreign_key("Project")
    kind = fields.CharEnumField(FlagKind, max_length=20)
    other = foreign_key("Entry", null=True)
    words = fields.CharField(max_length=500)
    asked = fields.BooleanField()
    answer = fields.CharField(max_length=500, default="")
    flagged_by = foreign_key("Person", null=True)
    flagged_post_id = fields.BigIntField(null=True)
    flagged_at = fields.DatetimeField()
    migration = foreign_key("Migration", null=True)

    class Meta:
        table = "entry_flag"


class Credit(Model):
    """A place's part of an entry on one basis, in fen; posted, or taken back, and never changed.

    Three dates: `occurred_on`, when it happened; `counts_in`, the first day of the month it counts
    in, None for an opening balance; `journal_id`, the number of the journal at which it was known.
    `claimed_in` is the month that the entry was claimed to count in, the same on all credits of one
    claim, its verification and what takes either back: by it is decided on which basis they count.
    `entry_fen` is the whole of which this is a part; `running_fen` the total of its account
    (`series`, on one basis) including it, `first_fen` the first-contact place's part of that total.
    `undoes` is the credit that this one takes back, whose exact negative it is.
    """

    place_id: int

    id = fields.BigIntField(primary_key=True)
    entry = foreign_key("Entry")
    project = foreign_key("Project")
    place = foreign_key("Place")
    basis = fields.CharEnumField(Basis, max_length=10)
    role = fields.CharEnumField(CreditRole, max_length=20)
    indicator = fields.CharEnumField(Indicator, max_length=20)
    amount_fen = fields.BigIntField()
    entry_fen = fields.BigIntField()
    series = fields.CharField(max_length=60)
    running_fen = fields.BigIntField()
    first_fen = fields.BigIntField()
    occurred_on = fields.DateField()
    counts_in: date | None = fields.DateField(null=True)
    claimed_in: date | None = fields.DateField(null=True)
    posted_at = fields.DatetimeField()
    journal_id = fields.BigIntField(null=True, db_index=True)
    rule = foreign_key("Parameter", null=True)
    first_parts = fields.IntField()
    whole_parts = fields.IntField()
    undoes: fields.OneToOneNullableRelation["Credit"] = fields.OneToOneField(
        "schema.Credit", related_name=False, null=True, on_delete=fields.RESTRICT
    )

    class Meta:
        constraints = [
            CheckConstraint(
                "whole_parts > 0 AND first_parts BETWEEN 0 AND whole_parts", "ck_credit_parts"
            )
        ]
        indexes = [
            Index(fields=("counts_in", "basis", "place_id", "indicator"), name="ix_credit_month"),
            Index(fields=("project_id", "indicator", "series", "id"), name="ix_credit_series"),
        ]


class ClosedMonth(Model):
    """A month whose figures are settled: whoever posts afterwards posts to the next open one.

    Whoever closes a month holds `MONTHS` alone, numbers the row with its own entry of the journal.
    """

    id = fields.BigIntField(primary_key=True)
    month = fields.DateField(unique=True)
    closed_at = fields.DatetimeField()
    closed_by = foreign_key("Person", null=True)
    journal_id = fields.BigIntField(null=True, db_index=True)

    class Meta:
        table = "closed_month"
