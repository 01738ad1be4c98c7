"""SQLite for Tortoise: one connection that writes, and a few that read.

Tortoise 1.1.9 is worked round here:

- it has one connection, and a lock that one slow read holds against all others;
- it keeps that lock where the file could not be opened, and leaves the connection's thread behind;
- a read whose task is cancelled goes on in its thread;
- it begins transactions in a mode that fails as "locked" where another process writes.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from datetime import UTC, datetime
from functools import wraps
from typing import Any

import aiosqlite
from tortoise.backends.sqlite.client import SqliteClient, SqliteTransactionWrapper
from tortoise.exceptions import IntegrityError, OperationalError

from schema.city.rules.masking import FUNCTION, mask_numbers
from schema.database.errors import Reason, Unavailable
from schema.database.library import sqlite3
from schema.database.shares import Shares
from schema.database.statements import by_readers
from schema.database.steps import finished, pause, whole_or_nothing
from schema.database.text import storable

BUSY_SECONDS = 0.25  # how long SQLite waits for another process, in a thread that nobody can cancel
INTERRUPT_SECONDS = 0.02

# Primary result codes. Source: https://sqlite.org/rescode.html
REASONS = {
    sqlite3.SQLITE_BUSY: Reason.BUSY,
    sqlite3.SQLITE_LOCKED: Reason.BUSY,
    sqlite3.SQLITE_FULL: Reason.FULL,
    sqlite3.SQLITE_NOMEM: Reason.FULL,
    sqlite3.SQLITE_CANTOPEN: Reason.AWAY,
    sqlite3.SQLITE_CORRUPT: Reason.AWAY,
    sqlite3.SQLITE_IOERR: Reason.AWAY,
    sqlite3.SQLITE_NOTADB: Reason.AWAY,
    sqlite3.SQLITE_PERM: Reason.AWAY,
    sqlite3.SQLITE_PROTOCOL: Reason.AWAY,
    sqlite3.SQLITE_READONLY: Reason.AWAY,
}


def unavailable(error: BaseException) -> Unavailable | None:
    """What an error of SQLite or Tortoise says about the database; None for an ordinary error."""
    cause = error.args[0] if isinstance(error, OperationalError) and error.args else error
    code = getattr(cause, "sqlite_errorcode", None)
    reason = REASONS.get(code & 0xFF) if code else None
    return Unavailable(reason) if reason else None


@contextmanager
def translating(client: SqliteClient) -> Iterator[None]:
    """Raise Tortoise's errors for SQLite's, and Unavailable for what is the database's trouble."""
    try:
        yield
    except sqlite3.IntegrityError as error:
        raise IntegrityError(error) from error
    except (OperationalError, sqlite3.DatabaseError) as error:
        programmers = isinstance(client, Readers) and "readonly" in str(error)
        if (trouble := unavailable(error)) and not programmers:
            raise trouble from error
        if isinstance(error, sqlite3.OperationalError):
            raise OperationalError(error) from error
        raise


def translated(method: Callable[..., Any]) -> Callable[..., Any]:
    """The method of a client, `translating`, given values that can be stored."""

    @wraps(method)
    async def call(self: SqliteClient, query: str, *values: Any) -> Any:
        with translating(self):
            return await method(self, query, *map(storable, values))

    return call


def patient(method: Callable[..., Any]) -> Callable[..., Any]:
    """The method of a writer, repeated as long as another process holds the lock."""

    @wraps(method)
    async def call(self: "Writer", *args: Any) -> Any:
        deadline = time.monotonic() + self.lock_wait
        while True:
            try:
                return await method(self, *args)
            except Unavailable as trouble:
                if trouble.reason is not Reason.BUSY or time.monotonic() >= deadline:
                    raise
            await pause()

    return call


async def in_turn(lock: asyncio.Lock | asyncio.Semaphore, seconds: float) -> None:
    """Acquire the lock. Raises Unavailable where that takes longer."""
    if not lock.locked():
        await lock.acquire()
        return
    try:
        async with asyncio.timeout(seconds):
            await lock.acquire()
    except TimeoutError:
        raise Unavailable(Reason.BUSY) from None


