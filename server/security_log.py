"""What happened at the doors: sign-ins, refusals, ends of sessions and tokens. One JSON line each.

The lines go to the logger `sixones.security`. They hold no password, no token and no text that a
stranger typed, since people type passwords into the wrong field.
"""

import json
import logging
from typing import Any

from starlette.requests import HTTPConnection

from server.origin import request_id

log = logging.getLogger("sixones.security")


def noted(event: str, request: HTTPConnection | None = None, **facts: Any) -> None:
    """One line: the event, the request it came by, and numbers or names of our own records."""
    said: dict[str, Any] = {"event": event}
    if request is not None:
        said |= {"address": address(request), "request": request_id(request.scope)}
    said |= {name: fact for name, fact in facts.items() if fact is not None}
    log.info(json.dumps(said, ensure_ascii=False), extra={"security": said})


def address(request: HTTPConnection) -> str:
    """The connection's own; a proxy's headers count only where the server was told to trust it."""
    return request.client.host[:60] if request.client else ""
