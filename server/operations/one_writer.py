"""On SQLite one process writes at a time: the one that serves, or else one command.

Two processes that write queue (`schema.database`), but with SQLite before 3.51.3 they can corrupt
the file where one resets the log that the other is copying. So whoever writes holds a lock on a file
beside the database, which the operating system takes back however the process ends.
Windows has no such lock: there the operator sees to it.
"""

import json
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import Any, NamedTuple

try:
    import fcntl

    HAS_LOCKS = True
except ImportError:  # Windows
    HAS_LOCKS = False

POLL_SECONDS = 0.05

# The lock's file, where this context holds it: a server starts from a command that does.
held: ContextVar[Path | None] = ContextVar("held", default=None)


class Holder(NamedTuple):
    """The process that writes: its number, and whether it serves."""

    pid: int
    serves: bool


class InUse(Exception):
    """Another process serves this database."""

    def __init__(self, holder: Holder) -> None:
        super().__init__(f"process {holder.pid} serves this SQLite database; stop it first")
        self.holder = holder


@contextmanager
def only_writer(
    config: dict[str, Any],
    *,
    serves: bool = False,
    on_wait: Callable[[Holder], object] = lambda _holder: None,
) -> Iterator[None]:
    """Be the one process that writes to this database; nothing on PostgreSQL.

    Waits for a command that writes, after calling `on_wait` once. Raises InUse where another
    process serves, and OSError where the lock's file cannot be written.
    """
    file = config["connections"]["default"]["credentials"].get("file_path")
    lock = Path(f"{file}.lock") if file and HAS_LOCKS else None
    if lock is None or held.get() == lock:
        yield
        return
    lock.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(lock, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        acquire(descriptor, on_wait)
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, json.dumps(Holder(os.getpid(), serves)).encode(), 0)
        token = held.set(lock)
        try:
            yield
        finally:
            held.reset(token)
    finally:
        os.close(descriptor)


def acquire(descriptor: int, on_wait: Callable[[Holder], object]) -> None:
    waited = False
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        except BlockingIOError:
            pass
        if holder := read_holder(descriptor):
            if holder.serves:
                raise InUse(holder)
            if not waited:
                on_wait(holder)
                waited = True
        time.sleep(POLL_SECONDS)


def read_holder(descriptor: int) -> Holder | None:
    """Who has the lock; None in the moment before it is written."""
    try:
        return Holder(*json.loads(os.pread(descriptor, 200, 0)))
    except ValueError:
        return None
