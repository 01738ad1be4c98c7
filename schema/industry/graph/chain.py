"""A group's chain: of each node what the city has, what it negotiates, what it lacks."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated

import strawberry

from schema import database
from schema.city.graph import Place
from schema.context import Context
from schema.industry import rules, tables
from schema.industry.rules import Position
from schema.people.graph import Group, Signature, signed
from schema.permissions import visible
from schema.project.graph import StageFigures
from schema.project.rules import IN_PRODUCTION, ON_THE_WAY, Stage
from schema.query.fields import (
    Info,
    Node,
    Parent,
    column,
    computed,
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
from schema.query.sql import Order, Read
from schema.scalars import Money

describe_enum(
    Position,
    "在产业链中的位置",
    UPSTREAM="上游",
    MIDSTREAM="中游",
    DOWNSTREAM="下游",
    SUPPORT="支撑",
)


@strawberry.type(description="GB/T 4754-2017 的一个小类")
class IndustryClass:
    code: str = strawberry.field(description="四位代码")
    name: str = strawberry.field(description="名称")


@node(tables.ChainNode, "产业链的一个环节", key="no")
class ChainNode(Node):
    no: str = column("环节编号")
    group: Group | None = to_one("Group", "产业招商小组")
    chain: str = column("所属产业链")
    position: Position = column("位置")
    name: str = column("环节名称")
    typical: str = column("典型企业")
    source: str = column("依据；没有公布的写明为建议")
    gap: bool = column("是否缺口")
    gap_reason: str = column("为什么是缺口")
    wish: str = column("想引进什么")
    retired_at: datetime | None = column("停用时间")
    revision: int = column("版本")
    updated_at: datetime = column("最近办理时间")

    firms: "list[ChainFirm]" = has_many("ChainFirm", "node_id", "登记过的本地企业，先登记的在前")

    @computed("行业小类（GB/T 4754-2017）", columns=("classes",))
    def classes(row: Parent) -> list[IndustryClass]:
        names = rules.class_names()
        return [IndustryClass(code=code, name=names[code]) for code in row["classes"].split()]


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
    firms: list[ChainFirm] = strawberry.field(description="小组登记在列的本地企业")
    in_city: int = strawberry.field(description="本市已有：投产以后的项目和在列的企业")
    producing: int = strawberry.field(description="投产以后的项目数")
    negotiating: int = strawberry.field(description="在谈、在建的项目数")
    amount: Money = strawberry.field(description="在谈、在建项目的计划总投资（元）")
    stages: list[StageFigures] = strawberry.field(description="各阶段的项目数和金额")
    targets: int = strawberry.field(description="正在跟进的目标企业数（只计您能看到的）")


@strawberry.type(description="一条产业链")
class Chain:
    name: str = strawberry.field(description="名称")
    nodes: list[ChainStanding] = strawberry.field(description="各环节，由上游到下游")


@dataclass
class Counted:
    """The projects of a node by stage: how many, and their amount in fen; and its target companies."""

    stages: dict[Stage, tuple[int, int]] = field(default_factory=dict)
    targets: int = 0

    def add(self, stage: Stage, count: int, amount: int) -> None:
        before = self.stages.get(stage, (0, 0))
        self.stages[stage] = before[0] + count, before[1] + amount

    def among(self, stages: Iterable[Stage]) -> tuple[int, int]:
        """How many projects stand at these stages, and their amount in fen."""
        found = [self.stages[each] for each in stages if each in self.stages]
        return sum(count for count, _ in found), sum(amount for _, amount in found)


async def counted(group: int, nodes: list[Record], context: Context) -> dict[int, Counted]:
    """Of each node what the viewer sees: projects of the group in one of its classes, target companies."""
    found: dict[int, Counted] = defaultdict(Counted)
    by_class: dict[str, list[int]] = defaultdict(list)
    for each in nodes:
        for code in each["classes"].split():
            by_class[code].append(each["id"])
    sql, values = visible("project", "t", context.viewer)
    rows = await database.fetch(
        'SELECT t."industry_code" AS code, t."stage" AS stage, count(*) AS count,'
        ' CAST(sum(t."amount_fen") AS BIGINT) AS fen FROM "project" t'
        f' WHERE t."group_id" = ? AND {sql} GROUP BY 1, 2',
        [group, *values],
    )
    for row in rows:
        for key in by_class.get(row["code"], ()):
            found[key].add(Stage(row["stage"]), row["count"], row["fen"])
    sql, values = visible("target_company", "t", context.viewer)
    lanes = ", ".join(f"'{lane}'" for lane in rules.LANES)
    rows = await database.fetch(
        'SELECT t."node_id" AS node, count(*) AS count FROM "target_company" t'
        f' WHERE t."group_id" = ? AND t."node_id" IS NOT NULL AND t."stage" IN ({lanes})'
        f" AND {sql} GROUP BY 1",
        [group, *values],
    )
    for row in rows:
        found[row["node"]].targets = row["count"]
    return found


async def standing(row: Record, has: Counted, context: Context) -> ChainStanding:
    every = await context.rows.where("ChainFirm", "node_id", row["id"])
    firms = [each for each in every if each["ended_at"] is None]
    producing, _ = has.among(IN_PRODUCTION)
    negotiating, amount = has.among(ON_THE_WAY)
    return ChainStanding(
        node=row_as(ChainNode, row),
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
    )


@strawberry.type
class Query:
    chain_node: ChainNode | None = get_by("ChainNode", "no", "按编号取一个产业链环节", "环节编号")

    @resolver("一个产业招商小组的产业链")
    async def chain(
        self,
        info: Info,
        group: Annotated[str, strawberry.argument(description="小组的短名")],
    ) -> list[Chain]:
        context = info.context
        of = await context.rows.by("Group", "slug", group)
        if of is None:
            return []
        where = ('t."group_id" = ? AND t."retired_at" IS NULL', [of["id"]])
        nodes = await context.rows.all(Read(KINDS["ChainNode"], (where,), Order("no")))
        has = await counted(of["id"], nodes, context)
        order = list(Position)
        chains: dict[str, list[Record]] = defaultdict(list)
        for each in sorted(nodes, key=lambda row: order.index(row["position"])):
            chains[each["chain"]].append(each)
        first = {each["chain"]: each["no"] for each in reversed(nodes)}
        return [
            Chain(name=name, nodes=[await standing(row, has[row["id"]], context) for row in rows])
            for name, rows in sorted(chains.items(), key=lambda item: first[item[0]])
        ]
