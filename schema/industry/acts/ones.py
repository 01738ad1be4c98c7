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
from schema.industry.acts.standing import (
    LACKING,
    approve,
    ask,
    contents_of,
    load_item,
    load_one,
    refresh,
    take_effect,
)
from schema.industry.graph import One, OneChange, OneItem
from schema.industry.graph.standings import needs_a_check, returned_changes
from schema.industry.rules import (
    ONE_CHECK_DEADLINE,
    ONE_DEADLINE,
    ONE_RETURN_DEADLINE,
    ChangeKind,
    OneKind,
    SeatRole,
)
from schema.people.rules import Post
from schema.people.tables import Group, OrganizationKind
from schema.permissions import MAY
from schema.query.models import Record, as_record, global_id, read_global_id
from schema.relations import KEEPER

subject_name("One", lambda row: rules.WORDS[row["kind"]], group="group_id")
STATES = ", ".join(f"'{state}'" for state in LACKING)
ASKED_FOR = (
    'x."asked_at" IS NOT NULL AND x."returned_for" = \'\''
    f' AND x."state" IN ({STATES}) AND x."kind" {{}} \'{OneKind.CITY_LEADER}\''
)
RETURNED = 'CASE WHEN x."asked_at" > x."returned_at" THEN x."asked_at" ELSE x."returned_at" END'
for name, words, since, limit, which in (
    (
        "groupAppoint",
        "明确小组的市级领导并附文件",
        "asked_at",
        Limit(ONE_DEADLINE),
        ASKED_FOR.format("="),
    ),
    ("oneUpdate", "补齐“六个一”的材料", "asked_at", Limit(ONE_DEADLINE), ASKED_FOR.format("<>")),
    (
        "onePapers",
        "补正“六个一”退回的材料",
        RETURNED,
        Limit(ONE_RETURN_DEADLINE),
        "x.\"returned_for\" <> ''",
    ),
):
    task(
        name,
        words,
        on="One",
        whose=KEEPER,
        waits=Post.OFFICE,
        since=since,
        due=limit,
        open=which,
        page="/ones/{key}",
        missing="这一项没有要补的材料",
    )
