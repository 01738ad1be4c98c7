"""Article 3: report, claim, judge, return, dispute, merge, transfer, take up; and post each entry's shares."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import strawberry

from schema.act import Gate, Payload, act, said
from schema.city.rules import Pause, RuleBroken, normal_name, parse_uscc, search_key, uscc_fault
from schema.city.tables import Company
from schema.linkage import rules
from schema.linkage.graph import (
    Claim,
    Dispute,
    Duplicate,
    Transfer,
    Verdict,
    duplicates_of,
    report_clock,
)
from schema.linkage.rules import CreditRole
from schema.linkage.tables import Claim as ClaimRow
from schema.linkage.tables import Credit, Judgement, Merge, Return, TransferState
from schema.linkage.tables import Dispute as DisputeRow
from schema.linkage.tables import Transfer as TransferRow
from schema.linkage.tables import Verdict as VerdictOf
from schema.project.graph import CapitalOrigin, Project
from schema.project.rules import Candidate, Indicator, SourceOfCapital, Stage
from schema.project.rules import CapitalOrigin as OriginOf
from schema.project.tables import Attachment, Entry
from schema.project.tables import Project as ProjectRow
from schema.reading.context import Context, RuleVersion
from schema.store import fetch
from schema.values import Bytes, File, Money

CURRENCIES = ("USD", "EUR", "HKD", "JPY", "GBP")


@strawberry.input(description="文件")
class FileInput:
    name: str = said("文件名")
    content: Bytes = said("内容（Base64）")


@strawberry.input(description="报送项目信息")
class ProjectReportInput:
    name: str = said("项目名称；写全称，例如 高端口腔设备产业园（一期）", limit=100)
    investor_name: str = said("投资方名称", limit=100)
    amount: Money = said("计划总投资；可写 12.5亿、125000万元，只写数字的单位为万元")
    capital_origin: CapitalOrigin = said("内资或外资", OriginOf.DOMESTIC)
    uscc: str = said("统一社会信用代码；18 位，见营业执照", "")
    no_code_reason: str = said("没有信用代码的原因；例如 境外企业", "")
    investor_region: str = said("投资方所在地", "", 60)
    foreign_amount: str = said("外资原币金额；单位为元，例如 12000000.00", "", 20)
    currency: str = said("原币币种；例如 USD", "", 3)
    rate_date: date | None = said("汇率日期；折算所用央行中间价的日期", None)
    fixed_assets: Money | None = said("其中固定资产投资", None)
    industry_code: str = said("行业类别；GB/T 4754-2017 小类代码，例如 3585", "", 4)
    group: strawberry.ID | None = said("产业招商小组", None)
    land_mu: str = said("拟用地面积；单位为亩", "", 12)
    contact_name: str = said("投资方联系人", "", 60)
    contact_phone: str = said("投资方联系电话", "", 40)
    summary: str = said("项目简介", "", 2000)
    needs: str = said("项目诉求；用地、政策、要素", "", 2000)
    source: str = said("信息来源、引荐方", "")
    owner_name: str = said("跟进人", "", 60)
    place: strawberry.ID | None = said("主张首谈的地方", None)
    contact_on: date | None = said("初次接洽日期；实际见面或通话的日期", None)
    contact_with: str = said("投资方接洽人；姓名和职务", "", 100)
    contact_by: str = said("本地接洽人", "", 100)
    contact_note: str = said("接洽经过", "", 1000)
    evidence: list[FileInput] | None = said("接洽佐证材料", None)
    acknowledge_duplicates: bool = said("已核对，不是同一个项目", False)


@strawberry.input(description="补正后重新报送")
class ProjectResubmitInput:
    project: strawberry.ID = said("项目")
    revision: int = said("版本")
    name: str | None = said("项目名称", None, 100)
    amount: Money | None = said("计划总投资", None)
    fixed_assets: Money | None = said("其中固定资产投资", None)
    industry_code: str | None = said("行业类别；GB/T 4754-2017 小类代码，例如 3585", None, 4)
    land_mu: str | None = said("拟用地面积；单位为亩", None, 12)
    contact_name: str | None = said("投资方联系人", None, 60)
    contact_phone: str | None = said("投资方联系电话", None, 40)
    summary: str | None = said("项目简介", None, 2000)
    needs: str | None = said("项目诉求；用地、政策、要素", None, 2000)
    evidence: list[FileInput] | None = said("补充材料", None)
    note: str = said("补正说明", "", 1000)


@strawberry.input(description="主张首谈")
class ProjectClaimInput:
    project: strawberry.ID | None = said("项目", None)
    ticket: str = said("查重时得到的主张凭据，用于看不到的项目", "", 200)
    place: strawberry.ID | None = said("主张首谈的地方", None)
    contact_on: date = said("初次接洽日期；实际见面或通话的日期")
    contact_with: str = said("投资方接洽人；姓名和职务", limit=100)
    contact_by: str = said("本地接洽人", "", 100)
    note: str = said("接洽经过", "", 1000)
    evidence: list[FileInput] | None = said("佐证材料", None)


@strawberry.input(description="研判")
class ProjectJudgeInput:
    project: strawberry.ID = said("项目")
    revision: int = said("版本")
    verdict: Verdict = said("结论", VerdictOf.ACCEPTED)
    first_contact_place: strawberry.ID | None = said("首谈地", None)
    reason: str = said("研判意见", limit=1000)


@strawberry.input(description="退回补正")
class ProjectReturnInput:
    project: strawberry.ID = said("项目")
    revision: int = said("版本")
    reason: str = said("需补正的内容", limit=1000)


@strawberry.input(description="撤回报送")
class ProjectWithdrawInput:
    project: strawberry.ID = said("项目")
    revision: int = said("版本")
    reason: str = said("撤回原因", limit=1000)


@strawberry.input(description="对首谈地提出异议")
class ProjectDisputeInput:
    project: strawberry.ID = said("项目")
    grounds: str = said("异议理由", limit=1000)
    evidence: list[FileInput] | None = said("佐证材料", None)


@strawberry.input(description="裁定首谈地争议")
class DisputeDecideInput:
    dispute: strawberry.ID = said("争议")
    revision: int = said("项目版本")
    upheld: bool = said("异议是否成立")
    first_contact_place: strawberry.ID | None = said("首谈地", None)
    reason: str = said("裁定理由", limit=1000)


@strawberry.input(description="并入已有项目")
class ProjectMergeInput:
    project: strawberry.ID = said("项目")
    revision: int = said("版本")
    into: strawberry.ID = said("并入的项目")
    reason: str = said("理由", limit=1000)


@strawberry.input(description="申请流转")
class ProjectTransferRequestInput:
    project: strawberry.ID = said("项目")
    revision: int = said("版本")
    landing_place: strawberry.ID = said("流转到")
    reason: str = said("不能落地的原因", limit=1000)


@strawberry.input(description="评估并决定流转")
class ProjectTransferDecideInput:
    transfer: strawberry.ID = said("流转")
    revision: int = said("项目版本")
    approve: bool = said("同意流转")
    landing_place: strawberry.ID | None = said("改为流转到", None)
    assessment: str = said("评估意见", limit=1000)


@strawberry.input(description="承接流转项目")
class ProjectTakeUpInput:
    transfer: strawberry.ID = said("流转")
    revision: int = said("项目版本")
    owner_name: str = said("跟进人", "", 60)


@strawberry.type(description="项目办理结果")
class ProjectPayload(Payload):
    project: Project | None = strawberry.field(default=None, description="项目")


@strawberry.type(description="报送结果")
class ProjectReportPayload(Payload):
    project: Project | None = strawberry.field(default=None, description="项目")
    duplicates: list[Duplicate] = strawberry.field(default_factory=list, description="疑似重复")


@strawberry.type(description="首谈主张办理结果")
class ClaimPayload(Payload):
    project: Project | None = strawberry.field(default=None, description="项目")
    claim: Claim | None = strawberry.field(default=None, description="首谈主张")


@strawberry.type(description="争议办理结果")
class DisputePayload(Payload):
    project: Project | None = strawberry.field(default=None, description="项目")
    dispute: Dispute | None = strawberry.field(default=None, description="争议")


@strawberry.type(description="流转办理结果")
class TransferPayload(Payload):
    project: Project | None = strawberry.field(default=None, description="项目")
    transfer: Transfer | None = strawberry.field(default=None, description="流转")


@strawberry.type
class Mutation:
    @act("报送项目信息")
    async def project_report(gate: Gate, input: ProjectReportInput) -> ProjectReportPayload:
        check_amount(input.amount)
        place = await place_of(gate, input.place)
        if input.contact_on:
            rules.check_claim(input.contact_on, gate.today)
        same = await duplicates_of(candidate_of(input), gate.context)
        if not input.acknowledge_duplicates and any(each.same_name for each in same):
            raise Suspected(
                "库内已有名称相同的项目，请核对；确认不是同一个项目的，勾选“已核对”后再报送", same
            )
        project = await gate.create(ProjectRow, **await reported(gate, input))
        gate.project = project
        if place and input.contact_on:
            await claim(gate, project, place, input, input.contact_note)
        return ProjectReportPayload(project=project, duplicates=same)

    @act("补正后重新报送")
    async def project_resubmit(gate: Gate, input: ProjectResubmitInput) -> ProjectPayload:
        project = await gate.take_up(input.project, input.revision)
        back = await Return.filter(project_id=project.id, resubmitted_at=None).get()
        await gate.change(back, resubmitted_at=gate.now)
        await gate.change(project, **amended(project, input), judge_by=await due(gate, project))
        await attach(gate, project, back, input.evidence)
        gate.reason = input.note
        return ProjectPayload(project=project)

    @act("撤回报送")
    async def project_withdraw(gate: Gate, input: ProjectWithdrawInput) -> ProjectPayload:
        project = await gate.take_up(input.project, input.revision)
        gate.reason = input.reason
        return ProjectPayload(project=project)

    @act("主张首谈")
    async def project_claim(gate: Gate, input: ProjectClaimInput) -> ClaimPayload:
        rules.check_claim(input.contact_on, gate.today)
        place = await place_of(gate, input.place)
        if place is None:
            raise RuleBroken("请选择主张首谈的地方", "place", "INVALID")
        project = await claimed_project(gate, input)
        if await ClaimRow.exists(project_id=project.id, place_id=place):
            raise RuleBroken("贵地已主张首谈，补充材料请联系办公室", "place")
        made = await claim(gate, project, place, input, input.note)
        return ClaimPayload(project=project, claim=made)

    @act("研判项目信息，明确首谈地")
    async def project_judge(gate: Gate, input: ProjectJudgeInput) -> ProjectPayload:
        gate.reason = input.reason
        declined = input.verdict == VerdictOf.DECLINED
        project = await gate.take_up(input.project, input.revision, refused=declined)
        place = None
        if not declined:
            if input.first_contact_place is None:
                raise RuleBroken("请明确首谈地", "firstContactPlace", "INVALID")
            place = (await gate.find("Place", input.first_contact_place, "firstContactPlace"))["id"]
        await gate.create(
            Judgement,
            project_id=project.id,
            verdict=input.verdict,
            first_contact_place_id=place,
            reason=input.reason,
            due_at=project.judge_by,
            judged_by_id=gate.viewer.person,
            judged_at=gate.now,
        )
        await gate.change(
            project, first_contact_place_id=place, landing_place_id=place, judged_at=gate.now
        )
        return ProjectPayload(project=project)

    @act("退回补正")
    async def project_return(gate: Gate, input: ProjectReturnInput) -> ProjectPayload:
        gate.reason = input.reason
        project = await gate.take_up(input.project, input.revision)
        await gate.create(
            Return,
            project_id=project.id,
            reason=input.reason,
            returned_by_id=gate.viewer.person,
            returned_at=gate.now,
        )
        await gate.change(project, judge_by=await due(gate, project))
        return ProjectPayload(project=project)

    @act("对首谈地提出异议")
    async def project_dispute(gate: Gate, input: ProjectDisputeInput) -> DisputePayload:
        row = await gate.find("Project", input.project, "project")
        rules.check_dispute(gate.viewer.place, row["first_contact_place_id"])
        project = await gate.take_up(row["no"], None)
        if await DisputeRow.exists(
            project_id=project.id, place_id=gate.viewer.place, decided_at=None
        ):
            raise RuleBroken("贵地的异议正在处理，请等待裁定", "grounds")
        dispute = await gate.create(
            DisputeRow,
            project_id=project.id,
            place_id=gate.viewer.place,
            grounds=input.grounds,
            raised_by_id=gate.viewer.person,
            raised_at=gate.now,
        )
        await attach(gate, project, dispute, input.evidence)
        gate.reason = input.grounds
        return DisputePayload(project=project, dispute=dispute)

    @act("裁定首谈地争议")
    async def dispute_decide(gate: Gate, input: DisputeDecideInput) -> DisputePayload:
        gate.reason = input.reason
        row = await gate.find("Dispute", input.dispute, "dispute")
        if row["decided_at"]:
            raise RuleBroken("此争议已裁定", "dispute")
        project = await gate.take_up(await no_of(row), input.revision, "dispute")
        dispute = await DisputeRow.get(id=row["id"])
        await gate.change(
            dispute,
            upheld=input.upheld,
            decision=input.reason,
            decided_by_id=gate.viewer.person,
            decided_at=gate.now,
        )
        if input.upheld and project.stage == Stage.JUDGED:
            place = row["place_id"]
            if input.first_contact_place:
                place = (await gate.find("Place", input.first_contact_place, "firstContactPlace"))[
                    "id"
                ]
            if await TransferRow.exists(project_id=project.id, state=TransferState.TAKEN_UP):
                await gate.change(project, first_contact_place_id=place)
            else:
                await gate.change(project, first_contact_place_id=place, landing_place_id=place)
        return DisputePayload(project=project, dispute=dispute)

    @act("并入已有项目")
    async def project_merge(gate: Gate, input: ProjectMergeInput) -> ProjectPayload:
        gate.reason = input.reason
        into = await gate.find("Project", input.into, "into")
        project = await gate.take_up(input.project, input.revision)
        rules.check_merge(into["stage"], project.id == into["id"])
        await no_open_transfer(project)
        await gate.create(
            Merge,
            project_id=project.id,
            into_id=into["id"],
            reason=input.reason,
            merged_by_id=gate.viewer.person,
            merged_at=gate.now,
        )
        await gate.change(project, merged_into_id=into["id"])
        known = set(await ClaimRow.filter(project_id=into["id"]).values_list("place_id", flat=True))
        for each in await ClaimRow.filter(project_id=project.id):
            if each.place_id not in known:
                await carried(gate, each, into["id"])
        return ProjectPayload(project=project)

    @act("申请流转")
    async def project_transfer_request(
        gate: Gate, input: ProjectTransferRequestInput
    ) -> TransferPayload:
        project = await gate.take_up(input.project, input.revision)
        to = await gate.find("Place", input.landing_place, "landingPlace")
        await no_open_dispute(project)
        rules.check_transfer(project.landing_place_id, to["id"], await under_way(project))
        transfer = await gate.create(
            TransferRow,
            project_id=project.id,
            from_place_id=project.landing_place_id,
            to_place_id=to["id"],
            state=TransferState.REQUESTED,
            reason=input.reason,
            requested_by_id=gate.viewer.person,
            requested_at=gate.now,
        )
        gate.reason = input.reason
        return TransferPayload(project=project, transfer=transfer)

    @act("评估并决定流转")
    async def project_transfer_decide(
        gate: Gate, input: ProjectTransferDecideInput
    ) -> TransferPayload:
        gate.reason = input.assessment
        project, transfer = await taken_up(gate, input.transfer, input.revision)
        rules.check_step(transfer.state, TransferState.REQUESTED)
        to = transfer.to_place_id
        if input.landing_place:
            to = (await gate.find("Place", input.landing_place, "landingPlace"))["id"]
            rules.check_transfer(transfer.from_place_id, to)
        await gate.change(
            transfer,
            state=TransferState.APPROVED if input.approve else TransferState.REFUSED,
            to_place_id=to,
            assessment=input.assessment,
            decided_by_id=gate.viewer.person,
            decided_at=gate.now,
        )
        return TransferPayload(project=project, transfer=transfer)

    @act("承接流转项目")
    async def project_take_up(gate: Gate, input: ProjectTakeUpInput) -> TransferPayload:
        project, transfer = await taken_up(gate, input.transfer, input.revision)
        rules.check_step(transfer.state, TransferState.APPROVED)
        if gate.viewer.place is not None and gate.viewer.place != transfer.to_place_id:
            raise RuleBroken("由流转到的地方承接", None, "NOT_ALLOWED")
        await gate.change(
            transfer,
            state=TransferState.TAKEN_UP,
            taken_up_by_id=gate.viewer.person,
            taken_up_at=gate.now,
        )
        await gate.change(
            project,
            landing_place_id=transfer.to_place_id,
            owner_name=input.owner_name or project.owner_name,
        )
        return TransferPayload(project=project, transfer=transfer)


# ---------------------------------------------------------------- what the acts stand on


class Suspected(RuleBroken):
    """A likely duplicate; `answer` carries what was found back to the reporter."""

    def __init__(self, message: str, duplicates: list[Duplicate]) -> None:
        super().__init__(message, "name", "DUPLICATE")
        self.answer = {"duplicates": duplicates}


def check_amount(fen: int) -> None:
    if fen <= 0:
        raise RuleBroken("计划总投资要大于 0，例如“12.5亿”或“125000万元”", "amount", "INVALID")


def code_of(said: str) -> str | None:
    """A credit code in its standard form. Raises `RuleBroken` at its field."""
    if said and (fault := uscc_fault(said)):
        raise RuleBroken(fault, "uscc", "INVALID")
    return parse_uscc(said) if said else None


def candidate_of(input: ProjectReportInput) -> Candidate:
    return Candidate(
        name=input.name,
        investor_name=input.investor_name,
        uscc=code_of(input.uscc),
        industry_code=input.industry_code,
        amount_fen=input.amount,
        phone=input.contact_phone,
    )


async def reported(gate: Gate, input: ProjectReportInput) -> dict[str, Any]:
    """The columns of a newly reported project."""
    group = await gate.find("Group", input.group, "group") if input.group else None
    investor = await investor_of(
        gate,
        input.investor_name,
        code_of(input.uscc),
        input.no_code_reason,
        input.investor_region,
    )
    clock = await report_clock(gate.context, gate.now, [])
    year = gate.today.year
    no = f"{year}-{await gate.number(f'project {year}'):04d}"
    return {
        "no": no,
        "name": input.name,
        "normal_name": normal_name(input.name),
        "search": f"{no} {search_key(input.name)} {search_key(input.investor_name)}",
        "summary": input.summary,
        "investor_id": investor.id,
        "amount_fen": input.amount,
        **foreign(input),
        "fixed_assets_fen": input.fixed_assets,
        "industry_code": input.industry_code,
        "group_id": group["id"] if group else None,
        "capital_origin": input.capital_origin,
        "land_mu": input.land_mu or None,
        "contact_name": input.contact_name,
        "contact_phone": input.contact_phone,
        "source": input.source,
        "needs": input.needs,
        "stage": Stage.REPORTED,
        "stage_at": gate.now,
        "reported_by_id": gate.viewer.organization,
        "reporter_id": gate.viewer.person,
        "reported_at": gate.now,
        "judge_by": clock.due_at,
        "owner_name": input.owner_name,
        "updated_at": gate.now,
    }


def foreign(input: ProjectReportInput) -> dict[str, Any]:
    """The amount in its own currency, in cents, beside the CNY amount at the rate of a day."""
    if not input.foreign_amount:
        return {}
    if not re.fullmatch(r"\d{1,15}(\.\d{1,2})?", input.foreign_amount.replace(",", "")):
        raise RuleBroken(
            "原币金额请只写数字，单位为元，例如“12000000.00”", "foreignAmount", "INVALID"
        )
    if input.currency not in CURRENCIES:
        raise RuleBroken(f"币种请写 {'、'.join(CURRENCIES)} 之一", "currency", "INVALID")
    if input.rate_date is None:
        raise RuleBroken("请填折算所用央行中间价的日期", "rateDate", "INVALID")
    whole, _, part = input.foreign_amount.replace(",", "").partition(".")
    return {
        "currency": input.currency,
        "foreign_cents": int(whole) * 100 + int(part.ljust(2, "0") or 0),
        "rate_on": input.rate_date,
    }


async def investor_of(
    gate: Gate, name: str, uscc: str | None, no_code_reason: str, region: str
) -> Company:
    """The investor with this code, or of this name without one; made when new."""
    known = await (
        Company.get_or_none(uscc=uscc)
        if uscc
        else Company.filter(normal_name=normal_name(name)).order_by("id").first()
    )
    return known or await gate.create(
        Company,
        uscc=uscc,
        no_code_reason=no_code_reason,
        name=name,
        normal_name=normal_name(name),
        search=search_key(name),
        region=region,
        created_at=gate.now,
    )


def amended(project: ProjectRow, input: ProjectResubmitInput) -> dict[str, Any]:
    """The columns that a resubmission changes."""
    if input.amount is not None:
        check_amount(input.amount)
    given = {
        "amount_fen": input.amount,
        "fixed_assets_fen": input.fixed_assets,
        "name": input.name or None,
        "industry_code": input.industry_code,
        "land_mu": input.land_mu,
        "contact_name": input.contact_name,
        "contact_phone": input.contact_phone,
        "summary": input.summary,
        "needs": input.needs,
    }
    changed = {column: value for column, value in given.items() if value is not None}
    if "name" in changed:
        changed["normal_name"] = normal_name(changed["name"])
        changed["search"] = project.search.replace(
            search_key(project.name), search_key(changed["name"])
        )
    return changed


async def due(gate: Gate, project: ProjectRow) -> Any:
    returns = await Return.filter(project_id=project.id).order_by("id")
    pauses = [Pause(each.returned_at, each.resubmitted_at) for each in returns]
    return (await report_clock(gate.context, project.reported_at, pauses)).due_at


async def place_of(gate: Gate, said: str | None) -> int | None:
    """The place that a claim is for: a place speaks for itself, others name it."""
    if gate.viewer.place is not None:
        return gate.viewer.place
    return (await gate.find("Place", said, "place"))["id"] if said else None


async def claim(gate: Gate, project: ProjectRow, place: int, input: Any, note: str) -> ClaimRow:
    made = await gate.create(
        ClaimRow,
        project_id=project.id,
        place_id=place,
        contact_on=input.contact_on,
        contact_with=input.contact_with,
        contact_by=input.contact_by,
        note=note,
        claimed_by_id=gate.viewer.person,
        claimed_at=gate.now,
    )
    await attach(gate, project, made, input.evidence)
    return made


async def claimed_project(gate: Gate, input: ProjectClaimInput) -> ProjectRow:
    """The project to claim: one that is seen, or one that a duplicate search has given a ticket for."""
    if input.ticket:
        key = rules.read_ticket(input.ticket, gate.context.secret, gate.viewer.organization)
        return await gate.move(await gate.locked(key))
    if input.project is None:
        raise RuleBroken("请选择项目", "project", "INVALID")
    return await gate.take_up(input.project, None)


async def carried(gate: Gate, claimed: ClaimRow, into: int) -> None:
    """A merged report's claim stands beside the others' on the project it was merged into."""
    copied = await gate.create(
        ClaimRow,
        project_id=into,
        place_id=claimed.place_id,
        contact_on=claimed.contact_on,
        contact_with=claimed.contact_with,
        contact_by=claimed.contact_by,
        note=claimed.note,
        claimed_by_id=claimed.claimed_by_id,
        claimed_at=claimed.claimed_at,
    )
    for file in await Attachment.filter(subject_kind="Claim", subject_id=claimed.id):
        await Attachment.create(
            project_id=into,
            subject_kind="Claim",
            subject_id=copied.id,
            name=file.name,
            media_type=file.media_type,
            size=file.size,
            sha256=file.sha256,
            added_by_id=file.added_by_id,
            added_at=file.added_at,
        )


async def taken_up(gate: Gate, said: str, revision: int) -> tuple[ProjectRow, TransferRow]:
    row = await gate.find("Transfer", said, "transfer")
    project = await gate.take_up(await no_of(row), revision, "transfer")
    return project, await TransferRow.get(id=row["id"])


async def no_of(row: Any) -> str:
    return (await ProjectRow.get(id=row["project_id"])).no


async def no_open_dispute(project: ProjectRow) -> None:
    if await DisputeRow.exists(project_id=project.id, decided_at=None):
        raise RuleBroken("首谈地争议尚未裁定，裁定后再办理", "project")


async def no_open_transfer(project: ProjectRow) -> None:
    if await under_way(project):
        raise RuleBroken("这个项目有一件流转在办，请先办结流转再办理", "project")


async def under_way(project: ProjectRow) -> bool:
    """Whether a transfer was asked for that is not taken up yet."""
    open_states = (TransferState.REQUESTED, TransferState.APPROVED)
    return await TransferRow.exists(project_id=project.id, state__in=open_states)


async def attach(
    gate: Gate, project: ProjectRow, subject: Any, files: list[FileInput] | None
) -> None:
    """Keep evidence under its hash; only kinds that offices use, and what they claim to be."""
    for index, each in enumerate(files or ()):
        try:
            kept = gate.context.file_store.keep(File(each.name, each.content))
        except RuleBroken as broken:
            raise RuleBroken(str(broken), f"evidence.{index}", broken.code) from broken
        await gate.create(
            Attachment,
            project_id=project.id,
            subject_kind=type(subject).__name__,
            subject_id=subject.id,
            name=kept.name,
            media_type=kept.media_type,
            size=kept.size,
            sha256=kept.sha256,
            added_by_id=gate.viewer.person,
            added_at=gate.now,
        )


async def record_entry(
    gate: Gate,
    project: ProjectRow,
    indicator: Indicator,
    amount: int,
    occurred_on: date,
    *,
    source_of_capital: SourceOfCapital | None = None,
    evidence_note: str = "",
    confirmed_by: int | None = None,
    reverses: Entry | None = None,
    reason: str = "",
) -> Entry:
    """One figure of a project, with each place's credit by the rule in force on its date.

    The running total is split and the difference posted, so the parts always sum to the whole and
    a reversal, which stays in its entry's series, takes back just what the entry brought.
    """
    year = gate.today.year
    entry = await gate.create(
        Entry,
        no=f"Z{year}-{await gate.number(f'entry {year}'):05d}",
        project_id=project.id,
        indicator=indicator,
        amount_fen=amount,
        occurred_on=occurred_on,
        source_of_capital=source_of_capital,
        evidence_note=evidence_note,
        confirmed_by_id=confirmed_by,
        reverses_id=reverses.id if reverses else None,
        reason=reason,
        recorded_by_id=gate.viewer.person,
        recorded_at=gate.now,
    )
    await post(gate, project, entry, reverses)
    total = {
        Indicator.SIGNED_FUNDS: "signed_fen",
        Indicator.PAID_IN_FUNDS: "paid_in_fen",
        Indicator.TAX: "tax_fen",
    }[indicator]
    await gate.change(project, **{total: getattr(project, total) + amount})
    return entry


RUNNING = (
    'SELECT "running_fen" FROM "credit" WHERE "project_id" = ? AND "indicator" = ? AND "series" = ?'
    ' ORDER BY "id" DESC LIMIT 1'
)


async def post(gate: Gate, project: ProjectRow, entry: Entry, reverses: Entry | None) -> None:
    """The credits of one entry: one place's whole, or the first-contact and the landing place's parts."""
    shared = await shares(gate.context)
    first, landing = project.first_contact_place_id, project.landing_place_id
    account = shared.account(entry.indicator, entry.occurred_on, first, landing)
    if reverses:
        credits = await Credit.filter(entry_id=reverses.id).order_by("id")
        account = shared.account_of(credits[0].series, credits[0].place_id, credits[-1].place_id)
    last = await fetch(RUNNING, [project.id, entry.indicator.value, account.series])
    found = shared.credits(entry, account, last[0]["running_fen"] if last else 0)
    await Credit.bulk_create([Credit(**credit) for credit in found])


@dataclass(frozen=True)
class Account:
    """Where a project's entries are added up to be shared: by which ratio, between which places."""

    ratio: rules.Ratio | None
    first: int
    landing: int

    @property
    def series(self) -> str:
        version = self.ratio.version if self.ratio and self.first != self.landing else ""
        return f"{version}:{self.first}:{self.landing}"


