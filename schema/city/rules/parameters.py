"""The parameters that every mechanism uses: the hours of the offices, and when a lamp turns amber."""

from schema.city.rules.rulebook import Number, TimeOfDay

CLOSING_TIME = TimeOfDay("lead.closing_time", "下班时刻", "第三条")
AMBER_DAYS = Number(
    "lead.amber_days", "黄灯：剩余工作日不多于", "第三条", unit="个工作日", most=250
)
AMBER_PERCENT = Number(
    "lead.amber_percent", "黄灯：剩余时间不多于时限的", "第三条", unit="%", most=100
)
