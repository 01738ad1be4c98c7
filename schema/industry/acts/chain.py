"""Article 2: the nodes of a group's chain, and the firms that the city has of each."""

from collections.abc import Mapping
from typing import Any

import strawberry

from schema.city.rules import RuleBroken, normal_name
from schema.gate.act import act
from schema.gate.gate import Gate
from schema.gate.inputs import edit_field, edited, input_field
from schema.gate.payloads import Payload, row_as
from schema.industry import rules, tables
from schema.industry.graph import ChainFirm, ChainNode
from schema.industry.rules import Position
from schema.query.models import Record

CHAINS = "chains"
"""What whoever writes a node holds alone: that a chain has each once is asked of all of them."""


@strawberry.input(description="登记或修改产业链的一个环节")
class ChainNodeSetInput:
    node: strawberry.ID | None = input_field("要修改的环节；新登记的不填", None)
    revision: int | None = input_field("环节的版本；修改时必填", None)
    group: strawberry.ID | None = input_field(
        "小组（短名）；新登记时填，只在一个小组的不必填", None
    )
    chain: str = input_field("所属产业链", limit=60)
    position: Position = input_field("位置")
    name: str = input_field("环节名称", limit=80)
    classes: str = input_field("行业小类；GB/T 4754-2017 的四位代码，几个用顿号隔开", limit=80)
    typical: str | None = edit_field("典型企业", 200)
    source: str | None = edit_field("依据", 300)
    gap: bool | None = edit_field("是缺口")
    gap_reason: str | None = edit_field("为什么是缺口", 500)
    wish: str | None = edit_field("想引进什么", 500)
    retired: bool | None = edit_field("停用这个环节")


@strawberry.input(description="把一家本地企业计入环节")
class ChainFirmAddInput:
    node: strawberry.ID = input_field("环节")
    name: str = input_field("企业名称", limit=120)
    place: strawberry.ID | None = input_field("所在地", None)
    source: str = input_field("信息来源；例如“高新区 2024 年统计公报”", limit=300)


@strawberry.input(description="把一家企业移出环节")
class ChainFirmEndInput:
    firm: strawberry.ID = input_field("企业")
    reason: str = input_field("移出原因", limit=300)


@strawberry.type(description="产业链办理结果")
class ChainPayload(Payload):
    node: ChainNode | None = strawberry.field(default=None, description="环节")
    firm: ChainFirm | None = strawberry.field(default=None, description="企业")


@strawberry.type
class Mutation:
    @act("登记或修改产业链环节")
    async def chain_node_set(gate: Gate, input: ChainNodeSetInput) -> ChainPayload:
        """A node is changed in what is given; one that is a gap no longer loses its reason and its wish."""
        classes = gate.check(rules.read_classes, input.classes)
        known = await gate.try_find("ChainNode", input.node, "node")
        values = described(input, known)
        gate.check_all(rules.gap_faults, values["gap"], values["gap_reason"], values["wish"])
        if input.node is None:
            gate.unneeded(input, "revision", "retired")
            group = await named_group(gate, input.group)
            await gate.alone(CHAINS)
            await check_node_once(input, group)
            number = await gate.number(f"chain-{group}")
            node = await gate.create(
                tables.ChainNode,
                no=f"G{group}-{number:02}",
                group_id=group,
                classes=gate.require(classes),
                updated_at=gate.now,
                **values,
            )
            return ChainPayload(node=row_as(ChainNode, node))
        gate.unneeded(input, "group")
        if input.revision is None:
            gate.refuse(RuleBroken("请写明所改环节的版本", "revision", "INVALID"))
        await gate.alone(CHAINS)
        node = await gate.load("ChainNode", input.node, input.revision, field="node")
        retired = edited(input.retired, node.retired_at is not None)
        if not retired:
            await check_node_once(input, node.group_id, node.id)
        retired_at = (node.retired_at or gate.now) if retired else None
        await gate.change(node, classes=gate.require(classes), retired_at=retired_at, **values)
        return ChainPayload(node=row_as(ChainNode, node))

    @act("把本地企业计入产业链环节")
    async def chain_firm_add(gate: Gate, input: ChainFirmAddInput) -> ChainPayload:
        place = await gate.try_find("Place", input.place, "place")
        node = await gate.load("ChainNode", input.node, field="node")
        if node.retired_at is not None:
            raise RuleBroken(f"环节“{node.name}”已停用，不再计入企业", "node")
        there = tables.ChainFirm.filter(node_id=node.id, ended_at=None).order_by("id")
        rules.check_new_firm(input.name, [each.name for each in await there])
        firm = await gate.create(
            tables.ChainFirm,
            node_id=node.id,
            name=input.name,
            place_id=place["id"] if place else None,
            source=input.source,
            added_by_id=gate.viewer.person,
            added_at=gate.now,
        )
        return ChainPayload(node=row_as(ChainNode, node), firm=row_as(ChainFirm, firm))

    @act("把企业移出产业链环节")
    async def chain_firm_end(gate: Gate, input: ChainFirmEndInput) -> ChainPayload:
        row = gate.require(await gate.try_find("ChainFirm", input.firm, "firm"))
        node = await gate.take("ChainNode", row["node_id"])
        (firm,) = await gate.hold("ChainFirm", [row["id"]])
        if firm.ended_at is not None:
            raise RuleBroken("这家企业已经移出", "firm")
        await gate.change(firm, ended_at=gate.now, ended_for=input.reason)
        return ChainPayload(node=row_as(ChainNode, node), firm=row_as(ChainFirm, firm))


def described(input: Any, known: Record | None) -> dict[str, Any]:
    """The columns of a node as the input leaves them: `known` is the row that it changes, if one."""
    row: Mapping[str, Any] = known if known is not None else {}
    gap = edited(input.gap, row.get("gap", False), False)
    of_gap = {name: row.get(name, "") if gap else "" for name in ("gap_reason", "wish")}
    before = of_gap | {name: row.get(name, "") for name in ("typical", "source")}
    texts = {name: edited(getattr(input, name), each, "") for name, each in before.items()}
    return {
        "chain": input.chain,
        "position": input.position,
        "name": input.name,
        "gap": gap,
    } | texts


async def check_node_once(input: ChainNodeSetInput, group: int, own: int | None = None) -> None:
    """A chain of a group has a node once, however its name is written. Raises `RuleBroken` at `name`."""
    there = await tables.ChainNode.filter(group_id=group, retired_at=None).order_by("id")
    called = normal_name(input.chain), normal_name(input.name)
    for each in there:
        if each.id != own and (normal_name(each.chain), normal_name(each.name)) == called:
            raise RuleBroken(
                f"“{each.chain}”已有环节“{each.name}”（{each.no}）", "name", "DUPLICATE"
            )


async def named_group(gate: Gate, reference: str | None) -> int:
    """The id of the group that an act is done for: the one that is named, or that of the post."""
    found = await gate.try_find("Group", reference, "group")
    if found is not None:
        gate.prefer("group", found["id"])
        if gate.post.group not in (None, found["id"]):
            gate.refuse(RuleBroken("只能以本小组的名义办理", "group", "NOT_ALLOWED"))
    elif not reference:
        gate.speak_as("group", None, "group")
        if gate.post.group is None and not gate.errors:
            gate.refuse(RuleBroken("请选择产业招商小组", "group", "INVALID"))
    gate.stop_if_wrong()
    group = found["id"] if found else gate.post.group
    assert group is not None
    return group
