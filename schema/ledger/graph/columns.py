"""The columns of a batch as they are read, and the units that are asked."""

from collections.abc import Mapping
from typing import Any

import strawberry

from schema.ledger.rules.answers import UNITS
from schema.ledger.rules.checks import MEASURES
from schema.ledger.rules.columns import PROJECTS, Catalogue
from schema.ledger.rules.units import UnitFrom, is_foreign


@strawberry.type(description="表中的一列：读作哪个栏目，用什么单位")
class LedgerColumn:
    letter: str = strawberry.field(description="列，如 F")
    title: str = strawberry.field(description="表头")
    field: str | None = strawberry.field(description="读作的栏目；没有认出或不导入的没有")
    label: str = strawberry.field(description="栏目的名称")
    assigned: str | None = strawberry.field(description="指定的栏目，- 为不导入；按表头认的没有")
    unit: str = strawberry.field(description="单位；没有写明、不能确定的为空")
    unit_asked: bool = strawberry.field(description="单位不能确定，或不是人民币，须选择")
    unit_chosen: str | None = strawberry.field(description="为这一列选定的单位")
    units: list[str] = strawberry.field(description="可选的单位；不是金额、面积的没有")


@strawberry.type(description="表中没有写明的单位，各列一并选择")
class LedgerUnitQuestion:
    name: str = strawberry.field(description="金额或面积")
    titles: list[str] = strawberry.field(description="没有写明单位的各列")
    chosen: str | None = strawberry.field(description="已选定的")
    units: list[str] = strawberry.field(description="可选的单位")


def columns_of(notes: Mapping[str, Any], catalogue: Catalogue = PROJECTS) -> list[LedgerColumn]:
    """The columns of a batch as they are read, from its notes; of an old one those that were not known."""
    assigned, units = notes.get("assigned", {}), notes.get("units", {})
    unknown = [
        {"letter": letter, "title": title, "field": "", "measure": "", "unit": "", "unit_from": ""}
        for letter, title in notes["unknown"]
    ]
    return [
        LedgerColumn(
            letter=each["letter"],
            title=each["title"],
            field=each["field"] or None,
            label=catalogue.fields[each["field"]].label if each["field"] else "",
            assigned=assigned.get(each["letter"]),
            unit=each["unit"],
            unit_asked=each["unit_from"] == UnitFrom.UNCLEAR or is_foreign(each["unit"]),
            unit_chosen=units.get(each["letter"]),
            units=list(UNITS.get(each["measure"], ())),
        )
        for each in notes.get("headings", unknown)
    ]


def unit_questions_of(notes: Mapping[str, Any]) -> list[LedgerUnitQuestion]:
    """What is asked, or was answered, of the units that no heading and no caption gives."""
    units, headings = notes.get("units", {}), notes.get("headings", [])
    found = []
    for measure, name in MEASURES.items():
        titles = [
            each["title"]
            for each in headings
            if each["measure"] == measure
            and each["letter"] not in units
            and each["unit_from"] in (UnitFrom.ABSENT, UnitFrom.CHOSEN)
        ]
        if titles:
            chosen, offered = units.get(measure), list(UNITS[measure])
            question = LedgerUnitQuestion(name=name, titles=titles, chosen=chosen, units=offered)
            found.append(question)
    return found
