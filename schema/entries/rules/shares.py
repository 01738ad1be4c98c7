"""Article 3: credit shared 3:7 and 1:9 between first-contact and landing place."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Protocol

from schema.city.rules import RuleBroken, rulebook, split
from schema.city.rules.rulebook import PARAMETERS, SharedBy, ShareOf
from schema.entries.rules.figures import Indicator


class CreditRole(StrEnum):
    """全部、首谈地、注册落户地: as what a place is credited with its part of an entry."""

    WHOLE = "WHOLE"
    FIRST_CONTACT = "FIRST_CONTACT"
    LANDING = "LANDING"


INDICATOR_SHARE = ShareOf(
    "transfer.indicator_share", "签约、到位资金的分享比例", "第三条", among=Indicator
)
TAX_SHARE = ShareOf("transfer.tax_share", "税收的分享比例", "第三条", among=Indicator)
SHARES = (INDICATOR_SHARE.name, TAX_SHARE.name)
OWN_RULE = {
    Indicator.SIGNED_FUNDS: INDICATOR_SHARE.name,
    Indicator.PAID_IN_FUNDS: INDICATOR_SHARE.name,
    Indicator.TAX: TAX_SHARE.name,
}
"""The rule that says of an indicator whether it is shared, where no other one lists it."""


@dataclass(frozen=True)
class Ratio:
    """One version of a share: the first-contact place has `first` of `whole` parts.

    `rule` names the parameter whose versions follow one another; `clause` is where the version
    comes from and `status` how firm it is (SEED, ZIYANG, NATIONAL, PROPOSAL …).
    """

    id: int
    first: int
    whole: int
    version: str
    clause: str
    effective_from: date
    status: str
    rule: str
    indicators: frozenset[Indicator]

    @classmethod
    def of(cls, version: "Version") -> "Ratio":
        """A version of INDICATOR_SHARE or TAX_SHARE."""
        shared: SharedBy[Indicator] = version.value
        return cls(
            id=version.id,
            first=shared.first,
            whole=shared.whole,
            version=version.version,
            clause=version.clause,
            effective_from=version.effective_on,
            status=version.status,
            rule=version.name,
            indicators=frozenset(shared.indicators),
        )

    @classmethod
    def decided(cls, no: str, first: int, whole: int) -> "Ratio":
        """What a migration decides for figures from before the first rule; of `first` 0 all is the
        landing place's. It is no version of a rule, so its id is 0.
        """
        shared = frozenset(Indicator) if first else frozenset[Indicator]()
        return cls(0, first, whole, no, "", date.min, "", "", shared)


class Version(rulebook.Version, Protocol):
    """What `Ratio.of` reads of a parameter's version."""

    @property
    def clause(self) -> str: ...
    @property
    def version(self) -> str: ...


def ratios(versions: Iterable[Version]) -> list[Ratio]:
    """The shares among the versions of the city's parameters."""
    return [Ratio.of(each) for each in versions if each.name in SHARES]


def ratio_on(day: date, indicator: Indicator, versions: Iterable[Ratio]) -> Ratio:
    """The version in force on `day` that decides on `indicator`.

    Of each rule the latest version that has begun is in force, with its own list of indicators. The
    one that lists the indicator shares it; where none does, the version of the indicator's own rule
    that leaves it out says that it is not shared (`shares`). Raises `RuleBroken` at `occurredOn`
    where no rule is in force yet: nothing says then whose the figure is.
    """
    in_force: dict[str, Ratio] = {}
    for version in sorted(versions, key=lambda version: version.effective_from):
        if version.effective_from <= day:
            in_force[version.rule] = version
    sharing = [version for version in in_force.values() if shares(version, indicator)]
    if sharing:
        return max(sharing, key=lambda version: version.effective_from)
    if (own := in_force.get(OWN_RULE[indicator])) is None:
        raise RuleBroken(
            f"{day} 尚无生效的分享规则，不能确定两地各计多少；请核对日期，"
            "或由领导小组办公室登记该日适用的规则",
            "occurredOn",
        )
    return own


def decides(
    day: date, indicator: Indicator, versions: Iterable[Ratio], decided: Ratio | None
) -> Ratio:
    """As `ratio_on`; where no rule is in force yet, what a migration has decided, if it has."""
    try:
        return ratio_on(day, indicator, versions)
    except RuleBroken:
        if decided is None:
            raise
        return decided


def shares(ratio: Ratio, indicator: Indicator) -> bool:
    """Whether a version shares an indicator between the two places."""
    return indicator in ratio.indicators


@dataclass
class Standing:
    """What stands in one account, in fen: all of it, and the first-contact place's part."""

    total: int = 0
    first: int = 0


def share(standing: Standing, amount: int, ratio: Ratio) -> tuple[int, int]:
    """The first-contact and the landing place's part of `amount` fen on top of what stands.

    The new total is split half-up and the first-contact place gets what it lacks of its part; so
    parts always add up to the amount, small amounts do not drift, and what earlier reversals left
    over is put right by the next entry. An account is one project, indicator, basis, version of the
    ratio and pair of places.

    Ten arrivals of 0.05 yuan at 1:9 give the first-contact place 0.05 yuan in all, not 0.10.
    """
    due, _ = split(standing.total + amount, ratio.first, ratio.whole)
    first = due - standing.first
    return first, amount - first


@dataclass(frozen=True)
class Part:
    """A place's part of an entry, in fen."""

    place: int
    role: CreditRole
    amount_fen: int


def parts(
    standing: Standing, amount: int, ratio: Ratio | None, first_place: int, landing_place: int
) -> tuple[Part, ...]:
    """Who is credited with an entry of `amount` fen on top of what stands in its account.

    The same place on both sides keeps all, and so does the landing place where `ratio` is None.
    """
    if ratio is None or first_place == landing_place:
        return (Part(landing_place, CreditRole.WHOLE, amount),)
    first, landing = share(standing, amount, ratio)
    return (
        Part(first_place, CreditRole.FIRST_CONTACT, first),
        Part(landing_place, CreditRole.LANDING, landing),
    )


def check_one_share(
    name: str, value: SharedBy[Indicator], effective_on: date, versions: Iterable[Version]
) -> None:
    """An indicator stands in one share rule at a time. Raises `RuleBroken` at `choices`.

    `name`, `value` and `effective_on` are those of a new version; `versions` are all that hold or
    will. The new one holds until the next of its own name.
    """
    known = list(versions)
    until = min(
        (
            each.effective_on
            for each in known
            if each.name == name and each.effective_on > effective_on
        ),
        default=date.max,
    )
    for other in SHARES:
        own = [each for each in known if each.name == other != name]
        days = {
            effective_on,
            *(v.effective_on for v in own if effective_on < v.effective_on < until),
        }
        for day in sorted(days):
            beside = rulebook.in_force(own, other, day)
            if beside and (both := set(value.indicators) & set(beside.value.indicators)):
                raise RuleBroken(
                    f"{day} 起“{PARAMETERS[other].title}”已列有{len(both)} 项相同的指标；"
                    "同一指标同一时间只能按一个比例分享，请先登记那一参数不含它的新版本",
                    "choices",
                )
