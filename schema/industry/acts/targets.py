"""Article 2: list a company, contact it, plan the next contact, make it a lead, give it up."""

from datetime import date, datetime
from typing import Any

import strawberry

from schema.city.rules import (
    CITY_TIME,
    CLOSING_TIME,
    RuleBroken,
    normal_name,
    read_uscc,
)
from schema.duties.registry import subject_name, task
from schema.evidence.inputs import FileInput
from schema.evidence.keeping import attach, keep_evidence
from schema.gate.act import act
from schema.gate.gate import Gate
from schema.gate.inputs import edit_field, edited, input_field, revision_field
from schema.gate.payloads import Payload, row_as
from schema.industry import rules, tables
from schema.industry.acts.chain import named_group
from schema.industry.acts.leads import (
    ask_as_renamed,
    check_elsewhere,
    hand_over_papers,
    investor_of,
    prepare_conversion,
    same_company,
)
from schema.industry.acts.listing import (
    called_by,
    check_named,
    check_not_listed,
    list_companies,
)
from schema.industry.graph import TargetCompany, TargetContact, TargetRegion
from schema.industry.graph.targets import REPORT_OPEN, leads_of
from schema.industry.rules import Means, TargetStage
from schema.project.graph import Project
from schema.project.rules import ENDS, PROJECT_LIFE
from schema.query.models import Record
from schema.relations import Own

TARGETS = "target companies"
"""What whoever lists or converts a company holds alone: two groups see each other's."""

PLAN = ("stage", "next_on", "next_step")
"""What a contact moves on: whoever has not seen what stands there now does not write over it."""

subject_name("TargetCompany", lambda row: str(row["name"]))
task(
    "targetCompanyContact",
    "联系目标企业",
    on="TargetCompany",
    whose=Own("unit_id", "organization"),
    waits=Own("unit_id", "organization"),
    since="next_set_at",
    agreed="next_due_at",
    open='x."next_on" IS NOT NULL',
    page="/targets/{key}",
    missing="没有约定的下次联系",
)
task(
    "targetCompanyConvert",
    "与报送的项目对应",
    on="TargetCompany",
    whose=Own("unit_id", "organization"),
    waits=Own("unit_id", "organization"),
    since="reported_at",
    open=REPORT_OPEN.format("x"),
    pointed={"Project": "reported_id"},
    page="/targets/{key}#convert",
    missing="没有待对应的项目",
)


@strawberry.input(description="列入一家目标企业")
class TargetCompanyAddInput:
    group: strawberry.ID | None = input_field("小组（短名）；只在一个小组的不必填", None)
    name: str = input_field("企业名称", limit=200)
    uscc: str = input_field("统一社会信用代码", "", 18)
    node: strawberry.ID | None = input_field("对应的产业链环节", None)
    region: strawberry.ID | None = input_field("目标区域", None)
    place: strawberry.ID | None = input_field("拟落地的县（区）或园区", None)
    why: str = input_field("为什么是它", "", 1000)
    owner: strawberry.ID | None = input_field("跟进人", None)
    next_on: date | None = input_field("下次联系", None)
    next_step: str = input_field("下次联系做什么", "", 200)
    another: bool = input_field("确要列入；这家企业已有报送的项目时须写明", False, asked=True)


@strawberry.input(description="修改一家目标企业；没有写的栏目不改，写为空的清空")
class TargetCompanyAmendInput:
    target: strawberry.ID = input_field("目标企业")
    revision: int = input_field("版本")
    name: str | None = input_field("企业名称；不改的不填", None, 200)
    uscc: str | None = input_field("统一社会信用代码；不改的不填", None, 18)
    node: strawberry.ID | None = edit_field("对应的产业链环节")
    region: strawberry.ID | None = edit_field("目标区域")
    place: strawberry.ID | None = edit_field("拟落地的县（区）或园区")
    why: str | None = edit_field("为什么是它", 1000)
    owner: strawberry.ID | None = edit_field("跟进人")


@strawberry.input(description="移到另一步，约定下次联系")
class TargetCompanyMoveInput:
    target: strawberry.ID = input_field("目标企业")
    revision: int = input_field("版本")
    stage: TargetStage = input_field("移到")
    next_on: date | None = input_field("下次联系", None)
    next_step: str = input_field("下次联系做什么", "", 200)
    reason: str = input_field("推后的原因；比原来约定的晚须写明", "", 300, asked=True)


