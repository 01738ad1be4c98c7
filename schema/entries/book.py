"""The accounts that entries are posted to: what a step of an entry's life makes of them.

Nothing here reads or writes. `posting` posts what an act does with it; `checking` posts all steps
anew with it, and so finds what `rebuilding` writes.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from schema.entries import rules
from schema.entries.rules import Basis, CreditRole, EntryState, Indicator, Posting
from schema.query.models import day

Entry = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Claim:
    """An entry stands on its claim: it is new, or claimed again."""

    entry: Entry
    first: int | None
    landing: int | None
    decided: rules.Ratio | None = None
    """What a migration decides where no rule is in force on the day."""

    @property
    def places(self) -> tuple[int, int]:
        """The first-contact and the landing place, of which a project without one has the other twice.

        Raises LookupError for a project that has no place yet.
        """
        landing = self.landing or self.first
        if landing is None:
            raise LookupError("an entry is posted for a project that has no place yet")
        return self.first or landing, landing


@dataclass(frozen=True, slots=True)
class Verification:
    """A claimed entry stands as verified too, in the account in which it was claimed.

    `by_nobody` where signing, or a migration, is its verification.
    """

    entry: Entry
    reason: str = ""
    by_nobody: bool = False


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """All that stands of an entry is taken back: it was returned, or `by` reverses it."""

    entry: Entry
    state: EntryState
    reason: str = ""
    by: Entry | None = None


Movement = Claim | Verification | Withdrawal
AccountKey = tuple[int, str, str, str]
"""Project, indicator, basis, series."""


@dataclass
class Book:
    """The accounts of projects, as they stand while movements are posted.

    `versions` are the shares known and `closed` the months closed when the next movement is posted.
    """

    versions: Sequence[rules.Ratio]
    closed: Collection[date]
    accounts: dict[AccountKey, rules.Standing] = field(default_factory=dict)
    standing: dict[tuple[int, str], Posting] = field(default_factory=dict)

    def post(self, movement: Movement) -> list[Posting]:
        """What one movement posts; it stands from now on. The rows want their moment and number.

        Raises `RuleBroken` where no share is in force, KeyError where what is verified is not claimed.
        """
        if isinstance(movement, Claim):
            return [self._claim(movement)]
        if isinstance(movement, Verification):
            return [self._verify(movement)]
        standing = (self.standing.pop((movement.entry["id"], basis.value), None) for basis in Basis)
        by = movement.by or movement.entry
        return [self._undo(posting, by) for posting in standing if posting]

    def _claim(self, claim: Claim) -> Posting:
        entry, indicator = claim.entry, Indicator(claim.entry["indicator"])
        first, landing = claim.places
        ratio = None
        if first != landing:
            on = day(entry["occurred_on"])
            ratio = rules.decides(on, indicator, self.versions, claim.decided)
        month = None if entry["opening"] else self._open(entry["occurred_on"])
        account = {
            "series": rules.series_of(ratio.version if ratio else "", first, landing),
            "rule_id": (ratio.id if ratio else None) or None,
            "claimed_in": month,
        }
        return self._posted(entry, Basis.CLAIMED, account, ratio, month)

    def _verify(self, verification: Verification) -> Posting:
        entry = verification.entry
        one = self.standing[entry["id"], Basis.CLAIMED.value].one
        ratio = next((each for each in self.versions if each.id == one["rule_id"]), None)
        if ratio is None and one["first_parts"]:  # as a migration has decided
            ratio = rules.Ratio.decided("", one["first_parts"], one["whole_parts"])
        month = None if entry["opening"] else self._open(entry["occurred_on"])
        account = {
            "series": one["series"],
            "rule_id": one["rule_id"],
            "claimed_in": one["claimed_in"] and day(one["claimed_in"]),
        }
        return self._posted(entry, Basis.VERIFIED, account, ratio, month)

    def _posted(
        self,
        entry: Entry,
        basis: Basis,
        account: Mapping[str, Any],
        ratio: rules.Ratio | None,
        month: date | None,
    ) -> Posting:
        indicator, amount = Indicator(entry["indicator"]), entry["amount_fen"]
        ratio = ratio if ratio and rules.shares(ratio, indicator) else None
        key = entry["project_id"], indicator.value, basis.value, account["series"]
        standing = self.accounts.setdefault(key, rules.Standing())
        parts = rules.parts(standing, amount, ratio, *rules.places_of(account["series"]))
        standing.total += amount
        standing.first += sum(p.amount_fen for p in parts if p.role is CreditRole.FIRST_CONTACT)
        posting = Posting(
            [
                {
                    "entry_id": entry["id"],
                    "project_id": entry["project_id"],
                    "place_id": part.place,
                    "basis": basis,
                    "role": part.role,
                    "indicator": indicator,
                    "amount_fen": part.amount_fen,
                    "entry_fen": amount,
                    "running_fen": standing.total,
                    "first_fen": standing.first,
                    "occurred_on": day(entry["occurred_on"]),
                    "counts_in": month,
                    "first_parts": ratio.first if ratio else 0,
                    "whole_parts": ratio.whole if ratio else 1,
                    "undoes_id": None,
                    **account,
                }
                for part in parts
            ]
        )
        self.standing[entry["id"], basis.value] = posting
        return posting

    def _undo(self, posting: Posting, by: Entry) -> Posting:
        """The exact negatives of what stands of an entry on one basis."""
        one = posting.one
        key = one["project_id"], str(one["indicator"]), str(one["basis"]), one["series"]
        account = self.accounts[key]
        account.total -= posting.whole_fen
        account.first -= posting.first_fen
        occurred_on = day(one["occurred_on"])
        month = None if one["counts_in"] is None else self._open(occurred_on)
        return Posting(
            [
                {
                    **{name: credit[name] for name in KEPT},
                    "entry_id": by["id"],
                    "amount_fen": -credit["amount_fen"],
                    "entry_fen": -credit["entry_fen"],
                    "running_fen": account.total,
                    "first_fen": account.first,
                    "occurred_on": occurred_on,
                    "counts_in": month,
                    "claimed_in": one["claimed_in"] and day(one["claimed_in"]),
                    "undoes_id": credit.get("id"),
                }
                for credit in posting.credits
            ],
            undoes=posting,
        )

    def _open(self, occurred_on: Any) -> date:
        return rules.counting_month(day(occurred_on), self.closed)


KEPT = (
    "project_id", "place_id", "basis", "role", "indicator", "series", "rule_id", "first_parts",
    "whole_parts",
)  # fmt: skip
"""The columns of a credit that the one taking it back shares with it."""
