"""Article 3: first contact, transfer, and the credit shared between two places."""

from schema.linkage.rules.contact import (
    Contact,
    check_claim,
    check_dispute,
    check_merge,
    check_step,
    check_transfer,
    earliest,
)
from schema.linkage.rules.shares import (
    INDICATOR_SHARE,
    SEED_RATIOS,
    TAX_SHARE,
    CreditRole,
    Part,
    Ratio,
    check_share,
    parts,
    ratio_on,
    ratios,
    share,
)
from schema.linkage.rules.tickets import read_ticket, ticket

__all__ = [
    "INDICATOR_SHARE",
    "SEED_RATIOS",
    "TAX_SHARE",
    "Contact",
    "CreditRole",
    "Part",
    "Ratio",
    "check_claim",
    "check_dispute",
    "check_merge",
    "check_share",
    "check_step",
    "check_transfer",
    "earliest",
    "parts",
    "ratio_on",
    "ratios",
    "read_ticket",
    "share",
    "ticket",
]
