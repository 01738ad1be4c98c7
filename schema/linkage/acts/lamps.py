"""Article 3 each night: whose time to judge runs out today, or has run out.

A lamp itself is nobody's to keep: it is computed from the deadline whenever it is read, so it is right
at midnight without a job. What the job keeps is how many lamps stood how on that day, and it tells the
office, once a day and person, of those that do not wait any longer.
"""

from collections import Counter

from schema.city.rules import Lamp
from schema.gate.gate import Gate
from schema.jobs import Daily, Run, job
from schema.linkage.graph import judgement_clock
from schema.messages.rules import template
from schema.messages.sending import holders, write_messages
from schema.permissions import MAY
from schema.project.rules import AWAITS_JUDGEMENT
from schema.query.models import KINDS
from schema.query.sql import Read

WORDS = {Lamp.GREEN: "绿灯", Lamp.AMBER: "黄灯", Lamp.RED: "红灯", Lamp.GREY: "日历待公布"}
DUE = template(
    "lampsDue",
    "信息研判：今天到期 {today} 件，已逾期 {late} 件",
    "Reports to be judged: {today} due today, {late} overdue",
)


@job("lamps", "亮灯", every=Daily(0, 5))
async def lamps(gate: Gate, run: Run) -> str:
    """At 00:05, the first minute in which yesterday's deadline is certainly past."""
    await gate.context.load_rules()
    marks = ", ".join("?" * len(AWAITS_JUDGEMENT))
    waiting = (f't."stage" IN ({marks})', [each.value for each in AWAITS_JUDGEMENT])
    reports = await gate.context.rows.all(Read(KINDS["Project"], (waiting,)))
    clocks = [judgement_clock(each, gate.context) for each in reports]
    count = Counter(clock.lamp for clock in clocks)
    late = sum(1 for clock in clocks if clock.due_at and clock.due_at < gate.now)
    today = sum(
        1
        for clock in clocks
        if clock.due_at
        and clock.due_at >= gate.now
        and gate.context.day_of(clock.due_at) == gate.today
    )
    if late or today:
        recipients = await holders(gate, *MAY["projectJudge"])
        given = {"today": today, "late": late}
        await write_messages(
            gate, DUE, recipients, given, link="/judgement", key=f"lamps:{gate.today}"
        )
    shown = "、".join(f"{words} {count[lamp]} 件" for lamp, words in WORDS.items() if lamp in count)
    return f"{shown or '没有待研判的信息'}；今天到期 {today} 件，已逾期 {late} 件"
