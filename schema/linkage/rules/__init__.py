"""Article 3: first contact and transfer."""

from schema.linkage.rules.contact import (
    VALIDITY,
    check_claim,
    check_dispute,
    check_merge,
    check_transfer,
    check_verdict,
)
from schema.linkage.rules.opinions import (
    OPINION_DEADLINE,
    check_consulted,
    check_first_opinion,
    check_group_given,
    check_limit_over,
    check_other_group,
    check_stance,
    missed_words,
    moment_words,
)
from schema.linkage.rules.proposing import (
    Contact,
    Proposed,
    check_assessable,
    check_claimed,
    check_departure,
    first_proposed,
    proposed_order,
)
from schema.linkage.rules.receipt import RECEIPT
from schema.linkage.rules.report import (
    ASSESSMENT_DEADLINE,
    INQUIRIES_SHOWN_FROM,
    REVEALED_FOR,
    UNSEEN_KEPT,
    UNSEEN_PER_DAY,
)
from schema.linkage.rules.reported import Reporter, claim_columns, report_columns
from schema.linkage.rules.tickets import (
    check_evidence,
    check_reported_evidence,
    invalid_ticket,
    read_ticket,
    ticket,
)

__all__ = [
    "ASSESSMENT_DEADLINE",
    "INQUIRIES_SHOWN_FROM",
    "OPINION_DEADLINE",
    "RECEIPT",
    "REVEALED_FOR",
    "UNSEEN_KEPT",
    "UNSEEN_PER_DAY",
    "VALIDITY",
    "Contact",
    "Proposed",
    "Reporter",
    "check_assessable",
    "check_claim",
    "check_claimed",
    "check_consulted",
    "check_departure",
    "check_dispute",
    "check_evidence",
    "check_first_opinion",
    "check_group_given",
    "check_limit_over",
    "check_merge",
    "check_other_group",
    "check_reported_evidence",
    "check_stance",
    "check_transfer",
    "check_verdict",
    "claim_columns",
    "first_proposed",
    "invalid_ticket",
    "missed_words",
    "moment_words",
    "proposed_order",
    "read_ticket",
    "report_columns",
    "ticket",
]
