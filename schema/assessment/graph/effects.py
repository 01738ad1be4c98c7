"""What places would have been credited with last month, and how they would have ranked, by another rule."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from schema import database
from schema.assessment import rules
from schema.assessment.graph.ranking import ranked_by
from schema.city.graph import COMPARISONS, SETTLED_UNTIL, RuleEffect, Trial
from schema.city.rules import format_money
from schema.context import Context
from schema.entries.graph import basis_of
from schema.entries.posting import closed_until
from schema.entries.rules import (
    Basis,
    CreditRole,
    Indicator,
    Part,
    Posting,
    Ratio,
    parts,
    postings,
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
    ' "entry_fen", "series", "occurred_on", "counts_in", "claimed_in", "journal_id", "undoes_id"'
    ' FROM "credit" WHERE "project_id" IN'
    ' (SELECT c."project_id" FROM "credit" c WHERE c."counts_in" = ?) ORDER BY "id"'
)


@dataclass(frozen=True)
class Posted:
    """A posting, with its parts as they are or would be."""

    posting: Posting
    parts: Sequence[Part]

    @property
    def indicator(self) -> Indicator:
        return Indicator(self.posting.one["indicator"])

    def counts(self, context: Context, month: date) -> bool:
        """Whether it counts in a month: it is on the basis on which its claim counts."""
        one = self.posting.one
        if one["counts_in"] is None or day(one["counts_in"]) != month:
            return False
        return basis_of(context, day(one["claimed_in"])) is Basis(one["basis"])


async def standings(trial: Trial) -> tuple[int, Sequence[RuleEffect]]:
    """What last month's contest would have been: credits of places by indicator, and ranks."""
    month = trial.since
    posted = await postings_of(month)
    now, then = ratios(trial.now.rules), ratios(trial.then.rules)
    same = all(split_by(each, now) == split_by(each, then) for each in posted)
    as_posted = [Posted(each, parts_of(each)) for each in posted]
    as_shared = as_posted if same else list(shared(posted, then))
    before = sums([each for each in as_posted if each.counts(trial.now, month)])
    counted = [each for each in as_shared if each.counts(trial.then, month)]
    after = sums(counted)
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
    return len(counted), found


async def postings_of(month: date) -> list[Posting]:
    """All that was ever posted of the projects that a month counts something of, in its order."""
    return postings(await database.fetch(CREDITS, [bindable(month, database.dialect())]))


def parts_of(posting: Posting) -> list[Part]:
    """The parts that were posted."""
    return [
        Part(each["place_id"], CreditRole(each["role"]), each["amount_fen"])
        for each in posting.credits
    ]


def ratio_of(posting: Posting, versions: Sequence[Ratio]) -> Ratio | None:
    """The version that decides on what was posted; None where both places are one."""
    one, (first, landing) = posting.one, posting.places
    if first == landing:
        return None
    return ratio_on(day(one["occurred_on"]), Indicator(one["indicator"]), versions)


def split_by(posting: Posting, versions: Sequence[Ratio]) -> tuple[int, int] | None:
    """How a posting is split between its places; None where it is not."""
    ratio = ratio_of(posting, versions)
    indicator = Indicator(posting.one["indicator"])
    return (ratio.first, ratio.whole) if ratio and shares(ratio, indicator) else None


def shared(posted: Iterable[Posting], versions: Sequence[Ratio]) -> Iterable[Posted]:
    """Each posting as it would be by other versions, from the first of its project on."""
    accounts: dict[object, Account] = defaultdict(Account)
    done: dict[int, tuple[Account, Sequence[Part]]] = {}
    for each in posted:
        one = each.one
        if each.undoes:
            account, taken = done[id(each.undoes)]
            given: Sequence[Part] = [Part(p.place, p.role, -p.amount_fen) for p in taken]
        else:
            ratio = ratio_of(each, versions)
            key = one["project_id"], one["indicator"], one["basis"], each.places, ratio
            account = accounts[key]
            split = ratio if ratio and shares(ratio, Indicator(one["indicator"])) else None
            given = parts(account, each.whole_fen, split, *each.places)
        account.total += each.whole_fen
        account.first += sum(p.amount_fen for p in given if p.role is CreditRole.FIRST_CONTACT)
        done[id(each)] = account, given
        yield Posted(each, given)


def sums(posted: Iterable[Posted]) -> Sums:
    """What postings give to places, by indicator, in fen."""
    found: dict[Indicator, dict[int, int]] = {each: defaultdict(int) for each in Indicator}
    for each in posted:
        for part in each.parts:
            found[each.indicator][part.place] += part.amount_fen
    return found


def ranks(amounts: Mapping[int, int], places: list[int]) -> dict[int, int]:
    """The rank of each place, equal amounts alike."""
    month = {place: amounts.get(place, 0) for place in places}
    return {each.place: each.rank for each in rules.rank(month, places, month)}


COMPARISONS.append(standings)
SETTLED_UNTIL[rules.RANKING_INDICATOR.name] = closed_until
