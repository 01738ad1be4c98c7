"""Article 3 as it can be read: the clock, claims, disputes, transfers, duplicates, the judgement queue."""

from schema.linkage.graph import effects, pursued
from schema.linkage.graph.claimed import claim_contacts
from schema.linkage.graph.clock import Clock, judgement_clock, report_clock
from schema.linkage.graph.duplicates import (
    Asked,
    Duplicate,
    ask_of_unseen,
    duplicates_of,
    thresholds_of,
)
from schema.linkage.graph.facet import Linkage
from schema.linkage.graph.lists import QUEUES
from schema.linkage.graph.opinions import Opinion, jointly_judged, opinion_due, standing_opinion
from schema.linkage.graph.types import Claim, Dispute, Judgement, Return, Transfer

__all__ = [
    "QUEUES",
    "Asked",
    "Claim",
    "Clock",
    "Dispute",
    "Duplicate",
    "Judgement",
    "Linkage",
    "Opinion",
    "Return",
    "Transfer",
    "ask_of_unseen",
    "claim_contacts",
    "duplicates_of",
    "effects",
    "jointly_judged",
    "judgement_clock",
    "opinion_due",
    "pursued",
    "report_clock",
    "standing_opinion",
    "thresholds_of",
]
