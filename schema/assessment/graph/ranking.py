"""Article 10 as it can be read: the month's contest of the five carriers, down to the last entry."""

from datetime import date, datetime
from typing import Annotated

import strawberry

from schema.assessment import rules
from schema.assessment.graph.counting import KNOWN, Credited, credited_sums, waiting_sums
from schema.city.graph import Clause, ExplanationInput, Place
from schema.city.rules import CITY_TIME
from schema.context import Context, RuleVersion
from schema.entries.graph import (
    Credit,
    Explanation,
    ExplanationLine,
    basis_of,
    basis_rule,
    counts,
    money,
    rule_input_on,
    rule_used,
    rules_used,
)
from schema.entries.rules import Basis, CreditRole, Indicator, places_of
from schema.gate.journal import number_at
from schema.permissions import figures_of
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
    page_as,
    resolver,
    row_as,
    worded,
)
from schema.query.loaders import Window
from schema.query.models import KINDS
from schema.query.sql import Order, Read, Sql
from schema.scalars import Money, Month

CLAUSE = Clause(article="第十条", title="实施招商引资擂台赛，坚持每月对擂台赛得分排名进行通报")
TREND = 6
ROLE_WORDS = worded(CreditRole)
BASIS_WORDS = worded(Basis)
ByIndicator = Annotated[Indicator | None, strawberry.argument(description="指标，默认为排名所用的")]


@strawberry.type(description="一个地方的成绩中以某种身份计入的部分")
class StandingPart:
    role: CreditRole = strawberry.field(description="身份")
    amount: Money = strawberry.field(description="金额（元）")


@strawberry.type(description="一个地方的名次")
class Standing:
    rank: int = strawberry.field(description="名次；金额相同的并列")
    previous_rank: int | None = strawberry.field(description="上月名次，按上月排名所用的指标")
    delta: int | None = strawberry.field(description="比上月升降，升为正")
    place: Place = strawberry.field(description="地方")
    amount: Money = strawberry.field(description="排名所用指标的金额（元），分享后")
    paid_in_funds: Money | None = strawberry.field(description="到位资金（元），分享后")
    signed_funds: Money | None = strawberry.field(description="签约资金（元），分享后")
    tax: Money | None = strawberry.field(description="税收（元），分享后；不对外")
    waiting: Money | None = strawberry.field(
        description="待核实的排名所用指标的金额（元），分享后；核实后计入本月，含填报月份已关账的；不对外"
    )
    share: str | None = strawberry.field(description="排名所用指标占全市的百分比，两位小数")
    trend: list[Money] = strawberry.field(description="近六个月排名所用指标的金额（元），由远及近")
    place_id: strawberry.Private[int]
    slug: strawberry.Private[str]
    month: strawberry.Private[date]
    as_of: strawberry.Private[datetime]
    number: strawberry.Private[int]
    credited: strawberry.Private[Credited]
    ranked_by: strawberry.Private[RuleVersion[Indicator]]

    @resolver("由哪些部分组成：全部计入、作为首谈地、作为注册落户地；不对外")
    def parts(self, info: Info, indicator: ByIndicator = None) -> list[StandingPart] | None:
        if not shows_accounts(info.context):
            return None
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
        page = await info.context.rows.page(
            Read(
                KINDS["Credit"],
                (counts_in(self, indicator or self.ranked_by.value, "t", info.context),),
                Order("amount_fen", descending=True),
            ),
            Window(first, after, last, before),
            list_name(info),
        )
        return page_as(Credit, page)

    @resolver("计算依据；不对外")
    async def explanation(self, info: Info, indicator: ByIndicator = None) -> Explanation | None:
        if not shows_accounts(info.context):
            return None
        return await explain_standing(self, indicator or self.ranked_by.value, info.context)


