"""Article 10 as it can be read: the month's contest of the five carriers, down to the last entry."""

from datetime import date, datetime
from typing import Annotated

import strawberry

from schema import store
from schema.assessment import rules
from schema.city.graph import Clause, ExplanationInput, Place
from schema.city.rules import CITY_TIME, format_money
from schema.linkage.graph import STATUS_WORDS, Credit, Explanation
from schema.project.graph import Indicator
from schema.project.rules import Indicator as IndicatorOf
from schema.reading.context import Context, RuleVersion
from schema.reading.declare import Connection, Info, Parent, computed, connection
from schema.reading.errors import usable
from schema.reading.kinds import KINDS
from schema.reading.statements import Order, Read, Sql, bindable
from schema.values import Money, Month

CLAUSE = Clause(article="第十条", title="每月通报、排名，开展招商引资擂台赛")


@strawberry.type(description="一个地方的名次")
class Standing:
    rank: int = strawberry.field(description="名次；金额相同的并列")
    previous_rank: int | None = strawberry.field(description="上月名次")
    delta: int | None = strawberry.field(description="比上月升降，升为正")
    place: Place = strawberry.field(description="地方")
    paid_in_funds: Money = strawberry.field(description="到位资金（元），分成后")
    signed_funds: Money = strawberry.field(description="签约资金（元），分成后")
    tax: Money = strawberry.field(description="税收（元），分成后")
    share: str | None = strawberry.field(description="占全市到位资金的百分比，两位小数")
    trend: list[Money] = strawberry.field(description="近六个月到位资金（元），由远及近")
    month: strawberry.Private[date]
    as_of: strawberry.Private[datetime]

    @strawberry.field(description="怎样得来")
    async def explanation(
        self,
        info: Info,
        indicator: Annotated[
            Indicator, strawberry.argument(description="指标")
        ] = IndicatorOf.PAID_IN_FUNDS,
    ) -> Explanation:
        return await standing_explained(self, indicator, info.context)


@strawberry.type(description="当月擂台赛排名")
class Ranking:
    month: Month = strawberry.field(description="月份")
    as_of: datetime = strawberry.field(description="数据截至")
    past: bool = strawberry.field(description="是否为过去某一时刻的排名")
    rows: list[Standing] = strawberry.field(description="名次")
    total: Money = strawberry.field(description="全市到位资金（元）")


@strawberry.type(description="项目计入考核的成绩")
class ProjectAssessment:
    credits: Connection[Credit] = connection("Credit", "计入各地的成绩", via="project_id")

    @computed("计入考核的到位资金（元）", needs=("paid_in_fen",))
    def paid_in_funds(row: Parent) -> Money:
        return row["paid_in_fen"]


@strawberry.type
class Query:
    @strawberry.field(description="当月擂台赛排名；asOf 给出过去某一时刻的样子")
    async def ranking(
        self,
        info: Info,
        month: Annotated[Month | None, strawberry.argument(description="月份，默认本月")] = None,
        as_of: Annotated[
            datetime | None, strawberry.argument(description="数据截至，默认现在")
        ] = None,
    ) -> Ranking:
        usable(month, "month")
        usable(as_of, "asOf")
        return await ranked(month or info.context.today.replace(day=1), as_of, info.context)


