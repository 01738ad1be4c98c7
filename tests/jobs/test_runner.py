"""The runner: three traps, leases, missed periods, limits, stopping. Each on both databases."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import pytest_asyncio

from schema import database
from schema.city.rules import RuleBroken
from schema.city.tables import Parameter
from schema.context import Context
from schema.gate.journal import verify
from schema.gate.tables import IdempotencyRecord, JournalEntry
from schema.jobs import JOBS, enqueue
from schema.jobs import runner as running
from schema.jobs.declare import CLOCK, ClockGate
from schema.jobs.rules import JobState, Missed, Weekly, pause_after, plan
from schema.jobs.runner import LeaseLost, Runner, perform
from schema.jobs.tables import Job, JobSlot
from schema.people.tables import Session
from tests.jobs import toys
from tests.world import City, at

TOYS = ("toy", "toyHeld", "toyEndless", "toyLate", "toySkip")


@dataclass
class Clock:
    """The settings' clock, as tests move it."""

    now: datetime = field(default_factory=lambda: at("2026-11-18 10:00"))

    def context(self) -> Context:
        return Context(viewer=CLOCK, now=self.now, running_clock=lambda: self.now)

    async def leave(self, kind: str, **args: Any) -> int:
        """A job left by an act."""
        async with database.transaction():
            gate = ClockGate("ruleSet", self.context())
            key = args.pop("key", None)
            made = await enqueue(gate, JOBS[kind], args, key=key)
            await gate.finish()
        return made or 0