@dataclass(frozen=True)
class Shares:
    """The rules of sharing as the city keeps them, turned into rows of `Credit`."""

    versions: Mapping[str, RuleVersion]
    ratios: Sequence[rules.Ratio]

    def account(
        self, indicator: Indicator, day: date, first: int | None, landing: int | None
    ) -> Account:
        """The account of a new entry: by the version in force on its day, and the project's places."""
        landing = landing or first
        return Account(rules.ratio_on(day, indicator, self.ratios), first or landing, landing)

    def account_of(self, series: str, first: int, landing: int) -> Account:
        """The account in which an entry was credited, by the places of its first and last credit."""
        version = series.split(":")[0]
        ratio = next((each for each in self.ratios if each.version == version), None)
        return Account(ratio, first, landing)

    def credits(self, entry: Any, account: Account, before: int) -> list[dict[str, Any]]:
        """The columns of an entry's credits; `before` is what the account came to without it."""
        ratio = account.ratio
        return [
            {
                "entry_id": entry.id,
                "project_id": entry.project_id,
                "place_id": part.place,
                "role": part.role,
                "indicator": entry.indicator,
                "amount_fen": part.amount_fen,
                "series": account.series,
                "running_fen": before + entry.amount_fen,
                "occurred_on": entry.occurred_on,
                "posted_at": entry.recorded_at,
                **self._rule(None if part.role == CreditRole.WHOLE else ratio),
            }
            for part in rules.parts(before, entry.amount_fen, ratio, account.first, account.landing)
        ]

    def _rule(self, ratio: rules.Ratio | None) -> dict[str, int | None]:
        if ratio is None:
            return {"rule_id": None, "first_parts": 0, "whole_parts": 1}
        rule = self.versions[ratio.version].id
        return {"rule_id": rule, "first_parts": ratio.first, "whole_parts": ratio.whole}


async def shares(context: Context) -> Shares:
    await context.warm()
    versions = {each.version: each for each in context.rules}
    return Shares(versions, rules.ratios(versions.values()))
