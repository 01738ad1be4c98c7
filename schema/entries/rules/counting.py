"""What counts in the month's contest, and who verifies what: parameters of the rulebook."""

from typing import Any

from schema.city.rules import RuleBroken
from schema.city.rules.rulebook import CHECKS, check_deadline
from schema.entries.rules.figures import Indicator
from schema.entries.rules.life import Basis, EntryState

COUNTS = "verification.counts"
VERIFICATION_DEADLINE = "verification.deadline"
VERIFIERS = {
    Indicator.SIGNED_FUNDS: "verifier.signed_funds",
    Indicator.PAID_IN_FUNDS: "verifier.paid_in_funds",
    Indicator.TAX: "verifier.tax",
}
"""The parameter that names the units verifying an indicator; an empty list: verified when signed."""


def check_counted(value: Any) -> None:
    """The states of entries that count: verified ones, with or without those that wait for it.

    Raises `RuleBroken` (`INVALID`) at `value`.
    """
    known = [EntryState.VERIFIED], [EntryState.CLAIMED, EntryState.VERIFIED]
    if not isinstance(value, list) or sorted(map(str, value)) not in known:
        raise RuleBroken(
            '应为 ["VERIFIED"]（只计已核实的）或 ["CLAIMED", "VERIFIED"]（待核实的也计）',
            "value",
            "INVALID",
        )


def basis_of(value: list[str]) -> Basis:
    """The basis on which figures count, by a value of the parameter."""
    return Basis.CLAIMED if EntryState.CLAIMED in value else Basis.VERIFIED


def check_verifiers(value: Any) -> None:
    """A list of units, by their short keys; one of them verifies. Raises `RuleBroken` at `value`."""
    if not isinstance(value, list) or not all(isinstance(each, str) and each for each in value):
        raise RuleBroken(
            '应为单位的编码，其中任一个核实即可，例如 ["office", "finance-bureau"]',
            "value",
            "INVALID",
        )


def check_some_verifiers(value: Any) -> None:
    """As `check_verifiers`, and not empty: only signed funds are verified by being signed."""
    check_verifiers(value)
    if not value:
        raise RuleBroken("请至少写明一个核实单位", "value", "INVALID")


CHECKS[COUNTS] = check_counted
CHECKS[VERIFICATION_DEADLINE] = check_deadline
CHECKS[VERIFIERS[Indicator.SIGNED_FUNDS]] = check_verifiers
CHECKS[VERIFIERS[Indicator.PAID_IN_FUNDS]] = check_some_verifiers
CHECKS[VERIFIERS[Indicator.TAX]] = check_some_verifiers