@strawberry.input(description="登记一次接触")
class TargetCompanyContactInput:
    target: strawberry.ID = input_field("目标企业")
    revision: int | None = revision_field()
    happened_on: date = input_field("接触日期")
    means: Means = input_field("方式")
    with_whom: str = input_field("对方人员；姓名和职务", limit=100)
    outcome: str = input_field("结果", limit=1000)
    next_on: date | None = input_field("下次联系", None)
    next_step: str = input_field("下次联系做什么", "", 200)
    evidence: list[FileInput] | None = input_field("佐证材料", None)


@strawberry.input(description="转为线索：与已报送的项目对应")
class TargetCompanyConvertInput:
    target: strawberry.ID = input_field("目标企业")
    revision: int = input_field("版本")
    project: strawberry.ID = input_field("报送的项目（编号）")
    another: bool = input_field("确是这家企业；项目的投资方名称不同时须写明", False, asked=True)


@strawberry.input(description="不再跟进")
class TargetCompanyDropInput:
    target: strawberry.ID = input_field("目标企业")
    revision: int = input_field("版本")
    reason: str = input_field("原因", limit=300)


@strawberry.input(description="登记或修改目标区域")
class TargetRegionSetInput:
    region: strawberry.ID | None = input_field("要修改的区域（短名）；新登记的不填", None)
    revision: int | None = input_field("版本；修改时必填", None)
    name: str = input_field("名称", limit=40)
    position: int | None = edit_field("次序；新登记的不填即为 0")
    retired: bool | None = edit_field("停用")


@strawberry.type(description="目标企业办理结果")
class TargetPayload(Payload):
    target: TargetCompany | None = strawberry.field(default=None, description="目标企业")
    contact: TargetContact | None = strawberry.field(default=None, description="接触记录")
    project: Project | None = strawberry.field(default=None, description="对应的项目")


@strawberry.type(description="目标区域办理结果")
class TargetRegionPayload(Payload):
    region: TargetRegion | None = strawberry.field(default=None, description="目标区域")


