from datetime import date

import pytest

from schema.city.rules import RuleBroken
from schema.entries.rules import Indicator, SourceOfCapital
from schema.fulfilment.rules import check_entry, check_milestone, check_reversal
from schema.project.rules import Stage

TODAY = date(2026, 11, 20)
SIGNED_ON = date(2026, 3, 5)
RIGHT = {
    "indicator": Indicator.PAID_IN_FUNDS,
    "amount_fen": 1,
    "occurred_on": TODAY,
    "today": TODAY,
    "source": SourceOfCapital.OUT_OF_PROVINCE,
    "has_evidence": True,
}


def test_a_milestone_is_reached_between_the_step_before_and_today() -> None:
    check_milestone(Stage.REGISTERED, SIGNED_ON, SIGNED_ON, TODAY)
    check_milestone(Stage.REGISTERED, TODAY, None, TODAY)
    for reached_on in (date(2026, 3, 4), date(2026, 11, 21)):
        with pytest.raises(RuleBroken, match="“已注册”的日期不能") as broken:
            check_milestone(Stage.REGISTERED, reached_on, SIGNED_ON, TODAY)
        assert broken.value.field == "reachedOn"


@pytest.mark.parametrize(
    ("case", "changed"),
    [
        ("paid in from outside the province, one fen", {}),
        ("tax without a source", {"indicator": Indicator.TAX, "source": None}),
    ],
)
def test_a_figure_can_be_recorded(case: str, changed: dict[str, object]) -> None:
    check_entry(**(RIGHT | changed))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("case", "changed", "field"),
    [
        ("nothing", {"amount_fen": 0}, "amount"),
        ("less than nothing", {"amount_fen": -1}, "amount"),
        ("tomorrow", {"occurred_on": date(2026, 11, 21)}, "occurredOn"),
        ("funds from nowhere", {"source": None}, "sourceOfCapital"),
        ("no evidence", {"has_evidence": False}, "evidence"),
    ],
)
def test_a_figure_that_cannot_be_is_refused_at_its_field(
    case: str, changed: dict[str, object], field: str
) -> None:
    with pytest.raises(RuleBroken) as broken:
        check_entry(**(RIGHT | changed))  # type: ignore[arg-type]
    assert broken.value.field == field


def test_an_entry_is_reversed_once_with_a_reason_and_a_reversal_never() -> None:
    check_reversal(is_reversal=False, reversed_already=False, reason="金额多写一个 0")
    with pytest.raises(RuleBroken, match="本身就是冲销"):
        check_reversal(is_reversal=True, reversed_already=False, reason="再冲")
    with pytest.raises(RuleBroken, match="已经冲销过"):
        check_reversal(is_reversal=False, reversed_already=True, reason="再冲")
    with pytest.raises(RuleBroken, match="冲销原因") as broken:
        check_reversal(is_reversal=False, reversed_already=False, reason=" \n")
    assert broken.value.field == "reason"
