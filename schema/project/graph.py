"""The project as it can be read: its columns, stage, steps, the acts open on it."""

from collections.abc import Iterable
from datetime import date, datetime
from enum import Enum
from typing import TYPE_CHECKING, Annotated, cast

import strawberry

from schema.city.graph import Place, PlaceFilter
from schema.context import Context
from schema.database.statements import marks
from schema.duties.graph import Duty, HandOver, Reminder
from schema.duties.open_acts import NOT_YOURS, OpenAct, open_acts
from schema.evidence.graph import Attachment
from schema.gate.graph import JournalEntry, act_label, history_of
from schema.people.graph import (
    Company,
    CompanyFilter,
    Group,
    GroupFilter,
    Organization,
    OrganizationFilter,
    Person,
    Signature,
    signed,
)
from schema.permissions import Viewer, may
from schema.project import tables
from schema.project.rules import (
    LIFE,
    ONWARD,
    PROJECT_LIFE,
    STEPS,
    BeforeRules,
    CapitalOrigin,
    MigrationDecision,
    Stage,
    step,
    ways_on,
)
from schema.project.rules.report import format_rate
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
    get_by,
    has_many,
    node,
    resolver,
    rows_as,
    to_one,
)
from schema.query.filters import (
    and_,
    between,
    conditions,
    exists,
    filter_for,
    in_list,
    order_for,
    related,
    search,
    test,
)
from schema.query.models import KINDS, Record
from schema.query.ranges import DateRange, MoneyRange
from schema.query.sql import Order, Read, Sql
from schema.scalars import Money

if TYPE_CHECKING:
    from schema.entries.graph import Entry

ACTED_ON = (
    "id",
    "no",
    "stage",
    "reported_by_id",
    "group_id",
    "first_contact_place_id",
    "landing_place_id",
)
"""What of a project decides which acts its viewer may do on it."""

LazyEntry = Annotated["Entry", strawberry.lazy("schema.entries.graph")]

describe_enum(Stage, "项目阶段", **{stage.name: stage.word for stage in Stage})


describe_enum(CapitalOrigin, "内资或外资", DOMESTIC="内资", FOREIGN="外资")

describe_enum(MigrationDecision, "台账迁入的结论", MIGRATE="确认迁入", RETURN="退回")

describe_enum(
    BeforeRules,
    "早于分享规则的金额怎样计入",
    LANDING="全部计入注册落户地",
    SHARED="按所填比例分享",
)


@strawberry.type(description="项目可以进入的一个阶段，和使它进入的事项")
class NextStage:
    stage: Stage = strawberry.field(description="办结后的阶段")
    act: str = strawberry.field(description="事项（即变更名）")
    label: str = strawberry.field(description="事项的名称")
    open: bool = strawberry.field(description="您现在能否办理")
    reason: str | None = strawberry.field(description="您不能办理的原因")
    page: str | None = strawberry.field(description="去办理；您不能办理的没有")


@node(
    tables.Migration,
    "台账迁入的决定：在系统以前已研判、已签约的，经办公室确认成为事实",
    key="no",
    numbers=("QR", "migration {}", 3),
)
class Migration(Node):
    no: str = column("决定编号")
    document_no: str = column("文号")
    decision: MigrationDecision = column("结论")
    reason: str = column("意见或原因")
    before_rules: BeforeRules | None = column("早于分享规则的金额怎样计入")
    first_parts: int = column("早于分享规则的金额，首谈地份数")
    whole_parts: int = column("早于分享规则的金额，总份数；没有的为 0")
    decided_by: Person | None = to_one("Person", "确认人")
    decided_at: datetime = column("确认时间")
    decided_as: Signature | None = signed(
        "确认人署名", "ledgerConfirm", "decided_by_id", "decided_at"
    )

    @computed("所办理的行号", columns=("lines",))
    def lines(row: Parent) -> list[int]:
        numbers: list[int] = row["lines"]
        return numbers


@strawberry.type(description="原币金额")
class ForeignMoney:
    amount: str = strawberry.field(description="原币金额，两位小数")
    currency: str = strawberry.field(description="币种（ISO 4217）")
    cny: Money = strawberry.field(description="折合人民币（元）")
    rate: str | None = strawberry.field(
        description="汇率（央行中间价）：1 单位原币折合多少元人民币；没有记的为空"
    )
    rate_date: date | None = strawberry.field(description="汇率日期（央行中间价）")


