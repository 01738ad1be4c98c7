"""How many of the connections that read one caller may have at once: half of them, at least one.

Whoever asks as many slow queries as there are connections would hold all of them until time is up.
What a caller asks beyond the share waits for the caller's own queries, and for nobody else's.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from contextvars import ContextVar
from typing import Any

from schema.database.errors import Reason, Unavailable

_caller: ContextVar[str | None] = ContextVar("caller", default=None)


def read_for(caller: str) -> None:
    """Whom the reads of this task, and of those that it starts, count against."""
    _caller.set(caller)


class Shares:
    """The callers that read now, each with its turns. What nobody named asks has no bound."""

    def __init__(self, connections: int, seconds: float) -> None:
        self._most = max(1, connections // 2) if connections > 1 else 0
        self._seconds = seconds
        self._turns: dict[str, asyncio.Semaphore] = {}
        self._asking: dict[str, int] = {}

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """Once the caller has a connection to spare. Raises Unavailable where that takes too long."""
        caller = _caller.get()
        if caller is None or not self._most:
            yield
            return
        turns = self._turns.setdefault(caller, asyncio.Semaphore(self._most))
        self._asking[caller] = self._asking.get(caller, 0) + 1
        try:
            await self._acquire(turns)
            try:
                yield
            finally:
                turns.release()
        finally:
            self._asking[caller] -= 1
            if not self._asking[caller]:
                del self._asking[caller], self._turns[caller]

    async def _acquire(self, turns: asyncio.Semaphore) -> None:
        if not turns.locked():
            await turns.acquire()
            return
        try:
            async with asyncio.timeout(self._seconds):
                await turns.acquire()
        except TimeoutError:
            raise Unavailable(Reason.BUSY) from None


@asynccontextmanager
async def turn_of(client: Any) -> AsyncIterator[None]:
    """A turn at a client that reads; at a transaction, which has its connection, nobody waits."""
    shares: Shares | None = vars(client).get("shares")
    if shares is None:
        yield
        return
    async with shares.turn():
        yield
