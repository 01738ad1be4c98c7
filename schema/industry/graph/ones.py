"""The six ones of a group: what stands in each on a day, how far it is, what is missing and from whom."""

from asyncio import gather
from collections.abc import Iterable
from datetime import date, datetime
from typing import Annotated

import strawberry

from schema.context import Context
from schema.duties.graph import Duty, DutyFilter, DutyOrder
from schema.evidence.graph import Attachment, evidence_of
from schema.gate.graph import JournalEntry, history_of
from schema.industry import rules, tables
from schema.industry.graph.chain import ChainNode
from schema.industry.graph.standings import (
    Line,
    effect_of,
    ends_of,
    is_provisional,
    is_settled,
    lines_of,
    returned_changes,
    returned_of,
    standing_with,
)
from schema.industry.graph.work import (
    GroupFigure,
    OnDays,
    OnMonth,
    Waiting,
    coming_of,
    duties_of,
    duty_on,
    figures_of,
    waits_of,
)
from schema.industry.rules import ChangeKind, OneKind, OneState, SeatRole
from schema.industry.rules.beginning import known_since
from schema.people.graph import AS_OF, Group, Organization, Person, Signature, signed
from schema.permissions import is_inside, may, sees_whole
from schema.query.errors import bad_input, usable
from schema.query.fields import (
    Connection,
    Info,
    Node,
    Parent,
    column,
    computed,
    connection,
    describe_enum,
    get_by,
    has_many,
    list_all,
    node,
    resolver,
    row_as,
    rows_as,
    to_one,
)
from schema.query.models import KINDS, Record
from schema.query.sql import Order, Read, Sql, bindable

describe_enum(OneKind, "“六个一”", **{kind.name: words for kind, words in rules.WORDS.items()})
describe_enum(
    OneState,
    "“六个一”的进展",
    NOT_BEGUN="未开始",
    PAPERS_MISSING="缺材料",
    TO_CHECK="待核对",
    COMPLETE="完成",
)
describe_enum(
    SeatRole, "在小组中的职务", **{role.name: words for role, words in rules.ROLE_WORDS.items()}
)
describe_enum(ChangeKind, "对一项的变动", PAPERS="补充文件", END="免去、终止", VOID="作废")

OnDay = Annotated[date | None, strawberry.argument(description="按哪一日的情形，默认今天")]

ACTS = ("groupAppoint", "oneUpdate", "onePapers", "oneEnd", "oneVoid", "oneCheck", "oneAssign")
"""The acts on a one."""


@node(tables.One, "“六个一”中的一个", key="no")
class One(Node):
    no: str = column("短名")
    group: Group | None = to_one("Group", "产业招商小组")
    kind: OneKind = column("是哪一个")
    keeper: Organization | None = to_one("Organization", "由哪个单位负责更新")
    state: OneState = column("进展")
    asked_at: datetime | None = column("请该单位补齐的时间；还没有请的没有")
    submitted_at: datetime | None = column("提请核对的时间：最早待核对的一项齐备之时")
    to_check: bool = column("有待办公室核对的：新登记的，或对已核对的变动")
    returned_at: datetime | None = column("上次退回的时间")
    returned_for: str = column("退回的原因；已补正的为空")
    revision: int = column("版本")
    updated_at: datetime = column("最近办理时间")

    items: "list[OneItem]" = has_many("OneItem", "one_id", "历任、历次，先登记的在前")

    duty: Duty | None = duty_on("这一项上现在要办的事")

    @computed("现任、现行的是谁、是什么；没有的为空", columns=("id", "kind"))
    async def current(row: Parent, info: Info) -> str:
        there = await there_on(row, info.context.today, info.context)
        return "、".join(each["name"] for each in there if each["role"] in THE_ONE)

    @computed("历任、历次中没有作废的，先登记的在前", columns=("id",))
    async def valid_items(row: Parent, info: Info) -> "list[OneItem]":
        items = await info.context.rows.where("OneItem", "one_id", row["id"])
        return rows_as(OneItem, [each for each in items if each["void_at"] is None])

    @computed("待办公室核对的各项", columns=("id", "kind"))
    async def waiting(row: Parent, info: Info) -> "list[OneLine]":
        items, lines = await lines_on(row, info.context)
        return [
            OneLine(
                id=strawberry.ID(each.id),
                title=title_of(each),
                effect=effect_of(row["kind"], each, items),
                own=info.context.viewer.person in each.authors,
                item=row_as(OneItem, each.item),
                change=row_as(OneChange, each.change) if each.change else None,
            )
            for each in lines
        ]

    @computed("待核对或已退回、可撤回的变动", columns=("id",))
    async def open_changes(row: Parent, info: Info) -> "list[OneChange]":
        items, lines = await lines_on(row, info.context)
        changes = await info.context.rows.where("OneChange", "one_id", row["id"])
        pending = [each.change for each in lines if each.change]
        return rows_as(OneChange, [*pending, *returned_changes(items, changes)])

    @computed("其中您可以办理的事项（变更名）", columns=("id", "group_id", "keeper_id"))
    def acts(row: Parent, info: Info) -> list[str]:
        return [act for act in ACTS if may(info.context.viewer, act, row)]

    journal: Connection[JournalEntry] = history_of("One")

    @computed("在某一日的情形", columns=("id", "kind", "returned_for"))
    async def standing(row: Parent, info: Info, on: OnDay = None) -> "OneStanding":
        usable(on, "on")
        return await standing_of(row, on or row.get("as_of") or info.context.today, info.context)


