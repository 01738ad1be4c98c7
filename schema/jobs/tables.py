"""The queue of jobs, and the periods of those that repeat."""

from typing import Any

from tortoise import fields
from tortoise.indexes import Index
from tortoise.models import Model

from schema.jobs.rules import JobState


class Job(Model):
    """Something to be done once, not before `due_at`. `key` is what it may stand in the queue for once.

    Whoever runs it holds it by `token` until `lease_until`, which they put off as long as they live.
    `due_at` and `ended_at` are the city's clock, `lease_until` is always the real one.
    """

    id = fields.BigIntField(primary_key=True)
    kind = fields.CharField(max_length=40)
    args: fields.JSONField[dict[str, Any]] = fields.JSONField()
    key = fields.CharField(max_length=120, null=True, unique=True)
    created_at = fields.DatetimeField()
    due_at = fields.DatetimeField()
    slot_at = fields.DatetimeField(null=True)
    state = fields.CharEnumField(JobState, max_length=10, default=JobState.WAITING)
    tries = fields.IntField(default=0)
    token = fields.CharField(max_length=32, null=True, unique=True)
    lease_until = fields.DatetimeField(null=True)
    started_at = fields.DatetimeField(null=True)
    ended_at = fields.DatetimeField(null=True, db_index=True)
    result = fields.TextField(default="")
    error = fields.TextField(default="")

    class Meta:
        indexes = [Index(fields=("state", "due_at", "id"), name="ix_job_due")]


class JobSlot(Model):
    """A period of a repeating job: written once and kept for ever, so that none runs twice.

    `job_id` is the job that the period became; a job that has long ended may be cleared away.
    """

    id = fields.BigIntField(primary_key=True)
    kind = fields.CharField(max_length=40)
    slot_at = fields.DatetimeField()
    skipped = fields.BooleanField(default=False)
    job_id = fields.BigIntField(null=True)
    noted_at = fields.DatetimeField()

    class Meta:
        table = "job_slot"
        unique_together = (("kind", "slot_at"),)
