"""The kinds of figures that a project has."""

from enum import StrEnum


class Indicator(StrEnum):
    """签约资金、到位资金、税收: what entries are counted as."""

    SIGNED_FUNDS = "SIGNED_FUNDS"
    PAID_IN_FUNDS = "PAID_IN_FUNDS"
    TAX = "TAX"


class SourceOfCapital(StrEnum):
    """省外、市外省内、本市、外资: where paid-in funds come from, by the investor's origin."""

    OUT_OF_PROVINCE = "OUT_OF_PROVINCE"
    OUT_OF_CITY = "OUT_OF_CITY"
    IN_CITY = "IN_CITY"
    FOREIGN = "FOREIGN"