@node(tables.OneItem, "“六个一”中的一名领导、一个部门、一支队伍 … 自某日至某日")
class OneItem(Node):
    one: One | None = to_one("One", "所属的“六个一”")
    role: SeatRole | None = column("职务；不是人员的没有")
    name: str = column("姓名或名称")
    detail: str = column("说明")
    organization: Organization | None = to_one("Organization", "单位")
    starts_on: date = column("自何日起")
    stated_end: date | None = column("写明的止日（含当日）；只因被接替而截止的没有", "ends_on")
    document_no: str = column("文号")
    document_on: date | None = column("文件日期")
    recorded_at: datetime = column("登记时间")
    recorded_as: Signature | None = signed(
        "登记人署名", "oneUpdate", "recorded_by_id", "recorded_at"
    )
    checked_at: datetime | None = column("核对时间")
    checked_as: Signature | None = signed("核对人署名", "oneCheck", "checked_by_id", "checked_at")
    stated_end_document_no: str = column("写明止日的文号", "end_document_no")
    follows: "OneItem | None" = to_one("OneItem", "接替的哪一项")
    returned_for: str = column("退回的原因；已补正的为空")
    void_at: datetime | None = column("作废的时间")
    void_for: str = column("作废的原因")

    evidence: list[Attachment] = evidence_of("OneItem", "文件")
    amendments: "list[OneChange]" = has_many("OneChange", "item_id", "历次补充、变动，先登记的在前")

    @computed(
        "至何日止（含当日），写明的或因被接替的；没有的为现任、现行", columns=("id", "one_id")
    )
    async def ends_on(row: Parent, info: Info) -> date | None:
        return (await end_of(row, info.context)).on

    @computed("免去、终止或接替的文号", columns=("id", "one_id"))
    async def end_document_no(row: Parent, info: Info) -> str:
        return (await end_of(row, info.context)).document_no

    @computed("自何日起；随系统带来、没有登记过的没有", columns=("starts_on",))
    def since(row: Parent) -> date | None:
        return known_since(row["starts_on"])

    @computed("还缺什么材料；作废的不缺", columns=("id", "document_no", "document_on", "void_at"))
    async def missing(row: Parent, info: Info) -> list[str]:
        files = await files_of([row], info.context)
        known = standing_with(row, files[row["id"]], rules.End(None, ""))
        return [] if row["void_at"] else rules.missing(known)

    @computed("是否市未公布、系统暂列的，待文件确认", columns=("recorded_by_id", "checked_at"))
    def provisional(row: Parent, info: Info) -> bool:
        return is_provisional(row)


@node(tables.OneChange, "对“六个一”中一项的补充、变动")
class OneChange(Node):
    one: One | None = to_one("One", "所属的“六个一”")
    item: OneItem | None = to_one("OneItem", "哪一项")
    kind: ChangeKind = column("什么变动")
    ends_on: date | None = column("至何日止（含当日）")
    document_no: str = column("文号")
    document_on: date | None = column("文件日期")
    reason: str = column("原因")
    recorded_at: datetime = column("登记时间")
    recorded_as: Signature | None = signed(
        "登记人署名", "onePapers", "recorded_by_id", "recorded_at"
    )
    checked_at: datetime | None = column("核对时间；待核对、已退回的没有")
    checked_as: Signature | None = signed("核对人署名", "oneCheck", "checked_by_id", "checked_at")
    returned_for: str = column("退回的原因")
    withdrawn_at: datetime | None = column("撤回的时间")

    evidence: list[Attachment] = evidence_of("OneChange", "文件")

    @computed("什么变动、哪一项", columns=("kind", "item_id"))
    async def title(row: Parent, info: Info) -> str:
        item = await info.context.rows.one("OneItem", row["item_id"])
        return f"{rules.CHANGE_WORDS[row['kind']]} {item['name'] if item else ''}"


