"""What is derived from the steps of entries is written anew where it differs: `sixones rebuild`."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from schema.database.statements import fetch
from schema.entries.checking import Difference, Facts, Row, read_facts
from schema.entries.posting import rest_on_rules
from schema.entries.tables import Credit
from schema.gate.gate import Gate
from schema.gate.journal import REPAIR
from schema.gate.operator import operating
from schema.query.models import day, document

SETTLED = "；该项目有已关账月份的分享不一致，没有改写，请领导小组办公室核对后冲销重记"


async def rebuild_postings(at: datetime) -> list[str]:
    """Write states, totals and credits from the steps of the entries; what differed, a line each.

    The steps are the facts and are never written. What an entry says and what a project's entries
    sum to are written as the last steps left them. Credits are written as they were posted at their
    own numbers of the journal, project by project, for each part follows from those before it. But
    where one that differs counts in a closed month, as it is or as it is to be, no credit of its
    project is written: the month was announced with it, so the office decides, by reversing and
    recording anew. Such lines say so. What is written is one act of the operator's in the journal,
    with before and after of each row; where nothing is to be written, there is none.
    """
    facts = await read_facts()
    if writable := written(facts):
        async with operating(REPAIR, at) as gate:
            await rest_on_rules(gate)
            projects = sorted({each.project for each in writable})
            held = {row.id: row for row in await gate.hold("Project", projects)}
            facts = await read_facts(projects)
            await write(gate, written(facts), held)
            gate.reason = f"按登记的事实改写 {len(writable)} 处"
    settled = settled_projects(facts)
    return [
        f"{each}{SETTLED}" if each.table == "credit" and each.project in settled else f"{each}"
        for each in facts.differences()
    ]


def settled_projects(facts: Facts) -> set[int]:
    """The projects of which a credit that differs counts in a closed month."""
    closed = {day(row["month"]) for row in facts.closed}
    return {
        each.project
        for each in facts.credit_differences()
        if {each.stored.get("counts_in"), each.right.get("counts_in")} & closed
    }


def written(facts: Facts) -> list[Difference]:
    """What is to be written of all that differs."""
    settled = settled_projects(facts)
    return [
        each
        for each in facts.differences()
        if each.table != "credit" or each.project not in settled
    ]


async def write(gate: Gate, found: Sequence[Difference], projects: dict[int, Any]) -> None:
    """Write rows as they are to be; the projects are held."""
    entries = sorted(each.id for each in found if each.table == "entry" and each.id)
    held = {row.id: row for row in await gate.hold("Entry", entries)} if entries else {}
    for each in found:
        row = {"entry": held, "project": projects}.get(each.table, {}).get(each.id)
        if row is not None:
            right = {name: each.right[name] for name in each.columns}
            await gate.change(row, **right, revision=row.revision + 1)
    credits = [each for each in found if each.table == "credit"]
    if credits:
        await write_credits(gate, credits)
        # Which credit takes back which is written once all of them are there.
        again = await read_facts(sorted({each.project for each in credits}))
        await update(gate, again.credit_differences(), keep_undoing=True)


async def write_credits(gate: Gate, credits: Sequence[Difference]) -> None:
    """Change what differs, take away what follows from no step, insert what is missing."""
    await update(gate, credits, keep_undoing=False)
    extra = [each.id for each in credits if not each.right]
    for row in await Credit.filter(id__in=extra).order_by("-id"):
        await gate.remove(row)
    for each in credits:
        if each.id is None:
            key = await recorded_id(each.right)
            missing = {**each.right, "undoes_id": None} | ({"id": key} if key else {})
            await gate.insert_many(Credit, [missing])


async def recorded_id(credit: Row) -> int | None:
    """The id that a missing credit had when it was posted, so that it is the same row again.

    None where the journal's entry does not list its rows itself, as of acts on thousands.
    """
    found = await fetch(
        'SELECT "changes" FROM "journal_entry" WHERE "id" = ?', [credit["journal_id"]]
    )
    for subject, columns in document(found[0]["changes"]).items() if found else ():
        kind, _, key = subject.partition(":")
        posted = {name: after for name, (_, after) in columns.items()} if kind == "Credit" else {}
        if posted and all(
            posted.get(name) == credit[name] for name in ("entry_id", "basis", "role")
        ):
            return None if await Credit.exists(id=int(key)) else int(key)
    return None


async def update(gate: Gate, credits: Iterable[Difference], *, keep_undoing: bool) -> None:
    """The columns that differ of stored credits; without `keep_undoing` none of them takes back any."""
    for each in credits:
        if each.id is None:
            continue
        columns = [name for name in each.columns if keep_undoing or name != "undoes_id"]
        changes = {name: (each.stored[name], each.right[name]) for name in columns}
        if not keep_undoing and each.stored["undoes_id"] is not None:
            changes["undoes_id"] = (each.stored["undoes_id"], None)
        if changes:
            await gate.update_many(Credit, {each.id: changes})
