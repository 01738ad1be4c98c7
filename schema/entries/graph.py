"""Figures as they can be read: entries, credits, shares, and how each comes about."""

from copy import copy
from datetime import date, datetime
from typing import Annotated, Any

import strawberry

from schema.city.graph import Clause, ExplanationInput, Place, PlaceFilter, Rule
from schema.city.rules import (
    format_money,
)
from schema.city.tables import RuleStatus
from schema.context import Context
from schema.entries import tables
from schema.entries.rules import CreditRole, Indicator, SourceOfCapital
from schema.evidence.graph import Attachment, evidence_of
from schema.people.graph import Organization, Person
from schema.project.graph import Project, ProjectFilter
from schema.query.errors import usable
from schema.query.fields import (
    Connection,
    Info,
    Node,
    Parent,
    column,
    computed,
    connection,
    describe_enum,
    get_by,
    is_referenced,
    listing,
    node,
    to_one,
    worded,
)
from schema.query.filters import between, conditions, filter_for, in_list, related
from schema.query.models import KINDS, Record
from schema.query.ranges import DateRange
from schema.query.sql import Order, Read, Sql
from schema.scalars import Money, Month

describe_enum(Indicator, "指标", SIGNED_FUNDS="签约资金", PAID_IN_FUNDS="到位资金", TAX="税收")


describe_enum(
    SourceOfCapital,
    "资金来源",
    OUT_OF_PROVINCE="省外",
    OUT_OF_CITY="省内市外",
    IN_CITY="本市",
    FOREIGN="境外",
)


@node(tables.Entry, "台账中的一笔：签约、到位或税收")
class Entry(Node):
    no: str = column("编号")
    project: Annotated["Project", strawberry.lazy("schema.project.graph")] | None = to_one(
        "Project", "项目"
    )
    indicator: Indicator = column("指标")
    amount: Money = column("金额（元），冲销为负", of="amount_fen")
    occurred_on: date = column("发生日期")
    source_of_capital: SourceOfCapital | None = column("资金来源")
    evidence_note: str | None = column("凭证说明")
    confirmed_by: Organization | None = to_one("Organization", "确认单位")
    reverses: Annotated["Entry", strawberry.lazy("schema.entries.graph")] | None = to_one(
        "Entry", "所冲销的一笔"
    )
    reason: str | None = column("冲销原因")
    recorded_by: Person | None = to_one("Person", "登记人")
    recorded_at: datetime = column("登记时间")

    evidence: list[Attachment] = evidence_of("Entry", "佐证材料")
    reversed: bool = is_referenced("Entry", "reverses_id", "已被冲销")


STATUS_WORDS = worded(RuleStatus)


describe_enum(
    CreditRole, "分成身份", WHOLE="全部计入", FIRST_CONTACT="首谈地", LANDING="注册落户地"
)


async def entries_behind(explanation: Any, info: Info) -> tuple[Sql, ...]:
    return tuple(explanation.entries_where)


@strawberry.type(description="一个数是怎样得来的：条款、规则版本、公式、用到的数、台账明细")
class Explanation:
    clause: Clause = strawberry.field(description="依据条款")
    rule_version: str = strawberry.field(description="规则版本")
    formula: str = strawberry.field(description="公式")
    inputs: list[ExplanationInput] = strawberry.field(description="用到的数")
    entries: Connection[Entry] = connection("Entry", "您可见的台账明细", scope=entries_behind)
    entries_where: strawberry.Private[tuple[Sql, ...]] = ()


@node(tables.Credit, "一笔台账中归一个地方的部分")
class Credit(Node):
    entry: Entry | None = to_one("Entry", "台账明细")
    project: Project | None = to_one("Project", "项目")
    place: Place | None = to_one("Place", "计入的地方")
    role: CreditRole = column("身份")
    indicator: Indicator = column("指标")
    amount: Money = column("金额（元）", of="amount_fen")
    running: Money = column("计入后累计（元）：同一项目、指标、规则版本和两地", of="running_fen")
    occurred_on: date = column("发生日期")
    posted_at: datetime = column("计入时间")
    rule: Rule | None = to_one("Rule", "所用规则")
    first_parts: int = column("首谈地份数")
    whole_parts: int = column("总份数")

    @computed(
        "怎样得来",
        columns=("entry_id", "rule_id", "role", "running_fen", "first_parts", "whole_parts"),
    )
    async def explanation(row: Parent, info: Info) -> Explanation:
        return await explained(row, info)


@strawberry.type(description="一个项目某项指标的分成")
class Share:
    indicator: Indicator = strawberry.field(description="指标")
    total: Money = strawberry.field(description="合计（元）")
    first_contact_place: Place | None = strawberry.field(description="首谈地")
    first_contact: Money = strawberry.field(description="首谈地计入（元）")
    landing_place: Place | None = strawberry.field(description="注册落户地")
    landing: Money = strawberry.field(description="注册落户地计入（元）")
    ratio: str = strawberry.field(description="比例，首谈地在前")
    first_parts: int = strawberry.field(description="首谈地份数；同一地方为 0")
    whole_parts: int = strawberry.field(description="总份数")
    explanation: Explanation = strawberry.field(description="怎样得来")


@strawberry.type(description="某项指标分成的合计")
class CreditTotal:
    indicator: Indicator = strawberry.field(description="指标")
    count: int = strawberry.field(description="条数")
    amount: Money = strawberry.field(description="合计（元）")


