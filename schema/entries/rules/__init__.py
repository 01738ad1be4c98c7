"""Rules of figures: their kinds, their life, their months, and how two places share credit."""

from schema.entries.rules.alike import ALIKE_WITHIN, check_another
from schema.entries.rules.counting import (
    COUNTS,
    VERIFICATION_DEADLINE,
    VERIFIERS,
    Verifier,
    verification_due,
)
from schema.entries.rules.figures import Indicator, SourceOfCapital
from schema.entries.rules.life import (
    ENTRY_LIFE,
    STANDING,
    Basis,
    EntryState,
    check_resubmission,
    check_verdict,
    check_verification,
    signed_faults,
)
from schema.entries.rules.months import counting_month, month_of, next_month
from schema.entries.rules.postings import Posting, places_of, postings, series_of
from schema.entries.rules.shares import (
    INDICATOR_SHARE,
    SHARES,
    TAX_SHARE,
    CreditRole,
    Part,
    Ratio,
    Standing,
    check_one_share,
    parts,
    ratio_on,
    ratios,
    share,
    shares,
)

__all__ = [
    "ALIKE_WITHIN",
    "COUNTS",
    "ENTRY_LIFE",
    "INDICATOR_SHARE",
    "SHARES",
    "STANDING",
    "TAX_SHARE",
    "VERIFICATION_DEADLINE",
    "VERIFIERS",
    "Basis",
    "CreditRole",
    "EntryState",
    "Indicator",
    "Part",
    "Posting",
    "Ratio",
    "SourceOfCapital",
    "Standing",
    "Verifier",
    "check_another",
    "check_one_share",
    "check_resubmission",
    "check_verdict",
    "check_verification",
    "counting_month",
    "month_of",
    "next_month",
    "parts",
    "places_of",
    "postings",
    "ratio_on",
    "ratios",
    "series_of",
    "share",
    "shares",
    "signed_faults",
    "verification_due",
]
