"""What counts in the month's contest, and who verifies what by when: parameters of the rulebook."""

from datetime import datetime, time
from enum import StrEnum

from schema.city.rules import Calendar, CalendarPending
from schema.city.rules.clock import due
from schema.city.rules.rulebook import Choice, Choices, Number
from schema.entries.rules.figures import Indicator
from schema.entries.rules.life import Basis


class Verifier(StrEnum):
    """The units among which the rulebook names who verifies, by their short keys."""

    OFFICE = "office"
    FINANCE_BUREAU = "finance-bureau"
    TAX_BUREAU = "tax-bureau"
    STATISTICS_BUREAU = "statistics-bureau"
    INVESTMENT_BUREAU = "investment-bureau"


COUNTS = Choice("verification.counts", "擂台赛的计入口径", "第十条", among=Basis)
VERIFICATION_DEADLINE = Number(
    "verification.deadline", "核实时限", "第六条", unit="个工作日", least=1, most=250
)
SIGNED_FUNDS_VERIFIERS = Choices(
    "verifier.signed_funds", "签约资金的核实单位", "第六条", among=Verifier, none="签订即核实"
)
PAID_IN_FUNDS_VERIFIERS = Choices(
    "verifier.paid_in_funds", "到位资金的核实单位", "第六条", among=Verifier
)
TAX_VERIFIERS = Choices("verifier.tax", "税收的核实单位", "第六条", among=Verifier)
VERIFIERS = {
    Indicator.SIGNED_FUNDS: SIGNED_FUNDS_VERIFIERS,
    Indicator.PAID_IN_FUNDS: PAID_IN_FUNDS_VERIFIERS,
    Indicator.TAX: TAX_VERIFIERS,
}
"""The units verifying an indicator, of which one is enough; without any: verified when signed."""


def verification_due(
    claimed_at: datetime, days: int, calendar: Calendar, closing: time
) -> datetime | None:
    """Until when a claim is verified or returned: the closing hour of the last of `days` working days.

    `days` is the parameter VERIFICATION_DEADLINE. None while the calendar of a year in between is
    not published.
    """
    try:
        return due(claimed_at, days, calendar, closing)
    except CalendarPending:
        return None
