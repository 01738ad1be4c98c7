"""All duties at once: `compare` says where the table is not what the declarations make of the facts,
`rebuild` writes what it finds.
"""

from collections.abc import Sequence
from typing import NamedTuple

from schema import database
from schema.context import Context
from schema.database.statements import marks
from schema.duties.facts import COMPARED, Values, plain, read_facts
from schema.duties.keeping import Moved, Subject, due_times, hold_subjects
from schema.duties.registry import TASKS
from schema.duties.settling import Ending, settle, write
from schema.duties.tables import Duty, Outcome
from schema.gate.gate import Gate
from schema.people.viewers import held_on
from schema.permissions import MAY
from schema.relations import WORKING

LOST = "事项或对象已不存在"
NOBODY = "没有可以办理的在任人员"


class Difference(NamedTuple):
    """Where the table is not what the declarations say: of which task and subject, and what is so."""

    task: str
    subject: str
    message: str
    project: int | None = None

    @property
    def held(self) -> Subject | None:
        """What stays as it is while this is put right; None where nothing is left to hold."""
        if self.project is None and self.message == LOST:
            return None
        return Subject(self.task, int(self.subject.partition(":")[2]), self.project)


async def compare(context: Context) -> list[Difference]:
    """Every difference between the table and the declarations evaluated afresh, at one moment."""
    found, _, _ = await differences(context)
    return found


async def rebuild(gate: Gate) -> list[Difference]:
    """Write what `compare` finds, as an act that holds the subjects; say what that was.

    Whoever acts on a subject holds it, so what differs is read again once it is held: an act on
    its way is waited for, and what it has put right is left alone.
    """
    first, _, _ = await differences(gate.context)
    await hold_subjects(gate, [each.held for each in first if each.held])
    found, rows, moved = await differences(gate.context, {each.subject for each in first})
    keys = [row["id"] for row in rows if row["id"] is not None]
    before = {row["id"]: plain(row) for row in await Duty.filter(id__in=keys).values()}
    await write(gate, rows, before)
    for act, changes in moved.items():
        await gate.update_many(TASKS[act].kind.model, changes)
    return found


async def differences(
    context: Context, only: set[str] | None = None
) -> tuple[list[Difference], list[Values], Moved]:
    """What differs, the rows of duties to write, and the due times to write where subjects keep them.

    Of all subjects, as they are at one moment, or `only` of these, as `Kind:id`, which are held.
    """
    async with database.snapshot():
        return await _differences(context, only)


async def _differences(
    context: Context, only: set[str] | None
) -> tuple[list[Difference], list[Values], Moved]:
    await context.load_rules()
    found: list[Difference] = []
    rows: list[Values] = []
    moved: Moved = {}
    seen: set[int | None] = set()
    ending = Ending("", context.viewer.person, context.now)
    for act, task in TASKS.items():
        every = await read_facts({act: {}}, context)
        seen |= {row["d_id"] for row in every}
        read = [
            row for row in every if only is None or f"{task.kind_name}:{row['subject_id']}" in only
        ]
        projects = {row["subject_id"]: row["project_id"] for row in read}
        for row in read:
            written = settle([row], context, ending)
            rows += written
            subject = f"{task.kind_name}:{row['subject_id']}"
            found += [
                Difference(act, subject, words, row["project_id"])
                for words in describe(row, written)
            ]
        moved |= due_times(read)
        for key, change in moved.get(act, {}).items():
            ((column, (before, after)),) = change.items()
            message = f"{column} 是 {before}，应为 {after}"
            found.append(Difference(act, f"{task.kind_name}:{key}", message, projects[key]))
    lost = [
        row
        for row in await orphans(seen)
        if only is None or f"{row['subject_kind']}:{row['subject_id']}" in only
    ]
    now = {"closed_at": context.now, "outcome": Outcome.ENDED}
    rows = [*({**plain(row), **now} for row in lost), *rows]
    found += [
        Difference(
            row["task"], f"{row['subject_kind']}:{row['subject_id']}", LOST, row["project_id"]
        )
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


async def unattended(context: Context) -> list[Difference]:
    """The open duties that nobody can do today: whoever they are with has left, is disabled or is barred.

    Where several units hold one, it is enough that somebody of one of them can.
    """
    able = list[str]()
    for act in TASKS:
        posts = ", ".join(f"'{post}'" for post in MAY.get(act, ()) if post in WORKING) or "''"
        able.append(f"""(d."task" = '{act}' AND a."post" IN ({posts}))""")
    somebody = (
        'SELECT 1 FROM "appointment" a JOIN "person" q ON q."id" = a."person_id" AND q."active"'
        ' JOIN "organization" o ON o."id" = a."organization_id"'
        f" WHERE {held_on('a')} AND ({' OR '.join(able)})"
        ' AND (d."person_id" IS NULL OR d."person_id" = a."person_id")'
        ' AND (d."holder_post" = a."post" OR d."holder_unit_id" = a."organization_id"'
        ' OR d."holder_place_id" = o."place_id")'
        " AND d.\"barred\" NOT LIKE '%,' || CAST(a.\"person_id\" AS TEXT) || ',%'"
    )
    found = await database.fetch(
        'SELECT d."task", d."subject_kind", d."subject_id", min(d."project_id") AS "project_id"'
        f' FROM "duty" d WHERE d."closed_at" IS NULL GROUP BY d."task", d."subject_kind", d."subject_id"'
        f" HAVING max(CASE WHEN EXISTS ({somebody}) THEN 1 ELSE 0 END) = 0 ORDER BY 1, 3",
        [context.today] * 4,
    )
    return [
        Difference(
            row["task"], f"{row['subject_kind']}:{row['subject_id']}", NOBODY, row["project_id"]
        )
        for row in found
    ]


async def orphans(seen: set[int | None]) -> list[Values]:
    """Open duties beside those that belong to a subject and its holder: of no declared task, of a
    subject that is gone, of a unit that never was to hold it.
    """
    there = await database.fetch('SELECT "id" FROM "duty" WHERE "closed_at" IS NULL')
    lost = [row["id"] for row in there if row["id"] not in seen]
    if not lost:
        return []
    return await database.fetch(f'SELECT d.* FROM "duty" d WHERE d."id" IN ({marks(lost)})', lost)
