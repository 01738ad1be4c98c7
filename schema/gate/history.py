"""Who was first: what whoever comes second reads of the history of one row."""

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, Any

from schema import database
from schema.gate.changes import describe_changes
from schema.gate.journal import PARTS, changes_in
from schema.gate.payloads import Conflict, Stale
from schema.gate.tables import JournalEntry
from schema.permissions import is_weighing
from schema.query.models import Kind

if TYPE_CHECKING:
    from schema.gate.gate import Gate

SINCE = (
    'SELECT "entry_id" FROM "journal_row" WHERE "kind" = ? AND "row_id" = ? AND "revision" > ?'
    ' ORDER BY "entry_id"'
)
LAST_TOUCHED = (
    'SELECT max("entry_id") AS "entry_id" FROM "journal_row" WHERE "kind" = ? AND "row_id" = ?'
)


SOMEBODY = "他人"
"""Who an outsider reads has acted, where they do not see the person."""


async def entries_since(kind: Kind, key: int, revision: int) -> list[JournalEntry]:
    """The entries that moved a row on from a revision, the first one first."""
    found = await database.fetch(SINCE, [kind.name, key, revision])
    return await JournalEntry.filter(id__in=[each["entry_id"] for each in found]).order_by("id")


async def has_moved(
    kind: Kind, key: int, revision: int, now: Mapping[str, Any], rests_on: Collection[str]
) -> bool:
    """Whether one of the columns of a row, or a row of one of the kinds beside it, that an act rests
    on has changed since a revision; a revision that was never reached counts as moved.
    """
    if revision > now["revision"]:
        return True
    for entry in await entries_since(kind, key, revision):
        kinds = {name.partition(":")[0] for name in entry.changes}
        columns = entry.changes.get(f"{kind.name}:{key}", {})
        if PARTS in entry.changes or not kinds.isdisjoint(rests_on):
            return True
        if not set(columns).isdisjoint(rests_on):
            return True
    return False


async def conflict_with(kind: Kind, key: int, revision: int | None, gate: "Gate") -> Stale:
    """Who changed this very row last and when, and what has become of it since a revision; nothing
    else that their acts did.
    """
    gate.context.forget()
    now = await gate.context.rows.one(kind.name, key)
    since = [] if revision is None else await entries_since(kind, key, revision)
    if not since:
        (found,) = await database.fetch(LAST_TOUCHED, [kind.name, key])
        since = await JournalEntry.filter(id=found["entry_id"] or 0)
    since = [each for each in since if await is_shown(each, gate)]
    noun = kind.life.noun if kind.life else "内容"
    if now is None or not since:
        return Stale(f"{noun}刚被他人办理，请刷新后再试", None)
    last = since[-1]
    actor: int | None = last.actor_id  # type: ignore[attr-defined]
    own = gate.viewer.person is not None and actor == gate.viewer.person
    known = actor is None or await gate.context.rows.one("Person", actor) is not None
    name, unit = (last.actor_name, last.unit_name) if known or own else (SOMEBODY, "")
    conflict = Conflict(
        revision=now["revision"],
        changed_by=name,
        unit=unit,
        by_viewer=own,
        act=last.act,
        changed_at=last.at,
        changes=await describe_changes(
            {f"{kind.name}:{key}": await joined(kind, key, since)}, gate.context
        ),
    )
    minutes = max(0, int((gate.now - last.at).total_seconds() // 60))
    day = f"{gate.context.day_of(last.at):%m月%d日}"
    when = "刚刚" if minutes < 1 else f"{minutes} 分钟前" if minutes < 60 else day
    if own:
        return Stale(f"您本人{when}办过这一项，内容已经变化，请核对后再提交", conflict)
    who = f"{name}（{unit}）" if unit else name
    return Stale(f"{who}{when}已先办理，请核对后再提交", conflict)


async def is_shown(entry: JournalEntry, gate: "Gate") -> bool:
    """False of what somebody has done to weigh a report, to whoever is not shown it in its history."""
    if not is_weighing(entry.act):
        return True
    return await gate.context.rows.one("JournalEntry", entry.id) is not None


async def joined(kind: Kind, key: int, entries: list[JournalEntry]) -> dict[str, list[Any]]:
    """What several entries together made of one row: column → [before, after]."""
    found: dict[str, list[Any]] = {}
    for entry in entries:
        for column, (before, after) in (
            await changes_in(entry.changes, f"{kind.name}:{key}")
        ).items():
            found[column] = [found.get(column, [before])[0], after]
    return {name: pair for name, pair in found.items() if pair[0] != pair[1]}
