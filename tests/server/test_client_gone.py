"""A read ends in the database where its client has gone; an act is let finish."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import pytest
import pytest_asyncio
import strawberry
import uvicorn
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Mount, Route

from schema.database import fetch, open_database
from server.api.execution import Graph
from server.api.graphql import GraphQLEndpoint
from server.http.disconnect import AbandonedReads, WhileConnected
from tests.server.test_slow_reads import READERS, endless, limited
from tests.server.toy import OFFICER, Context

begun, ended = asyncio.Queue[str](), asyncio.Queue[str]()


async def watched(name: str, work: object) -> None:
    begun.put_nowait(name)
    outcome = "cancelled"
    try:
        await work  # type: ignore[misc]
        outcome = "done"
    finally:
        ended.put_nowait(f"{name} {outcome}")


go_on = asyncio.Event()


@strawberry.type
class Query:
    @strawberry.field
    async def endless(self) -> int:
        await watched("query", endless())
        return 1


@strawberry.type
class Mutation:
    @strawberry.mutation
    async def act(self) -> int:
        await watched("act", go_on.wait())
        return 1


async def page(request: Request) -> Response:
    await watched("page", endless())
    return PlainTextResponse("never")


async def form(request: Request) -> Response:
    await request.body()
    await watched("form", go_on.wait())
    return PlainTextResponse("done")


async def quick(request: Request) -> Response:
    return PlainTextResponse(str((await fetch("SELECT 1 AS it"))[0]["it"]))


async def context_for(_request: Request) -> Context:
    return Context(OFFICER)


app = Starlette(
    routes=[
        Route("/page", page),
        Route("/form", form, methods=["POST"]),
        Route("/quick", quick),
        Mount("/graphql", GraphQLEndpoint(Graph(strawberry.Schema(Query, Mutation)), context_for)),
    ],
    middleware=[Middleware(AbandonedReads)],
)


@pytest_asyncio.fixture
async def port(empty_url: str) -> AsyncIterator[int]:
    """A server of its own, with few connections that read."""
    go_on.clear()
    async with open_database(limited(empty_url), shared=True), serving() as found:
        yield found


@asynccontextmanager
async def serving() -> AsyncIterator[int]:
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_config=None, lifespan="off"))
    task = asyncio.create_task(server.serve())
    while not server.started:  # noqa: ASYNC110 (uvicorn tells it in no other way)
        await asyncio.sleep(0.01)
    yield server.servers[0].sockets[0].getsockname()[1]
    server.should_exit = True
    await task


async def send(
    port: int, head: str, body: str = ""
) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    lines = [
        head,
        "Host: t",
        f"Content-Length: {len(body)}",
        "Content-Type: application/json",
        "",
        body,
    ]
    writer.write("\r\n".join(lines).encode())
    await writer.drain()
    return reader, writer


async def leave(writer: asyncio.StreamWriter) -> None:
    writer.close()
    with suppress(ConnectionError):
        await writer.wait_closed()


@pytest.mark.parametrize(
    ("name", "head", "body"),
    [
        ("page", "GET /page HTTP/1.1", ""),
        ("query", "POST /graphql/ HTTP/1.1", '{"query": "{ endless }"}'),
        ("query", "GET /graphql/?query=%7Bendless%7D HTTP/1.1", ""),
    ],
)
async def test_a_read_ends_in_the_database_where_its_client_has_gone(
    port: int, name: str, head: str, body: str
) -> None:
    async with asyncio.timeout(30):
        for _ in range(READERS + 1):  # one more than there are connections
            _, writer = await send(port, head, body)
            assert await begun.get() == name
            await leave(writer)
            assert await ended.get() == f"{name} cancelled"
        reader, writer = await send(port, "GET /quick HTTP/1.1")
        assert (await reader.readline()).startswith(b"HTTP/1.1 200")
        await leave(writer)


@pytest.mark.parametrize(
    ("name", "head", "body"),
    [
        ("act", "POST /graphql/ HTTP/1.1", '{"query": "mutation { act }"}'),
        ("form", "POST /form HTTP/1.1", ""),
    ],
)
async def test_an_act_is_done_though_its_client_has_gone(
    port: int, name: str, head: str, body: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("server.http.disconnect.PATIENCE", 0)
    async with asyncio.timeout(30):
        _, writer = await send(port, head, body)
        assert await begun.get() == name
        await leave(writer)
        reader, writer = await send(port, "GET /quick HTTP/1.1")
        assert (await reader.readline()).startswith(b"HTTP/1.1 200")
        await leave(writer)
        go_on.set()
        assert await ended.get() == f"{name} done"


async def test_a_client_that_stays_gets_its_answer_however_long_it_takes(
    port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("server.http.disconnect.PATIENCE", 0)
    async with asyncio.timeout(30):
        reader, writer = await send(port, "GET /quick HTTP/1.1")
        for _ in range(3):  # on one connection
            assert (await reader.readline()).startswith(b"HTTP/1.1 200")
            while (await reader.readline()).strip():
                pass
            assert await reader.readexactly(1) == b"1"
            writer.write(b"GET /quick HTTP/1.1\r\nHost: t\r\n\r\n")
            await writer.drain()
        await leave(writer)


async def test_other_cancellations_stay_cancellations() -> None:
    async def receive() -> dict[str, str]:
        await asyncio.Event().wait()
        return {}

    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.01):
            async with WhileConnected(receive):  # type: ignore[arg-type]
                await asyncio.sleep(5)
