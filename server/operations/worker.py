"""Who runs jobs: the server itself on SQLite, `sixones worker` on PostgreSQL."""

import asyncio
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import schema.graph  # noqa: F401  (declares the jobs of the mechanisms)
from schema import database
from schema.context import Context
from schema.jobs.declare import CLOCK
from schema.jobs.runner import AT_ONCE, Runner, release_all
from server import settings
from server.operations import jobs
from server.people.context import FILES, now, signing_secret

__all__ = ["job_context", "jobs", "jobs_in_server", "work_until_stopped"]


def job_context() -> Context:
    """The context of a job: it acts as the clock, at the moment that the settings say."""
    return Context(
        viewer=CLOCK, now=now(), running_clock=now, secret=signing_secret(), file_store=FILES
    )


@asynccontextmanager
async def jobs_in_server() -> AsyncIterator[None]:
    """Run jobs beside the requests: always on SQLite, on PostgreSQL where the settings say so."""
    if database.dialect() != "sqlite" and not settings.JOBS_IN_SERVER:
        yield
        return
    if database.dialect() == "sqlite":
        await release_all()
    runner = Runner(job_context, lease=settings.JOB_LEASE)
    running = asyncio.create_task(runner.run())
    try:
        yield
    finally:
        runner.stop()
        await running


async def work_until_stopped(at_once: int = AT_ONCE) -> None:
    """Run jobs until the process is asked to stop."""
    runner = Runner(job_context, at_once=at_once, lease=settings.JOB_LEASE)
    loop = asyncio.get_running_loop()
    for each in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(each, runner.stop)
    await runner.run()
