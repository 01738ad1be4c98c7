"""Heads of the journal's chain noted outside the database, and compared with it.

`SIXONES_ANCHORS` names a file, or a folder with a file for each month: best on another machine, where
what is written can be added to and not changed. A line is

    KIND TIME NUMBER HASH KEY SEAL [REASON]

NUMBER and HASH are those of the journal's last entry at TIME, SEAL is taken under the key KEY. Whoever
writes the journal anew, cuts its end off or puts an older database in its place, contradicts a line; who
edits a line has no key for it. After a backup was restored on purpose the operator says so with the reason: that is
a line as well (`restored`), and from there on what came after its number counts as gone.
"""

import hmac
import os
from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from types import ModuleType
from typing import NamedTuple

from schema import database
from schema.gate import keys
from schema.query.models import moment
from server import settings

fcntl: ModuleType | None
try:
    import fcntl
except ImportError:  # Windows
    fcntl = None

SEAL = "anchor"
"""The purpose of the key under which lines are sealed."""
NOTED, RESTORED = "head", "restored"
MONTHLY = "sixones-{:%Y-%m}.anchors"
AT_ONCE = 500
NAMED = 20
OVERDUE = timedelta(hours=26)
"""How long the journal may go on without an anchor: what runs hourly has then failed for a day."""

HEAD = 'SELECT "id", "at", "hash", "key_id" FROM "journal_entry" ORDER BY "id" DESC LIMIT 1'
FIRST = 'SELECT "at" FROM "journal_entry" ORDER BY "id" LIMIT 1'
HASHES = 'SELECT "id", "hash" FROM "journal_entry" WHERE "id" IN ({})'


class Anchor(NamedTuple):
    """What one line says: the head of the chain at a time, its number, its hash and the key's id."""

    kind: str
    at: datetime
    number: int
    hash: str
    key_id: str
    reason: str = ""

    def words(self) -> str:
        time = self.at.isoformat(timespec="seconds")
        return " ".join((self.kind, time, str(self.number), self.hash, self.key_id))

    def seal(self) -> str:
        """HMAC-SHA-256 in hex over the line, under the key that it names. Raises KeysMissing."""
        secret = keys.key(SEAL, self.key_id)
        return hmac.digest(secret, f"{self.words()} {self.reason}".encode(), "sha256").hex()

    def line(self) -> str:
        return f"{self.words()} {self.seal()} {self.reason}".rstrip() + "\n"


class Unreadable(Exception):
    """A line that is none, or was changed: in words."""


def parse(line: str) -> Anchor:
    """The anchor that a line is. Raises Unreadable where nobody with the key wrote it."""
    parts = line.rstrip("\n").split(" ", 6)
    try:
        kind, at, number, found, key_id, seal = parts[:6]
        made = Anchor(kind, datetime.fromisoformat(at), int(number), found, key_id, *parts[6:])
        right = kind in (NOTED, RESTORED) and hmac.compare_digest(made.seal(), seal)
    except (ValueError, TypeError):
        right = False
    except keys.KeysMissing as missing:
        raise Unreadable(str(missing)) from None
    if not right or made.line().rstrip("\n") != line.rstrip("\n"):
        raise Unreadable("被改动")
    return made


def files(place: Path) -> list[Path]:
    """The files of a place, in the order in which they were written."""
    return sorted(place.glob("sixones-*.anchors")) if place.is_dir() else [place]


def lines(place: Path) -> Iterator[tuple[str, str]]:
    """Every line, and where it stands. Raises OSError."""
    for file in files(place):
        with file.open(encoding="utf-8", errors="replace") as text:
            for number, line in enumerate(text, 1):
                if line.strip():
                    yield f"{file.name} 第 {number} 行", line


def append(place: Path, anchor: Anchor) -> Path:
    """Add a line, on the disk before this returns; the file. Raises OSError, KeysMissing."""
    is_folder = place.is_dir()
    if not is_folder and not place.parent.is_dir():
        raise FileNotFoundError(2, "目录不在", str(place.parent))
    local = anchor.at.astimezone(settings.TIME_ZONE)
    file = place / MONTHLY.format(local) if is_folder else place
    with file.open("a", encoding="utf-8", newline="\n") as out:
        if fcntl:
            with suppress(OSError):  # some networks' file systems have no locks
                fcntl.flock(out, fcntl.LOCK_EX)
        out.write(anchor.line())
        out.flush()
        os.fsync(out.fileno())
    return file


