"""The project as it can be read: what it is, where it stands, one facet for each mechanism, the acts open."""

import re
from datetime import date, datetime
from enum import Enum
from typing import Annotated, Any

import strawberry

from schema.city.graph import (
    Company,
    CompanyFilter,
    Group,
    GroupFilter,
    Organization,
    OrganizationFilter,
    Person,
    Place,
    PlaceFilter,
)
from schema.permissions import may
from schema.project import rules, tables
from schema.reading.changes import Change, shown
from schema.reading.declare import (
    Connection,
    Direction,
    Info,
    Node,
    Parent,
    address,
    column,
    computed,
    connection,
    enum,
    facet,
    list_of,
    node,
    one_by,
    pointed_at,
    to_one,
)
from schema.reading.filters import (
    between,
    conditions,
    filter_for,
    matches,
    narrowed,
    one_of,
    order_for,
    related,
    there_is,
)
from schema.reading.kinds import KINDS
from schema.reading.statements import Order, Read
from schema.values import Money

Stage = enum(rules.Stage, "项目阶段", **{stage.name: stage.word for stage in rules.Stage})
Indicator = enum(
    rules.Indicator, "指标", SIGNED_FUNDS="签约资金", PAID_IN_FUNDS="到位资金", TAX="税收"
)
CapitalOrigin = enum(rules.CapitalOrigin, "内资或外资", DOMESTIC="内资", FOREIGN="外资")
SourceOfCapital = enum(
    rules.SourceOfCapital,
    "资金来源",
    OUT_OF_PROVINCE="省外",
    OUT_OF_CITY="省内市外",
    IN_CITY="本市",
    FOREIGN="境外",
)
DuplicateGrade = enum(
    rules.DuplicateGrade,
    "疑似重复的等级，从高到低",
    SAME_CODE="统一社会信用代码相同",
    SAME_NAME="名称相同",
    SIMILAR="名称相似且投资方相同",
    SAME_PROFILE="投资方、行业相同，金额相近",
    SAME_PHONE="联系电话相同",
)

SEARCH_LIMIT = 20
CREDIT_CODE = re.compile(r"[0-9A-Za-z]{18}")

Linkage = Annotated["Linkage", strawberry.lazy("schema.linkage.graph")]
Signing = Annotated["Signing", strawberry.lazy("schema.signing.graph")]
Fulfilment = Annotated["Fulfilment", strawberry.lazy("schema.fulfilment.graph")]
ProjectAssessment = Annotated["ProjectAssessment", strawberry.lazy("schema.assessment.graph")]


@strawberry.type(description="原币金额")
class ForeignMoney:
    amount: str = strawberry.field(description="原币金额，两位小数")
    currency: str = strawberry.field(description="币种（ISO 4217）")
    cny: Money = strawberry.field(description="折合人民币（元）")
    rate_date: date | None = strawberry.field(description="汇率日期（央行中间价）")


@strawberry.type(description="您在此项目上的一个办理事项")
class OpenAct:
    name: str = strawberry.field(description="事项（即变更名）")
    label: str = strawberry.field(description="名称")
    open: bool = strawberry.field(description="现在能否办理")
    reason: str | None = strawberry.field(description="不能办理的原因")


@strawberry.type(description="进度中的一步")
class Step:
    label: str = strawberry.field(description="名称")
    done: bool = strawberry.field(description="已完成")
    current: bool = strawberry.field(description="当前")


@node(tables.Attachment, "佐证材料")
class Attachment(Node):
    name: str = column("文件名")
    media_type: str = column("类型")
    size: int = column("大小（字节）")
    sha256: str = column("SHA-256 校验值")
    added_by: Person | None = to_one("Person", "上传人")
    added_at: datetime = column("上传时间")

    url: str = address("/files/", "下载地址")


def evidence_of(kind: str, description: str) -> Any:
    """The files given with a row of `kind`: a claim, an entry, an agreement."""
    return list_of("Attachment", "subject_id", description, having=("subject_kind", kind))


