"""What changes a checked item of the six ones is checked itself; a return stays until it is mended."""

from typing import Any

from tortoise import fields, migrations
from tortoise.fields.base import OnDelete
from tortoise.migrations import operations as ops

from schema.industry.rules import ChangeKind

DECLARED = (
    "PRAGMA writable_schema = ON",
    "UPDATE sqlite_master SET sql = replace(sql, '\"subject_no\" VARCHAR(40)',"
    " '\"subject_no\" VARCHAR(60)') WHERE type = 'table' AND name = 'duty'",
    "PRAGMA writable_schema = RESET",
)


class Widen(ops.AlterField):
    """A longer text. SQLite keeps any length: its table is not made anew, which would lose its guards;
    the declared length alone is written anew.
    """

    async def database_forward(
        self, app_label: str, old_state: Any, new_state: Any, state_editor: Any = None
    ) -> None:
        if state_editor and state_editor.DIALECT != "sqlite":
            await super().database_forward(app_label, old_state, new_state, state_editor)
        elif state_editor:
            for sql in DECLARED:
                await state_editor.client.execute_query(sql)

    async def database_backward(
        self, app_label: str, old_state: Any, new_state: Any, state_editor: Any = None
    ) -> None:
        """What is stored may be longer than before, so it stays."""


class Migration(migrations.Migration):
    dependencies = [("schema", "0011_joint_rounds")]

    initial = False

    operations = [
        Widen(
            model_name="Duty",
            name="subject_no",
            field=fields.CharField(default="", max_length=60),
        ),
        ops.CreateModel(
            name="OneChange",
            fields=[
                (
                    "id",
                    fields.BigIntField(
                        generated=True, primary_key=True, unique=True, db_index=True
                    ),
                ),
                (
                    "one",
                    fields.ForeignKeyField(
                        "schema.One",
                        source_field="one_id",
                        db_index=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                (
                    "item",
                    fields.ForeignKeyField(
                        "schema.OneItem",
                        source_field="item_id",
                        db_index=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                (
                    "kind",
                    fields.CharEnumField(
                        description="PAPERS: PAPERS\nEND: END\nVOID: VOID",
                        enum_type=ChangeKind,
                        max_length=10,
                    ),
                ),
                ("ends_on", fields.DateField(null=True)),
                ("document_no", fields.CharField(default="", max_length=80)),
                ("document_on", fields.DateField(null=True)),
                ("reason", fields.CharField(default="", max_length=500)),
                (
                    "recorded_by",
                    fields.ForeignKeyField(
                        "schema.Person",
                        source_field="recorded_by_id",
                        db_index=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("recorded_post_id", fields.BigIntField(null=True)),
                ("recorded_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                (
                    "checked_by",
                    fields.ForeignKeyField(
                        "schema.Person",
                        source_field="checked_by_id",
                        null=True,
                        db_index=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("checked_post_id", fields.BigIntField(null=True)),
                ("checked_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("returned_for", fields.CharField(default="", max_length=500)),
            ],
            options={
                "table": "one_change",
                "app": "schema",
                "pk_attr": "id",
                "table_description": "What somebody provides or proposes on an item: papers, an end, or that it is void, with the reason.",
            },
            bases=["Model"],
        ),
        ops.AddField(
            model_name="One",
            name="returned_at",
            field=fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
        ),
        ops.AddField(
            model_name="One",
            name="to_check",
            field=fields.BooleanField(default=False, db_default=False),
        ),
        ops.AddField(
            model_name="OneItem",
            name="follows",
            field=fields.ForeignKeyField(
                "schema.OneItem",
                source_field="follows_id",
                null=True,
                db_index=True,
                db_constraint=True,
                to_field="id",
                related_name=False,
                on_delete=OnDelete.RESTRICT,
            ),
        ),
        ops.AddField(
            model_name="OneItem",
            name="returned_for",
            field=fields.CharField(default="", db_default="", max_length=500),
        ),
        ops.AddField(
            model_name="OneItem",
            name="void_at",
            field=fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
        ),
        ops.AddField(
            model_name="OneItem",
            name="void_for",
            field=fields.CharField(default="", db_default="", max_length=500),
        ),
        ops.RunSQL(
            'CREATE INDEX "ix_one_item_follows" ON "one_item" ("follows_id")',
            'DROP INDEX "ix_one_item_follows"',
        ),
    ]
