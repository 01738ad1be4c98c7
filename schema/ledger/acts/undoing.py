"""Undo: every entry of a batch is reversed in its series, every project withdrawn."""

from collections.abc import Sequence
from typing import Any

from schema import database
from schema.city.rules import RuleBroken
from schema.entries.posting import rest_on_rules, reverse_entries
from schema.entries.rules import EntryState
from schema.entries.tables import Entry
from schema.gate.gate import Gate
from schema.ledger.acts.batches import CHUNK, lines_in_chunks, load, report_progress
from schema.ledger.rules.decisions import check_undo
from schema.ledger.tables import Batch, BatchRow, BatchState, RowState
from schema.permissions import Post, posts_for
from schema.project.rules import Stage
from schema.project.tables import Project

LISTED = 20
ENTERED = (RowState.IMPORTED, RowState.MIGRATED)
"""The states of lines that became projects."""
TOUCHED = (
    'SELECT p."id", p."no" FROM "batch_row" b JOIN "project" p ON p."id" = b."project_id"'
    ' WHERE b."batch_id" = ? AND b."state" IN (\'IMPORTED\', \'MIGRATED\') AND (p."revision" <> 1'
    ' OR EXISTS (SELECT 1 FROM "journal_entry" j WHERE j."project_id" = p."id")'
    ' OR EXISTS (SELECT 1 FROM "project" m WHERE m."merged_into_id" = p."id"))'
    ' ORDER BY b."row_no"'
)


class Touched(RuleBroken):
    """Projects of the batch were changed after the import; `answer` lists those the viewer sees."""

    def __init__(self, count: int, projects: Sequence[object]) -> None:
        super().__init__(
            f"这一批里有 {count} 个项目导入后又办理过，整批没有撤销。请逐个核对；"
            "要改的请在项目页办理，例如冲销记错的一笔",
            "batch",
        )
        self.answer = {"touched": projects}


async def undo_batch(gate: Gate, batch_id: str, revision: int) -> Batch:
    """Undo an imported batch in the act's transaction and return it. What awaits the office goes with it.

    Raises Touched, and RuleBroken (NOT_ALLOWED) where the office has migrated some of it and somebody
    else undoes it.
    """
    await rest_on_rules(gate)
    batch = await load(gate, batch_id, revision, BatchState.IMPORTED)
    migrated = bool(batch.migrated_count)
    if migrated:
        offices = [each for each in posts_for(gate.viewer, gate.act) if each.post is Post.OFFICE]
        gate.post = offices[0] if offices else gate.post
    check_undo(migrated, gate.post.post is Post.OFFICE)
    await check_untouched(gate, batch)
    # All of them first, in the order of ids, which is not that of lines migrated after others:
    # whoever posts holds a project before it takes an entry's number.
    entered = [
        line.project
        async for chunk in lines_in_chunks(batch.id, ENTERED)
        for line in chunk
        if line.project
    ]
    entered.sort()
    for start in range(0, len(entered), CHUNK):
        await gate.hold("Project", entered[start : start + CHUNK])
    done = 0
    async for chunk in lines_in_chunks(batch.id, ENTERED):
        projects = [line.project for line in chunk if line.project]
        held = await gate.hold("Project", projects)
        if any(project.revision != 1 for project in held):
            await check_untouched(gate, batch)
        await reverse_all(gate, projects)
        await gate.update_many(Project, {each.id: withdrawn(each, gate) for each in held})
        await gate.update_many(
            BatchRow, {line.id: {"state": (line.state, RowState.UNDONE)} for line in chunk}
        )
        done += len(held)
        report_progress(gate, done, batch.imported_count + batch.migrated_count)
    async for chunk in lines_in_chunks(batch.id, (RowState.AWAITING,)):
        await gate.update_many(
            BatchRow, {line.id: {"state": (line.state, RowState.UNDONE)} for line in chunk}
        )
    await gate.change(batch, state=BatchState.UNDONE, undone_at=gate.now, awaiting_count=0)
    return batch


def withdrawn(project: Project, gate: Gate) -> dict[str, tuple[Any, Any]]:
    """The columns of a project whose import is undone, from what to what."""
    after = {
        "stage": Stage.WITHDRAWN,
        "stage_at": gate.now,
        "signed_on": None,
        "signed_fen": 0,
        "paid_in_fen": 0,
        "revision": project.revision + 1,
        "updated_at": gate.now,
    }
    return {column: (getattr(project, column), value) for column, value in after.items()}


async def check_untouched(gate: Gate, batch: Batch) -> None:
    """Raise Touched when another act has changed, claimed, or merged into a project of the batch."""
    if found := await database.fetch(TOUCHED, [batch.id]):
        seen = [await gate.context.rows.one("Project", row["id"]) for row in found[:LISTED]]
        raise Touched(len(found), [row for row in seen if row])


async def reverse_all(gate: Gate, projects: Sequence[int]) -> None:
    """Reverse every entry of these projects."""
    marks = ", ".join("?" * len(projects))
    entries = await database.fetch(
        f'SELECT * FROM "entry" WHERE "project_id" IN ({marks}) ORDER BY "id"', projects
    )
    await reverse_entries(gate, entries, gate.reason)
    await gate.update_many(
        Entry,
        {
            entry["id"]: {
                "state": (entry["state"], EntryState.REVERSED),
                "revision": (entry["revision"], entry["revision"] + 1),
            }
            for entry in entries
        },
    )
