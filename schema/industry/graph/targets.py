"""The companies that groups go after: lists, contacts, what became of them."""

import asyncio
from collections.abc import Sequence
from datetime import date, datetime
from enum import Enum
from typing import Annotated, Any

import strawberry

from schema import database
from schema.city.graph import Place, PlaceFilter
from schema.context import Context
from schema.database.statements import in_chunks, marks
from schema.duties.graph import Duty
from schema.evidence.graph import Attachment, evidence_of
from schema.gate.graph import JournalEntry, history_of
from schema.industry import rules, tables
from schema.industry.graph.chain import ChainNode
from schema.industry.graph.pursuit import IN_LANES, PURSUED, is_late
from schema.industry.graph.work import duty_on
from schema.industry.rules import Means, TargetStage
from schema.people.graph import Group, GroupFilter, Organization, Person, Signature, signed
from schema.permissions import may, visible
from schema.project.graph import Project
from schema.project.rules import OPEN
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
    list_all,
    node,
    resolver,
    row_as,
    rows_as,
    to_one,
)
from schema.query.filters import (
    and_,
    between,
    conditions,
    filter_for,
    in_list,
    order_for,
    related,
    search,
    test,
)
from schema.query.models import KINDS, Record, read_global_id
from schema.query.ranges import DateRange
from schema.query.sql import Order, Read, Sql

describe_enum(
    TargetStage,
    "目标企业跟进到哪一步",
    LONG_LIST="长名单",
    SHORT_LIST="短名单",
    CONTACTED="已接触",
    VISITING="拜访中",
    CONVERTED="已转线索",
    DROPPED="不再跟进",
)
describe_enum(
    Means,
    "怎样接触",
    CALL="电话",
    LETTER="来信、邮件、即时通信",
    RECEPTION="来访",
    VISIT="上门拜访",
    EVENT="会议、活动",
)

SAME = (
    '(o."uscc" <> \'\' AND o."uscc" = {0} OR'
    " (o.\"uscc\" = '' OR {0} = '') AND o.\"normal_name\" = {1})"
)
"""Whether a row `o` is of the same company as one by code and normalised name: by the codes where both
have one, else by the names."""


COMPANIES_AT_ONCE = 100

IS_OPEN = ", ".join(f"'{stage}'" for stage in OPEN)
LEAD_OPEN = (
    '(o."stage" = \'CONVERTED\' AND EXISTS (SELECT 1 FROM "project" l'
    f' WHERE l."id" = o."lead_id" AND l."stage" IN ({IS_OPEN})))'
)
"""Whether the company in a row `o` has become a lead that is still gone on with."""


REPORT_OPEN = (
    'EXISTS (SELECT 1 FROM "project" r WHERE r."id" = {0}."reported_id"'
    f' AND r."stage" IN ({IS_OPEN}))'
)
"""Whether what was reported from the company in a row is still gone on with."""


@node(tables.TargetRegion, "目标区域", key="slug")
class TargetRegion(Node):
    slug: str = column("短名")
    name: str = column("名称")
    position: int = column("次序")
    retired: bool = column("是否停用")
    revision: int = column("版本")


@node(tables.TargetContact, "与目标企业的一次接触")
class TargetContact(Node):
    target: Annotated["TargetCompany", strawberry.lazy("schema.industry.graph.targets")] | None = (
        to_one("TargetCompany", "目标企业")
    )
    happened_on: date = column("接触日期")
    means: Means = column("方式")
    with_whom: str = column("对方人员；姓名和职务")
    outcome: str = column("结果")
    recorded_at: datetime = column("登记时间")
    recorded_as: Signature | None = signed(
        "登记人署名", "targetCompanyContact", "recorded_by_id", "recorded_at"
    )

    evidence: list[Attachment] = evidence_of("TargetContact", "佐证材料")


