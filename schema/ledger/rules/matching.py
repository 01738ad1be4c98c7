"""Whether a line of the ledger is a project that the city already has."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from schema.city.rules import normal_name
from schema.ledger.rules.row import LedgerRow
from schema.project.rules import Candidate
from schema.project.rules.duplicates import (
    SIMILAR_FROM,
    likeness,
    name,
    profile,
    same_investor,
    similar,
)

COMPARED = 100
SAME_NO = "SAME_NO"


@dataclass(frozen=True, slots=True)
class Known:
    """A project that the city has, as far as it is compared."""

    id: int
    no: str
    candidate: Candidate


@dataclass(frozen=True, slots=True)
class Twin:
    """The project that a line seems to be: how that shows (`SAME_NO` or a grade), in words."""

    id: int
    no: str
    code: str
    reasons: tuple[str, ...]


class Register:
    """Known projects by what lines are looked up by: number, name, investor's code and name.

    Another project of the same investor is no duplicate for the investor's code alone, nor for a
    telephone: it takes the name, a similar name, or the same industry and a like amount. Nor does
    a number alone make one, for offices number their projects themselves.
    """

    def __init__(self, known: Iterable[Known]) -> None:
        self._by_no: dict[str, Known] = {}
        self._by_key: dict[tuple[str, str], list[Known]] = {}
        for each in known:
            self._by_no[each.no] = each
            for key in keys_of(each.candidate):
                self._by_key.setdefault(key, []).append(each)

    def twin(self, row: LedgerRow) -> Twin | None:
        said = candidate_of(row)
        numbered = self._by_no.get(row.no)
        if numbered and _could_be(said, numbered.candidate):
            return Twin(numbered.id, numbered.no, SAME_NO, ("项目编号相同",))
        found = [twin for each in self._near(said) if (twin := _twin(said, each))]
        return max(found, key=lambda pair: pair[0])[1] if found else None

    def _near(self, said: Candidate) -> Iterator[Known]:
        seen: set[int] = set()
        for key in keys_of(said):
            for each in self._by_key.get(key, [])[:COMPARED]:
                if each.id not in seen:
                    seen.add(each.id)
                    yield each


def candidate_of(row: LedgerRow) -> Candidate:
    return Candidate(
        name=row.name,
        investor_name=row.investor_name,
        uscc=row.uscc,
        industry_code=industry_of(row),
        amount_fen=row.agreed_investment,
    )


def keys_of(said: Candidate) -> list[tuple[str, str]]:
    """What a project is looked up by, of what is known."""
    keys = (
        ("name", said.normal),
        ("uscc", said.uscc or ""),
        ("investor", normal_name(said.investor_name)),
    )
    return [key for key in keys if key[1]]


def industry_of(row: LedgerRow) -> str:
    """The class of GB/T 4754 as projects keep it, without the section's letter that it implies."""
    return row.industry_code.lstrip("ABCDEFGHIJKLMNOPQRST")


def _could_be(said: Candidate, known: Candidate) -> bool:
    alike = likeness(said, known) >= SIMILAR_FROM
    return alike or same_investor(said, known)


def _twin(said: Candidate, known: Known) -> tuple[int, Twin] | None:
    for alike in (name, similar, profile):
        if match := alike(said, known.candidate):
            return match.score, Twin(known.id, known.no, match.grade, match.reasons)
    return None
