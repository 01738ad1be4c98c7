"""A group's chain: of each node what the city has, what it negotiates, what it lacks."""

import asyncio
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Annotated, Any

import strawberry

from schema import database
from schema.city.graph import Place
from schema.context import Context
from schema.database.statements import marks
from schema.gate.graph import JournalEntry, history_of
from schema.industry import rules, tables
from schema.industry.graph.pursuit import IN_LANES, is_late
from schema.industry.rules import NodeState, Position
from schema.people.graph import Group, Signature, signed
from schema.permissions import lists_of, may, sees_whole, visible
from schema.project.graph import Project, ProjectFilter, ProjectOrder, StageFigures
from schema.project.rules import IN_PRODUCTION, ON_THE_WAY, Stage
from schema.project.rules.classes import class_names
from schema.query.fields import (
    Connection,
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
    row_as,
    rows_as,
    to_one,
)
from schema.query.models import KINDS, Record
from schema.query.sql import Order, Read, Sql
from schema.scalars import Money

describe_enum(
    Position,
    "在产业链中的位置",
    UPSTREAM="上游",
    MIDSTREAM="中游",
    DOWNSTREAM="下游",
    SUPPORT="支撑",
)
describe_enum(NodeState, "产业链环节的情形", GAP="缺口", TALKS="在谈补位", HAVE="已有", NONE="暂无")

ACTS = ("chainNodeSet", "chainFirmAdd", "chainFirmEnd")
GroupName = Annotated[str, strawberry.argument(description="小组的短名")]


async def projects_of(source: Any, info: Info) -> tuple[Sql, ...]:
    """The scope of a node's projects: those of its group in one of its classes."""
    classes = source["classes"].split()
    sql = f't."group_id" = ? AND t."industry_code" IN ({marks(classes)})'
    return ((sql, [source["group_id"], *classes]),)


@strawberry.type(description="GB/T 4754-2017 的一个小类")
class IndustryClass:
    code: str = strawberry.field(description="四位代码")
    name: str = strawberry.field(description="名称")


@node(tables.ChainNode, "产业链的一个环节", key="no")
class ChainNode(Node):
    no: str = column("编号")
    group: Group | None = to_one("Group", "产业招商小组")
    chain: str = column("所属产业链")
    position: Position = column("位置")
    name: str = column("环节名称")
    codes: str = column("行业小类代码，以空格分开", of="classes")
    typical: str = column("典型企业")
    source: str = column("依据；没有公布的写明为建议")
    gap: bool = column("是否缺口")
    gap_reason: str = column("为什么是缺口")
    wish: str = column("想引进什么")
    retired_at: datetime | None = column("停用时间")
    revision: int = column("版本")
    updated_at: datetime = column("最近办理时间")

    firms: "list[ChainFirm]" = has_many("ChainFirm", "node_id", "登记过的本地企业，先登记的在前")

    journal: Connection[JournalEntry] = history_of("ChainNode")

    projects: Connection[Project] = connection(
        "Project",
        "小组在这些行业的项目",
        filter=ProjectFilter,
        order=ProjectOrder,
        default=Order("updated_at", descending=True),
        scope=projects_of,
    )

    @computed("行业小类（GB/T 4754-2017）", columns=("classes",))
    def classes(row: Parent) -> list[IndustryClass]:
        names = class_names()
        return [IndustryClass(code=code, name=names[code]) for code in row["classes"].split()]

    @computed("这个环节的情形", columns=("id", "group_id", "classes", "gap"))
    async def standing(row: Parent, info: Info) -> "ChainStanding | None":
        context = info.context

        async def batch(ids: list[int]) -> list[ChainStanding | None]:
            every = await asyncio.gather(*(context.rows.one("ChainNode", each) for each in ids))
            seen = [each for each in every if each is not None]
            stand = await standings(seen, context)
            found = {each["id"]: one for each, one in zip(seen, stand, strict=True)}
            return [found.get(each) for each in ids]

        stands: ChainStanding | None
        stands = await context.rows.batched("standings", batch).load(row["id"])
        return stands

    @computed("您在这个环节上可办理的事项", columns=("id", "group_id"))
    def acts(row: Parent, info: Info) -> list[str]:
        return [act for act in ACTS if may(info.context.viewer, act, row)]


@node(tables.ChainFirm, "计入产业链环节的本地企业")
class ChainFirm(Node):
    name: str = column("企业名称")
    place: Place | None = to_one("Place", "所在地")
    source: str = column("信息来源")
    added_at: datetime = column("登记时间")
    added_as: Signature | None = signed("登记人署名", "chainFirmAdd", "added_by_id", "added_at")
    ended_at: datetime | None = column("移出时间；没有的为在列")
    ended_for: str = column("移出原因")


