"""Article 10 as it can be read: the month's contest of the five carriers, down to the last entry."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated

import strawberry

from schema import database
from schema.assessment import rules
from schema.city.graph import Clause, ExplanationInput, Place, rule_input
from schema.city.rules import CITY_TIME, format_money
from schema.context import Context, RuleVersion
from schema.entries.graph import Credit, Explanation
from schema.entries.rules import INDICATOR_SHARE, TAX_SHARE, CreditRole, Indicator
from schema.gate.journal import number_at
from schema.query.errors import usable
from schema.query.fields import (
    After,
    Before,
    Connection,
    First,
    Info,
    Last,
    Parent,
    computed,
    connection,
    list_name,
    resolver,
    worded,
)
from schema.query.loaders import Window
from schema.query.models import KINDS
from schema.query.sql import Order, Read, Sql, bindable
from schema.scalars import Money, Month

CLAUSE = Clause(article="第十条", title="实施招商引资擂台赛，坚持每月对擂台赛得分排名进行通报")
TREND = 6
ROLE_WORDS = worded(CreditRole)
ByIndicator = Annotated[Indicator | None, strawberry.argument(description="指标，默认为排名所用的")]


@dataclass(frozen=True)
class Credited:
    """What places are credited with, in fen: (place, first of month, indicator, role) → sum."""

    sums: dict[tuple[int, date, Indicator, CreditRole], int]

    def part(self, place: int, month: date, indicator: Indicator, role: CreditRole) -> int:
        return self.sums.get((place, month, indicator, role), 0)

    def of(self, place: int, month: date, indicator: Indicator) -> int:
        return sum(self.part(place, month, indicator, role) for role in CreditRole)


@strawberry.type(description="一个地方的成绩中以某种身份计入的部分")
class StandingPart:
    role: CreditRole = strawberry.field(description="身份")
    amount: Money = strawberry.field(description="金额（元）")


@strawberry.type(description="一个地方的名次")
class Standing:
    rank: int = strawberry.field(description="名次；金额相同的并列")
    previous_rank: int | None = strawberry.field(description="上月名次")
    delta: int | None = strawberry.field(description="比上月升降，升为正")
    place: Place = strawberry.field(description="地方")
    amount: Money = strawberry.field(description="排名所用指标的金额（元），分享后")
    paid_in_funds: Money = strawberry.field(description="到位资金（元），分享后")
    signed_funds: Money = strawberry.field(description="签约资金（元），分享后")
    tax: Money = strawberry.field(description="税收（元），分享后")
    share: str | None = strawberry.field(description="排名所用指标占全市的百分比，两位小数")
    trend: list[Money] = strawberry.field(description="近六个月排名所用指标的金额（元），由远及近")
    place_id: strawberry.Private[int]
    slug: strawberry.Private[str]
    month: strawberry.Private[date]
    as_of: strawberry.Private[datetime]
    number: strawberry.Private[int]
    credited: strawberry.Private[Credited]
    ranked_by: strawberry.Private[RuleVersion[Indicator]]

    @resolver("由哪些部分组成：全部计入、作为首谈地、作为注册落户地")
    def parts(self, indicator: ByIndicator = None) -> list[StandingPart]:
        return [
            StandingPart(role=role, amount=Money(amount))
            for role, amount in parts_of(self, indicator or self.ranked_by.value)
        ]

    @resolver("计入该地的各笔（只列您能看到的），大的在前")
    async def credits(
        self,
        info: Info,
        indicator: ByIndicator = None,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
    ) -> Connection[Credit]:
        return await info.context.rows.page(
            Read(
                KINDS["Credit"],
                (counts_in(self, indicator or self.ranked_by.value, "t"),),
                Order("amount_fen", descending=True),
            ),
            Window(first, after, last, before),
            list_name(info),
        )

    @resolver("怎样得来")
    async def explanation(self, info: Info, indicator: ByIndicator = None) -> Explanation:
        return await explain_standing(self, indicator or self.ranked_by.value, info.context)


@strawberry.type(description="当月擂台赛排名")
class Ranking:
    month: Month = strawberry.field(description="月份")
    as_of: datetime = strawberry.field(description="数据截至")
    past: bool = strawberry.field(description="是否为过去某一时刻的排名")
    rows: list[Standing] = strawberry.field(description="名次")
    indicator: Indicator = strawberry.field(description="排名所用的指标，按规则参数")
    total: Money = strawberry.field(description="全市排名所用指标的合计（元）")
    previous_total: Money = strawberry.field(description="上月全市排名所用指标的合计（元）")

    @resolver("其中一个地方的名次")
    def standing(
        self,
        place: Annotated[str | None, strawberry.argument(description="地方的短名")] = None,
    ) -> Standing | None:
        return next((row for row in self.rows if row.slug == place), None)


@strawberry.type(description="项目计入考核的成绩")
class ProjectAssessment:
    credits: Connection[Credit] = connection("Credit", "计入各地的成绩", via="project_id")

    @computed("计入考核的到位资金（元）", columns=("paid_in_fen",))
    def paid_in_funds(row: Parent) -> Money:
        return Money(row["paid_in_fen"])


@strawberry.type
class Query:
    @resolver("当月擂台赛排名；asOf 给出过去某一时刻的样子")
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
        return await month_ranking(month or info.context.today.replace(day=1), as_of, info.context)


async def month_ranking(month: date, as_of: datetime | None, context: Context) -> Ranking:
    """The ranking of a month, given by its first day, by what was posted up to `as_of` or now."""
    at = min(as_of, context.now) if as_of else context.now
    months = [rules.months_before(month, back) for back in range(TREND, -1, -1)]
    number = await number_at(at)
    found = await credited_sums(months[0], month, at, number)
    places = await context.rows.all(Read(KINDS["Place"], order=Order("position")))
    order = [row["id"] for row in places]
    by_id = {row["id"]: row for row in places}

    def amounts(of: date, indicator: Indicator) -> dict[int, int]:
        return {place: found.of(place, of, indicator) for place in order}

    version = await ranked_by(context, month, number)
    by = version.value
    now = rules.rank(amounts(month, by), order, amounts(months[-2], by))
    total = sum(each.amount_fen for each in now)
    rows = [
        Standing(
            rank=each.rank,
            previous_rank=each.previous_rank,
            delta=each.rise,
            place=by_id[each.place],
            amount=Money(each.amount_fen),
            paid_in_funds=Money(found.of(each.place, month, Indicator.PAID_IN_FUNDS)),
            signed_funds=Money(found.of(each.place, month, Indicator.SIGNED_FUNDS)),
            tax=Money(found.of(each.place, month, Indicator.TAX)),
            share=None if each.share is None else f"{each.share // 100}.{each.share % 100:02d}",
            trend=[Money(found.of(each.place, of, by)) for of in months[1:]],
            place_id=each.place,
            slug=by_id[each.place]["slug"],
            month=month,
            as_of=at,
            number=number,
            credited=found,
            ranked_by=version,
        )
        for each in now
    ]
    return Ranking(
        month=Month(month),
        as_of=at,
        past=as_of is not None and as_of < context.now,
        rows=rows,
        indicator=by,
        total=Money(total),
        previous_total=Money(sum(found.of(place, months[-2], by) for place in order)),
    )


async def ranked_by(
    context: Context, month: date, number: int | None = None
) -> RuleVersion[Indicator]:
    """The rule by which a month is ranked, as it was known at a number of the journal.

    That of the month's first day; a month before the first version is ranked by that one.
    """
    await context.load_rules()
    try:
        return context.rule(rules.RANKING_INDICATOR, month, number)
    except LookupError:
        return next(each for each in context.rules if each.name == rules.RANKING_INDICATOR.name)


KNOWN = '({0}."journal_id" <= ? OR ({0}."journal_id" IS NULL AND {0}."posted_at" <= ?))'
"""A credit, by its alias, that was known at a number of the journal; older ones have their moment."""


async def credited_sums(since: date, until: date, at: datetime, number: int) -> Credited:
    """The sums of the months from `since` to `until`, by what the journal had posted at `number`."""
    month = (
        """substr(t."occurred_on", 1, 7)"""
        if database.dialect() == "sqlite"
        else """to_char(t."occurred_on", 'YYYY-MM')"""
    )
    found = await database.fetch(
        f'SELECT t."place_id" AS place, {month} AS month, t."indicator" AS indicator,'
        ' t."role" AS role, CAST(sum(t."amount_fen") AS BIGINT) AS fen FROM "credit" t'
        ' WHERE t."occurred_on" >= ? AND t."occurred_on" < ? AND '
        f"{KNOWN.format('t')} GROUP BY 1, 2, 3, 4",
        [
            bindable(value, database.dialect())
            for value in (since, rules.months_before(until, -1), number, at)
        ],
    )
    return Credited(
        {
            (
                row["place"],
                date.fromisoformat(f"{row['month']}-01"),
                Indicator(row["indicator"]),
                CreditRole(row["role"]),
            ): int(row["fen"])
            for row in found
        }
    )


def parts_of(standing: Standing, indicator: Indicator) -> list[tuple[CreditRole, int]]:
    """What a standing's sum is made of, in fen; without the roles in which nothing was credited."""
    amounts = [
        (role, standing.credited.part(standing.place_id, standing.month, indicator, role))
        for role in CreditRole
    ]
    return [(role, amount) for role, amount in amounts if amount]


