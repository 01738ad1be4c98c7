"""Import: the lines of a batch that say no more than a report become reports, the others await the office."""

from typing import Any

from schema.city.rules import RuleBroken
from schema.gate.gate import Gate
from schema.ledger.acts.batches import (
    check_kind,
    counts,
    lines_in_chunks,
    load,
    read_at,
    report_progress,
)
from schema.ledger.acts.entering import Entering, search_keys
from schema.ledger.acts.rechecking import (
    ENTERED,
    TAKEN,
    ask_for_import,
    mark_wrong_investors,
    settle_duplicates,
)
from schema.ledger.tables import Batch, BatchState, RowState
from schema.project.tables import NEW_PROJECTS

ROWS_NAMED = 10


async def prepare_search_keys(gate: Gate, input: Any) -> dict[str, str]:
    """The search keys of the names in the batch; before the transaction, and what has come since the
    preview is counted, for a refusal undoes what it wrote.
    """
    row = gate.require(await gate.try_find("Batch", input.batch, "batch", read_at(gate, input)))
    check_kind(gate, row["kind"])
    if row["state"] == BatchState.PREVIEW:
        await ask_for_import(gate, row["id"], row["organization_id"], "told")
    return await search_keys(row["id"], TAKEN)


async def import_batch(
    gate: Gate, batch_id: str, revision: int, only_correct: bool, include_duplicates: bool
) -> Batch:
    """Import the correct lines of a batch, all in the act's transaction, and return the batch.

    `include_duplicates` takes those that duplicate what the importer sees; what may duplicate a
    project that is not seen awaits the office. Raises RuleBroken at `onlyCorrect` when lines have
    errors and `only_correct` is not set, at `batch` when no line is left.
    """
    batch = await load(gate, batch_id, revision, BatchState.PREVIEW)
    if batch.wrong_count and not only_correct:
        raise RuleBroken(
            f"有 {batch.wrong_count} 行需要修改，一行也没有导入。"
            "请改好后重新上传，或者选择“只导入正确行”",
            "onlyCorrect",
        )
    await gate.context.load_rules()
    await gate.alone(NEW_PROJECTS)
    await ask_for_import(gate, batch.id, batch.organization_id, "none")
    await settle_duplicates(gate, batch, include_duplicates)
    wrong = await mark_wrong_investors(gate, batch, ENTERED)
    if wrong and not only_correct:
        raise RuleBroken(
            f"第 {'、'.join(map(str, wrong[:ROWS_NAMED]))} 行的投资方与上传以后登记的企业对不上，"
            "一行也没有导入。请重新上传核对，或者选择“只导入正确行”",
            "onlyCorrect",
        )
    run = Entering(gate, batch, (RowState.READY,))
    await run.load_reference_data()
    await run.insert_companies()
    async for chunk in lines_in_chunks(batch.id, run.states):
        entered = await run.mapped(chunk)
        await run.insert_reports(entered, run.reporter)
        await run.mark(entered, RowState.IMPORTED)
        report_progress(gate, len(run.nos), batch.ready_count + batch.duplicate_count)
    found = await counts(batch.id)
    if not run.nos and not found["awaiting_count"]:
        raise RuleBroken("没有可以导入的行。请改好后重新上传，或者把疑似重复的一并导入", "batch")
    await gate.change(
        batch,
        state=BatchState.IMPORTED,
        imported_at=gate.now,
        imported_by_id=gate.viewer.person,
        **found,
    )
    return batch
