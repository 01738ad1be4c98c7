"""Changing one cell of a batch in its preview: the file is read again with it, and what follows is checked at once.

The file stays as it was uploaded. What was changed stands beside its line with what the file has, who changed it
and when; it holds for every later reading of the batch, and the file with results carries it.
"""

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from schema.city.rules import RuleBroken
from schema.database.statements import in_chunks
from schema.gate.gate import Gate
from schema.ledger.acts.batches import (
    CHUNK,
    BatchLine,
    check_kind,
    counts,
    lines_in_chunks,
    load,
    own_place,
    read_at,
    stored,
)
from schema.ledger.acts.investors import investor_in
from schema.ledger.acts.preview import (
    ParsedFile,
    assign_states,
    mends_of,
    note_foreign_numbers,
    read_lines,
)
from schema.ledger.rules.validation import JsonObject
from schema.ledger.tables import Batch, BatchRow, BatchState, RowState

IN_PREVIEW = (RowState.READY, RowState.WRONG, RowState.DUPLICATE, RowState.AWAITING)
NO_LINE = "这一批没有这一行，请从预览里选择要改的行"
NO_COLUMN = "台账里没有这一列，不能在这里改。请在文件里补上这一列后重新上传"


@dataclass
class Reread:
    """A file read again with a changed cell: the summary, and the new columns of each line that it changes."""

    summary: JsonObject = field(default_factory=dict)
    changed: dict[int, dict[str, tuple[Any, Any]]] = field(default_factory=dict)


async def read_again(gate: Gate, input: Any) -> Reread:
    """Read the file of a batch with one more cell changed, before the transaction, and check the lines
    that read otherwise now.

    Raises InputRefused: at `batch`, at `row` and `cell` for what the file has not, at `value` for what is
    no better.
    """
    found = await gate.try_find("Batch", input.batch, "batch", read_at(gate, input))
    gate.check(check_row, input.row)
    gate.stop_if_wrong()
    batch = gate.require(found)
    check_kind(gate, batch["kind"])
    if batch["state"] != BatchState.PREVIEW or batch["revision"] != input.revision:
        return Reread()  # refused in the transaction
    notes = batch["notes"]
    lines = {
        line.row: line async for chunk in lines_in_chunks(batch["id"], IN_PREVIEW) for line in chunk
    }
    letter, _ = notes["columns"].get(input.cell) or ("", "")
    if input.row not in lines:
        gate.refuse(RuleBroken(NO_LINE, "row", "INVALID"))
    if not letter:
        gate.refuse(RuleBroken(NO_COLUMN, "cell", "INVALID"))
    gate.stop_if_wrong()
    mends = [
        each
        for each in await mends_of(batch)
        if (each["row"], each["column"]) != (input.row, letter)
    ]
    value = input.value
    if value:
        mends.append(
            {
                "row": input.row,
                "column": letter,
                "field": input.cell,
                "sheet": notes["sheet"],
                "value": value,
                "by": gate.viewer.person,
                "at": gate.now.isoformat(),
            }
        )
    path = gate.context.file_store.path(batch["sha256"])
    arguments = {
        "name": batch["file_name"],
        "sheet": notes["sheet"],
        "answers": {"columns": notes["assigned"], "units": notes["units"]},
        "remembered": [],
        "day": gate.context.day_of(batch["uploaded_at"]).isoformat(),
        "own": await own_place(batch["organization_id"]),
        "hidden": notes.get("hidden", ""),
        "mends": mends,
    }
    summary, read = await read_lines(arguments, await asyncio.to_thread(path.read_bytes))
    summary["answered_in"] = notes.get("answered_in", "")
    new = {line["row"]: line for line in map(json.loads, read)}
    check_mended(gate, new, lines, input.row, letter if value else "")
    return await reread(gate, summary, new, lines)


def check_row(row: int) -> None:
    """The number of a row counts from 1. Raises RuleBroken (INVALID) at `row`."""
    if row < 1:
        raise RuleBroken(NO_LINE, "row", "INVALID")


def check_mended(
    gate: Gate,
    new: Mapping[int, JsonObject],
    lines: Mapping[int, BatchLine],
    row: int,
    letter: str,
) -> None:
    """Refuse, at `value`, what leaves no project in the line, and an error in the changed cell itself."""
    if new.keys() != lines.keys():
        gate.refuse(RuleBroken("这样改，这一行就不再是项目了，请核对", "value", "INVALID"))
        gate.stop_if_wrong()
    for issue in new[row]["issues"]:
        if letter and issue["column"] == letter and issue["severity"] == "ERROR":
            gate.refuse(RuleBroken(issue["message"], "value", "INVALID"))
    gate.stop_if_wrong()


async def reread(
    gate: Gate,
    summary: JsonObject,
    read: Mapping[int, JsonObject],
    lines: Mapping[int, BatchLine],
) -> Reread:
    """What is new of the lines that read otherwise, checked against companies and projects as at the preview.

    A line that such a check has found wrong is checked again in any case: what was changed may be of
    the line with which it disagreed.
    """
    parsed, otherwise = ParsedFile("", "", summary, []), list[JsonObject]()
    for row, new in read.items():
        line = lines[row]
        if is_as_before(line, new):
            if line.state != RowState.WRONG:
                parsed.beside.append(investor_in(line.row, line.values))
        else:
            otherwise.append(new)
            parsed.lines.append(json.dumps(new).encode())
    issues = len(summary["issues"])
    await assign_states(gate, parsed)
    del summary["issues"][issues:]
    states = {row: line.state for row, line in lines.items()} | parsed.states
    note_foreign_numbers(summary, read.values(), states)
    changed = {}
    for new in otherwise:
        row = new["row"]
        line, found = lines[row], parsed.issues.get(row)
        changed[line.id] = {
            "state": (line.state, parsed.states[row]),
            "name": (line.name, new["name"]),
            "values": (
                stored(line.values, line.samples),
                stored(new["values"], new["samples"]),
            ),
            "issues": (line.issues, [*new["issues"], found] if found else new["issues"]),
            "beyond": (line.beyond, new["beyond"]),
            "project_id": (line.project, parsed.projects.get(row)),
            "mends": (line.mends, new["mends"]),
        }
    return Reread(summary, changed)


def is_as_before(line: BatchLine, new: JsonObject) -> bool:
    """Whether a line reads as it did, and what was found of it at the preview still holds."""
    if line.values != new["values"] or line.mends != new["mends"]:
        return False
    own = line.issues[:-1] if line.state == RowState.DUPLICATE else line.issues
    wrong = line.state == RowState.WRONG
    return bool(own == new["issues"] and wrong == new["wrong"])


async def mend_cell(gate: Gate, batch_id: str, revision: int) -> Batch:
    """Write what `read_again` has found."""
    batch = await load(gate, batch_id, revision, BatchState.PREVIEW)
    found: Reread = gate.prepared
    for changed in in_chunks(found.changed.items(), CHUNK):
        await gate.update_many(BatchRow, dict(changed))
    of_lines = await counts(batch.id)
    kept = ("ready_count", "wrong_count", "duplicate_count", "awaiting_count")
    await gate.change(batch, notes=found.summary, **{name: of_lines[name] for name in kept})
    return batch
