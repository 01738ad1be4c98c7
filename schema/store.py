"""The way to the database: whole-or-nothing transactions and raw reads, alike on both databases.

Tortoise 1.1.9 loses connections when a task is cancelled while a transaction opens or closes, and
begins SQLite transactions in a mode that fails when a second process writes. `transaction()` is
therefore the only way this program opens one.
"""

import asyncio
import logging
import random
import re
import sqlite3
import time
from collections.abc import (
    AsyncIterator,
    Awaitable,
    Callable,
    Coroutine,
    Hashable,
    Iterator,
    Sequence,
)
from contextlib import asynccontextmanager, contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, Literal, TypeVar, cast

from tortoise.backends.base.client import BaseDBAsyncClient, TransactionalDBClient
from tortoise.connection import get_connection, get_connections
from tortoise.exceptions import IntegrityError, OperationalError
from tortoise.log import db_client_logger

Result = TypeVar("Result")
Step = Callable[[], Coroutine[Any, Any, Any]]

SECONDS = 1.0  # how old what is remembered may be
REMEMBERED_MOST = 10_000
_remembered: dict[Hashable, tuple[float, Any]] = {}
_marked: dict[Hashable, tuple[Hashable, Any]] = {}
_stored = 0  # how often this process has stored something
# What a transaction has found out, known to all once it is stored; None outside of any.
_learnt: ContextVar[dict[Hashable, tuple[Hashable, Any]] | None] = ContextVar(
    "learnt", default=None
)

WRITER = "default"
READER = "read"  # SQLite only: a second connection, so that readers never wait for a writer


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
        around = _learnt.get()
        learnt = dict(around or {})
        token, writing = get_connections().set(WRITER, inner), _learnt.set(learnt)
        try:
            yield inner
        finally:
            _learnt.reset(writing)
            get_connections().reset(token)
    forget()
    (_marked if around is None else around).update(learnt)


def inside() -> bool:
    """Whether this task is in a transaction."""
    return _learnt.get() is not None


async def retried(work: Callable[[], Awaitable[Result]], attempts: int = 5) -> Result:
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


async def fetch(sql: str, params: Sequence[Any] = ()) -> list[dict[str, Any]]:
    """Rows of one reading statement, in the open transaction if there is one, else committed ones.

    Placeholders are `?` on both databases; values are bound, never spelled into the text. Values
    come as the driver gives them: on SQLite dates and datetimes are ISO text (datetimes in UTC)
    and booleans are 0 and 1. Text that no database keeps (NUL, half a character) is found nowhere.
    """
    return list(map(dict, await records(sql, params)))


async def records(sql: str, params: Sequence[Any] = ()) -> list[Any]:
    """As `fetch`, with rows as the driver makes them: to be asked for a column by its name, and for
    nothing else. For what reads many.
    """
    client: Any = get_connection(WRITER)
    if client.capabilities.dialect == "postgres":
        return await _postgres_rows(client, _numbered(sql), [_storable(each) for each in params])
    if not inside():
        client = get_connection(READER)
    found: list[Any] = await client.execute_query_dict(
        sql, [_comparable(value) for value in params]
    )
    return found


async def _postgres_rows(client: Any, sql: str, values: list[Any]) -> list[Any]:
    """As Tortoise's execute_query_dict, by fewer steps: those cost as much as a small answer."""
    client.log.debug("%s: %s", sql, values)
    found: list[Any]
    try:
        if inside():
            async with client.acquire_connection() as connection:
                found = await connection.fetch(sql, *values)
        else:
            connection = await client._pool.acquire()
            try:
                found = await connection.fetch(sql, *values)
            finally:
                if not _given_back(client._pool, connection):
                    await client._pool.release(connection)
    except Exception as error:
        await client._translate_exceptions(_raised, error)
        raise
    return found


def _given_back(pool: Any, lent: Any) -> bool:
    """Do at once what asyncpg's `release` does in a task of its own, where nothing is to wait for.

    False, and nothing done, for a connection that is closed, worn out, or not at rest.
    """
    holder, raw = lent._holder, lent._con
    if raw is None or raw.is_closed() or raw._protocol._is_cancelling() or raw.is_in_transaction():
        return False
    worn = raw._protocol.queries_count >= holder._max_queries
    if worn or holder._generation != pool._generation:
        return False
    raw._on_release()
    holder._timeout = None
    holder._release()
    holder._setup_inactive_callback()
    return True


