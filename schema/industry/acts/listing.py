"""Target companies come into a list: what is checked of them before, one or thousands, and how they are written."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from schema import database
from schema.city.rules import RuleBroken, normal_name, search_key
from schema.database.statements import in_chunks, marks
from schema.gate.gate import Gate
from schema.gate.numbering import next_nos
from schema.industry import rules, tables
from schema.industry.rules import TargetStage
from schema.query.models import Record

NO_CONTACT: dict[str, Any] = {
    **dict.fromkeys(("next_on", "next_due_at", "next_set_at", "first_agreed_on")),
    "next_step": "",
    "put_off": 0,
}
"""The columns of the next contact of a company for which none is planned."""
AT_ONCE = 200
"""How many companies one statement compares."""


async def check_named(
    gate: Gate,
    named: dict[str, Record | None],
    group: int,
    target: tables.TargetCompany | None = None,
) -> None:
    """A company points at a node of its group, at a region that is used, and at somebody of the group's
    office; what it pointed at before may stay. What is wrong is kept at its field.
    """
    for fault in named_faults(named, group, target):
        gate.refuse(fault)
    await check_owner(gate, named["owner"], group)


def named_faults(
    named: Mapping[str, Record | None], group: int, target: tables.TargetCompany | None = None
) -> Iterator[RuleBroken]:
    """What is wrong with the node and the region that a company of a group points at."""
    node, region = named["node"], named["region"]
    if node is not None and (target is None or node["id"] != target.node_id):
        if node["group_id"] != group:
            yield RuleBroken(f"“{node['name']}”是其他小组的环节，请选本小组的", "node")
        elif node["retired_at"] is not None:
            yield RuleBroken(f"环节“{node['name']}”已停用，请另选", "node")
    kept = target is not None and region is not None and region["id"] == target.region_id
    if region is not None and region["retired"] and not kept:
        yield RuleBroken(f"目标区域“{region['name']}”已停用，请另选", "region")


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
    found = await already_listed([Named(group, uscc, normal)], own.id if own else 0)
    if found:
        raise listed_fault(next(iter(found.values())))


class Named(NamedTuple):
    """A company as a group may have it: the group's id, the credit code or "", the normalised name."""

    group: int
    uscc: str
    normal: str


async def already_listed(companies: Sequence[Named], own: int = 0) -> dict[int, Mapping[str, Any]]:
    """Of companies those that their groups have listed, by their place in the sequence: number and stage.

    One that was dropped comes behind one that is gone after; what a list brought in that was taken back
    was never listed. `own` is left out.
    """
    found: dict[int, Mapping[str, Any]] = {}
    for part in in_chunks(enumerate(companies), AT_ONCE):
        codes = sorted({each.uscc for _, each in part} - {""})
        names = sorted({each.normal for _, each in part})
        either = f'o."normal_name" IN ({marks(names)})'
        if codes:
            either = f'({either} OR o."uscc" IN ({marks(codes)}))'
        groups = sorted({each.group for _, each in part})
        rows = await database.fetch(
            'SELECT o."id", o."no", o."stage", o."group_id", o."uscc", o."normal_name"'
            f' FROM "target_company" o WHERE o."group_id" IN ({marks(groups)}) AND {either}'
            ' AND o."undone_at" IS NULL AND o."id" <> ?'
            ' ORDER BY CASE WHEN o."stage" = \'DROPPED\' THEN 1 ELSE 0 END, o."id"',
            [*groups, *names, *codes, own],
        )
        for at, each in part:
            for row in rows:
                other = (row["uscc"], row["normal_name"])
                if row["group_id"] == each.group and rules.is_same_company(
                    each.uscc, each.normal, *other
                ):
                    found.setdefault(at, row)
    return found


def listed_fault(row: Mapping[str, Any]) -> RuleBroken:
    """Why a company that a group has already is not listed once more."""
    if row["stage"] == TargetStage.DROPPED:
        message = f"本小组跟进过这家企业（{row['no']}），请在它的页面上办“恢复跟进”，历次接触都在"
        return RuleBroken(message, "name", "DUPLICATE")
    return RuleBroken(f"本小组已列入这家企业（{row['no']}）", "name", "DUPLICATE")


async def list_companies(gate: Gate, companies: Sequence[Mapping[str, Any]]) -> list[int]:
    """Write companies into the lists of their groups, each at its beginning; their ids, in their order.

    Each has `group_id`, `name`, `uscc`, `why`, the ids that it points at, and the columns of `planned`.
    They were checked, and the act holds TARGETS alone.
    """
    offices = {
        row["id"]: row["office_id"]
        for row in await database.fetch('SELECT "id", "office_id" FROM "industry_group"', [])
    }
    nos = await next_nos(gate, "TargetCompany", len(companies))
    return await gate.insert_many(
        tables.TargetCompany,
        [
            {
                **each,
                "no": no,
                "unit_id": offices[each["group_id"]],
                "normal_name": normal_name(each["name"]),
                "search": f"{no} {search_key(each['name'])}",
                "stage": TargetStage.LONG_LIST,
                "stage_at": gate.now,
                "added_by_id": gate.viewer.person,
                "added_post_id": gate.post.id,
                "added_at": gate.now,
                "updated_at": gate.now,
            }
            for no, each in zip(nos, companies, strict=True)
        ],
    )


async def unlist_companies(gate: Gate, why: str, companies: Sequence[Any]) -> None:
    """They were never listed: they stand as dropped for it, and their groups may list them again."""
    after = {"stage": TargetStage.DROPPED, "stage_at": gate.now, "dropped_for": why[:300]}
    after |= {"undone_at": gate.now, "updated_at": gate.now} | NO_CONTACT
    await gate.update_many(
        tables.TargetCompany,
        {
            each.id: {name: (getattr(each, name), value) for name, value in after.items()}
            | {"revision": (each.revision, each.revision + 1)}
            for each in companies
        },
    )


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
