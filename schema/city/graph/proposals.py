"""What is proposed for the rulebook and the calendar, and what would move if it held."""

from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated, Any

import strawberry

from schema.city import tables
from schema.city.graph.calendar import CalendarDay
from schema.city.graph.effects import RuleEffects, effects_of_calendar, effects_of_rule
from schema.city.graph.rulebook import Rule, title_of
from schema.city.graph.values import RuleChoice, RuleValue, options_of, rule_value
from schema.city.rules import CALENDAR_LIFE, PARAMETERS, RULE_LIFE, ProposalState, RuleBroken
from schema.city.rules.proposals import WORDS
from schema.city.tables import RuleStatus
from schema.permissions import may
from schema.query.fields import (
    Info,
    Node,
    Parent,
    column,
    computed,
    describe_enum,
    get_by,
    list_all,
    node,
    resolver,
    row_as,
    to_one,
)

if TYPE_CHECKING:
    from schema.people.graph import Person

LazyPerson = Annotated["Person", strawberry.lazy("schema.people.graph")]

describe_enum(
    ProposalState, "变更的办理状态", **{state.value: words for state, words in WORDS.items()}
)


@strawberry.type
class Proposal(Node):
    """What a proposal is, whatever is proposed: who proposed it by which document, and what became of it."""

    no: str = column("编号")
    document_no: str = column("文号")
    state: ProposalState = column("状态")
    proposed_by: LazyPerson | None = to_one("Person", "提出人")
    proposed_at: datetime = column("提出时间")
    decided_by: LazyPerson | None = to_one("Person", "确认或退回的人")
    decided_at: datetime | None = column("确认或退回的时间")
    reason: str = column("退回或撤回的原因")
    revision: int = column("修订号")

    @computed("是否由您提出", columns=("proposed_by_id",))
    def mine(row: Parent, info: Info) -> bool:
        return bool(row["proposed_by_id"] == info.context.viewer.person)


@node(
    tables.RuleProposal,
    "提出的规则参数变更",
    key="no",
    life=RULE_LIFE,
    numbers=("R", "proposal R {}", 3),
)
class RuleProposal(Proposal):
    name: str = column("参数")
    effective_on: date = column("生效日期")
    clause: str = column("条款或来源")
    status: RuleStatus = column("性质")
    note: str = column("说明")
    rule: Rule | None = to_one("Rule", "已生效的版本")

    @computed("名称", columns=("name",))
    def title(row: Parent) -> str:
        return title_of(row["name"])

    @computed("拟定的数值；已停用的参数没有", columns=("name", "value"))
    def value(row: Parent) -> RuleValue | None:
        known = PARAMETERS.get(row["name"])
        return rule_value(known, known.load(row["value"])) if known else None

    @computed("生效日期前一天有效的版本", columns=("name", "effective_on"))
    async def before(row: Parent, info: Info) -> Rule | None:
        await info.context.load_rules()
        known = PARAMETERS.get(row["name"])
        try:
            version = info.context.rule(known, row["effective_on"]) if known else None
        except LookupError:
            return None
        return row_as(Rule, await info.context.rows.one("Rule", version.id)) if version else None

    @computed("假设上月按拟定的数值办理，哪些结果不同", columns=("name", "value"))
    async def effects(row: Parent, info: Info) -> RuleEffects | None:
        known = PARAMETERS.get(row["name"])
        return (
            await effects_of_rule(info.context, known, known.load(row["value"])) if known else None
        )


@node(
    tables.CalendarProposal,
    "提出的工作日历变更",
    key="no",
    life=CALENDAR_LIFE,
    numbers=("C", "proposal C {}", 3),
)
class CalendarProposal(Proposal):
    year: int = column("年份")
    source: str = column("依据")

    @computed("放假和调休上班的日子", columns=("days",))
    def days(row: Parent) -> list[CalendarDay]:
        return [
            CalendarDay(day=date.fromisoformat(day), working=working, name=name)
            for day, working, name in row["days"]
        ]

    @computed("假设按拟定的日历计算，上月报送和尚待研判的哪些期限不同", columns=("year", "days"))
    async def effects(row: Parent, info: Info) -> RuleEffects:
        return await effects_of_calendar(info.context, row["year"], row["days"])


@strawberry.type(description="拟定数值的预览")
class RulePreview:
    problem: str | None = strawberry.field(description="数值不能读出的原因")
    value: RuleValue | None = strawberry.field(description="读出的数值")
    effects: RuleEffects | None = strawberry.field(description="假设上月按此办理，哪些结果不同")


Typed = Annotated[str, strawberry.argument(description="填写的内容")]
Chosen = Annotated[list[str] | None, strawberry.argument(description="所选的项")]


@strawberry.type
class Query:
    rule_proposals: list[RuleProposal] = list_all(
        "RuleProposal", "id", "提出的规则参数变更，先提出的在前"
    )
    calendar_proposals: list[CalendarProposal] = list_all(
        "CalendarProposal", "id", "提出的工作日历变更，先提出的在前"
    )
    rule_proposal: RuleProposal | None = get_by(
        "RuleProposal", "no", "按编号取一件规则参数变更", "编号"
    )
    calendar_proposal: CalendarProposal | None = get_by(
        "CalendarProposal", "no", "按编号取一件工作日历变更", "编号"
    )

    @resolver("规则参数可选的各项；数值不由选择得出的没有")
    async def rule_options(
        self, name: Annotated[str, strawberry.argument(description="参数")]
    ) -> list[RuleChoice]:
        return options_of(PARAMETERS[name]) if name in PARAMETERS else []

    @resolver(
        "预览一个拟定的数值：假设上月按此办理，哪些期限、成绩和名次不同；什么都没有填、无权提出规则变更时没有"
    )
    async def rule_preview(
        self,
        info: Info,
        name: Annotated[str, strawberry.argument(description="参数")],
        number: Typed = "",
        first_parts: Typed = "",
        landing_parts: Typed = "",
        time: Typed = "",
        choices: Chosen = None,
    ) -> RulePreview | None:
        typed: dict[str, Any] = {
            "number": number,
            "first_parts": first_parts,
            "landing_parts": landing_parts,
            "time": time,
            "choices": choices,
        }
        parameter = PARAMETERS.get(name)
        if parameter is None or not any(typed.values()) or not may(info.context.viewer, "ruleSet"):
            return None
        try:
            read = {at: reader(typed[at]) for at, reader in parameter.inputs.items()}
            value = parameter.combine(**read)
        except RuleBroken as broken:
            return RulePreview(problem=broken.message, value=None, effects=None)
        effects = await effects_of_rule(info.context, parameter, value)
        return RulePreview(problem=None, value=rule_value(parameter, value), effects=effects)
