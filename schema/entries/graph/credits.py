"""Credits: what each place is credited with of an entry, and a project's shares made of them."""

from copy import copy
from datetime import date, datetime
from typing import Annotated

import strawberry

from schema.city.graph import Place, PlaceFilter, Rule
from schema.context import Context
from schema.entries import tables
from schema.entries.graph.entry import Entry
from schema.entries.graph.explanation import Explanation, explain_credit
from schema.entries.rules import CreditRole, Indicator
from schema.project.graph import Project, ProjectFilter
from schema.query.errors import usable
from schema.query.fields import (
    Connection,
    Info,
    Node,
    Parent,
    column,
    computed,
    describe_enum,
    listing,
    node,
    resolver,
    to_one,
)
from schema.query.filters import between, conditions, filter_for, in_list, related
from schema.query.models import KINDS, Record
from schema.query.ranges import DateRange
from schema.query.sql import Order, Read, Sql
from schema.scalars import Money, Month

describe_enum(
    CreditRole, "分成身份", WHOLE="全部计入", FIRST_CONTACT="首谈地", LANDING="注册落户地"
)


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
        return await explain_credit(row, info)


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
    """The credits that a list and its totals are made of, the latest first.

    `place` (a slug) and `indicator` take the place of those in `filter`; `period` is a month's
    first day.
    """
    criteria = copy(filter) if filter else CreditFilter()
    if place is not None:
        criteria.place = PlaceFilter()
        criteria.place.slug = [place]
    if indicator is not None:
        criteria.indicator = [indicator]
    where = (*conditions(criteria, "t", context), *month_of(period))
    return Read(KINDS["Credit"], where, Order("occurred_on", descending=True))


def month_of(period: date | None) -> tuple[Sql, ...]:
    """The condition for credits of a month, given by its first day; none for None."""
    if period is None or usable(period, "period") is None:
        return ()
    after = date(period.year + period.month // 12, period.month % 12 + 1, 1)
    return (('t."occurred_on" >= ? AND t."occurred_on" < ?', [period, after]),)


@strawberry.type
class Query:
    credits: Connection[Credit] = listing("Credit", "分成台账：每笔签约、到位、税收归谁多少")(
        credits_read
    )

    @resolver("分成台账各项指标的合计，筛选同分成台账")
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
            CreditTotal(indicator=each, count=found[each][0], amount=Money(found[each][1]))
            for each in Indicator
            if each in found
        ]


async def shares_of(project: Record, info: Info) -> list[Share]:
    """A project's share of each indicator that has a credit, in the order of the indicators."""
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
                total=Money(total),
                first_contact_place=first,
                first_contact=Money(to_first),
                landing_place=landing or first,
                landing=Money(total - to_first),
                first_parts=last["first_parts"],
                whole_parts=last["whole_parts"],
                ratio=f"{last['first_parts']}∶{last['whole_parts'] - last['first_parts']}",
                explanation=await explain_credit(last, info, whole_share=(total, to_first)),
            )
        )
    return shares
