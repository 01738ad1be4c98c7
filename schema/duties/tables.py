"""Duties, the acts by which one is handed over within its unit, and reminders of them."""

from enum import StrEnum
from typing import Any

from tortoise import fields
from tortoise.indexes import Index
from tortoise.models import Model

from schema.database.columns import foreign_key
from schema.people.rules import Post


def reference(table: str) -> Any:
    """A reference by which nobody looks for rows."""
    return fields.ForeignKeyField(
        f"schema.{table}", related_name=False, on_delete=fields.RESTRICT, null=True
    )


class Outcome(StrEnum):
    """办结、不再需要办理、转交: how a duty ended. Only what is DONE counts in statistics of time."""

    DONE = "DONE"
    ENDED = "ENDED"
    HANDED_OVER = "HANDED_OVER"


class Duty(Model):
    """Somebody must do an act on a subject: from when, by when, and who has it now.

    Written from the facts by `schema.duties.keeping` alone. Exactly one of the three `holder_`
    columns says who holds it: everybody in a kind of post, in a unit, or in a place; where it was
    handed to one person, `person` does. `unit` is the unit whose work it is. Where several units hold
    it, of which one is enough, each has a row. `barred` are the ids of those who may not do it though
    their post may, as `,3,17,`. `since` is when the clock began, `opened_at` when this holder got it:
    another holder is another row. `reminded_at` is when it was last asked for, `subject_no` the
    subject's own number where it has one.
    """

    unit_id: int | None
    person_id: int | None
    project_id: int | None

    id = fields.BigIntField(primary_key=True)
    task = fields.CharField(max_length=40)
    subject_kind = fields.CharField(max_length=30)
    subject_id = fields.BigIntField()
    subject_no = fields.CharField(max_length=60, default="")
    project = foreign_key("Project", null=True)
    holder_post = fields.CharEnumField(Post, max_length=20, null=True)
    holder_unit = foreign_key("Organization", null=True)
    holder_place = foreign_key("Place", null=True)
    person = foreign_key("Person", null=True)
    barred = fields.CharField(max_length=200, default="")
    unit = foreign_key("Organization", null=True)
    waiting = reference("Organization")
    page = fields.CharField(max_length=200)
    since = fields.DatetimeField()
    opened_at = fields.DatetimeField()
    due_at = fields.DatetimeField(null=True)
    paused_at = fields.DatetimeField(null=True)
    reminded_at = fields.DatetimeField(null=True)
    closed_at = fields.DatetimeField(null=True)
    closed_by = reference("Person")
    outcome = fields.CharEnumField(Outcome, max_length=15, null=True)
    level = fields.IntField(default=0)

    class Meta:
        indexes = [
            Index(fields=("task", "subject_id", "id"), name="ix_duty_subject"),
            Index(fields=("holder_post", "closed_at", "due_at"), name="ix_duty_post"),
            Index(fields=("closed_at", "due_at", "id"), name="ix_duty_due"),
            Index(fields=("project_id", "closed_at"), name="ix_duty_project"),
        ]


class OfDuty(Model):
    """Something done about a duty while a unit holds it, whoever of the unit has it in hand."""

    id = fields.BigIntField(primary_key=True)
    task = fields.CharField(max_length=40)
    subject_kind = fields.CharField(max_length=30)
    subject_id = fields.BigIntField()
    project = foreign_key("Project", null=True)
    unit = reference("Organization")

    class Meta:
        abstract = True


class HandOver(OfDuty):
    """A duty is given to one person of the unit that holds it, with a reason."""

    from_person = reference("Person")
    to_person = reference("Person")
    reason = fields.CharField(max_length=1000)
    handed_by = reference("Person")
    handed_post_id = fields.BigIntField(null=True)
    handed_at = fields.DatetimeField()

    class Meta:
        table = "hand_over"
        indexes = [Index(fields=("task", "subject_id", "id"), name="ix_hand_over_subject")]


class Reminder(OfDuty):
    """Somebody who waits for a duty, or oversees it, asks whoever holds it to do it (催办)."""

    person = reference("Person")
    words = fields.CharField(max_length=500)
    reminded_by = reference("Person")
    reminded_post_id = fields.BigIntField(null=True)
    reminded_at = fields.DatetimeField()

    class Meta:
        indexes = [Index(fields=("task", "subject_id", "id"), name="ix_reminder_subject")]
