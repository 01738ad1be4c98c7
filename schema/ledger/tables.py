"""The office's Excel ledger on its way in: batches and their rows."""

from enum import StrEnum
from typing import Any

from tortoise import fields
from tortoise.indexes import Index
from tortoise.models import Model

from schema.city.rules.personal import Form, personal
from schema.database.columns import foreign_key


class BatchState(StrEnum):
    PREVIEW = "PREVIEW"
    IMPORTED = "IMPORTED"
    UNDONE = "UNDONE"


class RowState(StrEnum):
    """What becomes of a line: READY is to be a report, AWAITING waits for the office's decision."""

    READY = "READY"
    WRONG = "WRONG"
    DUPLICATE = "DUPLICATE"
    AWAITING = "AWAITING"
    IMPORTED = "IMPORTED"
    MIGRATED = "MIGRATED"
    RETURNED = "RETURNED"
    UNDONE = "UNDONE"


LEDGER = "ledger"
"""The kind of a batch that is the office's ledger of projects."""


class Batch(Model):
    """One uploaded ledger: previewed, imported whole or only where correct, perhaps undone.

    Importing makes reports of what is no more than that. What says more awaits the office. `kind` names
    another kind of list (`schema.intake`), whose lines become rows of that kind and await nobody.
    """

    organization_id: int
    uploaded_by_id: int
    imported_by_id: int | None

    id = fields.BigIntField(primary_key=True)
    no = fields.CharField(max_length=20, unique=True)
    kind = fields.CharField(max_length=20, default=LEDGER, db_default=LEDGER)
    file_name = fields.CharField(max_length=200)
    sha256 = fields.CharField(max_length=64)
    state = fields.CharEnumField(BatchState, max_length=10)
    organization = foreign_key("Organization")
    uploaded_by = foreign_key("Person")
    uploaded_at = fields.DatetimeField()
    ready_count = fields.IntField()
    wrong_count = fields.IntField()
    duplicate_count = fields.IntField()
    skipped_count = fields.IntField()
    notes: fields.JSONField[dict[str, Any]] = fields.JSONField()
    awaiting_count = fields.IntField(default=0)
    imported_count = fields.IntField(default=0)
    migrated_count = fields.IntField(default=0)
    returned_count = fields.IntField(default=0)
    imported_by = foreign_key("Person", null=True)
    imported_at = fields.DatetimeField(null=True)
    undone_at = fields.DatetimeField(null=True)
    revision = fields.IntField(default=1)


class BatchRow(Model):
    """One line of the ledger with what it says, what is wrong with it and what became of it.

    `beyond` marks one that says more than a report does: judged, signed, money, milestones, transfers.
    `mends` are its cells that were changed in the preview, each with `column`, `field`, what it was
    (`original`) and is (`value`), and who (`by`) changed it when (`at`).
    `subject_id` is the row that a line of another kind of list became, or is a duplicate of.
    """

    id = fields.BigIntField(primary_key=True)
    batch = foreign_key("Batch")
    row_no = fields.IntField()
    state = fields.CharEnumField(RowState, max_length=10)
    name = fields.CharField(max_length=200)
    values: fields.JSONField[dict[str, Any]] = personal(Form.OPAQUE, fields.JSONField())
    issues: fields.JSONField[list[dict[str, Any]]] = personal(Form.OPAQUE, fields.JSONField())
    mends: fields.JSONField[list[dict[str, Any]]] = personal(
        Form.OPAQUE, fields.JSONField(default=list, db_default=[])
    )
    personal_salt = fields.CharField(max_length=32, default="", db_default="")
    beyond = fields.BooleanField(default=False)
    project = foreign_key("Project", null=True)
    subject_id = fields.BigIntField(null=True)
    migration = foreign_key("Migration", null=True)

    class Meta:
        table = "batch_row"
        indexes = [Index(fields=("batch_id", "row_no"), name="ix_batch_row")]
