"""What places would have been credited with last month, and how they would have ranked, by another rule."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from schema import database
from schema.assessment import rules
from schema.assessment.graph.counting import basis_of
from schema.assessment.graph.ranking import ranked_by
from schema.city.graph import COMPARISONS, RuleEffect, Trial
from schema.city.rules import format_money
from schema.entries.graph import places_of
from schema.entries.rules import (
    Basis,
    CreditRole,
    Indicator,
    Part,
    Ratio,
    parts,
    ratio_on,
    ratios,
    shares,
)
from schema.entries.rules import Standing as Account
from schema.query.fields import worded
from schema.query.models import KINDS, day
from schema.query.sql import Order, Read, bindable

Sums = Mapping[Indicator, Mapping[int, int]]
CREDITS = (
    'SELECT "id", "entry_id", "project_id", "basis", "indicator", "place_id", "role", "amount_fen",'
    ' "entry_fen", "series", "occurred_on", "counts_in", "journal_id", "undoes_id" FROM "credit"'
    ' WHERE "project_id" IN (SELECT c."project_id" FROM "credit" c WHERE c."counts_in" = ?)'
    ' ORDER BY "id"'
)


@dataclass
class Posting:
    """What was posted of an entry on one basis at once, or taken back: its parts are its credits.

    `undoes` is the posting that it takes back.
    """

    account: tuple[int, Indicator, Basis, int, int]
    day: date
    month: date | None
    amount: int
    parts: list[Part]
    undoes: "Posting | None" = None

    @property
    def indicator(self) -> Indicator:
        return self.account[1]

    @property
    def basis(self) -> Basis:
        return self.account[2]


async def standings(trial: Trial) -> tuple[int, Sequence[RuleEffect]]:
    """What last month's contest would have been: credits of places by indicator, and ranks."""
    month = trial.since
    posted = await postings(month)
    now, then = ratios(trial.now.rules), ratios(trial.then.rules)
    same = all(split_by(each, now) == split_by(each, then) for each in posted)
    credited = [each.parts for each in posted]
    basis, other = basis_of(trial.now, month), basis_of(trial.then, month)
    before = sums(posted, credited, month, basis)
    after = sums(posted, credited if same else list(shared(posted, then)), month, other)
    places = await trial.now.rows.all(Read(KINDS["Place"], order=Order("position")))
    names = {each["id"]: each["name"] for each in places}
    words = worded(Indicator)
    found = [
        RuleEffect(
            what=words[indicator],
            subject=name,
            project=None,
            before=format_money(before[indicator][place]),
            after=format_money(after[indicator][place]),
        )
        for indicator in Indicator
        for place, name in names.items()
        if before[indicator][place] != after[indicator][place]
    ]
    was, would_be = [
        ranks(of[by.value], list(names))
        if (by := await ranked_by(context, month))
        else dict.fromkeys(names, 0)
        for context, of in ((trial.now, before), (trial.then, after))
    ]
    found += [
        RuleEffect(
            what="名次",
            subject=name,
            project=None,
            before=str(was[place]),
            after=str(would_be[place]),
        )
        for place, name in names.items()
        if was[place] != would_be[place]
    ]
    return sum(each.month == month and each.basis is other for each in posted), found


async def postings(month: date) -> list[Posting]:
    """All that was ever posted of the projects that a month counts something of, in its order."""
    found: list[Posting] = []
    of_credit: dict[int, Posting] = {}
    latest = None
    for row in await database.fetch(CREDITS, [bindable(month, database.dialect())]):
        undone = of_credit[row["undoes_id"]] if row["undoes_id"] else None
        key = row["entry_id"], row["basis"], row["journal_id"], id(undone) if undone else None
        if key != latest:
            account = row["project_id"], Indicator(row["indicator"]), Basis(row["basis"])
            found.append(
                Posting(
                    (*account, *places_of(row["series"])),
                    day(row["occurred_on"]),
                    day(row["counts_in"]) if row["counts_in"] else None,
                    row["entry_fen"],
                    [],
                    undone,
                )
            )
            latest = key
        part = Part(row["place_id"], CreditRole(row["role"]), row["amount_fen"])
        found[-1].parts.append(part)
        of_credit[row["id"]] = found[-1]
    return found


def ratio_of(posting: Posting, versions: Sequence[Ratio]) -> Ratio | None:
    """The version that decides on what was posted; None where both places are one."""
    *_, first, landing = posting.account
    return ratio_on(posting.day, posting.indicator, versions) if first != landing else None


def split_by(posting: Posting, versions: Sequence[Ratio]) -> tuple[int, int] | None:
    """How a posting is split between its places; None where it is not."""
    ratio = ratio_of(posting, versions)
    return (ratio.first, ratio.whole) if ratio and shares(ratio, posting.indicator) else None


def shared(posted: Iterable[Posting], versions: Sequence[Ratio]) -> Iterable[Sequence[Part]]:
    """The parts that each posting would have by other versions, from the first of its project on."""
    accounts: dict[object, Account] = defaultdict(Account)
    done: dict[int, tuple[Account, Sequence[Part]]] = {}
    for each in posted:
        if each.undoes:
            account, taken = done[id(each.undoes)]
            given: Sequence[Part] = [Part(p.place, p.role, -p.amount_fen) for p in taken]
        else:
            ratio = ratio_of(each, versions)
            account = accounts[each.account, ratio]
            split = ratio if ratio and shares(ratio, each.indicator) else None
            given = parts(account, each.amount, split, *each.account[-2:])
        account.total += each.amount
        account.first += sum(p.amount_fen for p in given if p.role is CreditRole.FIRST_CONTACT)
        done[id(each)] = account, given
        yield given


def sums(
    posted: Sequence[Posting], credited: Sequence[Sequence[Part]], month: date, basis: Basis
) -> Sums:
    """What counts for places in a month on a basis, by indicator, in fen."""
    found: dict[Indicator, dict[int, int]] = {each: defaultdict(int) for each in Indicator}
    for posting, of in zip(posted, credited, strict=True):
        if posting.month == month and posting.basis is basis:
            for part in of:
                found[posting.indicator][part.place] += part.amount_fen
    return found


def ranks(amounts: Mapping[int, int], places: list[int]) -> dict[int, int]:
    """The rank of each place, equal amounts alike."""
    month = {place: amounts.get(place, 0) for place in places}
    return {each.place: each.rank for each in rules.rank(month, places, month)}


COMPARISONS.append(standings)
