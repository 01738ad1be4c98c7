"""What a change of the rulebook or the calendar would move: last month computed again as if it had held."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any, NamedTuple

import strawberry

from schema.city.rules import Calendar, Parameter, SpecialDay
from schema.context import Context, RuleVersion

SHOWN = 50


@strawberry.type(description="一项不同的结果")
class RuleEffect:
    what: str = strawberry.field(description="结果")
    subject: str = strawberry.field(description="项目或县（区）、园区")
    project: str | None = strawberry.field(description="项目编号；不是项目的没有")
    before: str = strawberry.field(description="现在")
    after: str = strawberry.field(description="变更后")


@strawberry.type(description="变更会使哪些结果不同；只列您能看到的")
class RuleEffects:
    since: date = strawberry.field(description="测算期间自")
    until: date = strawberry.field(description="测算期间至")
    compared: int = strawberry.field(description="重新计算的结果数")
    changed: int = strawberry.field(description="不同的结果数")
    items: list[RuleEffect] = strawberry.field(description=f"不同的结果，最多 {SHOWN} 项")


class Trial(NamedTuple):
    """A request as it is, and as it would be; `since` to `until` are the days of last month."""

    now: Context
    then: Context
    since: date
    until: date


Compare = Callable[[Trial], Awaitable[tuple[int, Sequence[RuleEffect]]]]
COMPARISONS: list[Compare] = []
"""What each mechanism computes again: how many results, and those that differ."""


async def effects_of_rule(context: Context, parameter: Parameter[Any], value: Any) -> RuleEffects:
    """Last month as if a parameter had had a value all the time."""
    trial = await trial_of(context)
    versions = [each for each in context.rules if each.name != parameter.name]
    assumed = RuleVersion(
        id=0,
        name=parameter.name,
        value=value,
        effective_on=date.min,
        clause="",
        status="PROPOSAL",
        note="",
        document_no="",
        recorded_at=datetime.min.replace(tzinfo=UTC),
    )
    trial.then.assume(rules=[*versions, assumed])
    return await compared(trial)


async def effects_of_calendar(
    context: Context, year: int, days: Sequence[tuple[str, bool, str]]
) -> RuleEffects:
    """Last month, and what waits, as if a year's calendar had been this one."""
    trial = await trial_of(context)
    known = context.calendar
    special = [SpecialDay(date.fromisoformat(day), working, name) for day, working, name in days]
    own = Calendar.of([year], special)
    then = replace(
        known,
        years=known.years | own.years,
        off=frozenset(day for day in known.off if day.year != year) | own.off,
        on=frozenset(day for day in known.on if day.year != year) | own.on,
    )
    trial.then.assume(calendar=then)
    return await compared(trial)


async def trial_of(context: Context) -> Trial:
    await context.load_rules()
    until = date.fromordinal(context.today.replace(day=1).toordinal() - 1)
    then = Context(viewer=context.viewer, now=context.now)
    then.assume(rules=context.rules, calendar=context.calendar)
    return Trial(context, then, until.replace(day=1), until)


async def compared(trial: Trial) -> RuleEffects:
    count, found = 0, list[RuleEffect]()
    for compare in COMPARISONS:
        of_these, differing = await compare(trial)
        count += of_these
        found += differing
    return RuleEffects(
        since=trial.since,
        until=trial.until,
        compared=count,
        changed=len(found),
        items=found[:SHOWN],
    )
