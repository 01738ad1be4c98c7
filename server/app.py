"""The application: routes, what every answer carries, what an error looks like."""

import gc
import logging
import sys
from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from typing import Any

import anyio.to_thread
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.body_limit import RequestBodyLimitMiddleware
from starlette.middleware.exceptions import ExceptionMiddleware
from starlette.middleware.gzip import DEFAULT_EXCLUDED_CONTENT_TYPES, GZipMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from schema.database import Unavailable, open_database
from schema.gate.act import AT_START
from schema.gate.keys import KeysMissing
from server.api.errors import RETRY_LATER, trouble_message
from server.files.kinds import KINDS
from server.http.disconnect import AbandonedReads
from server.http.proxy import Network, TrustedProxies
from server.http.request_id import request_id
from server.live.hub import hub
from server.middleware import GraphQLBypass, SecurityMiddleware
from server.operations.one_writer import only_writer
from server.operations.sealing import missing_key
from server.operations.worker import jobs_in_server
from server.people.context import FILES, context_for, settled
from server.routes import partners, routes
from server.settings import CORS_ORIGINS, DEBUG, TRUSTED_PROXIES, WIDGET_ANCESTORS, orm_config
from server.web.pages import frame
from server.web.resources import templates

NOT_NOW = {**RETRY_LATER, "Cache-Control": "no-store"}
BODY_MOST = 25 * 1024 * 1024
SWITCH_SECONDS = 0.001
COMPRESSED_IN_A_THREAD = 32 * 1024  # bytes; shorter ones take less than a millisecond
COMPRESSED_ALREADY = (
    *DEFAULT_EXCLUDED_CONTENT_TYPES,
    *(kind.media_type for kind in KINDS if not kind.media_type.startswith("text/")),
)
WORDS = {
    400: ("请求有误", "请检查网址或刷新后再试。"),
    401: ("请先登录", "登录已过期，请重新登录；填写的内容会保留在本机。"),
    403: ("不能这样访问", "请从本系统的页面操作。"),
    404: ("没有找到", "可能已并入其他项目、已撤回，或网址有误。"),
    405: ("不能这样访问", "请从本系统的页面操作。"),
    413: ("内容太大", "一次最多上传 25 MB，请压缩或分几次上传。"),
    429: ("太频繁", "请稍候再试。"),
    500: ("没有办成", "系统没能处理这次请求，内容没有改动。请凭下面的编号联系管理员。"),
    503: ("暂时不能办理", "请稍候再试。"),
}

log = logging.getLogger("sixones")


async def on_http_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    return await error_response(request, error.status_code, error.detail, error.headers)


async def on_unavailable(request: Request, error: Exception) -> Response:
    assert isinstance(error, Unavailable)
    number = {"request_id": request_id(request.scope)}
    log.warning("no answer: the database is unavailable: %s", error, extra=number)
    return await error_response(request, 503, trouble_message(error), NOT_NOW)


async def on_fault(request: Request, error: Exception) -> Response:
    log.exception("fault", exc_info=error, extra={"request_id": request_id(request.scope)})
    return await error_response(request, 500, "")


async def error_response(
    request: Request, status: int, detail: str, headers: Mapping[str, str] | None = None
) -> Response:
    """An error in the user's words, with the number under which it is in the log."""
    title, advice = WORDS.get(status, WORDS[400])
    number = request_id(request.scope)
    # Starlette's own details are English and say nothing to a user.
    own = detail if any("\u4e00" <= letter <= "\u9fff" for letter in detail) else ""
    if "text/html" not in request.headers.get("accept", "text/html"):
        found = {"message": own or title, "extensions": {"code": str(status), "requestId": number}}
        return JSONResponse({"errors": [found]}, status, headers)
    given: dict[str, Any] = {"path": request.url.path}
    if status < 500:
        with suppress(HTTPException):
            given = await frame(request, await context_for(request), "layout.html")
    given |= {"status": status, "heading": title, "message": own or advice, "reference": number}
    return templates.TemplateResponse(request, "error.html", given, status, headers=headers)


@asynccontextmanager
async def lifespan(app: Starlette) -> AsyncIterator[None]:
    # Threads that build files or hash passwords leave the loop its turn five times as soon as usual.
    sys.setswitchinterval(SWITCH_SECONDS)
    with only_writer(orm_config(), serves=True):
        async with open_database(orm_config(), shared=True):
            if problem := await missing_key():
                log.critical("%s", problem)
                raise KeysMissing(problem)
            for begin in AT_START:
                await begin(FILES)
            await anyio.to_thread.run_sync(int)  # loads what the first file would have to wait for
            gc.collect()
            gc.freeze()  # what was loaded to start is never garbage: do not look through it again
            async with jobs_in_server():
                yield
            await hub.close()
            await settled()


def create_app(
    *,
    own_database: bool = True,
    trusted_proxies: Sequence[Network] = TRUSTED_PROXIES,
    cors_origins: Collection[str] = CORS_ORIGINS,
) -> Starlette:
    """The application; tests bring their own database."""
    return Starlette(
        debug=DEBUG,
        routes=routes,
        lifespan=lifespan if own_database else None,
        middleware=[
            *([Middleware(TrustedProxies, trusted=trusted_proxies)] if trusted_proxies else ()),
            Middleware(
                SecurityMiddleware,
                widget_ancestors=WIDGET_ANCESTORS,
                cors_origins=cors_origins,
            ),
            # Inside of the headers: a fault's page is sealed like any other.
            Middleware(ExceptionMiddleware, handlers={Exception: on_fault}),
            Middleware(GraphQLBypass, graphql=partners),
            Middleware(RequestBodyLimitMiddleware, max_body_size=BODY_MOST),
            Middleware(
                GZipMiddleware,
                minimum_size=1024,
                compresslevel=6,
                thread_minimum_size=COMPRESSED_IN_A_THREAD,
                exclude_content_types=COMPRESSED_ALREADY,
            ),
            Middleware(AbandonedReads),
        ],
        exception_handlers={
            HTTPException: on_http_error,
            Unavailable: on_unavailable,
            Exception: on_fault,
        },
    )


app = create_app()
