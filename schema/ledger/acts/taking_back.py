"""A list is taken back whole: what it created was never there, what it amended is as it was before."""

from collections.abc import Mapping, Sequence

from schema.city.rules import RuleBroken
from schema.database.statements import in_chunks
from schema.gate.gate import Gate
from schema.gate.history import SOMEBODY
from schema.gate.many import move_many
from schema.gate.restoring import (
    Written,
    entries_after,
    is_as_left,
    read_written,
    restore,
    rows_now,
)
from schema.gate.tables import JournalEntry
from schema.intake import Declared, ListLine, Restoring, Undo
from schema.ledger.acts.batches import CHUNK, BatchLine, lines_in_chunks, report_progress
from schema.ledger.tables import Batch, BatchRow, BatchState, RowState

LISTED = 20
IMPORT = "listImport"


async def hold(
    gate: Gate, declared: Declared, lines: Sequence[ListLine], rows: Sequence[int]
) -> None:
    """Hold what lines of a kind rest on, or rows (their ids) that are taken back, until the act ends."""
    await gate.context.load_rules()
    if declared.bringing.shares:
        await gate.alone(declared.bringing.shares)
    await declared.bringing.hold(gate, lines, rows)


async def take_back(gate: Gate, batch: Batch, declared: Declared) -> None:
    """Take back all that a list brought in, in the act's transaction.

    Raises RuleBroken at `batch` when another act has changed some of it.
    """
    states = (RowState.IMPORTED,)
    lines = [line async for chunk in lines_in_chunks(batch.id, states) for line in chunk]
    keys = sorted({line.subject for line in lines if line.subject})
    await hold(gate, declared, (), keys)
    undo = declared.bringing.undo
    if isinstance(undo, Restoring):
        await restore_amended(gate, batch, lines, keys, undo)
    else:
        await undo_created(gate, batch, lines, keys, declared, undo)
    done = 0
    for some in in_chunks(lines, CHUNK):
        await gate.update_many(
            BatchRow, {line.id: {"state": (line.state, RowState.UNDONE)} for line in some}
        )
        done += len(some)
        report_progress(gate, done, len(lines))
    await gate.change(batch, state=BatchState.UNDONE, undone_at=gate.now)


async def undo_created(
    gate: Gate,
    batch: Batch,
    lines: Sequence[BatchLine],
    keys: Sequence[int],
    declared: Declared,
    undo: Undo,
) -> None:
    """Rows that a list created are taken back by their mechanism, where nobody has acted on one since."""
    rows = []
    for some in in_chunks(keys, CHUNK):
        rows += await gate.hold(declared.creates, some)
    touched = {row.id: str(row.no) for row in rows if row.revision != 1}
    refuse(lines, touched)
    why = f"撤销导入 {batch.no}：{gate.reason}"
    await undo(gate, why, rows)


async def restore_amended(
    gate: Gate, batch: Batch, lines: Sequence[BatchLine], keys: Sequence[int], undo: Restoring
) -> None:
    """Rows that a list amended get what they held before, where they are as it has left them."""
    kinds = [*undo.via]
    written = await read_written(IMPORT, ("Batch", batch.id), kinds)
    held = {row.id: row for row in await gate.hold(kinds[0], keys)}
    now = {kind: await rows_now(written, kind) for kind in kinds}
    touched = dict(await undo.relied(gate, written.rows[kinds[0]], written.entry.id))
    for kind in kinds:
        for key, changes in written.rows[kind].items():
            row = now[kind].get(key)
            if row is None or not is_as_left(row, changes):
                at = undo.via[kind]
                subject = getattr(row, at) if row else changes.get(at, (None, keys[0]))[1]
                touched.setdefault(subject, "")
    touched |= await acted_on_since(gate, written, kinds[0], keys)
    refuse(lines, touched)
    await move_many(gate, [*held.values()])
    now[kinds[0]] = {key: row for key, row in held.items() if key in written.rows[kinds[0]]}
    for kind in reversed(kinds):
        await restore(gate, written, kind, now[kind])


async def acted_on_since(
    gate: Gate, written: Written, kind: str, keys: Sequence[int]
) -> dict[int, str]:
    """Of rows those on which somebody has acted since, by id, with who and when. A list that was brought
    in and taken back meanwhile is nothing.
    """
    since = await entries_after(written.entry, kind, keys)
    entries = [each for several in since.values() for each in several]
    batches = {each.subject_id for each in entries if each.subject_kind == "Batch"}
    undone = await Batch.filter(id__in=sorted(batches), state=BatchState.UNDONE)
    nothing = {("Batch", each.id) for each in undone}
    actors = sorted({who for each in entries if (who := actor_of(each))})
    known = {row["id"] for row in await gate.context.rows.ones("Person", actors) if row}
    found: dict[int, str] = {}
    for key, several in since.items():
        left = [each for each in several if (each.subject_kind, each.subject_id) not in nothing]
        if left:
            name = left[-1].actor_name if actor_of(left[-1]) in {None, *known} else SOMEBODY
            found[key] = f"{name} {gate.context.day_of(left[-1].at)} 又办理过"
    return found


def actor_of(entry: JournalEntry) -> int | None:
    actor: int | None = entry.actor_id  # type: ignore[attr-defined]
    return actor


def refuse(lines: Sequence[BatchLine], touched: Mapping[int, str]) -> None:
    """Raises RuleBroken at `batch` where rows of these lines cannot be taken back, each with why."""
    found = [line for line in lines if line.subject in touched]
    if not found:
        return
    named = "、".join(
        f"第 {line.row} 行{line.name}"
        + (f"（{why}）" if (why := touched[line.subject or 0]) else "")
        for line in found[:LISTED]
    )
    raise RuleBroken(
        f"这一批里有 {len(found)} 行导入后又有变动：{named}。整批没有撤销，"
        "请逐个核对；要改的请在它们的页面办理",
        "batch",
    )
