"""Article 2: put somebody or something into one of the six ones, provide its papers, check them, end it."""

from datetime import date
from typing import Any

import strawberry

from schema.city.rules import RuleBroken
from schema.duties.registry import Limit, subject_name, task
from schema.evidence.inputs import FileInput
from schema.evidence.keeping import attach, keep_evidence
from schema.evidence.tables import Attachment
from schema.gate.act import act
from schema.gate.gate import Gate
from schema.gate.inputs import input_field
from schema.gate.payloads import Payload, row_as
from schema.industry import rules, tables
from schema.industry.graph import One, OneItem
from schema.industry.graph.ones import in_force, standing_with
from schema.industry.rules import ONE_DEADLINE, OneKind, OneState, SeatRole
from schema.jobs import Daily, Run, job
from schema.people.rules import Post
from schema.query.models import KINDS, Record
from schema.relations import KEEPER

subject_name("One", lambda row: rules.WORDS[row["kind"]], group="group_id")
DONE_WITH = (OneState.TO_CHECK, OneState.COMPLETE)
LACKING = "x.\"asked_at\" IS NOT NULL AND x.\"state\" IN ('NOT_BEGUN', 'PAPERS_MISSING') AND x.\"kind\" {} 'CITY_LEADER'"
for name, words, which in (
    ("groupAppoint", "明确小组的市级领导并附文件", LACKING.format("=")),
    ("oneUpdate", "补齐“六个一”的材料", LACKING.format("<>")),
):
    task(
        name,
        words,
        on="One",
        whose=KEEPER,
        waits=Post.OFFICE,
        since="asked_at",
        due=Limit(ONE_DEADLINE),
        open=which,
        page="/ones/{key}",
        missing="这一项没有要补的材料",
    )
task(
    "oneCheck",
    "核对“六个一”的材料",
    on="One",
    whose=Post.OFFICE,
    waits=KEEPER,
    since="submitted_at",
    open="x.\"state\" = 'TO_CHECK'",
    barred='SELECT i."recorded_by_id" AS person FROM "one_item" i'
    ' WHERE i."one_id" = x."id" AND i."checked_at" IS NULL',
    carried={"OneItem": "one_id"},
    page="/ones/{key}",
    missing="没有待核对的材料",
)


@strawberry.input(description="任命小组的组长、副组长、成员")
class GroupAppointInput:
    one: strawberry.ID = input_field("“一名市级领导”的短名或全局编号")
    revision: int = input_field("版本")
    role: SeatRole = input_field("职务")
    name: str = input_field("姓名", limit=40)
    detail: str = input_field("行政职务；例如“副市长”", "", 100)
    unit: strawberry.ID | None = input_field("所在单位（短名）", None)
    starts_on: date = input_field("自何日起")
    replaces: strawberry.ID | None = input_field("接替何人；其任职止于前一日", None)
    document_no: str = input_field("文号", "", 80)
    document_on: date | None = input_field("文件日期", None)
    evidence: list[FileInput] | None = input_field("文件", None)


@strawberry.input(description="明确“六个一”中的部门、功能区、队伍、政策、地图")
class OneUpdateInput:
    one: strawberry.ID = input_field("哪一个（短名或全局编号）")
    revision: int = input_field("版本")
    name: str = input_field("名称", limit=100)
    detail: str = input_field("说明", "", 1000)
    unit: strawberry.ID | None = input_field("单位（短名）；牵头部门必填", None)
    starts_on: date = input_field("自何日起")
    replaces: strawberry.ID | None = input_field("接替哪一项；其止于前一日", None)
    document_no: str = input_field("文号", "", 80)
    document_on: date | None = input_field("文件日期", None)
    evidence: list[FileInput] | None = input_field("文件", None)


@strawberry.input(description="补充“六个一”的文号、文件")
class OnePapersInput:
    one: strawberry.ID = input_field("哪一个")
    revision: int = input_field("版本")
    item: strawberry.ID = input_field("其中哪一项")
    document_no: str = input_field("文号", "", 80)
    document_on: date | None = input_field("文件日期", None)
    evidence: list[FileInput] | None = input_field("文件", None)


@strawberry.input(description="免去或终止，没有接替的")
class OneEndInput:
    one: strawberry.ID = input_field("哪一个")
    revision: int = input_field("版本")
    item: strawberry.ID = input_field("其中哪一项")
    ends_on: date = input_field("至何日止（含当日）")
    document_no: str = input_field("免去、终止的文号", limit=80)


@strawberry.input(description="核对“六个一”的材料")
class OneCheckInput:
    one: strawberry.ID = input_field("哪一个")
    revision: int = input_field("版本")
    approve: bool = input_field("核对的结果", yes_no=("材料齐全、属实", "退回"))
    reason: str = input_field("退回的原因；退回时必填", "", 500)


@strawberry.input(description="请单位补齐“六个一”的材料")
class OneAssignInput:
    one: strawberry.ID = input_field("哪一个")
    revision: int = input_field("版本")
    keeper: strawberry.ID | None = input_field("负责更新的单位（短名）；不改的不填", None)


