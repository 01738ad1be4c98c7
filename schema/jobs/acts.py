"""Trying a failed job again."""

import strawberry

from schema.gate.act import act
from schema.gate.gate import Gate
from schema.gate.inputs import input_field
from schema.gate.payloads import Payload, row_as
from schema.jobs import tables
from schema.jobs.graph import Job
from schema.jobs.rules import JobState, check_failed


@strawberry.input(description="重试没有办成的任务")
class JobRetryInput:
    job: strawberry.ID = input_field("任务")


@strawberry.type(description="任务办理结果")
class JobPayload(Payload):
    job: Job | None = strawberry.field(default=None, description="任务")


@strawberry.type
class Mutation:
    @act("重试没有办成的任务")
    async def job_retry(gate: Gate, input: JobRetryInput) -> JobPayload:
        """It waits again, from now, with all its tries; whoever runs jobs takes it up."""
        found: tables.Job = await gate.load("Job", input.job, field="job")
        check_failed(found.state)
        await gate.change(
            found, state=JobState.WAITING, due_at=gate.now, tries=0, ended_at=None, error=""
        )
        return JobPayload(job=row_as(Job, found))
