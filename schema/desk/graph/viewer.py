"""Who asks, and what is theirs: posts, acts, places, inbox, counts, saved views."""

from asyncio import gather
from datetime import datetime
from typing import Annotated

import strawberry

from schema.city.graph import Place
from schema.desk.graph.inbox import Counts, Urgency, counts, inbox, urgencies
from schema.desk.graph.saved_views import SavedView
from schema.desk.rules import Audience, audiences
from schema.duties.graph import Duty
from schema.gate.graph import HISTORY, JournalEntry
from schema.people.graph import Appointment, Organization
from schema.permissions import MAY, Post, may, post_for, posts_for
from schema.permissions import HeldPost as Held
from schema.query.fields import Info, resolver, row_as, rows_as
from schema.query.models import KINDS
from schema.query.sql import Order, Read, Sql
from schema.relations import OWN_PERSON, OWN_UNIT, any_of


@strawberry.type(description="当前使用者今天在任的一个岗位")
class HeldPost:
    post: Post = strawberry.field(description="岗位类别")
    title: str = strawberry.field(description="职务")
    acting_for: str | None = strawberry.field(description="代理何人（A/B 角）")
    held: strawberry.Private[Held]

    @resolver("单位")
    async def unit(self, info: Info) -> Organization | None:
        return row_as(
            Organization, await info.context.rows.one("Organization", self.held.organization)
        )

    @resolver("所属县（区）或园区")
    async def place(self, info: Info) -> Place | None:
        return row_as(Place, await info.context.rows.one("Place", self.held.place))


@strawberry.type(description="当前使用者")
class Viewer:
    name: str = strawberry.field(description="姓名")

    @resolver("今天在任的岗位，主要岗位在前")
    def posts(self, info: Info) -> list[HeldPost]:
        return [
            HeldPost(
                post=each.post, title=each.title, acting_for=each.acting_for or None, held=each
            )
            for each in info.context.viewer.posts
            if each.id is not None
        ]

    @resolver("主要岗位的单位")
    async def unit(self, info: Info) -> Organization | None:
        return row_as(
            Organization,
            await info.context.rows.one("Organization", info.context.viewer.main.organization),
        )

    @resolver("可办理的事项（即变更名）；在某一对象上能否办理另看该对象")
    def acts(self, info: Info) -> list[str]:
        return [act for act in MAY if may(info.context.viewer, act)]

    @resolver("可办理某一事项的单位，主要岗位的在前；在几个单位任职的，办理时须指明其一")
    async def units(
        self, info: Info, act: Annotated[str, strawberry.argument(description="事项（即变更名）")]
    ) -> list[Organization]:
        held = [each.organization for each in posts_for(info.context.viewer, act)]
        found = await gather(
            *(info.context.rows.one("Organization", each) for each in dict.fromkeys(held))
        )
        return [each for each in found if each]  # type: ignore[misc]

    @resolver(
        "办理某一事项所用岗位的县（区）或园区；该岗位不属于县（区）、园区的，或在几个地方任职、须指明其一的没有"
    )
    async def place(
        self,
        info: Info,
        act: Annotated[str, strawberry.argument(description="事项（即变更名）")] = "projectReport",
    ) -> Place | None:
        held = post_for(info.context.viewer, act) if act in MAY else None
        places = {each.place for each in posts_for(info.context.viewer, act)} - {None}
        alone = held is not None and len(places) == 1
        return row_as(
            Place, await info.context.rows.one("Place", held.place if held and alone else None)
        )

    @resolver("历次任职，先任的在前")
    async def appointments(self, info: Info) -> list[Appointment]:
        person = info.context.viewer.person
        return rows_as(
            Appointment, await info.context.rows.where("Appointment", "person_id", person)
        )

    @resolver("任免的办理记录，新的在前，最多 50 条")
    async def appointment_history(self, info: Info) -> list[JournalEntry]:
        about: Sql = (
            HISTORY._replace(kind="Person").condition("t", "?"),
            [info.context.viewer.person],
        )
        order = Order("id", descending=True)
        return rows_as(
            JournalEntry,
            await info.context.rows.all(Read(KINDS["JournalEntry"], (about,), order, limit=50)),
        )

    @resolver("待办事项：最先到期的在前，最多 100 件")
    async def inbox(self, info: Info) -> list[Duty]:
        return rows_as(Duty, await inbox(info.context))

    @resolver("由您办理的件数，按缓急，急的在前；合计即待办数")
    async def urgencies(self, info: Info) -> list[Urgency]:
        return await urgencies(info.context)

    @resolver("各类待办的件数")
    async def counts(self, info: Info) -> Counts:
        return await counts(info.context)

    @resolver("保存的视图：本人的、本单位的、全市的；或其他单位共享的，供办公室撤下")
    async def views(
        self,
        info: Info,
        page: Annotated[str, strawberry.argument(description="列表")] = "projects",
        others: Annotated[bool, strawberry.argument(description="其他单位共享的")] = False,
    ) -> list[SavedView]:
        viewer = info.context.viewer
        theirs: Sql = any_of(
            [
                OWN_PERSON.on["saved_view"].sql("t", viewer),
                OWN_UNIT.on["saved_view"].sql("t", viewer),
                ("t.\"shared\" = 'ALL'", []),
            ]
        )
        if others and not may(viewer, "viewWithdraw"):
            return []
        if others:
            theirs = f"NOT {theirs[0]}", theirs[1]
        where: Sql = (f't."page" = ? AND {theirs[0]}', [page, *theirs[1]])
        return rows_as(
            SavedView, await info.context.rows.all(Read(KINDS["SavedView"], (where,), Order("id")))
        )

    @resolver("保存视图时可以选谁可用；不能保存时为空")
    async def audiences(self, info: Info) -> list[Audience]:
        viewer = info.context.viewer
        if not may(viewer, "viewSave"):
            return []
        curator = may(viewer, "viewWithdraw")
        in_a_unit = any(held.organization is not None for held in viewer.posts)
        return audiences(in_a_unit=in_a_unit, curator=curator)


@strawberry.type(description="调用的花费和余量")
class RateLimit:
    cost: int = strawberry.field(description="本次花费的点数")
    remaining: int = strawberry.field(description="余下的点数")
    reset_at: datetime = strawberry.field(description="余量恢复的时刻")


@strawberry.type
class Query:
    @resolver("当前使用者；未登录时没有")
    async def viewer(self, info: Info) -> Viewer | None:
        viewer = info.context.viewer
        return Viewer(name=viewer.name) if viewer.signed_in else None

    @resolver("本次调用的花费和余量；只在接口调用时有")
    async def rate_limit(self, info: Info) -> RateLimit | None:
        known = info.context.rate_limit
        if known is None:
            return None
        return RateLimit(cost=known.cost, remaining=known.remaining, reset_at=known.reset_at)