@strawberry.type(description="待办公室核对的一项：新登记的，或对已核对的变动")
class OneLine:
    id: strawberry.ID = strawberry.field(description="全局编号")
    title: str = strawberry.field(description="什么")
    effect: str = strawberry.field(description="核对通过后怎样")
    own: bool = strawberry.field(description="是否由您登记；由您登记的可退回，须由他人核对通过")
    item: OneItem = strawberry.field(description="哪一项")
    change: OneChange | None = strawberry.field(description="什么变动；新登记的没有")


@strawberry.type(description="“六个一”中的一个在某一日的情形")
class OneStanding:
    on: date = strawberry.field(description="日期")
    state: OneState = strawberry.field(description="进展")
    missing: list[str] = strawberry.field(description="还缺什么")
    items: list[OneItem] = strawberry.field(description="当日在任、现行的，先起的在前")


@strawberry.type(description="产业招商小组的“六个一”、产业链和目标企业")
class GroupIndustry:
    @computed("“六个一”，按文件的次序", columns=("id",))
    async def ones(row: Parent, info: Info) -> list[One]:
        found = await info.context.rows.where("One", "group_id", row["id"])
        order = list(OneKind)
        rows = sorted(found, key=lambda each: order.index(each["kind"]))
        if day := row.get("as_of"):
            rows = [Record("One", {**each, "as_of": day}) for each in rows]
        return rows_as(One, rows)

    @computed("在某一日的组长、副组长和成员", columns=("id",))
    async def seats(row: Parent, info: Info, on: OnDay = None) -> list[OneItem]:
        usable(on, "on")
        day = on or row.get("as_of") or info.context.today
        ones = await info.context.rows.where("One", "group_id", row["id"])
        leading = next((each for each in ones if each["kind"] is OneKind.CITY_LEADER), None)
        if leading is None:
            return []
        order = list(SeatRole)
        there = await there_on(leading, day, info.context)
        return rows_as(OneItem, sorted(there, key=lambda each: order.index(each["role"])))

    @computed("牵头部门是否市未公布、系统暂列的，待文件确认", columns=("id",))
    async def lead_unconfirmed(row: Parent, info: Info) -> bool:
        day = row.get("as_of") or info.context.today
        there = await leading_on(row, day, info.context)
        return bool(there) and is_provisional(there[-1])

    @computed("小组办公室今天在任的人，按姓名", columns=("office_id",))
    async def people(row: Parent, info: Info) -> list[Person]:
        return rows_as(Person, await people_of(row, info.context))

    @computed("小组产业链的各环节，停用的不列", columns=("id",))
    async def chain_nodes(row: Parent, info: Info) -> list[ChainNode]:
        found = await info.context.rows.where("ChainNode", "group_id", row["id"])
        return rows_as(ChainNode, [each for each in found if each["retired_at"] is None])

    @computed("您可否登记小组的产业链环节", columns=("id",))
    def keeps_chain(row: Parent, info: Info) -> bool:
        of = Record("ChainNode", {"group_id": row["id"]})
        return may(info.context.viewer, "chainNodeSet", of)

    duties: Connection[Duty] = connection(
        "Duty",
        "小组的项目、“六个一”、目标企业上的待办事项",
        filter=DutyFilter,
        order=DutyOrder,
        default=Order("due_at", nullable=True),
        scope=duties_of,
    )

    @computed(
        "您是否看得到小组的全部工作；只看到一部分的，件数和合计只是您能看到的",
        columns=("id", "lead_department_id"),
    )
    def whole(row: Parent, info: Info) -> bool:
        return sees_whole(info.context.viewer, row)

    @computed(
        "在等哪些单位办理，最急的在前；只计您能看到的，暂停计时的不计",
        columns=("id",),
        tables=("one",),
    )
    async def waits(row: Parent, info: Info) -> list[Waiting]:
        return await waits_of(row["id"], info.context) if is_inside(info.context.viewer) else []

    @computed("今后若干天内到期的待办事项和约定的联系，先到期的在前，至多 100 件", columns=("id",))
    async def coming(row: Parent, info: Info, days: OnDays = 31) -> list[Duty]:
        if not 1 <= days <= 366:
            raise bad_input("天数应在 1 至 366 之间", "days")
        return rows_as(Duty, await coming_of(row["id"], days, info.context))

    @computed(
        "小组的项目在一个月里计入的各项金额；看不到小组全部工作的没有",
        columns=("id", "lead_department_id"),
        tables=("one",),
    )
    async def figures(row: Parent, info: Info, month: OnMonth = None) -> list[GroupFigure] | None:
        usable(month, "month")
        if not sees_whole(info.context.viewer, row):
            return None
        return await figures_of(row["id"], month or info.context.today.replace(day=1), info.context)


