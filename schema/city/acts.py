"""The office keeps the rules by date: a new version of a number, a year's working days."""

import json
from datetime import date
from typing import Any

import strawberry

from schema.city import tables
from schema.city.graph import CalendarYear, Rule, calendar_year
from schema.city.rules import RuleBroken, SpecialDay, check_year, read_special_days, rulebook
from schema.context import RULEBOOK
from schema.gate.act import act
from schema.gate.gate import Gate
from schema.gate.inputs import input_field
from schema.gate.payloads import Payload, row_as


@strawberry.input(description="登记规则参数的新版本")
class RuleSetInput:
    name: str = input_field("参数", limit=80)
    value: str = input_field("数值（JSON 文本）", limit=2000)
    effective_on: date = input_field("生效日期")
    clause: str = input_field("条款或来源", limit=300)
    status: tables.RuleStatus = input_field("性质", tables.RuleStatus.ZIYANG)
    note: str = input_field("说明", "", 300)


@strawberry.input(description="与平日不同的一天")
class CalendarDayInput:
    day: date = input_field("日期")
    working: bool = input_field("是否上班")
    name: str = input_field("节日", limit=60)


@strawberry.input(description="公布一年的工作日历")
class CalendarPublishInput:
    year: int = input_field("年份")
    source: str = input_field("依据，如国务院办公厅通知的文号", limit=300)
    days: list[CalendarDayInput] | None = input_field("放假和调休上班的日子", None)
    text: str = input_field(
        "放假和调休上班的日子的文本；每行一天：日期,休或班,节日，与逐日给出的合在一起", "", 10_000
    )


@strawberry.type(description="规则参数办理结果")
class RulePayload(Payload):
    rule: Rule | None = strawberry.field(default=None, description="规则参数")


@strawberry.type(description="工作日历办理结果")
class CalendarPayload(Payload):
    calendar: CalendarYear | None = strawberry.field(default=None, description="工作日历")


@strawberry.type
class Mutation:
    @act("登记规则参数的新版本")
    async def rule_set(gate: Gate, input: RuleSetInput) -> RulePayload:
        await gate.alone(RULEBOOK)
        await gate.context.load_rules()
        versions = [each for each in gate.context.rules if each.name == input.name]
        if not versions:
            raise RuleBroken("没有这个参数，请从参数表中选择", "name", "INVALID")
        given = gate.check(read_json, input.value)
        if not gate.errors:
            gate.check(rulebook.check_value, input.name, given)
        gate.check(rulebook.check_effective, input.name, input.effective_on, gate.today)
        rule = await gate.create(
            tables.Parameter,
            name=input.name,
            value=given,
            unit=versions[-1].unit,
            effective_on=input.effective_on,
            clause=input.clause,
            status=input.status,
            note=input.note,
            recorded_at=gate.now,
            recorded_by_id=gate.viewer.person,
        )
        gate.reason = input.note
        return RulePayload(rule=row_as(Rule, rule))

    @act("公布一年的工作日历")
    async def calendar_publish(gate: Gate, input: CalendarPublishInput) -> CalendarPayload:
        days = gate.check(special_days, input)
        gate.stop_if_wrong()
        await gate.alone(RULEBOOK)
        if known := await tables.CalendarYear.get_or_none(year=input.year):
            for day in await tables.CalendarDay.filter(year_id=input.year).order_by("day"):
                await gate.remove(day)
            await gate.change(known, source=input.source, published_at=gate.now)
        else:
            await gate.create(
                tables.CalendarYear, year=input.year, source=input.source, published_at=gate.now
            )
        await gate.insert_many(
            tables.CalendarDay,
            [
                {"year_id": input.year, "day": day.day, "working": day.working, "name": day.name}
                for day in days or ()
            ],
        )
        gate.context.forget()
        gate.reason = input.source
        return CalendarPayload(calendar=await calendar_year(input.year, gate.context))


def special_days(input: CalendarPublishInput) -> list[SpecialDay]:
    """The days of a year that differ from their weekday, however they were given.

    Raises `RuleBroken` at `year`, at `days`, or at `text` where they were typed.
    """
    days = [SpecialDay(each.day, each.working, each.name) for each in input.days or ()]
    days += read_days(input.text) if input.text else []
    try:
        check_year(input.year, days)
    except RuleBroken as broken:
        typed = broken.field == "days" and input.text
        raise RuleBroken(broken.message, "text" if typed else broken.field, broken.code) from None
    return days


def read_json(text: str) -> Any:
    """The value of a JSON text. Raises `RuleBroken` (`INVALID`) at `value`.

    NaN, Infinity and values nested too deeply are refused as well: no database stores them.
    """
    try:
        return json.loads(text, parse_constant=refuse_constant)
    except (ValueError, RecursionError) as broken:
        raise RuleBroken(
            '数值请写成 JSON，例如 2 或 {"first": 3, "whole": 10}', "value", "INVALID"
        ) from broken


def refuse_constant(name: str) -> Any:
    """NaN and Infinity, which Python reads as JSON and no database stores: `ValueError`."""
    raise ValueError(name)


def read_days(text: str) -> list[SpecialDay]:
    """Special days from CSV text; what cannot be read is a `RuleBroken` at `text`."""
    try:
        return read_special_days(text)
    except RuleBroken as broken:
        raise RuleBroken(str(broken), "text", broken.code) from broken
