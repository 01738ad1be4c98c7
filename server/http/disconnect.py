"""Work that ends where its client goes away. uvicorn reports that, and cancels nothing by itself."""

import asyncio
from types import TracebackType

from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Receive, Scope, Send

from server.http.origin import SAFE_METHODS

PATIENCE = 0.25  # seconds that work may take before anybody looks whether its client is there


class WhileConnected:
    """A block that is cancelled, and raises ClientDisconnect, where the client goes away.

    Nobody looks before PATIENCE is over. The request's body must have been read.
    """

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self._watcher: asyncio.Task[None] | None = None
        self._gone = False

    async def __aenter__(self) -> None:
        loop, task = asyncio.get_running_loop(), asyncio.current_task()
        assert task
        self._task, self._cancelling = task, task.cancelling()
        self._timer = loop.call_later(PATIENCE, self._look)

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        self._timer.cancel()
        if self._watcher:
            self._watcher.cancel()
        if self._gone:
            others = self._task.uncancel() > self._cancelling
            if kind is asyncio.CancelledError and not others:
                raise ClientDisconnect from error

    def _look(self) -> None:
        self._watcher = asyncio.get_running_loop().create_task(self._watch())

    async def _watch(self) -> None:
        while (await self._receive())["type"] != "http.disconnect":
            pass
        self._gone = True
        self._task.cancel()


class AbandonedReads:
    """Ends requests that change nothing where their client goes away; acts are let finish."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] not in SAFE_METHODS:
            await self._app(scope, receive, send)
            return
        try:
            async with WhileConnected(receive):
                await self._app(scope, receive, send)
        except ClientDisconnect:
            pass
