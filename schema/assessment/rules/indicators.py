"""Article 10: which indicators the ranking counts."""

from typing import Any

from schema.city.rules import RuleBroken
from schema.city.rules.rulebook import CHECKS
from schema.entries.rules import Indicator


def check_indicators(value: Any) -> None:
    """A non-empty list of indicators. Raises `RuleBroken` (`INVALID`) at `value`."""
    if (
        not isinstance(value, list)
        or not value
        or any(each not in list(Indicator) for each in value)
    ):
        raise RuleBroken(
            f'应为 {"、".join(Indicator)} 中的一项或几项，例如 ["PAID_IN_FUNDS"]',
            "value",
            "INVALID",
        )


CHECKS["assessment.ranking_indicators"] = check_indicators
