"""Steps of a transaction that are seen to their end whatever becomes of the task.

A work-round: Tortoise 1.1.9 loses a connection, or leaves a transaction open on it, where a task is
cancelled while a transaction begins or ends.
"""

import asyncio
import random
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager, suppress
from typing import Any

Step = Callable[[], Coroutine[Any, Any, Any]]


@asynccontextmanager
async def whole_or_nothing(commit: Step, rollback: Step) -> AsyncIterator[None]:
    """Commit where the block ends, roll back where it fails or is cancelled.

    A cancellation that arrives during the commit is delivered after it.
    """
    try:
        yield
        cancelled = await finished(commit())
    except BaseException:
        with suppress(Exception):  # what made it fail says more, and a lost connection rolls back
            await finished(rollback())
        raise
    if cancelled:
        raise cancelled


async def finished(step: Coroutine[Any, Any, Any]) -> asyncio.CancelledError | None:
    """Run a step to its end; return the cancellation that arrived meanwhile.

    Where the step fails as well, the cancellation is raised from its error.
    """
    cancelled = None
    task = asyncio.ensure_future(step)
    while not task.done():
        try:
            await asyncio.wait([task])
        except asyncio.CancelledError as error:
            cancelled = error
    if cancelled and (failure := task.exception()):
        raise cancelled from failure
    task.result()
    return cancelled


async def pause() -> None:
    """Wait for a moment of a random length, lest several that wait try at one instant."""
    await asyncio.sleep(random.uniform(0, 0.02))
