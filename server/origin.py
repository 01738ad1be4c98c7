"""The first gate of every request: its number, size and origin; and what every answer says.

Forms carry no tokens: a browser itself says whether a request comes from our own pages, by
Sec-Fetch-Site or, before Safari 16.4, by Origin. A program sends neither, and nobody can make it
send another's cookie.
"""

import secrets
from collections.abc import Iterable

import orjson
from graphql import GraphQLError
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from server.asking import ANSWER
from server.limits import Limit
from server.telling import error, told

Headers = Iterable[tuple[bytes, bytes]]

SAFE_METHODS = ("GET", "HEAD", "OPTIONS")
FRAMED = ("/widgets/", "/embed/")
REFUSED = "此请求来自别的网站，未办理。请打开本系统的页面，在页面上重新提交"

# No 'unsafe-…' anywhere: markup that slips through still runs no script and loads nothing foreign.
POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "manifest-src 'self'",
        "frame-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "object-src 'none'",
    )
)
ALWAYS = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}
HTTPS_ONLY = (b"strict-transport-security", b"max-age=63072000; includeSubDomains")


def request_id(scope: Scope) -> str:
    """The number of this request, in every answer, error and line of the log."""
    state = scope.setdefault("state", {})
    if "request_id" not in state:
        state["request_id"] = secrets.token_hex(8)
    number: str = state["request_id"]
    return number


class OwnOrigin:
    """Outermost. `widget_ancestors` are the pages that may frame a widget, as in CSP."""

    def __init__(self, app: ASGIApp, *, widget_ancestors: str = "'self'") -> None:
        if any(mark in widget_ancestors for mark in ";,\r\n") or not widget_ancestors.strip():
            raise ValueError(f"not a list of sources for frame-ancestors: {widget_ancestors!r}")
        self._app = app
        self._page = sealed("'none'", "same-origin")
        self._widget = sealed(widget_ancestors, "cross-origin")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            await self._http(scope, receive, send)
        elif scope["type"] == "websocket" and foreign(dict(scope["headers"])):
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
            scope = {**scope, "headers": without(scope["headers"], b"cookie")}

        async def answer(message: Message) -> None:
            if message["type"] == "http.response.start":
                said = list(message.get("headers", ()))
                if framed:
                    said = without(said, b"set-cookie")
                names = {name for name, _ in said}
                if private and b"cache-control" not in names:
                    said.append((b"cache-control", b"no-store"))
                said += (pair for pair in added if pair[0] not in names)
                message = {**message, "headers": said}
            await send(message)

        app = refusal(scope, sent) or self._app
        await app(scope, receive, answer)


def sealed(ancestors: str, resource_policy: str) -> list[tuple[bytes, bytes]]:
    said = {
        "content-security-policy": f"{POLICY}; frame-ancestors {ancestors}",
        "cross-origin-resource-policy": resource_policy,
        **ALWAYS,
    }
    return [(name.encode(), value.encode()) for name, value in said.items()]


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
            return refuse(scope, status, limit.exceeded(found))
    if scope["method"] not in SAFE_METHODS and foreign(sent):
        return refuse(scope, 403, error("FOREIGN_ORIGIN", REFUSED))
    return None


def without(headers: Headers, name: bytes) -> list[tuple[bytes, bytes]]:
    return [pair for pair in headers if pair[0].lower() != name]


def refuse(scope: Scope, status: int, found: GraphQLError) -> Response:
    said = told(found, request_id(scope))
    if scope["path"].startswith("/graphql"):
        return Response(
            orjson.dumps({"errors": [said]}), status, media_type=f"{ANSWER}; charset=utf-8"
        )
    return PlainTextResponse(f"{said['message']}。编号：{request_id(scope)}\n", status)


def foreign(sent: dict[bytes, bytes]) -> bool:
    """Whether a browser says that another site's page makes this request.

    The algorithm is that of Go's CrossOriginProtection: Sec-Fetch-Site decides; without it the
    host in Origin must be ours. What says neither is no browser of the last years.
    """
    if site := sent.get(b"sec-fetch-site"):
        return site not in (b"same-origin", b"none")
    if origin := sent.get(b"origin"):
        return origin.partition(b"://")[2] != sent.get(b"host")
    return False
