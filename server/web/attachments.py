"""`GET /files/{id}`: an attachment, for those who see what it is evidence of."""

import asyncio
import logging

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import Route

from server.files.kinds import BY_MEDIA_TYPE
from server.files.names import content_disposition
from server.people.context import context_for
from server.people.security_log import noted

# Whatever a file holds, it opens in a place of its own: no script, no cookie, nothing loaded.
ALONE = "default-src 'none'; sandbox; frame-ancestors 'self'"
KEY_MOST = 2**63

log = logging.getLogger(__name__)


async def send_file(request: Request) -> Response:
    key = request.path_params["id"]
    context = await context_for(request)
    row = await context.rows.one("Attachment", key) if key < KEY_MOST else None
    if row is None:
        raise HTTPException(404, "没有找到这份材料，请从项目页重新打开")
    path = context.file_store.path(row["sha256"])
    if not await asyncio.to_thread(path.is_file):
        log.error("the file of attachment %s is missing in the store", key)
        raise HTTPException(404, "材料的文件不在存储中，请联系管理员从备份恢复")
    noted("file_sent", request, person=context.viewer.person, attachment=key)
    kind = BY_MEDIA_TYPE.get(row["media_type"])
    headers = {
        "Content-Disposition": content_disposition(
            row["name"], inline=kind is not None and kind.inline
        ),
        "Content-Security-Policy": ALONE,
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "SAMEORIGIN",
        "Cache-Control": "private, no-store",
        "ETag": f'"{row["sha256"]}"',
    }
    return FileResponse(
        path,
        headers=headers,
        media_type=kind.media_type if kind else "application/octet-stream",
    )


routes = [Route("/files/{id:int}", send_file)]
