"""A backup of SQLite while it is in use, proved before it counts: `sixones backup`, and once a week.

Copying the file would lose what still stands in its log. So the library's own backup is used, and the
copy is then opened: SQLite's integrity check, and the journal's chain from its first entry to its last.
"""

import asyncio
import threading
from collections.abc import Callable
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from schema.database.connections import open_database
from schema.database.library import sqlite3
from schema.gate.journal import verify
from schema.gate.tables import JournalEntry
from server import settings

PAGES = 1000  # copied at once; between them others write
PART = ".part"
NAME = "sixones-{:%Y%m%d-%H%M%S}.sqlite3"


class Backup(NamedTuple):
    """A proved copy: where it lies, its size in bytes, how many entries its journal has."""

    file: Path
    size: int
    entries: int


class BadBackup(Exception):
    """The copy is not what it should be; it is removed, and the former ones stay."""


async def make_backup(source: Path, folder: Path, now: datetime, kept: int) -> Backup:
    """Copy the database at `source` into `folder`, prove the copy, keep the newest `kept`.

    Raises BadBackup, OSError where the folder cannot be written, sqlite3.Error.
    """
    await asyncio.to_thread(folder.mkdir, parents=True, exist_ok=True, mode=0o700)
    target = folder / NAME.format(now.astimezone(settings.TIME_ZONE))
    draft = target.with_name(target.name + PART)
    stop = threading.Event()
    try:
        await asyncio.to_thread(copy, source, draft, stop.is_set)
        entries = await prove(draft)
        size = draft.stat().st_size
        await asyncio.to_thread(draft.replace, target)
    except BaseException:
        stop.set()
        for each in (draft, *draft.parent.glob(f"{draft.name}-*")):
            each.unlink(missing_ok=True)
        raise
    await asyncio.to_thread(keep_newest, folder, kept)
    return Backup(target, size, entries)


def keep_newest(folder: Path, kept: int) -> None:
    for old in sorted(folder.glob("sixones-*.sqlite3"))[: -max(1, kept)]:
        old.unlink()


def copy(source: Path, target: Path, stopped: Callable[[], bool]) -> None:
    """By SQLite's online backup; what is written meanwhile is in it or comes with the next one."""

    def between(_status: int, _remaining: int, _total: int) -> None:
        if stopped():
            raise InterruptedError("the backup is no longer wanted")

    target.unlink(missing_ok=True)
    with (
        closing(sqlite3.connect(f"{source.as_uri()}?mode=ro", uri=True)) as reader,
        closing(sqlite3.connect(target)) as writer,
    ):
        reader.backup(writer, pages=PAGES, progress=between, sleep=0.01)
        writer.execute("PRAGMA journal_mode = DELETE").close()
        found = writer.execute("PRAGMA integrity_check").fetchall()
        if found != [("ok",)]:
            raise BadBackup(f"integrity_check：{found[0][0]}")
    target.chmod(0o600)


async def prove(file: Path) -> int:
    """Verify the journal's chain in a copy; how many entries it has. Raises BadBackup."""

    async def within() -> int:
        async with open_database(settings.orm_config(f"sqlite://{file}")):
            fault = await verify()
            if fault:
                raise BadBackup(f"办理记录校验不符：{fault.message}")
            return await JournalEntry.all().count()

    # In a task of its own: there the copy is the open database, here it stays the one in use.
    return await asyncio.create_task(within())