@strawberry.type(description="当月擂台赛排名")
class Ranking:
    month: Month = strawberry.field(description="月份")
    as_of: datetime = strawberry.field(description="数据截至")
    past: bool = strawberry.field(description="是否为过去某一时刻的排名")
    rows: list[Standing] = strawberry.field(description="名次")
    indicator: Indicator = strawberry.field(description="排名所用的指标，按规则参数")
    basis: Basis = strawberry.field(
        description="当月填报的计入口径：只计核实的，或填报即计；此前填报的按各自月份的口径"
    )
    total: Money = strawberry.field(description="全市排名所用指标的合计（元）")
    waiting: Money | None = strawberry.field(
        description="全市待核实的排名所用指标的金额（元）；不对外"
    )
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

    @computed("计入考核的到位资金（元）；不对外", columns=("paid_in_fen",))
    def paid_in_funds(row: Parent) -> Money | None:
        return None if row["paid_in_fen"] is None else Money(row["paid_in_fen"])


@strawberry.type
class Query:
    @resolver("当月擂台赛排名；asOf 给出过去某一时刻的样子。未公布的不对公众，没有")
    async def ranking(
        self,
        info: Info,
        month: Annotated[Month | None, strawberry.argument(description="月份，默认本月")] = None,
        as_of: Annotated[
            datetime | None, strawberry.argument(description="数据截至，默认现在")
        ] = None,
    ) -> Ranking | None:
        usable(month, "month")
        usable(as_of, "asOf")
        return await month_ranking(month or info.context.today.replace(day=1), as_of, info.context)


