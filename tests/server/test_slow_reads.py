"""A slow read holds nobody up, and ends in the database where nobody waits for it any more."""

import asyncio
import random
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing, suppress
from typing import Any

import pytest
import pytest_asyncio

from schema import database
from schema.database import (
    Reason,
    Unavailable,
    dialect,
    fetch,
    open_database,
    read_for,
    transaction,
)
from tests.server.doors import browser, signed_in
from tests.server.test_db import Parcel, config
from tests.world import City

READERS = 3
ENDLESS = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n"


@pytest_asyncio.fixture
async def parcels(empty_url: str) -> AsyncIterator[str]:
    async with open_database(limited(empty_url)) as context:
        await context.generate_schemas()
        await Parcel.create(name="silk")
        yield empty_url


def limited(url: str, **options: Any) -> dict[str, Any]:
    """A configuration with few connections that read."""
    made = config(url)
    for alias in ("default", "read"):
        made["connections"][alias]["credentials"] |= {"lock_wait": 20, **options}
    made["connections"]["read"]["credentials"]["maxsize"] = READERS
    return made


async def endless() -> None:
    """A read that never ends by itself, and can be found among PostgreSQL's activities."""
    await fetch(ENDLESS if dialect() == "sqlite" else "SELECT pg_sleep(3600) AS endless")


def started(count: int) -> list[asyncio.Task[None]]:
    return [asyncio.create_task(endless()) for _ in range(count)]


async def stopped(tasks: list[asyncio.Task[Any]], refused: bool = False) -> None:
    """End them all; with `refused`, some may have been asked to come later."""
    for task in tasks:
        task.cancel()
    for task in tasks:
        with suppress(asyncio.CancelledError, *([Unavailable] if refused else [])):
            await task


async def read_one() -> None:
    assert await fetch("SELECT name FROM parcel") == [{"name": "silk"}]


async def test_reads_are_answered_beside_slow_ones(parcels: str) -> None:
    slow = started(READERS - 1)
    try:
        async with asyncio.timeout(10):
            await asyncio.gather(*(read_one() for _ in range(50)))
            assert await Parcel.filter(name="silk").exists(), "Tortoise's own reads likewise"
        assert not any(task.done() for task in slow)
    finally:
        await stopped(slow)


async def test_a_read_that_is_timed_out_stops_in_the_database(parcels: str) -> None:
    """An endless read holds its connection for ever unless the database ends it."""
    async with asyncio.timeout(30):
        for _ in range(2 * READERS):
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0.05):
                    await endless()
        await asyncio.gather(*(read_one() for _ in range(2 * READERS)))
        await nothing_runs()


async def test_reads_whose_caller_is_gone_stop_in_the_database(parcels: str) -> None:
    async with asyncio.timeout(30):
        slow = started(4 * READERS)  # some run, the others wait for a connection
        await asyncio.sleep(0.1)
        await stopped(slow)
        await asyncio.gather(*(read_one() for _ in range(2 * READERS)))
        await nothing_runs()


async def nothing_runs() -> None:
    """On SQLite no connection has an old snapshot, which keeps the log from being emptied."""
    if dialect() == "sqlite":
        await Parcel.create(name="salt")
        async with transaction():
            await Parcel.filter(name="salt").delete()
        file = (await fetch("PRAGMA database_list"))[0]["file"]
        with closing(sqlite3.connect(file)) as another:
            busy, *_ = another.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        assert not busy
        return
    sleeping = (
        "SELECT pid FROM pg_stat_activity"
        " WHERE state = 'active' AND query LIKE '%pg_sleep%' AND pid <> pg_backend_pid()"
        " AND datname = current_database()"
    )
    while await fetch(sleeping):  # noqa: ASYNC110
        await asyncio.sleep(0.01)


async def test_an_interrupt_meets_no_other_read(parcels: str) -> None:
    chance = random.Random(8)
    async with asyncio.timeout(60):
        for _ in range(150):
            slow = started(chance.randint(1, READERS))
            reads = [asyncio.create_task(read_one()) for _ in range(2)]
            await asyncio.sleep(chance.random() / 200)
            await stopped(slow)
            await asyncio.gather(*reads)
            await read_one()


async def test_a_transaction_whose_read_is_cancelled_is_undone_and_leaves_nothing(
    parcels: str,
) -> None:
    if dialect() == "sqlite":
        return  # acts are let finish, and their reads are ours
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.2), transaction():
            await Parcel.create(name="salt")
            await endless()
    await read_one()
    await nothing_runs()