@strawberry.type(description="进度中的一步")
class Step:
    label: str = strawberry.field(description="名称")
    done: bool = strawberry.field(description="已完成")
    current: bool = strawberry.field(description="当前")


@node(
    tables.Project,
    "招商项目",
    key="no",
    life=PROJECT_LIFE,
    journal_column="project_id",
    numbers=("", "project {}"),
)
class Project(Node):
    no: str = column("项目编号")
    name: str = column("项目名称")
    summary: str | None = column("项目简介")
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
    migration: Migration | None = to_one("Migration", "迁入决定；经报送研判的没有")
    signed_on: date | None = column("签约日期")
    signed_funds: Money | None = column("累计签约资金（元）；不对外", of="signed_fen")
    paid_in_funds: Money | None = column("累计到位资金（元）；不对外", of="paid_in_fen")
    tax: Money | None = column("累计税收（元）", of="tax_fen")
    revision: int = column("版本")
    updated_at: datetime = column("最近办理时间")
    merged_into: Annotated["Project", strawberry.lazy("schema.project.graph")] | None = to_one(
        "Project", "并入的项目"
    )

    entries: Connection[LazyEntry] = connection("Entry", "台账明细", via="project_id")
    journal: Connection[JournalEntry] = history_of("Project")
    duties: Connection[Duty] = connection(
        "Duty", "由谁在办，先后由谁办过，新的在前", via="project_id"
    )

    @computed("在等谁办什么，先到期的在前；暂停计时的在后", columns=("id",))
    async def waits(row: Parent, info: Info) -> list[Duty]:
        return rows_as(Duty, await open_duties(row["id"], info.context))

    hand_overs: list[HandOver] = has_many("HandOver", "project_id", "待办事项的转交")
    reminders: list[Reminder] = has_many("Reminder", "project_id", "待办事项的催办")
    attachments: list[Attachment] = has_many("Attachment", "project_id", "全部佐证材料")

    @computed(
        "原币金额", columns=("currency", "foreign_cents", "amount_fen", "rate_on", "rate_micro")
    )
    def foreign_amount(row: Parent) -> ForeignMoney | None:
        if row["foreign_cents"] is None:
            return None
        whole, cents = divmod(row["foreign_cents"], 100)
        return ForeignMoney(
            amount=f"{whole}.{cents:02d}",
            currency=row["currency"],
            cny=row["amount_fen"],
            rate=None if row["rate_micro"] is None else format_rate(row["rate_micro"]),
            rate_date=row["rate_on"],
        )

    @computed("进度：报送、研判、签约、注册、开工、竣工、投产、达产", columns=("stage",))
    def steps(row: Parent) -> list[Step]:
        now = step(row["stage"])
        return [
            Step(label=label, done=now is not None and index < now, current=index == now)
            for index, label in enumerate(STEPS)
        ]

    @computed(
        "您的岗位办理的事项：现在能否办理，不能的原因，有谁在等",
        columns=ACTED_ON,
    )
    async def acts(row: Parent, info: Info) -> list[OpenAct]:
        return await open_acts(row, info)

    @computed("可以进入的阶段，和使它进入的事项；只供查看的没有", columns=ACTED_ON)
    async def next_stages(row: Parent, info: Info) -> list[NextStage]:
        return await next_stages(row, info)


async def next_stages(row: Record, info: Info) -> list[NextStage]:
    """The stages to which an act leads from here, each with whether the viewer may do it now; none
    for those who do nothing on a project but read it.
    """
    if not moves_projects(info.context.viewer):
        return []
    of_viewer = {each.name: each for each in await open_acts(row, info, ONWARD)}
    return [
        next_stage(act, stage, of_viewer.get(act) or not_theirs(act, info))
        for act, stage in ways_on(row["stage"])
    ]


def next_stage(act: str, stage: Stage, found: OpenAct) -> NextStage:
    return NextStage(
        stage=stage,
        act=act,
        label=found.label,
        open=found.open,
        reason=found.reason,
        page=found.page if found.open else None,
    )


