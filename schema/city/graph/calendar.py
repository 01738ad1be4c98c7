"""The working days of each year."""

from datetime import date, datetime
from typing import Annotated

import strawberry

from schema.city import rules, tables
from schema.context import Context
from schema.query.fields import Info, resolver


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
    document_no: str | None = strawberry.field(description="文号")
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
            year=year,
            published=False,
            source=None,
            document_no=None,
            published_at=None,
            working_days=None,
            days=[],
        )
    days = await tables.CalendarDay.filter(year_id=year).order_by("day")
    await context.load_rules()
    calendar = context.calendar
    return CalendarYear(
        year=year,
        published=True,
        source=found.source,
        document_no=found.document_no,
        published_at=found.published_at,
        working_days=calendar.working_days(date(year - 1, 12, 31), date(year, 12, 31)),
        days=[CalendarDay(day=each.day, working=each.working, name=each.name) for each in days],
    )
