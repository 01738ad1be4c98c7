"""Article 10: which indicator the month's contest is ranked by."""

from schema.city.rules.rulebook import Choice
from schema.entries.rules import Indicator

RANKING_INDICATOR = Choice(
    "assessment.ranking_indicator", "擂台赛排名所用的指标", "第十条", among=Indicator
)
