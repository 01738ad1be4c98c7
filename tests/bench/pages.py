"""What a page of the demonstration city costs: milliseconds of CPU, statements, kilobytes.

    python -m tests.bench.pages [--times 60] [--rounds 5] [--only groups] [--profile]

Makes a demonstration city on SQLite, or takes the one of `--city sqlite:///…`, with its settings of
the environment. Each page is asked in this process as a server would pass it on, by an account of the
demonstration, `--times` times in each round; the figure is the least of the rounds, for what else the
machine does only ever adds. A page that has an aim says so where it misses it.
"""

import argparse
import asyncio
import cProfile
import os
import pstats
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit


@dataclass(frozen=True)
class Page:
    """A page, whose account of the demonstration asks for it, and the milliseconds it aims at."""

    path: str
    username: str
    aim: float | None = None


PAGES = (
    Page("/groups/advanced-manufacturing", "group", 8),
    Page("/groups", "office"),
    Page("/targets", "group"),
    Page("/inbox", "office"),
    Page("/projects", "office"),
    Page("/projects?view=board", "office"),
)


class Answer:
    """What the application sends for one GET, with a token."""

    def __init__(self, path: str, token: str) -> None:
        self.path, self.token, self.status, self.size = path, token, 0, 0
        self.sent = False

    async def of(self, app: Any) -> "Answer":
        address = urlsplit(self.path)
        headers = [(b"host", b"127.0.0.1"), (b"authorization", f"Bearer {self.token}".encode())]
        scope = {
            "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "GET",
            "scheme": "http", "path": address.path, "raw_path": address.path.encode(),
            "root_path": "", "query_string": address.query.encode(), "headers": headers,
            "client": ("127.0.0.1", 1), "server": ("127.0.0.1", 80), "state": {},
        }  # fmt: skip
        await app(scope, self.receive, self.send)
        if self.status != 200:
            raise SystemExit(f"{self.path}: {self.status}")
        return self

    async def receive(self) -> dict[str, Any]:
        """The request, once; then the client stays and says nothing."""
        if self.sent:
            await asyncio.Event().wait()
        self.sent = True
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(self, message: dict[str, Any]) -> None:
        self.status = message.get("status", self.status)
        self.size += len(message.get("body", b""))


async def measured(pages: list[Page], times: int, rounds: int, profile: bool) -> None:
    from schema.database.connections import open_database
    from schema.database.statements import counting
    from server.app import create_app
    from server.demo import accounts
    from server.settings import orm_config

    tokens = {str(each["username"]): str(each["token"]) for each in accounts()}
    print(f"{'page':<28}{'CPU ms':>8}{'SQL':>6}{'kB':>7}")
    async with open_database(orm_config()):
        app = create_app(own_database=False)
        for page in pages:
            token = tokens[page.username]
            for _ in range(3):
                await Answer(page.path, token).of(app)
            with counting() as statements:
                size = (await Answer(page.path, token).of(app)).size
            took = min([await spent(app, page.path, token, times) for _ in range(rounds)])
            late = f"  more than {page.aim:g}" if page.aim and took > page.aim else ""
            print(
                f"{page.path:<28}{took:>8.1f}{len(statements):>6}{size / 1000:>7.0f}{late}",
                flush=True,
            )
            if profile:
                await profiled(app, page.path, token, times)


async def spent(app: Any, path: str, token: str, times: int) -> float:
    """Milliseconds of CPU for each of so many answers, the database's thread included."""
    began = time.process_time()
    for _ in range(times):
        await Answer(path, token).of(app)
    return (time.process_time() - began) / times * 1000


async def profiled(app: Any, path: str, token: str, times: int) -> None:
    watch = cProfile.Profile()
    watch.enable()
    await spent(app, path, token, times)
    watch.disable()
    pstats.Stats(watch).sort_stats("tottime").print_stats(45)
    pstats.Stats(watch).sort_stats("cumulative").print_stats(70)


def settings_of(folder: Path) -> dict[str, str]:
    return {
        "SIXONES_DATABASE_URL": f"sqlite://{folder / 'city.sqlite3'}",
        "SIXONES_FILES_DIR": str(folder / "files"),
        "SIXONES_SECRET_FILE": str(folder / "secret"),
        "SIXONES_KEY_FILE": str(folder / "keys"),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--city", help="the address of a demonstration city that is there")
    parser.add_argument("--times", type=int, default=60)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--only", default="", help="pages whose address has this in it")
    parser.add_argument("--profile", action="store_true")
    given = parser.parse_args()
    pages = [each for each in PAGES if given.only in each.path]
    with tempfile.TemporaryDirectory(prefix="sixones-pages-") as name:
        if given.city:
            os.environ["SIXONES_DATABASE_URL"] = given.city
        else:
            os.environ |= settings_of(Path(name))
            subprocess.run((sys.executable, "-m", "server", "demo"), check=True)
        os.environ["SIXONES_RATE"] = "1000000"
        asyncio.run(measured(pages, given.times, given.rounds, given.profile))


if __name__ == "__main__":
    main()