async def shares_of(project: Record, info: Info) -> list[Share]:
    credits = await info.context.rows.where("Credit", "project_id", project["id"])
    first = await info.context.rows.one("Place", project["first_contact_place_id"])
    landing = await info.context.rows.one("Place", project["landing_place_id"])
    shares = []
    for indicator in Indicator:
        posted = [each for each in credits if each["indicator"] == indicator]
        if not posted:
            continue
        to_first = sum(
            each["amount_fen"] for each in posted if each["role"] == CreditRole.FIRST_CONTACT
        )
        total, last = sum(each["amount_fen"] for each in posted), posted[-1]
        shares.append(
            Share(
                indicator=indicator,
                total=total,
                first_contact_place=first,
                first_contact=to_first,
                landing_place=landing or first,
                landing=total - to_first,
                first_parts=last["first_parts"],
                whole_parts=last["whole_parts"],
                ratio=f"{last['first_parts']}∶{last['whole_parts'] - last['first_parts']}",
                explanation=await explained(last, info, whole_share=(total, to_first)),
            )
        )
    return shares


async def explained(
    credit: Record, info: Info, whole_share: tuple[int, int] | None = None
) -> Explanation:
    """The clause, rule version, formula and inputs of one credit, or of a project's whole share."""
    rule = await info.context.rows.one("Rule", credit["rule_id"])
    entry = await info.context.rows.one("Entry", credit["entry_id"])
    first, whole = credit["first_parts"], credit["whole_parts"]
    if rule is None or credit["role"] == CreditRole.WHOLE:
        clause = Clause(article="第三条", title="首谈地与注册落户地为同一地方，全部计入")
        formula = "计入 = 金额"
    else:
        clause = Clause(article="第三条", title=rule["clause"])
        formula = f"首谈地 = 四舍五入到分（累计 × {first} ÷ {whole}）；注册落户地 = 累计 − 首谈地；每笔计入前后累计之差"
    version = f"{rule['name']}@{rule['effective_on']:%Y-%m-%d}#{rule['id']}" if rule else "—"
    source = f"{STATUS_WORDS[rule['status']]} · {rule['clause']}" if rule else "同一地方"
    inputs = [
        ExplanationInput(
            name="比例（首谈地∶注册落户地）", value=f"{first}∶{whole - first}", source=source
        )
    ]
    if whole_share:
        total, to_first = whole_share
        inputs += [
            ExplanationInput(name="累计", value=format_money(total), source="台账明细合计"),
            ExplanationInput(name="首谈地计入", value=format_money(to_first), source="公式"),
        ]
        where: Sql = (
            't."project_id" = ? AND t."indicator" = ?',
            [credit["project_id"], credit["indicator"]],
        )
    else:
        amount = entry["amount_fen"] if entry else 0
        inputs += [
            ExplanationInput(
                name="本笔金额", value=format_money(amount), source=entry["no"] if entry else "—"
            ),
            ExplanationInput(
                name="计入后累计", value=format_money(credit["running_fen"]), source="台账明细合计"
            ),
            ExplanationInput(
                name="计入前累计",
                value=format_money(credit["running_fen"] - amount),
                source="台账明细合计",
            ),
        ]
        where = ('t."id" = ?', [credit["entry_id"]])
    return Explanation(
        clause=clause, rule_version=version, formula=formula, inputs=inputs, entries_where=(where,)
    )


@filter_for("Credit", "分成的筛选")
class CreditFilter:
    place: PlaceFilter | None = related("Place", "计入的地方", "place_id")
    indicator: list[Indicator] | None = in_list("指标", "indicator")
    role: list[CreditRole] | None = in_list("身份", "role")
    occurred_on: DateRange | None = between("发生日期", "occurred_on")
    project: ProjectFilter | None = related("Project", "项目", "project_id")


OfPlace = Annotated[str | None, strawberry.argument(description="地方的短名")]


OfIndicator = Annotated[Indicator | None, strawberry.argument(description="指标")]


OfMonth = Annotated[Month | None, strawberry.argument(description="月份")]


OfCredit = Annotated[CreditFilter | None, strawberry.argument(description="筛选")]


def credits_read(
    context: Context,
    place: OfPlace = None,
    indicator: OfIndicator = None,
    period: OfMonth = None,
    filter: OfCredit = None,
) -> Read:
    said = copy(filter) if filter else CreditFilter()
    if place is not None:
        said.place = PlaceFilter(slug=[place])
    if indicator is not None:
        said.indicator = [indicator]
    where = (*conditions(said, "t", context), *month_of(period))
    return Read(KINDS["Credit"], where, Order("occurred_on", descending=True))


def month_of(period: date | None) -> tuple[Sql, ...]:
    if period is None or usable(period, "period") is None:
        return ()
    after = date(period.year + period.month // 12, period.month % 12 + 1, 1)
    return (('t."occurred_on" >= ? AND t."occurred_on" < ?', [period, after]),)


@strawberry.type
class Query:
    entry: Entry | None = get_by("Entry", "no", "按编号取台账中的一笔", "编号")

    credits: Connection[Credit] = listing("Credit", "分成台账：每笔签约、到位、税收归谁多少")(
        credits_read
    )

    @strawberry.field(description="分成台账各项指标的合计，筛选同分成台账")
    async def credit_totals(
        self,
        info: Info,
        place: OfPlace = None,
        indicator: OfIndicator = None,
        period: OfMonth = None,
        filter: OfCredit = None,
    ) -> list[CreditTotal]:
        read = credits_read(info.context, place, indicator, period, filter)
        found = await info.context.rows.figures(read, "indicator", "amount_fen")
        return [
            CreditTotal(indicator=each, count=found[each][0], amount=found[each][1])
            for each in Indicator
            if each in found
        ]
