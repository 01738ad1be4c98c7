"""Article 10: the month's ranking."""

from schema.assessment.rules.indicators import RANKING_INDICATOR
from schema.assessment.rules.ranking import Standing, months_before, rank

__all__ = ["RANKING_INDICATOR", "Standing", "months_before", "rank"]
