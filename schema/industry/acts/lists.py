"""Article 2: the list of target companies that a group has as a file."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from schema import database
from schema.city.rules import normal_name
from schema.gate.gate import Gate
from schema.industry import rules, tables
from schema.industry.acts.listing import (
    Named,
    already_listed,
    list_companies,
    listed_fault,
    named_faults,
    unlist_companies,
)
from schema.industry.acts.targets import TARGETS, days, planned
from schema.industry.graph.targets import leads_of_each
from schema.intake import Bringing, Fault, ListKind, ListLine, as_column, columns_in, declare_list

FOLLOWERS = (
    'SELECT DISTINCT p."id", p."name", g."id" AS "group" FROM "appointment" a JOIN "person" p'
    ' ON p."id" = a."person_id" JOIN "industry_group" g ON g."office_id" = a."organization_id"'
    ' WHERE a."starts_on" <= ? AND (a."ends_on" IS NULL OR a."ends_on" >= ?)'
)
"""Who holds a post in a group's office today: they may follow a company up."""


@dataclass(frozen=True)
class Known:
    """What lines may point at, by the words that they use. `own` is the group whose office lists, 0 for a
    unit that lists for all.
    """

    own: int
    groups: Mapping[str, int]
    places: Mapping[str, int]
    regions: Mapping[str, Mapping[str, Any]]
    nodes: Mapping[tuple[int, str], Mapping[str, Any]]
    people: Mapping[tuple[int, str], list[int]]
    gate: Gate

    def read(self, line: ListLine) -> tuple[dict[str, Any], list[Fault]]:
        """The columns of the company of a line, and what is wrong with it."""
        given, faults = line.values, list[Fault]()
        next_on, step = line.day("next_on"), given.get("next_step", "")
        group = self.groups.get(given.get("group", ""), self.own)
        if not group:
            faults.append(Fault("group", "请写明产业招商小组"))
        elif self.own not in (0, group):
            faults.append(Fault("group", "只能列入本小组的名单"))
        node = self.nodes.get((group, normal_name(given.get("node", ""))))
        region = self.regions.get(given.get("region", ""))
        owners = self.people.get((group, given.get("owner", "")), [])
        owner = owners[0] if len(owners) == 1 else None
        for name, found, message in (
            ("node", node, "本小组没有这个环节，请写环节的名称或编号"),
            ("region", region, f"没有这个目标区域，请填其中一个：{'、'.join(self.regions)}"),
            ("owner", owner, "小组办公室今天没有这个人任职，或有几位同名"),
        ):
            if group and name in given and found is None:
                faults.append(Fault(name, message))
        pointed = named_faults({"node": node, "region": region}, group)  # type: ignore[dict-item]
        dated = rules.next_faults(next_on, step, *days(self.gate))
        wrong = [*rules.name_faults(given["name"]), *pointed, *dated]
        faults += [Fault(as_column(each.field), each.message) for each in wrong]
        return {
            "group_id": group,
            "name": given["name"],
            "uscc": given.get("uscc", ""),
            "why": given.get("why", ""),
            "node_id": node and node["id"],
            "region_id": region and region["id"],
            "place_id": self.places.get(given.get("place", "")),
            "owner_id": owner,
            **planned(self.gate, next_on, step),
        }, faults


async def read_known(gate: Gate, unit: int) -> Known:
    """What the lines of a unit's list may point at today."""
    await gate.context.load_rules()
    groups = await database.fetch('SELECT "id", "slug", "office_id" FROM "industry_group"', [])
    places = await database.fetch('SELECT "id", "slug" FROM "place"', [])
    regions = await database.fetch('SELECT * FROM "target_region" ORDER BY "position", "id"', [])
    nodes = await database.fetch(
        'SELECT * FROM "chain_node" ORDER BY "retired_at" IS NULL, "id" DESC', []
    )
    people: dict[tuple[int, str], list[int]] = {}
    for each in await database.fetch(FOLLOWERS, [gate.today, gate.today]):
        people.setdefault((each["group"], each["name"]), []).append(each["id"])
    return Known(
        next((each["id"] for each in groups if each["office_id"] == unit), 0),
        {each["slug"]: each["id"] for each in groups},
        {each["slug"]: each["id"] for each in places},
        {each["name"]: each for each in regions},
        {(e["group_id"], normal_name(e[by])): e for by in ("name", "no") for e in nodes},
        people,
        gate,
    )


async def check_lines(
    gate: Gate, unit: int, lines: Sequence[ListLine]
) -> Mapping[int, list[Fault]]:
    """The faults of lines: what it points at, then whether its company stands already, in this
    file, in the group's list, or as the investor of a report.
    """
    known, faults = await read_known(gate, unit), dict[int, list[Fault]]()
    right: list[tuple[int, Named]] = []
    for line in lines:
        company, wrong = known.read(line)
        named = Named(company["group_id"], company["uscc"], normal_name(company["name"]))
        if wrong:
            faults[line.row] = wrong
        else:
            right.append((line.row, named))
    repeated = rules.repeated([named for _, named in right])
    listed = await already_listed([named for _, named in right])
    leads = await leads_of_each([(each.uscc, each.normal) for _, each in right], gate.context)
    for at, (row, _) in enumerate(right):
        if at in repeated:
            first = right[repeated[at]][0]
            faults[row] = [Fault("name", f"与第 {first} 行是同一家企业，请删去一行")]
        elif at in listed:
            message = listed_fault(listed[at]).message
            faults[row] = [Fault("name", message, True, subject=listed[at]["id"])]
        elif leads[at]:
            message = f"这家企业已报送项目 {leads[at][0]['no']}，确要列入的可选择一并导入"
            faults[row] = [Fault("name", message, True, asked=True)]
    return faults


async def write_lines(gate: Gate, unit: int, lines: Sequence[ListLine]) -> list[int]:
    known = await read_known(gate, unit)
    return await list_companies(gate, [known.read(each)[0] for each in lines])


async def choices() -> Mapping[str, Sequence[str]]:
    regions = await tables.TargetRegion.filter(retired=False).order_by("position", "id")
    return {"region": [each.name for each in regions]}


declare_list(
    ListKind("targets", "目标企业名单", "企业", "targetCompanyAdd", "TargetCompany", "/targets"),
    columns_in("schema.industry.rules", "target_list.csv"),
    Bringing(check_lines, write_lines, unlist_companies, TARGETS, choices, asks=True),
)
