"""kill -9 amid jobs: none is lost and none is done twice, whoever ran it."""

import asyncio
import os
import signal
import sys
from asyncio.subprocess import DEVNULL, Process
from collections import Counter
from pathlib import Path

import pytest

from schema import database
from schema.city.tables import Parameter
from schema.context import Context
from schema.gate.journal import verify
from schema.gate.tables import JournalEntry
from schema.jobs import JOBS, enqueue
from schema.jobs.declare import CLOCK, ClockGate
from schema.jobs.tables import Job, JobSlot
from server.settings import ROOT
from tests.jobs import toys  # noqa: F401  (declares them)
from tests.server.test_commands import free_port
from tests.world import City

COMMAND = "import tests.jobs.toys; from server.commands import main; main()"
EACH = 40
"""Of so many jobs one is slow, so that somebody is always killed amid one."""


async def leave(count: int, outbox: Path) -> list[int]:
    """Jobs that are quick, and a few that are under way long enough to be killed in: their ids."""
    slow = []
    async with database.transaction():
        gate = ClockGate("ruleSet", Context(viewer=CLOCK))
        for n in range(count):
            args = {"name": f"job {n}", "outbox": str(outbox)}
            late = n % EACH == EACH - 1
            args |= {"seconds": 0.6} if late else {}
            made = await enqueue(gate, JOBS["toy"], args)
            slow += [made] if late and made else []
        await gate.finish()
    return slow


async def start(url: str, folder: Path, *words: str) -> Process:
    given = {"DATABASE_URL": url.replace("asyncpg://", "postgresql://"), "FILES_DIR": folder / "files",
             "SECRET_FILE": folder / "secret", "JOB_LEASE": 1}  # fmt: skip
    environment = {f"SIXONES_{name}": str(value) for name, value in given.items()}
    with (folder / "log").open("ab") as log:
        return await asyncio.create_subprocess_exec(
            sys.executable, "-c", COMMAND, *words, cwd=ROOT, env={**os.environ, **environment},
            stdin=DEVNULL, stdout=log, stderr=log,
        )  # fmt: skip


async def waits_until(count: int) -> None:
    """Until so many jobs are done. What this process reads, others have stored."""
    async with asyncio.timeout(300):
        while await Job.filter(kind="toy", state="DONE").count() < count:  # noqa: ASYNC110
            await asyncio.sleep(0.05)


@pytest.mark.parametrize("count", [120, pytest.param(3000, marks=pytest.mark.soak)])
async def test_no_job_is_lost_or_done_twice_when_its_process_is_killed(
    committed_db: str, stored_city: City, tmp_path: Path, count: int
) -> None:
    """On PostgreSQL two of four workers, on SQLite the server, which is then started again."""
    outbox, log = tmp_path / "outbox", tmp_path / "log"
    slow = await leave(count, outbox)
    if database.dialect() == "postgres":
        workers = [await start(committed_db, tmp_path, "worker") for _ in range(4)]
    else:
        workers = [await start(committed_db, tmp_path, "serve", "--port", str(free_port()))]
    await waits_until(count // 10)
    async with asyncio.timeout(60):
        while not await Job.filter(id__in=slow, state="RUNNING").exists():  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    for each in workers[:2]:
        each.send_signal(signal.SIGKILL)
    await asyncio.gather(*(each.wait() for each in workers[:2]))
    assert await Job.filter(kind="toy", state="RUNNING").exists(), "nobody was killed amid a job"
    if database.dialect() == "sqlite":
        workers.append(await start(committed_db, tmp_path, "serve", "--port", str(free_port())))
    await waits_until(count)
    for each in workers:
        if each.returncode is None:
            each.terminate()
    async with asyncio.timeout(10):
        await asyncio.gather(*(each.wait() for each in workers))

    wanted = Counter(f"job {n}" for n in range(count))
    stored = Counter(each.name for each in await Parameter.filter(clause="任务"))
    assert (wanted - stored, stored - wanted) == (Counter(), Counter())
    assert await JournalEntry.filter(act="toy").count() == count
    assert await verify() is None
    planned = {each.kind for each in await JobSlot.all()}
    assert {"lamps", "nightlyCheck", "clearRecords", "clearFiles"} <= planned, (
        "who runs knows all jobs"
    )
    assert ("weeklyBackup" in planned) is (database.dialect() == "sqlite")
    keys = {tuple(line.split("job ")[1].split()) for line in outbox.read_text().splitlines()}
    assert len(keys) == count, "a job that was tried twice has one key outside"
    assert "Traceback" not in log.read_text(), log.read_text()
