"""What the policy gives to whom, worked out on its own: nothing here is the program's.

Each basis of each account (project, indicator, version of the rule, pair of places) is shared by
itself: the first-contact place is due its part of the total, half a fen up, and an entry gives it
what it lacks of that. Whatever is returned or reversed goes back to the fen.

A claim counts as it is claimed or as it is verified, by what was decided for the month for which it
was claimed; what is decided for a later month changes none of an earlier one.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from fractions import Fraction
from math import floor
from typing import Any

Month = tuple[int, int]
Parts = list[tuple[str, int]]
"""Places with their part, in fen."""


def half_up(value: Fraction) -> int:
    return floor(value + Fraction(1, 2)) if value >= 0 else -floor(-value + Fraction(1, 2))


@dataclass
class Rule:
    """From a day the first-contact place has `first` of `whole` parts of these indicators."""

    begins: str
    first: int
    whole: int
    indicators: tuple[str, ...]


@dataclass
class Claimed:
    indicator: str
    fen: int
    day: str
    state: str = "CLAIMED"
    account: Any = None
    ratio: Fraction | None = None
    given: dict[str, tuple[Parts, Month]] = field(default_factory=dict)
    month: Month = (0, 0)


@dataclass
class Given:
    """What a place was given, or what was taken from it, of a claim: `month` is where that shows."""

    claim: Claimed
    basis: str
    month: Month
    place: str
    fen: int


@dataclass
class Calculator:
    """One project between two places, under rules that change."""

    first: str
    landing: str
    funds: list[Rule] = field(
        default_factory=lambda: [Rule("2020-01-01", 3, 10, ("SIGNED_FUNDS", "PAID_IN_FUNDS"))]
    )
    tax: list[Rule] = field(default_factory=lambda: [Rule("2020-01-01", 1, 10, ("TAX",))])
    closed: set[Month] = field(default_factory=set)
    entries: dict[str, Claimed] = field(default_factory=dict)
    totals: dict[Any, int] = field(default_factory=lambda: defaultdict(int))
    firsts: dict[Any, int] = field(default_factory=lambda: defaultdict(int))
    moved: list[Given] = field(default_factory=list)
    chosen: list[tuple[str, str]] = field(default_factory=list)
    """From a day on, what counts: CLAIMED or VERIFIED; VERIFIED before the first."""

    def claim(self, no: str, indicator: str, fen: int, day: str) -> None:
        """An entry is new, or claimed again with what it says now."""
        entry = self.entries[no] = Claimed(indicator, fen, day)
        rules = self.tax if indicator == "TAX" else self.funds
        begun = [(rule.begins, number) for number, rule in enumerate(rules) if rule.begins <= day]
        number = max(begun)[1]
        rule = rules[number]
        if self.first != self.landing and indicator in rule.indicators:
            entry.ratio = Fraction(rule.first, rule.whole)
        entry.account = (indicator, number if self.first != self.landing else None)
        self._give(entry, "CLAIMED")

    def verify(self, no: str) -> None:
        self.entries[no].state = "VERIFIED"
        self._give(self.entries[no], "VERIFIED")

    def give_back(self, no: str) -> None:
        self.entries[no].state = "RETURNED"
        self._take(self.entries[no])

    def reverse(self, no: str) -> None:
        self.entries[no].state = "REVERSED"
        self._take(self.entries[no])

    def basis(self, month: Month) -> str:
        """What counts of the claims of a month: what was chosen last by its first day."""
        first = f"{month[0]}-{month[1]:02d}-01"
        begun = [(day, number) for number, (day, _) in enumerate(self.chosen) if day <= first]
        return self.chosen[max(begun)[1]][1] if begun else "VERIFIED"

    def counted(self, indicator: str, month: Month, place: str) -> int:
        """What a place is credited with in a month."""
        return sum(
            each.fen
            for each in self.moved
            if (each.claim.indicator, each.month, each.place) == (indicator, month, place)
            and each.basis == self.basis(each.claim.month)
        )

    def by_claim(self) -> dict[str, int]:
        """What each entry counts in all months and places together: once what it says, or nothing."""
        found = {}
        for no, entry in self.entries.items():
            by_claiming = self.basis(entry.month) == "CLAIMED"
            stands = entry.state == "VERIFIED" or (entry.state == "CLAIMED" and by_claiming)
            found[no] = entry.fen if stands else 0
        return found

    def total(self, indicator: str) -> int:
        standing = ("CLAIMED", "VERIFIED")
        entries = self.entries.values()
        return sum(e.fen for e in entries if e.indicator == indicator and e.state in standing)

    def waiting(self, indicator: str, month: Month, place: str) -> int:
        """What a place will be credited with in a month once it is verified, as months are closed now."""
        found = 0
        for entry in self.entries.values():
            waits = entry.state == "CLAIMED" and self.basis(entry.month) == "VERIFIED"
            if waits and entry.indicator == indicator and self._open(entry.day) == month:
                found += sum(fen for at, fen in entry.given["CLAIMED"][0] if at == place)
        return found

    def _give(self, entry: Claimed, basis: str) -> None:
        key = basis, entry.account
        self.totals[key] += entry.fen
        parts = [(self.landing, entry.fen)]
        if entry.ratio is not None:
            due = half_up(self.totals[key] * entry.ratio) - self.firsts[key]
            self.firsts[key] += due
            parts = [(self.first, due), (self.landing, entry.fen - due)]
        month = self._open(entry.day)
        entry.given[basis] = parts, month
        if basis == "CLAIMED":
            entry.month = month
        self.moved += [Given(entry, basis, month, place, fen) for place, fen in parts]

    def _take(self, entry: Claimed) -> None:
        for basis, (parts, _) in entry.given.items():
            key = basis, entry.account
            self.totals[key] -= entry.fen
            if entry.ratio is not None:
                self.firsts[key] -= parts[0][1]
            month = self._open(entry.day)
            self.moved += [Given(entry, basis, month, place, -fen) for place, fen in parts]
        entry.given = {}

    def _open(self, day: str) -> Month:
        year, month = int(day[:4]), int(day[5:7])
        while (year, month) in self.closed:
            year, month = (year, month + 1) if month < 12 else (year + 1, 1)
        return year, month
