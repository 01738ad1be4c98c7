"""The one function that writes duties: from the facts, for the tasks whose rows an act has changed.

At the end of an act the gate calls `keep`. One statement reads the facts and the open duties of all
tasks that the act may have touched, one writes what differs. `repair` does the same for all subjects.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from schema import database
from schema.city.rules import CLOSING_TIME, Pause
from schema.context import RULEBOOK, Context
from schema.duties.registry import TASKS, Task, limited
from schema.duties.rules import due_at
from schema.duties.tables import Outcome
from schema.gate.gate import Gate
from schema.gate.rows import stored
from schema.query.models import KINDS, global_id, moment
from schema.query.sql import Sql, bindable

AT_ONCE = 500
MOMENTS = ("since", "due_at", "paused_at", "opened_at", "closed_at")
IDENTITY = ("holder_post", "holder_unit_id", "holder_place_id", "person_id")
COMPARED = (
    "project_id",
    *IDENTITY,
    "unit_id",
    "waiting_id",
    "page",
    "since",
    "due_at",
    "paused_at",
)
COLUMNS = (
    "task",
    "subject_kind",
    "subject_id",
    *COMPARED,
    "opened_at",
    "closed_at",
    "closed_by_id",
    "outcome",
    "level",
)
KEPT = ("id", *(name for name in COLUMNS if name not in ("task", "subject_kind", "subject_id")))
Values = dict[str, Any]
Moved = dict[str, dict[int, dict[str, tuple[Any, Any]]]]
"""Act of the task → id of the subject → column → (before, after)."""


@dataclass(frozen=True)
class Ending:
    """How duties that are no longer open end: by which act, done by whom, when."""

    act: str
    person: int | None
    at: datetime


# ---------------------------------------------------------------- at the end of an act


async def keep(gate: Gate) -> None:
    """Bring the duties up to date that an act may have opened, closed, moved or handed over."""
    asked = touched(gate)
    if RULEBOOK in gate.held_alone:
        asked |= await hold_limited(gate)
    if not asked:
        return
    ending = Ending(gate.act, gate.viewer.person, gate.now)
    for some in in_portions(asked):
        found = [plain(row) for row in await database.fetch(*reading(some))]
        if not found:
            continue
        if any(row["is_open"] and TASKS[row["task"]].due for row in found):
            await gate.context.load_rules()
        gate.journal.concern_many("Duty", await write(settle(found, gate.context, ending)))
        await keep_due_times(gate, found)


def touched(gate: Gate) -> dict[str, dict[str, list[int]]]:
    """The tasks that watch what an act has changed: act of the task → kind → ids of changed rows."""
    changed, asked = gate.journal.changed, dict[str, dict[str, list[int]]]()
    for act, task in TASKS.items():
        watched = {task.kind_name: task.watched, **dict.fromkeys(task.carried), "HandOver": None}
        if task.has_project:
            watched.setdefault("Project", task.watched)
        for kind, columns in watched.items():
            rows = changed.get(kind)
            if rows and (columns is None or columns & rows.columns):
                asked.setdefault(act, {})[kind] = list(rows.keys)
    return asked


async def hold_limited(gate: Gate) -> dict[str, dict[str, list[int]]]:
    """The open duties whose due time follows from the rulebook that the act has changed, held.

    Whoever acts on a project holds it, so none of them is closed meanwhile.
    """
    gate.context.forget()
    acts = [task.act for task in limited()]
    found = await database.fetch(
        'SELECT "task", "subject_id", "project_id" FROM "duty" WHERE "closed_at" IS NULL'
        f' AND "task" IN ({", ".join("?" * len(acts))})',
        acts,
    )
    projects = {row["project_id"] for row in found if row["project_id"] is not None}
    await gate.hold("Project", projects)
    asked: dict[str, dict[str, list[int]]] = {}
    for row in found:
        kinds = asked.setdefault(row["task"], {})
        kinds.setdefault(TASKS[row["task"]].kind_name, []).append(row["subject_id"])
    for act, kinds in asked.items():
        if not TASKS[act].has_project:
            for kind, keys in kinds.items():
                await gate.hold(kind, keys)
    return asked


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


# ---------------------------------------------------------------- reading the facts


def in_portions(
    asked: Mapping[str, Mapping[str, Sequence[int]]],
) -> Iterable[dict[str, dict[str, Sequence[int]]]]:
    """What is asked, in portions of at most so many ids that a statement takes them."""
    longest = max(len(keys) for kinds in asked.values() for keys in kinds.values())
    for start in range(0, longest, AT_ONCE):
        portion = {
            act: {
                kind: some
                for kind, keys in kinds.items()
                if (some := keys[start : start + AT_ONCE])
            }
            for act, kinds in asked.items()
        }
        yield {act: kinds for act, kinds in portion.items() if kinds}


def reading(asked: Mapping[str, Mapping[str, Sequence[int]]]) -> Sql:
    """One statement for the facts of all these tasks and their open duties.

    Without ids of any kind it reads all subjects. A subject without a duty, of which none is due, is
    left out.
    """
    parts = [selecting(TASKS[act], kinds) for act, kinds in asked.items()]
    return " UNION ALL ".join(sql for sql, _ in parts), [v for _, values in parts for v in values]


def selecting(task: Task, kinds: Mapping[str, Sequence[int]]) -> Sql:
    project, holder = task.project, task.holder
    columns = {
        "task": f"'{task.act}'",
        "subject_id": 'x."id"',
        "project_id": f'{project}."id"' if task.has_project else "CAST(NULL AS BIGINT)",
        "no": number_of(task),
        "is_open": f"CASE WHEN {task.stands} THEN 1 ELSE 0 END",
        "holder": holder.value(),
        "unit_id": holder.unit(),
        "waiting_id": task.awaited.unit(),
        "since": f'x."{task.since}"',
        "paused_at": f'CASE WHEN {task.paused} THEN x."{task.paused_since}" END'
        if task.paused
        else "CAST(NULL AS TIMESTAMPTZ)",
        "kept": f'x."{task.due.keeps}"'
        if task.due and task.due.keeps
        else "CAST(NULL AS TIMESTAMPTZ)",
        "pauses": pauses(task),
        "person_id": '(SELECT h."to_person_id" FROM "hand_over" h'
        f' WHERE h."task" = \'{task.act}\' AND h."subject_id" = x."id"'
        f' AND h."handed_at" >= x."{task.since}" AND h."unit_id" = {holder.unit()}'
        ' ORDER BY h."id" DESC LIMIT 1)',
        **{f"d_{name}": f'd."{name}"' for name in KEPT},
    }
    tables = f'"{task.kind.table}" x'
    if task.has_project and task.project == "p":
        tables += ' JOIN "project" p ON p."id" = x."project_id"'
    tables += (
        f' LEFT JOIN "duty" d ON d."task" = \'{task.act}\' AND d."subject_id" = x."id"'
        ' AND d."closed_at" IS NULL'
    )
    where, values = changed_subjects(task, kinds)
    listed = ", ".join(f'{sql} AS "{name}"' for name, sql in columns.items())
    return (
        f'SELECT {listed} FROM {tables} WHERE {where}({task.stands} OR d."id" IS NOT NULL)',
        values,
    )


def number_of(task: Task) -> str:
    """The SQL of the number by which pages name the project, or a subject without one."""
    if task.has_project:
        return f'{task.project}."no"'
    return f'x."{task.kind.key}"' if task.kind.key else "''"


def changed_subjects(task: Task, kinds: Mapping[str, Sequence[int]]) -> Sql:
    """The way from changed rows to the subjects of a task; nothing where none are named."""
    parts: list[str] = []
    values: list[Any] = []
    for kind, keys in kinds.items():
        marks = ", ".join("?" * len(keys))
        if kind == task.kind_name:
            parts.append(f'x."id" IN ({marks})')
        elif kind == "Project":
            parts.append(f'x."project_id" IN ({marks})')
        elif kind == "HandOver":
            of = f'SELECT h."subject_id" FROM "hand_over" h WHERE h."task" = \'{task.act}\''
            parts.append(f'x."id" IN ({of} AND h."id" IN ({marks}))')
        else:
            of = f'SELECT c."{task.carried[kind]}" FROM "{KINDS[kind].table}" c'
            parts.append(f'x."id" IN ({of} WHERE c."id" IN ({marks}))')
        values += keys
    return (f"({' OR '.join(parts)}) AND " if parts else ""), values


def pauses(task: Task) -> str:
    """The SQL of the spans in which the clock of a subject stood still, as one text."""
    if task.due is None or task.due.pauses is None:
        return "CAST(NULL AS TEXT)"
    table, column, since, until = task.due.pauses
    span = f"r.\"{since}\" || '/' || COALESCE(CAST(r.\"{until}\" AS TEXT), '')"
    joined = "string_agg" if database.dialect() == "postgres" else "group_concat"
    return f'(SELECT {joined}({span}, \',\') FROM "{table}" r WHERE r."{column}" = x."id")'


def plain(row: Mapping[str, Any]) -> Values:
    """A stored row with its moments as such."""
    found = dict(row)
    for name in ("kept", *MOMENTS, *(f"d_{name}" for name in MOMENTS)):
        if found.get(name) is not None:
            found[name] = moment(found[name])
    return found


def read_pauses(text: str | None) -> list[Pause]:
    spans = [each.partition("/") for each in (text or "").split(",") if each]
    return [Pause(moment(since), moment(until) if until else None) for since, _, until in spans]


# ---------------------------------------------------------------- what the facts say, and writing it


def settle(found: Sequence[Values], context: Context, ending: Ending) -> list[Values]:
    """The rows to be written for facts that were read: changed ones, ended ones, then new ones.

    Sets the due time of each open duty among the facts, as `due_at`.
    """
    old: list[Values] = []
    new: list[Values] = []
    for row in found:
        task = TASKS[row["task"]]
        before = {name: row[f"d_{name}"] for name in KEPT} if row["d_id"] is not None else None
        key = {"task": task.act, "subject_kind": task.kind_name, "subject_id": row["subject_id"]}
        if not row["is_open"]:
            if before:
                outcome = Outcome.DONE if ending.act == task.act else Outcome.ENDED
                old.append({**key, **before, **ended(ending, outcome)})
            continue
        row["due_at"] = due_of(row, task, context)
        now = standing_of(row, task)
        if before is None:
            new.append({**key, **now, **OPENED, "opened_at": now["since"]})
        elif any(before[name] != now[name] for name in IDENTITY):
            old.append({**key, **before, **ended(ending, Outcome.HANDED_OVER)})
            new.append({**key, **now, **OPENED, "opened_at": ending.at, "level": before["level"]})
        elif any(before[name] != now[name] for name in COMPARED):
            old.append({**key, **before, **now})
    return [*old, *new]


OPENED: Values = {
    "id": None,
    "closed_at": None,
    "closed_by_id": None,
    "outcome": None,
    "level": 0,
}


def ended(ending: Ending, outcome: Outcome) -> Values:
    return {"closed_at": ending.at, "closed_by_id": ending.person, "outcome": outcome}


def standing_of(row: Values, task: Task) -> Values:
    """The columns of an open duty, as the facts say."""
    whose = task.holder.whose
    page = task.page.format(no=row["no"], id=global_id(task.kind_name, row["subject_id"]))
    return {
        "project_id": row["project_id"],
        "holder_post": task.holder.post.value if task.holder.post else None,
        "holder_unit_id": row["holder"] if whose == "organization" else None,
        "holder_place_id": row["holder"] if whose == "place" else None,
        "person_id": row["holder"] if whose == "person" else row["person_id"],
        "unit_id": row["unit_id"],
        "waiting_id": row["waiting_id"],
        "page": page,
        "since": row["since"],
        "due_at": row["due_at"],
        "paused_at": row["paused_at"],
    }


def due_of(row: Values, task: Task, context: Context) -> datetime | None:
    """When a duty is due, by the parameter in force, and known, when its clock began."""
    if task.due is None:
        return None
    since = row["since"]
    on = context.day_of(since)
    limit = context.rule(task.due.parameter, on, since)
    closing = context.rule(CLOSING_TIME, on, since)
    return due_at(
        row["since"],
        limit.value,
        task.due.parameter.unit,
        context.calendar,
        closing.value,
        read_pauses(row["pauses"]),
    )


async def write(rows: Sequence[Values]) -> list[int]:
    """New and changed duties by one statement, whoever is ended before whoever follows: their ids."""
    written: list[int] = []
    dialect = database.dialect()
    unset = "DEFAULT" if dialect == "postgres" else "NULL"
    names = ", ".join(f'"{name}"' for name in ("id", *COLUMNS))
    sets = ", ".join(f'"{name}" = excluded."{name}"' for name in COLUMNS)
    for start in range(0, len(rows), AT_ONCE):
        some = rows[start : start + AT_ONCE]
        marks = ", ".join(
            f"({unset if row['id'] is None else '?'}, {', '.join('?' * len(COLUMNS))})"
            for row in some
        )
        values: list[Any] = []
        for row in some:
            values += [] if row["id"] is None else [row["id"]]
            values += [bindable(stored(row[name]), dialect) for name in COLUMNS]
        found = await database.fetch(
            f'INSERT INTO "duty" ({names}) VALUES {marks}'
            f' ON CONFLICT ("id") DO UPDATE SET {sets} RETURNING "id"',
            values,
        )
        written += [row["id"] for row in found]
    return written
