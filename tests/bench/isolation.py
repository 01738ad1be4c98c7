"""Locks against SERIALIZABLE: what acts at once cost on PostgreSQL, and how many are done again.

    python -m tests.bench.isolation [locks | serializable] [ACTS]

Eight people pay into eight projects at once, each into their own. By locks, an act holds what it
rests on. SERIALIZABLE takes no lock and leaves the conflict to PostgreSQL, which ends one of two
transactions that touched the same row; the journal's counter is such a row for every act there is.
"""

import asyncio
import sys
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from typing import Any

from tortoise.queryset import QuerySet

from schema import database
from schema.database.connections import open_database
from schema.database.postgres import Transaction
from schema.gate import locks
from server.operations.migrate import migrate
from server.settings import orm_config
from tests.bench.acts import DURABLE, paid
from tests.bench.postgres import SETTINGS, postgres
from tests.world import City, founded

PEOPLE = "赤橙黄绿青蓝紫黑"
ATTEMPTS = 50
"""So many that every act is done in the end; the server gives up after five."""


def main(how: str, acts: int) -> None:
    SETTINGS.update(DURABLE)
    with postgres() as url:
        seconds, ended = asyncio.run(measured(f"{url}?maxsize={len(PEOPLE) + 1}", how, acts))
    print(f"{how}: {acts / seconds:.0f} acts a second; {dict(ended)} of {acts} done again")


async def measured(url: str, how: str, acts: int) -> tuple[float, Counter[str]]:
    """Seconds for `acts` acts by eight at once, and the transactions that PostgreSQL ended."""
    config = orm_config(url)
    await migrate(config)
    async with open_database(config):
        city = await founded()
        projects = [await project(city, f"{name}峰项目") for name in PEOPLE]
        if how == "serializable":
            leave_conflicts_to_the_database()
        ended = count_ended()
        began = time.perf_counter()
        await asyncio.gather(*(pay(city, each, acts // len(PEOPLE)) for each in projects))
        return time.perf_counter() - began, ended


async def project(city: City, name: str) -> dict[str, Any]:
    answer = await city.pay(await city.signed(name=name), "100万")
    found: dict[str, Any] = answer["project"]
    return found


async def pay(city: City, into: dict[str, Any], times: int) -> None:
    for _ in range(times):
        await paid(city, into)
        into["revision"] += 1


def leave_conflicts_to_the_database() -> None:
    """Every transaction is SERIALIZABLE, and the gate's locks are not taken."""

    async def begin(self: Any) -> None:
        self.transaction = self._connection.transaction(isolation="serializable")
        await self.transaction.start()

    async def savepoint(self: Any) -> None:
        self.transaction = self._connection.transaction()
        await self.transaction.start()

    async def nothing(name: str) -> None:
        pass

    Transaction.begin, Transaction.savepoint = begin, savepoint  # type: ignore[method-assign]
    locks.share = locks.alone = nothing
    QuerySet.select_for_update = lambda self, *_, **__: self  # type: ignore[method-assign]


def count_ended() -> Counter[str]:
    """By SQLSTATE, from now on."""
    ended: Counter[str] = Counter()
    with_retry = database.with_retry

    async def counted(work: Callable[[], Awaitable[Any]]) -> Any:
        async def attempt() -> Any:
            try:
                return await work()
            except Exception as error:
                ended[getattr(error.__cause__ or error, "sqlstate", "other")] += 1
                raise

        return await with_retry(attempt, ATTEMPTS)

    database.with_retry = counted
    return ended


if __name__ == "__main__":
    main(*(sys.argv[1:2] or ["locks"]), int(sys.argv[2]) if len(sys.argv) > 2 else 480)
