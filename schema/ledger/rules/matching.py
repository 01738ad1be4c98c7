"""Match a row of the ledger with the projects that the city already has."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from schema.city.rules import normal_name
from schema.ledger.rules.row import LedgerRow
from schema.project.rules import Candidate
from schema.project.rules.duplicates import (
    Thresholds,
    likeness,
    name,
    profile,
    same_investor,
    similar,
)

COMPARED = 100
SAME_NO = "SAME_NO"


@dataclass(frozen=True, slots=True)
class ExistingProject:
    """A project in the database, with the columns that are compared."""

    id: int
    no: str
    candidate: Candidate


@dataclass(frozen=True, slots=True)
class Duplicate:
    """The project that a row duplicates; `code` is `SAME_NO` or a grade, `reasons` are for people."""

    id: int
    no: str
    code: str
    reasons: tuple[str, ...]


class ProjectIndex:
    """Existing projects indexed by number, name, and the investor's code and name.

    The investor's code or telephone alone makes no duplicate: an investor has several projects. It
    takes the same or a similar name, or the same industry and a like amount. Nor does a number
    alone, since offices number their projects themselves.
    """

    def __init__(self, projects: Iterable[ExistingProject], thresholds: Thresholds) -> None:
        self._thresholds = thresholds
        self._by_no: dict[str, ExistingProject] = {}
        self._by_key: dict[tuple[str, str], list[ExistingProject]] = {}
        for each in projects:
            if each.no:  # none of a project that is not seen
                self._by_no[each.no] = each
            for key in keys_of(each.candidate):
                self._by_key.setdefault(key, []).append(each)

    def find_duplicate(self, row: LedgerRow) -> Duplicate | None:
        """The project with the number of `row` that could be it, or the likeliest by score."""
        candidate = candidate_of(row)
        numbered = self._by_no.get(row.no)
        if numbered and _could_be(candidate, numbered.candidate, self._thresholds):
            return Duplicate(numbered.id, numbered.no, SAME_NO, ("项目编号相同",))
        compared = (_compare(candidate, each, self._thresholds) for each in self._near(candidate))
        found = [match for match in compared if match]
        return max(found, key=lambda pair: pair[0])[1] if found else None

    def find_unseen(self, row: LedgerRow) -> Duplicate | None:
        """A project that the viewer does not see and that `row` could be."""
        candidate = candidate_of(row)
        for each in self._near(candidate):
            if not each.no and (found := _compare(candidate, each, self._thresholds)):
                return found[1]
        return None

    def _near(self, candidate: Candidate) -> Iterator[ExistingProject]:
        seen: set[int] = set()
        for key in keys_of(candidate):
            for each in self._by_key.get(key, [])[:COMPARED]:
                if each.id not in seen:
                    seen.add(each.id)
                    yield each


def candidate_of(row: LedgerRow) -> Candidate:
    """The columns of a row that are compared."""
    return Candidate(
        name=row.name,
        investor_name=row.investor_name,
        uscc=row.uscc,
        industry_code=industry_of(row),
        amount_fen=row.agreed_investment,
    )


def keys_of(candidate: Candidate) -> list[tuple[str, str]]:
    """The keys of the index for a candidate; unknown ones are left out."""
    keys = (
        ("name", candidate.normal),
        ("uscc", candidate.uscc or ""),
        ("investor", normal_name(candidate.investor_name)),
    )
    return [key for key in keys if key[1]]


def industry_of(row: LedgerRow) -> str:
    """The class of GB/T 4754 as projects store it, without the section's letter."""
    return row.industry_code.lstrip("ABCDEFGHIJKLMNOPQRST")


def _could_be(candidate: Candidate, known: Candidate, thresholds: Thresholds) -> bool:
    alike = likeness(candidate, known) >= thresholds.similar_from
    return alike or same_investor(candidate, known)


def _compare(
    candidate: Candidate, known: ExistingProject, thresholds: Thresholds
) -> tuple[int, Duplicate] | None:
    other = known.candidate
    for match in (
        name(candidate, other),
        similar(candidate, other, thresholds),
        profile(candidate, other, thresholds),
    ):
        if match:
            return match.score, Duplicate(known.id, known.no, match.grade, match.reasons)
    return None
