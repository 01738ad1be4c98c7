"""What is read again and again and seldom changes: kept for a second, or until its version changes."""

import time
from collections.abc import (
    Awaitable,
    Callable,
    Hashable,
)
from contextvars import ContextVar
from typing import Any, TypeVar, cast

Result = TypeVar("Result")


SECONDS = 1.0  # how old what is remembered may be


REMEMBERED_MOST = 10_000


_cached: dict[Hashable, tuple[float, Any]] = {}


versioned_cache: dict[Hashable, tuple[Hashable, Any]] = {}


_stored = 0  # how often this process has stored something


# What a transaction has found out, known to all once it is stored; None outside of any.
pending_cache: ContextVar[dict[Hashable, tuple[Hashable, Any]] | None] = ContextVar(
    "learnt", default=None
)


def in_transaction() -> bool:
    """Whether this task is in a transaction."""
    return pending_cache.get() is not None


async def cached(key: Hashable, read: Callable[[], Awaitable[Result]]) -> Result:
    """What `read` found for `key`, at most SECONDS ago: for what is asked at every request and
    seldom changes. Whatever this process stores makes it forget all; another process's change is
    seen within those seconds. Inside a transaction nothing is remembered, and None never is.
    """
    if in_transaction():
        return await read()
    if (kept := _cached.get(key)) and kept[0] > time.monotonic():
        return cast(Result, kept[1])
    until, stored = time.monotonic() + SECONDS, _stored
    found = await read()
    if found is not None and stored == _stored:
        if len(_cached) >= REMEMBERED_MOST:
            _cached.clear()
        _cached[key] = until, found
    return found


async def cached_by_version(
    key: Hashable, mark: Hashable, read: Callable[[], Awaitable[Result]]
) -> Result:
    """What `read` found for `key` when `mark` was what it is now, however long ago; for what an act
    stands on. `mark` changes with whatever `read` reads, so it is read before, in the transaction.
    """
    pending = pending_cache.get()
    for known in (versioned_cache, pending or {}):
        if (kept := known.get(key)) and kept[0] == mark:
            return cast(Result, kept[1])
    found = await read()
    (versioned_cache if pending is None else pending)[key] = mark, found
    return found


def forget() -> None:
    """Something was stored: read again whatever was remembered."""
    global _stored
    _stored += 1
    _cached.clear()


def forget_all() -> None:
    """Another database is opened."""
    forget()
    versioned_cache.clear()
