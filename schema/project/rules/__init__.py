"""Rules of a project: its life, and when two reports are the same project."""

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