@strawberry.type(description="一个环节的情形：有什么、在谈什么、盯着谁")
class ChainStanding:
    node: ChainNode = strawberry.field(description="环节")
    state: NodeState | None = strawberry.field(
        description="情形；缺口由小组标明，其余按数目；只看得到小组一部分工作、没有看到已有的，不能判断，为空"
    )
    firms: list[ChainFirm] = strawberry.field(description="小组登记在列的本地企业")
    in_city: int = strawberry.field(description="本市已有：投产以后的项目和在列的企业")
    producing: int = strawberry.field(description="投产以后的项目数")
    negotiating: int = strawberry.field(description="在谈、在建的项目数")
    amount: Money = strawberry.field(description="在谈、在建项目的计划总投资（元）")
    stages: list[StageFigures] = strawberry.field(description="各阶段的项目数和金额")
    targets: int = strawberry.field(description="正在跟进的目标企业数（只计您能看到的）")
    followers: list[str] = strawberry.field(description="目标企业的跟进人")
    next_on: date | None = strawberry.field(description="与目标企业最早的下次联系日期")
    late: bool = strawberry.field(description="有与目标企业的下次联系已过期")


@strawberry.type(description="一条产业链")
class Chain:
    name: str = strawberry.field(description="名称")
    nodes: list[ChainStanding] = strawberry.field(description="各环节，由上游到下游")


@dataclass
class Counted:
    """The projects of a node by stage: how many, and their amount in fen; and its target companies."""

    stages: dict[Stage, tuple[int, int]] = field(default_factory=dict)
    targets: int = 0
    followers: list[str] = field(default_factory=list)
    next_on: date | None = None
    late: bool = False

    def add(self, stage: Stage, count: int, amount: int) -> None:
        before = self.stages.get(stage, (0, 0))
        self.stages[stage] = before[0] + count, before[1] + amount

    def among(self, stages: Iterable[Stage]) -> tuple[int, int]:
        """How many projects stand at these stages, and their amount in fen."""
        found = [self.stages[each] for each in stages if each in self.stages]
        return sum(count for count, _ in found), sum(amount for _, amount in found)


async def counted(nodes: list[Record], context: Context) -> dict[int, Counted]:
    """Of each node what the viewer sees: projects of its group in one of its classes, target companies."""
    found: dict[int, Counted] = defaultdict(Counted)
    by_class: dict[tuple[int, str], list[int]] = defaultdict(list)
    for each in nodes:
        for code in each["classes"].split():
            by_class[each["group_id"], code].append(each["id"])
    groups = sorted({each["group_id"] for each in nodes})
    codes = sorted({code for _, code in by_class})
    sql, values = visible("project", "t", context.viewer)
    rows = await database.fetch(
        'SELECT t."group_id" AS "of", t."industry_code" AS code, t."stage" AS stage,'
        ' count(*) AS count, CAST(sum(t."amount_fen") AS BIGINT) AS fen FROM "project" t'
        f' WHERE t."group_id" IN ({marks(groups)}) AND t."industry_code" IN ({marks(codes)})'
        f" AND {sql} GROUP BY 1, 2, 3",
        [*groups, *codes, *values],
    )
    for row in rows:
        for key in by_class.get((row["of"], row["code"]), ()):
            found[key].add(Stage(row["stage"]), row["count"], row["fen"])
    sql, values = visible("target_company", "t", context.viewer)
    known, whose = visible("person", "p", context.viewer)
    late, now = is_late("t", context)
    rows = await database.fetch(
        'SELECT t."node_id" AS node, p."name" AS owner, count(*) AS count, min(t."next_on") AS next,'
        f" max(CASE WHEN {late} THEN 1 ELSE 0 END) AS late"
        f' FROM "target_company" t LEFT JOIN "person" p ON p."id" = t."owner_id" AND {known}'
        f' WHERE t."group_id" IN ({marks(groups)}) AND t."node_id" IS NOT NULL'
        f' AND t."stage" IN ({IN_LANES}) AND {sql} GROUP BY 1, 2 ORDER BY 1, 3 DESC, 2',
        [*now, *whose, *groups, *values],
    )
    for row in rows:
        has = found[row["node"]]
        has.targets += row["count"]
        has.late |= bool(row["late"])
        if row["owner"]:
            has.followers.append(row["owner"])
        if row["next"]:
            day = date.fromisoformat(str(row["next"]))
            has.next_on = min(day, has.next_on or day)
    return found