async def _raised(_client: Any, error: Exception) -> None:
    raise error


async def remembered(key: Hashable, read: Callable[[], Awaitable[Result]]) -> Result:
    """What `read` found for `key`, at most SECONDS ago: for what is asked at every request and
    seldom changes. Whatever this process stores makes it forget all; another process's change is
    seen within those seconds. Inside a transaction nothing is remembered, and None never is.
    """
    if inside():
        return await read()
    if (kept := _remembered.get(key)) and kept[0] > time.monotonic():
        return cast(Result, kept[1])
    until, stored = time.monotonic() + SECONDS, _stored
    found = await read()
    if found is not None and stored == _stored:
        if len(_remembered) >= REMEMBERED_MOST:
            _remembered.clear()
        _remembered[key] = until, found
    return found


async def unchanged(key: Hashable, mark: Hashable, read: Callable[[], Awaitable[Result]]) -> Result:
    """What `read` found for `key` when `mark` was what it is now, however long ago; for what an act
    stands on. `mark` changes with whatever `read` reads, so it is read before, in the transaction.
    """
    learnt = _learnt.get()
    for known in (_marked, learnt or {}):
        if (kept := known.get(key)) and kept[0] == mark:
            return cast(Result, kept[1])
    found = await read()
    (_marked if learnt is None else learnt)[key] = mark, found
    return found


def forget() -> None:
    """Something was stored: read again whatever was remembered."""
    global _stored
    _stored += 1
    _remembered.clear()


def forget_all() -> None:
    """Another database is opened."""
    forget()
    _marked.clear()


async def write(sql: str, rows: Sequence[Sequence[Any]]) -> None:
    """One writing statement, once for each row of values; placeholders and values as in `fetch`."""
    client = get_connection(WRITER)
    if client.capabilities.dialect == "postgres":
        sql = _numbered(sql)
    else:
        rows = [[_comparable(value) for value in row] for row in rows]
    if rows:
        await client.execute_many(sql, [list(row) for row in rows])


def dialect() -> Literal["sqlite", "postgres"]:
    """Which of the two databases is open."""
    return cast(Literal["sqlite", "postgres"], get_connection(WRITER).capabilities.dialect)


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


@contextmanager
def counting() -> Iterator[list[str]]:
    """For tests: what this process asks of the database meanwhile, BEGIN and COMMIT apart."""
    sent: list[str] = []

    class Listener(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            if record.msg == "%s: %s" and isinstance(record.args, tuple):
                sent.append(str(record.args[0]))
            elif not record.args:
                sent.append(str(record.msg))

    listener = Listener()
    before = db_client_logger.level, db_client_logger.propagate
    db_client_logger.addHandler(listener)
    db_client_logger.setLevel(logging.DEBUG)
    db_client_logger.propagate = False
    try:
        yield sent
    finally:
        db_client_logger.setLevel(before[0])  # it also forgets what was enabled meanwhile
        db_client_logger.propagate = before[1]
        db_client_logger.removeHandler(listener)


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


_PLACEHOLDER = re.compile(
    r"""'[^']*' | "[^"]*" | --[^\n]* | /\*.*?\*/ | \$(?P<tag>\w*)\$.*?\$(?P=tag)\$ | \?""",
    re.DOTALL | re.VERBOSE,
)


@lru_cache(maxsize=2048)
def _numbered(sql: str) -> str:
    """`?` as asyncpg wants it, `$1`; literals, quoted names and comments are left alone."""
    count = 0

    def number(match: re.Match[str]) -> str:
        nonlocal count
        if match[0] != "?":
            return match[0]
        count += 1
        return f"${count}"

    return _PLACEHOLDER.sub(number, sql)


_UNSTORABLE = re.compile("[\0\ud800-\udfff]")


def _storable(value: Any) -> Any:
    return _UNSTORABLE.sub("\ufffd", value) if isinstance(value, str) else value


def _comparable(value: Any) -> Any:
    """SQLite compares datetimes as text, and every stored one is in UTC."""
    return value.astimezone(UTC) if isinstance(value, datetime) else _storable(value)
