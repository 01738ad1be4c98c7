"""Statements of SQL, alike on both databases; values are always bound."""

import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import wraps
from itertools import islice
from typing import Any, Literal, TypeVar, cast

from tortoise.connection import get_connection
from tortoise.log import db_client_logger

from schema.database.shares import turn_of

# Tortoise's names of connections. Inside a transaction both are that transaction.
WRITER = "default"
READER = "read"
AT_ONCE = 500
"""How many values a statement takes where nothing says another number."""

T = TypeVar("T")


def in_chunks(items: Iterable[T], size: int = AT_ONCE) -> Iterator[list[T]]:
    """Items in their order, so many at once that one statement takes them."""
    rest = iter(items)
    while some := list(islice(rest, size)):
        yield some


def marks(values: Sequence[Any]) -> str:
    """The marks of values in a list of them: `?, ?, ?`."""
    return ", ".join("?" * len(values))


async def fetch(sql: str, params: Sequence[Any] = ()) -> list[dict[str, Any]]:
    """Rows of one reading statement, in the open transaction if there is one, else committed ones.

    Placeholders are `?` on both databases; values are bound, never written into the text. Values
    come as the driver gives them: on SQLite dates and datetimes are ISO text (datetimes in UTC)
    and booleans are 0 and 1. Text that no database keeps (NUL, half a character) is found nowhere.

    A statement whose task is cancelled is interrupted in the database. Raises Unavailable.
    """
    return list(map(dict, await records(sql, params)))


async def records(sql: str, params: Sequence[Any] = ()) -> list[Any]:
    """As `fetch`, with rows as the driver makes them: to be asked for a column by its name, and for
    nothing else. For what reads many.
    """
    client: Any = get_connection(READER)
    async with turn_of(client):
        found: list[Any] = await client.select(sql, params)
    return found


def by_readers(method: Callable[..., Any]) -> Callable[..., Any]:
    """The method of a client that writes; what Tortoise reads by it goes to those that read.

    Tortoise's own routers are of no use: they choose for `Model.filter()`, before `.update()`.
    """

    @wraps(method)
    async def call(self: Any, query: str, *values: Any) -> Any:
        if self.connection_name == WRITER and query.startswith("SELECT"):
            reader = get_connection(READER)
            async with turn_of(reader):
                return await getattr(reader, method.__name__)(query, *values)
        return await method(self, query, *values)

    return call


async def write(sql: str, rows: Sequence[Sequence[Any]]) -> None:
    """One writing statement, once for each row of values; placeholders and values as in `fetch`."""
    client: Any = get_connection(WRITER)
    if rows:
        await client.execute_rows(sql, rows)


def dialect() -> Literal["sqlite", "postgres"]:
    """Which of the two databases is open."""
    return cast(Literal["sqlite", "postgres"], get_connection(WRITER).capabilities.dialect)


@contextmanager
def counting() -> Iterator[list[str]]:
    """For tests: the statements that this process sends meanwhile, BEGIN and COMMIT apart."""
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