@node(tables.Entry, "台账中的一笔：签约、到位或税收")
class Entry(Node):
    no: str = column("编号")
    project: Annotated["Project", strawberry.lazy("schema.project.graph")] | None = to_one(
        "Project", "项目"
    )
    indicator: Indicator = column("指标")
    amount: Money = column("金额（元），冲销为负", of="amount_fen")
    occurred_on: date = column("发生日期")
    source_of_capital: SourceOfCapital | None = column("资金来源")
    evidence_note: str | None = column("凭证说明")
    confirmed_by: Organization | None = to_one("Organization", "确认单位")
    reverses: Annotated["Entry", strawberry.lazy("schema.project.graph")] | None = to_one(
        "Entry", "所冲销的一笔"
    )
    reason: str | None = column("冲销原因")
    recorded_by: Person | None = to_one("Person", "登记人")
    recorded_at: datetime = column("登记时间")

    evidence: list[Attachment] = evidence_of("Entry", "佐证材料")
    reversed: bool = pointed_at("Entry", "reverses_id", "已被冲销")


@node(tables.JournalEntry, "办理记录")
class JournalEntry(Node):
    at: datetime = column("时间")
    actor_name: str = column("办理人")
    unit_name: str = column("单位")
    act: str = column("事项（即变更名）")
    reason: str = column("理由")
    prior_hash: str = column("上一条的校验值")
    hash: str = column("校验值（SHA-256，含上一条）")

    @computed("事项名称", needs=("act",))
    def label(row: Parent, info: Info) -> str:
        return act_label(info, row["act"])

    @computed("改动", needs=("changes",))
    async def changes(row: Parent, info: Info) -> list[Change]:
        return await shown(row["changes"], info.context)


@node(tables.Project, "招商项目")
class Project(Node):
    no: str = column("项目编号")
    name: str = column("项目名称")
    summary: str = column("项目简介")
    investor: Company | None = to_one("Company", "投资方")
    amount: Money = column("计划总投资（元）", of="amount_fen")
    amount_estimated: bool = column("金额为估计数")
    fixed_assets: Money | None = column("其中固定资产投资（元）", of="fixed_assets_fen")
    industry_code: str = column("行业类别（GB/T 4754-2017）")
    group: Group | None = to_one("Group", "产业招商小组")
    capital_origin: CapitalOrigin = column("内资或外资")
    land_mu: str | None = column("拟用地面积（亩）")
    contact_name: str | None = column("投资方联系人")
    contact_phone: str | None = column("投资方联系电话")
    source: str | None = column("信息来源、引荐方")
    needs: str | None = column("项目诉求（用地、政策、要素）")
    stage: Stage = column("阶段")
    stage_at: datetime = column("进入本阶段时间")
    reported_by: Organization | None = to_one("Organization", "报送单位")
    reporter: Person | None = to_one("Person", "报送人")
    reported_at: datetime = column("报送时间")
    first_contact_place: Place | None = to_one("Place", "首谈地")
    landing_place: Place | None = to_one("Place", "注册落户地")
    owner_name: str | None = column("跟进人")
    signed_on: date | None = column("签约日期")
    signed_funds: Money = column("累计签约资金（元）", of="signed_fen")
    paid_in_funds: Money = column("累计到位资金（元）", of="paid_in_fen")
    tax: Money = column("累计税收（元）", of="tax_fen")
    revision: int = column("版本")
    updated_at: datetime = column("最近办理时间")
    merged_into: Annotated["Project", strawberry.lazy("schema.project.graph")] | None = to_one(
        "Project", "并入的项目"
    )

    linkage: Linkage = facet("信息联动：报送、研判、首谈地、流转、分成")
    signing: Signing = facet("谈判签约")
    fulfilment: Fulfilment = facet("履约：到位资金、税收、进度")
    assessment: ProjectAssessment = facet("督查考核：计入的成绩")
    entries: Connection[Entry] = connection("Entry", "台账明细", via="project_id")
    journal: Connection[JournalEntry] = connection("JournalEntry", "办理记录", via="project_id")
    attachments: list[Attachment] = list_of("Attachment", "project_id", "全部佐证材料")

    @computed("原币金额", needs=("currency", "foreign_cents", "amount_fen", "rate_on"))
    def foreign_amount(row: Parent) -> ForeignMoney | None:
        if row["foreign_cents"] is None:
            return None
        whole, cents = divmod(row["foreign_cents"], 100)
        return ForeignMoney(
            amount=f"{whole}.{cents:02d}",
            currency=row["currency"],
            cny=row["amount_fen"],
            rate_date=row["rate_on"],
        )

    @computed("进度：报送、研判、签约、注册、开工、竣工、投产、达产", needs=("stage",))
    def steps(row: Parent) -> list[Step]:
        now = rules.step(row["stage"])
        return [
            Step(label=label, done=now is not None and index < now, current=index == now)
            for index, label in enumerate(rules.STEPS)
        ]

    @computed(
        "您在本阶段可见的办理事项",
        needs=("stage", "reported_by_id", "first_contact_place_id", "landing_place_id"),
    )
    def acts(row: Parent, info: Info) -> list[OpenAct]:
        viewer, found = info.context.viewer, []
        for act in rules.LIFE:
            if not may(viewer, act):
                continue
            mine = may(viewer, act, row)
            open = mine and act in rules.open_acts(row["stage"])
            reason = (
                None
                if open
                else "由负责单位办理"
                if not mine
                else f"{row['stage'].word}阶段不能办理"
            )
            found.append(OpenAct(name=act, label=act_label(info, act), open=open, reason=reason))
        return found


