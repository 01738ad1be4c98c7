"""Article 3: first contact and transfer."""

from schema.linkage.rules.contact import (
    VALIDITY,
    Contact,
    check_claim,
    check_dispute,
    check_merge,
    check_transfer,
    check_verdict,
    earliest,
)
from schema.linkage.rules.receipt import RECEIPT
from schema.linkage.rules.report import (
    ASSESSMENT_DEADLINE,
    REVEALED_FOR,
    UNSEEN_KEPT,
    UNSEEN_PER_DAY,
)
from schema.linkage.rules.reported import Reporter, claim_columns, report_columns
from schema.linkage.rules.tickets import invalid_ticket, read_ticket, ticket

__all__ = [
    "ASSESSMENT_DEADLINE",
    "RECEIPT",
    "REVEALED_FOR",
    "UNSEEN_KEPT",
    "UNSEEN_PER_DAY",
    "VALIDITY",
    "Contact",
    "Reporter",
    "check_claim",
    "check_dispute",
    "check_merge",
    "check_transfer",
    "check_verdict",
    "claim_columns",
    "earliest",
    "invalid_ticket",
    "read_ticket",
    "report_columns",
    "ticket",
]
