"""The one function that writes duties: from the facts, for the tasks whose rows an act has changed.

At the end of an act the gate calls `keep`. One statement reads the facts and the open duties of all
tasks that the act may have touched, one writes what differs. `compare` does the same for all
subjects and writes nothing, `rebuild` writes what it finds.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

from schema import database
from schema.context import RULEBOOK, Context
from schema.duties.facts import COMPARED, ON_ANY, Values, in_portions, plain, read_facts
from schema.duties.registry import TASKS, limited
from schema.duties.settling import Ending, settle, write
from schema.duties.tables import Outcome
from schema.gate.gate import Gate
from schema.gate.locks import lock_rows
from schema.gate.rows import update_rows
from schema.query.models import KINDS
from schema.query.sql import Sql

Asked = dict[str, dict[str, list[int]]]
"""Act of the task → kind → ids of rows from which there is a way to its subjects."""
Moved = dict[str, dict[int, dict[str, tuple[Any, Any]]]]
"""Act of the task → id of the subject → column → (before, after)."""


class Subject(NamedTuple):
    """What a task is to be evaluated on, and the project that it stands on."""

    task: str
    id: int
    project_id: int | None


class Difference(NamedTuple):
    """Where the table is not what the declarations say: of which task and subject, and what is so."""

    task: str
    subject: str
    message: str


# ---------------------------------------------------------------- at the end of an act


async def keep(gate: Gate) -> None:
    """Bring the duties up to date that an act may have opened, closed, moved or handed over."""
    asked, beside = touched(gate), list[Subject]()
    if moved := await people_moved(gate):
        beside += await open_duties(handed_to_any(moved))
    if RULEBOOK in gate.held_alone:
        gate.context.forget()
        beside += [*await open_duties(by_the_rulebook()), *await waiting_for_units()]
    await hold_subjects(gate, beside)
    add(asked, beside)
    await settle_all(gate, asked)


async def keep_of_the_day(gate: Gate) -> int:
    """Bring up to date what a new day may move: whoever leaves or takes up a post by its date, and
    who verifies by a version of the rulebook that begins; how many rows that writes.
    """
    await gate.context.load_rules()
    beside = [*await open_duties(handed_over()), *await waiting_for_units()]
    await hold_subjects(gate, beside)
    asked = Asked()
    add(asked, beside)
    return await settle_all(gate, asked)


async def settle_all(gate: Gate, asked: Asked) -> int:
    """Evaluate tasks on what is asked and write what differs; how many rows that is."""
    written = 0
    if not asked:
        return written
    unit, subject = gate.post.organization, gate.journal.subject
    ending = Ending(gate.act, gate.viewer.person, gate.now, unit, subject)
    for some in in_portions(asked):
        found = await read_facts(some, gate.context)
        if not found:
            continue
        if any(row["is_open"] and TASKS[row["task"]].due for row in found):
            await gate.context.load_rules()
        rows = await write(settle(found, gate.context, ending))
        gate.journal.concern_many("Duty", rows)
        written += len(rows)
        await keep_due_times(gate, found)
    return written


def touched(gate: Gate) -> Asked:
    """The tasks that watch what an act has changed: act of the task → kind → ids of changed rows."""
    changed, asked = gate.journal.changed, Asked()
    for act, task in TASKS.items():
        watched = {task.kind_name: task.watched, **dict.fromkeys([*task.carried, *ON_ANY])}
        if task.has_project:
            watched.setdefault("Project", task.watched)
        for kind, columns in watched.items():
            rows = changed.get(kind)
            if rows and (columns is None or columns & rows.columns):
                asked.setdefault(act, {})[kind] = list(rows.keys)
    return asked


def add(asked: Asked, subjects: Sequence[Subject]) -> None:
    """Ask of more subjects, each once."""
    for each in subjects:
        keys = asked.setdefault(each.task, {}).setdefault(TASKS[each.task].kind_name, [])
        if each.id not in keys:
            keys.append(each.id)


async def people_moved(gate: Gate) -> list[int]:
    """Whose post an act has given or ended, who stands in for them, and whom it has let in or out."""
    changed = gate.journal.changed
    people = changed.get("Person")
    found = list(people.keys) if people and "active" in people.columns else []
    if posts := changed.get("Appointment"):
        marks = ", ".join("?" * len(posts.keys))
        held = (
            'SELECT DISTINCT "person_id" FROM "appointment"'
            f' WHERE "id" IN ({marks}) OR "acting_for_id" IN ({marks})'
        )
        found += [row["person_id"] for row in await database.fetch(held, [*posts.keys] * 2)]
    return found


def handed_to_any(people: Sequence[int]) -> Sql:
    """Open duties `d` that were handed to one of these people at some time."""
    sql, _ = handed_over()
    return f'{sql[:-1]} AND h."to_person_id" IN ({", ".join("?" * len(people))}))', [*people]


def handed_over() -> Sql:
    """Open duties `d` that were handed to somebody at some time."""
    of = 'h."task" = d."task" AND h."subject_id" = d."subject_id"'
    return f'EXISTS (SELECT 1 FROM "hand_over" h WHERE {of})', []


def by_the_rulebook() -> Sql:
    """Open duties `d` whose due time follows from the rulebook."""
    acts = [task.act for task in limited()]
    return f'd."task" IN ({", ".join("?" * len(acts))})', list(acts)


async def open_duties(which: Sql) -> list[Subject]:
    """The subjects of the open duties `d` for which a condition holds."""
    where, values = which
    found = await database.fetch(
        'SELECT d."task", d."subject_id" AS "id", d."project_id" FROM "duty" d'
        f' WHERE d."closed_at" IS NULL AND {where}',
        values,
    )
    return [Subject(**row) for row in found if row["task"] in TASKS]


async def waiting_for_units() -> list[Subject]:
    """The subjects that wait for units which the rulebook names, with a duty or without."""
    parts = []
    for task in TASKS.values():
        if task.holder.several:
            joined = ' JOIN "project" p ON p."id" = x."project_id"' if task.project == "p" else ""
            parts.append(
                f'SELECT \'{task.act}\' AS "task", x."id" AS "id", {task.project}."id"'
                f' AS "project_id" FROM "{task.kind.table}" x{joined} WHERE {task.stands}'
            )
    return [Subject(**row) for row in await database.fetch(" UNION ALL ".join(parts))]


async def hold_subjects(gate: Gate, subjects: Sequence[Subject]) -> None:
    """Whoever acts on a project holds it, so while it is held none of its duties is closed.

    A duty without one stands on its subject alone; whoever holds such a subject waits for no person
    and no post, which are held here already.
    """
    alone: dict[str, set[int]] = {}
    for each in subjects:
        if each.project_id is None:
            alone.setdefault(TASKS[each.task].kind_name, set()).add(each.id)
    for kind in sorted(alone):
        await lock_rows(KINDS[kind].model, sorted(alone[kind]))
    await gate.hold("Project", {each.project_id for each in subjects if each.project_id})


async def keep_due_times(gate: Gate, found: Sequence[Values]) -> None:
    """Write the due time where the subject keeps it as well, noted in the journal."""
    for act, changes in due_times(found).items():
        await gate.update_many(TASKS[act].kind.model, changes)


def due_times(found: Sequence[Values]) -> Moved:
    """The due times that subjects keep and that are others now."""
    moved: Moved = {}
    for row in found:
        limit = TASKS[row["task"]].due
        if limit and limit.keeps and row["is_open"] and row["kept"] != row["due_at"]:
            change = {limit.keeps: (row["kept"], row["due_at"])}
            moved.setdefault(row["task"], {})[row["subject_id"]] = change
    return moved


# ---------------------------------------------------------------- all of them


async def compare(context: Context) -> list[Difference]:
    """Every difference between the table and the declarations evaluated afresh."""
    found, _, _ = await differences(context)
    return found


async def rebuild(context: Context) -> list[Difference]:
    """Write what `compare` finds, in one transaction, and say what that was."""
    async with database.transaction():
        found, rows, moved = await differences(context)
        await write(rows)
        for act, changes in moved.items():
            await update_rows(TASKS[act].kind.model, changes)
    return found


async def differences(context: Context) -> tuple[list[Difference], list[Values], Moved]:
    """What differs, the rows of duties to write, and the due times to write where subjects keep them."""
    await context.load_rules()
    found: list[Difference] = []
    rows: list[Values] = []
    moved: Moved = {}
    seen: set[int | None] = set()
    ending = Ending("", context.viewer.person, context.now)
    for act, task in TASKS.items():
        read = await read_facts({act: {}}, context)
        for row in read:
            seen.add(row["d_id"])
            written = settle([row], context, ending)
            rows += written
            subject = f"{task.kind_name}:{row['subject_id']}"
            found += [Difference(act, subject, words) for words in describe(row, written)]
        moved |= due_times(read)
        for key, change in moved.get(act, {}).items():
            ((column, (before, after)),) = change.items()
            message = f"{column} 是 {before}，应为 {after}"
            found.append(Difference(act, f"{task.kind_name}:{key}", message))
    lost = await orphans(seen)
    now = {"closed_at": context.now, "outcome": Outcome.ENDED}
    rows = [*({**plain(row), **now} for row in lost), *rows]
    found += [
        Difference(row["task"], f"{row['subject_kind']}:{row['subject_id']}", "事项或对象已不存在")
        for row in lost
    ]
    return found, rows, moved


def describe(row: Values, written: Sequence[Values]) -> list[str]:
    """In words, what is written for one subject."""
    if not written:
        return []
    if row["d_id"] is None:
        return ["应有待办事项而没有"]
    if not row["is_open"]:
        return ["已不需要办理，却仍未办结"]
    new = written[-1]
    return [
        f"{name} 是 {row['d_' + name]}，应为 {new[name]}"
        for name in COMPARED
        if row["d_" + name] != new[name]
    ]


async def orphans(seen: set[int | None]) -> list[Values]:
    """Open duties beside those that belong to a subject and its holder: of no declared task, of a
    subject that is gone, of a unit that never was to hold it.
    """
    there = await database.fetch('SELECT "id" FROM "duty" WHERE "closed_at" IS NULL')
    lost = [row["id"] for row in there if row["id"] not in seen]
    if not lost:
        return []
    marks = ", ".join("?" * len(lost))
    return await database.fetch(f'SELECT d.* FROM "duty" d WHERE d."id" IN ({marks})', lost)
