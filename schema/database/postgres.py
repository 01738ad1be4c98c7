"""PostgreSQL for Tortoise: a pool for transactions, and one for reads that they cannot use up.

Worked round here:

- Tortoise 1.1.9 waits for a free connection for ever, and loses it where the task is cancelled
  while a transaction begins or ends;
- a bulk insert that is cancelled leaves asyncpg 0.32 waiting for an answer that never comes;
- asyncpg gives a connection back by a task of its own, which takes as long as a small read.
"""

import asyncio
import re
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from sys import getsizeof
from typing import Any

import asyncpg
from tortoise.backends.asyncpg.client import AsyncpgDBClient, TransactionWrapper
from tortoise.exceptions import DBConnectionError

from schema.database.bounded import compiled
from schema.database.errors import Reason, Unavailable
from schema.database.shares import Shares
from schema.database.statements import READER, by_readers
from schema.database.steps import finished, whole_or_nothing
from schema.database.text import storable

# By SQLSTATE or its class. Source: PostgreSQL 18, appendix A.
REASONS = {
    "08": Reason.AWAY,  # connection exception
    "25006": Reason.AWAY,  # read-only transaction: a standby
    "28": Reason.AWAY,  # invalid authorization
    "3D": Reason.AWAY,  # no such database
    "53": Reason.AWAY,  # insufficient resources
    "53100": Reason.FULL,
    "55P03": Reason.BUSY,  # lock_timeout
    "57014": Reason.SLOW,  # statement_timeout
    "57P": Reason.AWAY,  # shut down, or starting up
    "58": Reason.AWAY,  # error of the operating system
}

SNAPSHOT = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"


def unavailable(error: BaseException) -> Unavailable | None:
    """What an error of asyncpg says about the database; None for an ordinary error."""
    state = getattr(error, "sqlstate", None)
    if state:
        found = next(
            (REASONS[key] for key in (state, state[:3], state[:2]) if key in REASONS), None
        )
        return Unavailable(found) if found else None
    # Of a connection that is lost, asyncpg says that it is closed, or back in its pool.
    closed = isinstance(error, asyncpg.InterfaceError) and re.search("clos|released", str(error))
    if closed or isinstance(error, OSError | DBConnectionError):  # a TimeoutError is an OSError
        return Unavailable(Reason.AWAY)
    return None


class Statements(AsyncpgDBClient):
    """What a pool and a transaction share."""

    async def _translate_exceptions(self, func: Any, *args: Any, **kwargs: Any) -> Any:
        try:
            bound = [storable(each) for each in args]  # a statement, its values
            named = {name: storable(each) for name, each in kwargs.items()}
            return await super()._translate_exceptions(func, *bound, **named)
        except Exception as error:
            if (trouble := unavailable(error)) and not self._programmers(error):
                raise trouble from error
            raise

    def _programmers(self, error: Exception) -> bool:
        """Whether it is a fault of ours: a write by a connection that only reads."""
        return self.connection_name == READER and "read-only transaction" in str(error)

    async def _raise_translated(self, error: Exception) -> None:
        async def again(_client: Any) -> None:
            raise error

        await self._translate_exceptions(again)

    async def execute_rows(self, sql: str, rows: Sequence[Sequence[Any]]) -> None:
        """One writing statement, once for each row of values."""
        await self.execute_many(numbered(sql), [list(row) for row in rows])


