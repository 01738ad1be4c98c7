"""Who asks, what waits for them, what they keep and search."""

import asyncio
import re
from datetime import datetime
from enum import Enum
from typing import Annotated

import strawberry

from schema.city.graph import Place
from schema.context import Context
from schema.desk.acts import Audience
from schema.desk.tables import SavedView as SavedViewRow
from schema.linkage.graph import QUEUES, Clock, judgement_clock
from schema.linkage.tables import TransferState
from schema.people.graph import (
    Company,
    CompanyFilter,
    Organization,
    Person,
)
from schema.permissions import Post
from schema.project.graph import Project, ProjectFilter
from schema.query.fields import (
    Info,
    Node,
    Parent,
    column,
    computed,
    node,
    to_one,
)
from schema.query.filters import (
    conditions,
)
from schema.query.models import KINDS, Record
from schema.query.sql import Order, Read, Sql

SEARCH_LIMIT = 20


CREDIT_CODE = re.compile(r"[0-9A-Za-z]{18}")


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


INBOX_LIMIT = 100


@strawberry.enum(description="待办的缓急")
class Bucket(Enum):
    OVERDUE = strawberry.enum_value("OVERDUE", description="逾期")
    TODAY = strawberry.enum_value("TODAY", description="今天")
    WEEK = strawberry.enum_value("WEEK", description="本周")
    LATER = strawberry.enum_value("LATER", description="以后")


@strawberry.type(description="一件待办")
class InboxItem:
    verb: str = strawberry.field(description="要办的事")
    project: Project = strawberry.field(description="项目")
    waiting_for: str = strawberry.field(description="谁在等")
    since: datetime = strawberry.field(description="何时起")
    due_at: datetime | None = strawberry.field(description="最迟办结时刻")
    bucket: Bucket = strawberry.field(description="缓急")
    clock: Clock | None = strawberry.field(description="时限")
    url: str = strawberry.field(description="去办理")


@strawberry.type(description="待办数")
class Counts:
    inbox: int = strawberry.field(description="待办")
    judgement: int = strawberry.field(description="待研判")
    returned: int = strawberry.field(description="待补正")
    disputed: int = strawberry.field(description="有争议")
    transfers: int = strawberry.field(description="流转待办")


@node(SavedViewRow, "保存的视图：一个列表的筛选、排序和列")
class SavedView(Node):
    name: str = column("名称")
    page: str = column("列表")
    query: str = column("网址中的查询串")
    person: Person | None = to_one("Person", "创建人")

    @computed("谁可用", columns=("shared",))
    def shared(row: Parent) -> Audience:
        return Audience(row["shared"])

    @computed("是否本人所建", columns=("person_id",))
    def mine(row: Parent, info: Info) -> bool:
        return bool(row["person_id"] == info.context.viewer.person)


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


@strawberry.type(description="调用的花费和余量")
class RateLimit:
    cost: int = strawberry.field(description="本次花费的点数")
    remaining: int = strawberry.field(description="余下的点数")
    reset_at: datetime = strawberry.field(description="余量恢复的时刻")


OPEN_DISPUTE = QUEUES["DISPUTED"]


Waiting = tuple[str, str, Sql, str]


"""The verb, who waits, which projects, where to go."""


def transfer_in(*states: TransferState, and_where: str = "") -> str:
    """Projects with a transfer in one of these states: sought from the transfers, which are few."""
    known = ", ".join(f"'{state.value}'" for state in states)
    return f't."id" IN (SELECT x."project_id" FROM "transfer" x WHERE x."state" IN ({known}){and_where})'


def waiting(context: Context) -> list[Waiting]:
    viewer = context.viewer
    if viewer.post == Post.OFFICE:
        return [
            ("研判并明确首谈地", "报送单位", QUEUES["PENDING"], "/judgement?no={no}"),
            ("裁定首谈地争议", "有异议的地方", OPEN_DISPUTE, "/judgement?state=DISPUTED&no={no}"),
            (
                "评估流转",
                "首谈地",
                (transfer_in(TransferState.REQUESTED), []),
                "/projects/{no}/transfer",
            ),
        ]
    mine: list[Waiting] = [
        (
            "补正后重新报送",
            "领导小组办公室",
            ('t."stage" = \'RETURNED\' AND t."reported_by_id" = ?', [viewer.organization]),
            "/projects/{no}/resubmission",
        )
    ]
    if viewer.post == Post.PLACE:
        to_here = transfer_in(TransferState.APPROVED, and_where=' AND x."to_place_id" = ?')
        mine.append(
            ("承接流转项目", "领导小组办公室", (to_here, [viewer.place]), "/projects/{no}/transfer")
        )
    return mine if viewer.organization else []


async def inbox(context: Context) -> list[InboxItem]:
    found = []
    for verb, waits, where, url in waiting(context):
        read = Read(KINDS["Project"], (where,), Order("judge_by", nullable=True), limit=INBOX_LIMIT)
        found += [item(verb, waits, row, url, context) for row in await context.rows.all(read)]
    items = await asyncio.gather(*found)  # at once, so that their units are read at once
    order = list(Bucket)
    return sorted(
        items, key=lambda each: (order.index(each.bucket), each.due_at or each.since, each.since)
    )


async def item(verb: str, waits: str, row: Record, url: str, context: Context) -> InboxItem:
    await context.load_rules()
    clock = judgement_clock(row, context) if row["stage"] == "REPORTED" else None
    due_at = clock.due_at if clock else None
    unit = await context.rows.one("Organization", row["reported_by_id"])
    return InboxItem(
        verb=verb,
        project=row,
        waiting_for=unit["short_name"] if waits == "报送单位" and unit else waits,
        since=row["stage_at"],
        due_at=due_at,
        bucket=bucket(due_at, context),
        clock=clock,
        url=url.format(no=row["no"]),
    )


def bucket(due_at: datetime | None, context: Context) -> Bucket:
    if due_at is None:
        return Bucket.LATER
    if due_at < context.now:
        return Bucket.OVERDUE
    days = (context.day_of(due_at) - context.today).days
    return (
        Bucket.TODAY
        if days == 0
        else Bucket.WEEK
        if days < 7 - context.today.weekday()
        else Bucket.LATER
    )


async def counts(context: Context) -> Counts:
    """Every number of the menu, by one statement."""
    mine = [where for _, _, where, _ in waiting(context)]
    open_transfer = (transfer_in(TransferState.REQUESTED, TransferState.APPROVED), [])
    asked = [QUEUES["PENDING"], QUEUES["RETURNED"], OPEN_DISPUTE, open_transfer, *mine]
    judgement, returned, disputed, transfers, *inbox = await context.rows.totals(
        [Read(KINDS["Project"], (where,)) for where in asked]
    )
    return Counts(
        inbox=sum(inbox),
        judgement=judgement,
        returned=returned,
        disputed=disputed,
        transfers=transfers,
    )


@strawberry.type
class Query:
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
