"""Notes of what people were notified of that they do not see, cleared away when their time is over."""

from datetime import timedelta

from schema import database
from schema.gate.gate import Gate
from schema.jobs import Daily, Run, job
from schema.linkage.rules import UNSEEN_KEPT
from schema.query.sql import bindable


@job("clearNotices", "清理过期的查重提示记录", every=Daily(3, 35))
async def clear_notices(gate: Gate, run: Run) -> str:
    """Those older than the rulebook keeps them; today's, which the quota counts, always stay."""
    await gate.context.load_rules()
    kept = gate.context.rule(UNSEEN_KEPT)
    before = gate.today - timedelta(days=kept.value)
    gone = await database.fetch(
        'DELETE FROM "inquiry" WHERE "day" < ? RETURNING "id"',
        [bindable(before, database.dialect())],
    )
    words = f"清理 {before} 以前的查重提示记录 {len(gone)} 条（保存 {kept.value} 日）"
    gate.reason = words if gone else ""
    return words
