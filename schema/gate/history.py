"""Who was first: what whoever comes second reads of the history of one row."""

from typing import TYPE_CHECKING

from schema import database
from schema.gate.changes import describe_changes
from schema.gate.journal import changes_in
from schema.gate.payloads import Conflict, Stale
from schema.gate.tables import JournalEntry
from schema.query.models import Kind

if TYPE_CHECKING:
    from schema.gate.gate import Gate

LAST_TOUCHED = (
    'SELECT max("entry_id") AS "entry" FROM "journal_row" WHERE "kind" = ? AND "row_id" = ?'
)


async def conflict_with(kind: Kind, key: int, gate: "Gate") -> Stale:
    """Who changed this very row last, when and what; nothing else that their act did."""
    gate.context.forget()
    now = await gate.context.rows.one(kind.name, key)
    (found,) = await database.fetch(LAST_TOUCHED, [kind.name, key])
    last = await JournalEntry.get_or_none(id=found["entry"] or 0)
    noun = kind.life.noun if kind.life else "内容"
    if now is None or last is None:
        return Stale(f"{noun}刚被他人办理，请刷新后再试", None)
    own = {f"{kind.name}:{key}": await changes_in(last.changes, f"{kind.name}:{key}")}
    conflict = Conflict(
        revision=now["revision"],
        changed_by=last.actor_name,
        unit=last.unit_name,
        act=last.act,
        changed_at=last.at,
        changes=await describe_changes(own, gate.context),
    )
    minutes = max(0, int((gate.now - last.at).total_seconds() // 60))
    day = f"{gate.context.day_of(last.at):%m月%d日}"
    when = "刚刚" if minutes < 1 else f"{minutes} 分钟前" if minutes < 60 else day
    return Stale(f"{last.actor_name}（{last.unit_name}）{when}已先办理，请核对后再提交", conflict)
