"""A person holds any number of posts in units, each from a day to a day. Nobody loses the one they had."""

from typing import Any

from tortoise import fields, migrations
from tortoise.fields.base import OnDelete
from tortoise.migrations import operations as ops
from tortoise.migrations.constraints import CheckConstraint

from schema.people.rules import Post

BEGAN = {
    "sqlite": "date({at}, '+8 hours')",
    "postgres": "({at} AT TIME ZONE 'Asia/Shanghai')::date",
}
"""The city's day of a moment."""


async def give_posts(_apps: Any, editor: Any) -> None:
    """The post that each person had, from the day of their first act, or of their password."""
    first = (
        'COALESCE((SELECT min(j."at") FROM "journal_entry" j WHERE j."actor_id" = p."id"'
        ' AND j."at" < p."password_set_at"), p."password_set_at")'
    )
    began = BEGAN[editor.client.capabilities.dialect].format(at=first)
    await editor.client.execute_query(
        'INSERT INTO "appointment" ("person_id", "organization_id", "post", "title", "main",'
        ' "starts_on", "document_no", "recorded_at", "end_document_no")'
        f""" SELECT p."id", p."organization_id", p."post", '', TRUE, {began}, '', {first}, ''"""
        ' FROM "person" p ORDER BY p."id"'
    )


async def take_posts(_apps: Any, editor: Any) -> None:
    """Back to one post for each person: the main one, the last. Who had none is put in the first unit."""
    last = (
        'FROM "appointment" a WHERE a."person_id" = "person"."id"'
        ' ORDER BY a."main" DESC, a."id" DESC LIMIT 1'
    )
    await editor.client.execute_query(
        f"""UPDATE "person" SET "post" = COALESCE((SELECT a."post" {last}), 'PUBLIC'),"""
        f' "organization_id" = COALESCE((SELECT a."organization_id" {last}),'
        ' (SELECT min("id") FROM "organization"))'
    )


async def nothing(_apps: Any, _editor: Any) -> None:
    pass


async def set_quota(_apps: Any, editor: Any) -> None:
    """A city that is at work gets the rule that it cannot have been founded with."""
    _, found = await editor.client.execute_query('SELECT 1 AS "one" FROM "parameter" LIMIT 1')
    if found:
        await editor.client.execute_query(
            'INSERT INTO "parameter" ("name", "value", "unit", "effective_on", "clause", "status",'
            " \"note\", \"recorded_at\") VALUES ('lead.unseen_duplicates_per_day', '20',"
            " '个项目/人·日', '2020-01-01', '建议：查重时对可见范围以外的项目每人每日最多提示的项目数',"
            " 'PROPOSAL', '防止以查重试探他地线索；待办公室确认', '2026-11-27 00:00:00+00:00')"
        )


async def forget_quota(_apps: Any, editor: Any) -> None:
    await editor.client.execute_query(
        'DELETE FROM "parameter" WHERE "name" = \'lead.unseen_duplicates_per_day\''
    )


def unit(null: bool) -> Any:
    return to("Organization", "organization_id", null=null)


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


class Migration(migrations.Migration):
    dependencies = [("schema", "0005_journal")]

    operations = [
        ops.CreateModel(
            name="Appointment",
            fields=[
                (
                    "id",
                    fields.BigIntField(
                        generated=True, primary_key=True, unique=True, db_index=True
                    ),
                ),
                ("person", to("Person", "person_id")),
                ("organization", to("Organization", "organization_id")),
                ("post", fields.CharEnumField(enum_type=Post, max_length=20)),
                ("title", fields.CharField(default="", max_length=40)),
                ("main", fields.BooleanField(default=False)),
                ("starts_on", fields.DateField()),
                ("ends_on", fields.DateField(null=True)),
                ("document_no", fields.CharField(default="", max_length=60)),
                ("document_on", fields.DateField(null=True)),
                ("acting_for", to("Appointment", "acting_for_id", null=True)),
                ("recorded_by", to("Person", "recorded_by_id", null=True)),
                ("recorded_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("end_document_no", fields.CharField(default="", max_length=60)),
                ("ended_by", to("Person", "ended_by_id", null=True)),
                ("ended_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "appointment",
                "app": "schema",
                "pk_attr": "id",
                "table_description": "A post of a person in a unit, from a day to a day.",
            },
            bases=["Model"],
        ),
        ops.RunPython(give_posts, nothing),
        ops.RunPython(set_quota, forget_quota),
        # Tables that Tortoise makes anew on SQLite forget their checks, so these are unique indexes
        # where they can be; that spans do not overlap is kept under a lock by `people.appoint`.
        ops.RunSQL(
            'CREATE UNIQUE INDEX "uq_appointment_open" ON "appointment"'
            ' ("person_id", "organization_id", "post") WHERE "ends_on" IS NULL',
            'DROP INDEX "uq_appointment_open"',
        ),
        ops.RunSQL(
            'CREATE UNIQUE INDEX "uq_appointment_main" ON "appointment" ("person_id")'
            ' WHERE "main" AND "ends_on" IS NULL',
            'DROP INDEX "uq_appointment_main"',
        ),
        ops.AddConstraint(
            "Appointment",
            CheckConstraint(
                check="ends_on IS NULL OR ends_on >= starts_on", name="ck_appointment_days"
            ),
        ),
        ops.AddConstraint(
            "Appointment",
            CheckConstraint(
                check="acting_for_id IS NULL OR ends_on IS NOT NULL", name="ck_appointment_acting"
            ),
        ),
        ops.AlterField("Person", "post", fields.CharField(max_length=20, null=True)),
        ops.AlterField("Person", "organization", unit(null=True)),
        ops.RunPython(nothing, take_posts),
        ops.RemoveField("Person", "organization"),
        ops.RemoveField("Person", "post"),
        ops.AddField("JournalEntry", "post", to("Appointment", "post_id", null=True)),
        ops.RunSQL(
            'CREATE INDEX "ix_journal_post" ON "journal_entry" ("post_id")',
            'DROP INDEX "ix_journal_post"',
        ),
        ops.AddField("JournalEntry", "post_title", fields.CharField(default="", max_length=40)),
    ]
