"""A parameter's unit is declared with its type; changes of rules and calendar are proposed, then confirmed."""

from orjson import loads
from tortoise import fields, migrations
from tortoise.fields.base import OnDelete
from tortoise.fields.data import JSON_DUMPS
from tortoise.migrations import operations as ops

from schema.city.rules.proposals import ProposalState
from schema.city.tables import RuleStatus


def person(name: str) -> fields.Field:
    return fields.ForeignKeyField(
        "schema.Person",
        source_field=f"{name}_id",
        null=True,
        db_constraint=True,
        to_field="id",
        related_name=False,
        on_delete=OnDelete.RESTRICT,
    )


def proposal() -> list[tuple[str, fields.Field]]:
    """The columns of what is proposed by one person and decided by another."""
    return [
        ("id", fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
        ("no", fields.CharField(unique=True, max_length=20)),
        ("document_no", fields.CharField(max_length=100)),
        (
            "state",
            fields.CharEnumField(
                default=ProposalState.WAITING, enum_type=ProposalState, max_length=20
            ),
        ),
        ("proposed_by", person("proposed_by")),
        ("proposed_post_id", fields.BigIntField(null=True)),
        ("proposed_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
        ("confirmed_before", fields.IntField(default=0)),
        ("decided_by", person("decided_by")),
        ("decided_post_id", fields.BigIntField(null=True)),
        ("decided_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
        ("reason", fields.CharField(default="", max_length=300)),
        ("revision", fields.IntField(default=1)),
    ]


class Migration(migrations.Migration):
    dependencies = [("schema", "0013_messages")]

    operations = [
        ops.RemoveField("Parameter", "unit"),
        ops.AddField("Parameter", "document_no", fields.CharField(default="", max_length=100)),
        ops.AddField("Parameter", "journal_id", fields.BigIntField(null=True)),
        ops.AddField("Parameter", "confirmed_by", person("confirmed_by")),
        ops.AddField("CalendarYear", "document_no", fields.CharField(default="", max_length=100)),
        ops.CreateModel(
            name="RuleProposal",
            fields=[
                *proposal(),
                ("name", fields.CharField(max_length=80)),
                ("value", fields.JSONField(encoder=JSON_DUMPS, decoder=loads)),
                ("effective_on", fields.DateField()),
                ("clause", fields.CharField(max_length=300)),
                ("status", fields.CharEnumField(enum_type=RuleStatus, max_length=20)),
                ("note", fields.CharField(default="", max_length=300)),
                (
                    "rule",
                    fields.ForeignKeyField(
                        "schema.Parameter",
                        source_field="rule_id",
                        null=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
            ],
            options={
                "table": "rule_proposal",
                "app": "schema",
                "pk_attr": "id",
                "table_description": "A version of a parameter that is proposed; `rule` is what became of it.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="CalendarProposal",
            fields=[
                *proposal(),
                ("year", fields.IntField()),
                ("source", fields.CharField(max_length=300)),
                ("days", fields.JSONField(encoder=JSON_DUMPS, decoder=loads)),
            ],
            options={
                "table": "calendar_proposal",
                "app": "schema",
                "pk_attr": "id",
                "table_description": "A year's calendar that is proposed: its special days as `[day, working, name]`.",
            },
            bases=["Model"],
        ),
    ]
