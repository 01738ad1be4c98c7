"""Duties as they can be read: the list, each one's clock and holder, and the acts open on a row."""

from datetime import datetime
from enum import Enum
from typing import TYPE_CHECKING, Annotated, Any, cast

import strawberry

from schema.city.rules import AMBER_DAYS, AMBER_PERCENT, Amber, CalendarPending, Clock, Lamp
from schema.context import Context
from schema.database.statements import marks
from schema.duties import hindering, holders, tables
from schema.duties.registry import (
    GROUPED,
    PAGES,
    SUBJECT_GROUPS,
    SUBJECT_NAMES,
    TASKS,
    Hindrance,
)
from schema.duties.rules import Bucket, agreed_limit, bucket, clock_of
from schema.duties.tables import Outcome
from schema.people.graph import Organization, OrganizationFilter, Person
from schema.people.rules import Post, Viewer
from schema.permissions import MAY, may, visible
from schema.query.fields import (
    Connection,
    Direction,
    Info,
    Node,
    Parent,
    column,
    computed,
    connection,
    describe_enum,
    node,
    resolver,
    row_as,
    rows_as,
    to_one,
)
from schema.query.filters import Test, filter_for, in_list, order_for, related, test
from schema.query.models import KINDS, Record, read_global_id
from schema.query.sql import Order, Sql
from schema.relations import MINE_TO_DO, WAITING_UNIT

if TYPE_CHECKING:
    from schema.project.graph import Project, ProjectFilter

LazyProject = Annotated["Project", strawberry.lazy("schema.project.graph")]
LazyProjectFilter = Annotated["ProjectFilter", strawberry.lazy("schema.project.graph")]

describe_enum(
    Bucket, "待办的缓急", OVERDUE="逾期", TODAY="今天", WEEK="本周", LATER="以后", UNSET="未定期限"
)
describe_enum(
    Outcome, "待办事项怎样了结", DONE="已办结", ENDED="不再需要办理", HANDED_OVER="已转交"
)
HELD_BY = ("task", "person_id", "barred", "holder_post", "holder_unit_id", "holder_place_id")
SUBJECT = ("project_id", "subject_kind", "subject_id", "subject_no")
CLOCK = ("task", "since", "due_at", "paused_at", "closed_at", "outcome")


@strawberry.type(description="须先办的一步")
class FirstStep:
    label: str = strawberry.field(description="要办的事")
    page: str | None = strawberry.field(description="去办理")


