"""Article 3: report, resubmit, withdraw."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

import strawberry

from schema.city.rules import RuleBroken, normal_name, read_uscc, search_key, uscc_fault
from schema.duties.registry import act_page, task
from schema.evidence.inputs import FileInput
from schema.evidence.keeping import KeptFiles, attach, keep_evidence
from schema.evidence.tables import Attachment
from schema.gate.act import act
from schema.gate.gate import Gate
from schema.gate.inputs import input_field
from schema.gate.payloads import Payload, row_as
from schema.linkage.acts.amending import Source, record_holders
from schema.linkage.acts.claims import check_contact_day, claim, place_of
from schema.linkage.acts.companies import REPORTED, given_holders
from schema.linkage.acts.meant import MeantCompany, companies_meant
from schema.linkage.acts.opinions import asked_again
from schema.linkage.acts.payloads import ProjectPayload
from schema.linkage.acts.pursued import note_report, pursued_company
from schema.linkage.acts.report_columns import (
    candidate_of,
    changed_columns,
    check_still_converted,
    foreign_amount_columns,
    new_project_columns,
    renamed_columns,
    reported_columns,
)
from schema.linkage.graph import (
    Asked,
    Duplicate,
    ask_of_unseen,
    duplicates_of,
)
from schema.linkage.graph.notices import Count, sees_all
from schema.linkage.rules import NO_DAY_IN_REPORT
from schema.linkage.tables import InquiryRoad, Return
from schema.people.rules import Post
from schema.people.tables import Company
from schema.project import tables as project_tables
from schema.project.graph import Project
from schema.project.rules import (
    Candidate,
    CapitalOrigin,
    check_name,
    check_namesakes,
    report,
)
from schema.project.rules.report import LIMITS
from schema.relations import OWN_REPORT
from schema.scalars import Money

task(
    "projectResubmit",
    "补正后重新报送",
    on="Project",
    whose=OWN_REPORT,
    waits=Post.OFFICE,
    since="stage_at",
    page="/projects/{no}/resubmission",
)
act_page("projectResubmit", "/projects/{no}/resubmission")
act_page("projectWithdraw", "/projects/{no}/withdrawal")

UNCHECKED = "所填信用代码 {code} 待办公室核对（当日查重提示次数已用完）"


@strawberry.input(description="报送项目信息")
class ProjectReportInput:
    name: str = input_field(
        "项目名称；写全称，例如 高端口腔设备产业园（一期）", limit=LIMITS["name"]
    )
    investor_name: str = input_field("投资方名称", limit=LIMITS["investor_name"])
    amount: Money = input_field(
        "计划总投资；可写 12.5亿、125000万元、十二亿，还没有定的写 约12.5亿", estimate=True
    )
    capital_origin: CapitalOrigin = input_field("内资或外资", CapitalOrigin.DOMESTIC)
    uscc: str = input_field("统一社会信用代码；18 位，见营业执照", "")
    no_code_reason: str = input_field("没有信用代码的原因；例如 境外企业", "")
    investor_region: str = input_field("投资方所在地", "", LIMITS["investor_region"])
    foreign_amount: str = input_field(
        "外资原币金额；单位为元，例如 12000000.00", "", 20, kind="decimal"
    )
    currency: str = input_field("原币币种；例如 USD", "", 3)
    rate: str = input_field(
        "汇率；折算所用的央行中间价，1 单位原币折合多少元人民币，例如 7.0821",
        "",
        20,
        kind="decimal",
    )
    rate_date: date | None = input_field("汇率日期；折算所用央行中间价的日期", None)
    fixed_assets: Money | None = input_field("其中固定资产投资", None)
    industry_code: str = input_field("行业类别；GB/T 4754-2017 小类代码，例如 3585", "", 8)
    group: strawberry.ID | None = input_field("产业招商小组", None)
    land_mu: str = input_field("拟用地面积；单位为亩", "", 12, kind="decimal")
    contact_name: str = input_field("投资方联系人", "", LIMITS["contact_name"])
    contact_phone: str = input_field("投资方联系电话", "", LIMITS["contact_phone"], kind="tel")
    legal_representative: str = input_field("投资方法定代表人", "", 100)
    controllers: str = input_field("投资方实际控制人；一行一个，企业写上信用代码", "", 2000)
    shareholders: str = input_field(
        "投资方股东；一行一个，写名称和持股比例，例如 四川柠檬集团有限公司 51%", "", 2000
    )
    holders_source: str = input_field("股权信息的来源；例如 国家企业信用信息公示系统", "", 200)
    holders_on: date | None = input_field("股权信息的截至日期", None)
    summary: str = input_field("项目简介", "", LIMITS["summary"])
    needs: str = input_field("项目诉求；用地、政策、要素", "", 2000)
    source: str = input_field("信息来源、引荐方", "")
    owner_name: str = input_field("跟进人", "", LIMITS["owner_name"])
    target: strawberry.ID | None = input_field(
        "来自哪家目标企业；它历次接触的佐证材料作为首谈凭证", None
    )
    another: bool = input_field("确是这家目标企业；投资方与它名称不同时须写明", False, asked=True)
    place: strawberry.ID | None = input_field("主张首谈的地方", None)
    contact_on: date | None = input_field("初次接洽日期；实际见面或通话的日期", None)
    contact_with: str = input_field("投资方接洽人；姓名和职务", "", 100)
    contact_by: str = input_field("本地接洽人", "", LIMITS["contact_by"])
    contact_note: str = input_field("接洽经过", "", 1000)
    evidence: list[FileInput] | None = input_field("接洽佐证材料", None)
    acknowledge_duplicates: bool = input_field("已核对，不是同一个项目", False)


@strawberry.input(description="补正后重新报送")
class ProjectResubmitInput:
    project: strawberry.ID = input_field("项目")
    revision: int = input_field("版本")
    name: str | None = input_field("项目名称", None, LIMITS["name"])
    amount: Money | None = input_field("计划总投资；还没有定的写 约12.5亿", None, estimate=True)
    fixed_assets: Money | None = input_field("其中固定资产投资", None)
    industry_code: str | None = input_field("行业类别；GB/T 4754-2017 小类代码，例如 3585", None, 8)
    land_mu: str | None = input_field("拟用地面积；单位为亩", None, 12, kind="decimal")
    contact_name: str | None = input_field("投资方联系人", None, LIMITS["contact_name"])
    contact_phone: str | None = input_field(
        "投资方联系电话", None, LIMITS["contact_phone"], kind="tel"
    )
    summary: str | None = input_field("项目简介", None, LIMITS["summary"])
    needs: str | None = input_field("项目诉求；用地、政策、要素", None, 2000)
    evidence: list[FileInput] | None = input_field("补充材料", None)
    note: str = input_field("补正说明", "", 1000)
    acknowledge_duplicates: bool = input_field("已核对，不是同一个项目", False)


@strawberry.input(description="撤回报送")
class ProjectWithdrawInput:
    project: strawberry.ID = input_field("项目")
    revision: int = input_field("版本")
    reason: str = input_field("撤回原因", limit=1000)


@strawberry.type(description="报送结果")
class ProjectReportPayload(Payload):
    project: Project | None = strawberry.field(default=None, description="项目")
    duplicates: list[Duplicate] = strawberry.field(default_factory=list, description="疑似重复")
    judge_by: datetime | None = strawberry.field(default=None, description="研判到期时间")


async def prepare_report(gate: Gate, input: Any) -> KeptFiles:
    """Before a report's transaction: its files; and its question about what is not seen is counted, for
    a refusal undoes what it wrote.
    """
    kept = await keep_evidence(gate, input)
    if not gate.errors and not (input.uscc and uscc_fault(input.uscc)):
        files = [each.sha256 for each in kept.files]
        await ask_for_report(gate, input, code_of(input.uscc), evidence=files)
    return kept


async def prepare_resubmission(gate: Gate, input: Any) -> KeptFiles:
    """The same for a report that comes back under another name."""
    kept = await keep_evidence(gate, input)
    if not gate.errors and input.name:
        row = await gate.try_find("Project", input.project, "project")
        if row and normal_name(input.name) != row["normal_name"]:
            await ask_of_unseen(
                Candidate(input.name),
                gate.context,
                InquiryRoad.RESUBMISSION,
                but=row["id"],
                evidence=await evidence_of(row["id"], row["reporter_id"], kept),
            )
    return kept


@strawberry.type
class Mutation:
    @act("报送项目信息", before=prepare_report)
    async def project_report(gate: Gate, input: ProjectReportInput) -> ProjectReportPayload:
        await gate.context.load_rules()
        columns = reported_columns(gate, input)
        gate.check(report.check_amount, input.amount)
        uscc = gate.check(code_of, input.uscc)
        if input.uscc:
            gate.unneeded(input, "no_code_reason")
        columns |= foreign_amount_columns(gate, input)
        holders = given_holders(gate, input)
        if not holders:
            gate.unneeded(input, "holders_source", "holders_on")
        group = await gate.try_find("Group", input.group, "group")
        pursued = await pursued_company(gate, input.target)
        if not input.target:
            gate.unneeded(input, "another")
        place = await place_of(gate, input.place)
        contact = (input.contact_with, input.contact_by, input.contact_note, input.evidence)
        gate.check(check_contact, place or input.place, input.place, input.contact_on, any(contact))
        if input.contact_on:
            await check_contact_day(gate, input.contact_on)
        gate.stop_if_wrong()
        await gate.alone(project_tables.NEW_PROJECTS)
        number = await gate.number(f"project {gate.today.year}")
        companies, asked = await ask_for_report(gate, input, uscc, count="none")
        investor = await investor_of(gate, input, uscc, companies, asked)
        files = [each.sha256 for each in gate.prepared.files]
        same = await duplicates_of(candidate_of(input, uscc), gate.context, asked, evidence=files)
        if not input.acknowledge_duplicates:
            check_acknowledged(same)
        columns |= await new_project_columns(gate, input, number, investor)
        project = await gate.create(
            project_tables.Project, **columns, group_id=group["id"] if group else None
        )
        source = Source(
            input.holders_source or REPORTED, input.holders_on or gate.today, project.id
        )
        await record_holders(gate, investor.id, holders, source)
        if holders:
            gate.concern(investor)
        if place:
            note = input.contact_note if input.contact_on else NO_DAY_IN_REPORT
            await claim(gate, project, place, input, note, by_report=True)
        if pursued:
            await note_report(gate, pursued, project, investor, input)
        return ProjectReportPayload(
            project=row_as(Project, project), duplicates=same, judge_by=project.judge_by
        )

    @act("补正后重新报送", before=prepare_resubmission)
    async def project_resubmit(gate: Gate, input: ProjectResubmitInput) -> ProjectReportPayload:
        gate.reason, acknowledged = input.note, input.acknowledge_duplicates
        if input.amount is not None:
            gate.check(report.check_amount, input.amount)
        columns = changed_columns(input) | reported_columns(gate, input)
        await gate.context.load_rules()
        if input.name:
            await gate.alone(project_tables.NEW_PROJECTS)
        project = await gate.load("Project", input.project, input.revision)
        total = project.amount_fen if input.amount is None else input.amount
        fixed = project.fixed_assets_fen if input.fixed_assets is None else input.fixed_assets
        gate.check(report.check_fixed_assets, fixed, total)
        check_still_converted(gate, project, total)
        same: list[Duplicate] = []
        if input.name and normal_name(input.name) != project.normal_name:
            same = await duplicates_of_renamed(gate, project, input)
            if not acknowledged:
                check_acknowledged(same)
        back = await Return.filter(project_id=project.id, resubmitted_at=None).get()
        await gate.change(back, resubmitted_at=gate.now)
        asked_anew = asked_again(gate, project, columns)
        await gate.change(project, **columns, **renamed_columns(project, input.name), **asked_anew)
        await attach(gate, project, back)
        return ProjectReportPayload(project=row_as(Project, project), duplicates=same)

    @act("撤回报送")
    async def project_withdraw(gate: Gate, input: ProjectWithdrawInput) -> ProjectPayload:
        gate.reason = input.reason
        project = await gate.load("Project", input.project, input.revision)
        return ProjectPayload(project=project)


class Suspected(RuleBroken):
    """A project of the same name exists; `answer` is merged into the payload with the duplicates."""

    def __init__(self, message: str, duplicates: list[Duplicate]) -> None:
        super().__init__(message, "name", "DUPLICATE")
        self.answer = {"duplicates": duplicates}


def check_acknowledged(same: list[Duplicate]) -> None:
    """Raises `Suspected` where a report has, or as far as the reporter may know may have, a known name."""
    named = {each.same_name for each in same}
    if True in named:
        raise Suspected(
            "库内已有名称相同的项目，请核对；确认不是同一个项目的，请注明“已核对，不是同一个项目”后再报送",
            same,
        )
    if None in named:
        raise Suspected(
            "今日查重提示次数已用完，请向办公室核对是否已有名称相同的项目，再勾选“已核对”报送", same
        )


def check_contact(place: object, named: object, contact_on: date | None, described: bool) -> None:
    """A first contact is given whole: for which place, and on which day. Or `RuleBroken`.

    A place's own report is its claim whether it has met the investor or not.
    """
    if place is None and (contact_on or described):
        raise RuleBroken("请选择主张首谈的地方；不主张首谈的，接洽情况请留空", "place", "INVALID")
    if (described or named) and contact_on is None:
        raise RuleBroken(
            "请填初次接洽日期；尚未接洽的，主张首谈的地方和接洽情况请留空", "contactOn", "INVALID"
        )


def code_of(text: str) -> str | None:
    """A credit code in its standard form; None for empty text. Raises `RuleBroken` at `uscc`."""
    return read_uscc(text) or None


async def duplicates_of_renamed(
    gate: Gate, project: project_tables.Project, input: ProjectResubmitInput
) -> list[Duplicate]:
    """The likely duplicates of a report that comes back under another name; its evidence is what is
    given now, or was with its claim.
    """
    candidate, road = Candidate(input.name or ""), InquiryRoad.RESUBMISSION
    asked = await ask_of_unseen(candidate, gate.context, road, but=project.id, count="none")
    reporter = project.reporter_id  # type: ignore[attr-defined]
    evidence = await evidence_of(project.id, reporter, gate.prepared)
    return await duplicates_of(candidate, gate.context, asked, but=project.id, evidence=evidence)


async def evidence_of(project: int, reporter: int, kept: KeptFiles) -> list[str]:
    """The hashes of the files of a report that comes back: given now, or with the report itself."""
    given = await Attachment.filter(project_id=project, subject_kind="Claim", added_by_id=reporter)
    return [each.sha256 for each in (*given, *kept.files)]


async def ask_for_report(
    gate: Gate,
    input: ProjectReportInput,
    uscc: str | None,
    *,
    count: Count = "each",
    evidence: Sequence[str] = (),
) -> tuple[list[MeantCompany], Asked]:
    """The companies that a report may mean, and what it is answered of what its reporter does not see.

    A refusal that tells of a company which is not seen is notified before any project.
    """
    name, reason = normal_name(input.investor_name), "" if uscc else input.no_code_reason
    companies = await companies_meant(gate.context, uscc, name, reason)
    refused = [each.id for each in companies if not each.seen and name not in each.names]
    candidate = candidate_of(input, uscc)
    asked = await ask_of_unseen(
        candidate,
        gate.context,
        InquiryRoad.REPORT,
        companies=[("Company", key) for key in refused],
        count=count,
        evidence=evidence,
    )
    return companies, asked


async def investor_of(
    gate: Gate,
    input: ProjectReportInput,
    uscc: str | None,
    companies: list[MeantCompany],
    asked: Asked,
) -> Company:
    """The investor with this code, or without one the one of this name that the reporter sees; created
    when new.

    A code and a name that belong to different companies are refused, and a name that belongs to
    several. Where the day's notices are used up, the report's investor is a company of its own,
    known or not, with the code for the office to check. With a reason why there is no code it is a
    company without one. A region fills in what is not known yet of a known company; it does not
    change what is.
    """
    name, region = input.investor_name, input.investor_region
    reason = "" if uscc else input.no_code_reason
    told = asked.answers.told[0]
    shown = (
        not asked.answers.used_up
        or sees_all(gate.context, "company")
        or (told is not None and told[0] == "Company")
        or (bool(companies) and all(each.seen for each in companies))
    )
    known: Company | None = None
    if shown:
        if uscc and companies:
            check_name(companies[0].names, normal_name(name))
        check_namesakes(len(companies))
        known = await Company.get_or_none(id=companies[0].id if companies else 0)
    elif uscc:
        uscc, reason = None, UNCHECKED.format(code=uscc)
    if known and region and not known.region:
        await gate.change(known, region=region)
    return known or await gate.create(
        Company,
        uscc=uscc,
        no_code_reason=reason,
        name=name,
        normal_name=normal_name(name),
        search=search_key(name),
        region=region,
        created_at=gate.now,
    )
