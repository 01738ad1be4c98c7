"""The office keeps the rules by date: one person proposes a new version or a calendar, another confirms it."""

from datetime import date
from typing import Any

import strawberry

from schema.city import tables
from schema.city.graph import (
    CHECKS_BESIDE,
    DONE_BY_UNITS,
    POSTED_UNTIL,
    SETTLED_BY,
    SETTLED_UNTIL,
    CalendarProposal,
    CalendarYear,
    Rule,
    RuleProposal,
    calendar_year,
)
from schema.city.rules import (
    PARAMETERS,
    Parameter,
    ProposalState,
    RuleBroken,
    SpecialDay,
    check_year,
    read_special_lines,
    rulebook,
)
from schema.context import RULEBOOK
from schema.duties.facts import units_without
from schema.duties.registry import task
from schema.gate.act import act
from schema.gate.gate import Gate
from schema.gate.inputs import input_field
from schema.gate.numbering import next_no
from schema.gate.payloads import InputRefused, Payload, row_as
from schema.people.rules import Post
from schema.scalars import Unparsable

for name, words, kind, page in (
    ("ruleConfirm", "确认规则参数变更", "RuleProposal", "/rules/proposals/{key}"),
    ("calendarConfirm", "确认工作日历变更", "CalendarProposal", "/calendar/proposals/{key}"),
):
    task(
        name,
        words,
        on=kind,
        whose=Post.OFFICE,
        waits=Post.OFFICE,
        since="proposed_at",
        barred='SELECT x."proposed_by_id" AS person',
        page=page,
    )


@strawberry.input(description="确认一项变更")
class ProposalConfirmInput:
    proposal: str = input_field("变更编号", limit=80)
    revision: int = input_field("修订号")


@strawberry.input(description="退回或撤回一项变更")
class ProposalDeclineInput(ProposalConfirmInput):
    reason: str = input_field("原因", limit=300)


@strawberry.input(description="提出规则参数的新版本")
class RuleSetInput:
    name: str = input_field("参数", limit=80)
    number: str = input_field("数值；用于带单位的整数", "", 20, needed=True, kind="digits")
    first_parts: str = input_field(
        "首谈地份数；用于分享比例，例如 3", "", 20, needed=True, kind="digits"
    )
    landing_parts: str = input_field(
        "注册落户地份数；用于分享比例，例如 7", "", 20, needed=True, kind="digits"
    )
    time: str = input_field("时刻；时:分，例如 17:30", "", 20, needed=True, kind="time")
    choices: list[str] | None = input_field("所选的项；用于从所列中选择的参数和分享的指标", None)
    effective_on: date = input_field("生效日期")
    clause: str = input_field("条款或来源", limit=300)
    document_no: str = input_field("文号；例如 资经合〔2026〕5号", limit=100)
    status: tables.RuleStatus = input_field("性质", tables.RuleStatus.ZIYANG)
    note: str = input_field("说明", "", 300)


@strawberry.input(description="确认规则参数的新版本，从生效日期起有效")
class RuleConfirmInput(ProposalConfirmInput):
    pass


@strawberry.input(description="退回或撤回规则参数的新版本")
class RuleDeclineInput(ProposalDeclineInput):
    pass


@strawberry.input(description="与平日不同的一天")
class CalendarDayInput:
    day: date = input_field("日期")
    working: bool = input_field("是否上班")
    name: str = input_field("节日", limit=60)


@strawberry.input(description="提出一年的工作日历")
class CalendarPublishInput:
    year: int = input_field("年份")
    source: str = input_field("依据，如国务院办公厅通知的名称", limit=300)
    document_no: str = input_field("文号；例如 国办发明电〔2026〕7号", limit=100)
    days: list[CalendarDayInput] | None = input_field("放假和调休上班的日子", None)
    text: str = input_field(
        "放假和调休上班的日子的文本；每行一天：日期,休或班,节日，与逐日给出的合在一起",
        "",
        10_000,
        needed=True,
    )


@strawberry.input(description="确认一年的工作日历，确认后即按此计算")
class CalendarConfirmInput(ProposalConfirmInput):
    pass


@strawberry.input(description="退回或撤回一年的工作日历")
class CalendarDeclineInput(ProposalDeclineInput):
    pass


@strawberry.type(description="规则参数办理结果")
class RulePayload(Payload):
    proposal: RuleProposal | None = strawberry.field(default=None, description="提出的变更")
    rule: Rule | None = strawberry.field(default=None, description="确认后生效的版本")


@strawberry.type(description="工作日历办理结果")
class CalendarPayload(Payload):
    proposal: CalendarProposal | None = strawberry.field(default=None, description="提出的变更")
    calendar: CalendarYear | None = strawberry.field(default=None, description="确认后的工作日历")


