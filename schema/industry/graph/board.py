"""Target companies counted: by the day of their next contact, by region, node, owner and group."""

from asyncio import gather
from datetime import date, timedelta
from typing import Annotated, Any

import strawberry

from schema.city.graph import Place
from schema.context import Context
from schema.industry.graph.chain import ChainNode
from schema.industry.graph.pursuit import IN_LANES, is_late
from schema.industry.graph.targets import TargetCompanyFilter, TargetRegion
from schema.people.graph import Group, Person
from schema.permissions import posts_for
from schema.query.fields import Info, resolver, row_as, rows_as
from schema.query.filters import conditions
from schema.query.models import KINDS, Record
from schema.query.sql import Order, Read, Sql

DAYS_AHEAD = 10
DATES = ("next_on", "overdue", "unplanned", "put_off")


@strawberry.type(description="某一日要联系的目标企业数")
class TargetDay:
    day: date = strawberry.field(description="日期")
    count: int = strawberry.field(description="家数")


@strawberry.type(description="一个目标区域的企业数")
class TargetsOfRegion:
    region: TargetRegion | None = strawberry.field(description="区域；没有写明的为空")
    count: int = strawberry.field(description="家数")


@strawberry.type(description="一个产业链环节的目标企业数")
class TargetsOfNode:
    node: ChainNode = strawberry.field(description="环节")
    count: int = strawberry.field(description="家数")


@strawberry.type(description="一个人跟进的目标企业数")
class TargetsOfOwner:
    owner: Person = strawberry.field(description="跟进人")
    count: int = strawberry.field(description="家数")


@strawberry.type(description="一个小组的目标企业数")
class TargetsOfGroup:
    group: Group = strawberry.field(description="产业招商小组")
    count: int = strawberry.field(description="家数")


@strawberry.type(description="拟落地于一个地方的目标企业数")
class TargetsOfPlace:
    place: Place = strawberry.field(description="县（区）或园区")
    count: int = strawberry.field(description="家数")


