"""How fast the graph reads, against PostGraphile 5, strawberry-graphql-django and the limit.

    python -m tests.bench.reads [--projects 100000] [--seconds 3] [--rounds 3] [--only W1,W2]
    python -m tests.bench.reads --short      2,000 projects, half a second each, no peers, no figures
    python -m tests.bench.reads --explain    the plans of our statements for W1, W2 and W5

Makes a PostgreSQL of its own, fills it, starts one process of each server over it, sees to it that
all give the same answers, and then measures them in turn: `--rounds` times round all workloads and
servers, with 1 and with 16 connections. Prints one table of medians and writes `figures.json`.
Needs wrk, and npm and pip for the peers; what cannot be had is left out and reported.
"""

import argparse
import asyncio
import json
import statistics
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import asyncpg

from tests.bench import servers
from tests.bench.data import fill
from tests.bench.load import per_second, provided
from tests.bench.page import PATH, signed_in, template_alone
from tests.bench.postgres import postgres
from tests.bench.servers import HERE, CannotBeHad, Server
from tests.bench.statements import MIDDLE, product, variables_of
from tests.bench.workloads import (
    DJANGO_CURSOR,
    POSTGRAPHILE_CURSOR,
    W1,
    W2,
    W5,
    WALK,
    WORKLOADS,
    Variables,
    Workload,
    facts,
)

FIGURES = HERE / "figures.json"
CONNECTIONS = (1, 16)
DETAILS = 50  # different projects that W3 asks for, in turn


@dataclass(frozen=True)
class Extent:
    """How much is measured, and what."""

    projects: int
    seconds: float
    rounds: int
    names: frozenset[str]
    short: bool

    @property
    def connections(self) -> tuple[int, ...]:
        return CONNECTIONS[-1:] if self.short else CONNECTIONS

    @property
    def workloads(self) -> list[Workload]:
        return [each for each in WORKLOADS if each.name in self.names]


@dataclass
class Measured:
    """Answers a second and milliseconds of the server's CPU for each, by (workload, server,
    connections), one for each round; megabytes at last."""

    rates: dict[tuple[str, str, int], list[float]] = field(
        default_factory=lambda: defaultdict(list)
    )
    cpu: dict[tuple[str, str, int], list[float]] = field(default_factory=lambda: defaultdict(list))
    memory: dict[tuple[str, str], float] = field(default_factory=dict)
    page: dict[str, float] = field(default_factory=dict)

    def rate(self, workload: str, server: str, connections: int) -> float | None:
        found = self.rates.get((workload, server, connections))
        return statistics.median(found) if found else None

    def ratio(self, workload: Workload, server: str, other: str) -> float | None:
        """How many times as many answers a second as the other's, with 16 connections.

        The median of the rounds' own ratios: what slows the machine for a while slows both.
        """
        own = self.rates.get((workload.name, server, 16))
        theirs = self.rates.get((workload.against or workload.name, other, 16))
        if not own or not theirs:
            return None
        return statistics.median(one / two for one, two in zip(own, theirs, strict=True))


def main() -> None:
    asked = arguments()
    with postgres() as url, tempfile.TemporaryDirectory() as folder:
        env = servers.environment(url, Path(folder))
        token = servers.founded(env)
        fill(url, asked.extent.projects)
        if asked.explain:
            asyncio.run(explain(url, asked.extent.projects))
            return
        measure(url, env, token, asked.extent)


def arguments() -> Any:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--projects", type=int, default=100_000)
    parser.add_argument("--seconds", type=float, default=3)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", default="", metavar="W1,W2")
    parser.add_argument("--short", action="store_true")
    parser.add_argument("--explain", action="store_true")
    asked = parser.parse_args()
    if asked.short:
        asked.projects, asked.seconds, asked.rounds = 2_000, 0.5, 1
    everything = (*(each.name for each in WORKLOADS), "W7")
    names = frozenset(asked.only.upper().split(",") if asked.only else everything)
    if unknown := names - set(everything):
        parser.error(f"no workload {', '.join(sorted(unknown))}")
    asked.extent = Extent(asked.projects, asked.seconds, asked.rounds, names, asked.short)
    return asked


