"""The Chinese names of the parameters."""

TITLES = {
    "lead.assessment_deadline": "研判时限",
    "lead.unseen_duplicates_per_day": "每日查重提示的项目数（可见范围以外）",
    "lead.closing_time": "下班时刻",
    "first_contact.validity": "首谈的有效期",
    "transfer.indicator_share": "签约、到位资金的分成比例",
    "transfer.tax_share": "税收的分成比例",
    "assessment.ranking_indicators": "擂台赛排名所用的指标",
    "verifier.signed_funds": "签约资金的核实单位",
    "verifier.paid_in_funds": "到位资金的核实单位",
    "verifier.tax": "税收的核实单位",
    "verification.counts": "计入擂台赛的口径",
    "verification.deadline": "核实时限",
}
