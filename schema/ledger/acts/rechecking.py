"""What has changed between the preview of a batch and its import: lines are marked and left out."""

from collections.abc import Sequence
from typing import Any

from schema.gate.gate import Gate
from schema.ledger.acts.batches import lines_in_chunks
from schema.ledger.acts.candidates import load_candidates
from schema.ledger.acts.investors import investor_in, load_investors
from schema.ledger.acts.preview import duplicate_issues
from schema.ledger.rules import unpacked
from schema.ledger.rules.validation import issue_at, issue_to_json
from schema.ledger.tables import Batch, BatchRow, RowState


async def mark_wrong_investors(gate: Gate, batch: Batch, states: Sequence[RowState]) -> list[int]:
    """Mark the lines whose investor is no longer one company; their numbers in the sheet."""
    lines = [
        investor_in(line.row, line.values)
        async for chunk in lines_in_chunks(batch.id, states)
        for line in chunk
    ]
    index = await load_investors(lines)
    faults = {line.row: fault for line in lines if (fault := index.fault(line))}
    if not faults:
        return []
    async for chunk in lines_in_chunks(batch.id, states):
        updates: dict[int, dict[str, tuple[Any, Any]]] = {}
        for line in chunk:
            if line.row in faults:
                issue = issue_at(line.row, faults[line.row], batch.notes["columns"])
                updates[line.id] = {
                    "state": (line.state, RowState.WRONG),
                    "issues": (line.issues, [*line.issues, issue_to_json(issue)]),
                }
        await gate.update_many(BatchRow, updates)
    return list(faults)


async def mark_new_duplicates(gate: Gate, batch: Batch, states: Sequence[RowState]) -> int:
    """Mark the lines that duplicate a project inserted since the preview; how many they are.

    The same file uploaded and imported twice is the usual case.
    """
    count = 0
    async for chunk in lines_in_chunks(batch.id, states):
        rows = [unpacked(line.values) for line in chunk]
        index = await load_candidates(rows, gate.context)
        duplicates = [(row, duplicate) for row in rows if (duplicate := index.find_duplicate(row))]
        lines = {row.row: line for row, line in zip(rows, chunk, strict=True)}
        updates: dict[int, dict[str, tuple[Any, Any]]] = {}
        for issue, (row, duplicate) in zip(
            await duplicate_issues(gate, duplicates, {}), duplicates, strict=True
        ):
            line = lines[row.row]
            updates[line.id] = {
                "state": (line.state, RowState.DUPLICATE),
                "issues": (line.issues, [*line.issues, issue_to_json(issue)]),
                "project_id": (line.project, duplicate.id),
            }
        await gate.update_many(BatchRow, updates)
        count += len(updates)
    return count
