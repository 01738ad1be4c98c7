"""Tests of the policy write its numbers as its articles do, and try what the rulebook holds.

A test that takes a number out of the code to say what is right passes with any number.
"""

import ast
from datetime import date, time, timedelta
from decimal import Decimal
from importlib import import_module
from pathlib import Path
from typing import Any

from schema.entries.rules import Indicator, Ratio
from tests.rulebook import RATIOS, closing, rule

TESTS = Path(__file__).parents[1]
NATIONAL_STANDARD = ("tests/city/test_rules_codes.py", "WEIGHTS")  # compared with GB 32100 there


def numbers_of_rules(path: Path) -> list[str]:
    """The constants of rules that a test imports and that are numbers, or made of them."""
    return [
        each.name
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.ImportFrom) and ".rules" in (node.module or "")
        for each in node.names
        if each.name.isupper() and is_number(getattr(import_module(str(node.module)), each.name))
    ]


def is_number(value: Any) -> bool:
    if isinstance(value, dict):
        return any(map(is_number, value.values()))
    if isinstance(value, list | tuple | set | frozenset):
        return any(map(is_number, value))
    return isinstance(value, int | float | Decimal | date | time | timedelta | Ratio)


def test_no_test_takes_a_rules_number_from_the_code() -> None:
    found = [
        (str(path.relative_to(TESTS.parent)), name)
        for path in sorted(TESTS.rglob("*.py"))
        for name in numbers_of_rules(path)
    ]
    assert found == [NATIONAL_STANDARD]


def test_the_rulebook_begins_with_the_numbers_of_the_articles() -> None:
    """Articles 3 and 10: two working days, 3∶7 and 1∶9, paid-in funds; and what is proposed."""
    assert rule("lead.assessment_deadline") == 2
    assert closing() == time(17, 30)
    assert {
        indicator: (ratio.first, ratio.whole) for ratio in RATIOS for indicator in ratio.indicators
    } == {
        Indicator.SIGNED_FUNDS: (3, 10),
        Indicator.PAID_IN_FUNDS: (3, 10),
        Indicator.TAX: (1, 10),
    }
    assert rule("assessment.ranking_indicator") == Indicator.PAID_IN_FUNDS
    assert rule("first_contact.validity") == 0, "the policy sets no limit"
