"""How the time of our statements grows with the table: W1, W3 and W5 at 1k, 100k and 1M projects.

    python -m tests.bench.growth [--million]

The product's own graph spells the statements; each is then prepared once and executed on its own,
alternating between the sizes, and the median is printed. A million takes some minutes to fill.
"""

import argparse
import asyncio
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

import asyncpg

from tests.bench.data import fill
from tests.bench.postgres import postgres
from tests.bench.servers import environment, founded
from tests.bench.statements import Statement, product, variables_of
from tests.bench.workloads import W1, W3, W5

SIZES, MILLION = (1_000, 100_000), 1_000_000
WORKLOADS = (W1, W3, W5)
TIMES, ROUNDS = 100, 5


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--million", action="store_true", help="1M projects as well")
    sizes = (*SIZES, MILLION) if parser.parse_args().million else SIZES
    with postgres() as url, tempfile.TemporaryDirectory() as folder:
        urls = {size: asyncio.run(created(url, f"bench_{size}")) for size in sizes}
        for size, each in urls.items():
            founded(environment(each, Path(folder)))
            fill(each, size)
        found = asyncio.run(measured(urls))
    show(found, sizes)


async def created(url: str, name: str) -> str:
    db = await asyncpg.connect(url)
    await db.execute(f"CREATE DATABASE {name}")
    await db.close()
    return url.replace("/bench", f"/{name}", 1)


async def measured(urls: dict[int, str]) -> dict[str, dict[int, float]]:
    """Milliseconds of one execution, by workload and size: medians."""
    links = {size: await asyncpg.connect(url) for size, url in urls.items()}
    statements = {size: await written(urls[size], db, size) for size, db in links.items()}
    times: dict[tuple[str, int], list[float]] = {}
    for _ in range(ROUNDS):
        for workload in WORKLOADS:
            for size, db in links.items():
                taken = await timed(db, statements[size][workload.name])
                times.setdefault((workload.name, size), []).extend(taken)
    for db in links.values():
        await db.close()
    return {
        workload.name: {size: statistics.median(times[workload.name, size]) for size in urls}
        for workload in WORKLOADS
    }


async def written(url: str, db: Any, projects: int) -> dict[str, Statement]:
    found = {}
    async with product(url) as ours:
        for workload in WORKLOADS:
            asked = await ours.statements(workload, await variables_of(workload, db, projects))
            (found[workload.name],) = asked
    return found


async def timed(db: Any, statement: Statement) -> list[float]:
    prepared = await db.prepare(statement.sql)
    found = []
    for _ in range(TIMES):
        began = time.perf_counter()
        await prepared.fetch(*statement.values)
        found.append((time.perf_counter() - began) * 1000)
    return found


def show(found: dict[str, dict[int, float]], sizes: tuple[int, ...]) -> None:
    head = "".join(f"{f'{size:,}':>14}" for size in sizes)
    print(f"\n{'ms':4}{head}{'largest ÷ smallest':>22}")
    for name, times in found.items():
        answer = "".join(f"{times[size]:14.2f}" for size in sizes)
        print(f"{name:4}{answer}{times[sizes[-1]] / times[sizes[0]]:22.2f}")


if __name__ == "__main__":
    main()
