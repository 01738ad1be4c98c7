"""Storing evidence under its hash, with a row that names what it proves.

The bytes are on disk before the act's transaction begins, in which only rows are written: while it
is open, others wait. What an act that is refused or fails leaves behind is removed when it is over,
unless a row or another act has the same file; what a process leaves behind that dies, the next one
removes at its start.
"""

import asyncio
import secrets
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from weakref import WeakKeyDictionary

from tortoise.models import Model

from schema import database
from schema.city.rules import RuleBroken
from schema.evidence.tables import Attachment
from schema.gate.act import AT_START
from schema.gate.gate import Gate
from schema.jobs import Daily, Run, job
from schema.scalars import File, Unparsable

NAMED_BY = ["attachment"]
"""The tables whose column `sha256` names files that are kept; mechanisms further up add theirs."""

ABANDONED_SECONDS = 3600
TRIED_AGAIN_SECONDS = 0.005
TURNS: WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Lock] = WeakKeyDictionary()
"""Whose turn it is in the folder of files, among the acts of this process."""


@dataclass
class KeptFiles:
    """The files of one act: where they lie, what each is."""

    store: Any
    token: str = field(default_factory=lambda: secrets.token_hex(8))
    claimed: bool = False
    files: list[Any] = field(default_factory=list)

    async def keep(self, file: File, stored: Any = None) -> Any:
        """Store a file in a thread. Raises RuleBroken (INVALID) for one that is not accepted."""
        stored = stored or await asyncio.to_thread(self.store.examine, file)
        async with folder(self.store, shared=True):
            self.claimed = True
            await asyncio.to_thread(self.store.claim, self.token, stored)
        await asyncio.to_thread(self.store.put, stored, file.content)
        return stored

    async def settle(self, done: bool) -> None:
        """Once the act is over: what it stored is named by its rows, or is taken away again."""
        if not self.claimed:
            return
        if not done:
            try:
                await remove_unnamed(self.store, self.token)
            except database.Unavailable:
                return  # as if the process had died: removed at a later start
        await asyncio.to_thread(self.store.release, self.token)


async def keep_evidence(gate: Gate, input: Any) -> KeptFiles:
    """Before an act with the field `evidence`: its files checked, and stored where nothing is wrong.

    A file of a kind that is not accepted, or whose content is not what its name says, is refused at
    `evidence.INDEX`, each of them. Hashing and writing them is a thread's work, not the event loop's.
    """
    kept = KeptFiles(gate.context.file_store)
    gate.endings.append(kept.settle)
    given = input.evidence
    if isinstance(given, Unparsable) or not given:
        return kept
    files = [File(each.name, each.content) for each in given]
    for index, file in enumerate(files):
        try:
            kept.files.append(await asyncio.to_thread(kept.store.examine, file))
        except RuleBroken as broken:
            gate.refuse(RuleBroken(str(broken), f"evidence.{index}", broken.code))
    if not gate.errors:
        for file, stored in zip(files, kept.files, strict=True):
            await kept.keep(file, stored)
    return kept


async def attach(gate: Gate, project: Model | None, subject: Any) -> None:
    """Rows for the files of this act, as evidence of `subject`, a row of `project` where it is one's."""
    gate.stop_if_wrong()
    for kept in gate.prepared.files:
        await gate.create(
            Attachment,
            project_id=project.pk if project else None,
            subject_kind=type(subject).__name__,
            subject_id=subject.id,
            name=kept.name,
            media_type=kept.media_type,
            size=kept.size,
            sha256=kept.sha256,
            added_by_id=gate.viewer.person,
            added_at=gate.now,
        )


async def copy_file(gate: Gate, file: Attachment, subject: Any, project: int | None) -> None:
    """A row more for a stored file, as evidence of `subject`, a row of `project` where it is one's: who
    handed it in, and when, is as it was.
    """
    same = ("name", "media_type", "size", "sha256", "added_by_id", "added_at")
    await gate.create(
        Attachment,
        project_id=project,
        subject_kind=type(subject).__name__,
        subject_id=subject.id,
        **{name: getattr(file, name) for name in same},
    )


@asynccontextmanager
async def folder(store: Any, *, shared: bool = False) -> AsyncIterator[None]:
    """Alone with the store's folder, or among those of other processes who only add to it.

    Those of this process take turns, and none waits in a thread: were all threads waiting here,
    whoever is in the folder could not get one to go on and leave.
    """
    async with TURNS.setdefault(asyncio.get_running_loop(), asyncio.Lock()):
        while (lock := store.try_lock(shared=shared)) is None:  # noqa: ASYNC110  (between processes)
            await asyncio.sleep(TRIED_AGAIN_SECONDS)
        try:
            yield
        finally:
            lock.close()


async def remove_unnamed(store: Any, token: str) -> None:
    """Remove the files that an act claimed, no row names and no other act has claimed.

    Nobody claims a file meanwhile: who did so before is seen by the claim, or by the rows.
    """
    async with folder(store):
        found = await asyncio.to_thread(store.unclaimed, token)
        named = await named_files(found)
        for sha256 in found:
            if sha256 not in named:
                await asyncio.to_thread(store.remove, sha256)


async def named_files(sha256s: list[str]) -> set[str]:
    """Those of some files that a row names."""
    if not sha256s:
        return set()
    marks = ", ".join("?" * len(sha256s))
    each = [f'SELECT "sha256" FROM "{table}" WHERE "sha256" IN ({marks})' for table in NAMED_BY]
    rows = await database.fetch(" UNION ".join(each), sha256s * len(each))
    return {row["sha256"] for row in rows}


async def remove_abandoned(store: Any) -> None:
    """What acts left behind whose process died, an hour ago or more."""
    for token in await asyncio.to_thread(store.abandoned, time.time() - ABANDONED_SECONDS):
        await KeptFiles(store, token, claimed=True).settle(done=False)


AT_START.append(remove_abandoned)


async def clear(run: Run) -> int:
    store = run.context.file_store
    found = await asyncio.to_thread(store.abandoned, time.time() - ABANDONED_SECONDS)
    await remove_abandoned(store)
    return len(found)


@job("clearFiles", "清理没有归属的附件", every=Daily(3, 45), before=clear)
async def clear_files(gate: Gate, run: Run) -> str:
    """Each night what a start removes: what acts left behind whose process died."""
    return f"清理 {run.prepared} 次中断的办理留下的文件"
