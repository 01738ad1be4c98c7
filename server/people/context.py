"""Who sends a request, and when: found out once for each, from a bearer token or a session's cookie.

One statement looks the person up; for a token, at most once a second. Times of sessions and tokens
are the real clock's, whatever `SIXONES_NOW` says: a demonstration's clock may stand still, but nobody
stays signed in for ever.
"""

import asyncio
import logging
from collections.abc import Awaitable, Collection, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import HTTPConnection

from schema import database
from schema.context import Context
from schema.people.rules import Post, Scope
from schema.people.tables import Session, Token
from schema.people.viewers import FIRST, PERSON, POSTED, verifying, viewer
from schema.permissions import PUBLIC, Viewer
from schema.query.models import moment
from server import settings
from server.files.store import FileStore
from server.http.addresses import network
from server.http.headers import request_headers
from server.http.request_id import request_id
from server.http.security import FRAMED
from server.people.tokens import hash_token

EVENTS, LIVE = "/events", "x-live"
"""The streams' address, and the header of what a page asks by itself: neither keeps a session open."""
KEY_LIMIT = 100
AT_ONCE = 500
NOTED_EVERY = timedelta(minutes=1)
FILES = FileStore(settings.FILES_DIR)

BY_SESSION = (
    f'SELECT k."id" AS "key", k."seen_at" AS "seen", {PERSON} FROM "session" k'
    f' JOIN "person" p ON p."id" = k."person_id" {POSTED} AND k."token_hash" = ?'
    f' AND k."ended_at" IS NULL AND k."created_at" > ? AND k."seen_at" > ?{FIRST}'
)
BY_SESSIONS = (
    f'SELECT k."id" AS "key", {PERSON} FROM "session" k'
    f' JOIN "person" p ON p."id" = k."person_id" {POSTED} AND k."id" IN ({{marks}})'
    f' AND k."ended_at" IS NULL AND k."created_at" > ? AND k."seen_at" > ?{FIRST}'
)
BY_TOKEN = (
    f'SELECT k."id" AS "key", k."used_at" AS "seen", k."scopes", {PERSON} FROM "token" k'
    f' JOIN "person" p ON p."id" = k."person_id" {POSTED} AND k."token_hash" = ?'
    f' AND k."ended_at" IS NULL AND (k."expires_at" IS NULL OR k."expires_at" > ?){FIRST}'
)
BY_NAME = f'SELECT {PERSON} FROM "person" p {POSTED} AND p."username" = ?{FIRST}'

log = logging.getLogger(__name__)
noting: set[asyncio.Task[None]] = set()


async def context_for(request: HTTPConnection) -> Context:
    """The context of a request, the same one however often it is asked for.

    `request.state.session` is the id of the session that it belongs to, or None. Raises
    HTTPException: 401 for an Authorization that is no valid token, 400 for a bad Idempotency-Key.
    """
    state: dict[str, Any] = request.scope.setdefault("state", {})
    if "context" not in state:
        viewer, state["session"] = await identify(request)
        host = request.client.host if request.client else ""
        database.read_for(f"{viewer.person}" if viewer.signed_in else network(host))
        state["context"] = Context(
            viewer=viewer,
            now=now(),
            running_clock=now,
            idempotency_key=idempotency_key(request_headers(request.scope)),
            request_id=request_id(request.scope),
            secret=signing_secret(),
            file_store=FILES,
        )
    context: Context = state["context"]
    return context


async def continue_as(request: HTTPConnection, token: str) -> None:
    """The rest of a request belongs to the session of a token that it has just opened."""
    state: dict[str, Any] = request.scope["state"]
    viewer, state["session"] = await signed_in(token)
    state["context"] = replace(state["context"], viewer=viewer)


async def identify(request: HTTPConnection) -> tuple[Viewer, int | None]:
    """The viewer of a request, and the id of its session. Widgets are shown to the public whoever looks at them."""
    if request.scope["path"].startswith(FRAMED):
        return PUBLIC, None
    if authorization := request_headers(request.scope).get("authorization"):
        return await bearer(authorization), None
    if cookie := request.cookies.get(cookie_name()):
        headers = request_headers(request.scope)
        by_itself = request.scope["path"] == EVENTS or LIVE in headers
        return await signed_in(cookie, note_use=not by_itself)
    return PUBLIC, None