@strawberry.type
class Mutation:
    @act("提出规则参数的新版本")
    async def rule_set(gate: Gate, input: RuleSetInput) -> RulePayload:
        await gate.context.load_rules()
        await keep_settled(gate)
        parameter = PARAMETERS.get(input.name)
        gate.check(rulebook.check_document, input.document_no)
        if parameter is None:
            if isinstance(input.name, str):
                gate.refuse(RuleBroken("没有这个参数，请从参数表中选择", "name", "INVALID"))
            await check_begin(gate, input.name, input.effective_on)
            raise InputRefused(gate.errors, gate.answer)
        value = read_value(gate, parameter, input)
        await check_version(gate, parameter, value, input.effective_on, input.status)
        value = gate.require(value)
        proposal = await gate.create(
            tables.RuleProposal,
            no=await next_no(gate, "RuleProposal"),
            name=parameter.name,
            value=parameter.store(value),
            effective_on=input.effective_on,
            clause=input.clause,
            document_no=input.document_no,
            status=input.status,
            note=input.note,
            proposed_by_id=gate.viewer.person,
            proposed_at=gate.now,
        )
        gate.reason = input.note
        return RulePayload(proposal=row_as(RuleProposal, proposal))

    @act("确认规则参数的新版本")
    async def rule_confirm(gate: Gate, input: RuleConfirmInput) -> RulePayload:
        await gate.alone(RULEBOOK)
        await gate.context.load_rules()
        await keep_settled(gate)
        proposal = await gate.load("RuleProposal", input.proposal, input.revision, "proposal")
        gate.check(rulebook.check_second_person, proposal.proposed_by_id, gate.viewer.person)
        parameter = PARAMETERS[proposal.name]
        value = parameter.load(proposal.value)
        await check_version(gate, parameter, value, proposal.effective_on, proposal.status)
        rule = await gate.create(
            tables.Parameter,
            name=proposal.name,
            value=proposal.value,
            effective_on=proposal.effective_on,
            clause=proposal.clause,
            document_no=proposal.document_no,
            status=proposal.status,
            note=proposal.note,
            recorded_at=gate.now,
            recorded_by_id=proposal.proposed_by_id,
            confirmed_by_id=gate.viewer.person,
        )
        await gate.change(proposal, decided_by_id=gate.viewer.person, rule_id=rule.id)
        await supersede_others(
            gate, proposal, name=proposal.name, effective_on=proposal.effective_on
        )
        gate.concern(rule)
        gate.context.forget()
        return RulePayload(proposal=row_as(RuleProposal, proposal), rule=row_as(Rule, rule))

    @act("退回或撤回规则参数的新版本")
    async def rule_decline(gate: Gate, input: RuleDeclineInput) -> RulePayload:
        await gate.context.load_rules()
        proposal = await gate.load("RuleProposal", input.proposal, input.revision, "proposal")
        await gate.change(proposal, decided_by_id=gate.viewer.person, reason=input.reason)
        gate.reason = input.reason
        return RulePayload(proposal=row_as(RuleProposal, proposal))

    @act("提出一年的工作日历")
    async def calendar_publish(gate: Gate, input: CalendarPublishInput) -> CalendarPayload:
        await gate.context.load_rules()
        days = special_days(gate, input)
        gate.check(rulebook.check_document, input.document_no)
        gate.stop_if_wrong()
        proposal = await gate.create(
            tables.CalendarProposal,
            no=await next_no(gate, "CalendarProposal"),
            year=input.year,
            source=input.source,
            document_no=input.document_no,
            days=[[str(each.day), each.working, each.name] for each in days],
            proposed_by_id=gate.viewer.person,
            proposed_at=gate.now,
        )
        gate.reason = input.source
        return CalendarPayload(proposal=row_as(CalendarProposal, proposal))

    @act("确认一年的工作日历")
    async def calendar_confirm(gate: Gate, input: CalendarConfirmInput) -> CalendarPayload:
        await gate.alone(RULEBOOK)
        proposal = await gate.load("CalendarProposal", input.proposal, input.revision, "proposal")
        gate.check(rulebook.check_second_person, proposal.proposed_by_id, gate.viewer.person)
        gate.stop_if_wrong()
        await replace_year(gate, proposal)
        await gate.change(proposal, decided_by_id=gate.viewer.person)
        await supersede_others(gate, proposal, year=proposal.year)
        gate.context.forget()
        gate.reason = proposal.source
        return CalendarPayload(
            proposal=row_as(CalendarProposal, proposal),
            calendar=await calendar_year(proposal.year, gate.context),
        )

    @act("退回或撤回一年的工作日历")
    async def calendar_decline(gate: Gate, input: CalendarDeclineInput) -> CalendarPayload:
        await gate.context.load_rules()
        proposal = await gate.load("CalendarProposal", input.proposal, input.revision, "proposal")
        await gate.change(proposal, decided_by_id=gate.viewer.person, reason=input.reason)
        gate.reason = input.reason
        return CalendarPayload(proposal=row_as(CalendarProposal, proposal))