def bindable(value: Any) -> Any:
    """A value as SQLite compares it: datetimes as text in UTC, as every stored one is."""
    return value.astimezone(UTC) if isinstance(value, datetime) else storable(value)


class Statements(SqliteClient):
    """What both kinds of client and a transaction share."""

    async def select(self, sql: str, values: Sequence[Any]) -> list[Any]:
        """The rows of one reading statement, to be asked for their columns by name."""
        self.log.debug("%s: %s", sql, values)
        bound = [bindable(value) for value in values]
        with translating(self):
            async with self.acquire_connection() as connection:
                return list(await connection.execute_fetchall(sql, bound))

    async def execute_rows(self, sql: str, rows: Sequence[Sequence[Any]]) -> None:
        """One writing statement, once for each row of values."""
        await self.execute_many(sql, [[bindable(value) for value in row] for row in rows])

    async def connect(self) -> aiosqlite.Connection:
        """Open the file. Raises Unavailable, and then leaves no thread behind."""
        opened = aiosqlite.connect(self.filename, isolation_level=None, timeout=BUSY_SECONDS)
        with translating(self):
            try:
                connection = await opened
            except BaseException:
                # aiosqlite does not wait for the thread, which may then find the loop closed.
                await asyncio.to_thread(opened._thread.join)
                raise
            try:
                connection._conn.row_factory = sqlite3.Row
                await connection.create_function(FUNCTION, 1, mask_numbers, deterministic=True)
                for pragma, value in self.pragmas.items():
                    await (await connection.execute(f"PRAGMA {pragma}={value}")).close()
            except BaseException:
                await finished(connection.close())
                raise
        await self._post_connect()
        return connection


class Writer(Statements):
    """The connection that writes. `lock_wait` is how many seconds an act waits for its turn."""

    def __init__(self, file_path: str, *, lock_wait: float, **pragmas: Any) -> None:
        super().__init__(file_path, **pragmas)
        self.lock_wait = lock_wait

    async def create_connection(self, with_db: bool) -> None:
        self._connection = self._connection or await self.connect()

    @asynccontextmanager
    async def acquire_connection(self) -> AsyncIterator[aiosqlite.Connection]:  # type: ignore[override]
        """The connection, alone. Raises Unavailable where others keep it for too long."""
        await in_turn(self._lock, self.lock_wait)
        try:
            await self.create_connection(with_db=True)
            assert self._connection
            yield self._connection
        finally:
            self._lock.release()

    execute_insert = patient(translated(SqliteClient.execute_insert))
    execute_query = by_readers(patient(translated(SqliteClient.execute_query)))
    execute_query_dict = by_readers(patient(translated(SqliteClient.execute_query_dict)))
    execute_script = patient(translated(SqliteClient.execute_script))

    async def execute_many(self, query: str, values: list[list[Any]]) -> None:
        async with self.begun() as transaction:
            await transaction.execute_many(query, values)

    @asynccontextmanager
    async def begun(self) -> AsyncIterator["Transaction"]:
        """A transaction that has the write lock from its beginning.

        Raises Unavailable where it cannot have it within `lock_wait`.
        """
        deadline = time.monotonic() + self.lock_wait
        async with self.acquire_connection() as connection:
            transaction = Transaction(self)
            try:
                with translating(self):
                    await begin(connection, deadline)
                    async with whole_or_nothing(transaction.commit, connection.rollback):
                        yield transaction
            finally:
                # A task started inside and still running must not write into the next transaction.
                transaction._connection = None  # type: ignore[assignment]


async def run_in_thread(connection: aiosqlite.Connection, work: Callable[[], None]) -> None:
    """Run `work` in the connection's thread, after whatever that is doing."""
    await connection._execute(work)  # type: ignore[no-untyped-call]


async def begin(connection: aiosqlite.Connection, deadline: float) -> None:
    """Begin with the write lock, however often another process has it; leave nothing open."""

    def start() -> None:
        connection._conn.rollback()  # whatever was left open after all never happened
        connection._conn.execute("BEGIN IMMEDIATE").close()

    while True:
        try:
            if cancelled := await finished(run_in_thread(connection, start)):
                await finished(connection.rollback())
                raise cancelled
            return
        except sqlite3.OperationalError as error:
            trouble = unavailable(error)
            if not trouble or trouble.reason is not Reason.BUSY or time.monotonic() >= deadline:
                raise
        await pause()


