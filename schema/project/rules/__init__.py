"""What is right for a project: its life, its figures, and when two reports are one project."""

from schema.project.rules.duplicates import Candidate, DuplicateGrade, Match, grade
from schema.project.rules.figures import CapitalOrigin, Indicator, SourceOfCapital
from schema.project.rules.life import (
    BEGINNING,
    ENDS,
    LIFE,
    REFUSED,
    STEPS,
    Stage,
    advance,
    check_open,
    diagram,
    open_acts,
    step,
)

__all__ = [
    "BEGINNING",
    "ENDS",
    "LIFE",
    "REFUSED",
    "STEPS",
    "Candidate",
    "CapitalOrigin",
    "DuplicateGrade",
    "Indicator",
    "Match",
    "SourceOfCapital",
    "Stage",
    "advance",
    "check_open",
    "diagram",
    "grade",
    "open_acts",
    "step",
]
