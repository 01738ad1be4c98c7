"""The facts of tasks, read by one statement: which subjects have one open, whose it is, since when."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from schema import database
from schema.city.rules import Pause
from schema.city.rules.verifiers import PREFIX, left_with, verified_by
from schema.context import Context
from schema.database.statements import marks
from schema.duties.registry import TASKS, Task
from schema.people.viewers import held_on
from schema.permissions import MAY
from schema.query.models import KINDS, moment
from schema.query.sql import Sql

AT_ONCE = 500
MOMENTS = ("since", "due_at", "paused_at", "reminded_at", "opened_at", "closed_at")
IDENTITY = ("holder_post", "holder_unit_id", "holder_place_id", "person_id")
COMPARED = (
    "subject_no",
    "project_id",
    *IDENTITY,
    "barred",
    "unit_id",
    "waiting_id",
    "page",
    "since",
    "due_at",
    "paused_at",
    "reminded_at",
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
AS_UNIT = ("task", "subject_id", "unit_id")
"""What a duty is, whoever of its unit has it: by these hand-overs and reminders are its own."""
KEPT = ("id", *(name for name in COLUMNS if name not in ("task", "subject_kind", "subject_id")))
ON_ANY = {"HandOver": "hand_over", "Reminder": "reminder"}
"""Kinds that move a duty of whatever task, and their tables."""
Values = dict[str, Any]


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


async def read_facts(
    asked: Mapping[str, Mapping[str, Sequence[int]]], context: Context
) -> list[Values]:
    """The facts of all these tasks and their open duties, by one statement.

    Without ids of any kind it reads all subjects. A subject without a duty, of which none is due, is
    left out. A duty that several units hold is one row for each. In one order, whatever the database:
    the ids of new rows, which the journal names, follow it.
    """
    if any(TASKS[act].holder.several for act in asked):
        await context.load_rules()
    found = [plain(row) for row in await database.fetch(*reading(asked, context))]
    return sorted(found, key=lambda row: (row["task"], row["subject_id"], row["unit_id"] or 0))


def reading(asked: Mapping[str, Mapping[str, Sequence[int]]], context: Context) -> Sql:
    parts = [selecting(TASKS[act], kinds, context) for act, kinds in asked.items()]
    return " UNION ALL ".join(sql for sql, _ in parts), [v for _, values in parts for v in values]


def selecting(task: Task, kinds: Mapping[str, Sequence[int]], context: Context) -> Sql:
    holder = task.holder
    person, values = handed_to(task, context.today)
    named, ever = units_named(task, context) if holder.several else ("1=1", "")
    stands = f"{task.stands} AND {named}"
    columns = {
        "task": f"'{task.act}'",
        "subject_id": 'x."id"',
        "project_id": task.project_id,
        "no": f'{task.project}."no"' if task.has_project else "''",
        "subject_no": f'x."{task.kind.key}"'
        if task.kind.key and task.kind_name != "Project"
        else "''",
        "stands": f"CASE WHEN {task.stands} THEN 1 ELSE 0 END",
        "is_open": f"CASE WHEN {stands} THEN 1 ELSE 0 END",
        "holder": holder.value(),
        "unit_id": holder.unit(),
        "waiting_id": task.awaited.unit(),
        "since": task.began,
        "paused_at": f'CASE WHEN {task.paused} THEN x."{task.paused_since}" END'
        if task.paused
        else "CAST(NULL AS TIMESTAMPTZ)",
        "kept": f'x."{task.due.keeps}"'
        if task.due and task.due.keeps
        else "CAST(NULL AS TIMESTAMPTZ)",
        "agreed": f'x."{task.agreed}"' if task.agreed else "CAST(NULL AS TIMESTAMPTZ)",
        "whole_since": task.whole_began,
        "pauses": pauses(task),
        "barred": barred(task),
        "reminded_at": '(SELECT max(r."reminded_at") FROM "reminder" r'
        f' WHERE r."task" = \'{task.act}\' AND r."subject_id" = x."id"'
        f' AND r."reminded_at" >= {task.began} AND r."unit_id" = {holder.unit()})',
        "person_id": person,
        **{f"d_{name}": f'd."{name}"' for name in KEPT},
    }
    tables = task.tables
    if ever:
        held = (
            f'SELECT 1 FROM "duty" o WHERE o."task" = \'{task.act}\' AND o."subject_id" = x."id"'
            ' AND o."closed_at" IS NULL AND o."holder_unit_id" = u."id"'
        )
        tables += f' JOIN "organization" u ON {ever} AND ({named} OR EXISTS ({held}))'
    tables += (
        f' LEFT JOIN "duty" d ON d."task" = \'{task.act}\' AND d."subject_id" = x."id"'
        f' AND d."closed_at" IS NULL{" AND d.holder_unit_id = u.id" if ever else ""}'
    )
    where, keys = changed_subjects(task, kinds)
    listed = ", ".join(f'{sql} AS "{name}"' for name, sql in columns.items())
    return (
        f'SELECT {listed} FROM {tables} WHERE {where}(({stands}) OR d."id" IS NOT NULL)',
        [*values, *keys],
    )


def handed_to(task: Task, day: date) -> Sql:
    """The person to whom a duty was handed last, while they hold a post in its unit that may do it.

    Of none where they have left the unit or were disabled: then it is the unit's again.
    """
    may_act, values = may_act_in(task.act, 'h."to_person_id"', 'h."unit_id"', day)
    return (
        f'(SELECT CASE WHEN {may_act} THEN h."to_person_id" END FROM "hand_over" h'
        f' WHERE h."task" = \'{task.act}\' AND h."subject_id" = x."id"'
        f' AND h."handed_at" >= {task.began} AND h."unit_id" = {task.holder.unit()}'
        ' ORDER BY h."id" DESC LIMIT 1)',
        values,
    )


def may_act_in(act: str, person: str, unit: str, day: date) -> Sql:
    """Whether a person, active, holds on a day a post in a unit that may do an act; both are SQL."""
    posts = ", ".join(f"'{post}'" for post in MAY.get(act, ())) or "''"
    sql = (
        'EXISTS (SELECT 1 FROM "appointment" a JOIN "person" q ON q."id" = a."person_id"'
        f' WHERE a."person_id" = {person} AND a."organization_id" = {unit} AND q."active"'
        f' AND a."post" IN ({posts}) AND {held_on("a")})'
    )
    return sql, [day] * 4


async def units_without(act: str, slugs: Iterable[str], day: date) -> list[str]:
    """The units, of these short keys, in which nobody may do an act on a day: by their short names."""
    wanted = [str(each) for each in slugs]
    if not wanted:
        return []
    able, values = may_act_in(act, 'w."person_id"', 'u."id"', day)
    somebody = f'SELECT 1 FROM "appointment" w WHERE w."organization_id" = u."id" AND {able}'
    sql = (
        f'SELECT u."slug", u."short_name", CASE WHEN EXISTS ({somebody}) THEN 1 ELSE 0 END AS "staffed"'
        f' FROM "organization" u WHERE u."slug" IN ({marks(wanted)})'
    )
    known = {row["slug"]: row for row in await database.fetch(sql, [*values, *wanted])}
    return [
        known[each]["short_name"] if each in known else each
        for each in wanted
        if each not in known or not known[each]["staffed"]
    ]


def units_named(task: Task, context: Context) -> tuple[str, str]:
    """Whether today's rulebook names the unit `u` for a subject, or leaves it one that waits; and
    whether any version names `u`.
    """
    versions = [each for each in context.rules if each.name.startswith(PREFIX)]
    ever = sorted({str(slug) for each in versions for slug in each.value})
    parts = []
    for slug in ever:
        indicators = verified_by(slug, versions, context.today)
        indicators += left_with(slug, versions, context.today)
        if indicators:
            among = ", ".join(f"'{each}'" for each in indicators)
            parts.append(f'u."slug" = \'{slug}\' AND x."{task.holder.column}" IN ({among})')
    slugs = ", ".join(f"'{slug}'" for slug in ever) or "''"
    return f"({' OR '.join(parts) or '1=0'})", f'u."slug" IN ({slugs})'


def barred(task: Task) -> str:
    """The SQL of the ids of those who may not do a task, as one text."""
    if not task.barred:
        return "CAST(NULL AS TEXT)"
    joined = "string_agg" if database.dialect() == "postgres" else "group_concat"
    return f"(SELECT {joined}(CAST(b.person AS TEXT), ',') FROM ({task.barred}) b)"


def changed_subjects(task: Task, kinds: Mapping[str, Sequence[int]]) -> Sql:
    """The way from changed rows to the subjects of a task; nothing where none are named."""
    parts: list[str] = []
    values: list[Any] = []
    for kind, keys in kinds.items():
        among = f"IN ({marks(keys)})"
        if kind == task.kind_name:
            parts.append(f'x."id" {among}')
        elif kind in task.pointed:
            parts.append(f'x."{task.pointed[kind]}" {among}')
        elif kind == "Project":
            parts.append(f'x."project_id" {among}')
        elif kind in ON_ANY:
            of = f'SELECT h."subject_id" FROM "{ON_ANY[kind]}" h WHERE h."task" = \'{task.act}\''
            parts.append(f'x."id" IN ({of} AND h."id" {among})')
        else:
            of = f'SELECT c."{task.carried[kind]}" FROM "{KINDS[kind].table}" c'
            parts.append(f'x."id" IN ({of} WHERE c."id" {among})')
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


def open_duty(row: Values) -> Values | None:
    """The columns of the open duty among the facts that were read; None where there is none."""
    return {name: row[f"d_{name}"] for name in KEPT} if row["d_id"] is not None else None


def plain(row: Mapping[str, Any]) -> Values:
    """A stored row with its moments as such."""
    found = dict(row)
    for name in ("kept", "agreed", "whole_since", *MOMENTS, *(f"d_{name}" for name in MOMENTS)):
        if found.get(name) is not None:
            found[name] = moment(found[name])
    if "barred" in found:
        ids = sorted({int(each) for each in (found["barred"] or "").split(",") if each})
        found["barred"] = f",{','.join(map(str, ids))}," if ids else ""
    return found


def read_pauses(text: str | None) -> list[Pause]:
    spans = [each.partition("/") for each in (text or "").split(",") if each]
    return [Pause(moment(since), moment(until) if until else None) for since, _, until in spans]
