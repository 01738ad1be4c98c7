"""Opens and closes the database."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.backends.base.executor import EXECUTOR_CACHE
from tortoise.context import TortoiseContext
from tortoise.exceptions import OperationalError

from schema.database.cache import forget_all
from schema.database.transactions import finish_bulk_inserts


@asynccontextmanager
async def open_database(
    config: dict[str, Any], *, shared: bool = False
) -> AsyncIterator[TortoiseContext]:
    """The database of `settings.orm_config`, open for this task and the tasks it starts.

    With `shared`, open for every task of the process: requests do not descend from the task in
    which the server starts up. A process can share one database at a time.
    """
    # Tortoise keeps the text of INSERTs for the whole process, whatever database they were for.
    EXECUTOR_CACHE.clear()
    forget_all()
    _make_room_for_file(config)
    async with TortoiseContext() as context:
        await context.init(config=config, _enable_global_fallback=shared)
        for alias in config["connections"]:
            await _connect(context.db(alias))
        yield context


def _make_room_for_file(config: dict[str, Any]) -> None:
    file = config["connections"]["default"]["credentials"].get("file_path")
    if file:
        Path(file).parent.mkdir(parents=True, exist_ok=True)


async def _connect(client: BaseDBAsyncClient, attempts: int = 100) -> None:
    for attempt in range(attempts):
        try:
            await client.execute_query("SELECT 1")
            finish_bulk_inserts(client)
            return
        except OperationalError as error:
            if "locked" not in str(error) or attempt == attempts - 1:
                raise
        # Another process is making the same SQLite file, and the switch to WAL waits for nobody.
        # Tortoise 1.1.9 keeps the lock that it took for a connection it could not open.
        lock: asyncio.Lock = client._lock  # type: ignore[attr-defined]
        if lock.locked():
            lock.release()
        await client.close()
        await asyncio.sleep(0.05)
