"""Credits: what each place is credited with of an entry, and a project's shares made of them."""

from copy import copy
from datetime import date, datetime
from typing import Annotated

import strawberry

from schema.city.graph import Place, PlaceFilter, Rule
from schema.context import Context
from schema.entries import tables
from schema.entries.graph.counting import counts
from schema.entries.graph.entry import Entry
from schema.entries.graph.explanation import (
    Explanation,
    explain_credit,
    explain_share,
)
from schema.entries.rules import Basis, CreditRole, Indicator, next_month, places_of
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
    row_as,
    to_one,
)
from schema.query.filters import between, conditions, filter_for, in_list, related
from schema.query.models import KINDS, Record
from schema.query.ranges import DateRange
from schema.query.sql import Order, Read, Sql
from schema.scalars import Money, Month

describe_enum(
    CreditRole, "分享身份", WHOLE="全部计入", FIRST_CONTACT="首谈地", LANDING="注册落户地"
)


@node(tables.Credit, "一笔台账中计入一个地方的部分")
class Credit(Node):
    entry: Entry | None = to_one("Entry", "台账明细")
    project: Project | None = to_one("Project", "项目")
    place: Place | None = to_one("Place", "计入的地方")
    basis: Basis = column("口径")
    role: CreditRole = column("身份")
    indicator: Indicator = column("指标")
    amount: Money = column("金额（元）", of="amount_fen")
    whole: Money = column("整笔金额（元）", of="entry_fen")
    running: Money = column(
        "计入后累计（元）：同一项目、指标、口径、规则版本和两地", of="running_fen"
    )
    occurred_on: date = column("发生日期")
    posted_at: datetime = column("计入时间")
    known_at: int | None = column("入账序号：办理记录的序号", of="journal_id")
    rule: Rule | None = to_one("Rule", "所用规则")
    first_parts: int = column("首谈地份数")
    whole_parts: int = column("总份数")
    undoes: Annotated["Credit", strawberry.lazy("schema.entries.graph.credits")] | None = to_one(
        "Credit", "所冲回的一笔"
    )

    @computed("计入月份；期初数没有", columns=("counts_in",))
    def counts_in(row: Parent) -> Month | None:
        return Month(row["counts_in"]) if row["counts_in"] else None

    @computed("填报时计入的月份，按该月的计入口径计；期初数没有", columns=("claimed_in",))
    def claimed_in(row: Parent) -> Month | None:
        return Month(row["claimed_in"]) if row["claimed_in"] else None

    @computed(
        "计算依据",
        columns=(
            "entry_id",
            "rule_id",
            "role",
            "amount_fen",
            "entry_fen",
            "running_fen",
            "first_fen",
            "first_parts",
            "whole_parts",
            "occurred_on",
            "counts_in",
            "undoes_id",
            "series",
        ),
    )
    async def explanation(row: Parent, info: Info) -> Explanation:
        return await explain_credit(row, info)


@strawberry.type(description="一个项目某项指标的分享，每个账户（规则版本和两地）一行")
class Share:
    indicator: Indicator = strawberry.field(description="指标")
    total: Money = strawberry.field(description="填报合计（元），含待核实的")
    first_contact_place: Place | None = strawberry.field(description="首谈地")
    first_contact: Money = strawberry.field(description="首谈地计入（元）")
    landing_place: Place | None = strawberry.field(description="注册落户地")
    landing: Money = strawberry.field(description="注册落户地计入（元）")
    verified_total: Money = strawberry.field(description="其中已核实（元）")
    verified_first_contact: Money = strawberry.field(description="已核实的计入首谈地（元）")
    verified_landing: Money = strawberry.field(description="已核实的计入注册落户地（元）")
    waiting: Money = strawberry.field(description="待核实（元）")
    ratio: str = strawberry.field(description="比例，首谈地在前")
    first_parts: int = strawberry.field(description="首谈地份数；不分享的为 0")
    whole_parts: int = strawberry.field(description="总份数")
    rule: Rule | None = strawberry.field(description="所用规则；同一地方的没有")
    explanation: Explanation = strawberry.field(description="计算依据")


@strawberry.type(description="某项指标分享的合计")
class CreditTotal:
    indicator: Indicator = strawberry.field(description="指标")
    count: int = strawberry.field(description="条数")
    amount: Money = strawberry.field(description="合计（元）")