def measure(url: str, env: dict[str, str], token: str, extent: Extent) -> None:
    if not extent.short and not provided():
        raise SystemExit("wrk is missing: install it from your system's packages")
    with ExitStack() as stack:
        started = {
            "ours": stack.enter_context(servers.ours(env, token)),
            "limit": stack.enter_context(servers.limit(url)),
        }
        if extent.short:
            print("--short: without the peers and without wrk; its rates are no figures")
        else:
            started |= peers(url, stack)
        asking = bodies(url, started, extent)
        agree(started, asking)
        found = Measured()
        if not extent.short:
            warm_up(started, asking)
        for _ in range(extent.rounds):
            one_round(started, asking, extent, found)
        if "W7" in extent.names:
            found.page = of_page(started["ours"], env, token, extent)
    reply = figures(found, extent)
    print(table(found, extent, list(started)))
    if not extent.short and len(extent.names) == len(WORKLOADS) + 1:
        reply |= {
            "versions": {"postgresql": asyncio.run(version(url)), **servers.versions()},
            "date": f"{datetime.now(UTC):%Y-%m-%d}",
            "projects": extent.projects,
        }
        FIGURES.write_text(json.dumps(reply, ensure_ascii=False, indent=1) + "\n")


def peers(url: str, stack: ExitStack) -> dict[str, Server]:
    asyncio.run(executed(url, (HERE / "peers/postgraphile.sql").read_text()))
    found = {}
    for start in (servers.postgraphile, servers.django):
        try:
            found[start.__name__] = stack.enter_context(start(url))
        except CannotBeHad as why:
            print(f"without {start.__name__}: {why}")
    return found


# ---------------------------------------------------------------- what is asked, and the answers

Asking = dict[tuple[str, str], tuple[str, list[Variables]]]
"""By (workload, server): the document, and the variables it is asked with in turn."""


