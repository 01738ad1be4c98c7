"""Messages, one to a person, and the notices that some of them bring."""

from typing import Any

from tortoise import fields
from tortoise.indexes import Index
from tortoise.models import Model

from schema.database.columns import foreign_key
from schema.messages.rules import NotSent


class Notice(Model):
    """What somebody sent to persons and units, about a subject; an answer is asked for by `answer_by`."""

    sent_by_id: int
    organization_id: int | None

    id = fields.BigIntField(primary_key=True)
    no = fields.CharField(max_length=20, unique=True)
    text = fields.CharField(max_length=1000)
    subject_kind = fields.CharField(max_length=30, default="")
    subject_id = fields.BigIntField(null=True)
    subject_name = fields.CharField(max_length=200, default="")
    link = fields.CharField(max_length=200, default="")
    answer_by = fields.DateField(null=True)
    sent_by = foreign_key("Person")
    sent_post_id = fields.BigIntField(null=True)
    organization = foreign_key("Organization", null=True)
    sent_at = fields.DatetimeField()


class Message(Model):
    """To whom and in which unit, about what, in which words, when written, sent out, read, answered.

    `key` keeps it from being written twice; `job_id` is the job that sends it by channels outside,
    None where the installation has none; `not_sent` why it did not when its moment had come.
    """

    person_id: int
    notice_id: int | None

    id = fields.BigIntField(primary_key=True)
    person = foreign_key("Person")
    organization = foreign_key("Organization", null=True)
    notice = foreign_key("Notice", null=True)
    template = fields.CharField(max_length=40)
    given: fields.JSONField[dict[str, Any]] = fields.JSONField()
    subject_kind = fields.CharField(max_length=30, default="")
    subject_id = fields.BigIntField(null=True)
    link = fields.CharField(max_length=200, default="")
    key = fields.CharField(max_length=120, null=True, unique=True)
    job_id = fields.BigIntField(null=True, db_index=True)
    written_at = fields.DatetimeField()
    sent_at = fields.DatetimeField(null=True)
    not_sent = fields.CharEnumField(NotSent, max_length=10, null=True)
    read_at = fields.DatetimeField(null=True)
    answered_at = fields.DatetimeField(null=True)
    answer = fields.CharField(max_length=1000, default="")

    class Meta:
        indexes = [Index(fields=("person_id", "read_at"), name="ix_message_unread")]
