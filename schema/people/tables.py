"""Units, people and how they sign in, and the companies that invest."""

from enum import StrEnum
from typing import Any

from tortoise import fields
from tortoise.migrations.constraints import CheckConstraint
from tortoise.models import Model

from schema.city.rules.personal import Form, personal
from schema.database.columns import foreign_key
from schema.people.rules import HolderRole, Post


class OrganizationKind(StrEnum):
    OFFICE = "OFFICE"
    GROUP = "GROUP"
    PLACE = "PLACE"
    DEPARTMENT = "DEPARTMENT"
    BRANCH = "BRANCH"
    AGENT = "AGENT"
    LEADER = "LEADER"
    INSPECTION = "INSPECTION"
    EXPERT = "EXPERT"
    PARTNER = "PARTNER"


class Organization(Model):
    """A unit that people belong to, from the Leading Group Office to a commissioned agent."""

    id = fields.BigIntField(primary_key=True)
    slug = fields.CharField(max_length=40, unique=True)
    name = fields.CharField(max_length=80, unique=True)
    short_name = fields.CharField(max_length=40)
    kind = fields.CharEnumField(OrganizationKind, max_length=20)
    place: Any = fields.ForeignKeyField(
        "schema.Place", related_name=False, null=True, on_delete=fields.RESTRICT
    )
    contact_name = fields.CharField(max_length=40, default="")
    contact_phone = fields.CharField(max_length=40, default="")
    opened_on = fields.DateField(null=True)
    closed_on = fields.DateField(null=True)
    position = fields.IntField(default=0)


class Group(Model):
    """One of the seven industry groups of article 2, with its office and its lead department."""

    office_id: int
    lead_department_id: int | None

    id = fields.BigIntField(primary_key=True)
    slug = fields.CharField(max_length=40, unique=True)
    name = fields.CharField(max_length=60, unique=True)
    short_name = fields.CharField(max_length=30)
    office: Any = fields.OneToOneField(
        "schema.Organization", related_name=False, on_delete=fields.RESTRICT
    )
    lead_department: Any = fields.ForeignKeyField(
        "schema.Organization", related_name=False, null=True, on_delete=fields.RESTRICT
    )
    position = fields.IntField()

    class Meta:
        table = "industry_group"


class Person(Model):
    """Somebody who signs in. What they may do follows from the posts that they hold."""

    id = fields.BigIntField(primary_key=True)
    username = fields.CharField(max_length=60, unique=True)
    name = fields.CharField(max_length=40)
    phone = fields.CharField(max_length=40, default="")
    password_hash = fields.CharField(max_length=200)
    password_set_at = fields.DatetimeField()
    active = fields.BooleanField(default=True)
    failures = fields.IntField(default=0)
    locked_until = fields.DatetimeField(null=True)
    preferences: fields.JSONField[dict[str, Any]] = fields.JSONField(default=dict)


class Appointment(Model):
    """A post of a person in a unit, from a day to a day (both included; None is open), with its document.

    `acting_for` is the appointment of another person that this one stands in for; it has an end.
    Of the posts held on one day one is `main`. A row is never changed but once, when it is ended:
    so whoever did something stays what they were then.
    """

    id = fields.BigIntField(primary_key=True)
    person = foreign_key("Person")
    organization = foreign_key("Organization")
    post = fields.CharEnumField(Post, max_length=20)
    title = fields.CharField(max_length=40, default="")
    main = fields.BooleanField(default=False)
    starts_on = fields.DateField()
    ends_on = fields.DateField(null=True)
    document_no = fields.CharField(max_length=60, default="")
    document_on = fields.DateField(null=True)
    acting_for = foreign_key("Appointment", null=True)
    recorded_by = foreign_key("Person", null=True)
    recorded_at = fields.DatetimeField()
    end_document_no = fields.CharField(max_length=60, default="")
    ended_by = foreign_key("Person", null=True)
    ended_at = fields.DatetimeField(null=True)

    class Meta:
        constraints = [
            CheckConstraint("ends_on IS NULL OR ends_on >= starts_on", "ck_appointment_days"),
            CheckConstraint(
                "acting_for_id IS NULL OR ends_on IS NOT NULL", "ck_appointment_acting"
            ),
        ]


class Session(Model):
    """A browser that has signed in. The cookie holds the token, the row only its SHA-256."""

    id = fields.BigIntField(primary_key=True)
    token_hash = fields.CharField(max_length=64, unique=True)
    person: Any = fields.ForeignKeyField(
        "schema.Person", related_name=False, on_delete=fields.CASCADE, db_index=True
    )
    address = fields.CharField(max_length=60)
    agent = fields.CharField(max_length=200)
    created_at = fields.DatetimeField()
    seen_at = fields.DatetimeField()
    ended_at = fields.DatetimeField(null=True)


class Token(Model):
    """A bearer token: a partner's program acts as the person it was issued to.

    `scopes` are names of `rules.Scope`, separated by spaces.
    """

    id = fields.BigIntField(primary_key=True)
    name = fields.CharField(max_length=60)
    prefix = fields.CharField(max_length=16)
    scopes = fields.CharField(max_length=200, default="", db_default="")
    token_hash = fields.CharField(max_length=64, unique=True)
    person: Any = fields.ForeignKeyField(
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
    revision = fields.IntField(default=1, db_default=1)


class CompanyHolder(Model):
    """Who controls a company, holds a part of it, or is its legal representative, from a day on.

    `share` is a shareholder's part in ten-thousandths. `name` is a person's or a company's, `uscc` the
    credit code of a company. A row is never changed but once, when it ends: on `ended_on` the holder
    is none any more. `source` says where it was read, as of the day `as_of`; `project` is the report
    that it came with.
    """

    id = fields.BigIntField(primary_key=True)
    company: Any = foreign_key("Company")
    role = fields.CharEnumField(HolderRole, max_length=20)
    name = personal(Form.NAME, fields.CharField(max_length=100))
    normal_name = personal(Form.NAME, fields.CharField(max_length=100, db_index=True))
    uscc = fields.CharField(max_length=18, null=True, db_index=True)
    share = fields.IntField(null=True)
    source = fields.CharField(max_length=200)
    as_of = fields.DateField()
    project: Any = foreign_key("Project", null=True)
    unit: Any = foreign_key("Organization")
    recorded_by: Any = foreign_key("Person")
    recorded_post_id = fields.BigIntField(null=True)
    recorded_at = fields.DatetimeField()
    ended_on = fields.DateField(null=True)
    ended_by: Any = foreign_key("Person", null=True)
    ended_post_id = fields.BigIntField(null=True)
    ended_at = fields.DatetimeField(null=True)
    personal_salt = fields.CharField(max_length=32, default="", db_default="")

    class Meta:
        table = "company_holder"
        constraints = [CheckConstraint("share BETWEEN 1 AND 10000", "ck_company_holder_share")]


class CompanyName(Model):
    """A name that a company has had before it was renamed, by a document, until a day."""

    id = fields.BigIntField(primary_key=True)
    company: Any = foreign_key("Company")
    name = fields.CharField(max_length=200)
    normal_name = fields.CharField(max_length=200, db_index=True)
    until = fields.DateField()
    document_no = fields.CharField(max_length=80)
    recorded_by: Any = foreign_key("Person")
    recorded_post_id = fields.BigIntField(null=True)
    recorded_at = fields.DatetimeField()

    class Meta:
        table = "company_name"