async def bearer(authorization: str) -> Viewer:
    scheme, _, token = authorization.partition(" ")
    if scheme.lower() != "bearer":
        raise unauthenticated("请用 Authorization: Bearer 令牌 的形式访问", "invalid_request")
    at, today = datetime.now(UTC), Context.day_of(now())
    key = hash_token(token.strip())

    async def found() -> dict[str, Any] | None:
        rows = await who(BY_TOKEN, today, key, at)
        return {**rows[0], "seen": seen(rows[0]), "viewer": by_token(rows)} if rows else None

    kept = await database.cached(("token", key, today), found)
    if kept is None:
        raise unauthenticated("令牌无效或已过期，请向领导小组办公室申请新的令牌", "invalid_token")
    if stale(kept["seen"], at):
        kept["seen"] = at
        await note(Token.filter(id=kept["key"]).update(used_at=at))
    known: Viewer = kept["viewer"]
    return known


async def signed_in(cookie: str, *, note_use: bool = True) -> tuple[Viewer, int | None]:
    at = datetime.now(UTC)
    oldest, idle = at - settings.SESSION_AGE, at - settings.SESSION_IDLE
    found = await who(BY_SESSION, Context.day_of(now()), hash_token(cookie), oldest, idle)
    if not found:
        return PUBLIC, None
    if note_use and stale(seen(found[0]), at):
        await note(Session.filter(id=found[0]["key"], ended_at=None).update(seen_at=at))
    return viewer(found), found[0]["key"]


async def open_viewers(sessions: Collection[int]) -> dict[int, Viewer]:
    """The viewers of those sessions that are open, as their posts are now, in one statement for many."""
    at, today = datetime.now(UTC), Context.day_of(now())
    ends = (at - settings.SESSION_AGE, at - settings.SESSION_IDLE)
    rows: dict[int, list[dict[str, Any]]] = {}
    known = sorted(sessions)
    for start in range(0, len(known), AT_ONCE):
        some = known[start : start + AT_ONCE]
        statement = BY_SESSIONS.format(marks=", ".join("?" * len(some)))
        for row in await who(statement, today, *some, *ends):
            rows.setdefault(row["key"], []).append(row)
    return {key: viewer(found) for key, found in rows.items()}


async def named(username: str, on: date | None = None) -> Viewer | None:
    """The viewer that somebody is on a day (today), for commands that act in their name."""
    found = await who(BY_NAME, on or Context.day_of(now()), username)
    return viewer(found) if found else None


async def who(statement: str, today: date, *given: Any) -> list[dict[str, Any]]:
    """A person once for each post held `today`, the main one first; once without a post if none is."""
    found = await database.fetch(statement, [today, today, today, today, True, *given])
    return await verifying(found, today)


def by_token(found: Sequence[Mapping[str, Any]]) -> Viewer:
    """The viewer of a token: their posts of a partner's with what the token opens."""
    known, scopes = viewer(found), tuple(Scope(each) for each in found[0]["scopes"].split())
    posts = (
        replace(held, scopes=scopes) if held.post == Post.PARTNER else held for held in known.posts
    )
    return replace(known, posts=tuple(posts))


def seen(found: Mapping[str, Any]) -> datetime | None:
    return moment(found["seen"]) if found["seen"] else None


def stale(seen: datetime | None, at: datetime) -> bool:
    return seen is None or seen < at - NOTED_EVERY


async def note(update: Awaitable[object]) -> None:
    """Write without letting the request wait: on SQLite somebody may be writing for seconds."""
    if database.in_transaction():
        await update  # its one connection takes one statement at a time
        return
    task = asyncio.create_task(written(update))
    noting.add(task)
    task.add_done_callback(noting.discard)


async def written(update: Awaitable[object]) -> None:
    try:
        await update
    except Exception:
        log.exception("the use of a session or token was not noted")


async def settled() -> None:
    """Wait for what is still being noted: before the database closes, and in tests."""
    while noting:
        await asyncio.wait(noting)


def idempotency_key(headers: Mapping[str, str]) -> str | None:
    key = headers.get("idempotency-key")
    if key is None:
        return None
    if 0 < len(key) <= KEY_LIMIT and key.isascii() and key.isprintable():
        return key
    raise HTTPException(400, f"Idempotency-Key 请用 1 到 {KEY_LIMIT} 个字母、数字，例如一个 UUID")


def now() -> datetime:
    """The moment of a request: the real one, unless a demonstration's clock stands still."""
    standing: datetime | None = settings.NOW
    return standing or datetime.now(UTC)


@cache
def signing_secret() -> bytes:
    return settings.secret()


def cookie_name() -> str:
    """With __Host- a browser takes it only by https, from this host, for all paths."""
    return "__Host-sixones" if settings.SECURE_COOKIES else "sixones"


def unauthenticated(message: str, error: str) -> HTTPException:
    challenge = f'Bearer realm="sixones", error="{error}"'
    return HTTPException(401, message, headers={"WWW-Authenticate": challenge})
