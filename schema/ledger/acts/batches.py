"""What the acts on a batch share: loading it at a revision, and reading its lines in chunks."""

from collections.abc import AsyncIterator, Collection
from dataclasses import dataclass, field
from typing import Any

from schema import database
from schema.city.rules import RuleBroken
from schema.gate.gate import Gate
from schema.intake import LISTS
from schema.ledger.tables import LEDGER, Batch, BatchState, RowState
from schema.people.tables import Organization
from schema.query.models import document

CHUNK = 200
COUNTED = (
    RowState.READY,
    RowState.WRONG,
    RowState.DUPLICATE,
    RowState.AWAITING,
    RowState.IMPORTED,
    RowState.MIGRATED,
    RowState.RETURNED,
)
REFUSALS = {
    BatchState.PREVIEW: "这一批还没有导入，不需要撤销",
    BatchState.IMPORTED: "这一批已经导入，不能再导入或替换；要重来请先撤销整批",
    BatchState.UNDONE: "这一批已经撤销，请重新上传",
}


def read_at(gate: Gate, input: Any) -> int | None:
    """The revision to compare before the transaction: where something is wrong anyway. What was sent
    twice is known to be so in the transaction alone, and the second is answered as the first.
    """
    return input.revision if gate.errors else None


async def load(gate: Gate, batch_id: str, revision: int | None, state: BatchState) -> Batch:
    """The batch in `state` at `revision`, with its revision raised by one.

    Of two acts at once exactly one succeeds. Raises Stale when the revision has moved on, RuleBroken
    at `batch` when the viewer sees no such batch, it is in another state, or of a kind that the act is
    not for.
    """
    batch: Batch = await gate.load("Batch", batch_id, revision)
    check_kind(gate, batch.kind)
    if batch.state != state:
        raise RuleBroken(REFUSALS[batch.state], "batch")
    gate.prefer("organization", batch.organization_id)
    return batch


def check_kind(gate: Gate, kind: str) -> None:
    """The ledger's acts are for the ledger, those of lists for lists. Raises RuleBroken at `batch`."""
    if (kind == LEDGER) == gate.act.startswith("ledger"):
        return
    what = LISTS[kind].title if kind in LISTS else "项目台账"
    raise RuleBroken(f"这一批是{what}，请在{what}的导入页面办理", "batch")


@dataclass(frozen=True, slots=True)
class BatchLine:
    """A row of a batch: its number in the sheet, the packed `LedgerRow`, its issues as JSON, whether it
    says more than a report, the project it became or duplicates, its name, its changed cells; `subject` is
    the row that a line of another kind of list became or duplicates.
    """

    id: int
    row: int
    state: RowState
    values: dict[str, Any]
    issues: list[dict[str, Any]]
    beyond: bool
    project: int | None
    name: str = ""
    mends: list[dict[str, Any]] = field(default_factory=list)
    subject: int | None = None


async def lines_in_chunks(
    batch: int, states: Collection[RowState], chosen: Collection[int] | None = None
) -> AsyncIterator[list[BatchLine]]:
    """The lines of a batch in these states by row number, at most CHUNK at a time.

    With `chosen` those of these row numbers alone.
    """
    marks, last = ", ".join("?" * len(states)), 0
    while True:
        rows = await database.fetch(
            'SELECT "id", "row_no", "state", "values", "issues", "beyond", "project_id",'
            ' "name", "mends", "subject_id"'
            ' FROM "batch_row"'
            f' WHERE "batch_id" = ? AND "state" IN ({marks}) AND "row_no" > ?'
            f' ORDER BY "row_no" LIMIT {CHUNK}',
            [batch, *states, last],
        )
        if not rows:
            return
        last = rows[-1]["row_no"]
        found = [
            BatchLine(
                row["id"],
                row["row_no"],
                RowState(row["state"]),
                document(row["values"]),
                document(row["issues"]),
                bool(row["beyond"]),
                row["project_id"],
                row["name"],
                document(row["mends"]),
                row["subject_id"],
            )
            for row in rows
            if chosen is None or row["row_no"] in chosen
        ]
        if found:
            yield found


async def counts(batch: int) -> dict[str, int]:
    """The columns of a batch that count its lines by their states."""
    rows = await database.fetch(
        'SELECT "state", count(*) AS "lines" FROM "batch_row" WHERE "batch_id" = ? GROUP BY "state"',
        [batch],
    )
    found = {row["state"]: row["lines"] for row in rows}
    return {f"{state.lower()}_count": found.get(state.value, 0) for state in COUNTED}


async def own_place(organization: int | None) -> str:
    """The slug of the place that a unit speaks for; "" for the office, which speaks for all."""
    unit = await Organization.get(id=organization).prefetch_related("place")
    return unit.place.slug if unit.place else ""


def report_progress(gate: Gate, done: int, total: int) -> None:
    """Tell the caller, if it asked, how many lines of how many are done."""
    if gate.context.progress:
        gate.context.progress(done, total)
