"""How a figure comes about: what the policy says of it, the rules used, formula, inputs and entries."""

from asyncio import gather
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

import strawberry

from schema.city.graph import (
    Clause,
    ExplanationInput,
    Place,
    RuleValue,
    rule_input,
    rule_value,
    source_of,
)
from schema.city.rules import format_wan
from schema.city.tables import RuleStatus
from schema.context import Context, RuleVersion
from schema.entries.graph.entry import Entry, flag_texts
from schema.entries.rules import CreditRole, places_of, postings
from schema.query.fields import Connection, Info, connection, row_as
from schema.query.models import Record
from schema.query.sql import Sql
from schema.scalars import Money

ROUNDED = "四舍五入到分"


async def entries_behind(explanation: Any, info: Info) -> tuple[Sql, ...]:
    """The conditions on the entries that a figure is made of."""
    return tuple(explanation.entries_where)


@strawberry.type(description="所用的一条规则")
class RuleUsed:
    id: int = strawberry.field(description="规则版本的序号")
    name: str = strawberry.field(description="参数")
    title: str = strawberry.field(description="名称")
    version: str = strawberry.field(description="规则版本")
    value: RuleValue = strawberry.field(description="数值")
    effective_on: date = strawberry.field(description="生效日期")
    status: RuleStatus = strawberry.field(description="性质")
    clause: str = strawberry.field(description="条款或来源")


@strawberry.type(description="一个数的一部分：同一口径、身份、规则版本和两地的各笔")
class ExplanationLine:
    label: str = strawberry.field(description="名称")
    rule: RuleUsed | None = strawberry.field(description="所用规则；同一地方的没有")
    first_contact_place: Place | None = strawberry.field(description="首谈地")
    landing_place: Place | None = strawberry.field(description="注册落户地")
    count: int = strawberry.field(description="笔数")
    whole: Money = strawberry.field(description="各笔整额合计（元）")
    amount: Money = strawberry.field(description="其中计入的部分（元）")


@strawberry.type(description="一个数的计算依据：条款、规则、公式、用到的数、台账明细")
class Explanation:
    clause: Clause | None = strawberry.field(description="政策条款；政策没有规定的没有")
    rules: list[RuleUsed] = strawberry.field(description="用到的规则")
    formula: str = strawberry.field(description="公式")
    inputs: list[ExplanationInput] = strawberry.field(description="用到的数，金额到分")
    lines: list[ExplanationLine] = strawberry.field(
        default_factory=list, description="由哪些部分组成，每个账户（规则版本和两地）一行"
    )
    entries: Connection[Entry] = connection("Entry", "您可见的台账明细", scope=entries_behind)
    entries_where: strawberry.Private[tuple[Sql, ...]] = ()

    @strawberry.field(description="主要规则的版本")  # type: ignore[untyped-decorator]
    def rule_version(self) -> str:
        return self.rules[0].version if self.rules else "—"


def rule_used(rule: RuleVersion[Any]) -> RuleUsed:
    """A version of a rule as explanations name it."""
    return RuleUsed(
        id=rule.id,
        name=rule.name,
        title=rule.parameter.title,
        version=rule.version,
        value=rule_value(rule.parameter, rule.value),
        effective_on=rule.effective_on,
        status=RuleStatus(rule.status),
        clause=rule.clause,
    )


def rules_used(context: Context, ids: Sequence[int | None]) -> list[RuleUsed]:
    """The versions with these ids, once each, once the rules are loaded."""
    known = {each.id: each for each in context.rules}
    return [rule_used(known[key]) for key in dict.fromkeys(ids) if key is not None]


def policy_clause(article: str, used: Sequence[RuleUsed]) -> Clause | None:
    """The article, where the first rule used is the policy's own; None for whatever else it is."""
    if not used or used[0].status is not RuleStatus.SEED:
        return None
    return Clause(article=article, title=used[0].clause.removeprefix(f"{article}："))


def money(key: str, name: str, fen: int, source: str) -> ExplanationInput:
    """An amount to the fen."""
    return ExplanationInput(key=key, name=name, value=format_wan(fen), source=source)


def rule_input_on(key: str, version: RuleVersion[Any], on: date, what: str) -> ExplanationInput:
    """A rule that a figure is computed by, and the day whose version is used: `what` names the day."""
    found = rule_input(key, version)
    return replace(found, source=f"{found.source}；按 {on}（{what}）有效的版本")


def ratio_input(first: int, whole: int, source: str) -> ExplanationInput:
    """The ratio between the places, and where it comes from."""
    return ExplanationInput(
        key="ratio",
        name="分享比例（首谈地∶注册落户地）",
        value=f"{first}∶{whole - first}",
        source=source,
    )


async def decision_of(entry_id: int, context: Context) -> str:
    """In words, the migration by which an entry was posted that occurred before any rule."""
    entry = await context.rows.one("Entry", entry_id)
    key = entry["migration_id"] if entry else None
    migration = await context.rows.one("Migration", key) if key else None
    return f"按迁入决定（{migration['document_no']}）" if migration else "按迁入决定"


def whole_because(used: Sequence[RuleUsed], series: str) -> str:
    """Why all of a figure counts in one place."""
    if used:
        return "该规则没有列入这一指标，全部计入注册落户地"
    first, landing = places_of(series)
    if first == landing:
        return "首谈地与注册落户地为同一地方"
    return "早于最早的分享规则，按迁入决定全部计入注册落户地"