@filter_for("Credit", "分享台账的筛选")
class CreditFilter:
    place: PlaceFilter | None = related("Place", "计入的地方", "place_id")
    indicator: list[Indicator] | None = in_list("指标", "indicator")
    basis: list[Basis] | None = in_list("口径，默认按各笔填报月份的计入口径", "basis")
    role: list[CreditRole] | None = in_list("身份", "role")
    occurred_on: DateRange | None = between("发生日期", "occurred_on")
    project: ProjectFilter | None = related("Project", "项目", "project_id")


OfPlace = Annotated[str | None, strawberry.argument(description="地方的短名")]
OfIndicator = Annotated[Indicator | None, strawberry.argument(description="指标")]
OfMonth = Annotated[Month | None, strawberry.argument(description="计入月份")]
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
    first day. Without a basis in `filter`, those on the basis on which each claim counts: on both,
    each figure would count twice. The rules are loaded.
    """
    criteria = copy(filter) if filter else CreditFilter()
    if place is not None:
        criteria.place = PlaceFilter()
        criteria.place.slug = [place]
    if indicator is not None:
        criteria.indicator = [indicator]
    basis: tuple[Sql, ...] = ((counts(context, "t"), []),) if criteria.basis is None else ()
    where = (*conditions(criteria, "t", context), *basis, *month_of(period))
    return Read(KINDS["Credit"], where, Order("occurred_on", descending=True))


def month_of(period: date | None) -> tuple[Sql, ...]:
    """The condition for credits that count in a month, given by its first day; none for None."""
    if period is None or usable(period, "period") is None:
        return ()
    return (('t."counts_in" >= ? AND t."counts_in" < ?', [period, next_month(period)]),)


@strawberry.type
class Query:
    credits: Connection[Credit] = listing(
        "Credit",
        "分享台账：每笔签约、到位、税收计入哪里多少，默认每笔只列计入的口径",
        rules=True,
    )(credits_read)

    @resolver("分享台账各项指标的合计，筛选同分享台账")
    async def credit_totals(
        self,
        info: Info,
        place: OfPlace = None,
        indicator: OfIndicator = None,
        period: OfMonth = None,
        filter: OfCredit = None,
    ) -> list[CreditTotal]:
        await info.context.load_rules()
        read = credits_read(info.context, place, indicator, period, filter)
        found = await info.context.rows.figures(read, "indicator", "amount_fen")
        return [
            CreditTotal(indicator=each, count=found[each][0], amount=Money(found[each][1]))
            for each in Indicator
            if each in found
        ]


async def shares_of(project: Record, info: Info) -> list[Share]:
    """A project's accounts that a credit was posted to, in the order of the indicators."""
    context = info.context
    credits = await context.rows.where("Credit", "project_id", project["id"])
    accounts: dict[tuple[Indicator, str], list[Record]] = {}
    for indicator in Indicator:
        for each in credits:
            if each["indicator"] == indicator:
                accounts.setdefault((indicator, each["series"]), []).append(each)
    return [
        await share_of(indicator, series, posted, context)
        for (indicator, series), posted in accounts.items()
    ]


async def share_of(
    indicator: Indicator, series: str, credits: list[Record], context: Context
) -> Share:
    """One account of a project; `credits` are all that was ever posted to it."""
    first, landing = places_of(series)
    one = credits[0]
    sums = {
        "total": amount(credits, Basis.CLAIMED),
        "first": amount(credits, Basis.CLAIMED, CreditRole.FIRST_CONTACT),
        "verified_total": amount(credits, Basis.VERIFIED),
        "verified_first": amount(credits, Basis.VERIFIED, CreditRole.FIRST_CONTACT),
    }
    return Share(
        indicator=indicator,
        total=Money(sums["total"]),
        first_contact_place=row_as(Place, await context.rows.one("Place", first)),
        first_contact=Money(sums["first"]),
        landing_place=row_as(Place, await context.rows.one("Place", landing)),
        landing=Money(sums["total"] - sums["first"]),
        verified_total=Money(sums["verified_total"]),
        verified_first_contact=Money(sums["verified_first"]),
        verified_landing=Money(sums["verified_total"] - sums["verified_first"]),
        waiting=Money(sums["total"] - sums["verified_total"]),
        first_parts=one["first_parts"],
        whole_parts=one["whole_parts"],
        ratio=f"{one['first_parts']}∶{one['whole_parts'] - one['first_parts']}",
        rule=row_as(Rule, await context.rows.one("Rule", one["rule_id"])),
        explanation=await explain_share(credits, sums, context),
    )


def amount(credits: list[Record], basis: Basis, role: CreditRole | None = None) -> int:
    """What credits sum to on a basis, in fen; of one role, or of all."""
    return sum(
        each["amount_fen"]
        for each in credits
        if each["basis"] == basis and role in (None, each["role"])
    )
