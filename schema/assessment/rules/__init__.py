"""Article 10: the month's ranking, and the parameters that the office sets by date."""

from schema.assessment.rules.parameters import check_effective, parameter
from schema.assessment.rules.ranking import Standing, months_before, rank

__all__ = ["Standing", "check_effective", "months_before", "parameter", "rank"]