@strawberry.type(
    description="目标企业分日期、区域、环节、人、小组、地方各有几家；每一种都不受它自己那项条件的限制"
)
class TargetFacets:
    filter: strawberry.Private[TargetCompanyFilter | None] = None

    @resolver("下次联系已过期的家数")
    async def overdue(self, info: Info) -> int:
        late = is_late("t", info.context)
        return await info.context.rows.total(self.read(info.context, DATES, late))

    @resolver("下次联系推后过、还在跟进的家数")
    async def put_off(self, info: Info) -> int:
        later: Sql = (f't."put_off" > 0 AND t."stage" IN ({IN_LANES})', [])
        return await info.context.rows.total(self.read(info.context, DATES, later))

    @resolver("没有约定下次联系、还在跟进的家数")
    async def unplanned(self, info: Info) -> int:
        open_still: Sql = (f't."next_on" IS NULL AND t."stage" IN ({IN_LANES})', [])
        return await info.context.rows.total(self.read(info.context, DATES, open_still))

    @resolver("今天和今后十天，每天要联系的家数")
    async def days(self, info: Info) -> list[TargetDay]:
        today = info.context.today
        last = today + timedelta(days=DAYS_AHEAD)
        ahead: Sql = ('t."next_on" >= ? AND t."next_on" <= ?', [today, last])
        read = self.read(info.context, DATES, ahead)
        found = await info.context.rows.figures(read, "next_on", None)
        days = [today + timedelta(days=each) for each in range(DAYS_AHEAD + 1)]
        return [TargetDay(day=each, count=found.get(each, (0, 0))[0]) for each in days]

    @resolver("各目标区域，没有企业的也列；停用的只在还有企业时列")
    async def regions(self, info: Info) -> list[TargetsOfRegion]:
        found = await self.counts(info.context, "region")
        rows = await info.context.rows.all(Read(KINDS["TargetRegion"], (), Order("position")))
        regions = [
            TargetsOfRegion(region=row_as(TargetRegion, row), count=found.get(row["id"], 0))
            for row in rows
            if not row["retired"] or row["id"] in found
        ]
        without = found.get(None, 0)
        return [*regions, TargetsOfRegion(region=None, count=without)] if without else regions

    @resolver("有目标企业的产业链环节")
    async def nodes(self, info: Info) -> list[TargetsOfNode]:
        found = await self.named(info.context, "node", "ChainNode", "no")
        return [TargetsOfNode(node=row_as(ChainNode, row), count=count) for row, count in found]

    @resolver("跟进人")
    async def owners(self, info: Info) -> list[TargetsOfOwner]:
        found = await self.named(info.context, "owner", "Person", "name")
        return [TargetsOfOwner(owner=row_as(Person, row), count=count) for row, count in found]

    @resolver("产业招商小组")
    async def groups(self, info: Info) -> list[TargetsOfGroup]:
        found = await self.named(info.context, "group", "Group", "slug")
        return [TargetsOfGroup(group=row_as(Group, row), count=count) for row, count in found]

    @resolver("拟落地的地方")
    async def places(self, info: Info) -> list[TargetsOfPlace]:
        found = await self.named(info.context, "place", "Place", "slug")
        return [TargetsOfPlace(place=row_as(Place, row), count=count) for row, count in found]

    def read(self, context: Context, besides: tuple[str, ...], *also: Sql) -> Read:
        """The companies of the filter, as if nothing had been said of `besides`."""
        narrowed = conditions(without(self.filter, besides), "t", context)
        return Read(KINDS["TargetCompany"], (*narrowed, *also))

    async def counts(self, context: Context, by: str) -> dict[Any, int]:
        found = await context.rows.figures(self.read(context, (by,)), f"{by}_id", None)
        return {key: count for key, (count, _) in found.items()}

    async def named(
        self, context: Context, by: str, kind: str, order: str
    ) -> list[tuple[Record, int]]:
        """The rows of `kind` that companies point at, each with their number."""
        found = await self.counts(context, by)
        rows = await gather(*(context.rows.one(kind, key) for key in found))
        pairs = zip(rows, found.values(), strict=True)
        seen = [(row, count) for row, count in pairs if row is not None]
        return sorted(seen, key=lambda each: str(each[0][order]))


def without(
    filter: TargetCompanyFilter | None, names: tuple[str, ...]
) -> TargetCompanyFilter | None:
    """A filter that says nothing of some of its conditions, however deep they stand."""
    if filter is None:
        return None
    kept = {name: value for name, value in vars(filter).items() if name not in names}
    return TargetCompanyFilter(**kept | {"also": without(filter.also, names)})


async def groups_to_list_for(context: Context) -> list[Record]:
    """The groups for which the viewer's posts may list a company."""
    posts = posts_for(context.viewer, "targetCompanyAdd")
    own = {each.group for each in posts}
    rows = await context.rows.all(Read(KINDS["Group"], (), Order("id"))) if posts else []
    return [each for each in rows if None in own or each["id"] in own]


@strawberry.type
class Query:
    @resolver("目标企业按日期、区域、环节等各有几家")
    async def target_facets(
        self,
        info: Info,
        filter: Annotated[
            TargetCompanyFilter | None, strawberry.argument(description="筛选")
        ] = None,
    ) -> TargetFacets:
        return TargetFacets(filter=filter)

    @resolver("您可以为之列入目标企业的小组；不能列入的没有")
    async def target_groups(self, info: Info) -> list[Group] | None:
        return rows_as(Group, await groups_to_list_for(info.context)) or None

    @resolver("为之列入目标企业的小组：写明的，或者唯一的一个")
    async def target_group(
        self,
        info: Info,
        slug: Annotated[str | None, strawberry.argument(description="短名")] = None,
    ) -> Group | None:
        groups = await groups_to_list_for(info.context)
        named = [each for each in groups if slug in (None, each["slug"])]
        return row_as(Group, named[0]) if len(named) == 1 else None
