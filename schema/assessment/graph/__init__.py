"""Article 10 as it can be read: the month's contest of the five carriers, down to the last entry."""

from schema.assessment.graph.ranking import ProjectAssessment, Query

__all__ = ["ProjectAssessment", "Query"]