class Pool(Statements):
    """A pool. `lock_wait` is how many seconds a task waits for a free connection."""

    def __init__(self, *args: Any, lock_wait: float, **options: Any) -> None:
        super().__init__(*args, **options)
        self.lock_wait = lock_wait
        if self.connection_name == READER:
            self.shares = Shares(options["maxsize"], lock_wait)

    async def create_connection(self, with_db: bool) -> None:
        try:
            await super().create_connection(with_db)
        except Exception as error:
            if trouble := unavailable(error):
                raise trouble from error
            raise

    @asynccontextmanager
    async def acquire_connection(self) -> AsyncIterator[Any]:  # type: ignore[override]
        """A connection, alone. Raises Unavailable where none is free for too long."""
        connection = await self._take()
        try:
            yield connection
        finally:
            await self._give_back(connection)

    async def _take(self) -> Any:
        if self._pool is None:
            async with self._pool_init_lock:
                if self._pool is None:
                    await self.create_connection(with_db=True)
        pool: Any = self._pool
        waiting = asyncio.timeout(self.lock_wait)
        try:
            if not pool._queue.empty():
                return await pool.acquire()
            async with waiting:
                return await pool.acquire()
        except Exception as error:
            if isinstance(error, TimeoutError) and waiting.expired():
                raise Unavailable(Reason.BUSY) from error
            if trouble := unavailable(error):
                raise trouble from error
            raise

    async def _give_back(self, connection: Any) -> None:
        assert self._pool
        if not give_back_at_once(self._pool, connection):
            await self._pool.release(connection)

    async def select(self, sql: str, values: Sequence[Any]) -> list[Any]:
        """The rows of one reading statement, to be asked for their columns by name."""
        sql, values = numbered(sql), [storable(value) for value in values]
        self.log.debug("%s: %s", sql, values)
        found: list[Any]
        try:
            connection = await self._take()
            try:
                found = await connection.fetch(sql, *values)
            finally:
                await self._give_back(connection)
        except Exception as error:
            await self._raise_translated(error)
            raise
        return found

    execute_query = by_readers(AsyncpgDBClient.execute_query)
    execute_query_dict = by_readers(AsyncpgDBClient.execute_query_dict)

    async def execute_many(self, query: str, values: list[list[Any]]) -> None:
        async with self.begun() as transaction:
            await transaction.execute_many(query, values)

    @asynccontextmanager
    async def begun(self) -> AsyncIterator["Transaction"]:
        """A transaction. Raises Unavailable where it has no connection within `lock_wait`."""
        async with self.acquire_connection() as connection:
            transaction = Transaction(self)
            transaction._connection = connection

            async def commit() -> None:
                uncertain = False
                try:
                    # After a failed statement PostgreSQL answers this by an error, and COMMIT by a
                    # silent ROLLBACK.
                    await connection.execute("SELECT 1")
                    uncertain = True
                    await transaction.commit()
                except Exception as error:
                    if trouble := unavailable(error):
                        raise Unavailable(trouble.reason, uncertain=uncertain) from error
                    raise

            async def rollback() -> None:
                if connection.is_in_transaction():
                    await transaction.rollback()

            try:
                async with whole_or_nothing(commit, rollback):
                    if cancelled := await finished(transaction.begin()):
                        raise cancelled
                    yield transaction
            finally:
                # A task started inside and still running must not write by another's connection.
                transaction._connection = None  # type: ignore[assignment]

    @asynccontextmanager
    async def snapshot(self) -> AsyncIterator["Transaction"]:
        """A connection that sees what is committed at its first statement, and nothing later."""
        async with self.acquire_connection() as connection:
            transaction = Transaction(self)
            transaction._connection = connection

            async def end() -> None:
                if connection.is_in_transaction():
                    await connection.execute("ROLLBACK")

            try:
                async with whole_or_nothing(end, end):
                    if cancelled := await finished(connection.execute(SNAPSHOT)):
                        raise cancelled
                    yield transaction
            except Exception as error:
                await self._raise_translated(error)
                raise
            finally:
                transaction._connection = None  # type: ignore[assignment]


class Transaction(Statements, TransactionWrapper):
    """A connection while a transaction is open; its savepoints are transactions inside it."""

    acquire_connection = TransactionWrapper.acquire_connection

    async def select(self, sql: str, values: Sequence[Any]) -> list[Any]:
        """The rows of one reading statement, to be asked for their columns by name."""
        sql, values = numbered(sql), [storable(value) for value in values]
        self.log.debug("%s: %s", sql, values)
        found: list[Any]
        try:
            async with self.acquire_connection() as connection:
                found = await connection.fetch(sql, *values)
        except Exception as error:
            await self._raise_translated(error)
            raise
        return found

    async def execute_many(self, query: str, values: list[list[Any]]) -> None:
        if cancelled := await finished(super().execute_many(query, values)):
            raise cancelled

    async def savepoint(self) -> None:
        async with self._lock:
            await super().savepoint()

    async def savepoint_rollback(self) -> None:
        async with self._lock:
            await super().savepoint_rollback()

    async def release_savepoint(self) -> None:
        async with self._lock:
            await super().release_savepoint()

    @asynccontextmanager
    async def begun(self) -> AsyncIterator["Transaction"]:
        inner = Transaction(self)
        inner._lock = self._lock  # one connection: its statements, of whichever task, one by one
        async with whole_or_nothing(inner.release_savepoint, inner.savepoint_rollback):
            if cancelled := await finished(inner.savepoint()):
                raise cancelled
            yield inner


def give_back_at_once(pool: Any, lent: Any) -> bool:
    """Do what asyncpg's `release` does, without a task of its own, where there is nothing to wait for.

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


_PLACEHOLDER = re.compile(
    r"""'[^']*' | "[^"]*" | --[^\n]* | /\*.*?\*/ | \$(?P<tag>\w*)\$.*?\$(?P=tag)\$ | \?""",
    re.DOTALL | re.VERBOSE,
)


def numbered(sql: str) -> str:
    """`?` as PostgreSQL wants it, `$1`; literals, quoted names and comments are left alone."""
    key = ("numbered", sql)
    known: str | None = compiled.get(key)
    if known is None:
        known = _with_numbers(sql)
        compiled.put(key, known, getsizeof(sql) + getsizeof(known))
    return known


def _with_numbers(sql: str) -> str:
    count = 0

    def number(match: re.Match[str]) -> str:
        nonlocal count
        if match[0] != "?":
            return match[0]
        count += 1
        return f"${count}"

    return _PLACEHOLDER.sub(number, sql)


client_class = Pool