@strawberry.type
class Mutation:
    @act("列入目标企业")
    async def target_company_add(gate: Gate, input: TargetCompanyAddInput) -> TargetPayload:
        await gate.context.load_rules()
        uscc = gate.check(read_uscc, input.uscc)
        gate.check_all(rules.name_faults, input.name)
        gate.check_all(rules.next_faults, input.next_on, input.next_step, *days(gate))
        named = await references(gate, input)
        group = await named_group(gate, input.group)
        await check_named(gate, named, group)
        await gate.alone(TARGETS)
        gate.stop_if_wrong()
        normal = normal_name(input.name)
        await check_not_listed(uscc or "", normal, group)
        leads = await leads_of(uscc or "", normal, gate.context)
        if leads and not input.another:
            raise RuleBroken(
                f"这家企业已报送项目 {leads[0]['no']}，确要列入请在“确要列入”打勾",
                "another",
            )
        if not leads:
            gate.unneeded(input, "another")
        company = {
            "group_id": group,
            "name": input.name,
            "uscc": uscc or "",
            "why": input.why,
            **{f"{name}_id": row["id"] if row else None for name, row in named.items()},
            **planned(gate, input.next_on, input.next_step),
        }
        (key,) = await list_companies(gate, [company])
        target = await tables.TargetCompany.get(id=key)
        return TargetPayload(target=row_as(TargetCompany, target))

    @act("修改目标企业")
    async def target_company_amend(gate: Gate, input: TargetCompanyAmendInput) -> TargetPayload:
        await gate.context.load_rules()
        uscc = None if input.uscc is None else gate.check(read_uscc, input.uscc)
        named = await references(gate, input)
        await gate.alone(TARGETS)
        target = await load_target(gate, input.target, input.revision)
        await check_named(gate, named, target.group_id, target)
        gate.stop_if_wrong()
        pointed = {
            f"{name}_id": row["id"] if row else None
            for name, row in named.items()
            if getattr(input, name) is not strawberry.UNSET
        }
        called = called_by(target, input.name or target.name, target.uscc if uscc is None else uscc)
        if called:
            normal = called.get("normal_name", target.normal_name)
            await check_not_listed(called.get("uscc", target.uscc), normal, target.group_id, target)
            await ask_as_renamed(gate, target, called)
        why = edited(input.why, target.why, "")
        await gate.change(target, why=why, **pointed, **called)
        return TargetPayload(target=row_as(TargetCompany, target))

    @act("移动目标企业、约定下次联系")
    async def target_company_move(gate: Gate, input: TargetCompanyMoveInput) -> TargetPayload:
        """The arrow of the board; a next contact that is not given stays as it was planned."""
        await gate.context.load_rules()
        gate.check_all(rules.next_faults, input.next_on, input.next_step, *days(gate))
        gate.check(rules.check_lane, input.stage)
        target = await load_target(gate, input.target, input.revision)
        gate.check(rules.check_move, target.stage, input.stage, target.contacted_on is not None)
        later = gate.check(rules.check_put_off, agreed(target), input.next_on, input.reason)
        gate.stop_if_wrong()
        changes: dict[str, Any] = {}
        if target.stage is not input.stage:
            changes |= {"stage": input.stage, "stage_at": gate.now}
        if input.next_on is not None:
            changes |= planned(gate, input.next_on, input.next_step)
        if later:
            gate.reason = input.reason
            changes |= put_off(target)
        else:
            gate.unneeded(input, "reason")
        if changes:
            await gate.change(target, **changes)
        return TargetPayload(target=row_as(TargetCompany, target))

    @act("登记与目标企业的接触", before=keep_evidence)
    async def target_company_contact(gate: Gate, input: TargetCompanyContactInput) -> TargetPayload:
        """The planned contact is done with it, unless it lies before the planning, or on its day and nobody
        says to have read the plan; the next one is planned, or none is.
        """
        await gate.context.load_rules()
        next_one = (input.next_on, input.next_step)
        gate.check_all(rules.contact_faults, input.happened_on, *next_one, *days(gate))
        target = await load_target(gate, input.target, input.revision, rests_on=PLAN)
        since = target.next_set_at and gate.context.day_of(target.next_set_at)
        read = input.revision is not None
        closes = rules.closes_plan(input.happened_on, since, read)
        rules.check_planned(since or gate.today, input.happened_on, closes, input.next_on)
        contact = await gate.create(
            tables.TargetContact,
            target_id=target.id,
            happened_on=input.happened_on,
            means=input.means,
            with_whom=input.with_whom,
            outcome=input.outcome,
            recorded_by_id=gate.viewer.person,
            recorded_at=gate.now,
        )
        await attach(gate, None, contact)
        stage = rules.stage_after(target.stage, input.means)
        changes = kept_now(gate, input.next_on, input.next_step) if closes else dict[str, Any]()
        if stage is not target.stage:
            changes |= {"stage": stage, "stage_at": gate.now}
        latest = max(input.happened_on, target.contacted_on or input.happened_on)
        await gate.change(target, contacted_on=latest, **changes)
        return TargetPayload(
            target=row_as(TargetCompany, target), contact=row_as(TargetContact, contact)
        )

    @act("目标企业转为线索", before=prepare_conversion)
    async def target_company_convert(gate: Gate, input: TargetCompanyConvertInput) -> TargetPayload:
        """Bind a company to the report that came of it, once; its files become the project's."""
        row = await gate.try_find("TargetCompany", input.target, "target")
        lead = await gate.try_find("Project", input.project, "project")
        await gate.context.load_rules()
        await gate.alone(TARGETS)
        gate.require(row)
        found = gate.require(lead)
        (project,) = await gate.hold("Project", [found["id"]])
        others = await reported_from_others(gate, found["id"], gate.require(row)["id"])
        target = await load_target(gate, input.target, input.revision)
        own = found["reported_by_id"] == target.unit_id
        if not own and project.group_id != target.group_id:
            raise RuleBroken("只能对应本小组报送的，或者分到本小组的项目", "project")
        if project.stage in ENDS:
            raise RuleBroken(
                f"这个项目现在是“{PROJECT_LIFE.words[project.stage]}”，不能对应", "project"
            )
        if taken := await tables.TargetCompany.filter(lead_id=found["id"]).first():
            raise RuleBroken(f"这个项目已对应目标企业 {taken.no}", "project", "DUPLICATE")
        investor = await investor_of(gate, found)
        same = same_company(target, investor)
        if not same and not input.another:
            named = investor["name"] if investor else ""
            raise RuleBroken(
                f"这个项目的投资方是“{named}”，与目标企业名称不同，确是同一家请打勾", "another"
            )
        if same:
            gate.unneeded(input, "another")
            gate.stop_if_wrong()
        await check_elsewhere(gate, target, found, counted=False)
        bound = {"lead_id": found["id"], "reported_id": None, "reported_at": None}
        await gate.change(target, **bound, **given_up(gate, target))
        for each in others:
            await gate.change(each, reported_id=None, reported_at=None)
            await gate.touch(each)
        if own:
            await hand_over_papers(gate, target.id, project)
        gate.concern(project)
        return TargetPayload(target=row_as(TargetCompany, target), project=row_as(Project, found))

    @act("不再跟进目标企业")
    async def target_company_drop(gate: Gate, input: TargetCompanyDropInput) -> TargetPayload:
        gate.reason = input.reason
        target = await load_target(gate, input.target, input.revision)
        await gate.change(target, dropped_for=input.reason, **given_up(gate, target))
        return TargetPayload(target=row_as(TargetCompany, target))

    @act("登记或修改目标区域")
    async def target_region_set(gate: Gate, input: TargetRegionSetInput) -> TargetRegionPayload:
        gate.check(rules.check_position, input.position or 0)
        if input.region is None:
            gate.unneeded(input, "revision")
            await gate.alone(TARGETS)
            gate.stop_if_wrong()
            await check_region_name(input.name, None)
            number = await gate.number("target-region")
            made = await gate.create(
                tables.TargetRegion,
                slug=f"region-{number}",
                name=input.name,
                position=input.position or 0,
                retired=bool(input.retired),
                updated_at=gate.now,
            )
            return TargetRegionPayload(region=row_as(TargetRegion, made))
        if input.revision is None:
            gate.refuse(RuleBroken("请写明所改区域的版本", "revision", "INVALID"))
        await gate.alone(TARGETS)
        region = await gate.load("TargetRegion", input.region, input.revision, field="region")
        await check_region_name(input.name, region.id)
        position = edited(input.position, region.position, 0)
        retired = edited(input.retired, region.retired, False)
        await gate.change(region, name=input.name, position=position, retired=retired)
        return TargetRegionPayload(region=row_as(TargetRegion, region))


