"""`GET /events?on=NAME…`: a stream of names that moved (server-sent events), each without data."""

import asyncio
from collections.abc import Sequence

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from schema.permissions import Viewer
from server.http.headers import request_headers
from server.live.hub import Stream, hub
from server.live.topics import wanted_topics
from server.people.context import EVENTS, context_for

TOPICS_MOST = 20
HEARTBEAT = 15.0
RETRY = b"retry: 3000\n\n"
HEADERS = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),
]


class EventStream(Response):
    """The answer: it lasts until the page goes, the session ends or the server stops."""

    def __init__(self, viewer: Viewer, session: int, wanted: dict[str, int | None]) -> None:
        super().__init__()
        self.listener = viewer, session, wanted

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        # From here until the stream is counted nothing is awaited: however many ask at once, no
        # more come in than there is room for.
        refuse_if_full(self.listener[0])
        stream = Stream(*self.listener)
        try:
            await hub.add(stream)
            await send({"type": "http.response.start", "status": 200, "headers": [*HEADERS]})
            await send({"type": "http.response.body", "body": RETRY, "more_body": True})
            while not stream.ended:
                try:
                    await asyncio.wait_for(stream.waiting.wait(), HEARTBEAT)
                    body = event_lines(stream.take())
                except TimeoutError:
                    body = b":\n\n"
                if body:
                    await send({"type": "http.response.body", "body": body, "more_body": True})
            await send({"type": "http.response.body", "body": b"", "more_body": False})
        finally:
            stream.task = None
            hub.remove(stream)


def refuse_if_full(viewer: Viewer) -> None:
    """Raises HTTPException (429, 503) where there is no room for another stream of this person's."""
    if refused := hub.full_for(viewer):
        raise HTTPException(refused, headers={"Retry-After": "30"})


def event_lines(names: Sequence[str]) -> bytes:
    return "".join(f"event: {name}\ndata:\n\n" for name in names).encode()


async def events(request: Request) -> Response:
    if "authorization" in request_headers(request.scope):
        raise HTTPException(403, "此地址只供本系统的页面使用，请改用 journal 查询")
    context = await context_for(request)
    session = request.state.session
    if not context.viewer.signed_in or session is None:
        raise HTTPException(401)
    refuse_if_full(context.viewer)  # before anything is looked up
    wanted = await wanted_topics(context.viewer, request.query_params.getlist("on")[:TOPICS_MOST])
    return EventStream(context.viewer, session, wanted)


routes = [Route(EVENTS, events)]
