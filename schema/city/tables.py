"""Places, the working calendar, the rules by date."""

from enum import StrEnum
from typing import Any

from tortoise import fields
from tortoise.models import Model

from schema.city.rules.proposals import ProposalState


class PlaceKind(StrEnum):
    """县（区）、高新区、临空经济区."""

    COUNTY = "COUNTY"
    HIGH_TECH_ZONE = "HIGH_TECH_ZONE"
    AIRPORT_ZONE = "AIRPORT_ZONE"


class Place(Model):
    """A carrier: a county, the high-tech zone or the airport zone. Zones have no GB/T 2260 code."""

    id = fields.BigIntField(primary_key=True)
    slug = fields.CharField(max_length=40, unique=True)
    name = fields.CharField(max_length=60, unique=True)
    kind = fields.CharEnumField(PlaceKind, max_length=20)
    code = fields.CharField(max_length=6, null=True)
    position = fields.IntField()


class CalendarYear(Model):
    """A year whose working days are published. A year without a row has no deadline in it."""

    year = fields.IntField(primary_key=True, generated=False)
    source = fields.CharField(max_length=300)
    document_no = fields.CharField(max_length=100, default="")
    published_at = fields.DatetimeField()

    class Meta:
        table = "calendar_year"


class CalendarDay(Model):
    """A day that differs from its weekday: a holiday on a weekday or a make-up working day."""

    id = fields.BigIntField(primary_key=True)
    year: fields.ForeignKeyRelation[CalendarYear] = fields.ForeignKeyField(
        "schema.CalendarYear", related_name=False, on_delete=fields.CASCADE, db_index=True
    )
    day = fields.DateField(unique=True)
    working = fields.BooleanField()
    name = fields.CharField(max_length=60)

    class Meta:
        table = "calendar_day"


class RuleStatus(StrEnum):
    """Where a rule's number comes from: policy, the city, the State, another city, a proposal."""

    SEED = "SEED"
    ZIYANG = "ZIYANG"
    NATIONAL = "NATIONAL"
    OTHER_CITY = "OTHER_CITY"
    PROPOSAL = "PROPOSAL"


class Parameter(Model):
    """One version of a rule's number. Rows are added and never changed."""

    id = fields.BigIntField(primary_key=True)
    name = fields.CharField(max_length=80)
    value: fields.JSONField[Any] = fields.JSONField()
    effective_on = fields.DateField()
    clause = fields.CharField(max_length=300)
    status = fields.CharEnumField(RuleStatus, max_length=20)
    note = fields.CharField(max_length=300, default="")
    document_no = fields.CharField(max_length=100, default="")
    recorded_at = fields.DatetimeField()
    journal_id = fields.BigIntField(null=True, db_index=True)
    recorded_by: fields.ForeignKeyNullableRelation[Model] = fields.ForeignKeyField(
        "schema.Person", related_name=False, null=True, on_delete=fields.RESTRICT
    )
    confirmed_by: fields.ForeignKeyNullableRelation[Model] = fields.ForeignKeyField(
        "schema.Person", related_name=False, null=True, on_delete=fields.RESTRICT
    )

    class Meta:
        indexes = [("name", "effective_on")]


class Proposal:
    """What somebody proposes and another person decides; `no` is what people call it."""

    id = fields.BigIntField(primary_key=True)
    no = fields.CharField(max_length=20, unique=True)
    document_no = fields.CharField(max_length=100)
    state = fields.CharEnumField(ProposalState, max_length=20, default=ProposalState.WAITING)
    proposed_by: fields.ForeignKeyNullableRelation[Model] = fields.ForeignKeyField(
        "schema.Person", related_name=False, null=True, on_delete=fields.RESTRICT
    )
    proposed_post_id = fields.BigIntField(null=True)
    proposed_at = fields.DatetimeField()
    decided_by: fields.ForeignKeyNullableRelation[Model] = fields.ForeignKeyField(
        "schema.Person", related_name=False, null=True, on_delete=fields.RESTRICT
    )
    decided_post_id = fields.BigIntField(null=True)
    decided_at = fields.DatetimeField(null=True)
    reason = fields.CharField(max_length=300, default="")
    revision = fields.IntField(default=1)


class RuleProposal(Proposal, Model):
    """A version of a parameter that is proposed; `rule` is what became of it."""

    name = fields.CharField(max_length=80)
    value: fields.JSONField[Any] = fields.JSONField()
    effective_on = fields.DateField()
    clause = fields.CharField(max_length=300)
    status = fields.CharEnumField(RuleStatus, max_length=20)
    note = fields.CharField(max_length=300, default="")
    rule: fields.ForeignKeyNullableRelation[Parameter] = fields.ForeignKeyField(
        "schema.Parameter", related_name=False, null=True, on_delete=fields.RESTRICT
    )

    class Meta:
        table = "rule_proposal"


class CalendarProposal(Proposal, Model):
    """A year's calendar that is proposed: its special days as `[day, working, name]`."""

    year = fields.IntField()
    source = fields.CharField(max_length=300)
    days: fields.JSONField[Any] = fields.JSONField()

    class Meta:
        table = "calendar_proposal"
