"""Which other sites' pages may read the graph, files and lists in a browser (CORS).

Nobody by default; those of SIXONES_CORS_ORIGINS, always without credentials: a foreign page is never
answered as whoever is signed in here, only by the token that it sends, or as the public.
"""

from collections.abc import Collection

from starlette.types import Scope

EXPORTS = (".xlsx", ".csv", ".json", ".docx", ".pdf")
EXPOSED = ", ".join(
    (
        "Content-Disposition",
        "ETag",
        "RateLimit",
        "RateLimit-Policy",
        "Retry-After",
        "X-RateLimit-Limit",
        "X-RateLimit-Remaining",
        "X-RateLimit-Reset",
        "X-Request-Id",
    )
)
PREFLIGHT_ANSWER = {
    "access-control-allow-methods": "GET, HEAD, POST",
    "access-control-allow-headers": "Authorization, Content-Type, Idempotency-Key, If-None-Match",
    "access-control-max-age": "600",
}


def is_for_programs(path: str) -> bool:
    """Whether an address is one that programs use: the graph, a file, a list as a file."""
    if path.startswith(("/graphql/", "/files/")) or path == "/graphql":
        return True
    return path.endswith(EXPORTS) and not path.startswith("/static/")


def allowed_origin(sent: dict[bytes, bytes], allowed: Collection[str]) -> str | None:
    """The origin that a browser names, if it is on the list."""
    origin = sent.get(b"origin", b"").decode("latin-1")
    return origin if origin in allowed else None


def is_preflight(scope: Scope, sent: dict[bytes, bytes]) -> bool:
    """Whether a browser asks beforehand what a page of another site may send."""
    asked = b"origin" in sent and b"access-control-request-method" in sent
    return asked and scope["method"] == "OPTIONS"


def cors_headers(origin: str | None) -> list[tuple[bytes, bytes]]:
    """What an answer says to a browser; to a site that is not listed, only that others get another."""
    headers = [(b"vary", b"Origin")]
    if origin:
        headers.append((b"access-control-allow-origin", origin.encode("latin-1")))
        headers.append((b"access-control-expose-headers", EXPOSED.encode()))
    return headers