@node(
    tables.TargetCompany, "目标企业", key="no", life=rules.TARGET_LIFE, numbers=("MB", "target-{}")
)
class TargetCompany(Node):
    no: str = column("编号")
    group: Group | None = to_one("Group", "产业招商小组")
    unit: Organization | None = to_one("Organization", "跟进单位")
    name: str = column("企业名称")
    uscc: str = column("统一社会信用代码；没有的为空")
    node: ChainNode | None = to_one("ChainNode", "对应的产业链环节")
    region: TargetRegion | None = to_one("TargetRegion", "目标区域")
    place: Place | None = to_one("Place", "拟落地的县（区）或园区")
    why: str = column("为什么是它")
    owner: Person | None = to_one("Person", "跟进人")
    stage: TargetStage = column("跟进到哪一步")
    stage_at: datetime = column("进入这一步的时间")
    next_on: date | None = column("下次联系日期")
    next_step: str = column("下次联系做什么")
    put_off: int = column("下次联系推后过几次；接触以后重新计")
    first_agreed_on: date | None = column(
        "最初约定、至今没有接触的日期；约定了没有推后、也没有停下过的没有"
    )
    contacted_on: date | None = column("最近一次接触日期")
    project: Project | None = to_one("Project", "转成的线索", of="lead_id")
    dropped_for: str = column("不再跟进的原因")
    added_at: datetime = column("列入时间")
    added_as: Signature | None = signed("列入人署名", "targetCompanyAdd", "added_by_id", "added_at")
    revision: int = column("版本")
    updated_at: datetime = column("最近办理时间")

    contacts: list[TargetContact] = has_many("TargetContact", "target_id", "历次接触，先登记的在前")

    journal: Connection[JournalEntry] = history_of("TargetCompany")

    @computed("由它报送、尚待对应的项目；项目已经了结的没有", columns=("reported_id",))
    async def reported(row: Parent, info: Info) -> Project | None:
        found = await info.context.rows.one("Project", row["reported_id"])
        return row_as(Project, found if found and found["stage"] in OPEN else None)

    duty: Duty | None = duty_on("约定的下次联系，由谁在办")

    @computed("也在跟进这家企业的其他小组", columns=("id",))
    async def also_pursued_by(row: Parent, info: Info) -> list[str]:
        found: list[str] = await info.context.rows.batched("pursuers", pursuers).load(row["id"])
        return found

    @computed("您现在可以在它上面办的事项", columns=("group_id", "stage"))
    def acts(row: Parent, info: Info) -> list[str]:
        of_stage = rules.TARGET_LIFE.open_acts(row["stage"])
        return [act for act in of_stage if may(info.context.viewer, act, row)]

    @computed("这家企业已报送的项目（只列您能看到的）", columns=("id",))
    async def leads(row: Parent, info: Info) -> list[Project]:
        return rows_as(Project, await leads_by(row["id"], "1=1", info.context))

    @computed(
        "可与它对应的项目：本小组报送的或者分到本小组的、这家企业的，仍在推进，"
        "还没有对应别的目标企业的，新报送的在前",
        columns=("id",),
    )
    async def convertible(row: Parent, info: Info) -> list[Project]:
        return rows_as(Project, await leads_by(row["id"], FREE, info.context))


async def pursuers(ids: list[int]) -> list[list[str]]:
    """For each of these companies the short names of the other groups that go after it now, or have made a
    lead of it: that they do, and nothing more.
    """
    same = SAME.format('s."uscc"', 's."normal_name"')
    found = await database.fetch(
        'SELECT DISTINCT s."id" AS id, g."short_name" AS name, g."position" FROM "target_company" s'
        ' JOIN "target_company" o ON o."group_id" <> s."group_id"'
        f' AND o."stage" IN ({PURSUED}) AND {same}'
        ' JOIN "industry_group" g ON g."id" = o."group_id"'
        f' WHERE s."id" IN ({marks(ids)}) ORDER BY g."position"',
        [*ids],
    )
    names: dict[int, list[str]] = {each: [] for each in ids}
    for row in found:
        names[row["id"]].append(row["name"])
    return [names[each] for each in ids]


MOST_LEADS = 10
"""Projects of a company that are listed with it."""

SAME_INVESTOR = (
    '(s."uscc" <> \'\' AND o."uscc" = s."uscc"'
    ' OR (s."uscc" = \'\' OR o."uscc" IS NULL) AND o."normal_name" = s."normal_name")'
)
"""`SAME` of an investor `o`, whose code is null where there is none; each half by an index of its own."""

