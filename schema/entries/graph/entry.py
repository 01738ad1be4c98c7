"""An entry: one figure of a project."""

from datetime import date, datetime
from typing import Annotated

import strawberry

from schema.entries import tables
from schema.entries.rules import Indicator, SourceOfCapital
from schema.evidence.graph import Attachment, evidence_of
from schema.people.graph import Organization, Person
from schema.project.graph import Project
from schema.query.fields import Node, column, describe_enum, get_by, is_referenced, node, to_one
from schema.scalars import Money

describe_enum(Indicator, "指标", SIGNED_FUNDS="签约资金", PAID_IN_FUNDS="到位资金", TAX="税收")

describe_enum(
    SourceOfCapital,
    "资金来源",
    OUT_OF_PROVINCE="省外",
    OUT_OF_CITY="省内市外",
    IN_CITY="本市",
    FOREIGN="境外",
)


@node(tables.Entry, "台账中的一笔：签约、到位或税收", key="no")
class Entry(Node):
    no: str = column("编号")
    project: Project | None = to_one("Project", "项目")
    indicator: Indicator = column("指标")
    amount: Money = column("金额（元），冲销为负", of="amount_fen")
    occurred_on: date = column("发生日期")
    source_of_capital: SourceOfCapital | None = column("资金来源")
    evidence_note: str | None = column("凭证说明")
    confirmed_by: Organization | None = to_one("Organization", "确认单位")
    reverses: Annotated["Entry", strawberry.lazy("schema.entries.graph")] | None = to_one(
        "Entry", "所冲销的一笔"
    )
    reason: str | None = column("冲销原因")
    recorded_by: Person | None = to_one("Person", "登记人")
    recorded_at: datetime = column("登记时间")

    evidence: list[Attachment] = evidence_of("Entry", "佐证材料")
    reversed: bool = is_referenced("Entry", "reverses_id", "已被冲销")


@strawberry.type
class Query:
    entry: Entry | None = get_by("Entry", "no", "按编号取台账中的一笔", "编号")
