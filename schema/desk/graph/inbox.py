"""The inbox: what waits for the viewer, most urgent first, and the numbers beside the menu."""

import asyncio
from datetime import datetime
from enum import Enum
from typing import NamedTuple

import strawberry

from schema.city.rules import ProposalState
from schema.context import Context
from schema.linkage.graph import QUEUES, Clock, judgement_clock
from schema.linkage.tables import TransferState
from schema.permissions import may, rows_of
from schema.project.graph import Project, at_stage
from schema.project.rules import AWAITS_JUDGEMENT, AWAITS_RESUBMISSION
from schema.query.models import KINDS, Record
from schema.query.sql import Order, Read, Sql
from schema.relations import NOTHING, all_of

INBOX_LIMIT = 100
REPORTER = "报送单位"


@strawberry.enum(description="待办的缓急")
class Bucket(Enum):
    OVERDUE = strawberry.enum_value("OVERDUE", description="逾期")
    TODAY = strawberry.enum_value("TODAY", description="今天")
    WEEK = strawberry.enum_value("WEEK", description="本周")
    LATER = strawberry.enum_value("LATER", description="以后")


@strawberry.type(description="一件待办")
class InboxItem:
    verb: str = strawberry.field(description="要办的事")
    project: Project = strawberry.field(description="项目")
    waiting_for: str = strawberry.field(description="谁在等")
    since: datetime = strawberry.field(description="何时起")
    due_at: datetime | None = strawberry.field(description="最迟办结时刻")
    bucket: Bucket = strawberry.field(description="缓急")
    clock: Clock | None = strawberry.field(description="时限")
    url: str = strawberry.field(description="去办理")


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


class Waiting(NamedTuple):
    """Something to do on each project for which `where` holds.

    `waits_for_it` is who waits; REPORTER stands for the unit that reported the project. `url` has
    the project's number for `{no}`.
    """

    verb: str
    waits_for_it: str
    where: Sql
    url: str


RETURNED: Sql = (at_stage("t", AWAITS_RESUBMISSION), [])


def transfer_in(*states: TransferState, which: Sql = ("1=1", [])) -> Sql:
    """The condition for projects with a transfer in one of `states`.

    A subquery on the transfers, which are few. `which` restricts the transfer `x` further.
    """
    known = ", ".join(f"'{state.value}'" for state in states)
    of = f'SELECT x."project_id" FROM "transfer" x WHERE x."state" IN ({known}) AND {which[0]}'
    return f't."id" IN ({of})', which[1]


def waiting(context: Context) -> list[Waiting]:
    """What can wait for the viewer, in whichever of their posts."""
    viewer = context.viewer
    own_report = rows_of(viewer, "projectResubmit", "project", "t", own=True)
    to_here = rows_of(viewer, "projectTakeUp", "transfer", "x", own=True)
    requested = transfer_in(TransferState.REQUESTED)
    approved = transfer_in(TransferState.APPROVED, which=to_here)
    returned = all_of([RETURNED, own_report])
    disputes = "/judgement?state=DISPUTED&no={no}"
    known = [
        (
            may(viewer, "projectJudge"),
            Waiting("研判并明确首谈地", REPORTER, QUEUES["PENDING"], "/judgement?no={no}"),
        ),
        (
            may(viewer, "disputeDecide"),
            Waiting("裁定首谈地争议", "有异议的地方", QUEUES["DISPUTED"], disputes),
        ),
        (
            may(viewer, "projectTransferDecide"),
            Waiting("评估流转", "首谈地", requested, "/projects/{no}/transfer"),
        ),
        (
            own_report != NOTHING,
            Waiting("补正后重新报送", "领导小组办公室", returned, "/projects/{no}/resubmission"),
        ),
        (
            to_here != NOTHING,
            Waiting("承接流转项目", "领导小组办公室", approved, "/projects/{no}/transfer"),
        ),
    ]
    return [wait for theirs, wait in known if theirs]


async def inbox(context: Context) -> list[InboxItem]:
    """What waits for the viewer, at most 100 projects of each kind, by bucket and then by time."""
    found = []
    for each in waiting(context):
        read = Read(
            KINDS["Project"], (each.where,), Order("judge_by", nullable=True), limit=INBOX_LIMIT
        )
        found += [item(each, row, context) for row in await context.rows.all(read)]
    items = await asyncio.gather(*found)  # at once, so that their units are read at once
    order = list(Bucket)
    return sorted(
        items, key=lambda each: (order.index(each.bucket), each.due_at or each.since, each.since)
    )


async def item(kind: Waiting, project: Record, context: Context) -> InboxItem:
    """A project as an item of the inbox; only a report under judgement has a clock."""
    await context.load_rules()
    judging = project["stage"] in AWAITS_JUDGEMENT
    clock = judgement_clock(project, context) if judging else None
    due_at = clock.due_at if clock else None
    unit = await context.rows.one("Organization", project["reported_by_id"])
    return InboxItem(
        verb=kind.verb,
        project=project,
        waiting_for=unit["short_name"]
        if unit and kind.waits_for_it == REPORTER
        else kind.waits_for_it,
        since=project["stage_at"],
        due_at=due_at,
        bucket=bucket(due_at, context),
        clock=clock,
        url=kind.url.format(no=project["no"]),
    )


def bucket(due_at: datetime | None, context: Context) -> Bucket:
    """How urgent something is; a week ends on Sunday, and without a due time it is LATER."""
    if due_at is None:
        return Bucket.LATER
    if due_at < context.now:
        return Bucket.OVERDUE
    days = (context.day_of(due_at) - context.today).days
    if days == 0:
        return Bucket.TODAY
    return Bucket.WEEK if days < 7 - context.today.weekday() else Bucket.LATER


async def counts(context: Context) -> Counts:
    """Every number of the menu, by one statement."""
    open_transfer = transfer_in(TransferState.REQUESTED, TransferState.APPROVED)
    queues = [QUEUES["PENDING"], QUEUES["RETURNED"], QUEUES["DISPUTED"], open_transfer]
    mine = [each.where for each in waiting(context)]
    unread: Sql = ('t."person_id" = ? AND t."read_at" IS NULL', [context.viewer.person or 0])
    to_verify = rows_of(context.viewer, "fundsVerify", "entry", "t", own=True)
    claimed: Sql = ("t.\"state\" = 'CLAIMED'", [])
    counted = [
        Read(KINDS["Message"], (unread,)),
        Read(KINDS["Entry"], (all_of([claimed, to_verify]),)),
        *(Read(KINDS["Project"], (where,)) for where in queues),
        *proposals(context),
        *(Read(KINDS["Project"], (where,)) for where in mine),
    ]
    (
        messages,
        verification,
        judgement,
        returned,
        disputed,
        transfers,
        rules,
        calendars,
        *inbox,
    ) = await context.rows.totals(counted)
    return Counts(
        inbox=sum(inbox),
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
