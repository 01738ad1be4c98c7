"""Which reports would have been due at another time, had a rule or a calendar been another one."""

from asyncio import gather
from collections.abc import Sequence
from datetime import datetime, timedelta

from schema.city.graph import COMPARISONS, RuleEffect, Trial
from schema.city.rules import CITY_TIME, Pause
from schema.linkage.graph.clock import report_clock
from schema.project.graph import at_stage
from schema.project.rules import AWAITS_JUDGEMENT
from schema.query.models import KINDS, Record
from schema.query.sql import Order, Read

AT_MOST = 500


async def due_times(trial: Trial) -> tuple[int, Sequence[RuleEffect]]:
    """The reports of last month and those that wait now, as far as the viewer sees them."""
    midnight = datetime.min.time()
    since = datetime.combine(trial.since, midnight, CITY_TIME)
    until = datetime.combine(trial.until + timedelta(days=1), midnight, CITY_TIME)
    waiting = at_stage("t", AWAITS_JUDGEMENT)
    where = (f'((t."reported_at" >= ? AND t."reported_at" < ?) OR {waiting})', [since, until])
    read = Read(KINDS["Project"], (where,), Order("reported_at"), limit=AT_MOST)
    projects = await trial.now.rows.all(read)
    found = await gather(*(due_time(trial, each) for each in projects))
    return len(projects), [each for each in found if each]


async def due_time(trial: Trial, project: Record) -> RuleEffect | None:
    """How the due time of a report differs; None where it is the same."""
    returns = await trial.now.rows.where("Return", "project_id", project["id"])
    pauses = [Pause(each["returned_at"], each["resubmitted_at"]) for each in returns]
    before, after = [
        await report_clock(context, project["reported_at"], pauses)
        for context in (trial.now, trial.then)
    ]
    if (before.due_at, before.pending_year) == (after.due_at, after.pending_year):
        return None
    return RuleEffect(
        what="最迟办结时刻",
        subject=project["name"],
        project=project["no"],
        before=words(before.due_at, before.pending_year),
        after=words(after.due_at, after.pending_year),
    )


def words(due_at: datetime | None, pending_year: int | None) -> str:
    """A due time as pages show it, or why there is none."""
    if due_at is None:
        return f"{pending_year} 年日历待公布" if pending_year else "计时暂停"
    return f"{due_at.astimezone(CITY_TIME):%Y-%m-%d %H:%M}"


COMPARISONS.append(due_times)
