"""Places, groups, units, people, investors, the calendar and the rules by date, as they can be read."""

import json
from asyncio import gather
from datetime import date, datetime
from enum import Enum
from typing import Annotated, Any

import strawberry

from schema.city import rules, tables
from schema.reading.context import Context, RuleVersion
from schema.reading.declare import (
    Connection,
    Direction,
    Info,
    Node,
    Parent,
    all_of,
    column,
    computed,
    connection,
    enum,
    node,
    one_by,
    to_one,
)
from schema.reading.errors import bad_input, usable
from schema.reading.filters import filter_for, matches, one_of, order_for
from schema.reading.kinds import read_global_id
from schema.reading.statements import Order

PlaceKind = enum(
    tables.PlaceKind,
    "项目承接主体的类别",
    COUNTY="县（区）",
    HIGH_TECH_ZONE="高新区",
    AIRPORT_ZONE="临空经济区",
)
OrganizationKind = enum(
    tables.OrganizationKind,
    "单位类别",
    OFFICE="领导小组办公室",
    GROUP="产业招商小组",
    PLACE="县（区）、高新区、临空经济区",
    DEPARTMENT="市级部门",
    BRANCH="驻外分局",
    AGENT="委托招商机构",
    LEADER="市领导",
    INSPECTION="督查和目标绩效",
    PARTNER="合作机构",
)
Lamp = enum(
    rules.Lamp,
    "红黄绿灯",
    GREEN="按期",
    AMBER="临期",
    RED="逾期",
    BLUE="办结",
    GREY="未开始或暂停",
)


RuleStatus = enum(
    tables.RuleStatus,
    "规则参数的性质",
    SEED="政策",
    ZIYANG="本市规定",
    NATIONAL="国家规定",
    OTHER_CITY="他市做法",
    PROPOSAL="建议，待确认",
)


@node(tables.Place, "项目承接主体：县（区）、高新区、临空经济区")
class Place(Node):
    slug: str = column("短名")
    name: str = column("名称")
    kind: PlaceKind = column("类别")
    code: str | None = column("行政区划代码（GB/T 2260），功能区没有")


@node(tables.Group, "产业招商小组")
class Group(Node):
    slug: str = column("短名")
    name: str = column("名称")
    short_name: str = column("简称")
    office: "Organization | None" = to_one("Organization", "小组办公室")
    lead_department: "Organization | None" = to_one("Organization", "牵头部门")


@node(tables.Organization, "单位")
class Organization(Node):
    slug: str = column("短名")
    name: str = column("名称")
    short_name: str = column("简称")
    kind: OrganizationKind = column("类别")
    place: Place | None = to_one("Place", "所属县（区）或园区")
    contact_name: str | None = column("联系人")
    contact_phone: str | None = column("联系电话")
    opened_on: date | None = column("设立日期")
    closed_on: date | None = column("撤销日期")


@node(tables.Person, "人员")
class Person(Node):
    name: str = column("姓名")
    post: str = column("岗位")
    phone: str | None = column("电话")
    organization: Organization | None = to_one("Organization", "单位")


@node(tables.Company, "投资方")
class Company(Node):
    uscc: str | None = column("统一社会信用代码（GB 32100）")
    name: str = column("名称")
    region: str = column("所在地")
    no_code_reason: str = column("没有信用代码的原因")


@filter_for("Place", "按地方筛选")
class PlaceFilter:
    slug: list[str] | None = one_of("短名", "slug")


@filter_for("Group", "按产业招商小组筛选")
class GroupFilter:
    slug: list[str] | None = one_of("短名", "slug")


@filter_for("Organization", "按单位筛选")
class OrganizationFilter:
    slug: list[str] | None = one_of("短名", "slug")
    kind: list[OrganizationKind] | None = one_of("类别", "kind")


@filter_for("Company", "按投资方筛选")
class CompanyFilter:
    text: str | None = matches("名称，支持拼音")
    uscc: list[str] | None = one_of("统一社会信用代码", "uscc")


@strawberry.enum(description="投资方的排序依据")
class CompanyOrderField(Enum):
    NAME = strawberry.enum_value("name", description="名称")
    CREATED_AT = strawberry.enum_value("created_at", description="登记时间")


@order_for("Company", CompanyOrderField)
@strawberry.input(description="投资方的排序")
class CompanyOrder:
    field: CompanyOrderField = strawberry.field(description="依据")
    direction: Direction = strawberry.field(default=Direction.ASC, description="方向")


@strawberry.type(description="依据条款")
class Clause:
    article: str = strawberry.field(description="条")
    title: str = strawberry.field(description="内容")


@strawberry.type(description="计算所用的一个数")
class ExplanationInput:
    name: str = strawberry.field(description="名称")
    value: str = strawberry.field(description="数值")
    source: str = strawberry.field(description="来源")


@node(tables.Parameter, "规则参数的一个版本")
class Rule(Node):
    name: str = column("参数")
    unit: str = column("单位")
    effective_on: date = column("生效日期")
    clause: str = column("条款或来源")
    status: RuleStatus = column("性质")
    note: str = column("说明")
    recorded_at: datetime = column("登记时间")
    recorded_by: Person | None = to_one("Person", "登记人；系统预置的没有")

    @computed("名称", needs=("name",))
    def title(row: Parent) -> str:
        return rules.TITLES.get(row["name"], row["name"])

    @computed("数值（JSON 文本）", needs=("value",))
    def value(row: Parent) -> str:
        return json.dumps(row["value"], ensure_ascii=False)

    @computed("版本号", needs=("name", "effective_on", "id"))
    def version(row: Parent) -> str:
        return f"{row['name']}@{row['effective_on']:%Y-%m-%d}#{row['id']}"


