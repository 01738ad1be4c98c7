"""Runs jobs, any number of runners beside each other on PostgreSQL, one in the server on SQLite.

What a trial of it taught, and the tests keep:

- the effect of a job and its end are one transaction, which the token of its lease guards: whoever has
  lost the lease stores nothing;
- a period of a repeating job has a row for ever, written in one transaction with its job: a finished
  job may go, and its period does not come again;
- each job puts off its own lease while it works; where that fails, its work is cancelled.
"""

import asyncio
import logging
import random
import secrets
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from schema import database
from schema.context import Context
from schema.gate.journal import announce
from schema.jobs.declare import JOBS, ClockGate, Declaration, Run, enqueue_slot
from schema.jobs.rules import TRIES_MOST, JobState, Missed, is_late, pause_after, plan
from schema.query.models import document, moment

AT_ONCE = 4
LEASE = timedelta(seconds=60)
POLL = 1.0
GRACE_SECONDS = 3.0
"""How long jobs that run may still end when the runner stops; then they are cancelled."""
ERROR_LIMIT = 500

OPEN = "\"state\" IN ('WAITING', 'RUNNING')"
DUE = f'{OPEN} AND "due_at" <= ? AND ("lease_until" IS NULL OR "lease_until" < ?)'

log = logging.getLogger(__name__)


class LeaseLost(Exception):
    """Another runner has the job: what this one did is not stored."""


