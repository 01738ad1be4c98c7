"""Questions about what is not seen, counted by person, unit, day and road; earlier notices are kept as counts."""

from orjson import loads
from tortoise import fields, migrations
from tortoise.fields.base import OnDelete
from tortoise.fields.data import JSON_DUMPS
from tortoise.indexes import Index
from tortoise.migrations import operations as ops

from schema.linkage.tables import InquiryRoad

EARLIER = """INSERT INTO "inquiry" ("person_id", "organization_id", "day", "road", "asked", "matched",
    "withheld", "shown", "first_at", "last_at")
    SELECT n."person_id", min(a."organization_id"), n."day", 'EARLIER', count(DISTINCT n."id"),
    count(DISTINCT n."id"), 0, '[]', min(n."noted_at"), max(n."noted_at")
    FROM "unseen_notice" n JOIN "appointment" a ON a."person_id" = n."person_id" AND a."main"
    GROUP BY n."person_id", n."day"
"""
"""What each of the notices of a day was asked by is not known: the road says so."""


class Migration(migrations.Migration):
    dependencies = [("schema", "0008_joint_judgement")]

    initial = False

    operations = [
        ops.CreateModel(
            name="Inquiry",
            fields=[
                (
                    "id",
                    fields.BigIntField(
                        generated=True, primary_key=True, unique=True, db_index=True
                    ),
                ),
                (
                    "person",
                    fields.ForeignKeyField(
                        "schema.Person",
                        source_field="person_id",
                        db_index=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                (
                    "organization",
                    fields.ForeignKeyField(
                        "schema.Organization",
                        source_field="organization_id",
                        db_index=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("day", fields.DateField()),
                (
                    "road",
                    fields.CharEnumField(
                        description="SEARCH: SEARCH\nREPORT: REPORT\nRESUBMISSION: RESUBMISSION\nLEDGER: LEDGER\nEARLIER: EARLIER",
                        enum_type=InquiryRoad,
                        max_length=12,
                    ),
                ),
                ("asked", fields.IntField()),
                ("matched", fields.IntField()),
                ("withheld", fields.IntField()),
                ("shown", fields.JSONField(encoder=JSON_DUMPS, decoder=loads)),
                ("tried", fields.CharField(default="", db_default="", max_length=64)),
                ("first_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("last_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "inquiry",
                "app": "schema",
                "unique_together": (("person", "day", "organization", "road"),),
                "indexes": [Index(fields=["day", "id"], name="ix_inquiry_day")],
                "pk_attr": "id",
                "table_description": "How often a person, for a unit, asked on a day by one road whether something unseen is known.",
            },
            bases=["Model"],
        ),
        ops.RunSQL(EARLIER, 'DELETE FROM "inquiry"'),
        ops.DeleteModel(name="UnseenNotice"),
    ]
