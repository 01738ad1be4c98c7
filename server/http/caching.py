"""Conditional requests: entity tags, and 304 for what the client has already."""

import hashlib
from collections.abc import Mapping

from starlette.requests import Request
from starlette.responses import Response


def digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:12]


def etag(content: bytes) -> str:
    """Weak, since the same content also goes out compressed."""
    return f'W/"{digest(content)}"'


def etag_matches(asked: Mapping[str, str], tag: str) -> bool:
    """Whether If-None-Match names the tag, by the weak comparison of RFC 9110 section 13.1.2."""
    sent = {each.strip().removeprefix("W/") for each in asked.get("if-none-match", "").split(",")}
    return "*" in sent or tag.removeprefix("W/") in sent


def conditional_response(request: Request, response: Response) -> Response:
    """The response with its tag, or 304 when the client has it already."""
    if response.status_code != 200:
        return response
    response.headers["ETag"] = etag(bytes(response.body))
    if not etag_matches(request.headers, response.headers["ETag"]):
        return response
    kept = ("etag", "cache-control", "vary")
    return Response(
        status_code=304, headers={k: v for k, v in response.headers.items() if k in kept}
    )
