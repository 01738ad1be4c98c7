"""Places, the working calendar, the rules by date."""

from enum import StrEnum
from typing import Any

from tortoise import fields
from tortoise.models import Model


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
    unit = fields.CharField(max_length=40)
    effective_on = fields.DateField()
    clause = fields.CharField(max_length=300)
    status = fields.CharEnumField(RuleStatus, max_length=20)
    note = fields.CharField(max_length=300, default="")
    recorded_at = fields.DatetimeField()
    journal_id = fields.BigIntField(null=True, db_index=True)
    recorded_by: fields.ForeignKeyNullableRelation[Model] = fields.ForeignKeyField(
        "schema.Person", related_name=False, null=True, on_delete=fields.RESTRICT
    )

    class Meta:
        indexes = [("name", "effective_on")]
