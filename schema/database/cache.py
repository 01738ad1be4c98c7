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


_remembered: dict[Hashable, tuple[float, Any]] = {}


_marked: dict[Hashable, tuple[Hashable, Any]] = {}


_stored = 0  # how often this process has stored something


# What a transaction has found out, known to all once it is stored; None outside of any.
_learnt: ContextVar[dict[Hashable, tuple[Hashable, Any]] | None] = ContextVar(
    "learnt", default=None
)


def inside() -> bool:
    """Whether this task is in a transaction."""
    return _learnt.get() is not None


async def remembered(key: Hashable, read: Callable[[], Awaitable[Result]]) -> Result:
    """What `read` found for `key`, at most SECONDS ago: for what is asked at every request and
    seldom changes. Whatever this process stores makes it forget all; another process's change is
    seen within those seconds. Inside a transaction nothing is remembered, and None never is.
    """
    if inside():
        return await read()
    if (kept := _remembered.get(key)) and kept[0] > time.monotonic():
        return cast(Result, kept[1])
    until, stored = time.monotonic() + SECONDS, _stored
    found = await read()
    if found is not None and stored == _stored:
        if len(_remembered) >= REMEMBERED_MOST:
            _remembered.clear()
        _remembered[key] = until, found
    return found


async def unchanged(key: Hashable, mark: Hashable, read: Callable[[], Awaitable[Result]]) -> Result:
    """What `read` found for `key` when `mark` was what it is now, however long ago; for what an act
    stands on. `mark` changes with whatever `read` reads, so it is read before, in the transaction.
    """
    learnt = _learnt.get()
    for known in (_marked, learnt or {}):
        if (kept := known.get(key)) and kept[0] == mark:
            return cast(Result, kept[1])
    found = await read()
    (_marked if learnt is None else learnt)[key] = mark, found
    return found


def forget() -> None:
    """Something was stored: read again whatever was remembered."""
    global _stored
    _stored += 1
    _remembered.clear()


def forget_all() -> None:
    """Another database is opened."""
    forget()
    _marked.clear()
