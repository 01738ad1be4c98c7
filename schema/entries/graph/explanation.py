"""How a figure comes about: its clause, rule version, formula, inputs and entries."""

from typing import Any

import strawberry

from schema.city.graph import Clause, ExplanationInput
from schema.city.rules import format_money
from schema.city.tables import RuleStatus
from schema.entries.graph.entry import Entry
from schema.entries.rules import CreditRole
from schema.query.fields import Connection, Info, connection, worded
from schema.query.models import Record
from schema.query.sql import Sql

STATUS_WORDS = worded(RuleStatus)


async def entries_behind(explanation: Any, info: Info) -> tuple[Sql, ...]:
    """The conditions on the entries that a figure is made of."""
    return tuple(explanation.entries_where)


@strawberry.type(description="一个数是怎样得来的：条款、规则版本、公式、用到的数、台账明细")
class Explanation:
    clause: Clause = strawberry.field(description="依据条款")
    rule_version: str = strawberry.field(description="规则版本")
    formula: str = strawberry.field(description="公式")
    inputs: list[ExplanationInput] = strawberry.field(description="用到的数")
    entries: Connection[Entry] = connection("Entry", "您可见的台账明细", scope=entries_behind)
    entries_where: strawberry.Private[tuple[Sql, ...]] = ()


async def explain_credit(
    credit: Record, info: Info, whole_share: tuple[int, int] | None = None
) -> Explanation:
    """The explanation of one credit, by the rule that it was posted by.

    With `whole_share`, the project's total and the first-contact place's part of it, both in fen,
    the explanation of the whole share that the credit belongs to (article 3).
    """
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