@pytest.fixture(autouse=True)
def only_toys(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Not what the product does at night."""
    for name in set(JOBS) - set(TOYS):
        monkeypatch.delitem(JOBS, name)
    toys.going.clear()
    toys.release.clear()
    yield


@pytest_asyncio.fixture
async def clock(committed_db: str) -> AsyncIterator[Clock]:
    yield Clock()


async def done() -> Counter[str]:
    """How often each job has stored its row."""
    return Counter(each.name for each in await Parameter.all())


async def until(true: Any, seconds: float = 5) -> None:
    async with asyncio.timeout(seconds):
        while not await true():  # noqa: ASYNC110
            await asyncio.sleep(0.01)


# ------------------------------------------------------------ the three traps


async def test_an_effect_and_the_end_of_its_job_are_stored_together_or_not_at_all(
    clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = await clock.leave("toy", name="a")
    real, broken = running.end, [True]

    async def dies(*given: Any) -> None:
        if broken.pop() if broken else False:
            raise ConnectionResetError("the process goes away between effect and end")
        await real(*given)

    monkeypatch.setattr(running, "end", dies)
    runner = Runner(clock.context)
    await runner.finish()
    left = await Job.get(id=job)
    assert not await done() and left.state is JobState.WAITING and "ConnectionReset" in left.error
    clock.now += timedelta(minutes=1)
    await runner.finish()
    assert await done() == {"a": 1}
    left = await Job.get(id=job)
    assert (left.state, left.tries, left.result, left.error) == (JobState.DONE, 2, "办成", "")


async def test_whoever_lost_the_lease_stores_nothing(clock: Clock) -> None:
    await clock.leave("toy", name="a")
    first, second = Runner(clock.context), Runner(clock.context)
    (late,) = await first._claim(1)
    await Job.filter(id=late.id).update(lease_until=datetime.now(UTC) - timedelta(seconds=1))
    await second.finish()
    with pytest.raises(LeaseLost):
        await perform(JOBS["toy"], late)
    assert await done() == {"a": 1}


async def test_a_period_runs_once_even_where_its_job_is_long_cleared_away(clock: Clock) -> None:
    runner = Runner(clock.context)
    await runner.finish()
    clock.now = at("2026-11-19 00:05")
    await asyncio.gather(*(Runner(clock.context).finish() for _ in range(4)))
    assert await done() == {"late 11-19": 1}
    await Job.filter(state=JobState.DONE).delete()
    await asyncio.gather(*(Runner(clock.context).finish() for _ in range(4)))
    assert await done() == {"late 11-19": 1}
    assert await JobSlot.filter(kind="toyLate").count() == 2  # and tomorrow's


async def test_a_job_that_takes_longer_than_a_lease_is_not_taken_by_another(clock: Clock) -> None:
    job = await clock.leave("toyHeld", name="a")
    first = Runner(clock.context, lease=timedelta(seconds=0.3), poll=0.01)
    task = asyncio.create_task(first.run())
    await toys.going.wait()
    began = (await Job.get(id=job)).lease_until
    assert began

    async def renewed_beyond_it() -> bool:
        now = (await Job.get(id=job)).lease_until
        return bool(now and now > began + timedelta(seconds=0.35))

    await until(renewed_beyond_it)
    assert await Runner(clock.context)._claim(1) == []
    toys.release.set()
    await until(lambda: Job.filter(id=job, state=JobState.DONE).exists())
    first.stop()
    await task
    assert await done() == {"a": 1} and (await Job.get(id=job)).tries == 1


async def test_the_work_of_a_lost_lease_is_cancelled(clock: Clock) -> None:
    job = await clock.leave("toyHeld", name="a")
    runner = Runner(clock.context, lease=timedelta(seconds=0.3), poll=0.01)
    task = asyncio.create_task(runner.run())
    await toys.going.wait()
    later = datetime.now(UTC) + timedelta(hours=1)
    await Job.filter(id=job).update(token="another's", lease_until=later)

    async def idle() -> bool:
        return not runner._running

    await until(idle)
    runner.stop()
    await task
    assert not await done() and (await Job.get(id=job)).token == "another's"


# ------------------------------------------------------------ the queue


async def test_an_act_that_is_refused_leaves_no_job(clock: Clock) -> None:
    with pytest.raises(RuleBroken):
        async with database.transaction():
            await enqueue(ClockGate("ruleSet", clock.context()), JOBS["toy"], {"name": "a"})
            raise RuleBroken("不符合")
    assert not await Job.all().exists()


async def test_a_job_with_a_key_is_left_once(clock: Clock) -> None:
    first = await clock.leave("toy", name="a", key="k")
    assert first and not await clock.leave("toy", name="b", key="k")
    await Runner(clock.context).finish()
    assert not await clock.leave("toy", name="c", key="k")
    assert await done() == {"a": 1}


async def test_a_job_of_a_newer_program_is_left_to_it(clock: Clock) -> None:
    job = await clock.leave("toy", name="a")
    await Job.filter(id=job).update(kind="ofTomorrow")
    await Runner(clock.context).finish()
    left = await Job.get(id=job)
    assert (left.state, left.tries) == (JobState.WAITING, 0)


async def test_what_a_job_changes_is_in_the_journal_as_the_clocks(clock: Clock) -> None:
    await clock.leave("toy", name="a")
    await Runner(clock.context).finish()
    entry = await JournalEntry.get(act="toy")
    assert (entry.actor_id, entry.actor_name, entry.unit_name) == (None, "时钟", "本系统")
    assert entry.subject_kind == "Rule" and entry.at == clock.now
    assert await verify() is None


async def test_a_job_that_fails_waits_longer_each_time_and_is_then_put_aside(clock: Clock) -> None:
    job = await clock.leave("toy", name="a", fails=99)
    runner, pauses = Runner(clock.context), []
    for _ in range(5):
        await runner.finish()
        left = await Job.get(id=job)
        pauses.append((left.due_at - clock.now).total_seconds())
        clock.now = max(clock.now, left.due_at)
    assert [5 * 4**n <= pause <= 15 * 4**n for n, pause in enumerate(pauses[:-1])] == [True] * 4
    assert left.state is JobState.FAILED and "外面没有应答" in left.error and left.ended_at
    clock.now += timedelta(days=1)
    await runner.finish()
    assert "a" not in await done() and (await Job.get(id=job)).tries == 5


async def test_a_job_that_kills_its_process_each_time_is_put_aside(clock: Clock) -> None:
    job = await clock.leave("toy", name="a")
    for _ in range(5):
        assert len(await Runner(clock.context)._claim(1)) == 1  # and the process is gone
        await Job.filter(id=job).update(lease_until=datetime.now(UTC) - timedelta(seconds=1))
    await Runner(clock.context).finish()
    left = await Job.get(id=job)
    assert left.state is JobState.FAILED and "中断" in left.error and not await done()


async def test_a_job_that_never_ends_is_cut_and_stores_nothing(clock: Clock) -> None:
    job = await clock.leave("toyEndless", name="a")
    await Runner(clock.context).finish()
    left = await Job.get(id=job)
    assert left.state is JobState.WAITING and "时限" in left.error and not await done()


async def test_stopping_lets_jobs_end_and_gives_back_the_rest(
    clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(running, "GRACE_SECONDS", 0.1)
    quick, held = (
        await clock.leave("toy", name="q", seconds=0.05),
        await clock.leave("toyHeld", name="h"),
    )
    runner = Runner(clock.context, poll=0.01)
    task = asyncio.create_task(runner.run())
    await toys.going.wait()
    runner.stop()
    async with asyncio.timeout(5):
        await task
    assert await done() == {"q": 1} and (await Job.get(id=quick)).state is JobState.DONE
    back = await Job.get(id=held)
    assert (back.state, back.tries, back.token) == (JobState.WAITING, 0, None)
    toys.release.set()
    await Runner(clock.context).finish()
    assert await done() == {"q": 1, "h": 1}


# ------------------------------------------------------------ missed periods


async def test_after_three_days_off_the_last_period_runs_late_and_the_others_are_said_to_be_skipped(
    clock: Clock,
) -> None:
    await Runner(clock.context).finish()
    clock.now = at("2026-11-21 11:00")
    await Runner(clock.context).finish()
    assert await done() == {"late 11-21": 1}  # Saturday's, at 00:05; skipped ones stored nothing
    late = await Job.filter(kind="toyLate").order_by("slot_at")
    assert [each.state.value for each in late] == ["SKIPPED", "SKIPPED", "DONE", "WAITING"]
    skip = await Job.filter(kind="toySkip").order_by("slot_at")
    assert [each.state.value for each in skip] == ["SKIPPED", "SKIPPED", "SKIPPED", "WAITING"]
    assert all("没有按时运行" in each.result for each in (*late[:2], *skip[:3]))


def test_a_period_that_begins_within_ten_minutes_is_not_missed() -> None:
    last = at("2026-11-18 00:05")
    (today, next_one) = plan(toys.LATE_AT, last, at("2026-11-19 00:14"), Missed.SKIP)
    assert (today.skipped, next_one.at) == (False, at("2026-11-20 00:05"))
    assert plan(toys.LATE_AT, last, at("2026-11-19 00:16"), Missed.SKIP)[0].skipped


def test_a_week_is_from_sunday_to_sunday() -> None:
    sunday = Weekly(6, 3, 0)
    assert sunday.after(at("2026-11-18 10:00")) == at("2026-11-22 03:00")
    assert sunday.after(at("2026-11-22 03:00")) == at("2026-11-29 03:00")
    assert sunday.words() == "每周日 03:00"


def test_pauses_grow_to_an_hour_and_are_spread() -> None:
    seconds = [pause_after(tries, 0.5).total_seconds() for tries in range(1, 8)]
    assert seconds == [10, 40, 160, 640, 2560, 3600, 3600]
    assert pause_after(1, 0).total_seconds() == 5 and pause_after(1, 1).total_seconds() == 15


async def test_old_answers_and_ended_jobs_are_cleared_away(
    clock: Clock, stored_city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    from server.operations.jobs import clear_records

    monkeypatch.setitem(JOBS, "clearRecords", clear_records)
    for days in (0, 6, 8):
        await IdempotencyRecord.create(
            person_id=stored_city.office.person, key=f"k{days}", act="viewSave", body_hash="",
            answer={}, at=clock.now - timedelta(days=days),
        )  # fmt: skip
    for days in (0, 183, 185):
        await Session.create(
            token_hash=f"{days:064}", person_id=stored_city.office.person, address="", agent="",
            created_at=clock.now - timedelta(days=days), seen_at=clock.now,
        )  # fmt: skip
    old = await clock.leave("toy", name="old")
    await Runner(clock.context).finish()
    await Job.filter(id=old).update(ended_at=clock.now - timedelta(days=91))
    await clock.leave("clearRecords")
    await Runner(clock.context).finish()
    assert await IdempotencyRecord.all().order_by("id").values_list("key", flat=True) == [
        "k0",
        "k6",
    ]
    assert not await Job.filter(id=old).exists()
    assert await Session.all().count() == 2
    result = (await Job.get(kind="clearRecords", slot_at=None)).result
    assert (
        result
        == "清理防重复提交记录 1 条（保存 7 日）、已办结任务 1 条（90 日）、已退出的登录 1 条（183 日）"
        "、核对后没有提交的文件 0 个（1 日）"
    )
    entry = await JournalEntry.get(act="clearRecords")
    assert (entry.actor_name, entry.reason, entry.changes) == ("时钟", result, {})
    await clock.leave("clearRecords")
    await Runner(clock.context).finish()
    assert await JournalEntry.filter(act="clearRecords").count() == 1, "nothing to clear, no entry"
