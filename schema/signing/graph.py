"""Article 5 as it can be read: the agreements of a project."""

from datetime import date, datetime

import strawberry

from schema.entries.graph import Entry
from schema.evidence.graph import Attachment, evidence_of
from schema.people.graph import Signature, signed
from schema.project.graph import Migration, Project
from schema.query.fields import (
    Connection,
    Node,
    column,
    connection,
    describe_enum,
    has_many,
    node,
    to_one,
)
from schema.query.filters import filter_for, in_list
from schema.query.sql import Order
from schema.scalars import Money
from schema.signing import tables
from schema.signing.rules import AgreementKind

describe_enum(
    AgreementKind,
    "协议类型",
    INTENT="意向书",
    FRAMEWORK="框架协议",
    FORMAL="正式合同",
    SUPPLEMENTARY="补充协议",
)


@node(tables.Agreement, "投资协议")
class Agreement(Node):
    project: Project | None = to_one("Project", "项目")
    kind: AgreementKind = column("协议类型；只有正式合同和补充协议计入签约资金")
    title: str = column("协议名称")
    amount: Money = column("协议金额（元）；补充协议为增资部分", of="amount_fen")
    signed_on: date = column("签约日期")
    start_by: date | None = column("约定开工日期")
    complete_by: date | None = column("约定竣工日期")
    operate_by: date | None = column("约定投产日期")
    entry: Entry | None = to_one("Entry", "计入台账的一笔")
    recorded_at: datetime = column("登记时间")
    recorded_as: Signature | None = signed(
        "登记人署名", "agreementSign", "recorded_by_id", "recorded_at"
    )
    migration: Migration | None = to_one("Migration", "迁入决定；在系统中登记的没有")

    evidence: list[Attachment] = evidence_of("Agreement", "协议文本")


@strawberry.type(description="谈判签约")
class Signing:
    agreements: list[Agreement] = has_many("Agreement", "project_id", "协议")


@filter_for("Agreement", "协议的筛选")
class AgreementFilter:
    kind: list[AgreementKind] | None = in_list("协议类型", "kind")


@strawberry.type
class Query:
    agreements: Connection[Agreement] = connection(
        "Agreement", "协议", filter=AgreementFilter, default=Order("signed_on", descending=True)
    )
