"""Article 3: who met the investor first; when to claim, dispute, transfer and merge."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from schema.city.rules import RuleBroken
from schema.project.rules import ENDS, Stage


@dataclass(frozen=True)
class Contact:
    """A place's claim: when it met the investor, when it said so, with how many files."""

    place: int
    contact_on: date
    claimed_at: datetime
    evidence: int = 0


def earliest(claims: Iterable[Contact]) -> Contact | None:
    """The claim that speaks strongest: with evidence, then the earliest contact, then claim.

    A suggestion only; the office decides, with a reason.
    """
    return min(
        claims,
        key=lambda claim: (not claim.evidence, claim.contact_on, claim.claimed_at),
        default=None,
    )


def check_claim(contact_on: date, today: date, validity_days: int | None = None) -> None:
    """A contact has taken place, and its right has not lapsed. Raises `RuleBroken`.

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
    """The place that has the first contact has nothing to dispute. Raises `RuleBroken`."""
    if place == first_contact_place:
        raise RuleBroken("首谈地已认定为本地，不需要提出异议", "place")


def check_transfer(
    first_contact_place: int | None, landing_place: int, open_transfer: bool = False
) -> None:
    """A transfer leads away from the first-contact place, one at a time. Or `RuleBroken`."""
    if first_contact_place is None:
        raise RuleBroken("首谈地还没有认定，请先完成研判再流转")
    if open_transfer:
        raise RuleBroken("这个项目已有一件流转在办，请先办结再申请新的流转")
    if landing_place == first_contact_place:
        raise RuleBroken(
            "流转地就是首谈地，不需要流转；请选另一个县（区）、高新区或临空经济区", "landingPlace"
        )


def check_step(state: str, wanted: str) -> None:
    """A transfer goes one way: asked for, decided, taken up. Raises `RuleBroken`."""
    if state != wanted:
        raise RuleBroken("这件流转已不在此环节，请刷新后核对", "transfer")


def check_merge(into_stage: Stage, same: bool) -> None:
    """A report is merged into another project that is still on its road. Raises `RuleBroken`."""
    if same:
        raise RuleBroken("不能并入自己，请选另一个项目", "into")
    if into_stage in ENDS:
        raise RuleBroken(f"选定的项目已是“{into_stage.word}”，不能并入；请选在办的项目", "into")
