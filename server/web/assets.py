"""The files of static/, addressed by the hash of their content, so browsers keep them for good.

All is read, joined and compressed at start and served from memory: no path ever reaches the disk.
"""

import gzip
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path, PurePosixPath

from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse, Response
from starlette.types import Receive, Scope, Send

from server.http.caching import digest, etag, etag_matches

LISTED_IN = "_app.txt"
FOR_GOOD = "public, max-age=31536000, immutable"
ASK_AGAIN = "no-cache"
TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".geojson": "application/geo+json",
    ".webmanifest": "application/manifest+json",
    ".svg": "image/svg+xml; charset=utf-8",
    ".txt": "text/plain; charset=utf-8",
    ".png": "image/png",
    ".ico": "image/x-icon",
    ".woff2": "font/woff2",
}
COMPRESSED_ALREADY = (".png", ".woff2")


class Assets:
    """An ASGI application for `Route("/static/{path:path}", assets)`; `url` goes into templates."""

    def __init__(self, folder: Path, *, prefix: str = "/static/") -> None:
        self._prefix = prefix
        self._assets = {asset.name: asset for asset in read_assets(folder)}
        self._hashed = {asset.hashed: asset for asset in self._assets.values()}
        for asset in self._assets.values():
            asset.compressed  # noqa: B018  computed now rather than at the first request

    def url(self, name: str) -> str:
        """The address of a file: `css/app.css` is at `/static/css/app.0123456789ab.css`.

        Raises LookupError for a file that is not there, so a page with a wrong name fails its test.
        """
        if name not in self._assets:
            raise LookupError(f"static/{name} does not exist")
        return self._prefix + self._assets[name].hashed

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._response(scope)(scope, receive, send)

    def _response(self, scope: Scope) -> Response:
        path = scope["path_params"]["path"]
        if scope["method"] not in ("GET", "HEAD"):
            return PlainTextResponse("请用 GET", 405, {"Allow": "GET, HEAD"})
        if asset := self._hashed.get(path):
            return asset.response(Headers(scope=scope), FOR_GOOD)
        if asset := self._assets.get(path):
            return asset.response(Headers(scope=scope), ASK_AGAIN)
        return PlainTextResponse("没有这个文件", 404)


@dataclass(frozen=True)
class Asset:
    """One file: its name below static/ and its bytes."""

    name: str
    content: bytes

    @cached_property
    def hashed(self) -> str:
        path = PurePosixPath(self.name)
        return str(path.with_name(f"{path.stem}.{digest(self.content)}{path.suffix}"))

    @cached_property
    def compressed(self) -> bytes | None:
        """None if it would not be smaller."""
        if self.name.endswith(COMPRESSED_ALREADY):
            return None
        packed = gzip.compress(self.content, mtime=0)
        return packed if len(packed) < len(self.content) else None

    def response(self, asked: Headers, keep: str) -> Response:
        packed = self.compressed if accepts_gzip(asked.get("accept-encoding", "")) else None
        headers = {
            "Cache-Control": keep,
            "ETag": etag(self.content),
            "Vary": "Accept-Encoding",
        }
        if etag_matches(asked, headers["ETag"]):
            return Response(status_code=304, headers=headers)
        headers["Content-Type"] = TYPES.get(
            PurePosixPath(self.name).suffix, "application/octet-stream"
        )
        if packed is None:
            return Response(self.content, headers=headers)
        return Response(packed, headers={**headers, "Content-Encoding": "gzip"})


def read_assets(folder: Path) -> Iterator[Asset]:
    """Every file whose name does not begin with `_` or `.`, and the joined stylesheets.

    `css/_app.txt` and other lists beside it name what `css/app.css` and the like are joined of.
    """
    css = folder / "css"
    for order in sorted(css.glob("_*.txt")):
        yield Asset(f"css/{order.stem.removeprefix('_')}.css", join_styles(css, order.name))
    for file in sorted(folder.rglob("*")):
        name = file.relative_to(folder)
        hidden = any(part.startswith(("_", ".")) for part in name.parts)
        if file.is_file() and not file.is_symlink() and not hidden:
            yield Asset(name.as_posix(), file.read_bytes())


def join_styles(folder: Path, listed_in: str = LISTED_IN) -> bytes:
    """The stylesheets in the order of a list: that of the application names each of css/ once."""
    order = (folder / listed_in).read_text(encoding="utf-8").split()
    there = sorted(file.name for file in folder.glob("*.css"))
    whole = there if listed_in == LISTED_IN else sorted(set(order))
    gone = [name for name in order if not (folder / name).is_file()]
    if sorted(order) != whole or gone:
        wrong = gone or sorted(set(order) ^ set(whole)) or "a name twice"
        raise ValueError(f"static/css/{listed_in} and the stylesheets differ: {wrong}")
    return b"\n".join((folder / name).read_bytes() for name in order)


def accepts_gzip(header: str) -> bool:
    """By RFC 9110 section 12.5.3; what is not mentioned is not accepted.

    >>> accepts_gzip("br, gzip;q=0.8"), accepts_gzip("gzip;q=0"), accepts_gzip("identity")
    (True, False, False)
    """
    for part in header.lower().split(","):
        coding, _, weight = part.partition(";")
        if coding.strip() in ("gzip", "*"):
            return weight.replace(" ", "") not in ("q=0", "q=0.0", "q=0.00", "q=0.000")
    return False
