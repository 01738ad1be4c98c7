from datetime import date

import pytest

from schema.city.rules import TITLES, RuleBroken
from schema.city.rules.rulebook import CHECKS, check_effective, check_value
from schema.entries.rules import INDICATOR_SHARE, TAX_SHARE
from tests.rulebook import RULEBOOK

SHARE = {"first": 3, "whole": 10, "indicators": ["SIGNED_FUNDS", "PAID_IN_FUNDS"]}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("lead.assessment_deadline", 3),
        ("lead.closing_time", [18, 0]),
        (INDICATOR_SHARE, SHARE | {"first": 4}),
        (TAX_SHARE, {"first": 1, "whole": 20, "indicators": []}),
        ("assessment.ranking_indicators", ["TAX", "SIGNED_FUNDS"]),
        ("first_contact.validity", 180),
        ("first_contact.validity", 0),
    ],
)
def test_a_new_version_says_what_its_rule_can_say(name: str, value: object) -> None:
    check_value(name, value)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("lead.assessment_deadline", 0),
        ("lead.assessment_deadline", 251),
        ("lead.assessment_deadline", 2.5),
        ("lead.assessment_deadline", True),
        ("lead.assessment_deadline", "2"),
        ("lead.closing_time", "17:30"),
        ("lead.closing_time", [24, 0]),
        ("lead.closing_time", [17, 60]),
        ("lead.closing_time", [17]),
        ("lead.closing_time", [17.5, 0]),
        (INDICATOR_SHARE, 30),
        (INDICATOR_SHARE, SHARE | {"first": 11}),
        (TAX_SHARE, SHARE | {"indicators": ["OUTPUT"]}),
        ("assessment.ranking_indicators", []),
        ("assessment.ranking_indicators", ["OUTPUT"]),
        ("assessment.ranking_indicators", "TAX"),
        ("first_contact.validity", -1),
        ("first_contact.validity", "180"),
        ("first_contact.validity", None),
    ],
)
def test_what_would_break_a_rule_is_refused(name: str, value: object) -> None:
    with pytest.raises(RuleBroken) as broken:
        check_value(name, value)
    assert (broken.value.field, broken.value.code) == ("value", "INVALID")


def test_only_a_share_may_begin_in_the_past() -> None:
    today = date(2026, 11, 20)
    check_effective("lead.assessment_deadline", today, today)
    check_effective(TAX_SHARE, date(2026, 1, 1), today)
    with pytest.raises(RuleBroken, match="不能早于今天") as broken:
        check_effective("lead.assessment_deadline", date(2026, 11, 19), today)
    assert broken.value.field == "effectiveOn"


def test_every_parameter_has_a_check_and_a_name_and_none_is_without_a_parameter() -> None:
    assert {each.name for each in RULEBOOK} == set(CHECKS) == set(TITLES)
    for each in RULEBOOK:
        check_value(each.name, each.value)
