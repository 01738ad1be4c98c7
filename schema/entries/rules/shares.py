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

    @classmethod
    def of(cls, version: "Version") -> "Ratio":
        """A version of INDICATOR_SHARE or TAX_SHARE."""
        shared: SharedBy[Indicator] = version.value
        return cls(
            first=shared.first,
            whole=shared.whole,
            version=version.version,
            clause=version.clause,
            effective_from=version.effective_on,
            status=version.status,
            rule=version.name,
            indicators=frozenset(shared.indicators),
        )


class Version(rulebook.Version, Protocol):
    """What `Ratio.of` reads of a parameter's version."""

    @property
    def clause(self) -> str: ...
    @property
    def version(self) -> str: ...


INDICATOR_SHARE = ShareOf(
    "transfer.indicator_share", "签约、到位资金的分享比例", "第三条", among=Indicator
)
TAX_SHARE = ShareOf("transfer.tax_share", "税收的分享比例", "第三条", among=Indicator)
SHARES = (INDICATOR_SHARE.name, TAX_SHARE.name)


def ratios(versions: Iterable[Version]) -> list[Ratio]:
    """The shares among the versions of the city's parameters."""
    return [Ratio.of(each) for each in versions if each.name in SHARES]


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