async def ranked(month: date, as_of: datetime | None, context: Context) -> Ranking:
    at = min(as_of, context.now) if as_of else context.now
    months = [rules.months_before(month, back) for back in range(TREND, -1, -1)]
    sums = await credited(months[0], month, at)
    places = await context.rows.all(Read(KINDS["Place"], order=Order("position")))
    order = [row["id"] for row in places]
    by_id = {row["id"]: row for row in places}

    def amounts(of: date, indicator: IndicatorOf) -> dict[int, int]:
        return {place: sums.get((place, of, indicator), 0) for place in order}

    now = rules.rank(
        amounts(month, IndicatorOf.PAID_IN_FUNDS),
        order,
        amounts(months[-2], IndicatorOf.PAID_IN_FUNDS),
    )
    total = sum(each.amount_fen for each in now)
    rows = [
        Standing(
            rank=each.rank,
            previous_rank=each.previous_rank,
            delta=each.rise,
            place=by_id[each.place],
            paid_in_funds=each.amount_fen,
            signed_funds=sums.get((each.place, month, IndicatorOf.SIGNED_FUNDS), 0),
            tax=sums.get((each.place, month, IndicatorOf.TAX), 0),
            share=None if each.share is None else f"{each.share // 100}.{each.share % 100:02d}",
            trend=[sums.get((each.place, of, IndicatorOf.PAID_IN_FUNDS), 0) for of in months[1:]],
            month=month,
            as_of=at,
        )
        for each in now
    ]
    return Ranking(
        month=month,
        as_of=at,
        past=as_of is not None and as_of < context.now,
        rows=rows,
        total=total,
    )


TREND = 6


async def credited(
    since: date, until: date, at: datetime
) -> dict[tuple[int, date, IndicatorOf], int]:
    """What each place is credited with, by month and indicator, as posted up to `at`; in fen."""
    month = (
        """substr(t."occurred_on", 1, 7)"""
        if store.dialect() == "sqlite"
        else """to_char(t."occurred_on", 'YYYY-MM')"""
    )
    found = await store.fetch(
        f'SELECT t."place_id" AS place, {month} AS month, t."indicator" AS indicator,'
        ' CAST(sum(t."amount_fen") AS BIGINT) AS fen FROM "credit" t'
        ' WHERE t."occurred_on" >= ? AND t."occurred_on" < ? AND t."posted_at" <= ?'
        " GROUP BY 1, 2, 3",
        [bindable(value, store.dialect()) for value in (since, rules.months_before(until, -1), at)],
    )
    return {
        (
            row["place"],
            date.fromisoformat(f"{row['month']}-01"),
            IndicatorOf(row["indicator"]),
        ): int(row["fen"])
        for row in found
    }


async def standing_explained(
    standing: Standing, indicator: IndicatorOf, context: Context
) -> Explanation:
    amount = {
        IndicatorOf.PAID_IN_FUNDS: standing.paid_in_funds,
        IndicatorOf.SIGNED_FUNDS: standing.signed_funds,
        IndicatorOf.TAX: standing.tax,
    }[indicator]
    name = "transfer.tax_share" if indicator == IndicatorOf.TAX else "transfer.indicator_share"
    await context.warm()
    try:
        rule = context.rule(name, standing.month)
    except LookupError:
        rule = None
    month_end = rules.months_before(standing.month, -1)
    where: Sql = (
        'EXISTS (SELECT 1 FROM "credit" c WHERE c."entry_id" = t."id" AND c."place_id" = ? AND c."indicator" = ?'
        ' AND c."occurred_on" >= ? AND c."occurred_on" < ? AND c."posted_at" <= ?)',
        [standing.place["id"], indicator, standing.month, month_end, standing.as_of],
    )
    return Explanation(
        clause=CLAUSE,
        rule_version=rule.version if rule else "—",
        formula="名次按当月分成后的到位资金从高到低；合计 = 当月各笔计入该地的部分之和",
        inputs=[
            ExplanationInput(name="合计", value=format_money(amount), source="分成台账"),
            *([ratio_input(rule)] if rule else []),
            ExplanationInput(
                name="数据截至",
                value=standing.as_of.astimezone(CITY_TIME).strftime("%Y-%m-%d %H:%M"),
                source="本次查询",
            ),
        ],
        entries_where=(where,),
    )


def ratio_input(rule: RuleVersion) -> ExplanationInput:
    first, whole = rule.value["first"], rule.value["whole"]
    return ExplanationInput(
        name="分成比例（首谈地∶注册落户地）",
        value=f"{first}∶{whole - first}",
        source=f"{STATUS_WORDS[rule.status]} · {rule.clause}",
    )
