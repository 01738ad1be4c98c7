"""Article 6: a milestone in its order, a figure that has happened, an entry reversed once."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from schema.city.rules import RuleBroken
from schema.entries.rules import Indicator, SourceOfCapital
from schema.fulfilment.rules import (
    GivenFigure,
    check_order,
    check_reached_on,
    check_reversal,
    figure_faults,
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


PAID = GivenFigure(Indicator.PAID_IN_FUNDS, 1, TODAY, "", SourceOfCapital.FOREIGN, "回单 0312")


def faults(**given: Any) -> list[str | None]:
    """The fields at which a figure is refused that differs from a right one in what is given."""
    return [each.field for each in figure_faults(replace(PAID, **given), TODAY, SIGNED_ON)]


def test_a_figure_is_above_nothing_has_happened_and_has_its_document() -> None:
    assert faults() == []
    assert faults(amount_fen=0) == faults(amount_fen=-1) == ["amount"]
    assert faults(occurred_on=date(2026, 11, 21)) == ["occurredOn"]
    assert faults(evidence_note="") == ["evidenceNote"]
    assert faults(indicator=Indicator.TAX) == ["sourceOfCapital"]
    assert faults(amount_fen=0, occurred_on=date(2026, 3, 4), evidence_note="") == [
        "amount",
        "earlyReason",
        "evidenceNote",
    ]


def test_a_figure_from_before_the_signing_is_explained_and_no_other() -> None:
    before = date(2026, 3, 4)
    assert faults(occurred_on=before) == ["earlyReason"]
    assert faults(occurred_on=before, early_reason="土地保证金") == []
    assert faults(occurred_on=SIGNED_ON, early_reason="土地保证金") == ["earlyReason"]


def test_a_figure_of_a_project_whose_signing_is_not_known_is_explained() -> None:
    figure = replace(PAID, occurred_on=TODAY)
    (asked,) = figure_faults(figure, TODAY, None)
    assert asked.field == "earlyReason" and "没有登记签约日期" in asked.message
    assert not [*figure_faults(replace(figure, early_reason="历史台账"), TODAY, None)]


def test_an_entry_is_reversed_once_and_a_reversal_never() -> None:
    check_reversal(is_reversal=False, reversed_already=False)
    with pytest.raises(RuleBroken, match="本身就是冲销"):
        check_reversal(is_reversal=True, reversed_already=False)
    with pytest.raises(RuleBroken, match="已经冲销过"):
        check_reversal(is_reversal=False, reversed_already=True)
