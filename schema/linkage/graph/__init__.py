"""Article 3 as it can be read: the clock, claims, disputes, transfers, duplicates, the judgement queue."""

from schema.linkage.graph import effects
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
    "Return",
    "Transfer",
    "ask_of_unseen",
    "duplicates_of",
    "effects",
    "judgement_clock",
    "report_clock",
    "thresholds_of",
]