class Runner:
    """`context` makes the context of a job; its clock is the settings' clock."""

    def __init__(
        self,
        context: Callable[[], Context],
        *,
        at_once: int = AT_ONCE,
        lease: timedelta = LEASE,
        poll: float = POLL,
    ) -> None:
        self._context, self._at_once, self._lease, self._poll = context, at_once, lease, poll
        self._running: dict[asyncio.Task[None], Run] = {}
        self._next: dict[str, datetime] = {}
        self._renewed: dict[str, float] = {}
        self._stopping, self._wake = asyncio.Event(), asyncio.Event()

    def stop(self) -> None:
        """Begin no more; `run` returns within five seconds."""
        self._stopping.set()
        self._wake.set()

    async def run(self) -> None:
        """Run what is due until `stop`. An outage of the database is waited for."""
        heart = asyncio.create_task(self._beat())
        try:
            while not self._stopping.is_set():
                self._wake.clear()
                try:
                    await self.step()
                except database.Unavailable as trouble:
                    log.warning("jobs wait for the database: %s", trouble)
                except Exception:
                    log.exception("jobs could not be taken up")
                await _first_of(self._wake.wait(), self._poll)
        finally:
            await self._give_back()
            heart.cancel()
            await asyncio.gather(heart, return_exceptions=True)

    async def step(self) -> int:
        """Write the periods that have come, and begin as many of the jobs due as there is room for."""
        await self._plan()
        room = self._at_once - len(self._running)
        jobs = await self._claim(room) if room > 0 else []
        for each in jobs:
            task = asyncio.create_task(self._work(each))
            self._running[task] = each
            task.add_done_callback(self._ended)
        return len(jobs)

    async def finish(self) -> None:
        """For tests: run all that is due now, and wait for its end."""
        while await self.step() or self._running:
            await asyncio.gather(*self._running, return_exceptions=True)

    # ------------------------------------------------------------ taking up

    async def _plan(self) -> None:
        now = self._context().now
        for kind in JOBS.values():
            known = self._next.get(kind.kind)
            if kind.every is None or kind.only not in (None, database.dialect()):
                continue
            if known is None or known <= now:
                self._next[kind.kind] = await database.with_retry(partial(plan_kind, kind, now))

    async def _claim(self, room: int) -> list[Run]:
        """Jobs that are due and held by nobody, or whose holder has not put off its lease.

        Only of the kinds that this program has: beside a newer one it leaves what that alone knows.
        """
        at, real = self._context().now, datetime.now(UTC)
        due = f'{DUE} AND "kind" IN ({", ".join("?" * len(JOBS))})'
        given = [at, real, *JOBS]
        if not await database.fetch(f'SELECT 1 AS "one" FROM "job" WHERE {due} LIMIT 1', given):
            return []
        skip = " FOR UPDATE SKIP LOCKED" if database.dialect() == "postgres" else ""
        async with database.transaction():
            chosen = await database.fetch(
                f'SELECT "id" FROM "job" WHERE {due} ORDER BY "due_at", "id" LIMIT {room}{skip}',
                given,
            )
            found: list[dict[str, Any]] = []
            for each in chosen:
                found += await database.fetch(
                    'UPDATE "job" SET "state" = \'RUNNING\', "token" = ?, "lease_until" = ?,'
                    ' "started_at" = ?, "tries" = "tries" + 1 WHERE "id" = ? RETURNING *',
                    [secrets.token_hex(16), real + self._lease, at, each["id"]],
                )
        return [self._run_of(row) for row in found]

    def _run_of(self, row: dict[str, Any]) -> Run:
        slot = row["slot_at"]
        run = Run(
            id=row["id"],
            kind=row["kind"],
            args=document(row["args"]),
            due_at=moment(row["due_at"]),
            slot_at=moment(slot) if slot else None,
            tries=row["tries"],
            token=row["token"],
            context=self._context(),
        )
        run.context.request_id = f"{run.idempotency_key}-{run.tries}"
        self._renewed[run.token] = time.monotonic()
        return run

    # ------------------------------------------------------------ one job

    async def _work(self, run: Run) -> None:
        kind = JOBS[run.kind]
        if run.tries > TRIES_MOST:
            await self._failed(run, f"开始了 {TRIES_MOST} 次，每次都没有办完就中断", for_good=True)
            return
        if run.slot_at and kind.missed is Missed.SKIP and is_late(run.slot_at, run.context.now):
            await end(run, JobState.SKIPPED, "这一期没有按时运行，按规则略过")
            return
        limit = asyncio.timeout(kind.limit.total_seconds())
        try:
            async with limit:
                if kind.before:
                    run.prepared = await kind.before(run)
                await database.with_retry(lambda: perform(kind, run))
        except LeaseLost:
            log.warning("job %s: another runner has it", run.id)
        except Exception as fault:
            cut = isinstance(fault, TimeoutError) and limit.expired()
            words = (
                f"超过 {kind.limit} 的时限，已中止" if cut else f"{type(fault).__name__}：{fault}"
            )
            log.error("job %s (%s) failed: %s", run.id, run.kind, words, exc_info=not cut)
            await self._failed(run, words, for_good=run.tries >= TRIES_MOST)

    async def _failed(self, run: Run, words: str, *, for_good: bool) -> None:
        """Try again after a pause, or put it aside for somebody to see to."""
        now = self._context().clock()
        state = JobState.FAILED if for_good else JobState.WAITING
        due = run.due_at if for_good else now + pause_after(run.tries, random.random())
        try:
            async with database.transaction():
                await database.fetch(
                    'UPDATE "job" SET "state" = ?, "error" = ?, "due_at" = ?, "ended_at" = ?,'
                    ' "token" = NULL, "lease_until" = NULL WHERE "id" = ? AND "token" = ? RETURNING "id"',
                    [state.value, words[:ERROR_LIMIT].replace("\0", ""), due, now if for_good else None,
                     run.id, run.token],
                )  # fmt: skip
        except database.Unavailable as trouble:  # its lease runs out, and it is taken up again
            log.warning("job %s: its failure is not noted: %s", run.id, trouble)

    def _ended(self, task: asyncio.Task[None]) -> None:
        run = self._running.pop(task)
        self._renewed.pop(run.token, None)
        self._wake.set()
        if not task.cancelled() and (fault := task.exception()):
            log.error("job %s", run.id, exc_info=fault)

    # ------------------------------------------------------------ leases

    async def _beat(self) -> None:
        """Put off the leases of all jobs that run, at a third of a lease."""
        while True:
            await asyncio.sleep(self._lease.total_seconds() / 3)
            tokens = [run.token for run in self._running.values()]
            try:
                held = await renew(tokens, datetime.now(UTC) + self._lease) if tokens else set()
            except Exception as trouble:
                log.warning("leases are not put off: %r", trouble)
                held = set()
            else:
                gone = set(tokens) - held
                self._renewed |= dict.fromkeys(gone & self._renewed.keys(), 0.0)
            self._renewed |= dict.fromkeys(held & self._renewed.keys(), time.monotonic())
            oldest = time.monotonic() - self._lease.total_seconds()
            for task, run in list(self._running.items()):
                if self._renewed.get(run.token, 0.0) < oldest:
                    log.warning("job %s: its lease is lost, its work is cancelled", run.id)
                    task.cancel()

    async def _give_back(self) -> None:
        """Let what runs end, then cancel it and leave it to others, as if it had not been begun."""
        left = dict(self._running)
        if left:
            await asyncio.wait(left, timeout=GRACE_SECONDS)
        cut = [run for task, run in left.items() if not task.done() and task.cancel()]
        if not cut:
            return
        await asyncio.wait([task for task in left if not task.done()], timeout=1)
        try:
            async with asyncio.timeout(1), database.transaction():
                for run in cut:
                    await database.fetch(
                        'UPDATE "job" SET "state" = \'WAITING\', "token" = NULL, "lease_until" = NULL,'
                        ' "tries" = "tries" - 1 WHERE "id" = ? AND "token" = ? RETURNING "id"',
                        [run.id, run.token],
                    )
        except (TimeoutError, database.Unavailable):
            log.warning("%s jobs are taken up again when their leases have run out", len(cut))


