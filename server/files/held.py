"""Files of a form that is looked over before it is sent: held for whoever chose them, for a day at most.

A browser gives a file once. What was chosen for the first page of a form waits here under a token that
nobody guesses, in a folder of the person's, until the form is sent or the day is over. Pages of the same
person and the job that clears may take a file away at any moment, so nothing here relies on one being there.
The token ends with the content's hash: a form that is sent again says what it was sent with.
"""

import hashlib
import json
import re
import secrets
import time
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

FOLDER = "held"
SECONDS = 24 * 3600
MOST = 60
"""Files of one person; the oldest make room for what comes."""
MOST_BYTES = 100 * 1024 * 1024
"""Bytes of one person's files; the oldest make room for what comes."""
TOKEN = re.compile(r"[0-9a-f]{32}([0-9a-f]{64})?")
GONE = "文件已不在（超过一天，或已让位给后选的文件），请重新选择：{names}"
FULL = (
    f"一张表在核对期间最多保留 {MOST} 个文件，合计 {MOST_BYTES // 1024**2} MB，"
    "下列文件放不下，请压缩或减少后重新选择：{names}"
)


class Held(NamedTuple):
    """A file that waits: its token, its name as it was chosen."""

    token: str
    name: str

    @property
    def sent(self) -> str:
        """As a form sends it: with its name, so that it can be named when it waits no longer."""
        return f"{self.token} {self.name}"

    @property
    def sha256(self) -> str | None:
        """The hash of its content, in hex; None of one that an earlier release has held."""
        found = TOKEN.fullmatch(self.token)
        return found[1] if found else None


def parse(sent: str) -> Held:
    token, _, name = sent.partition(" ")
    return Held(token, name or "文件")


class NoRoom(Exception):
    """A form's own files leave no room for one more."""


class Waiting(NamedTuple):
    """A file as it is on the disk: since when (seconds), its bytes, its path."""

    since: float
    size: int
    path: Path


def hold(folder: Path, person: int, name: str, content: bytes, keep: Collection[str] = ()) -> Held:
    """Keep a file for a person; the oldest make room, but those of the tokens `keep`.

    Raises NoRoom where those leave none.
    """
    mine = folder / FOLDER / f"{person}"
    mine.mkdir(parents=True, exist_ok=True, mode=0o700)
    head = json.dumps({"name": name}, ensure_ascii=False).encode() + b"\n"
    size = len(head) + len(content)
    waiting = sorted(on_disk(mine.iterdir()))
    stays = [each for each in waiting if each.path.name in keep]
    if not fits(stays, size):
        raise NoRoom
    for old in waiting:
        if fits(waiting, size):
            break
        if old not in stays:
            old.path.unlink(missing_ok=True)
            waiting = [each for each in waiting if each != old]
    token = secrets.token_hex(16) + hashlib.sha256(content).hexdigest()
    path = mine / token
    path.touch(mode=0o600)
    path.write_bytes(head + content)
    return Held(token, name)


def fits(waiting: Collection[Waiting], size: int) -> bool:
    """Whether one more file of `size` bytes may wait beside others."""
    return len(waiting) < MOST and sum(each.size for each in waiting) + size <= MOST_BYTES


def read(folder: Path, person: int, token: str) -> tuple[str, bytes] | None:
    """The name and the bytes of a person's own file; None where it waits no longer."""
    if not TOKEN.fullmatch(token):
        return None
    try:
        head, _, content = (folder / FOLDER / f"{person}" / token).read_bytes().partition(b"\n")
    except FileNotFoundError:
        return None
    return json.loads(head)["name"], content


def drop(folder: Path, person: int, token: str) -> None:
    if TOKEN.fullmatch(token):
        (folder / FOLDER / f"{person}" / token).unlink(missing_ok=True)


def clear(folder: Path, before: float | None = None) -> int:
    """Erase what was held before a moment, a day ago if none is given; how many there were."""
    limit = before or time.time() - SECONDS
    old = [each for each in on_disk(listed(folder)) if each.since < limit]
    for each in old:
        each.path.unlink(missing_ok=True)
    return len(old)


def on_disk(paths: Iterable[Path]) -> Iterator[Waiting]:
    """Files with their age and size; one that was taken away meanwhile is none."""
    for path in paths:
        try:
            found = path.stat()
        except FileNotFoundError:
            continue
        yield Waiting(found.st_mtime, found.st_size, path)


def listed(folder: Path) -> Iterator[Path]:
    yield from (each for each in (folder / FOLDER).glob("*/*") if each.is_file())
