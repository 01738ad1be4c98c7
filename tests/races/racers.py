"""Several processes that do acts at the same instant, each over connections of its own.

The processes are forked from one that has the schema loaded already, so sixteen cost little more
than one. Each opens the database that it is given, and does its attempts when the clock that all
processes of a machine share says so.
"""

import asyncio
import time
import traceback
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import get_context
from multiprocessing.connection import Connection
from typing import Any, TypeAlias

from schema.database.connections import open_database
from schema.permissions import Viewer
from server.settings import orm_config
from tests.entries.months import close
from tests.world import City

Input: TypeAlias = dict[str, Any]
Answer: TypeAlias = dict[str, Any]

READY = 0.004
"""Seconds for an order to reach a process."""
PATIENCE = 60
CLOSE = "the closing of a month"
"""Not an act yet: the row is written as the act will."""


@dataclass(frozen=True)
class Attempt:
    """One act that somebody does; `again` times more where somebody else was first, as people do."""

    viewer: Viewer
    act: str
    input: Input
    again: int = 0
    after: float = 0.0
    """Seconds after the others, so that rounds overlap in different places."""


class Racers:
    """Processes that can be given the database to open; started when they are first needed."""

    def __init__(self) -> None:
        self._context = get_context("forkserver")
        self._context.set_forkserver_preload([__name__])
        self._channels: list[Connection] = []
        self._processes: list[Any] = []

    def _start(self) -> None:
        here, there = self._context.Pipe()
        process = self._context.Process(target=serve, args=(there,), daemon=True)
        process.start()
        there.close()
        self._channels.append(here)
        self._processes.append(process)

    def stop(self) -> None:
        for channel, process in zip(self._channels, self._processes, strict=True):
            channel.send(None)
            process.join(PATIENCE)
            channel.close()

    @contextmanager
    def at(self, url: str, count: int) -> Iterator["Race"]:
        """`count` processes, with the database at `url` open."""
        while len(self._channels) < count:
            self._start()
        channels = self._channels[:count]
        for channel in channels:
            channel.send(url)
        for channel in channels:
            received(channel)
        try:
            yield Race(channels)
        finally:
            for channel in channels:
                channel.send(None)
            for channel in channels:
                received(channel)


@dataclass(frozen=True)
class Race:
    """Processes that wait for a start."""

    channels: Sequence[Connection]

    async def run(self, city: City, *attempts: Attempt) -> list[Answer]:
        """The payloads of acts begun at the same instant, one in each process while there are some.

        Raises RuntimeError where an act had a fault instead of an answer.
        """
        return await asyncio.to_thread(self._run, city, attempts)

    def _run(self, city: City, attempts: Sequence[Attempt]) -> list[Answer]:
        count = len(self.channels)
        shares = [list(attempts[index::count]) for index in range(count)]
        start = time.monotonic() + READY * count
        for channel, share in zip(self.channels, shares, strict=True):
            channel.send((city, share, start))
        answers: list[Any] = [None] * len(attempts)
        for index, channel in enumerate(self.channels):
            answers[index::count] = received(channel)
        if faults := [each for each in answers if isinstance(each, str)]:
            raise RuntimeError("\n".join(faults))
        return answers


def received(channel: Connection) -> Any:
    if not channel.poll(PATIENCE):
        raise TimeoutError(f"no answer in {PATIENCE} s")
    answer = channel.recv()
    if isinstance(answer, str):
        raise RuntimeError(answer)
    return answer


def serve(channel: Connection) -> None:
    """The life of a process: open a database, race in it, close it, until there is nothing more."""
    while url := channel.recv():
        try:
            asyncio.run(race_at(url, channel))
        except Exception:
            channel.send(traceback.format_exc())


async def race_at(url: str, channel: Connection) -> None:
    async with open_database(orm_config(url)):
        channel.send([])
        while order := channel.recv():
            city, attempts, start = order
            channel.send(await asyncio.gather(*(run(city, each, start) for each in attempts)))
    channel.send([])


async def run(city: City, attempt: Attempt, start: float) -> Answer | str:
    """The payload of an attempt, or the trace of its fault."""
    await asyncio.sleep(max(0.0, start + attempt.after - time.monotonic()))
    given = dict(attempt.input)
    try:
        if attempt.act == CLOSE:
            await close(given["month"], city.now)
            return {"userErrors": []}
        for _ in range(attempt.again):
            payload = await city.act(attempt.viewer, attempt.act, **given)
            if codes(payload) != ["STALE"] or not payload["conflict"]:
                return payload
            given["revision"] = payload["conflict"]["revision"]
        return await city.act(attempt.viewer, attempt.act, **given)
    except Exception:
        return traceback.format_exc()


def codes(payload: Answer) -> list[str]:
    return [error["code"] for error in payload["userErrors"]]
