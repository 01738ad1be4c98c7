"""Whole-or-nothing transactions, alike on both databases.

`transaction()` is the only way in which this program opens one: Tortoise's own loses connections
where a task is cancelled, see `sqlite.py` and `postgres.py`.
"""

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any, TypeVar

from tortoise.backends.base.client import TransactionalDBClient
from tortoise.connection import get_connection, get_connections
from tortoise.exceptions import IntegrityError

from schema.database.cache import forget, in_transaction, pending_cache, versioned_cache
from schema.database.shares import turn_of
from schema.database.statements import READER, WRITER

Result = TypeVar("Result")


@asynccontextmanager
async def transaction() -> AsyncIterator[TransactionalDBClient]:
    """Store everything written inside, or nothing; inside another transaction, a savepoint.

    On SQLite the write lock is taken at once: two processes queue instead of failing as "locked".
    A cancelled task leaves neither lock nor connection behind. A cancellation that arrives during
    the commit is delivered after it. On PostgreSQL a statement that failed inside spoils the whole
    transaction even when its error was caught: try what may fail in a transaction of its own.

    Raises Unavailable where others hold a lock for longer than `lock_wait`, and for an outage.
    """
    outer: Any = get_connection(WRITER)
    async with outer.begun() as inner:
        around = pending_cache.get()
        pending = dict(around or {})
        connections = get_connections()
        writer, reader = connections.set(WRITER, inner), connections.set(READER, inner)
        token = pending_cache.set(pending)
        try:
            yield inner
        finally:
            pending_cache.reset(token)
            connections.reset(reader)
            connections.reset(writer)
    forget()
    (versioned_cache if around is None else around).update(pending)


@asynccontextmanager
async def snapshot() -> AsyncIterator[None]:
    """What is read inside is all of one moment, whatever is stored meanwhile: for what compares tables.

    Nothing read inside is kept in a cache. Inside a transaction it changes nothing: whoever reads
    there holds what must stand still.
    """
    if in_transaction():
        yield
        return
    client: Any = get_connection(READER)
    async with turn_of(client), client.snapshot() as still:
        token = pending_cache.set({})
        reader = get_connections().set(READER, still)
        try:
            yield
        finally:
            get_connections().reset(reader)
            pending_cache.reset(token)


async def with_retry(work: Callable[[], Awaitable[Result]], attempts: int = 5) -> Result:
    """Run `work`, which opens its own transaction, again where PostgreSQL ended it.

    PostgreSQL ends one of two transactions that wait for each other (40P01) or that could not have
    happened one after the other (40001), and expects the client to repeat it. So is one repeated
    that stored what another stored in the same moment (23505): next time it finds that row.
    """
    for attempt in range(1, attempts):
        try:
            return await work()
        except Exception as error:
            cause = error.__cause__ if isinstance(error, IntegrityError) else error
            if getattr(cause, "sqlstate", None) not in ("40001", "40P01", "23505"):
                raise
        await asyncio.sleep(random.uniform(0, 0.02 * attempt))
    return await work()
