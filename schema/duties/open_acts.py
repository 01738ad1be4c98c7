"""The acts of a kind's life on one of its rows: which the viewer may do now, and why not the others.

What is under way, what must be done and what stands in the way is read for all rows of a request by
one statement.
"""

from collections import defaultdict
from collections.abc import Sequence
from typing import NamedTuple, cast

import strawberry

from schema.context import Context
from schema.duties.graph import Duty
from schema.duties.registry import HINDRANCES, NOW, PAGES, TASKS, Task
from schema.gate.graph import act_label
from schema.permissions import MAY, may, needs
from schema.query.fields import Info, resolver
from schema.query.models import KINDS, Kind, Record
from schema.query.sql import Sql
from schema.relations import NOT_BARRED

NOT_YOURS = "由负责单位办理"
SECOND_PERSON = "您填报或提出的，由其他人员办理"


@strawberry.type(description="您在此对象上的一个办理事项")
class OpenAct:
    name: str = strawberry.field(description="事项（即变更名）")
    label: str = strawberry.field(description="名称")
    open: bool = strawberry.field(description="现在能否办理")
    reason: str | None = strawberry.field(description="不能办理的原因")
    page: str | None = strawberry.field(description="去办理；在别的对象上办理的没有")
    awaited: bool = strawberry.field(description="有待办事项，即有人在等")
    duty_id: strawberry.Private[int | None]

    @resolver("这件待办事项")
    async def duty(self, info: Info) -> Duty | None:
        return cast("Duty | None", await info.context.rows.one("Duty", self.duty_id))


class Waiting(NamedTuple):
    """An open duty, its subject and page, and whether it is for others than the viewer to do."""

    id: int
    subject: int
    page: str
    barred: bool


class Around(NamedTuple):
    """What is around a row: open duties by task, kinds under way, hindrances by act and number."""

    duties: dict[str, list[Waiting]]
    under_way: set[str]
    hindered: set[tuple[str, int]]


async def open_acts(row: Record, info: Info, only: tuple[str, ...] | None = None) -> list[OpenAct]:
    """The acts of the row's life that the viewer's posts do, in its order; then what must be done
    on what stands on the row, such as the verification of an entry. With `only`, these acts of its life.
    """
    context, kind = info.context, KINDS[row.kind]
    assert kind.life is not None
    beside = [act for act, task in TASKS.items() if only is None and stands_on(task, kind)]
    acts = (*kind.life.moves, *beside) if only is None else only
    wanted = [act for act in acts if may(context.viewer, act)]
    if not wanted:
        return []
    around: Around = await context.rows.batched(
        ("around", kind.name, only), lambda keys: read_around(kind, wanted, keys, context)
    ).load(row["id"])
    found = []
    for act in wanted:
        if act in beside and act not in around.duties:
            continue
        duty, reason = await closed_because(act, row, kind, around, context)
        found.append(
            OpenAct(
                name=act,
                label=act_label(info, act),
                open=reason is None,
                reason=reason,
                page=PAGES[act].format(no=row["no"])
                if act in PAGES
                else (duty and act in beside and duty.page) or None,
                awaited=duty is not None,
                duty_id=duty.id if duty else None,
            )
        )
    return found


async def closed_because(
    act: str, row: Record, kind: Kind, around: Around, context: Context
) -> tuple[Waiting | None, str | None]:
    """The open duty that the act would answer, and why the act is not open; None where it is.

    In the order in which the gate refuses: the post, the stage, what is under way, the act itself.
    """
    life = kind.life
    assert life is not None
    duties = around.duties.get(act, [])
    duty = duties[0] if duties else None
    stage = row[life.column]
    closed = act in life.moves and stage not in life.moves[act]
    anew = act in TASKS and TASKS[act].again and not duties and not closed
    if act in TASKS and not anew:
        if not duties and not closed:
            return None, TASKS[act].missing
        own = [each for each in duties if await theirs(act, each.subject, row, context)]
        if not own and not (closed and await permitted(act, row, context)):
            return duty, NOT_YOURS
        own.sort(key=lambda each: each.barred)
        duty = own[0] if own else duty
        if duty and duty.barred:
            return duty, SECOND_PERSON
    elif not await permitted(act, row, context):
        return duty, TASKS[act].missing if anew else NOT_YOURS
    if closed:
        return duty, f"{life.words[stage]}阶段不能办理"
    for name in around.under_way:
        case = KINDS[name].under_way
        if case and act in case.excludes:
            return duty, case.message
    for number, each in enumerate(HINDRANCES.get(act, ())):
        if (act, number) in around.hindered:
            return duty, each.reason
    return duty, None


