"""Article 3: when to claim, dispute, transfer and merge."""

from datetime import date, timedelta

from schema.city.rules import RuleBroken
from schema.city.rules.rulebook import Number
from schema.project.rules import ENDS, Stage

VALIDITY = Number(
    "first_contact.validity", "首谈的有效期", "第三条", unit="日", most=3650, zero="不限"
)


def check_claim(contact_on: date, today: date, validity_days: int) -> None:
    """Check that a contact has taken place and has not lapsed. Raises `RuleBroken` at `contactOn`.

    `validity_days` is the parameter VALIDITY; 0 is no limit.
    """
    if contact_on > today:
        raise RuleBroken(f"首谈时间不能晚于今天（{today}），请填实际见面或通话的日期", "contactOn")
    if validity_days and contact_on < today - timedelta(days=validity_days):
        raise RuleBroken(
            f"首谈已超过 {validity_days} 天有效期，请填有效期内最近一次洽谈的日期并附佐证",
            "contactOn",
        )


def check_dispute(place: int, first_contact_place: int | None) -> None:
    """The first-contact place cannot dispute itself. Raises `RuleBroken` at `project`."""
    if place == first_contact_place:
        raise RuleBroken("首谈地已认定为本地，不需要提出异议", "project")


def check_transfer(from_place: int, to_place: int) -> None:
    """A transfer leads away from where the project is. Raises `RuleBroken` at `landingPlace`."""
    if to_place == from_place:
        raise RuleBroken(
            "流转地就是首谈地，不需要流转；请选另一个县（区）、高新区或临空经济区", "landingPlace"
        )


def check_verdict(first_contact_place: object) -> None:
    """Whoever accepts a report names its first-contact place. Raises `RuleBroken`."""
    if not first_contact_place:
        raise RuleBroken("请明确首谈地", "firstContactPlace", "INVALID")


def check_merge(project: int, into: int, into_stage: Stage) -> None:
    """A report is merged into another project that has not ended. Raises `RuleBroken` at `into`."""
    if into == project:
        raise RuleBroken("不能并入自己，请选另一个项目", "into")
    if into_stage in ENDS:
        raise RuleBroken(f"选定的项目已是“{into_stage.word}”，不能并入；请选在办的项目", "into")
