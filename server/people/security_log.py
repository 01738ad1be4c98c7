"""Security events: sign-ins, refusals, ends of sessions and tokens. One JSON line each.

The lines go to the logger `sixones.security`. They hold no password, no token and no text that a
stranger typed, since people type passwords into the wrong field.
"""

import json
import logging
from typing import Any

from starlette.requests import HTTPConnection

from server.http.request_id import request_id

log = logging.getLogger("sixones.security")


def noted(event: str, request: HTTPConnection | None = None, **facts: Any) -> None:
    """One line: the event, the request it came by, and numbers or names of our own records."""
    line: dict[str, Any] = {"event": event}
    if request is not None:
        line |= {"address": address(request), "request": request_id(request.scope)}
    line |= {name: fact for name, fact in facts.items() if fact is not None}
    log.info(json.dumps(line, ensure_ascii=False), extra={"security": line})


def address(request: HTTPConnection) -> str:
    """The client's: the connection's own, or what a trusted proxy says (server/http/proxy.py)."""
    return request.client.host[:60] if request.client else ""
