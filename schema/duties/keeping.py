"""The one function that writes duties: from the facts, for the tasks whose rows an act has changed.

At the end of an act the gate calls `keep`. One statement reads the facts and the open duties of all
tasks that the act may have touched, one writes what differs. `repair` does the same for all subjects.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

from schema import database
from schema.context import RULEBOOK
from schema.database.statements import marks
from schema.duties.facts import ON_ANY, Values, in_portions, open_duty, plain, read_facts
from schema.duties.registry import TASKS, limited
from schema.duties.settling import Ending, settle, write
from schema.duties.tables import Outcome
from schema.gate.gate import Gate
from schema.gate.locks import lock_rows, rank
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
    await end_removed(gate)


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
        before = {duty["id"]: duty for row in found if (duty := open_duty(row))}
        written += await write(gate, settle(found, gate.context, ending), before)
        await keep_due_times(gate, found)
    return written


async def end_removed(gate: Gate) -> None:
    """End the duties whose subject the act has taken away: nobody can do them any more."""
    for kind, keys in gate.journal.removed.items():
        acts = [act for act, task in TASKS.items() if task.kind_name == kind]
        if not acts:
            continue
        gone = await database.fetch(
            'SELECT * FROM "duty" WHERE "closed_at" IS NULL'
            f' AND "task" IN ({marks(acts)}) AND "subject_id" IN ({marks(keys)})',
            [*acts, *keys],
        )
        end = {"closed_at": gate.now, "closed_by_id": gate.viewer.person, "outcome": Outcome.ENDED}
        before = {row["id"]: plain(row) for row in gone}
        await write(gate, [{**row, **end} for row in before.values()], before)


def touched(gate: Gate) -> Asked:
    """The tasks that watch what an act has changed: act of the task → kind → ids of changed rows."""
    changed, asked = gate.journal.changed, Asked()
    for act, task in TASKS.items():
        watched = {task.kind_name: task.watched, **dict.fromkeys([*task.carried, *ON_ANY])}
        if task.has_project:
            watched.setdefault("Project", task.watched)
        watched |= dict.fromkeys(task.pointed, task.watched)
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
        among = f"IN ({marks([*posts.keys])})"
        held = (
            'SELECT DISTINCT "person_id" FROM "appointment"'
            f' WHERE "id" {among} OR "acting_for_id" {among}'
        )
        found += [row["person_id"] for row in await database.fetch(held, [*posts.keys] * 2)]
    return found


def handed_to_any(people: Sequence[int]) -> Sql:
    """Open duties `d` that were handed to one of these people at some time."""
    sql, _ = handed_over()
    return f'{sql[:-1]} AND h."to_person_id" IN ({marks(people)}))', [*people]


def handed_over() -> Sql:
    """Open duties `d` that were handed to somebody at some time."""
    of = 'h."task" = d."task" AND h."subject_id" = d."subject_id"'
    return f'EXISTS (SELECT 1 FROM "hand_over" h WHERE {of})', []


def by_the_rulebook() -> Sql:
    """Open duties `d` whose due time follows from the rulebook."""
    acts = [task.act for task in limited()]
    return f'd."task" IN ({marks(acts)})', list(acts)


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
            parts.append(
                f'SELECT \'{task.act}\' AS "task", x."id" AS "id", {task.project_id}'
                f' AS "project_id" FROM {task.tables} WHERE {task.stands}'
            )
    return [Subject(**row) for row in await database.fetch(" UNION ALL ".join(parts))]


async def hold_subjects(gate: Gate, subjects: Sequence[Subject]) -> None:
    """Whoever acts on a project holds it, so while it is held none of its duties is closed.

    A duty without one stands on its subject alone. All are held in the order of every act; whoever
    holds such a subject waits for no person and no post, which are held here already.
    """
    wanted: dict[str, set[int]] = {}
    for each in subjects:
        kind = TASKS[each.task].kind_name if each.project_id is None else "Project"
        wanted.setdefault(kind, set()).add(each.project_id or each.id)
    for name in sorted(wanted, key=lambda name: rank(KINDS[name])):
        if name == "Project":
            await gate.hold(name, wanted[name])
        else:
            await lock_rows(KINDS[name].model, sorted(wanted[name]))


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
