"""What has changed between the preview of a batch and its import or confirmation."""

from collections.abc import Collection, Sequence
from typing import Any

from schema.gate.gate import Gate
from schema.ledger.acts.batches import BatchLine, lines_in_chunks
from schema.ledger.acts.candidates import load_candidates, seen_among
from schema.ledger.acts.investors import investor_in, load_investors
from schema.ledger.acts.preview import duplicate_issues
from schema.ledger.rules import unpacked
from schema.ledger.rules.checks import order_faults
from schema.ledger.rules.mapping import FieldIssue
from schema.ledger.rules.matching import Duplicate
from schema.ledger.rules.validation import issue_at, issue_to_json
from schema.ledger.tables import Batch, BatchRow, RowState

Update = dict[str, tuple[Any, Any]]


async def wrong_investors(
    gate: Gate,
    batch: Batch,
    states: Sequence[RowState],
    chosen: Collection[int] | None = None,
) -> dict[int, FieldIssue]:
    """The lines whose investor is no longer one company, by number in the sheet, with what is wrong."""
    lines = [
        investor_in(line.row, line.values)
        async for chunk in lines_in_chunks(batch.id, states, chosen)
        for line in chunk
    ]
    index = await load_investors(lines)
    return {line.row: fault for line in lines if (fault := index.fault(line))}


async def mark_wrong_investors(gate: Gate, batch: Batch, states: Sequence[RowState]) -> list[int]:
    """Mark the lines whose investor is no longer one company; their numbers in the sheet."""
    faults = await wrong_investors(gate, batch, states)
    if not faults:
        return []
    async for chunk in lines_in_chunks(batch.id, states):
        updates: dict[int, Update] = {}
        for line in chunk:
            if line.row in faults:
                issue = issue_at(line.row, faults[line.row], batch.notes["columns"])
                updates[line.id] = {
                    "state": (line.state, RowState.WRONG),
                    "issues": (line.issues, [*line.issues, issue_to_json(issue)]),
                }
        await gate.update_many(BatchRow, updates)
    return list(faults)


async def disordered_lines(
    batch: Batch, states: Sequence[RowState], chosen: Collection[int]
) -> list[int]:
    """The numbers in the sheet of the lines whose days stand before what they follow."""
    return [
        line.row
        async for chunk in lines_in_chunks(batch.id, states, chosen)
        for line in chunk
        if any(order_faults(unpacked(line.values)))
    ]


async def duplicated_lines(
    gate: Gate, batch: Batch, states: Sequence[RowState], chosen: Collection[int]
) -> dict[int, int]:
    """The lines that duplicate a project now, one of another batch or none, by number in the sheet, with
    its id: lines of one file were compared with each other when it was read.
    """
    found: dict[int, int] = {}
    entered = (RowState.IMPORTED, RowState.MIGRATED)
    own = {line.project or 0 async for part in lines_in_chunks(batch.id, entered) for line in part}
    async for chunk in lines_in_chunks(batch.id, states, chosen):
        rows = [unpacked(line.values) for line in chunk]
        index = await load_candidates(rows, gate.context, own)
        for row in rows:
            if duplicate := index.find_duplicate(row):
                found[row.row] = duplicate.id
    return found


async def settle_duplicates(gate: Gate, batch: Batch, include: bool) -> None:
    """Say of every line that may be a project of ours what becomes of it, just before the import.

    One that may be a project which the importer does not see awaits the office, whatever they say;
    so does one for which the day's notices are used up. Of one that they see `include` decides.
    The same file uploaded and imported twice is the usual case.
    """
    async for chunk in lines_in_chunks(batch.id, (RowState.READY, RowState.DUPLICATE)):
        rows = [unpacked(line.values) for line in chunk]
        index = await load_candidates(rows, gate.context)
        known = {line.project for line in chunk if line.state == RowState.DUPLICATE}
        seen = await seen_among([key for key in known if key], gate.viewer)
        new: list[tuple[BatchLine, Any, Duplicate]] = []
        updates: dict[int, Update] = {}
        for line, row in zip(chunk, rows, strict=True):
            unseen = index.find_unseen(row)
            if line.state == RowState.DUPLICATE:
                state = onward(line, unseen is None and line.project in seen, include)
                updates[line.id] = moved(line, state, line.project)
            elif duplicate := unseen or index.find_duplicate(row):
                new.append((line, row, duplicate))
        issues = await duplicate_issues(
            gate, [(row, duplicate) for _, row, duplicate in new], batch.notes["columns"]
        )
        for (line, _, duplicate), issue in zip(new, issues, strict=True):
            state = onward(line, bool(duplicate.no), include)
            updates[line.id] = moved(line, state, duplicate.id, issue_to_json(issue))
        await gate.update_many(BatchRow, updates)


def onward(line: BatchLine, seen: bool, include: bool) -> RowState:
    """What becomes of a line that may be a project of ours, which the importer sees or does not."""
    if not seen:
        return RowState.AWAITING
    if not include:
        return RowState.DUPLICATE
    return RowState.AWAITING if line.beyond else RowState.READY


def moved(line: BatchLine, state: RowState, project: int | None, *issues: Any) -> Update:
    return {
        "state": (line.state, state),
        "issues": (line.issues, [*line.issues, *issues]),
        "project_id": (line.project, project),
    }