@node(tables.Duty, "待办事项：何人须在何时前办理何事，由谁在办")
class Duty(Node):
    task: str = column("事项（即变更名）")
    subject_no: str = column("所办对象的编号；以项目为对象的没有")
    project: LazyProject | None = to_one("Project", "项目")
    unit: Organization | None = to_one("Organization", "承办单位")
    holder_post: Post | None = column("由此类岗位共同承办")
    person: Person | None = to_one("Person", "承办人；没有的由承办单位共同办理")
    waiting: Organization | None = to_one("Organization", "等待单位")
    since: datetime = column("计时起点")
    opened_at: datetime = column("承办起始时刻")
    due_at: datetime | None = column("最迟办结时刻")
    paused_at: datetime | None = column("暂停计时自")
    reminded_at: datetime | None = column("最近一次催办时间")
    closed_at: datetime | None = column("了结时刻")
    closed_by: Person | None = to_one("Person", "了结人")
    outcome: Outcome | None = column("怎样了结")
    level: int = column("督办级别")

    @computed("要办的事", columns=("task",))
    def label(row: Parent) -> str:
        known = TASKS.get(row["task"])
        return known.label if known else row["task"]

    @computed("所办对象叫什么：项目名称，或对象自己的名称、编号", columns=SUBJECT)
    async def subject_name(row: Parent, info: Info) -> str:
        if row["project_id"] is not None:
            project = await info.context.rows.one("Project", row["project_id"])
            return str(project["name"]) if project else ""
        if name := SUBJECT_NAMES.get(row["subject_kind"]):
            subject = await info.context.rows.one(row["subject_kind"], row["subject_id"])
            if subject is None:
                return ""
            of = SUBJECT_GROUPS.get(row["subject_kind"])
            group = await info.context.rows.one("Group", subject[of]) if of else None
            return f"{group['short_name'] if group else ''}{name(subject)}"
        return str(row["subject_no"])

    @computed("是否由您承办：您的、您单位的；须由其他人员办理的不是", columns=HELD_BY)
    def mine(row: Parent, info: Info) -> bool:
        return MINE_TO_DO.on["duty"].holds(row, info.context.viewer, {})

    @computed("您能否转交", columns=(*HELD_BY, "closed_at"))
    def may_hand_over(row: Parent, info: Info) -> bool:
        return row["closed_at"] is None and may(info.context.viewer, "dutyHandOver", row)

    @computed("您能否催办", columns=(*HELD_BY, "waiting_id", "closed_at", "paused_at"))
    def may_remind(row: Parent, info: Info) -> bool:
        if row["closed_at"] or row["paused_at"] or holders.in_hand(row, info.context.viewer):
            return False
        return may(info.context.viewer, "dutyRemind", row)

    @computed(
        "去办理；不由您办理的去看项目，看不到所涉项目的没有",
        columns=("task", "page", "project_id", "closed_at"),
    )
    async def page(row: Parent, info: Info) -> str | None:
        """Whoever has done it may not see its project any more; whoever waits for it has no desk for it."""
        does = row["task"] not in MAY or may(info.context.viewer, row["task"])
        if row["project_id"] is None or (does and row["closed_at"] is None):
            return str(row["page"])
        project = await info.context.rows.one("Project", row["project_id"])
        if project is None:
            return None
        return str(row["page"]) if does else f"/projects/{project['no']}"

    @computed("现在为何还不能办；能办的没有", columns=("id", "closed_at"))
    async def hindrance(row: Parent, info: Info) -> str | None:
        found = await hindrance_of(row, info.context)
        return found.reason if found else None

    @computed(
        "承办单位自己须先办的一步，没有的为空",
        columns=("id", "closed_at", "project_id"),
        act="projectAmend",
    )
    async def first(row: Parent, info: Info) -> FirstStep | None:
        found = await hindrance_of(row, info.context)
        if found is None or found.first is None:
            return None
        project = await info.context.rows.one("Project", row["project_id"])
        page = PAGES.get(found.first.act)
        return FirstStep(
            label=found.first.label,
            page=page.format(no=project["no"]) if page and project else None,
        )

    @computed("灯", columns=CLOCK, uses_rules=True)
    def lamp(row: Parent, info: Info) -> Lamp:
        return standing(row, info.context).lamp

    @computed("时限状态", columns=CLOCK, uses_rules=True)
    def status(row: Parent, info: Info) -> str:
        return standing(row, info.context).label

    @computed("缓急", columns=("due_at",))
    def bucket(row: Parent, info: Info) -> Bucket:
        return bucket(row["due_at"], info.context.now)

    @computed("承办了几个工作日", columns=("opened_at", "closed_at"), uses_rules=True)
    def working_days(row: Parent, info: Info) -> int | None:
        context = info.context
        began, until = context.day_of(row["opened_at"]), row["closed_at"] or context.now
        try:
            return context.calendar.working_days(began, context.day_of(until))
        except CalendarPending:
            return None


async def hindrance_of(row: Record, context: Context) -> Hindrance | None:
    """What stands in the way of an open duty now, read for all duties of a request at once."""
    if row["closed_at"] is not None:
        return None
    loader = context.rows.batched(
        "hindrances", lambda keys: hindering.standing_in_the_way(keys, context)
    )
    return cast("Hindrance | None", await loader.load(row["id"]))


def standing(row: Record, context: Context) -> Clock:
    """The clock of a duty as it stands now; what was not done is not in time and not late.

    What was closed before there was a rule for it keeps the limit that it had, or none.
    """
    due = TASKS[row["task"]].due if row["task"] in TASKS else None
    limit = None
    if due is not None:
        rule, start = context.rule_from(due.parameter, row["since"])
        if row["closed_at"] is None or start <= max(row["closed_at"], row["since"]):
            limit = (rule.value, due.parameter.unit)
    if limit is None and row["due_at"] is not None:
        limit = agreed_limit(row["since"], row["due_at"])
    found = clock_of(
        row["since"],
        row["due_at"],
        row["paused_at"],
        row["closed_at"],
        limit,
        context.now,
        context.calendar,
        Amber(context.rule(AMBER_DAYS).value, context.rule(AMBER_PERCENT).value),
    )
    if row["outcome"] in (None, Outcome.DONE):
        return found
    return found._replace(label=NOT_DONE[row["outcome"]])