READY = (
    'i."checked_at" IS NULL AND i."void_at" IS NULL AND i."returned_for" = \'\''
    ' AND i."document_no" <> \'\' AND i."document_on" IS NOT NULL AND EXISTS'
    ' (SELECT 1 FROM "attachment" f'
    ' WHERE f."subject_kind" = \'OneItem\' AND f."subject_id" = i."id")'
)
BY_ITSELF = (
    '(i."checked_at" IS NOT NULL OR (i."recorded_by_id" IS NULL AND c."kind" <> \'PAPERS\'))'
)
PARTS = (
    'SELECT i."one_id" AS one, i."id" AS line, i."recorded_by_id" AS person FROM "one_item" i'
    f' WHERE {READY} UNION SELECT i."one_id", i."id", c."recorded_by_id" FROM "one_change" c'
    ' JOIN "one_item" i ON i."id" = c."item_id" WHERE c."checked_at" IS NULL'
    f' AND c."withdrawn_at" IS NULL AND NOT {BY_ITSELF} AND {READY}'
    ' UNION SELECT i."one_id", -c."id", c."recorded_by_id" FROM "one_change" c'
    ' JOIN "one_item" i ON i."id" = c."item_id" WHERE c."checked_at" IS NULL'
    ' AND c."withdrawn_at" IS NULL AND c."returned_for" = \'\' AND i."void_at" IS NULL'
    f" AND {BY_ITSELF}"
)
"""Who provided a part of which line of those that wait to be checked, as `lines_of` has them."""
AUTHORS = (
    f'SELECT a.person FROM ({PARTS}) a WHERE a.one = x."id" AND a.person IS NOT NULL'
    " GROUP BY a.person HAVING COUNT(DISTINCT a.line) ="
    f' (SELECT COUNT(DISTINCT b.line) FROM ({PARTS}) b WHERE b.one = x."id")'
)
"""Whoever provided a part of each line, and so can approve none of them."""
task(
    "oneCheck",
    "核对“六个一”的材料",
    on="One",
    whose=Post.OFFICE,
    waits=KEEPER,
    since="submitted_at",
    due=Limit(ONE_CHECK_DEADLINE),
    open='x."to_check"',
    barred=AUTHORS,
    carried={"OneItem": "one_id", "OneChange": "one_id"},
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
    ends_on: date | None = input_field("至何日止（含当日）；已离任、已终止的填写", None)
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
    ends_on: date | None = input_field("至何日止（含当日）；已离任、已终止的填写", None)
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
    document_on: date | None = input_field("免去、终止的文件日期", None, needed=True)
    evidence: list[FileInput] | None = input_field("免去、终止的文件", None, needed=True)


@strawberry.input(description="作废登错的一项")
class OneVoidInput:
    one: strawberry.ID = input_field("哪一个")
    revision: int = input_field("版本")
    item: strawberry.ID = input_field("其中哪一项")
    change: strawberry.ID | None = input_field(
        "只撤回其中哪一项待核对、已退回的变动；作废这一项的不填", None
    )
    reason: str = input_field("作废、撤回的原因", limit=500)


@strawberry.input(description="核对“六个一”的材料")
class OneCheckInput:
    one: strawberry.ID = input_field("哪一个")
    revision: int = input_field("版本")
    lines: list[strawberry.ID] | None = input_field("核对哪几项（全局编号）；不选的为全部", None)
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
    change: OneChange | None = strawberry.field(
        default=None, description="补充、变动；待核对的，核对后生效"
    )


@strawberry.type
class Mutation:
    @act("任命小组的组长、副组长、成员", before=keep_evidence)
    async def group_appoint(gate: Gate, input: GroupAppointInput) -> OnePayload:
        """Leader, deputies and office head are one at a time; whoever follows ends the one before."""
        return await put_in(gate, input, input.role, appoints=True)

    @act("明确“六个一”中的一项", before=keep_evidence)
    async def one_update(gate: Gate, input: OneUpdateInput) -> OnePayload:
        return await put_in(gate, input, None, appoints=False)

    @act("补充“六个一”的文件", before=keep_evidence)
    async def one_papers(gate: Gate, input: OnePapersInput) -> OnePayload:
        gate.check_all(rules.document_faults, input.document_on, gate.today)
        if not (input.document_no or input.document_on or input.evidence):
            gate.refuse(
                RuleBroken("请至少补充文号、文件日期、文件中的一样", "documentNo", "INVALID")
            )
        return await propose(gate, input, ChangeKind.PAPERS)

    @act("免去或终止“六个一”中的一项", before=keep_evidence)
    async def one_end(gate: Gate, input: OneEndInput) -> OnePayload:
        """What is checked already ends when somebody else of the office has checked the document."""
        gate.check_all(rules.document_faults, input.document_on, gate.today)
        gate.check_all(rules.end_faults, input.document_on is not None, bool(input.evidence))
        return await propose(gate, input, ChangeKind.END)

    @act("作废“六个一”中登错的一项")
    async def one_void(gate: Gate, input: OneVoidInput) -> OnePayload:
        """A mistake: it never stood, and whoever it has followed goes on. Checked like an end.

        With `change`, that one is withdrawn, which changes nothing that stands.
        """
        gate.reason = input.reason
        if await gate.try_find("OneChange", input.change, "change"):
            return await withdraw(gate, input)
        return await propose(gate, input, ChangeKind.VOID)

    @act("核对“六个一”的材料")
    async def one_check(gate: Gate, input: OneCheckInput) -> OnePayload:
        gate.reason = input.reason
        if input.approve is False and not input.reason:
            gate.refuse(RuleBroken("退回须写明原因", "reason", "INVALID"))
        if input.approve:
            gate.unneeded(input, "reason")
        gate.check(check_lines, input.lines)
        one = await load_one(gate, input.one, input.revision)
        found = await contents_of(one)
        waiting = found.lines()
        if not waiting:
            raise RuleBroken("没有待核对的材料", "one")
        chosen = [each for each in waiting if not input.lines or each.id in input.lines]
        known = {each.id for each in waiting}
        gate.check_all(rules.lines_faults, known.issuperset(input.lines or ()))
        gate.stop_if_wrong()
        if input.approve:
            own = [each for each in chosen if gate.viewer.person in each.authors]
            names = [each.item["name"] for each in own]
            rules.check_second(names, all_own=len(own) == len(waiting))
            await approve(gate, found, chosen)
        else:
            await gate.change(one, returned_at=gate.now)
            items = {each.id: each for each in found.items}
            changes = {each.id: each for each in found.changes}
            for line in chosen:
                row = changes[line.change["id"]] if line.change else items[line.item["id"]]
                await gate.change(row, returned_for=input.reason)
        await refresh(gate, one)
        return OnePayload(one=row_as(One, one))

    @act("请单位补齐“六个一”的材料")
    async def one_assign(gate: Gate, input: OneAssignInput) -> OnePayload:
        """The limit begins for a unit that was not asked before, and runs on for one that was."""
        found = await gate.try_find("One", input.one, "one")
        keeper = await gate.try_find("Organization", input.keeper, "keeper")
        if found is not None and keeper is None and not input.keeper:
            keeper = await gate.context.rows.one("Organization", found["keeper_id"])
        if found is not None and keeper is not None:
            provides = await can_provide(found, keeper)
            gate.check_all(rules.keeper_faults, provides, keeper["short_name"])
        one = await load_one(gate, input.one, input.revision)
        rules.check_lacks(one.state)
        keeper = gate.require(keeper)
        was_asked = one.asked_at is not None and keeper["id"] == one.keeper_id
        rules.check_not_asked(was_asked, keeper["short_name"])
        await ask(gate, one, keeper["id"])
        return OnePayload(one=row_as(One, one))


async def can_provide(one: Record, unit: Record) -> bool:
    """Whether people of a unit may put something into a one."""
    act = "groupAppoint" if one["kind"] is OneKind.CITY_LEADER else "oneUpdate"
    posts = {post: where for post, where in MAY[act].items() if post.value == unit["kind"].value}
    if not posts:
        return False
    (where,) = posts.values()
    group = await Group.get(id=one["group_id"])
    return not where or KEEPER in where or unit["id"] == group.office_id


async def propose(gate: Gate, input: Any, kind: ChangeKind) -> OnePayload:
    """Papers, an end, or that something is void: done to what is itself proposed, checked on all else."""
    one, item = await load_item(gate, input)
    found = await contents_of(one)
    (item,) = [each for each in found.items if each.id == item.id]
    waits = needs_a_check(as_record(item), kind)
    given: dict[str, Any] = {}
    if kind is ChangeKind.END:
        rules.check_end(item.name, item.starts_on, found.ends()[item.id].on, input.ends_on)
        given["ends_on"] = input.ends_on
    if kind is ChangeKind.VOID:
        given["reason"] = input.reason
    else:
        given |= {"document_no": input.document_no, "document_on": input.document_on}
    if kind is ChangeKind.PAPERS:
        gate.check_all(rules.papers_faults, await differs(gate, item, input))
        gate.stop_if_wrong()
    if waits:
        rules.check_no_change(item.name, any(each.item_id == item.id for each in found.pending()))
    change = await gate.create(
        tables.OneChange,
        one_id=one.id,
        item_id=item.id,
        kind=kind,
        **given,
        recorded_by_id=gate.viewer.person,
        recorded_at=gate.now,
    )
    if kind is not ChangeKind.VOID:
        at_once = kind is ChangeKind.PAPERS and not waits
        await attach(gate, None, item if at_once else change)
    if not waits:
        await take_effect(gate, item, change)
        if kind is ChangeKind.PAPERS and item.returned_for:
            await gate.change(item, returned_for="")
    await refresh(gate, one)
    return OnePayload(
        one=row_as(One, one), item=row_as(OneItem, item), change=row_as(OneChange, change)
    )


async def differs(gate: Gate, item: tables.OneItem, input: Any) -> bool:
    """Whether papers say something else than what is known of an item, or bring another file."""
    if input.document_no not in ("", item.document_no):
        return True
    if input.document_on not in (None, item.document_on):
        return True
    known = await Attachment.filter(subject_kind="OneItem", subject_id=item.id)
    files = {each.sha256 for each in gate.prepared.files}
    return not files <= {each.sha256 for each in known}


def check_lines(lines: list[strawberry.ID] | None) -> None:
    """What is chosen are items and changes, if anything is. Raises `RuleBroken` at `lines`."""
    kinds = [read_global_id(each) for each in lines or ()]
    known = all(each is not None and each[0] in ("OneItem", "OneChange") for each in kinds)
    for fault in rules.lines_faults(known):
        raise fault


async def withdraw(gate: Gate, input: Any) -> OnePayload:
    """What was proposed of an item is proposed no more; its return is answered with that."""
    one, item = await load_item(gate, input)
    found = await contents_of(one)
    returned = {each["id"] for each in returned_changes(found.rows(), found.proposals())}
    open_ones = [*found.pending(), *(each for each in found.changes if each.id in returned)]
    of = [each for each in open_ones if global_id("OneChange", each.id) == input.change]
    rules.check_withdrawn(bool(of) and of[0].item_id == item.id)
    await gate.change(of[0], withdrawn_at=gate.now)
    await refresh(gate, one)
    return OnePayload(
        one=row_as(One, one), item=row_as(OneItem, item), change=row_as(OneChange, of[0])
    )


async def put_in(gate: Gate, input: Any, role: SeatRole | None, *, appoints: bool) -> OnePayload:
    """Somebody or something proposed for a one, in the place of the one that it follows, where it does.

    Nothing is written of that one: when it ends follows from what comes (`rules.ends_of`).
    """
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
        if found["kind"] is OneKind.LEAD_DEPARTMENT and unit is not None:
            is_department = unit["kind"] is OrganizationKind.DEPARTMENT
            gate.check_all(rules.department_faults, is_department)
    if replaced is not None and found is not None:
        if replaced["one_id"] != found["id"] or replaced["role"] is not role:
            gate.refuse(RuleBroken("接替的不是同一职务、同一项", "replaces"))
        elif replaced["void_at"] is not None:
            gate.refuse(RuleBroken(f"{replaced['name']}已作废", "replaces"))
    one = await load_one(gate, input.one, input.revision)
    contents = await contents_of(one)
    taken = contents.who_stands_for(replaced["id"]) if replaced else None
    if replaced is not None and taken is not None:
        now, then = contents.ends()[taken].on, contents.proposed_end(taken)
        if now is not None and then is not None:
            gate.refuse(RuleBroken(f"{replaced['name']}已于 {now} 截止", "replaces"))
    gate.check_all(
        rules.follow_faults,
        input.starts_on,
        input.ends_on,
        contents.spans(role),
        taken,
        rules.is_single(one.kind, role),
    )
    gate.stop_if_wrong()
    made = await gate.create(
        tables.OneItem,
        one_id=one.id,
        follows_id=replaced["id"] if replaced else None,
        role=role,
        name=input.name,
        detail=input.detail,
        organization_id=unit["id"] if unit else None,
        starts_on=input.starts_on,
        ends_on=input.ends_on,
        document_no=input.document_no,
        document_on=input.document_on,
        recorded_by_id=gate.viewer.person,
        recorded_at=gate.now,
    )
    await attach(gate, None, made)
    await refresh(gate, one)
    return OnePayload(one=row_as(One, one), item=row_as(OneItem, made))
