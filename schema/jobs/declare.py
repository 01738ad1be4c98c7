"""A job is a function that the clock, or an act, has done later: declared here, and queued.

    @job("nightlyCheck", "每晚自检", every=Daily(2, 30), before=run_checks)
    async def nightly_check(gate: Gate, run: Run) -> str: ...

The function is an act of the clock: its changes go through the gate, and they and the end of the job
are one transaction. `before` is for what takes long, or has its effect outside; it writes nothing here.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from schema import database
from schema.context import Context
from schema.gate.gate import Gate
from schema.gate.operator import ACTS
from schema.gate.rows import defaults, insert_rows, stored
from schema.jobs.rules import JobState, Missed, Schedule
from schema.jobs.tables import Job
from schema.permissions import HeldPost, Post, Viewer

LIMIT = timedelta(minutes=10)

CLOCK = Viewer("时钟", None, (HeldPost(Post.OFFICE, unit="本系统", title="定时任务"),))
"""By whom jobs act: it sees what the office sees, and does what is declared as a job."""


@dataclass
class Run:
    """One run of a job. `id` stays the same however often it is tried: outside, it is the
    idempotency key. `prepared` is what `before` returned.
    """

    id: int
    kind: str
    args: Mapping[str, Any]
    due_at: datetime
    slot_at: datetime | None
    tries: int
    token: str
    context: Context
    prepared: Any = None

    @property
    def idempotency_key(self) -> str:
        return f"job-{self.id}"


Effect = Callable[[Gate, Run], Awaitable[str]]
Preparation = Callable[[Run], Awaitable[Any]]


@dataclass(frozen=True)
class Declaration:
    """A kind of job: its words, when it repeats, and what it does. `limit` cuts one that never ends."""

    kind: str
    title: str
    effect: Effect
    before: Preparation | None = None
    every: Schedule | None = None
    missed: Missed = Missed.LATE
    limit: timedelta = LIMIT
    only: str | None = None


ACTS["leaveJobs"] = "留下任务"

JOBS: dict[str, Declaration] = {}
"""Every kind of job, by its name."""


def job(
    kind: str,
    title: str,
    *,
    every: Schedule | None = None,
    missed: Missed = Missed.LATE,
    limit: timedelta = LIMIT,
    before: Preparation | None = None,
    only: str | None = None,
) -> Callable[[Effect], Declaration]:
    """Declare a kind of job; what the function returns is the result that the operator reads.

    `every` makes it repeat, `missed` says what becomes of a period that nobody was there to run,
    `only` names the one database on which it repeats.
    """

    def declare(effect: Effect) -> Declaration:
        if kind in JOBS:
            raise LookupError(f"two jobs are called {kind}")
        found = JOBS[kind] = Declaration(kind, title, effect, before, every, missed, limit, only)
        ACTS[kind] = title
        return found

    return declare


class ClockGate(Gate):
    """The gate as a job passes it: what a job may do is what it declares."""

    def post_in_which_to_act(self) -> HeldPost:
        return CLOCK.main

    def permit(self, row: Any) -> None:
        """A job is asked for no permission on a row."""


async def enqueue(
    gate: Gate,
    kind: Declaration,
    args: Mapping[str, Any],
    *,
    due_at: datetime | None = None,
    key: str | None = None,
) -> int | None:
    """Leave a job for later, in the act's transaction and in its journal; an act that is refused leaves none.

    The id of the job; None where one already has this `key`, ended or not.
    """
    gate.stop_if_wrong()
    values = {
        "kind": kind.kind,
        "args": dict(args),
        "key": key,
        "created_at": gate.now,
        "due_at": due_at or gate.now,
        "slot_at": None,
        "state": JobState.WAITING,
    }
    if key is None:
        return (await gate.insert_many(Job, [values]))[0]
    names = ", ".join(f'"{name}"' for name in (*values, "tries", "result", "error"))
    found = await database.fetch(
        f"INSERT INTO \"job\" ({names}) VALUES ({', '.join('?' * len(values))}, 0, '', '')"
        ' ON CONFLICT ("key") DO NOTHING RETURNING "id"',
        [stored(value) for value in values.values()],
    )
    if not found:
        return None
    noted = {name: [None, value] for name, value in {**defaults(Job), **values}.items()}
    await gate.journal.note_many(Job, [found[0]["id"]], [noted])
    return int(found[0]["id"])


async def enqueue_slot(kind: Declaration, at: datetime, now: datetime, *, skipped: bool) -> bool:
    """Write a period, and its job unless it is skipped; False where another process has done so.

    Called in a transaction: the period and its job are there together or not at all.
    """
    found = await database.fetch(
        'INSERT INTO "job_slot" ("kind", "slot_at", "skipped", "noted_at") VALUES (?, ?, ?, ?)'
        ' ON CONFLICT ("kind", "slot_at") DO NOTHING RETURNING "id"',
        [kind.kind, at, skipped, now],
    )
    if not found:
        return False
    state = JobState.SKIPPED if skipped else JobState.WAITING
    words = "这一期没有按时运行，按规则略过" if skipped else ""
    (made,) = await insert_rows(
        Job,
        [
            {"kind": kind.kind, "args": {}, "created_at": now, "due_at": at, "slot_at": at,
             "state": state, "result": words, "ended_at": now if skipped else None}
        ],
    )  # fmt: skip
    await database.write(
        'UPDATE "job_slot" SET "job_id" = ? WHERE "id" = ?', [[made, found[0]["id"]]]
    )
    return True
