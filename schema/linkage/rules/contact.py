"""Article 3: who met the investor first; when to claim, dispute, transfer and merge."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from schema.city.rules import RuleBroken
from schema.project.rules import ENDS, Stage


@dataclass(frozen=True)
class Contact:
    """A place's claim: the day it met the investor, the moment it claimed, its number of files."""

    place: int
    contact_on: date
    claimed_at: datetime
    evidence: int = 0


def earliest(claims: Iterable[Contact]) -> Contact | None:
    """The strongest claim: with evidence first, then by the earliest contact, then claim.

    A suggestion only; the office decides, with a reason.
    """
    return min(
        claims,
        key=lambda claim: (not claim.evidence, claim.contact_on, claim.claimed_at),
        default=None,
    )


def check_claim(contact_on: date, today: date, validity_days: int | None = None) -> None:
    """Check that a contact has taken place and has not lapsed. Raises `RuleBroken` at `contactOn`.

    `validity_days` is the parameter `first_contact.validity`; the policy sets none, and None means
    no limit.
    """
    if contact_on > today:
        raise RuleBroken(f"首谈时间不能晚于今天（{today}），请填实际见面或通话的日期", "contactOn")
    if validity_days is not None and contact_on < today - timedelta(days=validity_days):
        raise RuleBroken(
            f"首谈已超过 {validity_days} 天有效期，请填有效期内最近一次洽谈的日期并附佐证",
            "contactOn",
        )


def check_dispute(place: int, first_contact_place: int | None) -> None:
    """The first-contact place cannot dispute itself. Raises `RuleBroken` at `place`."""
    if place == first_contact_place:
        raise RuleBroken("首谈地已认定为本地，不需要提出异议", "place")


def check_transfer(first_contact_place: int | None, landing_place: int) -> None:
    """Check that a transfer leads away from the first-contact place and that no other one is open.

    Raises `RuleBroken`. Places by id; the first-contact place is None before the judgement.
    """
    if first_contact_place is None:
        raise RuleBroken("首谈地还没有认定，请先完成研判再流转")
    if landing_place == first_contact_place:
        raise RuleBroken(
            "流转地就是首谈地，不需要流转；请选另一个县（区）、高新区或临空经济区", "landingPlace"
        )


def check_verdict(first_contact_place: object) -> None:
    """Whoever accepts a report names its first-contact place. Raises `RuleBroken`."""
    if not first_contact_place:
        raise RuleBroken("请明确首谈地", "firstContactPlace", "INVALID")


def check_merge(into_stage: Stage, same: bool) -> None:
    """A report is merged into another project that has not ended. Raises `RuleBroken` at `into`."""
    if same:
        raise RuleBroken("不能并入自己，请选另一个项目", "into")
    if into_stage in ENDS:
        raise RuleBroken(f"选定的项目已是“{into_stage.word}”，不能并入；请选在办的项目", "into")
