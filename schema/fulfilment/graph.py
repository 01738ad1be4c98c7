"""Article 6 as it can be read: paid-in funds, tax, milestones."""

from datetime import date, datetime

import strawberry

from schema.fulfilment import tables
from schema.people.graph import Person
from schema.project.graph import Migration
from schema.project.rules import LIFE, Stage
from schema.query.fields import Node, Parent, column, computed, has_many, node, to_one
from schema.scalars import Money


@node(tables.Milestone, "项目进度")
class Milestone(Node):
    stage: Stage = column("到达的阶段")
    reached_on: date = column("到达日期")
    note: str | None = column("说明")
    recorded_by: Person | None = to_one("Person", "登记人；按迁入决定的没有")
    recorded_at: datetime = column("登记时间")
    migration: Migration | None = to_one("Migration", "迁入决定；在系统中登记的没有")


@strawberry.type(description="履约")
class Fulfilment:
    milestones: list[Milestone] = has_many("Milestone", "project_id", "进度")

    @computed("累计到位资金（元）；不对外", columns=("paid_in_fen",))
    def paid_in_funds(row: Parent) -> Money | None:
        return None if row["paid_in_fen"] is None else Money(row["paid_in_fen"])

    @computed("下一步", columns=("stage",))
    def next_stage(row: Parent) -> Stage | None:
        return LIFE["milestoneReach"].get(row["stage"])

    @computed("累计税收（元）；不对外", columns=("tax_fen",))
    def tax(row: Parent) -> Money | None:
        return None if row["tax_fen"] is None else Money(row["tax_fen"])

    @computed("资金到位率（百分）：累计到位 ÷ 累计签约", columns=("paid_in_fen", "signed_fen"))
    def paid_in_rate(row: Parent) -> int | None:
        paid, signed = row["paid_in_fen"], row["signed_fen"]
        return (paid * 200 + signed) // (2 * signed) if signed and paid is not None else None