@strawberry.type(description="“六个一”办理结果")
class OnePayload(Payload):
    one: One | None = strawberry.field(default=None, description="“六个一”")
    item: OneItem | None = strawberry.field(default=None, description="其中的一项")


@strawberry.type
class Mutation:
    @act("任命小组的组长、副组长、成员", before=keep_evidence)
    async def group_appoint(gate: Gate, input: GroupAppointInput) -> OnePayload:
        """Leader, deputies and office head are one at a time; whoever follows ends the one before."""
        single = input.role in rules.SINGLE_ROLES
        return await put_in(gate, input, input.role, single, appoints=True)

    @act("明确“六个一”中的一项", before=keep_evidence)
    async def one_update(gate: Gate, input: OneUpdateInput) -> OnePayload:
        return await put_in(gate, input, None, None, appoints=False)

    @act("补充“六个一”的文件", before=keep_evidence)
    async def one_papers(gate: Gate, input: OnePapersInput) -> OnePayload:
        gate.check_all(rules.document_faults, input.document_on, gate.today)
        if not (input.document_no or input.document_on or input.evidence):
            gate.refuse(
                RuleBroken("请至少补充文号、文件日期、文件中的一样", "documentNo", "INVALID")
            )
        one, item = await load_item(gate, input)
        given = {
            "document_no": input.document_no or item.document_no,
            "document_on": input.document_on or item.document_on,
        }
        again = {"recorded_by_id": gate.viewer.person, "recorded_at": gate.now}
        checked = {"checked_by_id": None, "checked_post_id": None, "checked_at": None}
        await gate.change(item, **given, **again, **checked)
        await attach(gate, None, item)
        await refresh(gate, one)
        return OnePayload(one=row_as(One, one), item=row_as(OneItem, item))

    @act("免去或终止“六个一”中的一项")
    async def one_end(gate: Gate, input: OneEndInput) -> OnePayload:
        one, item = await load_item(gate, input)
        if item.ends_on is not None:
            raise RuleBroken(f"{item.name}已于 {item.ends_on} 截止", "item")
        rules.check_end(item.name, item.starts_on, input.ends_on)
        await gate.change(item, ends_on=input.ends_on, end_document_no=input.document_no)
        await refresh(gate, one)
        return OnePayload(one=row_as(One, one), item=row_as(OneItem, item))

    @act("核对“六个一”的材料")
    async def one_check(gate: Gate, input: OneCheckInput) -> OnePayload:
        gate.reason = input.reason
        if input.approve is False and not input.reason:
            gate.refuse(RuleBroken("退回须写明原因", "reason", "INVALID"))
        if input.approve:
            gate.unneeded(input, "reason")
        one = await load_one(gate, input.one, input.revision)
        if one.state is not OneState.TO_CHECK:
            raise RuleBroken("没有待核对的材料", "one")
        waiting = [each for each in await items_of(one) if each.checked_at is None]
        rules.check_second([each.recorded_by_id for each in waiting], gate.viewer.person)
        if input.approve:
            for each in waiting:
                await gate.change(each, checked_by_id=gate.viewer.person, checked_at=gate.now)
        await refresh(gate, one, "" if input.approve else input.reason)
        return OnePayload(one=row_as(One, one))

    @act("请单位补齐“六个一”的材料")
    async def one_assign(gate: Gate, input: OneAssignInput) -> OnePayload:
        """Its limit begins anew: whoever it is with now has not been asked before, or is asked again."""
        keeper = await gate.try_find("Organization", input.keeper, "keeper")
        one = await load_one(gate, input.one, input.revision)
        rules.check_lacks(one.state)
        kept_by = keeper["id"] if keeper else one.keeper_id
        await gate.change(one, keeper_id=kept_by, asked_at=gate.now)
        return OnePayload(one=row_as(One, one))