def counts_in(standing: Standing, indicator: Indicator, credit: str) -> Sql:
    """The condition on the alias of a credit under which it counts in this standing."""
    return (
        f'{credit}."place_id" = ? AND {credit}."indicator" = ? AND {credit}."occurred_on" >= ?'
        f' AND {credit}."occurred_on" < ? AND {KNOWN.format(credit)}',
        [
            standing.place_id,
            indicator,
            standing.month,
            rules.months_before(standing.month, -1),
            standing.number,
            standing.as_of,
        ],
    )


async def explain_standing(
    standing: Standing, indicator: Indicator, context: Context
) -> Explanation:
    """How a place's sum of an indicator comes about: its parts, the rule and the entries."""
    amount = standing.credited.of(standing.place_id, standing.month, indicator)
    shared = TAX_SHARE if indicator == Indicator.TAX else INDICATOR_SHARE
    await context.load_rules()
    try:
        rule = context.rule(shared, standing.month)
    except LookupError:
        rule = None
    sql, values = counts_in(standing, indicator, "c")
    where: Sql = (
        f'EXISTS (SELECT 1 FROM "credit" c WHERE c."entry_id" = t."id" AND {sql})',
        values,
    )
    ranks = indicator == standing.ranked_by.value
    ranked = "；名次按合计从高到低，相同的并列" if ranks else ""
    return Explanation(
        clause=CLAUSE,
        rule_version=rule.version if rule else "—",
        formula=f"合计 = 当月各笔计入该地的部分之和{ranked}",
        inputs=[
            ExplanationInput(name="合计", value=format_money(amount), source="分成台账"),
            *(
                ExplanationInput(name=ROLE_WORDS[role], value=format_money(part), source="分成台账")
                for role, part in parts_of(standing, indicator)
            ),
            *([rule_input(rule)] if rule else []),
            *([rule_input(standing.ranked_by)] if ranks else []),
            ExplanationInput(
                name="数据截至",
                value=standing.as_of.astimezone(CITY_TIME).strftime("%Y-%m-%d %H:%M"),
                source="本次查询",
            ),
        ],
        entries_where=(where,),
    )