LEADS = (
    'SELECT p."of" AS "of", p."id" AS "id" FROM (SELECT s."id" AS "of", t."id" AS "id",'
    ' row_number() OVER (PARTITION BY s."id" ORDER BY t."reported_at" DESC, t."id" DESC) AS "nth"'
    ' FROM {source} JOIN "company" o ON {same} JOIN "project" t ON t."investor_id" = o."id"'
    ' WHERE {where}) p WHERE p."nth" <= {most} ORDER BY 1, p."nth"'
)
FREE = (
    '(t."reported_by_id" = s."unit_id" OR t."group_id" = s."group_id")'
    f' AND t."stage" IN ({IS_OPEN})'
    ' AND NOT EXISTS (SELECT 1 FROM "target_company" b WHERE b."lead_id" = t."id")'
)
"""Projects reported by a target company's group `s`, or given to it, that are gone on with and to which no
target company is bound.
"""


async def leads_of(uscc: str, normal_name: str, context: Context) -> list[Record]:
    """The projects of a company that the viewer sees, the newest first, at most ten."""
    return (await leads_of_each([(uscc, normal_name)], context))[0]


async def leads_of_each(
    companies: Sequence[tuple[str, str]], context: Context
) -> list[list[Record]]:
    """The same for each of many, by code and normalised name, by one statement for every hundred."""
    found: list[list[Record]] = []
    for part in in_chunks(companies, COMPANIES_AT_ONCE):
        ids = list(range(len(part)))
        one = "SELECT {} AS id, CAST(? AS TEXT) AS uscc, CAST(? AS TEXT) AS normal_name"
        given = " UNION ALL ".join(one.format(key) for key in ids)
        values = [value for company in part for value in company]
        found += await read_leads(f"({given}) s", values, ids, "1=1", context)
    return found


async def leads_by(key: int, only: str, context: Context) -> list[Record]:
    """The projects of a target company, read for all of a list at once."""

    async def batch(ids: list[int]) -> list[list[Record]]:
        return await leads_of_all(ids, only, context)

    found: list[Record] = await context.rows.batched(("leads", only), batch).load(key)
    return found


async def leads_of_all(ids: list[int], only: str, context: Context) -> list[list[Record]]:
    """The same for each of these target companies, by as many statements for all as for one."""
    source = f'(SELECT * FROM "target_company" x WHERE x."id" IN ({marks(ids)})) s'
    return await read_leads(source, [*ids], ids, only, context)


async def read_leads(
    source: str, given: list[Any], ids: list[int], only: str, context: Context
) -> list[list[Record]]:
    """Projects of the companies of `source`, alias `s`, of which the SQL of `only` holds, for each of `ids`."""
    company, of_companies = visible("company", "o", context.viewer)
    project, of_projects = visible("project", "t", context.viewer)
    where = f"{company} AND {project} AND {only}"
    found = await database.fetch(
        LEADS.format(source=source, same=SAME_INVESTOR, where=where, most=MOST_LEADS),
        [*given, *of_companies, *of_projects],
    )
    rows = await asyncio.gather(*(context.rows.one("Project", each["id"]) for each in found))
    leads: dict[int, list[Record]] = {each: [] for each in ids}
    for each, row in zip(found, rows, strict=True):
        if row is not None:
            leads[each["of"]].append(row)
    return [leads[each] for each in ids]


def overdue(row: str, value: bool, context: Context) -> Sql:
    late, values = is_late(row, context)
    return late if value else f"NOT {late}", values


def put_off(row: str, value: bool, context: Context) -> Sql:
    later = f'({row}."put_off" > 0 AND {row}."stage" IN ({IN_LANES}))'
    return later if value else f"NOT {later}", []


def owned_by(row: str, value: list[strawberry.ID], context: Context) -> Sql:
    known = [found[1] for each in value if (found := read_global_id(each)) and found[0] == "Person"]
    return (f'{row}."owner_id" IN ({marks(known)})', [*known]) if known else ("1=0", [])


def of_project(row: str, value: list[str], context: Context) -> Sql:
    seen, values = visible("project", "p", context.viewer)
    return (
        f'EXISTS (SELECT 1 FROM "project" p WHERE p."no" IN ({marks(value)}) AND {seen}'
        f' AND p."id" IN ({row}."lead_id", {row}."reported_id"))',
        [*value, *values],
    )


def dropped(row: str, value: bool, context: Context) -> Sql:
    return f'{row}."stage" {"=" if value else "<>"} ?', [TargetStage.DROPPED.value]


def unplanned(row: str, value: bool, context: Context) -> Sql:
    return f'{row}."next_on" IS {"" if value else "NOT "}NULL', []


