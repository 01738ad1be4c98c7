"""The inbox: what waits for the viewer, and the numbers beside the menu; both of the table of duties."""

from datetime import datetime

import strawberry

from schema.context import Context
from schema.database.statements import marks
from schema.duties.hindering import can_be_done
from schema.duties.rules import Bucket, bucket_bounds
from schema.linkage.graph import QUEUES
from schema.query.models import KINDS, Record
from schema.query.sql import Order, Read, Sql
from schema.relations import MINE_TO_DO

INBOX_LIMIT = 100
RUNNING: Sql = ('t."closed_at" IS NULL AND t."paused_at" IS NULL', [])


@strawberry.type(description="待办数")
class Counts:
    inbox: int = strawberry.field(description="您现在能办的待办")
    judging: int = strawberry.field(description="研判台上您现在能办的：研判，或先明确小组")
    transferring: int = strawberry.field(description="待您评估或承接的流转")
    judgement: int = strawberry.field(description="待研判")
    returned: int = strawberry.field(description="待补正")
    disputed: int = strawberry.field(description="有争议")
    transfers: int = strawberry.field(description="流转待办")
    rulebook: int = strawberry.field(description="待您确认的规则参数和工作日历变更")
    messages: int = strawberry.field(description="未读消息")
    verification: int = strawberry.field(description="待您的单位核实的台账")


@strawberry.type(description="一种缓急的待办件数")
class Urgency:
    bucket: Bucket = strawberry.field(description="缓急")
    count: int = strawberry.field(description="您现在能办的件数")


def mine(context: Context, *tasks: str) -> Read:
    """The duties whose clock runs and that the viewer can do now; with `tasks` only those of these.

    What others must act on first is not among them, though its clock runs.
    """
    which = MINE_TO_DO.on["duty"].sql("t", context.viewer)
    among = (of_tasks(*tasks),) if tasks else ()
    return Read(
        KINDS["Duty"],
        (RUNNING, which, can_be_done("t", context), *among),
        Order("due_at", nullable=True),
    )


def waiting(*tasks: str) -> Read:
    """The duties of these tasks whose clock runs, as far as the viewer sees them."""
    return Read(KINDS["Duty"], (RUNNING, of_tasks(*tasks)))


def of_tasks(*tasks: str) -> Sql:
    return f't."task" IN ({marks(tasks)})', list(tasks)


async def inbox(context: Context) -> list[Record]:
    """What waits for the viewer, the first due first, at most 100."""
    return await context.rows.all(mine(context)._replace(limit=INBOX_LIMIT))


async def counts(context: Context) -> Counts:
    """Every number of the menu, by one statement."""
    unread: Sql = ('t."person_id" = ? AND t."read_at" IS NULL', [context.viewer.person or 0])
    (
        messages,
        verification,
        rulebook,
        inbox,
        judgement,
        returned,
        disputed,
        transfers,
        judging,
        transferring,
    ) = await context.rows.totals(
        [
            Read(KINDS["Message"], (unread,)),
            mine(context, "fundsVerify", "taxVerify"),
            mine(context, "ruleConfirm", "calendarConfirm"),
            mine(context),
            waiting("projectJudge"),
            waiting("projectResubmit"),
            Read(KINDS["Project"], (QUEUES["DISPUTED"],)),
            waiting("projectTransferDecide", "projectTakeUp"),
            mine(context, "projectJudge"),
            mine(context, "projectTransferDecide", "projectTakeUp"),
        ]
    )
    return Counts(
        judging=judging,
        transferring=transferring,
        inbox=inbox,
        judgement=judgement,
        returned=returned,
        disputed=disputed,
        transfers=transfers,
        rulebook=rulebook,
        messages=messages,
        verification=verification,
    )


async def urgencies(context: Context) -> list[Urgency]:
    """How much waits for the viewer, by how urgent it is, the most urgent first; by one statement."""
    everything = mine(context)
    bounds = bucket_bounds(context.now)
    found = await context.rows.totals(
        [
            everything._replace(where=(*everything.where, due_within(bounds.get(each))))
            for each in Bucket
        ]
    )
    return [Urgency(bucket=each, count=count) for each, count in zip(Bucket, found, strict=True)]


def due_within(bounds: tuple[datetime | None, datetime | None] | None) -> Sql:
    """The condition that a duty is due between two moments; that it has no limit where there are none."""
    if bounds is None:
        return 't."due_at" IS NULL', []
    since, until = bounds
    tests = [('t."due_at" >= ?', since), ('t."due_at" < ?', until)]
    kept = [(sql, at) for sql, at in tests if at is not None]
    return " AND ".join(sql for sql, _ in kept), [at for _, at in kept]
