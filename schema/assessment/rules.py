"""Article 10: the month's ranking of the five carriers, from the sums credited to them."""

import json
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Generic, TypeVar

from schema.city.rules import RuleBroken, half_up
from schema.project.rules import Indicator

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


BACKDATED = ("transfer.",)


def parameter(name: str, value: Any, before: Any) -> Any:
    """A new value of a rule's parameter, of the same shape as the one before. Raises `RuleBroken`.

    A share is `{"first": 3, "whole": 10, "indicators": ["SIGNED_FUNDS", …]}` with 0 ≤ first ≤ whole.
    """
    if type(value) is not type(before) and not (is_number(value) and is_number(before)):
        raise RuleBroken(f"数值应与现行版本同类，现行为 {json.dumps(before, ensure_ascii=False)}", "value", "INVALID")
    if is_number(value) and value < 0:
        raise RuleBroken("数值不能为负", "value", "INVALID")
    if isinstance(before, dict):
        if set(value) != set(before):
            raise RuleBroken(f"应有且只有这些项：{'、'.join(before)}", "value", "INVALID")
        if "first" in before:
            check_share(value)
    return value


def check_share(value: Mapping[str, Any]) -> None:
    first, whole, indicators = value["first"], value["whole"], value["indicators"]
    if type(first) is not int or type(whole) is not int or not 0 <= first <= whole or not 0 < whole <= 1000:
        raise RuleBroken("比例应为整数份数，例如 first 3、whole 10 即 3∶7", "value", "INVALID")
    known = [each.value for each in Indicator]
    if not isinstance(indicators, list) or any(each not in known for each in indicators):
        raise RuleBroken(f"指标应为 {'、'.join(known)} 中的若干项", "value", "INVALID")


def check_effective(name: str, effective_on: date, today: date) -> None:
    """A new version never changes the past: only shares, which are posted with each entry, may be backdated.

    A province's sharing policy often takes effect before it arrives; entries already posted stay as they are.
    """
    if effective_on < today and not name.startswith(BACKDATED):
        raise RuleBroken(f"生效日期不能早于今天（{today}），已按旧规则办理的不能改变", "effectiveOn")


def is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
