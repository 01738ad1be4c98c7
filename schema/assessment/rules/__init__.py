"""Article 10: the month's ranking."""

from schema.assessment.rules.indicators import check_indicators
from schema.assessment.rules.ranking import Standing, months_before, rank

__all__ = ["Standing", "check_indicators", "months_before", "rank"]