async def head(kind: str = NOTED, reason: str = "", *, now: datetime) -> Anchor | None:
    """The head of the chain, to be written down; None for a journal without sealed entries."""
    found = await database.fetch(HEAD)
    if not found or not found[0]["key_id"]:
        return None
    last = found[0]
    at = now.astimezone(settings.TIME_ZONE).replace(microsecond=0)
    return Anchor(kind, at, last["id"], last["hash"], last["key_id"], " ".join(reason.split()))


class Restored(NamedTuple):
    """From the line `position` on, what came after entry `number` is gone."""

    position: int
    number: int


class Comparison(NamedTuple):
    """How many anchors there are, the newest one, and what contradicts the chain."""

    anchors: int
    newest: Anchor | None
    faults: list[str]


async def compare(place: Path) -> Comparison:
    """Every anchor beside the chain, which is whole. Raises OSError where the place is out of reach."""
    async with database.snapshot():
        (last,) = await database.fetch('SELECT COALESCE(max("id"), 0) AS "id" FROM "journal_entry"')
        restored = list(restorations(place))
        faults: list[str] = []
        count, newest = 0, None
        waiting: list[tuple[str, Anchor]] = []
        for position, (where, line) in enumerate(lines(place)):
            try:
                anchor = parse(line)
            except Unreadable as unreadable:
                faults.append(
                    f"锚定记录 {where}{'' if '改动' in str(unreadable) else '：'}{unreadable}"
                )
                continue
            count, before, newest = count + 1, newest, anchor
            gone = any(
                each.position > position and each.number < anchor.number for each in restored
            )
            if before and anchor.number < before.number and anchor.kind != RESTORED:
                faults.append(f"锚定记录 {where}的条号小于前一行，次序被改动")
            if not gone:
                waiting.append((where, anchor))
            if len(waiting) == AT_ONCE:
                faults += await contradicted(waiting, last["id"])
                waiting = []
        faults += await contradicted(waiting, last["id"])
    return Comparison(count, newest, faults)


def restorations(place: Path) -> Iterator[Restored]:
    for position, (_, line) in enumerate(lines(place)):
        if line.startswith(f"{RESTORED} "):
            with suppress(Unreadable):
                yield Restored(position, parse(line).number)


async def contradicted(anchors: Iterable[tuple[str, Anchor]], last: int) -> list[str]:
    """Of some anchors, those that the chain contradicts, in words."""
    given = list(anchors)
    if not given:
        return []
    numbers = sorted({anchor.number for _, anchor in given})
    found = await database.fetch(HASHES.format(database.marks(numbers)), numbers)
    stored = {row["id"]: row["hash"] for row in found}
    faults = []
    for where, anchor in given:
        when = f"{anchor.at.astimezone(settings.TIME_ZONE):%Y-%m-%d %H:%M}"
        if anchor.number > last:
            faults.append(
                f"锚定记录 {where}：{when} 已有第 {anchor.number} 条，库中只到第 {last} 条，"
                "末尾被删去或库被倒回"
            )
        elif stored.get(anchor.number) != anchor.hash:
            faults.append(
                f"锚定记录 {where}：第 {anchor.number} 条与 {when} 锚定的校验值不同，办理记录被改写"
            )
    return faults


async def overdue(newest: Anchor | None) -> bool:
    """Whether the journal has gone on for too long without an anchor."""
    last, first = await database.fetch(HEAD), await database.fetch(FIRST)
    if not last or not last[0]["key_id"]:
        return False
    since = newest.at if newest else moment(first[0]["at"])
    return moment(last[0]["at"]) - since > OVERDUE


def unreachable(place: Path) -> str | None:
    """Why nothing can be added at a place, in words; None where it can."""
    target = place if place.exists() else place.parent
    if not target.exists():
        return f"{target} 不在"
    return None if os.access(target, os.W_OK) else f"{target} 不能写入"
