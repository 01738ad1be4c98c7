"""Statements of SQL, alike on both databases; values are always bound."""

import logging
import re
from collections.abc import (
    Iterator,
    Sequence,
)
from contextlib import contextmanager
from datetime import UTC, datetime
from sys import getsizeof
from typing import Any, Literal, cast

from tortoise.connection import get_connection
from tortoise.log import db_client_logger

from schema.database.bounded import compiled
from schema.database.cache import in_transaction

WRITER = "default"


READER = "read"  # SQLite only: a second connection, so that readers never wait for a writer


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
    if not in_transaction():
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
        if in_transaction():
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


_PLACEHOLDER = re.compile(
    r"""'[^']*' | "[^"]*" | --[^\n]* | /\*.*?\*/ | \$(?P<tag>\w*)\$.*?\$(?P=tag)\$ | \?""",
    re.DOTALL | re.VERBOSE,
)


def _numbered(sql: str) -> str:
    """`?` as asyncpg wants it, `$1`; literals, quoted names and comments are left alone."""
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


_UNSTORABLE = re.compile("[\0\ud800-\udfff]")


def _storable(value: Any) -> Any:
    return _UNSTORABLE.sub("\ufffd", value) if isinstance(value, str) else value


def _comparable(value: Any) -> Any:
    """SQLite compares datetimes as text, and every stored one is in UTC."""
    return value.astimezone(UTC) if isinstance(value, datetime) else _storable(value)