async def references(gate: Gate, input: Any) -> dict[str, Record | None]:
    """The rows that a company's columns point at, by name; what does not exist is kept at its field."""
    kinds = {"node": "ChainNode", "region": "TargetRegion", "place": "Place", "owner": "Person"}
    return {
        name: await gate.try_find(kind, getattr(input, name), name) for name, kind in kinds.items()
    }


async def reported_from_others(gate: Gate, project: int, own: int) -> list[tables.TargetCompany]:
    """The companies beside `own` from which a project was reported, held with it: once it is bound, none
    of them is owed it any more.
    """
    waiting = await tables.TargetCompany.filter(reported_id=project)
    held = await gate.hold("TargetCompany", {own, *(each.id for each in waiting)})
    return [each for each in held if each.id != own]


async def load_target(
    gate: Gate, reference: str, revision: int | None, rests_on: tuple[str, ...] | None = None
) -> tables.TargetCompany:
    target: tables.TargetCompany = await gate.load(
        "TargetCompany", reference, revision, field="target", rests_on=rests_on
    )
    return target


async def check_region_name(name: str, own: int | None) -> None:
    """No two regions share a name. Raises `RuleBroken` at `name`."""
    taken = await tables.TargetRegion.filter(name=name).first()
    if taken is not None and taken.id != own:
        raise RuleBroken(f"已有目标区域“{name}”", "name", "DUPLICATE")


def days(gate: Gate) -> tuple[date, int]:
    """Today, and within how many days the next contact is to be; after `load_rules`."""
    return gate.today, gate.context.rule(rules.CONTACT_WITHIN, gate.today).value


def kept_now(gate: Gate, next_on: date | None, next_step: str) -> dict[str, Any]:
    """The columns of a next contact where the one before is done with: nothing is put off."""
    return planned(gate, next_on, next_step) | {"put_off": 0, "first_agreed_on": None}


def agreed(target: tables.TargetCompany) -> date | None:
    """The day of the next contact; where none is planned, the one that was agreed and not kept."""
    return target.next_on or target.first_agreed_on


def given_up(gate: Gate, target: tables.TargetCompany) -> dict[str, Any]:
    """The columns of a company that is no longer gone after: what was agreed first, and not kept, stays
    known to whoever resumes it.
    """
    return planned(gate, None, "") | {"first_agreed_on": target.first_agreed_on or target.next_on}


def put_off(target: tables.TargetCompany) -> dict[str, Any]:
    """The columns that count that what was agreed is put off."""
    first = target.first_agreed_on or target.next_on
    return {"put_off": target.put_off + 1, "first_agreed_on": first}


def planned(gate: Gate, next_on: date | None, next_step: str) -> dict[str, Any]:
    """The columns of a next contact, due when its day closes; of none, without a day."""
    if next_on is None:
        return {"next_on": None, "next_step": "", "next_due_at": None, "next_set_at": None}
    closing = gate.context.rule(CLOSING_TIME, gate.today).value
    due = datetime.combine(next_on, closing, CITY_TIME)
    return {"next_on": next_on, "next_step": next_step, "next_due_at": due, "next_set_at": gate.now}
