"""The streams of a process, and the one task that tells them what moved.

After a commit the process wakes its own hub; on PostgreSQL it also tells the others, once for all
commits of a moment. A hub reads the journal from its cursor, so a lost notice only delays what the
next reading finds. Every second it also asks whether each stream's session is still open.
"""

import asyncio
import logging
import signal
from collections import Counter
from contextlib import suppress
from typing import Any

from schema import database
from schema.database.notices import listen, notify
from schema.gate.journal import MOVED
from schema.permissions import Viewer
from server.live.topics import Moves, journal_end, moves_since, topics_moved
from server.people.context import open_viewers

PER_PERSON, PER_PROCESS = 12, 2_000
TOGETHER = 0.1  # seconds for which what moves is pushed at once
CHECK_EVERY = 0.5  # seconds between two looks at sessions, and at whether the server stops
POLL_EVERY = {"notices": 5.0, "polling": 1.0}
LET_GO = 1.0  # seconds until a stream whose reader takes nothing is cut

log = logging.getLogger("sixones")


class Stream:
    """One page that listens: who, in which session, to what; and what it is still to be sent."""

    __slots__ = ("ended", "moved", "session", "task", "viewer", "waiting", "wanted")

    def __init__(self, viewer: Viewer, session: int, wanted: dict[str, int | None]) -> None:
        self.viewer, self.session, self.wanted = viewer, session, wanted
        self.moved: set[str] = set()
        self.waiting = asyncio.Event()
        self.ended = False
        self.task = asyncio.current_task()

    def push(self, names: frozenset[str]) -> None:
        if names:
            self.moved |= names
            self.waiting.set()

    def take(self) -> list[str]:
        """The names that moved since they were last taken."""
        names = sorted(self.moved)
        self.moved.clear()
        self.waiting.clear()
        return names

    def end(self) -> None:
        """Let the page go; where it takes nothing any more, cut it off."""
        self.ended = True
        self.waiting.set()
        asyncio.get_running_loop().call_later(LET_GO, self._cut)

    def _cut(self) -> None:
        if self.task:
            self.task.cancel()


class Hub:
    """The streams of this process."""

    def __init__(self) -> None:
        self.streams: set[Stream] = set()
        self.people: Counter[int | None] = Counter()
        self._task: asyncio.Task[None] | None = None
        self._wake: asyncio.Event = asyncio.Event()
        self._notifying: asyncio.Task[None] | None = None
        self._cursor = 0

    def full_for(self, viewer: Viewer) -> int:
        """429 where this person, 503 where this process has no room for another stream; else 0."""
        if self.people[viewer.person] >= PER_PERSON:
            return 429
        return 503 if len(self.streams) >= PER_PROCESS or stopping() else 0

    async def add(self, stream: Stream) -> None:
        """A stream gets what is committed from now on. It is counted before anything is awaited."""
        self.streams.add(stream)
        self.people[stream.viewer.person] += 1
        if self._task is None or self._task.done():
            self._cursor = await journal_end()
            if self._task is None or self._task.done():
                self._wake = asyncio.Event()
                self._task = asyncio.create_task(self._run())

    def remove(self, stream: Stream) -> None:
        self.streams.discard(stream)
        self.people[stream.viewer.person] -= 1
        if not self.people[stream.viewer.person]:
            del self.people[stream.viewer.person]
        if not self.streams:
            self._wake.set()

    def moved(self) -> None:
        """The journal moved by an act of this process."""
        if database.in_transaction():
            return  # of a test, which stores nothing
        self._wake.set()
        if database.dialect() == "postgres" and (self._notifying is None or self._notifying.done()):
            self._notifying = asyncio.create_task(self._notify())

    async def close(self) -> None:
        """End every stream: before the database closes."""
        for stream in tuple(self.streams):
            stream.end()
        for task in (self._task, self._notifying):
            if task and not task.done():
                task.cancel()
                with suppress(asyncio.CancelledError):
                    await task

    async def _notify(self) -> None:
        await asyncio.sleep(TOGETHER)
        try:
            await notify()
        except Exception as error:  # others find it when they poll
            log.warning("the other processes were not notified that the journal moved: %s", error)

    async def _run(self) -> None:
        loop, notices = asyncio.get_running_loop(), None
        checked = polled = loop.time()
        try:
            if database.dialect() == "postgres":
                notices = await listen(self._wake.set)
            while self.streams:
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._wake.wait(), CHECK_EVERY)
                if stopping():
                    break
                live = notices is not None and not notices.is_closed()
                every = POLL_EVERY["notices" if live or is_sqlite() else "polling"]
                if self._wake.is_set() or loop.time() - polled >= every:
                    if self._wake.is_set():
                        await asyncio.sleep(TOGETHER)
                    self._wake.clear()
                    polled = loop.time()
                    await self._tell()
                if loop.time() - checked >= CHECK_EVERY:
                    checked = loop.time()
                    await self._check_sessions()
        except database.Unavailable as trouble:
            log.warning("streams end: the database is unavailable: %s", trouble)
        except Exception:
            log.exception("streams end")
        finally:
            if notices is not None:
                notices.terminate()
            for stream in tuple(self.streams):
                stream.end()

    async def _tell(self) -> None:
        while (moves := await moves_since(self._cursor)).last > self._cursor:
            self._cursor = moves.last
            await self._tell_moves(moves)

    async def _tell_moves(self, moves: Moves) -> None:
        """Whoever holds the same posts sees the same: they are looked up once."""
        alike: dict[Viewer, list[Stream]] = {}
        for stream in self.streams:
            alike.setdefault(stream.viewer, []).append(stream)
        for viewer, streams in alike.items():
            wanted: dict[str, int | None] = {}
            for stream in streams:
                wanted |= stream.wanted
            names = await topics_moved(viewer, wanted, moves)
            for stream in streams:
                stream.push(names & stream.wanted.keys())

    async def _check_sessions(self) -> None:
        """End the streams whose session ended, or whose person's posts are others now."""
        streams = tuple(self.streams)
        viewers = await open_viewers({stream.session for stream in streams})
        for stream in streams:
            if viewers.get(stream.session) != stream.viewer:
                stream.end()


def is_sqlite() -> bool:
    return database.dialect() == "sqlite"


def stopping() -> bool:
    """Whether the server was asked to stop. uvicorn tells it in no other way than by its own handler."""
    server: Any = getattr(signal.getsignal(signal.SIGTERM), "__self__", None)
    return bool(getattr(server, "should_exit", False))


hub = Hub()
MOVED.append(hub.moved)
