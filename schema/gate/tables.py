"""What the gate keeps: the journal, answers given under a key, the last number of each sequence."""

from typing import Any

from tortoise import fields
from tortoise.indexes import Index
from tortoise.models import Model

from schema.database.columns import foreign_key


class JournalEntry(Model):
    """Who did which act, when, before and after: written by the gate, chained by hash, never changed.

    `key_id` names the key under which the hash is taken; empty where it was written before there was one.
    """

    id = fields.BigIntField(primary_key=True)
    at = fields.DatetimeField(db_index=True)
    actor = foreign_key("Person", null=True)
    actor_name = fields.CharField(max_length=40)
    unit_name = fields.CharField(max_length=80)
    post = foreign_key("Appointment", null=True)
    post_title = fields.CharField(max_length=40, default="")
    act = fields.CharField(max_length=40, db_index=True)
    subject_kind = fields.CharField(max_length=30)
    subject_id = fields.BigIntField()
    project = foreign_key("Project", null=True)
    reason = fields.TextField(default="")
    changes: fields.JSONField[dict[str, Any]] = fields.JSONField()
    prior_hash = fields.CharField(max_length=64)
    hash = fields.CharField(max_length=64, unique=True)
    key_id = fields.CharField(max_length=8, default="", db_default="")

    class Meta:
        table = "journal_entry"
        indexes = [
            Index(fields=("subject_kind", "subject_id", "id"), name="ix_journal_subject"),
            Index(fields=("actor_name", "id"), name="ix_journal_actor"),
            Index(fields=("unit_name", "id"), name="ix_journal_unit"),
            Index(fields=("act", "id"), name="ix_journal_act"),
            Index(fields=("post_id", "id"), name="ix_journal_post"),
        ]


class JournalRow(Model):
    """A row that an entry of the journal is about, as each row with a revision is: its history.

    `revision` is the one at which the entry left it. Under the kind `Fen` stand the amounts that the
    entry speaks of, so that it is found by them.
    """

    id = fields.BigIntField(primary_key=True)
    entry_id = fields.BigIntField()
    kind = fields.CharField(max_length=30)
    row_id = fields.BigIntField()
    revision = fields.IntField(null=True)

    class Meta:
        table = "journal_row"
        indexes = [
            Index(fields=("kind", "row_id", "entry_id"), name="ix_journal_row"),
            Index(fields=("entry_id",), name="ix_journal_row_entry"),
        ]


class JournalPart(Model):
    """Some of the rows that one act on thousands of them changed; its entry carries the hash.

    `changes` is the JSON text over which `sha256` is taken, in the form of an entry's changes.
    """

    id = fields.BigIntField(primary_key=True)
    sha256 = fields.CharField(max_length=64, db_index=True)
    changes = fields.TextField()

    class Meta:
        table = "journal_part"


class IdempotencyRecord(Model):
    """An act already answered under an Idempotency-Key, kept for 24 hours."""

    id = fields.BigIntField(primary_key=True)
    person = foreign_key("Person")
    key = fields.CharField(max_length=120)
    act = fields.CharField(max_length=40)
    body_hash = fields.CharField(max_length=64)
    answer: fields.JSONField[dict[str, Any]] = fields.JSONField()
    at = fields.DatetimeField(db_index=True)

    class Meta:
        table = "idempotency_record"


class Sequence(Model):
    """The last number given out under a name, such as the projects of a year."""

    name = fields.CharField(max_length=40, primary_key=True, generated=False)
    value = fields.IntField()
