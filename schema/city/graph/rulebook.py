"""The rules by date: each parameter's versions, and which is in force on a day."""

from asyncio import gather
from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated, Any

import strawberry

from schema.city import tables
from schema.city.graph.values import RuleChoice, RuleValue, options_of, rule_value
from schema.city.rules import PARAMETERS
from schema.city.tables import RuleStatus
from schema.context import Context, RuleVersion
from schema.query.errors import usable
from schema.query.fields import (
    Info,
    Node,
    Parent,
    column,
    computed,
    list_all,
    node,
    resolver,
    row_as,
    rows_as,
    to_one,
)

if TYPE_CHECKING:
    from schema.people.graph import Person

LazyPerson = Annotated["Person", strawberry.lazy("schema.people.graph")]
ByName = Annotated[str, strawberry.argument(description="参数")]
OnDay = Annotated[date | None, strawberry.argument(description="日期，默认今天")]


@node(tables.Parameter, "规则参数的一个版本")
class Rule(Node):
    name: str = column("参数")
    effective_on: date = column("生效日期")
    clause: str = column("条款或来源")
    status: RuleStatus = column("性质")
    note: str = column("说明")
    document_no: str = column("文号")
    recorded_at: datetime = column("登记时间")
    recorded_by: LazyPerson | None = to_one("Person", "提出人；系统预置的没有")
    confirmed_by: LazyPerson | None = to_one("Person", "确认人；系统预置的没有")

    @computed("名称", columns=("name",))
    def title(row: Parent) -> str:
        return title_of(row["name"])

    @computed("所属条款；不属于哪一条的为空", columns=("name",))
    def article(row: Parent) -> str:
        known = PARAMETERS.get(row["name"])
        return known.article if known else ""

    @computed("单位；没有单位的为空", columns=("name",))
    def unit(row: Parent) -> str:
        known = PARAMETERS.get(row["name"])
        return known.unit_words if known else ""

    @computed("数值；已停用的参数没有", columns=("name", "value"))
    def value(row: Parent) -> RuleValue | None:
        known = PARAMETERS.get(row["name"])
        return rule_value(known, known.load(row["value"])) if known else None

    @computed("可选的各项；数值不由选择得出的没有", columns=("name",))
    def options(row: Parent) -> list[RuleChoice]:
        known = PARAMETERS.get(row["name"])
        return options_of(known) if known else []

    @computed("版本号", columns=("name", "effective_on", "id"))
    def version(row: Parent) -> str:
        return f"{row['name']}@{row['effective_on']:%Y-%m-%d}#{row['id']}"


def title_of(name: str) -> str:
    """What users call a parameter; one that is declared no more has its name alone."""
    return PARAMETERS[name].title if name in PARAMETERS else name


@strawberry.type
class Query:
    @resolver("某日有效的规则参数，附来源和性质")
    async def rules(self, info: Info, on: OnDay = None) -> list[Rule]:
        found = await in_force(info.context, usable(on, "on") or info.context.today)
        rows = await gather(*(info.context.rows.one("Rule", each.id) for each in found))
        return rows_as(Rule, filter(None, rows))

    @resolver("某日有效的一个规则参数")
    async def rule(self, info: Info, name: ByName, on: OnDay = None) -> Rule | None:
        usable(on, "on")
        await info.context.load_rules()
        if name not in PARAMETERS:
            return None
        try:
            version = info.context.rule(PARAMETERS[name], on)
        except LookupError:
            return None
        return row_as(Rule, await info.context.rows.one("Rule", version.id))

    rule_versions: list[Rule] = list_all("Rule", "effective_on", "规则参数的全部版本，生效早的在前")


async def in_force(context: Context, on: date) -> list[RuleVersion[Any]]:
    """The version of each parameter in force on a day, by article and then as the rulebook lists them."""
    await context.load_rules()
    found = {each.name: each for each in context.rules if each.effective_on <= on}
    first = {each.name: each.id for each in sorted(context.rules, key=lambda each: -each.id)}
    return sorted(found.values(), key=lambda each: (each.parameter.article, first[each.name]))
