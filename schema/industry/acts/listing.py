"""What is checked of a target company before it stands in a list: where it points, and that it stands once."""

from typing import Any

from schema import database
from schema.city.rules import RuleBroken, normal_name, search_key
from schema.gate.gate import Gate
from schema.industry import tables
from schema.industry.graph.targets import SAME
from schema.query.models import Record


async def check_named(
    gate: Gate,
    named: dict[str, Record | None],
    group: int,
    target: tables.TargetCompany | None = None,
) -> None:
    """A company points at a node of its group, at a region that is used, and at somebody of the group's
    office; what it pointed at before may stay. What is wrong is kept at its field.
    """
    node, region = named["node"], named["region"]
    if node is not None and (target is None or node["id"] != target.node_id):
        if node["group_id"] != group:
            gate.refuse(RuleBroken(f"“{node['name']}”是其他小组的环节，请选本小组的", "node"))
        elif node["retired_at"] is not None:
            gate.refuse(RuleBroken(f"环节“{node['name']}”已停用，请另选", "node"))
    kept = target is not None and region is not None and region["id"] == target.region_id
    if region is not None and region["retired"] and not kept:
        gate.refuse(RuleBroken(f"目标区域“{region['name']}”已停用，请另选", "region"))
    await check_owner(gate, named["owner"], group)


async def check_owner(gate: Gate, owner: Record | None, group: int) -> None:
    """Whoever follows a company up holds a post in the group's office today; kept at `owner`."""
    if owner is None:
        return
    held = await database.fetch(
        'SELECT 1 AS "one" FROM "appointment" a JOIN "industry_group" g'
        ' ON g."office_id" = a."organization_id" WHERE g."id" = ? AND a."person_id" = ?'
        ' AND a."starts_on" <= ? AND (a."ends_on" IS NULL OR a."ends_on" >= ?) LIMIT 1',
        [group, owner["id"], gate.today, gate.today],
    )
    if not held:
        gate.refuse(RuleBroken(f"{owner['name']}今天不在小组办公室任职", "owner"))


async def check_not_listed(
    uscc: str, normal: str, group: int, own: tables.TargetCompany | None = None
) -> None:
    """A group lists a company once, however far it has come with it. Raises `RuleBroken` at `name`."""
    found = await database.fetch(
        f'SELECT o."no", o."stage" FROM "target_company" o WHERE o."group_id" = ?'
        f' AND {SAME.format("?", "?")} AND o."id" <> ?'
        ' ORDER BY CASE WHEN o."stage" = \'DROPPED\' THEN 1 ELSE 0 END, o."id"',
        [group, uscc, uscc, normal, own.id if own else 0],
    )
    if found and found[0]["stage"] == "DROPPED":
        raise RuleBroken(
            f"本小组跟进过这家企业（{found[0]['no']}），请在它的页面上办“恢复跟进”，历次接触都在",
            "name",
            "DUPLICATE",
        )
    if found:
        raise RuleBroken(f"本小组已列入这家企业（{found[0]['no']}）", "name", "DUPLICATE")


def called_by(target: tables.TargetCompany, name: str, uscc: str) -> dict[str, Any]:
    """The columns that change where a company gets this name and credit code; none where it has them."""
    if (name, uscc) == (target.name, target.uscc):
        return {}
    return {
        "name": name,
        "normal_name": normal_name(name),
        "search": f"{target.no} {search_key(name)}",
        "uscc": uscc,
    }
