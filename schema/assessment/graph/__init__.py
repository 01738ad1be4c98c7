"""Article 10 as it can be read: the month's contest, down to the last entry, and what a rule would change of it."""

from schema.assessment.graph import effects
from schema.assessment.graph.ranking import ProjectAssessment, Query

__all__ = ["ProjectAssessment", "Query", "effects"]
