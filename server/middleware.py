"""What every request passes first: its number, size and origin; and the headers of every answer.

Forms carry no tokens: a browser itself says whether a request comes from our own pages, by
Sec-Fetch-Site or, before Safari 16.4, by Origin. A program sends neither, and nobody can make it
send another's cookie.
"""

from collections.abc import Iterable

import orjson
from graphql import GraphQLError
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from server.api.errors import error, format_error
from server.api.limits import Limit
from server.api.request_parsing import ANSWER
from server.http.headers import request_headers
from server.http.origin import SAFE_METHODS, is_cross_origin
from server.http.request_id import request_id
from server.http.security import FRAMED, HTTPS_ONLY, security_headers

Headers = Iterable[tuple[bytes, bytes]]
REFUSED = "此请求来自别的网站，未办理。请打开本系统的页面，在页面上重新提交"


class SecurityMiddleware:
    """Outermost. `widget_ancestors` are the pages that may frame a widget, as in CSP."""

    def __init__(self, app: ASGIApp, *, widget_ancestors: str = "'self'") -> None:
        if any(mark in widget_ancestors for mark in ";,\r\n") or not widget_ancestors.strip():
            raise ValueError(f"not a list of sources for frame-ancestors: {widget_ancestors!r}")
        self._app = app
        self._page = security_headers("'none'", "same-origin", "DENY")
        self._widget = security_headers(widget_ancestors, "cross-origin")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            await self._http(scope, receive, send)
        elif scope["type"] == "websocket" and is_cross_origin(dict(scope["headers"])):
            await send({"type": "websocket.close", "code": 1008})
        else:
            await self._app(scope, receive, send)

    async def _http(self, scope: Scope, receive: Receive, send: Send) -> None:
        sent: dict[bytes, bytes] = dict(scope["headers"])
        number = request_id(scope)
        framed = scope["path"].startswith(FRAMED)
        private = not framed and (b"cookie" in sent or b"authorization" in sent)
        added = [*(self._widget if framed else self._page), (b"x-request-id", number.encode())]
        if scope["scheme"] == "https":
            added.append(HTTPS_ONLY)
        if framed:
            scope = {**scope, "headers": without_header(scope["headers"], b"cookie")}

        async def answer(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = list(message.get("headers", ()))
                if framed:
                    headers = without_header(headers, b"set-cookie")
                names = {name for name, _ in headers}
                if private and b"cache-control" not in names:
                    headers.append((b"cache-control", b"no-store"))
                headers += (pair for pair in added if pair[0] not in names)
                message = {**message, "headers": headers}
            await send(message)

        app = refusal(scope, sent) or self._app
        await app(scope, receive, answer)


def refusal(scope: Scope, sent: dict[bytes, bytes]) -> Response | None:
    """Why a request goes no further: 431, 414 or 403."""
    headers = scope["headers"]
    for status, limit, found in (
        (431, Limit.HEADERS, len(headers)),
        (431, Limit.HEADER_BYTES, sum(len(name) + len(value) for name, value in headers)),
        (431, Limit.COOKIE, sum(len(value) for name, value in headers if name == b"cookie")),
        (414, Limit.URL, len(scope.get("raw_path") or b"") + len(scope["query_string"])),
    ):
        if found > limit.most:
            return refusal_response(scope, status, limit.exceeded(found))
    if scope["method"] not in SAFE_METHODS and is_cross_origin(sent):
        return refusal_response(scope, 403, error("FOREIGN_ORIGIN", REFUSED))
    return None


def without_header(headers: Headers, name: bytes) -> list[tuple[bytes, bytes]]:
    return [pair for pair in headers if pair[0].lower() != name]


def refusal_response(scope: Scope, status: int, found: GraphQLError) -> Response:
    formatted = format_error(found, request_id(scope))
    if scope["path"].startswith("/graphql"):
        return Response(
            orjson.dumps({"errors": [formatted]}), status, media_type=f"{ANSWER}; charset=utf-8"
        )
    return PlainTextResponse(f"{formatted['message']}。编号：{request_id(scope)}\n", status)


class GraphQLBypass:
    """Sends requests for `/graphql` past the middleware that pages need: the graph has limits of its
    own, and that middleware is most of a small query's time. A client that accepts gzip takes the
    usual way.
    """

    def __init__(self, app: ASGIApp, *, graphql: ASGIApp) -> None:
        self._app, self._graphql = app, graphql

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        to_graphql = scope["type"] == "http" and scope["path"] == "/graphql"
        if to_graphql and "gzip" not in request_headers(scope).get("accept-encoding", ""):
            await self._graphql(scope, receive, send)
        else:
            await self._app(scope, receive, send)
