"""The server in a process of its own, on a port of this machine."""

import asyncio
import os
import socket
import sqlite3
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from pathlib import Path

import asyncpg
import httpx2

from server.settings import ROOT


@asynccontextmanager
async def serving(url: str, folder: Path, **settings: object) -> AsyncIterator[httpx2.AsyncClient]:
    """A client of `sixones serve` on the database `url`, once it answers; stopped afterwards."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port = found.getsockname()[1]
    given = {"DATABASE_URL": url.replace("asyncpg://", "postgresql://"), "FILES_DIR": folder / "files",
             "SECRET_FILE": folder / "secret", **settings}  # fmt: skip
    environment = {f"SIXONES_{name}": str(value) for name, value in given.items()}
    log = folder / f"server-{port}.log"
    with log.open("wb") as out:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-W", "error", "-m", "server", "serve", "--port", str(port),
            cwd=ROOT, env={**os.environ, **environment}, stdin=asyncio.subprocess.DEVNULL,
            stdout=out, stderr=out,
        )  # fmt: skip
        try:
            base = f"http://127.0.0.1:{port}"
            async with httpx2.AsyncClient(base_url=base, timeout=30) as client:
                while True:
                    assert process.returncode is None, log.read_text()
                    try:
                        await client.get("/healthz")
                        break
                    except httpx2.ConnectError:
                        await asyncio.sleep(0.05)
                yield client
        finally:
            if process.returncode is None:
                process.terminate()
            await asyncio.wait_for(process.wait(), 15)


async def execute_outside(url: str, sql: str) -> None:
    """One statement by a connection that no process of ours knows of."""
    if url.startswith("sqlite"):
        with closing(sqlite3.connect(url.removeprefix("sqlite://"))) as other, other:
            other.execute(sql)
        return
    connection = await asyncpg.connect(url.replace("asyncpg://", "postgresql://"))
    try:
        await connection.execute(sql)
    finally:
        await connection.close()