async def people_of(group: Record, context: Context) -> list[Record]:
    """Whoever holds a post in a group's office today, and can follow a company up for it."""
    today = bindable(context.today, context.rows.dialect)
    held: Sql = (
        'EXISTS (SELECT 1 FROM "appointment" a WHERE a."person_id" = t."id"'
        ' AND a."organization_id" = ? AND a."starts_on" <= ?'
        ' AND (a."ends_on" IS NULL OR a."ends_on" >= ?))',
        [group["office_id"], today, today],
    )
    return await context.rows.all(Read(KINDS["Person"], (held,), Order("name")))


THE_ONE = (None, SeatRole.LEADER)
"""Roles of what a one is about; the others are of those beside the leader."""


async def standing_of(row: Record, day: date, context: Context) -> OneStanding:
    """What stands in a one on a day, how far it is and what it lacks."""
    items = await context.rows.where("OneItem", "one_id", row["id"])
    changes: list[Record] = []
    if row["returned_for"]:
        changes = await context.rows.where("OneChange", "one_id", row["id"])
    ends, returned = ends_of(items), returned_changes(items, changes)
    files = await files_of(items, context)
    standings = [
        standing_with(each, files[each["id"]], ends[each["id"]], returned_of(each, returned))
        for each in items
        if each["void_at"] is None
    ]
    there = await there_on(row, day, context)
    return OneStanding(
        on=day,
        state=rules.state_on(standings, day),
        missing=rules.what_is_missing(standings, day),
        items=rows_as(OneItem, [each for each in there if each["role"] in THE_ONE]),
    )


async def there_on(one: Record, day: date, context: Context) -> list[Record]:
    """The items that stand in a one on a day."""
    items = await context.rows.where("OneItem", "one_id", one["id"])
    return in_force(one["kind"], items, day)


def in_force(kind: OneKind, items: Iterable[Record], day: date) -> list[Record]:
    """Those of some items of a one that stand in it on a day."""
    rows = list(items)
    ends = ends_of(rows)
    valid = {each["id"]: each for each in rows if each["void_at"] is None}
    standings = [standing_with(each, 0, ends[key]) for key, each in valid.items()]
    return [valid[each.key] for each in rules.in_force(kind, standings, day)]


async def end_of(item: Record, context: Context) -> rules.End:
    """When an item ends, and by which document."""
    items = await context.rows.where("OneItem", "one_id", item["one_id"])
    return ends_of(items)[item["id"]]


async def files_of(items: Iterable[Record], context: Context) -> dict[int, int]:
    """How many files each of some items has."""
    keys = [each["id"] for each in items]
    with_kind = ("subject_kind", "OneItem")
    found = await gather(
        *(context.rows.where("Attachment", "subject_id", key, with_kind) for key in keys)
    )
    return {key: len(each) for key, each in zip(keys, found, strict=True)}


async def lines_on(one: Record, context: Context) -> tuple[list[Record], list[Line]]:
    """The items of a one, and what of it waits to be checked."""
    items, changes = await gather(
        context.rows.where("OneItem", "one_id", one["id"]),
        context.rows.where("OneChange", "one_id", one["id"]),
    )
    return items, lines_of(items, changes, await files_of(items, context))


def title_of(line: Line) -> str:
    """What waits, in words: what kind of change, of what."""
    role = rules.ROLE_WORDS[line.item["role"]] if line.item["role"] else ""
    what = rules.CHANGE_WORDS[line.change["kind"]] if line.change else "新登记"
    return f"{what}：{line.item['name']}{f'（{role}）' if role else ''}"


async def leading_on(group: Record, day: date, context: Context) -> list[Record]:
    """What is settled of the lead department of a group on a day."""
    ones = await context.rows.where("One", "group_id", group["id"])
    for one in ones:
        if one["kind"] is OneKind.LEAD_DEPARTMENT:
            there = await there_on(one, day, context)
            return [each for each in there if is_settled(each)]
    return []


async def group_as_of(group: Record, day: date, context: Context) -> dict[str, int | None]:
    """Which department led a group on a day, for whoever reads the ones."""
    if not await context.rows.where("One", "group_id", group["id"]):
        return {}
    there = await leading_on(group, day, context)
    return {"lead_department_id": there[-1]["organization_id"] if there else None}


AS_OF.append(group_as_of)


@strawberry.type
class Query:
    ones: list[One] = list_all("One", "id", "各小组的“六个一”，按小组、按文件的次序")

    @resolver("按短名取一个产业招商小组；看不到其全部工作的即不存在")
    async def group_seen_whole(
        self, info: Info, slug: Annotated[str, strawberry.argument(description="短名")]
    ) -> Group | None:
        found = await info.context.rows.by("Group", "slug", slug)
        return row_as(Group, found) if found and sees_whole(info.context.viewer, found) else None

    one: One | None = get_by("One", "no", "按短名取一个“六个一”", "短名，例如 modern-services-team")