def act_label(info: Info, act: str) -> str:
    """The words of an act: the description of its mutation."""
    mutation = info.schema._schema.mutation_type
    known = mutation.fields.get(act) if mutation else None
    return (known.description or act) if known else act


# ---------------------------------------------------------------- lists


@strawberry.input(description="金额范围（元）")
class MoneyRange:
    min: Money | None = strawberry.field(default=None, description="不低于")
    max: Money | None = strawberry.field(default=None, description="不高于")

    def low(self) -> Any:
        return self.min

    def high(self) -> Any:
        return self.max


@strawberry.input(description="日期范围")
class DateRange:
    since: date | None = strawberry.field(default=None, description="从")
    until: date | None = strawberry.field(default=None, description="到")

    def low(self) -> Any:
        return self.since

    def high(self) -> Any:
        return self.until


AlsoProject = Annotated["ProjectFilter", strawberry.lazy("schema.project.graph")]


@filter_for("Project", "项目的筛选")
class ProjectFilter:
    text: str | None = matches("名称、编号、投资方，支持拼音和首字母")
    no: list[str] | None = one_of("项目编号", "no")
    stage: list[Stage] | None = one_of("阶段", "stage")
    group: GroupFilter | None = related("Group", "产业招商小组", "group_id")
    first_contact_place: PlaceFilter | None = related("Place", "首谈地", "first_contact_place_id")
    landing_place: PlaceFilter | None = related("Place", "注册落户地", "landing_place_id")
    reported_by: OrganizationFilter | None = related("Organization", "报送单位", "reported_by_id")
    investor: CompanyFilter | None = related("Company", "投资方", "investor_id")
    capital_origin: list[CapitalOrigin] | None = one_of("内资或外资", "capital_origin")
    amount: MoneyRange | None = between("计划总投资（元）", "amount_fen")
    signed_on: DateRange | None = between("签约日期", "signed_on")
    disputed: bool | None = there_is(
        "dispute", "project_id", "首谈地有未决争议", "x.decided_at IS NULL"
    )
    transferred: bool | None = there_is(
        "transfer", "project_id", "已流转", "x.state IN ('APPROVED', 'TAKEN_UP')"
    )
    also: AlsoProject | None = narrowed("并且")


