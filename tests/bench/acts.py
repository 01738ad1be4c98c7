"""How many acts a second pass the gate, against the same rows written by hand.

    python -m tests.bench.acts [ACTS]

The acts are `fundsRecord` on a project that was transferred (an entry, two credits, the project's new
sums and a line of the journal with its hash) and `projectTransferRequest` (a transfer, the duty to
decide it, a line of the journal). By hand, equal rows go in by bare statements in one transaction each: no
permission, no rule, no hash. Both databases database durably, as they are served.
"""

import asyncio
import json
import secrets
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from schema import database
from schema.database.connections import open_database
from server.api.execution import Prepared
from server.operations.migrate import migrate
from server.settings import orm_config
from tests.bench.postgres import SETTINGS, postgres
from tests.world import GRAPH, City, founded, on

ACT = """mutation ($input: FundsRecordInput!) {
  fundsRecord(input: $input) { project { no revision paidInFunds } userErrors { code message field } }
}"""
REQUEST = """mutation ($input: ProjectTransferRequestInput!) {
  projectTransferRequest(input: $input) { project { no } userErrors { code message field } }
}"""
ROUNDS = 5
DURABLE = {"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on"}
Row = dict[str, Any]


def main(acts: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        reply("SQLite", asyncio.run(measured(f"sqlite://{Path(folder)}/acts.sqlite3", acts)))
        at = f"sqlite://{Path(folder)}/requests.sqlite3"
        reply("SQLite, with duties", asyncio.run(requested(at, acts)))
    SETTINGS.update(DURABLE)
    with postgres() as url:
        reply("PostgreSQL", asyncio.run(measured(url, acts)))
    with postgres() as url:
        reply("PostgreSQL, with duties", asyncio.run(requested(url, acts)))


async def measured(url: str, acts: int) -> tuple[float, float]:
    """Acts a second through the gate, and by hand: medians of rounds that take turns."""
    config = orm_config(url)
    await migrate(config)
    async with open_database(config), paid_into() as (city, project, rows):
        through: list[float] = []
        by_hand: list[float] = []
        for turn in range(ROUNDS):

            async def gate(_number: int) -> None:
                await paid(city, project)
                project["revision"] += 1

            async def hand(number: int, turn: int = turn) -> None:
                await written(rows, f"H{turn}-{number}")
                project["revision"] += 1

            through.append(await a_second(gate, acts))
            by_hand.append(await a_second(hand, acts))
        return statistics.median(through), statistics.median(by_hand)


async def requested(url: str, acts: int) -> tuple[float, float]:
    """As `measured`, of an act that opens a duty; each is on a project of its own."""
    config = orm_config(url)
    await migrate(config)
    async with open_database(config):
        city = await founded()
        names = iter([await city.judged() for _ in range(acts * ROUNDS + 1)])
        await request(city, next(names))
        rows = {
            table: await database.fetch(f'SELECT * FROM "{table}" ORDER BY "id" DESC LIMIT 1')
            for table in ("transfer", "duty", "journal_entry")
        }
        closed = {"state": "REFUSED", "closed_at": city.now}  # only one is open on a project
        through: list[float] = []
        by_hand: list[float] = []
        for _ in range(ROUNDS):

            async def gate(_number: int) -> None:
                await request(city, next(names))

            async def hand(_number: int) -> None:
                async with database.transaction():
                    await inserted(rows, closed)
                    await database.write(
                        'UPDATE "project" SET "revision" = "revision" + 1 WHERE "id" = ?',
                        [[rows["transfer"][0]["project_id"]]],
                    )

            through.append(await a_second(gate, acts))
            by_hand.append(await a_second(hand, acts))
        return statistics.median(through), statistics.median(by_hand)


async def request(city: City, project: Row) -> None:
    prepared = GRAPH.prepare(REQUEST)
    assert isinstance(prepared, Prepared)
    given = {**on(project), "landingPlace": "hightech", "reason": "用地不足"}
    answer = await GRAPH.answer(prepared, None, {"input": given}, city.context(city.office))
    assert answer.data and answer.data["projectTransferRequest"]["userErrors"] == [], answer


async def paid(city: City, project: Row) -> None:
    """One act as the server runs it, but for HTTP."""
    prepared = GRAPH.prepare(ACT)
    assert isinstance(prepared, Prepared)
    given = {
        **on(project),
        "amount": "100万",
        "occurredOn": f"{city.now:%Y-%m-%d}",
        "sourceOfCapital": "OUT_OF_PROVINCE",
        "evidenceNote": "银行回单 0312",
        "another": "同日另一笔到账",
    }
    answer = await GRAPH.answer(prepared, None, {"input": given}, city.context(city.hightech))
    assert answer.data and answer.data["fundsRecord"]["userErrors"] == [], answer


@asynccontextmanager
async def paid_into() -> AsyncIterator[tuple[City, Row, dict[str, list[Row]]]]:
    """A city, a project that was transferred and signed, and the rows that one payment stored."""
    city = await founded()
    project = (await city.pay(await city.signed(), "100万"))["project"]
    (entry,) = await database.fetch('SELECT * FROM "entry" ORDER BY "id" DESC LIMIT 1')
    credits = await database.fetch('SELECT * FROM "credit" WHERE "entry_id" = ?', [entry["id"]])
    journal = await database.fetch('SELECT * FROM "journal_entry" ORDER BY "id" DESC LIMIT 1')
    assert len(credits) == 2 and journal[0]["act"] == "fundsRecord"
    yield city, project, {"entry": [entry], "credit": credits, "journal_entry": journal}


async def written(rows: dict[str, list[Row]], no: str) -> None:
    """Rows like those of one act, and the sum and revision of its project, or nothing."""
    async with database.transaction():
        await inserted(rows, {"no": no})
        (entry,) = rows["entry"]
        await database.write(
            'UPDATE "project" SET "paid_in_fen" = "paid_in_fen" + ?, "revision" = "revision" + 1'
            ' WHERE "id" = ?',
            [[entry["amount_fen"], entry["project_id"]]],
        )


async def inserted(rows: dict[str, list[Row]], own: Row) -> None:
    for table, found in rows.items():
        names = [name for name in found[0] if name != "id"]
        marks = ", ".join("?" * len(names))
        listed = ", ".join(f'"{name}"' for name in names)
        known = {**own, "hash": secrets.token_hex(32)}
        values = [[storable({**row, **known}[name]) for name in names] for row in found]
        await database.write(f'INSERT INTO "{table}" ({listed}) VALUES ({marks})', values)


def storable(value: Any) -> Any:
    if isinstance(value, datetime) and database.dialect() == "sqlite":
        return value.isoformat(" ")
    return json.dumps(value) if isinstance(value, dict | list) else value


async def a_second(once: Callable[[int], Awaitable[None]], times: int) -> float:
    began = time.perf_counter()
    for number in range(times):
        await once(number)
    return times / (time.perf_counter() - began)


def reply(name: str, found: tuple[float, float]) -> None:
    through, by_hand = found
    share = through / by_hand
    print(f"{name}: {through:.0f} acts a second, {by_hand:.0f} by hand; {share:.2f} of it")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100)
