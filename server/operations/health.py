"""`GET /healthz`: whether this process can serve: the database answers and fits the code."""

import asyncio
import logging
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from schema.gate.keys import KeysMissing, ring
from server import settings
from server.api.errors import RETRY_LATER
from server.operations import anchors
from server.operations.migrate import DatabaseIsNewer, pending

SECONDS = 3
NOT_ANCHORED = "办理记录的锚定处写不进去，请运行 sixones check"

log = logging.getLogger(__name__)


async def healthz(request: Request) -> Response:
    reason = await find_problem()
    body: dict[str, Any] = (
        {"status": "unavailable", "reason": reason} if reason else {"status": "ok"}
    )
    if settings.ANCHORS is not None:
        problem = await asyncio.to_thread(anchors.unreachable, settings.ANCHORS)
        body |= {"warnings": [NOT_ANCHORED]} if problem else {}
    headers = {"Cache-Control": "no-store", **(RETRY_LATER if reason else {})}
    return JSONResponse(body, 503 if reason else 200, headers)


async def find_problem() -> str | None:
    """Why the system cannot serve, in words fit for anybody; None when it can."""
    try:
        async with asyncio.timeout(SECONDS):
            missing = await pending()
        ring()
    except KeysMissing as fault:
        log.error("the journal cannot be written: %s", fault)
        return "办理记录的密钥不在或不对，请运行 sixones check"
    except DatabaseIsNewer:
        return "数据库比程序新，请启动新版程序"
    except Exception as fault:
        log.error("the database does not answer: %r", fault)
        return "数据库没有应答"
    return f"数据库还缺 {len(missing)} 个迁移，请运行 sixones migrate" if missing else None


routes = [Route("/healthz", healthz)]