@strawberry.enum(description="项目的排序依据")
class ProjectOrderField(Enum):
    REPORTED_AT = strawberry.enum_value("reported_at", description="报送时间")
    UPDATED_AT = strawberry.enum_value("updated_at", description="最近办理时间")
    AMOUNT = strawberry.enum_value("amount_fen", description="计划总投资")
    SIGNED_ON = strawberry.enum_value("signed_on", description="签约日期")
    PAID_IN_FUNDS = strawberry.enum_value("paid_in_fen", description="累计到位资金")
    DUE_AT = strawberry.enum_value("judge_by", description="研判期限")


@order_for("Project", ProjectOrderField, nullable=("signed_on", "judge_by"))
@strawberry.input(description="项目的排序")
class ProjectOrder:
    field: ProjectOrderField = strawberry.field(description="依据")
    direction: Direction = strawberry.field(default=Direction.DESC, description="方向")


@strawberry.type(description="一个阶段的项目数和金额")
class StageFigures:
    stage: Stage = strawberry.field(description="阶段")
    count: int = strawberry.field(description="项目数")
    amount: Money = strawberry.field(description="计划总投资合计（元）")


@strawberry.type(description="搜索结果")
class SearchResults:
    projects: list[Project] = strawberry.field(description="项目，最近办理的在前，最多 20 项")
    companies: list[Company] = strawberry.field(description="企业，最多 20 家")
    reads: strawberry.Private[tuple[Read, Read] | None] = None

    @strawberry.field(description="找到的项目总数")
    async def project_total(self, info: Info) -> int:
        return await info.context.rows.total(self.reads[0]) if self.reads else 0

    @strawberry.field(description="找到的企业总数")
    async def company_total(self, info: Info) -> int:
        return await info.context.rows.total(self.reads[1]) if self.reads else 0


@strawberry.type
class Query:
    project: Project | None = one_by(
        "Project", "no", "按编号取一个项目；看不到的即不存在", "项目编号"
    )
    projects: Connection[Project] = connection(
        "Project",
        "项目库",
        filter=ProjectFilter,
        order=ProjectOrder,
        default=Order("reported_at", descending=True),
    )

    @strawberry.field(description="各阶段的项目数和金额，没有项目的阶段不列")
    async def funnel(
        self,
        info: Info,
        filter: Annotated[ProjectFilter | None, strawberry.argument(description="筛选")] = None,
    ) -> list[StageFigures]:
        read = Read(KINDS["Project"], conditions(filter, "t", info.context))
        found = await info.context.rows.figures(read, "stage", "amount_fen")
        return [
            StageFigures(stage=stage, count=found[stage][0], amount=found[stage][1])
            for stage in rules.Stage
            if stage in found
        ]

    entry: Entry | None = one_by("Entry", "no", "按编号取台账中的一笔", "编号")

    @strawberry.field(description="搜索项目和企业，支持拼音、首字母和统一社会信用代码")
    async def search(
        self, info: Info, text: Annotated[str, strawberry.argument(description="搜索词")]
    ) -> SearchResults:
        rows, said = info.context.rows, text.strip()
        if not said:
            return SearchResults(projects=[], companies=[])
        by_name, of_investor = CompanyFilter(text=said), ProjectFilter(text=said)
        if CREDIT_CODE.fullmatch(said):
            by_name = CompanyFilter(uscc=[said.upper()])
            of_investor = ProjectFilter(investor=by_name)
        projects = Read(
            KINDS["Project"],
            conditions(of_investor, "t", info.context),
            Order("updated_at", descending=True),
            limit=SEARCH_LIMIT,
        )
        companies = Read(
            KINDS["Company"],
            conditions(by_name, "t", info.context),
            Order("name"),
            limit=SEARCH_LIMIT,
        )
        return SearchResults(
            projects=await rows.all(projects),
            companies=await rows.all(companies),
            reads=(projects, companies),
        )
