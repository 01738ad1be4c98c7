"""What the facts make of the duties, and writing it: the only rows that are written to the table."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from schema import database
from schema.city.rules import CLOSING_TIME
from schema.city.rules.rulebook import Number
from schema.context import Context
from schema.duties.facts import AT_ONCE, COLUMNS, COMPARED, IDENTITY, Values, open_duty, read_pauses
from schema.duties.registry import TASKS, VERIFIERS, Task
from schema.duties.rules import due_at
from schema.duties.tables import Duty, Outcome
from schema.gate.gate import Gate
from schema.gate.rows import stored
from schema.query.models import global_id
from schema.query.sql import bindable


@dataclass(frozen=True)
class Ending:
    """How duties that are no longer open end: by which act, done by whom in which unit, when, on what
    (kind and id).
    """

    act: str
    person: int | None
    at: datetime
    unit: int | None = None
    subject: tuple[str, int] | None = None

    def outcome(self, row: Values, task: Task) -> Outcome:
        """What became of a duty that is no longer open: where one of several units has done it, the
        others had no more to do; so had whoever was to do the same on another subject, which this act
        has settled as well. Where the subject still waits, it is another unit's now.
        """
        if row["stands"]:
            return Outcome.HANDED_OVER
        if self.act != task.act or (task.holder.several and self.unit != row["unit_id"]):
            return Outcome.ENDED
        kind, key = self.subject or ("", 0)
        if kind == task.kind_name and key != row["subject_id"]:
            return Outcome.ENDED
        return Outcome.DONE


def settle(found: Sequence[Values], context: Context, ending: Ending) -> list[Values]:
    """The rows to be written for facts that were read: changed ones, ended ones, then new ones.

    Sets the due time of each open duty among the facts, as `due_at`.
    """
    old: list[Values] = []
    new: list[Values] = []
    known = {(row["task"], row["subject_id"]) for row in found if row["d_id"] is not None}
    for row in found:
        task = TASKS[row["task"]]
        before = open_duty(row)
        key = {"task": task.act, "subject_kind": task.kind_name, "subject_id": row["subject_id"]}
        if not row["is_open"]:
            if before:
                old.append({**key, **before, **ended(ending, ending.outcome(row, task))})
            continue
        row["due_at"] = due_of(row, task, context)
        now = standing_of(row, task)
        if before is None:
            joins = (row["task"], row["subject_id"]) in known  # units that have had it meanwhile
            opened_at = ending.at if joins else now["since"]
            new.append({**key, **now, **OPENED, "opened_at": opened_at})
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
    page = task.page.format(
        no=row["no"], key=row["subject_no"], id=global_id(task.kind_name, row["subject_id"])
    )
    return {
        "subject_no": row["subject_no"],
        "project_id": row["project_id"],
        "holder_post": task.holder.post.value if task.holder.post else None,
        "holder_unit_id": row["holder"] if whose in ("organization", "group", VERIFIERS) else None,
        "holder_place_id": row["holder"] if whose == "place" else None,
        "person_id": row["holder"] if whose == "person" else row["person_id"],
        "barred": row["barred"],
        "unit_id": row["unit_id"],
        "waiting_id": row["waiting_id"],
        "page": page,
        "since": row["since"],
        "due_at": row["due_at"],
        "paused_at": row["paused_at"],
        "reminded_at": row["reminded_at"],
    }


def due_of(row: Values, task: Task, context: Context) -> datetime | None:
    """When a duty is due: as agreed, or by the parameter in force, and known, when its clock began.

    A limit that a later release brought counts from when it became known (`Context.rule_from`).
    """
    if task.due is None:
        agreed: datetime | None = row["agreed"]
        return agreed
    due = due_after(row["since"], task.due.parameter, row["pauses"], context)
    if task.due.within and row["whole_since"]:
        whole = due_after(row["whole_since"], task.due.within.parameter, row["pauses"], context)
        due = min(due, whole) if due and whole else due
    return due


def due_after(
    since: datetime, parameter: Number, pauses: str | None, context: Context
) -> datetime | None:
    """When so many days of the rulebook are over, as in force and known at the moment of their start.

    Where there was no such rule then, they start when there was one.
    """
    limit, start = context.rule_from(parameter, since)
    closing, _ = context.rule_from(CLOSING_TIME, start)
    return due_at(
        start, limit.value, parameter.unit, context.calendar, closing.value, read_pauses(pauses)
    )


async def write(gate: Gate, rows: Sequence[Values], before: Mapping[int, Values]) -> int:
    """New and changed duties by one statement, whoever is ended before whoever follows; how many.

    The journal notes them as it notes every row; `before` are those that were there, by id.
    """
    ids = await store(rows)
    names = ("task", "subject_kind", "subject_id")
    changes = [
        {
            name: (before[row["id"]][name] if row["id"] else None, row[name])
            for name in COLUMNS
            if row["id"] is None or name not in names
        }
        for row in rows
    ]
    await gate.journal.note_many(Duty, ids, changes)
    gate.journal.concern_many("Duty", ids)
    return len(rows)


async def store(rows: Sequence[Values]) -> list[int]:
    """The ids of the rows, in their order: of open duties no two share what `place_of` says."""
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
            f' ON CONFLICT ("id") DO UPDATE SET {sets} RETURNING "id", "task", "subject_id", "holder_unit_id"',
            values,
        )
        known = {row["id"] for row in some}
        new = {place_of(row): row["id"] for row in found if row["id"] not in known}
        written += [row["id"] or new[place_of(row)] for row in some]
    return written


def place_of(row: Values) -> tuple[str, int, int]:
    return row["task"], row["subject_id"], row["holder_unit_id"] or 0