def stands_on(task: Task, kind: Kind) -> bool:
    """Whether a task is on rows that stand on one of `kind`, and no step of its life."""
    life = kind.life
    of_it = task.has_project and kind.name == "Project" and task.kind_name != kind.name
    return of_it and life is not None and task.act not in life.moves


async def theirs(act: str, subject: int, row: Record, context: Context) -> bool:
    """Whether the viewer may do an act on the subject of its duty, which is the row or stands on it."""
    name = TASKS[act].kind_name
    if name == row.kind:
        return await permitted(act, row, context)
    if not needs_row(act, context):
        return True
    found = await context.rows.one(name, subject)
    return found is not None and may(context.viewer, act, found)


def needs_row(act: str, context: Context) -> bool:
    """Whether a row decides if the viewer may do an act; not where one of their posts may anywhere."""
    posts = [MAY[act][held.post] for held in context.viewer.posts if held.post in MAY[act]]
    return all(posts)


async def permitted(act: str, row: Record, context: Context) -> bool:
    near: dict[str, list[Record]] = {}
    for table in needs(context.viewer, act):
        kind = next(each for each in KINDS.values() if each.table == table)
        near[table] = await context.rows.where(kind.name, "project_id", row["id"])
    return may(context.viewer, act, row, near)


async def read_around(
    kind: Kind, acts: Sequence[str], keys: Sequence[int], context: Context
) -> list[Around]:
    """What is around each of these rows, by one statement."""
    marks = ", ".join("?" * len(keys))
    parts: list[Sql] = []
    duties = [act for act in acts if act in TASKS]
    if duties:
        named = ", ".join(f"'{act}'" for act in duties)
        parts.append(
            (
                'SELECT \'duty\' AS "what", d."task" AS "name", d."project_id" AS "owner",'
                ' d."id" AS "id", d."subject_id" AS "subject", d."page" AS "page", d."barred" AS "barred"'
                ' FROM "duty" d WHERE d."closed_at" IS NULL'
                f' AND d."paused_at" IS NULL AND d."task" IN ({named}) AND d."project_id" IN ({marks})',
                [*keys],
            )
        )
    for other in KINDS.values():
        case = other.under_way
        if case and case.subject == kind.name and case.excludes & set(acts):
            parts.append(
                (
                    f"SELECT 'under way', '{other.name}', x.\"{case.via}\", 0, 0, '', ''"
                    f' FROM "{other.table}" x WHERE x."{case.via}" IN ({marks}) AND {case.where}',
                    [*keys],
                )
            )
    for act in acts:
        for number, each in enumerate(HINDRANCES.get(act, ())):
            sql, values = each.where(context.viewer)
            parts.append(
                (
                    f"SELECT 'hindered', '{act}', t.\"id\", {number}, 0, '', ''"
                    f' FROM "{kind.table}" t WHERE t."id" IN ({marks}) AND {sql}',
                    [*keys, *(context.now if value is NOW else value for value in values)],
                )
            )
    found: defaultdict[int, Around] = defaultdict(lambda: Around({}, set(), set()))
    if parts:
        sql = " UNION ALL ".join(sql for sql, _ in parts)
        for row in await context.rows.fetch((sql, [v for _, values in parts for v in values])):
            around = found[row["owner"]]
            if row["what"] == "duty":
                barred = not NOT_BARRED.holds(row, context.viewer, {})
                waits = Waiting(row["id"], row["subject"], row["page"], barred)
                around.duties.setdefault(row["name"], []).append(waits)
            elif row["what"] == "under way":
                around.under_way.add(row["name"])
            else:
                around.hindered.add((row["name"], row["id"]))
    return [found[key] for key in keys]