async def explain_credit(credit: Record, info: Info) -> Explanation:
    """The explanation of one credit: what it takes back, or by what rule it was posted."""
    context = info.context
    await context.load_rules()
    used = rules_used(context, [credit["rule_id"]])
    entry = await context.rows.one("Entry", credit["entry_id"])
    no = entry["no"] if entry else "—"
    inputs = [money("entry", "本笔金额", credit["entry_fen"], no)]
    if credit["undoes_id"] is not None:
        undone = await context.rows.one("Credit", credit["undoes_id"])
        amount = -credit["amount_fen"] if undone is None else undone["amount_fen"]
        formula = "计入 = −原计入；冲销和退回按原计入的数冲回，一分不差"
        inputs.append(money("undone", "原计入", amount, "分享台账"))
    elif credit["role"] == CreditRole.WHOLE:
        formula = "计入 = 本笔金额；" + whole_because(used, credit["series"])
    else:
        source = await decision_of(credit["entry_id"], context)
        if used:
            source = f"{source_of(used[0])}；按 {credit['occurred_on']}（发生日期）有效的版本"
        formula, more = shared(credit, source)
        inputs += more
    inputs.append(month_input(credit))
    inputs += await flag_inputs([credit["entry_id"]], context)
    return Explanation(
        clause=policy_clause("第三条", used),
        rules=used,
        formula=formula,
        inputs=inputs,
        entries_where=(('t."id" = ?', [credit["entry_id"]]),),
    )


def shared(credit: Record, source: str) -> tuple[str, list[ExplanationInput]]:
    """The formula of a shared credit, and what it computes with."""
    first, whole = credit["first_parts"], credit["whole_parts"]
    of_first = f"{ROUNDED}（计入后累计 × {first} ÷ {whole}）− 首谈地此前已计"
    formula = f"首谈地 = {of_first}；注册落户地 = 本笔金额 − 首谈地"
    before = credit["running_fen"] - credit["entry_fen"]
    part = credit["amount_fen"]
    if credit["role"] == CreditRole.LANDING:
        part = credit["entry_fen"] - part
    return formula, [
        ratio_input(first, whole, source),
        money("before", "计入前累计", before, "分享台账"),
        money("after", "计入后累计", credit["running_fen"], "分享台账"),
        money("first_before", "首谈地此前已计", credit["first_fen"] - part, "分享台账"),
    ]


async def flag_inputs(entries: Sequence[int], context: Context) -> list[ExplanationInput]:
    """What whoever entered these entries was asked about, and answered; early ones with their reason."""
    found = await gather(*(context.rows.one("Entry", key) for key in dict.fromkeys(entries)))
    seen = [each for each in found if each]
    texts = await gather(*(flag_texts(each, context) for each in seen))
    return [
        ExplanationInput(key="flag", name="提示", value=text, source=each["no"])
        for each, lines in zip(seen, texts, strict=True)
        for text in lines
    ]


def month_input(credit: Record) -> ExplanationInput:
    """The month that a credit counts in, and why it is that one."""
    month: date | None = credit["counts_in"]
    if month is None:
        value, source = "—", "期初数，不计入任何月份"
    elif month == credit["occurred_on"].replace(day=1):
        value, source = f"{month:%Y-%m}", "发生月份"
    else:
        value, source = f"{month:%Y-%m}", "发生月份已关账，计入下一个未关账的月份"
    return ExplanationInput(key="month", name="计入月份", value=value, source=source)


async def explain_share(
    credits: Sequence[Record], sums: Mapping[str, int], context: Context
) -> Explanation:
    """The explanation of an account of a project: what was posted to it and what was taken back."""
    await context.load_rules()
    one = credits[0]
    used = rules_used(context, [one["rule_id"]])
    whole = one["role"] == CreditRole.WHOLE
    named = {
        "total": "填报合计",
        "first": "其中首谈地",
        "verified_total": "核实合计",
        "verified_first": "核实合计中首谈地",
    }
    inputs = [
        money(key, name, sums[key], "分享台账")
        for key, name in named.items()
        if not (whole and key.endswith("first"))
    ]
    if not whole:
        source = source_of(used[0]) if used else await decision_of(one["entry_id"], context)
        inputs.insert(0, ratio_input(one["first_parts"], one["whole_parts"], source))
        formula = (
            "合计 = 计入 + 冲回；首谈地按累计分享，冲回按原计入的数；注册落户地 = 合计 − 首谈地"
        )
    else:
        formula = "合计 = 计入 + 冲回；" + whole_because(used, one["series"])
    places = {
        name: await context.rows.one("Place", key)
        for name, key in zip(("first", "landing"), places_of(one["series"]), strict=True)
    }
    lines, posted = [], postings(sorted(credits, key=lambda each: each["id"]))
    for basis, word in (("CLAIMED", "填报"), ("VERIFIED", "核实")):
        for undone, sign in ((False, "计入"), (True, "冲回")):
            these = [
                each for each in posted if each.one["basis"] == basis and each.takes_back is undone
            ]
            if not these:
                continue
            wholes = sum(each.whole_fen for each in these)
            of_first = sum(each.first_fen for each in these)
            lines.append(
                ExplanationLine(
                    label=f"{word}{sign}" if whole else f"{word}{sign}，其中首谈地",
                    rule=used[0] if used else None,
                    first_contact_place=row_as(Place, places["first"]),
                    landing_place=row_as(Place, places["landing"]),
                    count=len(these),
                    whole=Money(wholes),
                    amount=Money(wholes if whole else of_first),
                )
            )
    inputs += await flag_inputs([each["entry_id"] for each in credits], context)
    where: Sql = (
        't."project_id" = ? AND t."indicator" = ?',
        [one["project_id"], one["indicator"]],
    )
    return Explanation(
        clause=policy_clause("第三条", used),
        rules=used,
        formula=formula,
        inputs=inputs,
        lines=lines,
        entries_where=(where,),
    )