class Transaction(Statements, SqliteTransactionWrapper):
    """The writer while a transaction is open; its savepoints are transactions inside it."""

    acquire_connection = SqliteClient.acquire_connection
    execute_insert = translated(SqliteClient.execute_insert)
    execute_many = translated(SqliteTransactionWrapper.execute_many)
    execute_query = translated(SqliteClient.execute_query)
    execute_query_dict = translated(SqliteClient.execute_query_dict)
    execute_script = translated(SqliteClient.execute_script)

    @asynccontextmanager
    async def begun(self) -> AsyncIterator["Transaction"]:
        inner = Transaction(self)
        if cancelled := await finished(inner.savepoint()):
            await finished(inner.savepoint_rollback())
            raise cancelled
        async with whole_or_nothing(inner.release_savepoint, inner.savepoint_rollback):
            yield inner


class Readers(Statements):
    """At most `maxsize` connections that only read; each is lent to one statement at a time.

    They see what is committed, and never wait for the writer.
    """

    def __init__(self, file_path: str, *, maxsize: int, lock_wait: float, **pragmas: Any) -> None:
        super().__init__(file_path, **pragmas)
        self.maxsize, self.lock_wait = maxsize, lock_wait
        self.shares = Shares(maxsize, lock_wait)
        self._free = asyncio.Semaphore(maxsize)
        self._idle: list[aiosqlite.Connection] = []
        self._opened: list[aiosqlite.Connection] = []

    async def create_connection(self, with_db: bool) -> None:
        if not self._opened:
            self._idle.append(await self._open())

    async def _open(self) -> aiosqlite.Connection:
        reader = await self.connect()
        self._opened.append(reader)
        return reader

    async def close(self) -> None:
        """Close all, and end what still runs."""
        opened, self._opened, self._idle = self._opened, [], []
        for reader in opened:
            await finished(interrupted(reader))
            await reader.close()

    @asynccontextmanager
    async def acquire_connection(self) -> AsyncIterator[aiosqlite.Connection]:  # type: ignore[override]
        """A connection, alone. Raises Unavailable where none is free for too long.

        A statement whose task is cancelled is interrupted, and the connection is usable again.
        """
        await in_turn(self._free, self.lock_wait)
        try:
            reader = self._idle.pop() if self._idle else await self._open()
            try:
                yield reader
            except asyncio.CancelledError:
                await finished(interrupted(reader))
                raise
            finally:
                self._idle.append(reader)
        finally:
            self._free.release()

    @asynccontextmanager
    async def snapshot(self) -> AsyncIterator["Transaction"]:
        """A connection that sees what is committed at its first statement, and nothing later."""
        async with self.acquire_connection() as reader:
            transaction = Transaction(self)
            transaction._connection = reader
            try:
                with translating(self):
                    async with whole_or_nothing(reader.rollback, reader.rollback):
                        if cancelled := await finished(reader.execute_fetchall("BEGIN")):
                            raise cancelled
                        yield transaction
            finally:
                transaction._connection = None  # type: ignore[assignment]

    execute_insert = translated(SqliteClient.execute_insert)
    execute_many = translated(SqliteClient.execute_many)
    execute_query = translated(SqliteClient.execute_query)
    execute_query_dict = translated(SqliteClient.execute_query_dict)
    execute_script = translated(SqliteClient.execute_script)


async def interrupted(connection: aiosqlite.Connection) -> None:
    """Stop what the connection's thread is doing, and wait until it has stopped.

    An interrupt has no effect on a statement that has not begun, hence it is repeated.
    """
    idle = asyncio.ensure_future(run_in_thread(connection, lambda: None))
    while not idle.done():
        connection._conn.interrupt()
        await asyncio.wait([idle], timeout=INTERRUPT_SECONDS)


def get_client_class(connection: dict[str, Any]) -> type[SqliteClient]:
    """Tortoise asks this of the module that a configuration names as its engine."""
    return Readers if "query_only" in connection["credentials"] else Writer