async def month_ranking(month: date, as_of: datetime | None, context: Context) -> Ranking | None:
    """The ranking of a month, given by its first day, by what was posted up to `as_of` or now.

    None where the viewer is not shown the figure by which the month is ranked.
    """
    shown = figures_of(context.viewer)
    if not shown:
        return None
    at = min(as_of, context.now) if as_of else context.now
    months = [rules.months_before(month, back) for back in range(TREND, -1, -1)]
    await context.load_rules()
    number = await number_at(at)
    version = await ranked_by(context, month, number)
    by = version.value if version else next(iter(Indicator))  # the heading of an empty ranking
    earlier = await ranked_by(context, months[-2], number)
    if by not in shown:
        return None
    found = await credited_sums(context, months[0], month, number)
    basis = basis_of(context, month, number)
    waiting = await waiting_sums(context, month, number)
    places = await context.rows.all(Read(KINDS["Place"], order=Order("position")))
    order = [row["id"] for row in places]
    by_id = {row["id"]: row for row in places}

    def amounts(of: date, indicator: Indicator) -> dict[int, int]:
        return {place: found.of(place, of, indicator) for place in order}

    def figure(place: int, indicator: Indicator) -> Money | None:
        return Money(found.of(place, month, indicator)) if indicator in shown else None

    def awaited(fen: int) -> Money | None:
        return Money(fen) if shows_accounts(context) else None

    previous = amounts(months[-2], earlier.value) if earlier and earlier.value in shown else None
    now = rules.rank(amounts(month, by), order, previous) if version else []
    total = sum(each.amount_fen for each in now)
    rows = [
        Standing(
            rank=each.rank,
            previous_rank=each.previous_rank,
            delta=each.rise,
            place=row_as(Place, by_id[each.place]),
            amount=Money(each.amount_fen),
            paid_in_funds=figure(each.place, Indicator.PAID_IN_FUNDS),
            signed_funds=figure(each.place, Indicator.SIGNED_FUNDS),
            tax=figure(each.place, Indicator.TAX),
            waiting=awaited(waiting.get((each.place, by), 0)),
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
        if version
    ]
    return Ranking(
        month=Month(month),
        as_of=at,
        past=as_of is not None and as_of < context.now,
        rows=rows,
        indicator=by,
        basis=basis,
        total=Money(total),
        waiting=awaited(sum(waiting.get((place, by), 0) for place in order)),
        previous_total=Money(sum(found.of(place, months[-2], by) for place in order)),
    )


async def ranked_by(
    context: Context, month: date, number: int | None = None
) -> RuleVersion[Indicator] | None:
    """The rule by which a month is ranked, as it was known at a number of the journal.

    That of the month's first day; a month before the first version is ranked by that one. None
    before the city has a rulebook: then nobody is ranked.
    """
    await context.load_rules()
    try:
        return context.rule(rules.RANKING_INDICATOR, month, number)
    except LookupError:
        own = (each for each in context.rules if each.name == rules.RANKING_INDICATOR.name)
        return next(own, None)


def shows_accounts(context: Context) -> bool:
    """Whether the viewer is shown what the sums are made of."""
    return "ACCOUNTS" in figures_of(context.viewer)


def parts_of(standing: Standing, indicator: Indicator) -> list[tuple[CreditRole, int]]:
    """What a standing's sum is made of, in fen; without the roles in which nothing was credited."""
    amounts = [
        (role, standing.credited.part(standing.place_id, standing.month, indicator, role))
        for role in CreditRole
    ]
    return [(role, amount) for role, amount in amounts if amount]


def counts_in(standing: Standing, indicator: Indicator, credit: str, context: Context) -> Sql:
    """The condition on the alias of a credit under which it counts in this standing."""
    return (
        f'{credit}."place_id" = ? AND {credit}."indicator" = ? AND {credit}."counts_in" = ?'
        f" AND {KNOWN.format(credit)} AND {counts(context, credit, standing.number)}",
        [
            standing.place_id,
            indicator,
            standing.month,
            standing.number,
        ],
    )


async def explain_standing(
    standing: Standing, indicator: Indicator, context: Context
) -> Explanation:
    """How a place's sum of an indicator comes about: one line an account, the rules, the entries."""
    await context.load_rules()
    amount = standing.credited.of(standing.place_id, standing.month, indicator)
    found = standing.credited.lines.get((standing.place_id, standing.month, indicator), [])
    lines, mixed = [], len({line.account.basis for line in found}) > 1
    for line in found:
        account = line.account
        first, landing = places_of(account.series)
        used = rules_used(context, [account.rule])
        lines.append(
            ExplanationLine(
                label=ROLE_WORDS[account.role]
                + (f"（{BASIS_WORDS[account.basis]}）" if mixed else ""),
                rule=used[0] if used else None,
                first_contact_place=row_as(Place, await context.rows.one("Place", first)),
                landing_place=row_as(Place, await context.rows.one("Place", landing)),
                count=line.count,
                whole=Money(line.whole_fen),
                amount=Money(line.amount_fen),
            )
        )
    ranks = indicator == standing.ranked_by.value
    used = rules_used(context, [line.account.rule for line in found])
    claimed = sorted({standing.month}.union(*(line.claimed_in for line in found)))
    dated: list[ExplanationInput] = []
    for month in claimed:
        if counted_by := basis_rule(context, month, standing.number):
            if all(each.id != counted_by.id for each in used):
                used.append(rule_used(counted_by))
            dated.append(rule_input_on(f"counts {month:%Y-%m}", counted_by, month, "填报月份首日"))
    if ranks:
        used.append(rule_used(standing.ranked_by))
        dated.append(rule_input_on("ranked_by", standing.ranked_by, standing.month, "当月首日"))
    sql, values = counts_in(standing, indicator, "c", context)
    where: Sql = (
        f'EXISTS (SELECT 1 FROM "credit" c WHERE c."entry_id" = t."id" AND {sql})',
        values,
    )
    ranked = "；名次按合计从高到低，相同的并列" if ranks else ""
    return Explanation(
        clause=CLAUSE,
        rules=used,
        formula=f"合计 = 计入当月的各笔计入该地的部分之和，每笔按其填报月份的计入口径{ranked}",
        inputs=[
            money("total", "合计", amount, "分享台账"),
            *(
                money(role.value, ROLE_WORDS[role], part, "分享台账")
                for role, part in parts_of(standing, indicator)
            ),
            ExplanationInput(
                key="as_of",
                name="数据截至",
                value=standing.as_of.astimezone(CITY_TIME).strftime("%Y-%m-%d %H:%M"),
                source="本次查询",
            ),
            *dated,
        ],
        lines=lines,
        entries_where=(where,),
    )