def bodies(url: str, started: dict[str, Server], extent: Extent) -> Asking:
    deep = after_middle(url, started, extent.projects) if "W5" in extent.names else {}
    step = max(1, extent.projects // DETAILS)
    details = [{"no": f"B{number:07d}"} for number in range(1, extent.projects + 1, step)]

    def variables(workload: Workload, server: str) -> list[Variables]:
        if workload.name == "W3":
            return [dict(each) for each in details[:DETAILS]]
        return [{"after": deep[server]}] if workload.name == "W5" else [{}]

    return {
        (workload.name, server): (workload.documents[server], variables(workload, server))
        for workload in extent.workloads
        for server in started
        if server in workload.documents
    }


def after_middle(url: str, started: dict[str, Server], projects: int) -> dict[str, str]:
    """Each server's own cursor of the row in the middle, got in its own way."""
    behind = projects // 2
    at, key = asyncio.run(row_at(url, behind - 1))
    found = {"limit": f"{at.isoformat()}|{key}", "ours": walked(started["ours"], WALK, behind)}
    if server := started.get("postgraphile"):
        page = server.ask(POSTGRAPHILE_CURSOR, {"offset": behind - 1})["allProjects"]
        found["postgraphile"] = page["pageInfo"]["endCursor"]
    if server := started.get("django"):
        found["django"] = walked(server, DJANGO_CURSOR, behind)
    return found


def walked(server: Server, document: str, rows: int) -> str:
    after = None
    while rows:
        size = min(rows, 100)
        (page,) = server.ask(document, {"after": after, "size": size}).values()
        after, rows = page["pageInfo"]["endCursor"], rows - size
    assert after
    return after


def agree(started: dict[str, Server], asking: Asking) -> None:
    """Every value of every answer, or no figure at all."""
    for workload in WORKLOADS:
        answers = {}
        for server in started:
            if (workload.name, server) in asking:
                document, variables = asking[workload.name, server]
                answers[server] = [
                    facts(workload, started[server].ask(document, each)) for each in variables[:5]
                ]
        for server, answer in answers.items():
            if answer != answers["ours"]:
                raise SystemExit(f"{workload.name}: {server}'s answer is not ours: "
                                 f"{difference(answers['ours'], answer)}")  # fmt: skip
        if answers:
            count = len(answers["ours"][0])
            print(f"{workload.name}: {count} values agree: {', '.join(answers)}", flush=True)


def difference(ours: Sequence[Any], theirs: Sequence[Any]) -> str:
    for mine, other in zip(ours, theirs, strict=True):
        for one, two in zip(mine, other, strict=False):
            if one != two:
                return f"{one} ≠ {two}"
        if len(mine) != len(other):
            return f"{len(mine)} values ≠ {len(other)}"
    return "nowhere"


# ---------------------------------------------------------------- measuring


def warm_up(started: dict[str, Server], asking: Asking) -> None:
    for (_, server), (document, variables) in asking.items():
        load(started[server], document, variables, 1, 1)


def load(
    server: Server, document: str, variables: list[Variables], connections: int, seconds: float
) -> float:
    rate = per_second(
        server.port,
        server.path(document),
        connections,
        seconds,
        headers={"Content-Type": "application/json", **server.headers},
        bodies=[server.body(document, each) for each in variables],
    )
    at_rest(server)
    return rate


def at_rest(server: Server) -> None:
    """A slow one still works on what nobody waits for, and would take it from the next."""
    for _ in range(50):
        before = server.cpu_seconds
        time.sleep(0.1)
        if server.cpu_seconds - before < 0.02:
            return


def one_round(started: dict[str, Server], asking: Asking, extent: Extent, found: Measured) -> None:
    for workload in extent.workloads:
        for connections in extent.connections:
            for server in started:
                if (workload.name, server) not in asking:
                    continue
                document, variables = asking[workload.name, server]
                key, before = (workload.name, server, connections), started[server].cpu_seconds
                rate = load(started[server], document, variables, connections, extent.seconds)
                spent = started[server].cpu_seconds - before
                found.rates[key].append(rate)
                found.cpu[key].append(spent * 1000 / (rate * extent.seconds))
                found.memory[workload.name, server] = started[server].rss_mb


def of_page(server: Server, env: dict[str, str], token: str, extent: Extent) -> dict[str, float]:
    """W7: milliseconds of the server's CPU for a page and for W1, of the template; pages a second."""
    cookie = signed_in(server)
    document = W1.documents["ours"]

    def pages(connections: int, seconds: float) -> float:
        return per_second(server.port, PATH, connections, seconds, headers=cookie)

    pages(1, extent.seconds)
    seconds = extent.seconds if extent.short else max(5, extent.seconds)
    page = cpu_ms(server, lambda: pages(1, seconds), seconds)
    query = cpu_ms(server, lambda: load(server, document, [{}], 1, seconds), seconds)
    # Last, for what nobody waits for any more is still worked on; two at once keep both cores busy.
    rates = [pages(2, seconds) for _ in range(extent.rounds)]
    template = template_alone(env, token, 20 if extent.short else 300)
    return {
        "cpu_ratio": page / (query + template),
        "page_cpu_ms": page,
        "w1_cpu_ms": query,
        "template_cpu_ms": template,
        "pages_per_second": statistics.median(rates),
        "rss_mb": server.rss_mb,
    }


def cpu_ms(server: Server, work: Any, seconds: float) -> float:
    before = server.cpu_seconds
    answered = work() * seconds
    return (server.cpu_seconds - before) * 1000 / answered


# ---------------------------------------------------------------- reporting


def figures(found: Measured, extent: Extent) -> dict[str, Any]:
    """Ratios with 16 connections; answers a second as context."""
    reply: dict[str, Any] = {}
    for workload in extent.workloads:
        reply[workload.name] = {
            name: round(ratio, 3)
            for name, other in (
                ("vs_postgraphile", "postgraphile"),
                ("vs_django", "django"),
                ("of_limit", "limit"),
            )
            if (ratio := found.ratio(workload, "ours", other))
        }
        reply[workload.name]["per_second"] = round(found.rate(workload.name, "ours", 16) or 0, 1)
        reply[workload.name]["cpu_ms"] = round(
            statistics.median(found.cpu[workload.name, "ours", 16]), 2
        )
        reply[workload.name]["rss_mb"] = round(found.memory[workload.name, "ours"], 1)
    if found.page:
        reply["W7"] = {name: round(value, 2) for name, value in found.page.items()}
    return reply


def table(found: Measured, extent: Extent, names: list[str]) -> str:
    return "\n".join(["", *lines(found, extent, names)])


def lines(found: Measured, extent: Extent, names: list[str]) -> Iterator[str]:
    yield f"{'':4}{'':14}{'req/s, 1':>10}{'req/s, 16':>11}{'× PostGraphile':>16}{'of limit':>10}{'CPU ms':>8}{'MB':>6}"
    for workload in extent.workloads:
        yield f"{workload.name}  {workload.what}"
        for server in names:
            one, many = (shown(found.rate(workload.name, server, each), 1) for each in CONNECTIONS)
            if many == "–":
                continue
            by_peer = shown(found.ratio(workload, server, "postgraphile"), 2)
            of_most = shown(found.ratio(workload, server, "limit"), 2)
            cpu = statistics.median(found.cpu[workload.name, server, 16])
            megabytes = found.memory[workload.name, server]
            yield (
                f"{'':4}{server:14}{one:>10}{many:>11}{by_peer:>16}{of_most:>10}"
                f"{cpu:8.2f}{megabytes:6.0f}"
            )
    if page := found.page:
        yield "W7  the project list as an HTML page"
        yield (
            f"{'':4}{'ours':14}{page['pages_per_second']:21.1f} pages/s; CPU {page['page_cpu_ms']:.1f} ms"
            f" = {page['cpu_ratio']:.2f} × (W1 {page['w1_cpu_ms']:.1f}"
            f" + template {page['template_cpu_ms']:.1f}); {page['rss_mb']:.0f} MB"
        )


def shown(value: float | None, digits: int) -> str:
    return "–" if value is None else f"{value:.{digits}f}"


# ---------------------------------------------------------------- the database itself


async def executed(url: str, sql: str) -> None:
    db = await asyncpg.connect(url)
    await db.execute(sql)
    await db.close()


async def row_at(url: str, offset: int) -> tuple[datetime, int]:
    db = await asyncpg.connect(url)
    row = await db.fetchrow(MIDDLE, offset)
    await db.close()
    return row["reported_at"], row["id"]


async def version(url: str) -> str:
    db = await asyncpg.connect(url)
    given: str = await db.fetchval("SHOW server_version")
    await db.close()
    return given.split()[0]


async def explain(url: str, projects: int) -> None:
    db = await asyncpg.connect(url)
    async with product(url) as ours:
        for workload in (W1, W2, W5):
            variables = await variables_of(workload, db, projects)
            for statement in await ours.statements(workload, variables):
                print(
                    f"\n==== {workload.name}: {workload.what}\n{statement.sql}\n{statement.values}"
                )
                plan = f"EXPLAIN (ANALYZE, BUFFERS) {statement.sql}"
                for _ in range(2):  # the second time from memory
                    rows = await db.fetch(plan, *statement.values)
                print("\n".join(row[0] for row in rows))
    await db.close()


if __name__ == "__main__":
    main()
