"""Whole-or-nothing transactions, alike on both databases.

Tortoise 1.1.9 loses connections when a task is cancelled while a transaction opens or closes, and
begins SQLite transactions in a mode that fails when a second process writes. `transaction()` is
therefore the only way this program opens one.
"""

import asyncio
import random
import sqlite3
from collections.abc import (
    AsyncIterator,
    Awaitable,
    Callable,
    Coroutine,
)
from contextlib import asynccontextmanager
from typing import Any, TypeVar

from tortoise.backends.base.client import BaseDBAsyncClient, TransactionalDBClient
from tortoise.connection import get_connection, get_connections
from tortoise.exceptions import IntegrityError, OperationalError

from schema.database.cache import forget, pending_cache, versioned_cache
from schema.database.statements import WRITER

Result = TypeVar("Result")


Step = Callable[[], Coroutine[Any, Any, Any]]


@asynccontextmanager
async def transaction() -> AsyncIterator[TransactionalDBClient]:
    """Store everything written inside, or nothing; inside another transaction, a savepoint.

    On SQLite the write lock is taken at once: two processes queue instead of failing as "locked".
    A cancelled task leaves neither lock nor connection behind. A cancellation that arrives during
    the commit is delivered after it. On PostgreSQL a statement that failed inside spoils the whole
    transaction even when its error was caught: try what may fail in a transaction of its own.
    """
    outer = get_connection(WRITER)
    if isinstance(outer, TransactionalDBClient):
        opened = _savepoint(outer)
    elif outer.capabilities.dialect == "sqlite":
        opened = _sqlite_transaction(outer)
    else:
        opened = _postgres_transaction(outer)
    async with opened as inner:
        finish_bulk_inserts(inner)
        around = pending_cache.get()
        pending = dict(around or {})
        token, writing = get_connections().set(WRITER, inner), pending_cache.set(pending)
        try:
            yield inner
        finally:
            pending_cache.reset(writing)
            get_connections().reset(token)
    forget()
    (versioned_cache if around is None else around).update(pending)


async def with_retry(work: Callable[[], Awaitable[Result]], attempts: int = 5) -> Result:
    """Run `work`, which opens its own transaction, again when PostgreSQL gave it up.

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


def finish_bulk_inserts(client: BaseDBAsyncClient) -> None:
    """Deliver a cancellation after the bulk insert it meets.

    Interrupted, asyncpg 0.32 waits for an answer that never comes, and on SQLite Tortoise leaves
    open the transaction it began.
    """
    insert = client.execute_many

    async def execute_many(query: str, values: list[list[Any]]) -> None:
        if cancelled := await _finished(insert(query, values)):
            raise cancelled

    client.execute_many = execute_many  # type: ignore[method-assign]


@asynccontextmanager
async def _sqlite_transaction(client: Any) -> AsyncIterator[TransactionalDBClient]:
    async with client._lock:
        tx = client._in_transaction().connection
        raw = tx._connection

        def start() -> None:
            # Should anything have been left open after all, it never happened.
            raw._conn.rollback()
            raw._conn.execute("BEGIN IMMEDIATE").close()

        async def begin() -> None:
            try:
                await raw._execute(start)
            except sqlite3.OperationalError as error:
                raise OperationalError(error) from error

        try:
            async with _whole_or_nothing(begin, tx.commit, raw.rollback):
                yield tx
        finally:
            # A task started inside and still running must not write into the next transaction.
            tx._connection = None


@asynccontextmanager
async def _postgres_transaction(client: Any) -> AsyncIterator[TransactionalDBClient]:
    async with client._pool.acquire() as raw:
        tx = client._in_transaction().client
        tx._connection = raw

        async def commit() -> None:
            # PostgreSQL answers COMMIT after a failed statement by a silent ROLLBACK; this raises.
            await raw.execute("SELECT 1")
            await tx.commit()

        async def rollback() -> None:
            if raw.is_in_transaction():
                await tx.rollback()

        async with _whole_or_nothing(tx.begin, commit, rollback):
            yield tx


@asynccontextmanager
async def _savepoint(outer: TransactionalDBClient) -> AsyncIterator[TransactionalDBClient]:
    tx = outer._in_transaction().client
    async with _whole_or_nothing(tx.savepoint, tx.release_savepoint, tx.savepoint_rollback):
        yield tx


@asynccontextmanager
async def _whole_or_nothing(begin: Step, commit: Step, rollback: Step) -> AsyncIterator[None]:
    cancelled = await _finished(begin())
    try:
        if cancelled:
            raise cancelled
        yield
        cancelled = await _finished(commit())
    except BaseException:
        await _finished(rollback())
        raise
    if cancelled:
        raise cancelled


async def _finished(step: Coroutine[Any, Any, Any]) -> asyncio.CancelledError | None:
    """Run a step to its end whatever happens to this task; give back a cancellation meanwhile."""
    cancelled = None
    task = asyncio.ensure_future(step)
    while not task.done():
        try:
            await asyncio.wait([task])
        except asyncio.CancelledError as error:
            cancelled = error
    task.result()
    return cancelled