async def supersede_others(
    gate: Gate, confirmed: tables.RuleProposal | tables.CalendarProposal, **same: Any
) -> None:
    """Mark what waits for the same day or year beside a proposal that is being confirmed.

    The rulebook is held alone, so nothing is proposed, confirmed or declined meanwhile.
    """
    waiting = type(confirmed).filter(**same, state=ProposalState.WAITING).exclude(id=confirmed.id)
    for other in await waiting.order_by("id"):
        await gate.change(other, state=ProposalState.SUPERSEDED, revision=other.revision + 1)


def read_value(gate: Gate, parameter: Parameter[Any], input: Any) -> Any:
    """A parameter's new value out of the fields made for it; None where one of them is refused."""
    read = {
        name: gate.check(reader, getattr(input, name)) for name, reader in parameter.inputs.items()
    }
    return None if None in read.values() else gate.check(parameter.combine, **read)


async def keep_settled(gate: Gate) -> None:
    """Keep the days that are settled from becoming more before the act ends."""
    for name in SETTLED_BY:
        await gate.share(name)


async def check_begin(gate: Gate, name: Any, effective_on: date) -> None:
    """Keep what is wrong with the day on which a version of a parameter begins."""
    posted = POSTED_UNTIL.get(name) if isinstance(name, str) else None
    settled = SETTLED_UNTIL.get(name) if isinstance(name, str) else None
    gate.check(
        rulebook.check_effective,
        effective_on,
        gate.today,
        await posted() if posted else None,
        await settled() if settled else None,
    )


async def check_version(
    gate: Gate, parameter: Parameter[Any], value: Any, effective_on: date, status: Any
) -> None:
    """Keep what is wrong with a version among the others: asked when it is proposed, and again when it is confirmed."""
    name = parameter.name
    own = [each for each in gate.context.rules if each.name == name]
    await check_begin(gate, name, effective_on)
    if value is not None:
        gate.check(rulebook.check_status, status, value, own)
        if beside := CHECKS_BESIDE.get(name):
            gate.check(beside, name, value, effective_on, gate.context.rules)
        if act := DONE_BY_UNITS.get(name):
            begins = gate.today if isinstance(effective_on, Unparsable) else effective_on
            without = await units_without(act, value, max(begins, gate.today))
            gate.check(rulebook.check_staffed, without)


async def replace_year(gate: Gate, proposal: tables.CalendarProposal) -> None:
    """The days of a year, whole, in the place of those that it had."""
    if known := await tables.CalendarYear.get_or_none(year=proposal.year):
        for day in await tables.CalendarDay.filter(year_id=proposal.year).order_by("day"):
            await gate.remove(day)
        await gate.change(
            known,
            source=proposal.source,
            document_no=proposal.document_no,
            published_at=gate.now,
        )
    else:
        known = await gate.create(
            tables.CalendarYear,
            year=proposal.year,
            source=proposal.source,
            document_no=proposal.document_no,
            published_at=gate.now,
        )
    gate.concern(known)
    await gate.insert_many(
        tables.CalendarDay,
        [
            {
                "year_id": proposal.year,
                "day": date.fromisoformat(day),
                "working": working,
                "name": name,
            }
            for day, working, name in proposal.days
        ],
    )


def special_days(gate: Gate, input: Any) -> list[SpecialDay]:
    """The days of a year that differ from their weekday, however they were given.

    All that is wrong is kept: at `year`, at `days.INDEX`, at `text` with the number of the line; what
    is missing, at `text` where the days were typed. A day that could not be read is already refused.
    """
    given: list[Any] = [] if isinstance(input.days, Unparsable) else list(input.days or ())
    days = {
        f"days.{at}": SpecialDay(each.day, each.working, each.name)
        for at, each in enumerate(given)
        if not isinstance(each.day, Unparsable)
    }
    typed = "" if isinstance(input.text, Unparsable) else input.text
    lines, unread = read_special_lines(typed)
    for broken in unread:
        gate.refuse(RuleBroken(str(broken), "text", broken.code))
    found = [*days.values(), *lines.values()]
    whole = not unread and len(days) == len(given) and not isinstance(input.days, Unparsable)
    fields, numbers = list(days), list(lines)
    for at, broken in [] if isinstance(input.year, Unparsable) else check_year(input.year, found):
        if at is None and broken.field == "days":
            if whole:
                gate.refuse(RuleBroken(str(broken), "text" if typed else "days", broken.code))
        elif at is None:
            gate.refuse(broken)
        elif at < len(fields):
            gate.refuse(RuleBroken(str(broken), fields[at], broken.code))
        else:
            words = f"第 {numbers[at - len(fields)]} 行：{broken}"
            gate.refuse(RuleBroken(words, "text", broken.code))
    return found
