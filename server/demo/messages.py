"""Notices of the office, some of them read, some answered; and what the clock does, left for now."""

from datetime import timedelta

from schema.context import Context
from schema.jobs import JOBS, enqueue
from schema.jobs.declare import CLOCK, ClockGate
from server.demo.history import History
from server.demo.lives import Step
from server.operations import jobs

NOTICES = (
    ("请各地于周五前核对本月到位资金，凭证不齐的先补齐再登记。", ("yanjiang", "anyue", "lezhi"), 5),
    (
        "下周一上午召开招商项目调度会，请提前更新项目进度。",
        ("yanjiang", "hightech", "airport"),
        None,
    ),
)
"""What is sent, to which units, and in how many days an answer is asked for."""
SHOWN = ("lamps", jobs.nightly_check.kind)
ANSWER = "已核对，凭证齐全。"


async def send_notices(history: History) -> None:
    """The first recipient of each reads it, and answers where that is asked for."""
    now = history.hours.now
    for text, units, days in NOTICES:
        given = {"text": text, "units": list(units), "unit": "office"}
        if days is not None:
            given["answerBy"] = f"{now + timedelta(days=days):%Y-%m-%d}"
        sent = await history.do(Step(now, "office", "noticeSend", given))
        first = {"message": sent["notice"]["messages"][0]["id"]}
        await history.do(Step(now, "yanjiang", "messageRead", first))
        if days is not None:
            await history.do(Step(now, "yanjiang", "noticeAnswer", first | {"text": ANSWER}))


async def leave_jobs(history: History) -> None:
    """What else waits for the night: so there is a result to look at as soon as the server runs."""
    gate = ClockGate("leaveJobs", Context(viewer=CLOCK, now=history.hours.now))
    for kind in SHOWN:
        await enqueue(gate, JOBS[kind], {})
    await gate.finish()
