"""Article 3: first contact and transfer."""

from schema.linkage.rules.contact import (
    Contact,
    check_claim,
    check_dispute,
    check_merge,
    check_step,
    check_transfer,
    earliest,
)
from schema.linkage.rules.tickets import read_ticket, ticket

__all__ = [
    "Contact",
    "check_claim",
    "check_dispute",
    "check_merge",
    "check_step",
    "check_transfer",
    "earliest",
    "read_ticket",
    "ticket",
]
