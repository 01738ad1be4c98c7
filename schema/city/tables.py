"""What the city keeps: places, units, people and how they sign in, the calendar, the rules by date."""

from enum import StrEnum

from tortoise import fields
from tortoise.models import Model


class PlaceKind(StrEnum):
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


class OrganizationKind(StrEnum):
    OFFICE = "OFFICE"
    GROUP = "GROUP"
    PLACE = "PLACE"
    DEPARTMENT = "DEPARTMENT"
    BRANCH = "BRANCH"
    AGENT = "AGENT"
    LEADER = "LEADER"
    INSPECTION = "INSPECTION"
    PARTNER = "PARTNER"


class Organization(Model):
    """A unit that people belong to, from the Leading Group Office to a commissioned agent."""

    id = fields.BigIntField(primary_key=True)
    slug = fields.CharField(max_length=40, unique=True)
    name = fields.CharField(max_length=80, unique=True)
    short_name = fields.CharField(max_length=40)
    kind = fields.CharEnumField(OrganizationKind, max_length=20)
    place = fields.ForeignKeyField(
        "schema.Place", related_name=False, null=True, on_delete=fields.RESTRICT
    )
    contact_name = fields.CharField(max_length=40, default="")
    contact_phone = fields.CharField(max_length=40, default="")
    opened_on = fields.DateField(null=True)
    closed_on = fields.DateField(null=True)
    position = fields.IntField(default=0)


class Group(Model):
    """One of the seven industry groups of article 2, with its office and its lead department."""

    id = fields.BigIntField(primary_key=True)
    slug = fields.CharField(max_length=40, unique=True)
    name = fields.CharField(max_length=60, unique=True)
    short_name = fields.CharField(max_length=30)
    office = fields.OneToOneField(
        "schema.Organization", related_name=False, on_delete=fields.RESTRICT
    )
    lead_department = fields.ForeignKeyField(
        "schema.Organization", related_name=False, null=True, on_delete=fields.RESTRICT
    )
    position = fields.IntField()

    class Meta:
        table = "industry_group"


class Person(Model):
    """Somebody who signs in, with one post in one unit."""

    id = fields.BigIntField(primary_key=True)
    username = fields.CharField(max_length=60, unique=True)
    name = fields.CharField(max_length=40)
    post = fields.CharField(max_length=20)
    organization = fields.ForeignKeyField(
        "schema.Organization", related_name=False, on_delete=fields.RESTRICT, db_index=True
    )
    phone = fields.CharField(max_length=40, default="")
    password_hash = fields.CharField(max_length=200)
    password_set_at = fields.DatetimeField()
    active = fields.BooleanField(default=True)
    failures = fields.IntField(default=0)
    locked_until = fields.DatetimeField(null=True)
    preferences = fields.JSONField(default=dict)


class Session(Model):
    """A browser that has signed in. The cookie holds the token, the row only its SHA-256."""

    id = fields.BigIntField(primary_key=True)
    token_hash = fields.CharField(max_length=64, unique=True)
    person = fields.ForeignKeyField(
        "schema.Person", related_name=False, on_delete=fields.CASCADE, db_index=True
    )
    address = fields.CharField(max_length=60)
    agent = fields.CharField(max_length=200)
    created_at = fields.DatetimeField()
    seen_at = fields.DatetimeField()
    ended_at = fields.DatetimeField(null=True)


class Token(Model):
    """A bearer token: a partner's program acts as the person it was issued to."""

    id = fields.BigIntField(primary_key=True)
    name = fields.CharField(max_length=60)
    prefix = fields.CharField(max_length=16)
    token_hash = fields.CharField(max_length=64, unique=True)
    person = fields.ForeignKeyField(
        "schema.Person", related_name=False, on_delete=fields.CASCADE, db_index=True
    )
    created_at = fields.DatetimeField()
    expires_at = fields.DatetimeField(null=True)
    used_at = fields.DatetimeField(null=True)
    ended_at = fields.DatetimeField(null=True)


class Company(Model):
    """An investor. One without a Chinese credit code says why in `no_code_reason`."""

    id = fields.BigIntField(primary_key=True)
    uscc = fields.CharField(max_length=18, null=True, unique=True)
    no_code_reason = fields.CharField(max_length=200, default="")
    name = fields.CharField(max_length=200)
    normal_name = fields.CharField(max_length=200, db_index=True)
    search = fields.TextField()
    region = fields.CharField(max_length=60, default="")
    created_at = fields.DatetimeField()


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
    year = fields.ForeignKeyField(
        "schema.CalendarYear", related_name=False, on_delete=fields.CASCADE, db_index=True
    )
    day = fields.DateField(unique=True)
    working = fields.BooleanField()
    name = fields.CharField(max_length=60)

    class Meta:
        table = "calendar_day"


class RuleStatus(StrEnum):
    SEED = "SEED"
    ZIYANG = "ZIYANG"
    NATIONAL = "NATIONAL"
    OTHER_CITY = "OTHER_CITY"
    PROPOSAL = "PROPOSAL"


class Parameter(Model):
    """One version of a rule's number. Rows are added and never changed."""

    id = fields.BigIntField(primary_key=True)
    name = fields.CharField(max_length=80)
    value = fields.JSONField()
    unit = fields.CharField(max_length=40)
    effective_on = fields.DateField()
    clause = fields.CharField(max_length=300)
    status = fields.CharEnumField(RuleStatus, max_length=20)
    note = fields.CharField(max_length=300, default="")
    recorded_at = fields.DatetimeField()
    recorded_by = fields.ForeignKeyField(
        "schema.Person", related_name=False, null=True, on_delete=fields.RESTRICT
    )

    class Meta:
        indexes = [("name", "effective_on")]


class Sequence(Model):
    """The last number given out under a name, such as the projects of a year."""

    name = fields.CharField(max_length=40, primary_key=True, generated=False)
    value = fields.IntField()
