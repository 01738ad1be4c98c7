"""Match a row of the ledger with the projects that the city already has."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from schema.city.rules import normal_name
from schema.ledger.rules.row import LedgerRow
from schema.project.rules import (
    Candidate,
    Thresholds,
    keys_near,
    name_columns,
    same_project,
    surest,
)
from schema.project.rules.duplicates import likeness, name, same_investor

COMPARED = 100
SAME_NO = "SAME_NO"


@dataclass(frozen=True, slots=True)
class ExistingProject:
    """A project in the database, with the columns that are compared; of one that is not seen, which has
    no number here, the normalised name alone. `investor` is the id of its company.
    """

    id: int
    no: str
    candidate: Candidate
    investor: int | None = None


@dataclass(frozen=True, slots=True)
class Duplicate:
    """The project that a row duplicates; `code` is `SAME_NO` or a grade, `reasons` are for people."""

    id: int
    no: str
    code: str
    reasons: tuple[str, ...]


class ProjectIndex:
    """Existing projects indexed by number, name, names near it, and the investor's code, name and group.

    `related` are, by an investor's code or normalised name, the companies of its group, each with why.
    The investor's code or telephone alone makes no duplicate: an investor has several projects. It
    takes the same or a similar name, or the same industry and a like amount. Nor does a number
    alone, since offices number their projects themselves.
    """

    def __init__(
        self,
        projects: Iterable[ExistingProject],
        thresholds: Thresholds,
        related: Mapping[str, Mapping[int, str]] | None = None,
    ) -> None:
        self._thresholds = thresholds
        self._related = related or {}
        self._by_no: dict[str, ExistingProject] = {}
        self._by_key: dict[Key, list[ExistingProject]] = {}
        for each in projects:
            if each.no:  # none of a project that is not seen
                self._by_no[each.no] = each
            for key in keys_of(each):
                self._by_key.setdefault(key, []).append(each)

    def find_duplicate(self, row: LedgerRow) -> Duplicate | None:
        """The project with the number of `row` that could be it, or the likeliest by score."""
        candidate = candidate_of(row)
        numbered = self._by_no.get(row.no)
        if numbered and _could_be(candidate, numbered.candidate, self._thresholds):
            return Duplicate(numbered.id, numbered.no, SAME_NO, ("项目编号相同",))
        compared = (self._compare(candidate, each) for each in self._near(candidate))
        found = [match for match in compared if match]
        return max(found, key=lambda pair: pair[0])[1] if found else None

    def find_unseen(self, row: LedgerRow) -> Duplicate | None:
        """A project that the viewer does not see and that `row` could be."""
        candidate = candidate_of(row)
        for each in self._near(candidate):
            if not each.no and (found := self._compare(candidate, each)):
                return found[1]
        return None

    def _near(self, candidate: Candidate) -> Iterator[ExistingProject]:
        seen: set[int] = set()
        groups = [("group", key) for key in self._relatives(candidate)]
        for key in (*near_keys(candidate), *groups):
            for each in self._by_key.get(key, [])[:COMPARED]:
                if each.id not in seen:
                    seen.add(each.id)
                    yield each

    def _relatives(self, candidate: Candidate) -> Mapping[int, str]:
        """The companies of the group of a line's investor, each with why."""
        by_name = self._related.get(normal_name(candidate.investor_name), {})
        return self._related.get(candidate.uscc or "", by_name)

    def _compare(
        self, candidate: Candidate, known: ExistingProject
    ) -> tuple[int, Duplicate] | None:
        other = known.candidate
        if not known.no:
            match = name(candidate, other)
        else:
            related = self._relatives(candidate).get(known.investor or 0, "")
            match = surest(same_project(candidate, other, self._thresholds, related))
        if not match:
            return None
        return match.score, Duplicate(known.id, known.no, match.grade, match.reasons)


def candidate_of(row: LedgerRow) -> Candidate:
    """The columns of a row that are compared."""
    return Candidate(
        name=row.name,
        investor_name=row.investor_name,
        uscc=row.uscc,
        industry_code=industry_of(row),
        amount_fen=row.agreed_investment,
    )


Key = tuple[str, str | int]


def keys_of(known: ExistingProject) -> list[Key]:
    """The keys of the index under which a project stands; unknown ones are left out."""
    columns = name_columns(known.candidate.name)
    keys: list[Key] = [*_exact_keys(known.candidate)]
    if known.no:  # what is not seen is found by its name alone
        keys += [("head", columns["name_head"]), ("tail", columns["name_tail"])]
        keys += [("group", known.investor or 0)]
    return [key for key in keys if key[1]]


def near_keys(candidate: Candidate) -> list[Key]:
    """The keys under which projects stand that a line could be."""
    near = keys_near(candidate.name)
    heads, tails = [("head", each.head) for each in near], [("tail", each.tail) for each in near]
    return [*_exact_keys(candidate), *heads, *tails]


def _exact_keys(candidate: Candidate) -> list[tuple[str, str]]:
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