@filter_for("ChainNode", "按产业链环节筛选")
class ChainNodeFilter:
    no: list[str] | None = in_list("环节编号", "no")


@filter_for("TargetRegion", "按目标区域筛选")
class TargetRegionFilter:
    slug: list[str] | None = in_list("短名", "slug")


AlsoTarget = Annotated["TargetCompanyFilter", strawberry.lazy("schema.industry.graph.targets")]


@filter_for("TargetCompany", "目标企业的筛选")
class TargetCompanyFilter:
    text: str | None = search("企业名称、编号，支持拼音和首字母")
    no: list[str] | None = in_list("编号", "no")
    uscc: list[str] | None = in_list("统一社会信用代码", "uscc")
    stage: list[TargetStage] | None = in_list("跟进到哪一步", "stage")
    group: GroupFilter | None = related("Group", "产业招商小组", "group_id")
    node: ChainNodeFilter | None = related("ChainNode", "产业链环节", "node_id")
    region: TargetRegionFilter | None = related("TargetRegion", "目标区域", "region_id")
    place: PlaceFilter | None = related("Place", "拟落地的地方", "place_id")
    owner: list[strawberry.ID] | None = test("跟进人（全局编号）", owned_by, "owner_id")
    project: list[str] | None = test("由它报送、或它转成的项目（编号）", of_project, "lead_id")
    next_on: DateRange | None = between("下次联系日期", "next_on")
    overdue: bool | None = test("下次联系已过期：约定之日已下班", overdue, "next_on")
    unplanned: bool | None = test("没有下次联系日期", unplanned, "next_on")
    put_off: bool | None = test("下次联系推后过、还在跟进的", put_off, "put_off")
    dropped: bool | None = test("不再跟进的", dropped, "stage")
    also: AlsoTarget | None = and_("并且也符合")


@strawberry.enum(description="目标企业的排序依据")
class TargetCompanyOrderField(Enum):
    UPDATED_AT = strawberry.enum_value("updated_at", description="最近办理时间")
    NEXT_ON = strawberry.enum_value("next_on", description="下次联系日期")
    ADDED_AT = strawberry.enum_value("added_at", description="列入时间")
    NAME = strawberry.enum_value("name", description="企业名称")


@order_for("TargetCompany", TargetCompanyOrderField, nullable=("next_on",))
@strawberry.input(description="目标企业的排序")
class TargetCompanyOrder:
    field: TargetCompanyOrderField = strawberry.field(description="依据")
    direction: Direction = strawberry.field(default=Direction.ASC, description="方向")


@filter_for("TargetContact", "接触记录的筛选")
class TargetContactFilter:
    target: TargetCompanyFilter | None = related("TargetCompany", "目标企业", "target_id")
    happened_on: DateRange | None = between("接触日期", "happened_on")


@strawberry.type(description="目标企业的数目：跟进到某一步的有几家")
class TargetFigures:
    stage: TargetStage = strawberry.field(description="步骤")
    count: int = strawberry.field(description="家数")


@strawberry.type
class Query:
    target_company: TargetCompany | None = get_by(
        "TargetCompany", "no", "按编号取一家目标企业；看不到的即不存在", "编号"
    )
    target_companies: Connection[TargetCompany] = connection(
        "TargetCompany",
        "目标企业",
        filter=TargetCompanyFilter,
        order=TargetCompanyOrder,
        default=Order("updated_at", descending=True),
    )
    target_contacts: Connection[TargetContact] = connection(
        "TargetContact",
        "与目标企业的接触",
        filter=TargetContactFilter,
        default=Order("happened_on", descending=True),
    )
    target_region: TargetRegion | None = get_by(
        "TargetRegion", "slug", "按短名取一个目标区域", "短名"
    )
    target_regions: list[TargetRegion] = list_all("TargetRegion", "position", "目标区域")

    @resolver("各步的目标企业数，没有企业的不列")
    async def target_figures(
        self,
        info: Info,
        filter: Annotated[
            TargetCompanyFilter | None, strawberry.argument(description="筛选")
        ] = None,
    ) -> list[TargetFigures]:
        read = Read(KINDS["TargetCompany"], conditions(filter, "t", info.context))
        found = await info.context.rows.figures(read, "stage", None)
        return [
            TargetFigures(stage=stage, count=found[stage][0])
            for stage in TargetStage
            if stage in found
        ]
