"""Article 3: the numbers of a report: when it must be judged, how much of what is unseen it shows, for how
long its contacts are revealed."""

from schema.city.rules.rulebook import Number

ASSESSMENT_DEADLINE = Number(
    "lead.assessment_deadline", "研判时限", "第三条", unit="个工作日", least=1, most=250
)
UNSEEN_PER_DAY = Number(
    "lead.unseen_duplicates_per_day",
    "每日查重提示的项目数（可见范围以外）",
    "第三条",
    unit="个项目/人·日",
    most=1000,
)
REVEALED_FOR = Number(
    "contact.revealed_for",
    "查看联系方式的有效时间",
    "个人信息保护法第六条",
    unit="分钟",
    least=1,
    most=1440,
)
UNSEEN_KEPT = Number(
    "lead.unseen_notices_kept",
    "查重提示记录的保存期",
    "第三条",
    unit="日",
    least=1,
    most=3650,
)