def not_theirs(act: str, info: Info) -> OpenAct:
    """An act that no post of the viewer does."""
    return OpenAct(
        name=act,
        label=act_label(info, act),
        open=False,
        reason=NOT_YOURS,
        page=None,
        awaited=False,
        duty_id=None,
    )


def moves_projects(viewer: Viewer) -> bool:
    """Whether any of the viewer's posts does an act of a project's life."""
    return any(may(viewer, act) for act in LIFE)


async def open_duties(project: int, context: Context) -> list[Record]:
    """The open duties on a project that the viewer sees, the paused ones last; for all projects of a
    request at once.
    """

    async def batch(keys: list[int]) -> list[list[Record]]:
        open_on = f't."closed_at" IS NULL AND t."project_id" IN ({marks(keys)})'
        read = Read(KINDS["Duty"], ((open_on, [*keys]),), Order("due_at", nullable=True))
        of_project: dict[int, list[Record]] = {key: [] for key in keys}
        for each in sorted(await context.rows.all(read), key=lambda one: bool(one["paused_at"])):
            of_project[each["project_id"]].append(each)
        return [of_project[key] for key in keys]

    return cast(list[Record], await context.rows.batched("open duties", batch).load(project))


@strawberry.type(description="企业投资的项目")
class Investing:
    projects: Connection[Project] = connection("Project", "项目，新的在前", via="investor_id")


def at_stage(row: str, stages: Iterable[Stage]) -> str:
    """The condition that the project of alias `row` stands at one of these stages."""
    return f'{row}."stage" IN ({", ".join(f"{stage.value!r}" for stage in stages)})'


def migrated(row: str, value: bool, context: Context) -> Sql:
    return f'{row}."migration_id" IS {"NOT " if value else ""}NULL', []


AlsoProject = Annotated["ProjectFilter", strawberry.lazy("schema.project.graph")]


@filter_for("Project", "项目的筛选")
class ProjectFilter:
    text: str | None = search("名称、编号、投资方，支持拼音和首字母")
    no: list[str] | None = in_list("项目编号", "no")
    stage: list[Stage] | None = in_list("阶段", "stage")
    group: GroupFilter | None = related("Group", "产业招商小组", "group_id")
    first_contact_place: PlaceFilter | None = related("Place", "首谈地", "first_contact_place_id")
    landing_place: PlaceFilter | None = related("Place", "注册落户地", "landing_place_id")
    reported_by: OrganizationFilter | None = related("Organization", "报送单位", "reported_by_id")
    investor: CompanyFilter | None = related("Company", "投资方", "investor_id")
    capital_origin: list[CapitalOrigin] | None = in_list("内资或外资", "capital_origin")
    industry_code: list[str] | None = in_list("行业类别（GB/T 4754-2017）", "industry_code")
    amount: MoneyRange | None = between("计划总投资（元）", "amount_fen")
    signed_on: DateRange | None = between("签约日期", "signed_on")
    disputed: bool | None = exists(
        "dispute", "project_id", "首谈地有未决争议", "x.decided_at IS NULL"
    )
    transferred: bool | None = exists(
        "transfer", "project_id", "已流转", "x.state IN ('APPROVED', 'TAKEN_UP')"
    )
    migrated: bool | None = test("经台账迁入", migrated, "migration_id")
    also: AlsoProject | None = and_("并且")


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


@strawberry.type
class Query:
    project: Project | None = get_by(
        "Project", "no", "按编号取一个项目；看不到的即不存在", "项目编号"
    )

    projects: Connection[Project] = connection(
        "Project",
        "项目库",
        filter=ProjectFilter,
        order=ProjectOrder,
        default=Order("reported_at", descending=True),
    )

    @resolver("各阶段的项目数和金额，没有项目的阶段不列")
    async def funnel(
        self,
        info: Info,
        filter: Annotated[ProjectFilter | None, strawberry.argument(description="筛选")] = None,
    ) -> list[StageFigures]:
        read = Read(KINDS["Project"], conditions(filter, "t", info.context))
        found = await info.context.rows.figures(read, "stage", "amount_fen")
        return [
            StageFigures(stage=stage, count=found[stage][0], amount=Money(found[stage][1]))
            for stage in Stage
            if stage in found
        ]
