"""Who asks, and what is theirs: unit, place, inbox, counts, saved views."""

from datetime import datetime
from typing import Annotated

import strawberry

from schema.city.graph import Place
from schema.desk.graph.inbox import Counts, InboxItem, counts, inbox
from schema.desk.graph.saved_views import SavedView
from schema.desk.rules import Audience, audiences
from schema.people.graph import Organization
from schema.permissions import Post, may
from schema.query.fields import Info
from schema.query.models import KINDS
from schema.query.sql import Order, Read, Sql


@strawberry.type(description="当前使用者")
class Viewer:
    name: str = strawberry.field(description="姓名")
    posts: list[str] = strawberry.field(description="岗位")

    @strawberry.field(description="单位")
    async def unit(self, info: Info) -> Organization | None:
        return await info.context.rows.one("Organization", info.context.viewer.organization)

    @strawberry.field(description="所属县（区）或园区")
    async def place(self, info: Info) -> Place | None:
        return await info.context.rows.one("Place", info.context.viewer.place)

    @strawberry.field(description="今天要办：逾期的在前")
    async def inbox(self, info: Info) -> list[InboxItem]:
        return await inbox(info.context)

    @strawberry.field(description="菜单旁的数字")
    async def counts(self, info: Info) -> Counts:
        return await counts(info.context)

    @strawberry.field(description="保存的视图")
    async def views(
        self, info: Info, page: Annotated[str, strawberry.argument(description="列表")] = "projects"
    ) -> list[SavedView]:
        where: Sql = ('t."page" = ?', [page])
        return await info.context.rows.all(Read(KINDS["SavedView"], (where,), Order("id")))

    @strawberry.field(description="保存视图时可以选谁可用；不能保存时为空")
    async def audiences(self, info: Info) -> list[Audience]:
        viewer = info.context.viewer
        if not may(viewer, "viewSave"):
            return []
        curator, in_a_unit = may(viewer, "viewWithdraw"), viewer.organization is not None
        return audiences(in_a_unit=in_a_unit, curator=curator)


@strawberry.type(description="调用的花费和余量")
class RateLimit:
    cost: int = strawberry.field(description="本次花费的点数")
    remaining: int = strawberry.field(description="余下的点数")
    reset_at: datetime = strawberry.field(description="余量恢复的时刻")


@strawberry.type
class Query:
    @strawberry.field(description="当前使用者；未登录时没有")
    async def viewer(self, info: Info) -> Viewer | None:
        viewer = info.context.viewer
        return (
            None
            if viewer.post == Post.PUBLIC
            else Viewer(name=viewer.name, posts=[viewer.post.value])
        )

    @strawberry.field(description="本次调用的花费和余量；只在接口调用时有")
    async def rate_limit(self, info: Info) -> RateLimit | None:
        known = info.context.rate_limit
        if known is None:
            return None
        return RateLimit(cost=known.cost, remaining=known.remaining, reset_at=known.reset_at)