NOT_DONE = {Outcome.ENDED: "不再办理", Outcome.HANDED_OVER: "已转交"}


@node(tables.HandOver, "待办事项的转交")
class HandOver(Node):
    task: str = column("事项（即变更名）")
    project: LazyProject | None = to_one("Project", "项目")
    from_person: Person | None = to_one("Person", "原承办人")
    to_person: Person | None = to_one("Person", "转交给")
    reason: str = column("转交原因")
    handed_by: Person | None = to_one("Person", "转交人")
    handed_at: datetime = column("转交时间")


@node(tables.Reminder, "待办事项的催办")
class Reminder(Node):
    task: str = column("事项（即变更名）")
    project: LazyProject | None = to_one("Project", "项目")
    unit: Organization | None = to_one("Organization", "承办单位")
    person: Person | None = to_one("Person", "承办人；没有的由承办单位共同办理")
    words: str = column("催办意见")
    reminded_by: Person | None = to_one("Person", "催办人")
    reminded_at: datetime = column("催办时间")


def mine(row: str, value: bool, context: Context) -> Sql:
    sql, values = MINE_TO_DO.on["duty"].sql(row, context.viewer)
    # Two of the three holders are NULL, so what is not true need not be false.
    return sql if value else f"CASE WHEN {sql} THEN 0 ELSE 1 END = 1", values


def awaited(row: str, value: bool, context: Context) -> Sql:
    sql, values = WAITING_UNIT.on["duty"].sql(row, context.viewer)
    return sql if value else f'({row}."waiting_id" IS NULL OR NOT ({sql}))', values


def waits_for_others(row: str, value: bool, context: Context) -> Sql:
    return (hindering.waits_for_others if value else hindering.can_be_done)(row, context)


def empty(column: str) -> Test:
    def sql(row: str, value: bool, context: Context) -> Sql:
        return f'{row}."{column}" IS {"" if value else "NOT "}NULL', []

    return sql


def overdue(row: str, value: bool, context: Context) -> Sql:
    late = f'{row}."closed_at" IS NULL AND {row}."due_at" < ?'
    no_limit = f'{row}."closed_at" IS NOT NULL OR {row}."due_at" IS NULL OR {row}."due_at" >= ?'
    return f"({late if value else no_limit})", [context.now]


def of_groups(duty: str, groups: Sql, viewer: Viewer) -> Sql:
    """Duties, by their alias, on the projects of some groups, and on what is the groups' own, as far as
    the viewer sees these; `groups` is the SQL of the groups' ids.
    """
    ids, named = groups
    parts, values = list[str](), list[Any]()
    for kind in ("Project", *GROUPED):
        table = KINDS[kind].table
        seen, more = visible(table, "x", viewer)
        column = '"project_id"' if kind == "Project" else '"subject_id"'
        of_kind = "" if kind == "Project" else f"{duty}.\"subject_kind\" = '{kind}' AND "
        parts.append(
            f'({of_kind}{duty}.{column} IN (SELECT x."id" FROM "{table}" x'
            f' WHERE x."group_id" IN ({ids}) AND {seen}))'
        )
        values += [*named, *more]
    return f"({' OR '.join(parts)})", values


def of_groups_named(row: str, value: list[str], context: Context) -> Sql:
    """Duties of the groups with these short names."""
    if not value:
        return "1=0", []
    ids = f'SELECT g."id" FROM "industry_group" g WHERE g."slug" IN ({marks(value)})'
    return of_groups(row, (ids, [*value]), context.viewer)


def due_before(row: str, value: datetime, context: Context) -> Sql:
    return f'{row}."due_at" <= ?', [value]


