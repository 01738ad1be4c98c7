"""Entries have a life, credits a basis and a month; what a rule said, and when a month closed, is known."""

from typing import Any

from tortoise import fields, migrations
from tortoise.fields.base import OnDelete
from tortoise.indexes import Index
from tortoise.migrations import operations as ops
from tortoise.migrations.constraints import CheckConstraint

from schema.entries.rules import Basis, CreditRole, EntryState, Indicator

SERIES = Index(fields=["project_id", "indicator", "series", "id"], name="ix_credit_series")


def key() -> Any:
    return fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)


def to(table: str, column: str, null: bool = False) -> Any:
    return fields.ForeignKeyField(
        f"schema.{table}",
        source_field=column,
        null=null,
        db_index=True,
        db_constraint=True,
        to_field="id",
        related_name=False,
        on_delete=OnDelete.RESTRICT,
    )


def moment() -> Any:
    return fields.DatetimeField(auto_now=False, auto_now_add=False)


def number() -> Any:
    return fields.BigIntField(null=True, db_index=True)


OLD_CREDIT: list[tuple[str, Any]] = [
    ("id", key()),
    ("entry", to("Entry", "entry_id")),
    ("project", to("Project", "project_id")),
    ("place", to("Place", "place_id")),
    ("role", fields.CharEnumField(enum_type=CreditRole, max_length=20)),
    ("indicator", fields.CharEnumField(enum_type=Indicator, max_length=20)),
    ("amount_fen", fields.BigIntField()),
    ("series", fields.CharField(max_length=60)),
    ("running_fen", fields.BigIntField()),
    ("occurred_on", fields.DateField()),
    ("posted_at", moment()),
    ("rule", to("Parameter", "rule_id", null=True)),
    ("first_parts", fields.IntField()),
    ("whole_parts", fields.IntField()),
    ("journal_id", number()),
]
NEW_CREDIT: list[tuple[str, Any]] = [
    *OLD_CREDIT,
    ("basis", fields.CharEnumField(enum_type=Basis, max_length=10)),
    ("entry_fen", fields.BigIntField()),
    ("first_fen", fields.BigIntField()),
    ("counts_in", fields.DateField(null=True)),
    (
        "undoes",
        fields.OneToOneField(
            "schema.Credit",
            source_field="undoes_id",
            null=True,
            db_constraint=True,
            to_field="id",
            related_name=False,
            on_delete=OnDelete.RESTRICT,
        ),
    ),
]
PARTS = CheckConstraint(
    check="whole_parts > 0 AND first_parts BETWEEN 0 AND whole_parts", name="ck_credit_parts"
)


async def nothing(_apps: Any, _editor: Any) -> None:
    pass


async def restore_check(_apps: Any, editor: Any) -> None:
    """The check that going back to the former table has lost; on SQLite a table made anew has none."""
    if editor.client.capabilities.dialect == "postgres":
        await editor.client.execute_script(
            f'ALTER TABLE "credit" ADD CONSTRAINT "{PARTS.name}" CHECK ({PARTS.check})'
        )


class Migration(migrations.Migration):
    dependencies = [("schema", "0011_duties")]

    operations = [
        ops.RunPython(nothing, restore_check),
        ops.RunSQL(
            'DROP INDEX "ix_credit_journal"',
            'CREATE INDEX "ix_credit_journal" ON "credit" ("journal_id")',
        ),
        ops.DeleteModel("Credit"),
        ops.CreateModel(
            name="Credit",
            fields=NEW_CREDIT,
            options={
                "table": "credit",
                "app": "schema",
                "indexes": [
                    Index(
                        fields=["counts_in", "basis", "place_id", "indicator"],
                        name="ix_credit_month",
                    ),
                    SERIES,
                ],
                "pk_attr": "id",
                "table_description": "A place's part of an entry on one basis, in fen.",
            },
            bases=["Model"],
        ),
        ops.AddConstraint("Credit", PARTS),
        ops.AddField("Entry", "opening", fields.BooleanField(default=False)),
        ops.AddField("Entry", "early_reason", fields.CharField(max_length=300, default="")),
        ops.AddField(
            "Entry",
            "state",
            fields.CharEnumField(enum_type=EntryState, max_length=10, default=EntryState.CLAIMED),
        ),
        ops.AddField("Entry", "revision", fields.IntField(default=1)),
        ops.AddIndex("Entry", Index(fields=["state", "indicator", "id"], name="ix_entry_state")),
        ops.CreateModel(
            name="EntryStep",
            fields=[
                ("id", key()),
                ("entry", to("Entry", "entry_id")),
                ("project", to("Project", "project_id")),
                ("state", fields.CharEnumField(enum_type=EntryState, max_length=10)),
                ("amount_fen", fields.BigIntField()),
                ("occurred_on", fields.DateField()),
                ("reason", fields.CharField(max_length=500, default="")),
                ("taken_by", to("Person", "taken_by_id")),
                ("taken_post_id", fields.BigIntField(null=True)),
                ("taken_at", moment()),
                ("journal_id", number()),
            ],
            options={"table": "entry_step", "app": "schema", "pk_attr": "id"},
            bases=["Model"],
        ),
        ops.CreateModel(
            name="ClosedMonth",
            fields=[
                ("id", key()),
                ("month", fields.DateField(unique=True)),
                ("closed_at", moment()),
                ("closed_by", to("Person", "closed_by_id", null=True)),
                ("journal_id", number()),
            ],
            options={"table": "closed_month", "app": "schema", "pk_attr": "id"},
            bases=["Model"],
        ),
        # Tortoise 1.1.9 gives a column that is added no index.
        ops.RunSQL(
            'CREATE INDEX "ix_parameter_journal" ON "parameter" ("journal_id")',
            'DROP INDEX "ix_parameter_journal"',
        ),
    ]
