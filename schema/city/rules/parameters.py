"""The Chinese names of the parameters."""

TITLES = {
    "lead.assessment_deadline": "研判时限",
    "lead.closing_time": "下班时刻",
    "transfer.indicator_share": "签约、到位资金的分成比例",
    "transfer.tax_share": "税收的分成比例",
    "assessment.ranking_indicators": "擂台赛排名所用的指标",
}
