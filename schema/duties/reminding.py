"""What the clock does about duties: it tells before one is due, and at midnight moves what a day moves."""

from datetime import date, datetime, time, timedelta

from schema.city.rules import CITY_TIME
from schema.context import Context
from schema.duties import keeping
from schema.duties.holders import holders_of
from schema.duties.registry import TASKS
from schema.duties.rules import REMIND_DAYS, REMIND_HOURS, reminder_at
from schema.gate.gate import Gate
from schema.jobs import Daily, Hourly, Run, job
from schema.messages.rules import template
from schema.messages.sending import write_messages
from schema.query.models import KINDS, Record
from schema.query.sql import Order, Read

AHEAD = timedelta(days=40)
"""No reminder is as far ahead of its due time, whatever holidays lie between: it bounds what is read."""
DUE_SOON = template(
    "dutyDueSoon",
    "到期前提醒：{task}，{subject}，请于 {due} 前办结",
    "Due soon: {task}, {subject}, by {due}",
)


def task_label(task: str) -> str:
    return TASKS[task].label if task in TASKS else task


async def subject_words(duty: Record, context: Context) -> str:
    """What a duty is about, as a message says it: the project, the number of a subject without one."""
    project = await context.rows.one("Project", duty["project_id"])
    named = f"“{project['name']}”（{project['no']}）" if project else ""
    return f"{named}{duty['subject_no']}"


def day_began(day: date) -> datetime:
    return datetime.combine(day, time(), CITY_TIME)


@job("dutyHolders", "承办人变动", every=Daily(0, 1))
async def duty_holders(gate: Gate, run: Run) -> str:
    """At 00:01: posts that end or begin by their date, and units that verify from today on."""
    moved = await keeping.keep_of_the_day(gate)
    return f"变动 {moved} 件"


@job("dutyReminders", "到期前提醒", every=Hourly(30))
async def duty_reminders(gate: Gate, run: Run) -> str:
    """Every hour: whoever has a duty in hand that is due soon, once for each due time and lead."""
    await gate.context.load_rules()
    days, hours = gate.context.rule(REMIND_DAYS).value, gate.context.rule(REMIND_HOURS).value
    running = (
        't."closed_at" IS NULL AND t."paused_at" IS NULL AND t."due_at" > ? AND t."due_at" <= ?',
        [gate.now, gate.now + AHEAD],
    )
    sent = 0
    for duty in await gate.context.rows.all(Read(KINDS["Duty"], (running,), Order("due_at"))):
        due_at = duty["due_at"]
        lead = reminder_at(due_at, duty["since"], days, hours, gate.context.calendar, gate.now)
        if lead is None:
            continue
        sent += await write_messages(
            gate,
            DUE_SOON,
            await holders_of(duty, gate.context),
            {
                "task": task_label(duty["task"]),
                "subject": await subject_words(duty, gate.context),
                "due": f"{due_at.astimezone(CITY_TIME):%Y-%m-%d %H:%M}",
            },
            subject=(duty["subject_kind"], duty["subject_id"]),
            link=duty["page"],
            key=f"due:{duty['task']}:{duty['subject_id']}:{due_at:%Y%m%d%H%M}:{lead:%Y%m%d%H%M}",
        )
    return f"提醒 {sent} 人次"