@filter_for("Duty", "待办事项的筛选")
class DutyFilter:
    task: list[str] | None = in_list("事项（即变更名）", "task")
    mine: bool | None = test("由我承办：我的、我单位的", mine)
    awaited: bool | None = test("我单位在等待", awaited)
    unit: OrganizationFilter | None = related("Organization", "承办单位", "unit_id")
    project: LazyProjectFilter | None = related("Project", "项目", "project_id")
    group: list[str] | None = test(
        "产业招商小组（短名）：小组的项目上的，和小组自己的“六个一”、目标企业上的", of_groups_named
    )
    open: bool | None = test("尚未了结", empty("closed_at"), "closed_at")
    running: bool | None = test("计时未暂停", empty("paused_at"), "paused_at")
    waits_for_others: bool | None = test("须待他人先办，现在还不能办", waits_for_others)
    overdue: bool | None = test("已逾期", overdue, "due_at")
    due_before: datetime | None = test("最迟办结时刻不晚于", due_before, "due_at")
    outcome: list[Outcome] | None = in_list("怎样了结", "outcome")


@strawberry.enum(description="待办事项的排序依据")
class DutyOrderField(Enum):
    DUE_AT = strawberry.enum_value("due_at", description="最迟办结时刻")
    OPENED_AT = strawberry.enum_value("opened_at", description="承办起始时刻")
    CLOSED_AT = strawberry.enum_value("closed_at", description="了结时刻")


@order_for("Duty", DutyOrderField, nullable=("due_at", "closed_at"))
@strawberry.input(description="待办事项的排序")
class DutyOrder:
    field: DutyOrderField = strawberry.field(description="依据")
    direction: Direction = strawberry.field(default=Direction.ASC, description="方向")


@strawberry.type(description="一个单位手上的待办事项")
class Workload:
    unit: Organization | None = strawberry.field(description="承办单位")
    open: int = strawberry.field(description="在办件数")
    overdue: int = strawberry.field(description="其中逾期")
    done: int = strawberry.field(description="已办结件数")
    late: int = strawberry.field(description="其中逾期办结")


@strawberry.type
class Query:
    duties: Connection[Duty] = connection(
        "Duty",
        "待办事项：谁须在何时前办理何事，由谁在办",
        filter=DutyFilter,
        order=DutyOrder,
        default=Order("due_at", nullable=True),
    )

    @resolver("可以把一件待办事项转交给谁：承办单位其他能办理此事项的人")
    async def colleagues(
        self,
        info: Info,
        duty: Annotated[strawberry.ID, strawberry.argument(description="待办事项")],
    ) -> list[Person]:
        kind, key = read_global_id(duty) or ("", 0)
        row = await info.context.rows.one("Duty", key) if kind == "Duty" else None
        return rows_as(Person, await holders.colleagues(row, info.context)) if row else []

    @resolver("各单位手上的待办事项：在办、逾期、已办结；撤回、并入、导入的不计办结")
    async def workloads(self, info: Info) -> list[Workload]:
        return await workloads(info.context)


async def workloads(context: Context) -> list[Workload]:
    """One line for each unit that has or had a duty which the viewer sees, the busiest first."""
    seen, values = visible("duty", "t", context.viewer)
    late = 't."due_at" IS NOT NULL AND t."closed_at" > t."due_at"'
    done = "t.\"outcome\" = 'DONE'"
    counted = {
        "open": 't."closed_at" IS NULL AND t."paused_at" IS NULL',
        "overdue": 't."closed_at" IS NULL AND t."paused_at" IS NULL AND t."due_at" < ?',
        "done": done,
        "late": f"{done} AND {late}",
    }
    sums = ", ".join(
        f'sum(CASE WHEN {sql} THEN 1 ELSE 0 END) AS "{name}"' for name, sql in counted.items()
    )
    found = await context.rows.fetch(
        (
            f'SELECT t."unit_id", {sums} FROM "duty" t WHERE {seen} GROUP BY t."unit_id" ORDER BY t."unit_id"',
            [context.now, *values],
        )
    )
    lines = [
        Workload(
            unit=row_as(Organization, await context.rows.one("Organization", row["unit_id"])),
            **{name: int(row[name]) for name in counted},
        )
        for row in found
    ]
    return sorted(lines, key=lambda line: (-line.overdue, -line.open, -line.done))
