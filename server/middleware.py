"""What every request passes first: its number, size and origin; and the headers of every answer.

Forms carry no tokens: a browser itself says whether a request comes from our own pages, by
Sec-Fetch-Site or, before Safari 16.4, by Origin. A program sends neither, and nobody can make it
send another's cookie. What comes with a bearer token is a program's whatever its origin: a browser
adds no such header by itself, and asks us first before a foreign page may. Then no cookie counts.
"""

from collections.abc import Collection, Iterable

import orjson
from graphql import GraphQLError
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from server.api.errors import error, format_error
from server.api.limits import Limit
from server.api.request_parsing import ANSWER
from server.http.cors import (
    PREFLIGHT_ANSWER,
    allowed_origin,
    cors_headers,
    is_for_programs,
    is_preflight,
)
from server.http.headers import request_headers
from server.http.origin import SAFE_METHODS, is_cross_origin
from server.http.request_id import request_id
from server.http.security import FRAMED, HTTPS_ONLY, security_headers

Headers = Iterable[tuple[bytes, bytes]]
REFUSED = "此请求来自别的网站，未办理。请打开本系统的页面，在页面上重新提交"
NOT_LISTED = "这个网站的页面不能读取接口。请联系管理员把它的来源列入 SIXONES_CORS_ORIGINS"


class SecurityMiddleware:
    """`widget_ancestors` are the pages that may frame a widget, as in CSP; `cors_origins` the sites
    whose pages may read what programs read.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        widget_ancestors: str = "'self'",
        cors_origins: Collection[str] = (),
    ) -> None:
        if any(mark in widget_ancestors for mark in ";,\r\n") or not widget_ancestors.strip():
            raise ValueError(f"not a list of sources for frame-ancestors: {widget_ancestors!r}")
        self._app, self._cors_origins = app, cors_origins
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
        foreign, for_programs = is_cross_origin(sent), is_for_programs(scope["path"])
        listed = allowed_origin(sent, self._cors_origins) if for_programs else None
        program = for_programs and (listed is not None or b"authorization" in sent)
        if framed or (foreign and program):
            scope = {**scope, "headers": without_header(scope["headers"], b"cookie")}
        cors = cors_headers(listed) if for_programs and self._cors_origins else []

        async def answer(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = list(message.get("headers", ()))
                if framed:
                    headers = without_header(headers, b"set-cookie")
                names = {name for name, _ in headers}
                if private and b"cache-control" not in names:
                    headers.append((b"cache-control", b"no-store"))
                headers += (pair for pair in added if pair[0] not in names)
                message = {**message, "headers": headers + cors}
            await send(message)

        app = refusal(scope, foreign=foreign and not program)
        if app is None and for_programs and is_preflight(scope, sent):
            app = preflight_answer(scope, listed)
        await (app or self._app)(scope, receive, answer)


def refusal(scope: Scope, *, foreign: bool) -> Response | None:
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
    if scope["method"] not in SAFE_METHODS and foreign:
        return refusal_response(scope, 403, error("FOREIGN_ORIGIN", REFUSED))
    return None


def preflight_answer(scope: Scope, listed: str | None) -> Response:
    """The answer to a browser that asks what a page of another site may send."""
    if listed is None:
        return refusal_response(scope, 403, error("FOREIGN_ORIGIN", NOT_LISTED))
    return Response(status_code=204, headers=PREFLIGHT_ANSWER)


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
