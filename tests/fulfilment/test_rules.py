"""Article 6: a milestone in its order, a figure that has happened, an entry reversed once."""

from datetime import date

import pytest

from schema.city.rules import RuleBroken
from schema.fulfilment.rules import (
    check_amount,
    check_occurred_on,
    check_order,
    check_reached_on,
    check_reversal,
)
from schema.project.rules import Stage

TODAY = date(2026, 11, 20)
SIGNED_ON = date(2026, 3, 5)


def test_a_milestone_is_reached_between_the_step_before_and_today() -> None:
    check_order(Stage.REGISTERED, SIGNED_ON, SIGNED_ON)
    check_order(Stage.REGISTERED, TODAY, None)
    check_reached_on(Stage.REGISTERED, TODAY, TODAY)
    with pytest.raises(RuleBroken, match="“已注册”的日期不能早于") as early:
        check_order(Stage.REGISTERED, date(2026, 3, 4), SIGNED_ON)
    with pytest.raises(RuleBroken, match="“已注册”的日期不能晚于") as late:
        check_reached_on(Stage.REGISTERED, date(2026, 11, 21), TODAY)
    assert early.value.field == late.value.field == "reachedOn"


def test_a_figure_is_above_nothing_and_has_happened() -> None:
    check_amount(1)
    check_occurred_on(TODAY, TODAY)
    for amount in (0, -1):
        with pytest.raises(RuleBroken) as broken:
            check_amount(amount)
        assert broken.value.field == "amount"
    with pytest.raises(RuleBroken) as broken:
        check_occurred_on(date(2026, 11, 21), TODAY)
    assert broken.value.field == "occurredOn"


def test_an_entry_is_reversed_once_and_a_reversal_never() -> None:
    check_reversal(is_reversal=False, reversed_already=False)
    with pytest.raises(RuleBroken, match="本身就是冲销"):
        check_reversal(is_reversal=True, reversed_already=False)
    with pytest.raises(RuleBroken, match="已经冲销过"):
        check_reversal(is_reversal=False, reversed_already=True)
