"""The inbox: what waits for the viewer, and the numbers beside the menu; both of the table of duties."""

import strawberry

from schema.context import Context
from schema.database.statements import marks
from schema.linkage.graph import QUEUES
from schema.query.models import KINDS, Record
from schema.query.sql import Order, Read, Sql
from schema.relations import MINE_TO_DO

INBOX_LIMIT = 100
RUNNING: Sql = ('t."closed_at" IS NULL AND t."paused_at" IS NULL', [])


@strawberry.type(description="待办数")
class Counts:
    inbox: int = strawberry.field(description="待办")
    judgement: int = strawberry.field(description="待研判")
    returned: int = strawberry.field(description="待补正")
    disputed: int = strawberry.field(description="有争议")
    transfers: int = strawberry.field(description="流转待办")
    rulebook: int = strawberry.field(description="待您确认的规则参数和工作日历变更")
    messages: int = strawberry.field(description="未读消息")
    verification: int = strawberry.field(description="待您的单位核实的台账")


def mine(context: Context, *tasks: str) -> Read:
    """The duties whose clock runs and that are the viewer's to do; with `tasks` only those of these."""
    which = MINE_TO_DO.on["duty"].sql("t", context.viewer)
    among = (of_tasks(*tasks),) if tasks else ()
    return Read(KINDS["Duty"], (RUNNING, which, *among), Order("due_at", nullable=True))


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
        ]
    )
    return Counts(
        inbox=inbox,
        judgement=judgement,
        returned=returned,
        disputed=disputed,
        transfers=transfers,
        rulebook=rulebook,
        messages=messages,
        verification=verification,
    )
