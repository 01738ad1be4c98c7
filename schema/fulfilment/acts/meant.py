"""Which projects the lines of a list mean: by number, by name, or by both, which then agree."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TypeAlias

from schema.city.rules import RuleBroken, normal_name
from schema.city.rules.life import LOOK_AGAIN
from schema.clauses import any_of
from schema.database.statements import in_chunks
from schema.fulfilment.rules import as_number
from schema.gate.gate import Gate
from schema.gate.many import hindrances
from schema.intake import Fault, ListLine
from schema.query.loaders import in_values
from schema.query.models import KINDS, Record
from schema.query.sql import Read

Meant: TypeAlias = dict[int, tuple[Record | None, list[Fault]]]
"""By the number of a line the project that it means, and why it may not be entered for that."""


async def projects_meant(
    gate: Gate, lines: Sequence[ListLine], act_of: Callable[[ListLine], str], acts: Iterable[str]
) -> Meant:
    """The projects of lines among those that the viewer sees: what is not seen is not found.

    A line has them in its columns `project_no` and `name`. `act_of` says by which of `acts` a line is entered:
    a project on which this may not be done is a fault of the line; of one without an act nothing is asked.
    """
    by_no = await projects_named(gate, lines)
    by_name: dict[str, list[Record]] = {}
    for row in by_no.values():
        by_name.setdefault(row["normal_name"], []).append(row)
    kept = {act: await hindrances(gate, "Project", by_no.values(), act) for act in acts}
    found: Meant = {}
    for line in lines:
        no = as_number(line.values.get("project_no", ""))
        name = normal_name(line.values.get("name", ""))
        hindered = kept.get(act_of(line), {})
        named = by_name.get(name, []) if name else []
        rows = [each for each in named if each["id"] not in hindered] or named
        if no:
            rows = [by_no[no]] if no in by_no else []
        message = fault_of(no, name, rows, hindered)
        fault = [Fault("name" if name and not no else "project_no", message)] if message else []
        found[line.row] = (rows[0] if len(rows) == 1 else None, fault)
    return found


async def projects_named(gate: Gate, lines: Sequence[ListLine]) -> dict[str, Record]:
    """The projects that lines name, of those that the viewer sees, by their numbers."""
    found: dict[str, Record] = {}
    for some in in_chunks([each.values for each in lines]):
        nos = sorted({as_number(each["project_no"]) for each in some if "project_no" in each})
        names = sorted({normal_name(each["name"]) for each in some if "name" in each})
        parts = [in_values(*e) for e in (("no", nos), ("normal_name", names)) if e[1]]
        read = Read(KINDS["Project"], (any_of(parts),))
        found |= {row["no"]: row for row in await gate.context.rows.all(read)}
    return found


def fault_of(no: str, name: str, rows: Sequence[Record], hindered: Mapping[int, RuleBroken]) -> str:
    """What is wrong with the number and the name of a line that may mean these projects, "" for nothing."""
    if not no and not name:
        return "请填项目编号或项目名称"
    if not rows:
        return "没有找到这个项目，请核对编号和名称"
    if len(rows) > 1:
        return "有几个项目是这个名称，请填项目编号"
    if name and rows[0]["normal_name"] != name:
        return f"{no} 是“{rows[0]['name']}”，与名称不符，请核对"
    if rows[0]["id"] in hindered:
        return hindered[rows[0]["id"]].message.removesuffix(LOOK_AGAIN)
    return ""
