"""Article 3: first contact, transfer, and credit shared 3:7 and 1:9 between the two places."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from schema.city.rules import RuleBroken, split
from schema.project.rules import Indicator

# ---- shares


class CreditRole(StrEnum):
    """全部、首谈地、注册落户地: what a place has its part of an entry for."""

    WHOLE = "WHOLE"
    FIRST_CONTACT = "FIRST_CONTACT"
    LANDING = "LANDING"


@dataclass(frozen=True)
class Ratio:
    """One version of a share: the first-contact place has `first` of `whole` parts.

    `rule` names the parameter whose versions follow one another; `clause` is where the version
    comes from and `status` how firm it is (SEED, ZIYANG, NATIONAL, PROPOSAL …).
    """

    first: int
    whole: int
    version: str
    clause: str
    effective_from: date
    status: str
    rule: str
    indicators: frozenset[Indicator]

    @property
    def words(self) -> str:
        """The ratio as the policy writes it: 3∶7."""
        return f"{self.first}∶{self.whole - self.first}"


INDICATOR_SHARE = "transfer.indicator_share"
TAX_SHARE = "transfer.tax_share"
# The policy is undated: this placeholder is the office's to replace. Its list is open (“等”).
PLACEHOLDER = date(2020, 1, 1)
SEED_RATIOS = (
    Ratio(
        first=3,
        whole=10,
        version=f"{INDICATOR_SHARE}@2020-01-01",
        clause="第三条：签约资金、到位资金等考核指标由首谈地与注册落户地按 3∶7 分成",
        effective_from=PLACEHOLDER,
        status="SEED",
        rule=INDICATOR_SHARE,
        indicators=frozenset({Indicator.SIGNED_FUNDS, Indicator.PAID_IN_FUNDS}),
    ),
    Ratio(
        first=1,
        whole=10,
        version=f"{TAX_SHARE}@2020-01-01",
        clause="第三条：税收由首谈地与注册落户地按 1∶9 分成",
        effective_from=PLACEHOLDER,
        status="SEED",
        rule=TAX_SHARE,
        indicators=frozenset({Indicator.TAX}),
    ),
)


def ratio_on(day: date, indicator: Indicator, versions: Iterable[Ratio]) -> Ratio | None:
    """The version in force on `day` that shares `indicator`; None when it is not shared then.

    Of each rule the latest version that has begun is in force, with its own list of indicators: one
    that a newer version leaves out is shared no more, while entries of earlier days keep theirs.
    """
    in_force: dict[str, Ratio] = {}
    for version in sorted(versions, key=lambda version: version.effective_from):
        if version.effective_from <= day:
            in_force[version.rule] = version
    sharing = [version for version in in_force.values() if indicator in version.indicators]
    return max(sharing, key=lambda version: version.effective_from, default=None)


def share(before: int, amount: int, ratio: Ratio) -> tuple[int, int]:
    """The first-contact and the landing place's part of `amount` fen, on top of `before`.

    The running total is split before and after, and the differences are posted: parts always add up
    to the amount, small amounts do not drift, and whatever is reversed in whatever order ends at
    nothing. `before` is the total so far of one account: one project, indicator, version of the
    ratio and pair of places. A reversal goes into the account of the entry that it reverses.

    Ten arrivals of 0.05 yuan at 1:9 give the first-contact place 0.05 yuan in all, not 0.10.
    """
    first_before, landing_before = split(before, ratio.first, ratio.whole)
    first_after, landing_after = split(before + amount, ratio.first, ratio.whole)
    return first_after - first_before, landing_after - landing_before


@dataclass(frozen=True)
class Part:
    """A place's part of an entry, in fen."""

    place: int
    role: CreditRole
    amount_fen: int


def parts(
    before: int, amount: int, ratio: Ratio | None, first_place: int, landing_place: int
) -> tuple[Part, ...]:
    """Who is credited with an entry of `amount` fen; `before` as for `share`.

    The same place on both sides keeps all, and so does the landing place when the indicator is not
    shared.
    """
    if ratio is None or first_place == landing_place:
        return (Part(landing_place, CreditRole.WHOLE, amount),)
    first, landing = share(before, amount, ratio)
    return (
        Part(first_place, CreditRole.FIRST_CONTACT, first),
        Part(landing_place, CreditRole.LANDING, landing),
    )


# ---- first contact, transfer


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
            "流转地就是首谈地，不需要流转；请选另一个县（区）、高新区或临空经济区", "toPlace"
        )