async def test_waiting_for_a_connection_has_an_end(empty_url: str) -> None:
    async with open_database(limited(empty_url, lock_wait=0.3)) as context:
        await context.generate_schemas()
        slow = started(READERS)
        await asyncio.sleep(0.1)
        try:
            with pytest.raises(Unavailable) as refused:
                async with asyncio.timeout(10):
                    await fetch("SELECT name FROM parcel")
            assert refused.value.reason is Reason.BUSY
        finally:
            await stopped(slow)
        assert await fetch("SELECT name FROM parcel") == []


@pytest.mark.sqlite  # a pool of PostgreSQL's is closed after ten seconds at most
async def test_a_database_is_closed_whatever_still_reads(empty_url: str) -> None:
    async with asyncio.timeout(30):
        async with open_database(limited(empty_url)):
            slow = started(1)
            await asyncio.sleep(0.1)
        await asyncio.wait(slow)
    (ended,) = slow
    assert ended.exception()


async def test_postgres_ends_a_read_by_itself_where_its_caller_does_not(empty_url: str) -> None:
    if empty_url.startswith("sqlite"):
        return
    made = limited(empty_url)
    made["connections"]["read"]["credentials"]["server_settings"]["statement_timeout"] = "100ms"
    async with open_database(made):
        for _ in range(READERS + 1):
            with pytest.raises(Unavailable) as refused:
                await endless()
            assert refused.value.reason is Reason.SLOW
        assert await fetch("SELECT 1 AS it") == [{"it": 1}]


async def test_what_is_read_outside_of_a_transaction_writes_nothing(parcels: str) -> None:
    with pytest.raises(Exception, match=r"readonly|read-only"):
        await fetch("DELETE FROM parcel")
    await read_one()


async def test_tortoise_reads_without_waiting_for_a_writer(parcels: str) -> None:
    async def look() -> bool:
        return await Parcel.filter(name="silk").exists() and not await Parcel.exists(name="salt")

    outside = asyncio.Event()

    async def looker() -> bool:
        await outside.wait()
        async with asyncio.timeout(10):
            return await look()

    task = asyncio.create_task(looker())
    async with transaction():
        await Parcel.create(name="salt")
        assert await Parcel.filter(name="salt").count() == 1, "the writer sees its own rows"
        outside.set()
        assert await task


# ---------------------------------------------------------------- one caller among others


async def as_caller(name: str, work: Any) -> Any:
    """Work of one caller, in a task of its own."""
    read_for(name)
    return await work


async def test_no_caller_holds_all_connections_however_much_it_asks(parcels: str) -> None:
    """As many slow queries as there are connections, and more: others are answered meanwhile."""
    greedy = [asyncio.create_task(as_caller("1", endless())) for _ in range(4 * READERS)]
    try:
        await asyncio.sleep(0.1)
        async with asyncio.timeout(10):
            for name in ("2", "3", "192.0.2.0/24"):
                await asyncio.gather(*(as_caller(name, read_one()) for _ in range(20)))
                assert await as_caller(name, Parcel.filter(name="silk").exists())
            await read_one()  # a command's, which nobody bounds
        assert not any(task.done() for task in greedy)
    finally:
        await stopped(greedy)


async def test_what_a_caller_asks_beyond_its_share_waits_and_is_answered(parcels: str) -> None:
    async with asyncio.timeout(10):
        await asyncio.gather(*(as_caller("1", read_one()) for _ in range(10 * READERS)))


async def test_a_callers_own_waiting_has_an_end(empty_url: str) -> None:
    async with open_database(limited(empty_url, lock_wait=0.3)) as context:
        await context.generate_schemas()
        greedy = [asyncio.create_task(as_caller("1", endless())) for _ in range(READERS)]
        await asyncio.sleep(0.1)
        try:
            with pytest.raises(Unavailable) as refused:
                await as_caller("1", fetch("SELECT name FROM parcel"))
            assert refused.value.reason is Reason.BUSY
            read_for("2")
            assert await fetch("SELECT name FROM parcel") == []
        finally:
            await stopped(greedy, refused=True)


async def test_a_request_counts_against_whoever_sends_it(
    city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    named: list[str] = []
    monkeypatch.setattr(database, "read_for", named.append)
    async with signed_in("office") as visitor:
        await visitor.get("/projects")
        await visitor.post("/graphql", json={"query": "{ viewer { name } }"})
    async with browser() as stranger:
        await stranger.post("/graphql", json={"query": "{ places { name } }"})
    assert named[-3:] == [str(city.office.person)] * 2 + ["192.0.2.7"]
