"""Rules of figures: their kinds, and how credit is shared between two places."""

from schema.entries.rules.figures import Indicator, SourceOfCapital
from schema.entries.rules.shares import (
    INDICATOR_SHARE,
    SHARES,
    TAX_SHARE,
    CreditRole,
    Part,
    Ratio,
    check_one_share,
    parts,
    ratio_on,
    ratios,
    share,
)

__all__ = [
    "INDICATOR_SHARE",
    "SHARES",
    "TAX_SHARE",
    "CreditRole",
    "Indicator",
    "Part",
    "Ratio",
    "SourceOfCapital",
    "check_one_share",
    "parts",
    "ratio_on",
    "ratios",
    "share",
]