async def put_in(
    gate: Gate, input: Any, role: SeatRole | None, single: bool | None, *, appoints: bool
) -> OnePayload:
    """Somebody or something new in a one, in the place of the one that it follows, where it follows one."""
    gate.check_all(rules.document_faults, input.document_on, gate.today)
    found = await gate.try_find("One", input.one, "one")
    unit = await gate.try_find("Organization", input.unit, "unit")
    replaced = await gate.try_find("OneItem", input.replaces, "replaces")
    if found is not None:
        leads = found["kind"] is OneKind.CITY_LEADER
        if leads is not appoints:
            words = "领导、成员请用“任命”" if leads else "“任命”只用于市级领导和小组成员"
            gate.refuse(RuleBroken(words, "one"))
        if found["kind"] is OneKind.LEAD_DEPARTMENT and unit is None and not input.unit:
            gate.refuse(RuleBroken("请选择牵头部门", "unit", "INVALID"))
        if single is None:
            single = found["kind"] in rules.SINGLE
    if replaced is not None and found is not None:
        if replaced["one_id"] != found["id"] or replaced["role"] is not role:
            gate.refuse(RuleBroken("接替的不是同一职务、同一项", "replaces"))
        elif replaced["ends_on"] is not None:
            gate.refuse(
                RuleBroken(f"{replaced['name']}已于 {replaced['ends_on']} 截止", "replaces")
            )
    one = await load_one(gate, input.one, input.revision)
    items = await items_of(one)
    standing = [each for each in items if each.role is role and each.ends_on is None]
    gate.check_all(
        rules.follow_faults,
        input.starts_on,
        [(each.id, each.name, each.starts_on) for each in standing],
        replaced["id"] if replaced else None,
        bool(single),
    )
    gate.stop_if_wrong()
    for each in standing:
        if replaced and each.id == replaced["id"]:
            ends_on = rules.day_before(input.starts_on)
            await gate.change(each, ends_on=ends_on, end_document_no=input.document_no)
    made = await gate.create(
        tables.OneItem,
        one_id=one.id,
        role=role,
        name=input.name,
        detail=input.detail,
        organization_id=unit["id"] if unit else None,
        starts_on=input.starts_on,
        document_no=input.document_no,
        document_on=input.document_on,
        recorded_by_id=gate.viewer.person,
        recorded_at=gate.now,
    )
    await attach(gate, None, made)
    await refresh(gate, one)
    return OnePayload(one=row_as(One, one), item=row_as(OneItem, made))


async def load_one(gate: Gate, reference: str, revision: int) -> tables.One:
    """A one, held and moved on; with its group, where what stands in it changes the group."""
    if not gate.errors:
        found = await gate.find("One", reference, "one")
        if found["kind"] is OneKind.LEAD_DEPARTMENT:
            await gate.context.load_rules()
            await gate.hold("Group", [found["group_id"]])
    await gate.context.load_rules()
    one: tables.One = await gate.load("One", reference, revision, field="one")
    return one


async def load_item(gate: Gate, input: Any) -> tuple[tables.One, tables.OneItem]:
    """A one and an item that stands in it, both held."""
    found = await gate.try_find("One", input.one, "one")
    row = await gate.try_find("OneItem", input.item, "item")
    if found is not None and row is not None and row["one_id"] != found["id"]:
        gate.refuse(RuleBroken("不在这一项中，请重选", "item"))
    one = await load_one(gate, input.one, input.revision)
    (item,) = await gate.hold("OneItem", [gate.require(row)["id"]])
    return one, item


async def items_of(one: tables.One) -> list[tables.OneItem]:
    return await tables.OneItem.filter(one_id=one.id).order_by("id")


async def refresh(gate: Gate, one: tables.One, returned_for: str = "") -> bool:
    """Bring a one's state up to what stands in it today; whether that changed anything."""
    items = await items_of(one)
    counted = [each for each in items if each.role in (None, SeatRole.LEADER)]
    keys = [each.id for each in counted]
    files = dict.fromkeys(keys, 0)
    for attachment in await Attachment.filter(subject_kind="OneItem", subject_id__in=keys):
        files[attachment.subject_id] += 1
    rows = [as_record(each) for each in counted]
    state = rules.state_on([standing_with(row, files[row["id"]]) for row in rows], gate.today)
    if returned_for and state is OneState.TO_CHECK:
        state = OneState.PAPERS_MISSING
    changes: dict[str, Any] = {"returned_for": returned_for}
    if state is not one.state:
        changes["state"] = state
        if state is OneState.PAPERS_MISSING and (one.asked_at is None or one.state in DONE_WITH):
            changes["asked_at"] = gate.now
        if state is OneState.NOT_BEGUN and one.state in DONE_WITH:
            changes["asked_at"] = gate.now
    if state is OneState.TO_CHECK:
        changes["submitted_at"] = gate.now
    changes = {name: value for name, value in changes.items() if getattr(one, name) != value}
    if changes:
        await gate.change(one, **changes)
    if one.kind is OneKind.LEAD_DEPARTMENT:
        await name_lead_department(gate, one, [row for row in rows if in_force(row, gate.today)])
    return bool(changes)


async def name_lead_department(gate: Gate, one: tables.One, there: list[Record]) -> None:
    """The group's lead department is the one that stands in it today."""
    (group,) = await gate.hold("Group", [one.group_id])
    leading = there[-1]["organization_id"] if there else None
    if group.lead_department_id != leading:
        await gate.change(group, lead_department_id=leading)


def as_record(item: tables.OneItem) -> Record:
    """A loaded row as reads have it."""
    return Record("OneItem", {name: getattr(item, name) for name in KINDS["OneItem"].columns})


@job("groupOnes", "六个一到期、到任", every=Daily(0, 10))
async def group_ones(gate: Gate, run: Run) -> str:
    """Every midnight: what ended yesterday or begins today moves how far a one is."""
    await gate.context.load_rules()
    ones = await tables.One.all().order_by("id")
    await gate.hold("Group", [each.group_id for each in ones])
    moved = 0
    for one in await gate.hold("One", [each.id for each in ones]):
        moved += await refresh(gate, one, one.returned_for)
    return f"{moved} 项有变化"
