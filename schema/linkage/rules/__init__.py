"""Article 3: first contact and transfer."""

from schema.linkage.rules.contact import (
    Contact,
    check_claim,
    check_dispute,
    check_merge,
    check_transfer,
    check_verdict,
    earliest,
)
from schema.linkage.rules.tickets import read_ticket, ticket

__all__ = [
    "Contact",
    "check_claim",
    "check_dispute",
    "check_merge",
    "check_transfer",
    "check_verdict",
    "earliest",
    "read_ticket",
    "ticket",
]