async def release_all() -> None:
    """Take back every lease, where no other process can hold one: as a server on SQLite starts."""
    async with database.transaction():
        await database.fetch(
            'UPDATE "job" SET "state" = \'WAITING\', "token" = NULL, "lease_until" = NULL'
            ' WHERE "state" = \'RUNNING\' RETURNING "id"'
        )


async def perform(kind: Declaration, run: Run) -> None:
    """The job's effect and its end, in one transaction. Raises LeaseLost."""
    run.context.forget()
    gate = run.context.gate = ClockGate(kind.kind, run.context)
    gate.prepared = run.prepared
    async with database.transaction():
        await fence(run)
        words = await kind.effect(gate, run)
        gate.stop_if_wrong()
        if gate.journal.changes or gate.reason:
            await gate.finish()
        await end(run, JobState.DONE, words)
    if gate.journal.changes:
        announce()


async def fence(run: Run) -> None:
    """Hold the job's row until the transaction ends. Raises LeaseLost where another has the job."""
    sql = 'UPDATE "job" SET "error" = \'\' WHERE "id" = ? AND "token" = ? RETURNING "id"'
    if not await database.fetch(sql, [run.id, run.token]):
        raise LeaseLost


async def end(run: Run, state: JobState, words: str) -> None:
    """Note how a job ended. Raises LeaseLost."""
    async with database.transaction():
        found = await database.fetch(
            'UPDATE "job" SET "state" = ?, "result" = ?, "ended_at" = ?, "token" = NULL,'
            ' "lease_until" = NULL WHERE "id" = ? AND "token" = ? RETURNING "id"',
            [state.value, words, run.context.clock(), run.id, run.token],
        )
        if not found:
            raise LeaseLost


async def renew(tokens: Sequence[str], until: datetime) -> set[str]:
    """The tokens that still hold their jobs; a job whose last transaction is under way keeps its lease."""
    marks = ", ".join("?" * len(tokens))
    skip = " FOR UPDATE SKIP LOCKED" if database.dialect() == "postgres" else ""
    async with database.transaction():
        await database.fetch(
            'UPDATE "job" SET "lease_until" = ? WHERE "id" IN'
            f' (SELECT "id" FROM "job" WHERE "token" IN ({marks}){skip}) RETURNING "id"',
            [until, *tokens],
        )
        held = await database.fetch(f'SELECT "token" FROM "job" WHERE "token" IN ({marks})', tokens)
    return {row["token"] for row in held}


async def plan_kind(kind: Declaration, now: datetime) -> datetime:
    """Write the periods of a repeating job up to the next one to come; when that is."""
    assert kind.every
    async with database.transaction():
        (row,) = await database.fetch(
            'SELECT max("slot_at") AS "last" FROM "job_slot" WHERE "kind" = ?', [kind.kind]
        )
        last = moment(row["last"]) if row["last"] else None
        slots = plan(kind.every, last, now, kind.missed)
        for slot in slots:
            await enqueue_slot(kind, slot.at, now, skipped=slot.skipped)
        if last and any(is_late(slot.at, now) for slot in slots):
            await database.fetch(
                'UPDATE "job" SET "state" = \'SKIPPED\', "ended_at" = ?, "result" = ?'
                ' WHERE "kind" = ? AND "slot_at" = ? AND "state" = \'WAITING\' AND "tries" = 0'
                ' RETURNING "id"',
                [now, "这一期没有按时运行，由更近的一期代替", kind.kind, last],
            )
    return slots[-1].at if slots else (last or now)


async def _first_of(wait: Any, seconds: float) -> None:
    try:
        async with asyncio.timeout(seconds):
            await wait
    except TimeoutError:
        pass
