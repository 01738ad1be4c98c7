"""Pages that listen, for tests: a site on a port of this machine, and streams read line by line."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx2
import uvicorn

from server.app import create_app
from tests.world import PASSWORD

PATIENCE = 8


@asynccontextmanager
async def site() -> AsyncIterator[str]:
    """The application on a port, over the database that is open."""
    app = create_app(own_database=False)
    config = uvicorn.Config(app, port=0, log_config=None, lifespan="off", ws="none")
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server.serve())
    while not server.started:  # noqa: ASYNC110 (uvicorn tells it in no other way)
        await asyncio.sleep(0)
    try:
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        await serving


@asynccontextmanager
async def somebody(base: str, username: str) -> AsyncIterator[httpx2.AsyncClient]:
    """A browser, signed in."""
    async with httpx2.AsyncClient(base_url=base, timeout=PATIENCE) as visitor:
        fields = {"username": username, "password": PASSWORD}
        answer = await visitor.post("/sign-in", data=fields)
        assert answer.status_code == 303, answer.text
        yield visitor


class Listener:
    """A stream that is open: the names that it is sent, and its end."""

    def __init__(self, answer: httpx2.Response) -> None:
        self.answer, self._lines = answer, answer.aiter_lines()

    async def line(self) -> str:
        """The next line that says anything; "" at the end of the stream."""
        async with asyncio.timeout(PATIENCE):
            async for line in self._lines:
                if line:
                    return line
        return ""

    async def names(self, count: int) -> set[str]:
        """The next `count` names."""
        found = []
        while len(found) < count:
            line = await self.line()
            assert line, "the stream ended"
            if line.startswith("event: "):
                found.append(line.removeprefix("event: "))
            else:
                assert line in ("data:", ":"), line
        return set(found)

    async def ended(self) -> None:
        while await self.line():
            pass


@asynccontextmanager
async def listening(visitor: httpx2.AsyncClient, *names: str) -> AsyncIterator[Listener]:
    async with visitor.stream("GET", "/events", params=[("on", name) for name in names]) as answer:
        assert answer.status_code == 200, await answer.aread()
        listener = Listener(answer)
        assert await listener.line() == "retry: 3000"
        yield listener
