"""What places would have been credited with last month, and how they would have ranked, by another rule."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from schema import database
from schema.assessment import rules
from schema.assessment.graph.ranking import ranked_by
from schema.city.graph import COMPARISONS, RuleEffect, Trial
from schema.city.rules import format_money
from schema.entries.rules import Indicator, Ratio, parts, ratio_on, ratios
from schema.query.fields import worded
from schema.query.models import KINDS, day
from schema.query.sql import Order, Read, bindable

Sums = Mapping[Indicator, Mapping[int, int]]
CREDITS = (
    'SELECT "entry_id", "project_id", "indicator", "place_id", "amount_fen", "series", "occurred_on"'
    ' FROM "credit" WHERE "occurred_on" >= ? AND "occurred_on" < ? ORDER BY "id"'
)


@dataclass
class Posted:
    """An entry of the month, put together from its credits."""

    project: int
    indicator: Indicator
    day: date
    first: int
    landing: int
    credits: dict[int, int]

    @property
    def amount(self) -> int:
        return sum(self.credits.values())


async def standings(trial: Trial) -> tuple[int, Sequence[RuleEffect]]:
    """What last month's contest would have been: credits of places by indicator, and ranks."""
    posted = await entries_of(trial)
    before = sums(posted, (each.credits for each in posted))
    now, then = ratios(trial.now.rules), ratios(trial.then.rules)
    same = all(
        parts_of(ratio_on(each.day, each.indicator, now))
        == parts_of(ratio_on(each.day, each.indicator, then))
        for each in posted
    )
    after = before if same else sums(posted, shared(posted, then))
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
        ranks(of[(await ranked_by(context, trial.since)).value], list(names))
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
    return len(posted), found


async def entries_of(trial: Trial) -> list[Posted]:
    """The entries that count in last month, in the order in which they were posted."""
    days = [trial.since, trial.until + timedelta(days=1)]
    bound = [bindable(each, database.dialect()) for each in days]
    found: dict[int, Posted] = {}
    for row in await database.fetch(CREDITS, bound):
        first, landing = map(int, row["series"].split(":")[-2:])
        entry = found.setdefault(
            row["entry_id"],
            Posted(
                row["project_id"],
                Indicator(row["indicator"]),
                day(row["occurred_on"]),
                first,
                landing,
                {},
            ),
        )
        entry.credits[row["place_id"]] = entry.credits.get(row["place_id"], 0) + row["amount_fen"]
    return list(found.values())


def shared(posted: Iterable[Posted], versions: Sequence[Ratio]) -> Iterable[Mapping[int, int]]:
    """What each entry would be credited with, its account beginning with the month."""
    running: dict[Any, int] = defaultdict(int)
    for each in posted:
        ratio = ratio_on(each.day, each.indicator, versions)
        account = (each.project, each.indicator, ratio, each.first, each.landing)
        found: dict[int, int] = {}
        for part in parts(running[account], each.amount, ratio, each.first, each.landing):
            found[part.place] = found.get(part.place, 0) + part.amount_fen
        running[account] += each.amount
        yield found


def sums(posted: Iterable[Posted], credits: Iterable[Mapping[int, int]]) -> Sums:
    """The credits of places by indicator, in fen."""
    found: dict[Indicator, dict[int, int]] = {each: defaultdict(int) for each in Indicator}
    for entry, of in zip(posted, credits, strict=True):
        for place, amount in of.items():
            found[entry.indicator][place] += amount
    return found


def parts_of(ratio: Ratio | None) -> tuple[int, int] | None:
    return (ratio.first, ratio.whole) if ratio else None


def ranks(amounts: Mapping[int, int], places: list[int]) -> dict[int, int]:
    """The rank of each place, equal amounts alike."""
    month = {place: amounts.get(place, 0) for place in places}
    return {each.place: each.rank for each in rules.rank(month, places, month)}


COMPARISONS.append(standings)
