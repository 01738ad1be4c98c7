"""The rulebook that a city starts with: tests of a rule take the value under test from here."""

from datetime import UTC, datetime, time
from typing import Any

from schema.city.rules import PARAMETERS, Amber, Parameter
from schema.context import RuleVersion
from schema.entries.rules import Ratio, ratios
from schema.project.rules import Thresholds
from server.operations.seed import first_rules

RULEBOOK = [
    RuleVersion(
        id=number,
        recorded_at=datetime(2020, 1, 1, tzinfo=UTC),
        document_no="",
        **columns | {"value": PARAMETERS[columns["name"]].load(columns["value"])},
    )
    for number, columns in enumerate(first_rules(), start=1)
]
RATIOS = ratios(RULEBOOK)


def rule(name: str) -> Any:
    """The value of a rule that a city starts with."""
    (value,) = [each.value for each in RULEBOOK if each.name == name]
    return value


def ratio(shared: Parameter[Any]) -> Ratio:
    """A ratio that a city starts with, such as that of TAX_SHARE."""
    (found,) = [each for each in RATIOS if each.rule == shared.name]
    return found


def closing() -> time:
    """The closing hour that a city starts with."""
    found: time = rule("lead.closing_time")
    return found


def thresholds() -> Thresholds:
    """From when on two projects are alike in the city that starts."""
    names = ("similar_from", "amounts_within", "one_character_from")
    return Thresholds(*(rule(f"lead.{name}") for name in names))


def amber() -> Amber:
    """When lamps turn amber in the city that starts."""
    return Amber(rule("lead.amber_days"), rule("lead.amber_percent"))
