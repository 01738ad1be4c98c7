"""What is right for a project: its life, its figures, and when two reports are one project."""

from schema.project.rules.duplicates import Candidate, DuplicateGrade, Match, grade
from schema.project.rules.life import (
    BEGINNING,
    ENDS,
    EXCLUDES,
    LIFE,
    PROJECT_LIFE,
    REFUSED,
    SIGNED_ON,
    STEPS,
    Stage,
    advance,
    check_open,
    diagram,
    open_acts,
    step,
)
from schema.project.rules.origin import CapitalOrigin

__all__ = [
    "BEGINNING",
    "ENDS",
    "EXCLUDES",
    "LIFE",
    "PROJECT_LIFE",
    "REFUSED",
    "SIGNED_ON",
    "STEPS",
    "Candidate",
    "CapitalOrigin",
    "DuplicateGrade",
    "Match",
    "Stage",
    "advance",
    "check_open",
    "diagram",
    "grade",
    "open_acts",
    "step",
]
