"""Rules of figures: their kinds, their life, their months, and how two places share credit."""

from schema.entries.rules.counting import COUNTS, VERIFICATION_DEADLINE, VERIFIERS, basis_of
from schema.entries.rules.figures import Indicator, SourceOfCapital
from schema.entries.rules.life import (
    ENTRY_LIFE,
    STANDING,
    Basis,
    EntryState,
    check_resubmission,
    check_verdict,
    check_verification,
)
from schema.entries.rules.months import counting_month, month_of, next_month
from schema.entries.rules.shares import (
    INDICATOR_SHARE,
    TAX_SHARE,
    CreditRole,
    Part,
    Ratio,
    Standing,
    check_share,
    parts,
    ratio_on,
    ratios,
    share,
    shares,
)

__all__ = [
    "COUNTS",
    "ENTRY_LIFE",
    "INDICATOR_SHARE",
    "STANDING",
    "TAX_SHARE",
    "VERIFICATION_DEADLINE",
    "VERIFIERS",
    "Basis",
    "CreditRole",
    "EntryState",
    "Indicator",
    "Part",
    "Ratio",
    "SourceOfCapital",
    "Standing",
    "basis_of",
    "check_resubmission",
    "check_share",
    "check_verdict",
    "check_verification",
    "counting_month",
    "month_of",
    "next_month",
    "parts",
    "ratio_on",
    "ratios",
    "share",
    "shares",
]
