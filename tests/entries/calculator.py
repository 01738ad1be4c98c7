"""What the policy gives to whom, worked out on its own: nothing here is the program's.

Each basis of each account (project, indicator, version of the rule, pair of places) is shared by
itself: the first-contact place is due its part of the total, half a fen up, and an entry gives it
what it lacks of that. Whatever is returned or reversed goes back to the fen.
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
    sums: dict[tuple[str, str, Month, str], int] = field(default_factory=lambda: defaultdict(int))
    """What counts: (basis, indicator, month, place) → fen."""

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

    def total(self, indicator: str) -> int:
        standing = ("CLAIMED", "VERIFIED")
        entries = self.entries.values()
        return sum(e.fen for e in entries if e.indicator == indicator and e.state in standing)

    def waiting(self, indicator: str, month: Month, place: str) -> int:
        found = 0
        for entry in self.entries.values():
            if entry.state == "CLAIMED" and entry.indicator == indicator:
                parts, counts_in = entry.given["CLAIMED"]
                found += sum(fen for at, fen in parts if at == place and counts_in == month)
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
        for place, fen in parts:
            self.sums[basis, entry.indicator, month, place] += fen

    def _take(self, entry: Claimed) -> None:
        for basis, (parts, _) in entry.given.items():
            key = basis, entry.account
            self.totals[key] -= entry.fen
            if entry.ratio is not None:
                self.firsts[key] -= parts[0][1]
            for place, fen in parts:
                self.sums[basis, entry.indicator, self._open(entry.day), place] -= fen
        entry.given = {}

    def _open(self, day: str) -> Month:
        year, month = int(day[:4]), int(day[5:7])
        while (year, month) in self.closed:
            year, month = (year, month + 1) if month < 12 else (year + 1, 1)
        return year, month
