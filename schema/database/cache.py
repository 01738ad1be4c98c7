"""Caches of what is read at every request and seldom changes: for a second, or by a version."""

import time
from collections.abc import Awaitable, Callable, Hashable
from contextvars import ContextVar
from typing import Any, TypeVar, cast

Result = TypeVar("Result")

SECONDS = 1.0  # the greatest age of an entry of `cached`
ENTRIES_MOST = 10_000

versioned_cache: dict[Hashable, tuple[Hashable, Any]] = {}

# The entries that a transaction adds, shared with all once it commits; None outside of any.
pending_cache: ContextVar[dict[Hashable, tuple[Hashable, Any]] | None] = ContextVar(
    "pending_cache", default=None
)

_cached: dict[Hashable, tuple[float, Any]] = {}
_commits = 0  # how often this process has stored something


def in_transaction() -> bool:
    """Whether this task is in a transaction."""
    return pending_cache.get() is not None


async def cached(key: Hashable, read: Callable[[], Awaitable[Result]]) -> Result:
    """The result of `read` for `key`, at most SECONDS old.

    Whatever this process stores empties the cache; another process's change is seen within
    SECONDS. Nothing is cached inside a transaction, and None never is.
    """
    if in_transaction():
        return await read()
    if (kept := _cached.get(key)) and kept[0] > time.monotonic():
        return cast(Result, kept[1])
    until, commits = time.monotonic() + SECONDS, _commits
    found = await read()
    if found is not None and commits == _commits:
        if len(_cached) >= ENTRIES_MOST:
            _cached.clear()
        _cached[key] = until, found
    return found


async def cached_by_version(
    key: Hashable, version: Hashable, read: Callable[[], Awaitable[Result]]
) -> Result:
    """The result of `read` for `key` at `version`, however old: for what an act rests on.

    `version` changes with whatever `read` reads. The caller reads it first, in the same transaction.
    """
    pending = pending_cache.get()
    for known in (versioned_cache, pending or {}):
        if (kept := known.get(key)) and kept[0] == version:
            return cast(Result, kept[1])
    found = await read()
    (versioned_cache if pending is None else pending)[key] = version, found
    return found


def forget() -> None:
    """Empty `cached`, since something was stored."""
    global _commits
    _commits += 1
    _cached.clear()


def forget_all() -> None:
    """Empty both caches, since another database is opened."""
    forget()
    versioned_cache.clear()
