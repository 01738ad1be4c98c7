"""The inbox: what waits for the viewer, and the numbers beside the menu; both of the table of duties."""

import strawberry

from schema.city.rules import ProposalState
from schema.context import Context
from schema.linkage.graph import QUEUES
from schema.permissions import may, rows_of
from schema.query.models import KINDS, Record
from schema.query.sql import Order, Read, Sql
from schema.relations import HOLDER, NOTHING, all_of

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


def waiting(context: Context, *tasks: str) -> Read:
    """The duties whose clock runs: the viewer's, or all of these tasks that the viewer sees."""
    which = HOLDER.on["duty"].sql("t", context.viewer)
    if tasks:
        which = f't."task" IN ({", ".join("?" * len(tasks))})', list(tasks)
    return Read(KINDS["Duty"], (RUNNING, which), Order("due_at", nullable=True))


async def inbox(context: Context) -> list[Record]:
    """What waits for the viewer, the first due first, at most 100."""
    return await context.rows.all(waiting(context)._replace(limit=INBOX_LIMIT))


async def counts(context: Context) -> Counts:
    """Every number of the menu, by one statement."""
    unread: Sql = ('t."person_id" = ? AND t."read_at" IS NULL', [context.viewer.person or 0])
    to_verify = rows_of(context.viewer, "fundsVerify", "entry", "t", own=True)
    claimed: Sql = ("t.\"state\" = 'CLAIMED'", [])
    totals = await context.rows.totals(
        [
            Read(KINDS["Message"], (unread,)),
            Read(KINDS["Entry"], (all_of([claimed, to_verify]),)),
            *proposals(context),
            waiting(context),
            waiting(context, "projectJudge"),
            waiting(context, "projectResubmit"),
            Read(KINDS["Project"], (QUEUES["DISPUTED"],)),
            waiting(context, "projectTransferDecide", "projectTakeUp"),
        ]
    )
    (
        messages,
        verification,
        rules,
        calendars,
        inbox,
        judgement,
        returned,
        disputed,
        transfers,
    ) = totals
    return Counts(
        inbox=inbox,
        judgement=judgement,
        returned=returned,
        disputed=disputed,
        transfers=transfers,
        rulebook=rules + calendars,
        messages=messages,
        verification=verification,
    )


def proposals(context: Context) -> list[Read]:
    """What is proposed for the rulebook and the calendar, and waits for the viewer to confirm."""
    viewer = context.viewer
    others: Sql = (
        't."state" = ? AND t."proposed_by_id" <> ?',
        [ProposalState.WAITING, viewer.person],
    )
    acts = {"RuleProposal": "ruleConfirm", "CalendarProposal": "calendarConfirm"}
    return [
        Read(KINDS[kind], (others if may(viewer, act) else NOTHING,)) for kind, act in acts.items()
    ]
