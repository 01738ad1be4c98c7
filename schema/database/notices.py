"""What processes on one PostgreSQL tell one another: that something moved, and never what.

NOTIFY makes all commits that notify wait for each other, so nobody notifies in a transaction of
theirs, and no process more often than its caller debounces. A database that knows no LISTEN, or a
pooler in between, is answered by None: then one polls.
"""

import logging
from collections.abc import Callable
from typing import Any

import asyncpg
from tortoise.connection import get_connection

from schema.database.statements import WRITER

CHANNEL = "sixones_journal"
REFUSED = (asyncpg.PostgresError, asyncpg.InterfaceError, OSError)

log = logging.getLogger("sixones")


async def notify() -> None:
    """Tell every process that listens. Raises Unavailable as any statement does."""
    client: Any = get_connection(WRITER)
    await client.execute_query(f"NOTIFY {CHANNEL}")


async def listen(on_notice: Callable[[], None]) -> Any:
    """A connection of its own on which `on_notice` is called for each notice; None where there is none."""
    client: Any = get_connection(WRITER)
    try:
        connection = await asyncpg.connect(
            host=client.host,
            port=client.port,
            user=client.user,
            password=client.password,
            database=client.database,
            timeout=5,
            **{name: value for name, value in client.extra.items() if name == "ssl"},
        )
    except REFUSED as error:
        log.warning("no notices from the database, so it is polled: %s", error)
        return None
    try:
        await connection.add_listener(CHANNEL, lambda *_: on_notice())
    except REFUSED as error:
        log.warning("no notices from the database, so it is polled: %s", error)
        connection.terminate()
        return None
    return connection
