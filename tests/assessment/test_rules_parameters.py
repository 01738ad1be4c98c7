from datetime import date

import pytest

from schema.city.rules import RuleBroken
from schema.city.rules.rulebook import check_effective, parameter
from schema.entries.rules import INDICATOR_SHARE, TAX_SHARE

SHARE = {"first": 3, "whole": 10, "indicators": ["SIGNED_FUNDS", "PAID_IN_FUNDS"]}


@pytest.mark.parametrize(
    ("name", "before", "value"),
    [
        ("lead.assessment_deadline", 2, 3),
        ("lead.closing_time", [17, 30], [18, 0]),
        (INDICATOR_SHARE, SHARE, SHARE | {"first": 4}),
        (TAX_SHARE, SHARE, {"first": 1, "whole": 20, "indicators": []}),
        ("assessment.ranking_indicators", ["PAID_IN_FUNDS"], ["TAX", "SIGNED_FUNDS"]),
        ("any.other", 1, 0),
        ("any.other", "甲", "乙"),
    ],
)
def test_a_new_version_says_what_its_rule_can_say(name: str, before: object, value: object) -> None:
    assert parameter(name, value, before) == value


@pytest.mark.parametrize(
    ("name", "before", "value"),
    [
        ("lead.assessment_deadline", 2, 0),
        ("lead.assessment_deadline", 2, 251),
        ("lead.assessment_deadline", 2, 2.5),
        ("lead.assessment_deadline", 2, True),
        ("lead.assessment_deadline", 2, "2"),
        ("lead.closing_time", [17, 30], "17:30"),
        ("lead.closing_time", [17, 30], [24, 0]),
        ("lead.closing_time", [17, 30], [17, 60]),
        ("lead.closing_time", [17, 30], [17]),
        ("lead.closing_time", [17, 30], [17.5, 0]),
        (INDICATOR_SHARE, SHARE, 30),
        (INDICATOR_SHARE, SHARE, SHARE | {"first": 11}),
        (TAX_SHARE, SHARE, SHARE | {"indicators": ["OUTPUT"]}),
        ("assessment.ranking_indicators", ["PAID_IN_FUNDS"], []),
        ("assessment.ranking_indicators", ["PAID_IN_FUNDS"], ["OUTPUT"]),
        ("assessment.ranking_indicators", ["PAID_IN_FUNDS"], "TAX"),
        ("any.other", 1, -1),
        ("any.other", 1, "1"),
        ("any.other", [1], None),
    ],
)
def test_what_would_break_a_rule_is_refused(name: str, before: object, value: object) -> None:
    with pytest.raises(RuleBroken) as broken:
        parameter(name, value, before)
    assert (broken.value.field, broken.value.code) == ("value", "INVALID")


def test_only_a_share_may_begin_in_the_past() -> None:
    today = date(2026, 11, 20)
    check_effective("lead.assessment_deadline", today, today)
    check_effective(TAX_SHARE, date(2026, 1, 1), today)
    with pytest.raises(RuleBroken, match="不能早于今天") as broken:
        check_effective("lead.assessment_deadline", date(2026, 11, 19), today)
    assert broken.value.field == "effectiveOn"
