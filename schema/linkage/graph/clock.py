"""Article 3: the clock of a report, two working days, and the explanation of its end."""

from datetime import datetime, time
from itertools import count

import strawberry

from schema.city import rules
from schema.city.graph import ExplanationInput, rule_input
from schema.city.rules import (
    AMBER_DAYS,
    AMBER_PERCENT,
    CITY_TIME,
    CLOSING_TIME,
    Amber,
    Lamp,
    Pause,
)
from schema.context import Context, RuleVersion
from schema.entries.graph import Explanation, policy_clause, rule_used
from schema.linkage.rules import ASSESSMENT_DEADLINE
from schema.project.rules import AWAITS_RESUBMISSION, ENDS
from schema.query.fields import resolver
from schema.query.models import Record

MIGRATED = "按迁入决定，不计时限"


@strawberry.type(description="办理时限")
class Clock:
    lamp: Lamp = strawberry.field(description="灯")
    label: str = strawberry.field(description="状态")
    due_at: datetime | None = strawberry.field(description="最迟办结时刻")
    working_days_left: int | None = strawberry.field(description="剩余工作日，负数为逾期工作日")
    paused_since: datetime | None = strawberry.field(description="暂停计时自")
    finished_at: datetime | None = strawberry.field(description="办结时刻")
    pending_year: int | None = strawberry.field(description="尚未公布工作日历的年份")
    started_at: strawberry.Private[datetime]
    limit: strawberry.Private[RuleVersion[int]]
    closing: strawberry.Private[RuleVersion[time]]

    @resolver("计算依据")
    async def explanation(self) -> Explanation:
        return explain_deadline(self)


def judgement_clock(project: Record, context: Context) -> Clock:
    """The clock of a report, by the rules in force when it was made.

    Its end is the project's `judge_by`, which the act that last changed it has computed; it is None
    while the clock is paused and while the calendar of a year in between is not published. What was
    migrated is on no clock.
    """
    stage, calendar = project["stage"], context.calendar
    finished_at = project["judged_at"] or (project["stage_at"] if stage in ENDS else None)
    limit, closing = rules_of(context, project["reported_at"], finished_at)
    if project["migration_id"]:
        none = rules.Clock(None, None, None, finished_at, None, Lamp.GREY, MIGRATED)
        return clock_of(none, project["reported_at"], limit, closing)
    paused_since = project["stage_at"] if stage in AWAITS_RESUBMISSION else None
    pending_year = None
    if project["judge_by"] is None and paused_since is None:
        pending_year = next(
            year for year in count(project["reported_at"].year) if year not in calendar.years
        )
    found = rules.standing(
        project["judge_by"],
        pending_year,
        paused_since,
        finished_at,
        limit.value,
        context.now,
        calendar,
        amber(context),
    )
    return clock_of(found, project["reported_at"], limit, closing)


async def report_clock(context: Context, reported_at: datetime, pauses: list[Pause]) -> Clock:
    """The clock of a report made now, or with these pauses."""
    await context.load_rules()
    limit, closing = rules_of(context, reported_at)
    found = rules.clock(
        reported_at,
        limit.value,
        context.calendar,
        context.now,
        closing.value,
        amber(context),
        pauses,
    )
    return clock_of(found, reported_at, limit, closing)


def rules_of(
    context: Context, reported_at: datetime, finished_at: datetime | None = None
) -> tuple[RuleVersion[int], RuleVersion[time]]:
    """The limit and the closing time of the day of a report, as they were known when its clock ended.

    While it runs, a version that is set moves it, as it moves the duty.
    """
    on = context.day_of(reported_at)
    limit = context.rule(ASSESSMENT_DEADLINE, on, finished_at)
    return limit, context.rule(CLOSING_TIME, on, finished_at)


def amber(context: Context) -> Amber:
    """When lamps turn amber, by today's rules."""
    return Amber(context.rule(AMBER_DAYS).value, context.rule(AMBER_PERCENT).value)


def clock_of(
    found: rules.Clock,
    started_at: datetime,
    limit: RuleVersion[int],
    closing: RuleVersion[time],
) -> Clock:
    """The graph's clock of a rule's clock."""
    return Clock(
        lamp=found.lamp,
        label=found.label,
        due_at=found.due_at,
        working_days_left=found.working_days_left,
        paused_since=found.paused_since,
        finished_at=found.finished_at,
        pending_year=found.pending_year,
        started_at=started_at,
        limit=limit,
        closing=closing,
    )


def explain_deadline(deadline: Clock) -> Explanation:
    """The clause, the rules and the moments behind a report's deadline."""
    started = deadline.started_at.astimezone(CITY_TIME).strftime("%Y-%m-%d %H:%M:%S")
    due = (
        deadline.due_at.astimezone(CITY_TIME).strftime("%Y-%m-%d %H:%M") if deadline.due_at else "—"
    )
    used = [rule_used(deadline.limit), rule_used(deadline.closing)]
    return Explanation(
        clause=policy_clause("第三条", used),
        rules=used,
        formula="报送当日不计，从下一个工作日起算；补正期间下班时刻仍暂停的工作日不计；最后一个工作日下班时刻到期",
        inputs=[
            ExplanationInput(key="started", name="报送时间", value=started, source="报送记录"),
            rule_input("limit", deadline.limit),
            rule_input("closing", deadline.closing),
            ExplanationInput(key="due", name="最迟办结时刻", value=due, source="工作日历"),
        ],
        entries_where=(("1=0", []),),
    )
