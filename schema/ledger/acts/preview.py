"""A ledger read, every line judged, and kept for somebody to look at before it is imported."""

import asyncio
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from schema.city.rules import RuleBroken
from schema.gate.gate import Gate
from schema.ledger.acts.batches import CHUNK, load, own_place, report_progress
from schema.ledger.acts.bulk_insert import store_all
from schema.ledger.acts.candidates import register
from schema.ledger.rules import FIELDS, Issue, LedgerRow, unpacked
from schema.ledger.rules.mapping import Fault
from schema.ledger.rules.matching import SAME_NO, Twin
from schema.ledger.rules.validation import Columns, Kept, as_kept, issue
from schema.ledger.rules.worker import judge
from schema.ledger.tables import Batch, BatchRow, BatchState, RowState
from schema.scalars import File
from schema.sheet.reading import COMPOUND, ZIP

ASSIGNED = re.compile(r"([A-Z]{1,3})=([a-z_]+)")


@dataclass
class Sent:
    """A ledger that was read: the file, what was said of it, and its lines as JSON."""

    file_name: str
    sha256: str
    columns: dict[str, str]
    whole: Kept
    lines: list[bytes]
    states: dict[int, RowState] = field(default_factory=dict)
    doubles: dict[int, tuple[Kept, int]] = field(default_factory=dict)


async def read(gate: Gate, input: Any) -> Sent:
    """The ledger in a file just sent, or in that of a batch to be read otherwise."""
    columns = assigned(input.columns or [])
    organization, day = gate.viewer.organization, gate.today
    if input.batch:
        batch = await gate.find("Batch", input.batch, "batch")
        organization = batch["organization_id"]
    if input.file:
        name, content = input.file.name, input.file.content
    elif input.batch:
        name, day = batch["file_name"], gate.context.day_of(batch["uploaded_at"])
        content = gate.context.file_store.path(batch["sha256"]).read_bytes()
    else:
        raise RuleBroken("请选择台账文件（.xlsx、.xls 或 .csv）", "file", "INVALID")
    said = {
        "name": name,
        "sheet": input.sheet,
        "columns": columns,
        "day": day.isoformat(),
        "own": await own_place(organization),
    }
    whole: Kept = {}
    lines: list[bytes] = []
    async for line in judge(said, content):
        if whole:
            lines.append(line)
        else:
            whole = json.loads(line)
    kept = keep_file(gate, name, content)
    sent = Sent(kept.name, kept.sha256, columns, whole, lines)
    await mark(gate, sent)
    return sent


async def keep(gate: Gate, batch_id: str | None, revision: int | None) -> Batch:
    """The ledger as a new batch, or in the place of one that is not imported yet."""
    sent: Sent = gate.prepared
    count = list(sent.states.values()).count
    values = {
        "file_name": sent.file_name,
        "sha256": sent.sha256,
        "uploaded_by_id": gate.viewer.person,
        "uploaded_at": gate.now,
        "ready_count": count(RowState.READY),
        "wrong_count": count(RowState.WRONG),
        "duplicate_count": count(RowState.DUPLICATE),
        "skipped_count": sum(sent.whole["skipped"].values()),
        "notes": sent.whole | {"assigned": sent.columns},
    }
    if batch_id:
        batch = await load(gate, batch_id, revision, BatchState.PREVIEW)
        await BatchRow.filter(batch_id=batch.id).delete()
        await gate.change(batch, **values)
    else:
        year = gate.today.year
        batch = await gate.create(
            Batch,
            no=f"B{year}-{await gate.number(f'batch {year}'):03d}",
            state=BatchState.PREVIEW,
            organization_id=gate.viewer.organization,
            **values,
        )
    await keep_rows(gate, batch, sent)
    return batch


# ---------------------------------------------------------------- judging by the database


async def mark(gate: Gate, sent: Sent) -> None:
    """Every line's state: needs mending, seems to be a project already there, or is ready."""
    foreign = 0
    for start in range(0, len(sent.lines), CHUNK):
        chunk = [json.loads(line) for line in sent.lines[start : start + CHUNK]]
        sent.states |= {line["row"]: RowState.WRONG for line in chunk if line["wrong"]}
        rows = [unpacked(line["values"]) for line in chunk if not line["wrong"]]
        there = await register(rows)
        twins = [(row, twin) for row in rows if (twin := there.twin(row))]
        sent.states |= {row.row: RowState.READY for row in rows}
        said = await doubled(gate, twins, sent.whole["columns"])
        for each, (row, twin) in zip(said, twins, strict=True):
            sent.states[row.row] = RowState.DUPLICATE
            sent.doubles[row.row] = as_kept(each), twin.id
        ready = [row for row in rows if sent.states[row.row] == RowState.READY]
        foreign += sum(1 for row in ready if row.no)
        report_progress(gate, start + len(chunk), 2 * len(sent.lines))
    if foreign:
        message = f"有 {foreign} 行的项目编号不是本系统的，导入后另编新号"
        fault = Fault("no", "NO", message)
        sent.whole["issues"].append(as_kept(issue(0, fault, sent.whole["columns"])))


async def doubled(
    gate: Gate, twins: Sequence[tuple[LedgerRow, Twin]], columns: Columns
) -> list[Issue]:
    """What is said of lines that seem to be known; of a project not theirs to see, only that."""
    loads = [gate.context.rows.one("Project", twin.id) for _, twin in twins]
    said = []
    for (row, twin), seen in zip(twins, await asyncio.gather(*loads), strict=True):
        message = "库内已有疑似相同的项目，您看不到它。请先与领导小组办公室核对"
        if seen:
            message = (
                f"与库内项目 {seen['no']}“{seen['name']}”疑似重复：{'；'.join(twin.reasons)}。"
                "请核对，确实是两个项目的可选择一并导入"
            )
        at = "no" if twin.code == SAME_NO else "name"
        said.append(issue(row.row, Fault(at, twin.code, message), columns))
    return said


# ---------------------------------------------------------------- keeping


async def keep_rows(gate: Gate, batch: Batch, sent: Sent) -> None:
    for start in range(0, len(sent.lines), CHUNK):
        chunk = [json.loads(line) for line in sent.lines[start : start + CHUNK]]
        rows = []
        for line in chunk:
            double, twin = sent.doubles.get(line["row"], (None, None))
            rows.append(
                {
                    "batch_id": batch.id,
                    "row_no": line["row"],
                    "state": sent.states[line["row"]],
                    "name": line["name"],
                    "values": line["values"],
                    "issues": [*line["issues"], double] if double else line["issues"],
                    "project_id": twin,
                }
            )
        await store_all(BatchRow, rows)
        report_progress(gate, len(sent.lines) + start + len(chunk), 2 * len(sent.lines))


def keep_file(gate: Gate, name: str, content: bytes) -> Any:
    """The file as it came, for the file with our verdicts; named for what it is."""
    stem = name.rpartition(".")[0] or name
    ending = "xlsx" if content.startswith(ZIP) else "xls" if content.startswith(COMPOUND) else "csv"
    try:
        return gate.context.file_store.keep(File(f"{stem}.{ending}", content))
    except RuleBroken as broken:
        raise RuleBroken(broken.message, "file", "INVALID") from None


def assigned(said: Sequence[str]) -> dict[str, str]:
    """Columns named by hand, field by letter."""
    found = {}
    for each in said:
        match = ASSIGNED.fullmatch(each.strip())
        if not match or match[2] not in FIELDS:
            raise RuleBroken("指定的列请写成 F=investor_name", "columns", "INVALID")
        found[match[1]] = match[2]
    return found
