"""Article 3: credit shared 3:7 and 1:9 between first-contact and landing place."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any, Protocol

from schema.city.rules import RuleBroken, split
from schema.city.rules.rulebook import CHECKS
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
        """A version of a parameter whose value is `{"first": 3, "whole": 10, "indicators": […]}`."""
        return cls(
            first=version.value["first"],
            whole=version.value["whole"],
            version=version.version,
            clause=version.clause,
            effective_from=version.effective_on,
            status=version.status,
            rule=version.name,
            indicators=frozenset(Indicator(name) for name in version.value["indicators"]),
        )


def check_share(value: Any) -> None:
    """A value is a share: `first` of `whole` parts, with its indicators. Raises `RuleBroken`."""
    kept = value if isinstance(value, Mapping) else {}
    first, whole, named = kept.get("first"), kept.get("whole"), kept.get("indicators")
    if type(first) is not int or type(whole) is not int or not 0 <= first <= whole > 0:
        raise RuleBroken(
            "比例应为整数份数，首谈地不多于总数，例如 3∶7 写成 first 3、whole 10",
            "value",
            "INVALID",
        )
    if not isinstance(named, list) or any(name not in list(Indicator) for name in named):
        raise RuleBroken(f"indicators 应为 {'、'.join(Indicator)} 中的若干项", "value", "INVALID")


class Version(Protocol):
    """What `Ratio.of` reads of a parameter's version."""

    @property
    def name(self) -> str: ...
    @property
    def value(self) -> Any: ...
    @property
    def effective_on(self) -> date: ...
    @property
    def clause(self) -> str: ...
    @property
    def status(self) -> str: ...
    @property
    def version(self) -> str: ...


INDICATOR_SHARE = "transfer.indicator_share"
TAX_SHARE = "transfer.tax_share"


def ratios(versions: Iterable[Version]) -> list[Ratio]:
    """The shares among the versions of the city's parameters."""
    return [Ratio.of(each) for each in versions if each.name in (INDICATOR_SHARE, TAX_SHARE)]


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


CHECKS[INDICATOR_SHARE] = CHECKS[TAX_SHARE] = check_share