@strawberry.type(description="与平日不同的一天")
class CalendarDay:
    day: date = strawberry.field(description="日期")
    working: bool = strawberry.field(description="是否上班")
    name: str = strawberry.field(description="节日")


@strawberry.type(description="一年的工作日历")
class CalendarYear:
    year: int = strawberry.field(description="年份")
    published: bool = strawberry.field(description="是否已公布")
    source: str | None = strawberry.field(description="来源")
    published_at: datetime | None = strawberry.field(description="登记时间")
    working_days: int | None = strawberry.field(description="全年工作日数；未公布时没有")
    days: list[CalendarDay] = strawberry.field(description="放假和调休上班的日子")

    @strawberry.field(description="放假和调休上班的日子，每行一天：日期,休或班,节日")
    def text(self) -> str:
        return rules.write_special_days(
            rules.SpecialDay(each.day, each.working, each.name) for each in self.days
        )


@strawberry.type
class Query:
    @strawberry.field(description="凭全局编号取一个对象；看不到的即不存在")
    async def node(
        self, info: Info, id: Annotated[strawberry.ID, strawberry.argument(description="全局编号")]
    ) -> Node | None:
        return await by_global_id(info, id)

    @strawberry.field(description="凭全局编号取多个对象，最多 100 个")
    async def nodes(
        self,
        info: Info,
        ids: Annotated[list[strawberry.ID], strawberry.argument(description="全局编号")],
    ) -> list[Node | None]:
        if len(ids) > 100:
            raise bad_input("一次最多取 100 个", "ids")
        return await gather(*(by_global_id(info, each) for each in ids))

    places: list[Place] = all_of("Place", "position", "全市项目承接主体")
    place: Place | None = one_by("Place", "slug", "按短名取一个地方", "短名")
    groups: list[Group] = all_of("Group", "position", "七个产业招商小组")
    group: Group | None = one_by("Group", "slug", "按短名取一个产业招商小组", "短名")
    organization: Organization | None = one_by("Organization", "slug", "按短名取一个单位", "短名")
    organizations: Connection[Organization] = connection(
        "Organization", "单位", filter=OrganizationFilter, default=Order("position")
    )

    @strawberry.field(description="按统一社会信用代码取一个投资方")
    async def company(
        self, info: Info, uscc: Annotated[str, strawberry.argument(description="统一社会信用代码")]
    ) -> Company | None:
        return await info.context.rows.by("Company", "uscc", uscc.strip().upper())

    companies: Connection[Company] = connection(
        "Company", "投资方", filter=CompanyFilter, order=CompanyOrder, default=Order("name")
    )

    @strawberry.field(description="某日有效的规则参数，附来源和性质")
    async def rules(
        self,
        info: Info,
        on: Annotated[date | None, strawberry.argument(description="日期，默认今天")] = None,
    ) -> list[Rule]:
        on = usable(on, "on") or info.context.today
        in_force: dict[str, RuleVersion] = {}
        await info.context.warm()
        for each in info.context.rules:
            if each.effective_on <= on:
                in_force[each.name] = each
        found = await gather(
            *(info.context.rows.one("Rule", each.id) for each in in_force.values())
        )
        return [row for row in found if row]

    @strawberry.field(description="某日有效的一个规则参数")
    async def rule(
        self,
        info: Info,
        name: Annotated[str, strawberry.argument(description="参数")],
        on: Annotated[date | None, strawberry.argument(description="日期，默认今天")] = None,
    ) -> Rule | None:
        usable(on, "on")
        await info.context.warm()
        try:
            return await info.context.rows.one("Rule", info.context.rule(name, on).id)
        except LookupError:
            return None

    rule_versions: list[Rule] = all_of("Rule", "effective_on", "规则参数的全部版本，生效早的在前")

    @strawberry.field(description="已公布工作日历的年份")
    async def calendar_years(self, info: Info) -> list[int]:
        await info.context.warm()
        return sorted(info.context.calendar.years)

    @strawberry.field(description="一年的工作日历")
    async def calendar(
        self, info: Info, year: Annotated[int, strawberry.argument(description="年份")]
    ) -> CalendarYear:
        return await calendar_year(year, info.context)


async def calendar_year(year: int, context: Context) -> CalendarYear:
    """A year's working days, or that they are not published yet."""
    found = await tables.CalendarYear.get_or_none(year=year) if 1900 < year < 2200 else None
    if found is None:
        return CalendarYear(
            year=year, published=False, source=None, published_at=None, working_days=None, days=[]
        )
    days = await tables.CalendarDay.filter(year_id=year).order_by("day")
    await context.warm()
    calendar = context.calendar
    return CalendarYear(
        year=year,
        published=True,
        source=found.source,
        published_at=found.published_at,
        working_days=calendar.working_days(date(year - 1, 12, 31), date(year, 12, 31)),
        days=[CalendarDay(day=each.day, working=each.working, name=each.name) for each in days],
    )


async def by_global_id(info: Info, said: str) -> Any:
    key = read_global_id(said)
    return await info.context.rows.one(*key) if key else None
