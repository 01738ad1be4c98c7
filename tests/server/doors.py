"""The application as browsers and programs meet it, with a page that says who it takes one for."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx2
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from server.app import create_app
from server.people.context import context_for
from tests.world import PASSWORD


async def who(request: Request) -> Response:
    context = await context_for(request)
    again = await context_for(request)
    viewer = context.viewer
    return JSONResponse(
        {
            "post": viewer.post,
            "posts": [[each.post, each.unit] for each in viewer.posts],
            "name": viewer.name,
            "unit": viewer.unit,
            "place": viewer.place,
            "group": viewer.group,
            "key": context.idempotency_key,
            "request": context.request_id,
            "same": context is again,
        }
    )


app = create_app(own_database=False)
app.router.routes[:0] = [Route("/who", who), Route("/widgets/who", who), Route("/embed/who", who)]


@asynccontextmanager
async def browser(**given: Any) -> AsyncIterator[httpx2.AsyncClient]:
    """A browser without a cookie yet, which does not follow redirects by itself."""
    transport = httpx2.ASGITransport(app, client=("192.0.2.7", 40000))
    async with httpx2.AsyncClient(
        transport=transport, base_url="http://sixones.test", **given
    ) as b:
        yield b


@asynccontextmanager
async def signed_in(username: str, password: str = PASSWORD) -> AsyncIterator[httpx2.AsyncClient]:
    async with browser() as visitor:
        answer = await enter(visitor, username, password)
        assert answer.status_code == 303, answer.text
        yield visitor


async def enter(
    visitor: httpx2.AsyncClient, username: str, password: str = PASSWORD, **more: Any
) -> httpx2.Response:
    fields = {"username": username, "password": password} | more.pop("given", {})
    return await visitor.post("/sign-in", data=fields, **more)


async def post_of(visitor: httpx2.AsyncClient, **headers: str) -> str:
    """For whom the server takes this visitor."""
    found = (await visitor.get("/who", headers=headers)).json()
    return str(found["post"])
