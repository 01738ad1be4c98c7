"""Places, the calendar and the rules by date, as they can be read."""

import json
from asyncio import gather
from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated

import strawberry

from schema.city import rules, tables
from schema.city.rules import Lamp
from schema.city.tables import PlaceKind, RuleStatus
from schema.context import Context, RuleVersion
from schema.query.errors import usable
from schema.query.fields import (
    Info,
    Node,
    Parent,
    column,
    computed,
    describe_enum,
    get_by,
    list_all,
    node,
    resolver,
    to_one,
)
from schema.query.filters import filter_for, in_list

if TYPE_CHECKING:
    from schema.people.graph import Person

LazyPerson = Annotated["Person", strawberry.lazy("schema.people.graph")]

describe_enum(
    PlaceKind,
    "项目承接主体的类别",
    COUNTY="县（区）",
    HIGH_TECH_ZONE="高新区",
    AIRPORT_ZONE="临空经济区",
)

describe_enum(
    Lamp,
    "红黄绿灯",
    GREEN="按期",
    AMBER="临期",
    RED="逾期",
    BLUE="办结",
    GREY="未开始或暂停",
)

describe_enum(
    RuleStatus,
    "规则参数的性质",
    SEED="政策",
    ZIYANG="本市规定",
    NATIONAL="国家规定",
    OTHER_CITY="他市做法",
    PROPOSAL="建议，待确认",
)


@node(tables.Place, "项目承接主体：县（区）、高新区、临空经济区", key="slug")
class Place(Node):
    slug: str = column("短名")
    name: str = column("名称")
    kind: PlaceKind = column("类别")
    code: str | None = column("行政区划代码（GB/T 2260），功能区没有")


@filter_for("Place", "按地方筛选")
class PlaceFilter:
    slug: list[str] | None = in_list("短名", "slug")


@strawberry.type(description="依据条款")
class Clause:
    article: str = strawberry.field(description="条")
    title: str = strawberry.field(description="内容")


@strawberry.type(description="计算所用的一个数")
class ExplanationInput:
    key: str = strawberry.field(description="代号")
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
    recorded_by: LazyPerson | None = to_one("Person", "登记人；系统预置的没有")

    @computed("名称", columns=("name",))
    def title(row: Parent) -> str:
        name: str = row["name"]
        return rules.TITLES.get(name, name)

    @computed("数值（JSON 文本）", columns=("value",))
    def value(row: Parent) -> str:
        return json.dumps(row["value"], ensure_ascii=False)

    @computed("版本号", columns=("name", "effective_on", "id"))
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

    @resolver("放假和调休上班的日子，每行一天：日期,休或班,节日")
    def text(self) -> str:
        return rules.write_special_days(
            rules.SpecialDay(each.day, each.working, each.name) for each in self.days
        )


@strawberry.type
class Query:
    places: list[Place] = list_all("Place", "position", "全市项目承接主体")

    place: Place | None = get_by("Place", "slug", "按短名取一个地方", "短名")

    @resolver("某日有效的规则参数，附来源和性质")
    async def rules(
        self,
        info: Info,
        on: Annotated[date | None, strawberry.argument(description="日期，默认今天")] = None,
    ) -> list[Rule]:
        on = usable(on, "on") or info.context.today
        in_force: dict[str, RuleVersion] = {}
        await info.context.load_rules()
        for each in info.context.rules:
            if each.effective_on <= on:
                in_force[each.name] = each
        found = await gather(
            *(info.context.rows.one("Rule", each.id) for each in in_force.values())
        )
        return list(filter(None, found))

    @resolver("某日有效的一个规则参数")
    async def rule(
        self,
        info: Info,
        name: Annotated[str, strawberry.argument(description="参数")],
        on: Annotated[date | None, strawberry.argument(description="日期，默认今天")] = None,
    ) -> Rule | None:
        usable(on, "on")
        await info.context.load_rules()
        try:
            return await info.context.rows.one("Rule", info.context.rule(name, on).id)
        except LookupError:
            return None

    rule_versions: list[Rule] = list_all("Rule", "effective_on", "规则参数的全部版本，生效早的在前")

    @resolver("已公布工作日历的年份")
    async def calendar_years(self, info: Info) -> list[int]:
        await info.context.load_rules()
        return sorted(info.context.calendar.years)

    @resolver("一年的工作日历；年份不在 1990 到 2100 之间时没有")
    async def calendar(
        self, info: Info, year: Annotated[int, strawberry.argument(description="年份")]
    ) -> CalendarYear | None:
        if not rules.is_calendar_year(year):
            return None
        return await calendar_year(year, info.context)


async def calendar_year(year: int, context: Context) -> CalendarYear:
    """A year's working days, or that they are not published yet."""
    found = await tables.CalendarYear.get_or_none(year=year)
    if found is None:
        return CalendarYear(
            year=year, published=False, source=None, published_at=None, working_days=None, days=[]
        )
    days = await tables.CalendarDay.filter(year_id=year).order_by("day")
    await context.load_rules()
    calendar = context.calendar
    return CalendarYear(
        year=year,
        published=True,
        source=found.source,
        published_at=found.published_at,
        working_days=calendar.working_days(date(year - 1, 12, 31), date(year, 12, 31)),
        days=[CalendarDay(day=each.day, working=each.working, name=each.name) for each in days],
    )
