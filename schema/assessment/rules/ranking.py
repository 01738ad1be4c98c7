"""Article 10: the month's ranking of the five carriers, from the sums credited to them."""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Generic, TypeVar

from schema.city.rules import half_up

P = TypeVar("P", bound=Hashable)


@dataclass(frozen=True)
class Standing(Generic[P]):
    """A place in the ranking of one indicator.

    `share` is its part of all places' sum in hundredths of a per cent (3000 = 30.00 %), None when
    that sum is not above nothing. `rise` is by how many ranks it went up since the ranking before,
    negative for down, None when it was not in it.
    """

    place: P
    amount_fen: int
    rank: int
    share: int | None
    previous_rank: int | None
    rise: int | None


def rank(
    amounts: Mapping[P, int], order: Sequence[P], previous: Mapping[P, int] | None = None
) -> list[Standing[P]]:
    """The places of `order` by credited sums in fen, the largest first; without entry, 0.

    Equal sums share a rank and the next one is skipped (1, 2, 2, 4); among equals `order` decides
    who is shown first. `previous` holds the sums of the ranking before, and previous ranks come
    from it by the same rule.
    """
    total = sum(amounts.get(place, 0) for place in order)
    ranks = ranked(amounts, order)
    before = ranked(previous, order) if previous is not None else {}
    return [
        Standing(
            place=place,
            amount_fen=(amount := amounts.get(place, 0)),
            rank=ranks[place],
            share=half_up(amount * 10_000, total) if total > 0 else None,
            previous_rank=(earlier := before.get(place)),
            rise=None if earlier is None else earlier - ranks[place],
        )
        for place in sorted(order, key=lambda place: ranks[place])
    ]


def ranked(amounts: Mapping[P, int], order: Sequence[P]) -> dict[P, int]:
    """Each place's rank: one more than the number of places with a larger sum."""
    sums = [amounts.get(place, 0) for place in order]
    return {
        place: 1 + sum(other > mine for other in sums)
        for place, mine in zip(order, sums, strict=True)
    }


def months_before(month: date, back: int) -> date:
    """The first day of the month that lies `back` months before `month`; after it when negative."""
    index = month.year * 12 + month.month - 1 - back
    return date(index // 12, index % 12 + 1, 1)
