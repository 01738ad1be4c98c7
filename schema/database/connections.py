"""Opens and closes the database."""

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from tortoise.backends.base.executor import EXECUTOR_CACHE
from tortoise.context import TortoiseContext

from schema.database.cache import forget_all
from schema.database.errors import Reason, Unavailable
from schema.database.statements import WRITER
from schema.database.steps import pause


@asynccontextmanager
async def open_database(
    config: dict[str, Any], *, shared: bool = False
) -> AsyncIterator[TortoiseContext]:
    """The database of `settings.orm_config`, open for this task and the tasks it starts.

    With `shared`, open for every task of the process: requests do not descend from the task in
    which the server starts up. A process can share one database at a time. Raises Unavailable.
    """
    # Work-round of Tortoise: it caches INSERTs for the whole process, whatever database they were for.
    EXECUTOR_CACHE.clear()
    forget_all()
    _make_room_for_file(config)
    async with TortoiseContext() as context:
        await context.init(config=config, _enable_global_fallback=shared)
        for alias in config["connections"]:
            await _connect(context.db(alias))
        yield context


def _make_room_for_file(config: dict[str, Any]) -> None:
    file = config["connections"][WRITER]["credentials"].get("file_path")
    if file:
        Path(file).parent.mkdir(parents=True, exist_ok=True)


async def _connect(client: Any) -> None:
    """Open a connection, again where another process is just making the same SQLite file."""
    deadline = time.monotonic() + client.lock_wait
    while True:
        try:
            await client.create_connection(with_db=True)
            return
        except Unavailable as trouble:
            if trouble.reason is not Reason.BUSY or time.monotonic() >= deadline:
                raise
        await pause()