async def standings(nodes: list[Record], context: Context) -> list[ChainStanding]:
    """How nodes stand, by one statement each for projects, target companies and firms."""
    if not nodes:
        return []
    has = await counted(nodes, context)
    every = await asyncio.gather(
        *(context.rows.where("ChainFirm", "node_id", each["id"]) for each in nodes)
    )
    ids = sorted({each["group_id"] for each in nodes})
    groups = await asyncio.gather(*(context.rows.one("Group", each) for each in ids))
    whole = {each["id"] for each in groups if each and sees_whole(context.viewer, each)}
    return [
        standing(
            row,
            has[row["id"]],
            [firm for firm in firms if firm["ended_at"] is None],
            row["group_id"] in whole,
        )
        for row, firms in zip(nodes, every, strict=True)
    ]


def standing(row: Record, has: Counted, firms: list[Record], whole: bool) -> ChainStanding:
    producing, _ = has.among(IN_PRODUCTION)
    negotiating, amount = has.among(ON_THE_WAY)
    return ChainStanding(
        node=row_as(ChainNode, row),
        state=rules.node_state(row["gap"], producing + len(firms), negotiating, whole),
        firms=rows_as(ChainFirm, firms),
        in_city=producing + len(firms),
        producing=producing,
        negotiating=negotiating,
        amount=Money(amount),
        stages=[
            StageFigures(
                stage=stage, count=has.stages[stage][0], amount=Money(has.stages[stage][1])
            )
            for stage in Stage
            if stage in has.stages
        ],
        targets=has.targets,
        followers=has.followers,
        next_on=has.next_on,
        late=has.late,
    )


async def group_nodes(group: int, context: Context) -> list[Record]:
    """The nodes of a group in use: chain by chain, the first begun first, from upstream down."""
    where = ('t."group_id" = ? AND t."retired_at" IS NULL', [group])
    nodes = await context.rows.all(Read(KINDS["ChainNode"], (where,), Order("id")))
    first: dict[str, int] = {}
    for each in nodes:
        first.setdefault(each["chain"], each["id"])
    order = list(Position)
    return sorted(nodes, key=lambda row: (first[row["chain"]], order.index(row["position"])))


async def nodes_found(text: str, context: Context) -> list[Record]:
    """The nodes in use that a search finds, of all groups, the first registered first."""
    of_use: Sql = ('t."retired_at" IS NULL', [])
    nodes = await context.rows.all(Read(KINDS["ChainNode"], (of_use,), Order("id")))
    return [each for each in nodes if rules.is_found(text, each["no"], each["name"])]


@strawberry.type
class Query:
    chain_node: ChainNode | None = get_by("ChainNode", "no", "按编号取一个产业链环节", "环节编号")

    @resolver("一个产业招商小组的产业链")
    async def chain(self, info: Info, group: GroupName) -> list[Chain]:
        context = info.context
        of = await context.rows.by("Group", "slug", group)
        if of is None:
            return []
        nodes = await group_nodes(of["id"], context)
        chains: dict[str, list[ChainStanding]] = defaultdict(list)
        for row, each in zip(nodes, await standings(nodes, context), strict=True):
            chains[row["chain"]].append(each)
        return [Chain(name=name, nodes=each) for name, each in chains.items()]

    @resolver("一个产业招商小组的产业链环节，逐条链由上游到下游；不看产业链的岗位没有")
    async def chain_nodes(
        self,
        info: Info,
        group: GroupName,
        chain: Annotated[
            str | None, strawberry.argument(description="只列这条链；不写或写 * 的列全部")
        ] = None,
        state: Annotated[
            NodeState | None, strawberry.argument(description="只列这种情形的")
        ] = None,
    ) -> list[ChainStanding] | None:
        context = info.context
        of = await context.rows.by("Group", "slug", group)
        if of is None or "groups" not in lists_of(context.viewer):
            return None
        nodes = [
            each
            for each in await group_nodes(of["id"], context)
            if chain in (None, "*", each["chain"])
        ]
        found = await standings(nodes, context)
        return [each for each in found if state in (None, each.state)]

    @resolver("GB/T 4754-2017 的小类，按代码")
    def industry_classes(
        self,
        info: Info,
        text: Annotated[
            str | None, strawberry.argument(description="代码的前几位，或名称，支持拼音和首字母")
        ] = None,
        first: Annotated[int, strawberry.argument(description="最多几个，不超过 100")] = 20,
    ) -> list[IndustryClass]:
        names = class_names()
        found = rules.find_classes((text or "")[:100], max(0, min(first, 100)))
        return [IndustryClass(code=code, name=names[code]) for code in found]
