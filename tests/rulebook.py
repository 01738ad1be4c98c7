"""The rulebook that a city starts with: tests of a rule take the value under test from here."""

from datetime import UTC, datetime, time
from typing import Any

from schema.context import RuleVersion
from schema.entries.rules import Ratio, ratios
from server.operations.seed import first_rules

RULEBOOK = [
    RuleVersion(id=number, recorded_at=datetime(2020, 1, 1, tzinfo=UTC), **columns)
    for number, columns in enumerate(first_rules(), start=1)
]
RATIOS = ratios(RULEBOOK)


def rule(name: str) -> Any:
    """The value of a rule that a city starts with."""
    (value,) = [each.value for each in RULEBOOK if each.name == name]
    return value


def ratio(name: str) -> Ratio:
    """A ratio that a city starts with, such as that of `transfer.tax_share`."""
    (found,) = [each for each in RATIOS if each.rule == name]
    return found


def closing() -> time:
    """The closing hour that a city starts with."""
    return time(*rule("lead.closing_time"))
