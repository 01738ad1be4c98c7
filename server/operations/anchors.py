"""Heads of the journal's chain noted outside the database, and compared with it.

`SIXONES_ANCHORS` names a file, or a folder with a file for each month: best on another machine, where
what is written can be added to and not changed. A line is

    KIND TIME NUMBER HASH KEY SEAL [REASON]

NUMBER and HASH are those of the journal's last entry at TIME, SEAL is taken under the key KEY. Whoever
writes the journal anew, cuts its end off or puts an older database in its place, contradicts a line; who
edits a line has no key for it. After a backup was restored on purpose the operator says so with the reason: that is
a line as well (`restored`), and the journal's next entry. From there on what came after its number counts as
gone, as long as that entry is there: an old line that is added again excuses nothing. Times never go back from
line to line, and no line is there twice.
"""

import hmac
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from pathlib import Path
from types import ModuleType
from typing import NamedTuple

from schema import database
from schema.gate import keys
from schema.gate.journal import COUNT
from schema.gate.operator import operating
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
RESTORE = "backupRestore"
"""The act that goes with a `restored` line: the entry after the line's number, for the same reason."""
MONTHLY = "sixones-{:%Y-%m}.anchors"
AT_ONCE = 500
NAMED = 20
OVERDUE = timedelta(hours=26)
"""How long the journal may go on without an anchor: what runs hourly has then failed for a day."""

HEAD = 'SELECT "id", "at", "hash", "key_id" FROM "journal_entry" ORDER BY "id" DESC LIMIT 1'
FIRST = 'SELECT "at" FROM "journal_entry" ORDER BY "id" LIMIT 1'
ACTS = 'SELECT "act", "reason", "prior_hash" FROM "journal_entry" WHERE "id" = ?'
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
    """Add a line, on the disk before this returns; the file. Raises OSError, KeysMissing.

    Its time is that of the line before where the clock has gone back; one that is there is not added.
    """
    is_folder = place.is_dir()
    if not is_folder and not place.parent.is_dir():
        raise FileNotFoundError(2, "目录不在", str(place.parent))
    with alone_at(place):
        former = last_line(place)
        with suppress(Unreadable):
            anchor = anchor._replace(at=max(anchor.at, parse(former).at))
        local = anchor.at.astimezone(settings.TIME_ZONE)
        file = place / MONTHLY.format(local) if is_folder else place
        if former != anchor.line():
            with file.open("a", encoding="utf-8", newline="\n") as out:
                out.write(anchor.line())
                out.flush()
                os.fsync(out.fileno())
    return file


@contextmanager
def alone_at(place: Path) -> Iterator[None]:
    """No other process adds a line meanwhile, where the file system has locks."""
    held = (
        os.open(place, os.O_RDONLY if place.is_dir() else os.O_WRONLY | os.O_CREAT, 0o666)
        if fcntl
        else -1
    )
    try:
        if fcntl:
            with suppress(OSError):  # some networks' file systems have none
                fcntl.flock(held, fcntl.LOCK_EX)
        yield
    finally:
        if fcntl:
            os.close(held)


def last_line(place: Path) -> str:
    """The last line that there is; empty where none can be read."""
    last = ""
    with suppress(OSError):
        for file in files(place)[-1:]:
            with file.open(encoding="utf-8", errors="replace") as text:
                for line in text:
                    last = line if line.strip() else last
    return last


async def restore(place: Path, reason: str, now: datetime) -> tuple[Path, Anchor] | None:
    """Say that a backup was restored on purpose: an entry of the journal and a line with the number and
    hash before it, both or neither. The file and the line; None for a journal without sealed entries.

    Raises OSError, KeysMissing.
    """
    if await head(now=now) is None:
        return None
    async with database.transaction():
        async with operating(RESTORE, now) as gate:
            await gate.numbers(COUNT, 0)  # no entry is written meanwhile
            made = await head(RESTORED, reason, now=now)
            assert made is not None
            gate.reason = made.reason
        return append(place, made), made


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


class Line(NamedTuple):
    """What stands at one place, None where it is no anchor; and what is wrong with it beside the others."""

    where: str
    anchor: Anchor | None
    fault: str | None


class Comparison(NamedTuple):
    """How many anchors there are, the newest one, and what contradicts the chain."""

    anchors: int
    newest: Anchor | None
    faults: list[str]


async def compare(place: Path) -> Comparison:
    """Every anchor beside the chain, which is whole. Raises OSError where the place is out of reach."""
    async with database.snapshot():
        (last,) = await database.fetch('SELECT COALESCE(max("id"), 0) AS "id" FROM "journal_entry"')
        restored = await restorations(place)
        faults: list[str] = []
        count, newest = 0, None
        waiting: list[tuple[str, Anchor]] = []
        for position, line in enumerate(read(place)):
            if line.fault:
                faults.append(f"锚定记录 {line.where}{line.fault}")
            if line.anchor is None:
                continue
            count, anchor = count + 1, line.anchor
            newest = max(newest or anchor, anchor, key=lambda each: each.at)
            gone = any(
                each.position > position and each.number < anchor.number for each in restored
            )
            if not gone:
                waiting.append((line.where, anchor))
            if len(waiting) == AT_ONCE:
                faults += await contradicted(waiting, last["id"])
                waiting = []
        faults += await contradicted(waiting, last["id"])
    return Comparison(count, newest, faults)


def read(place: Path) -> Iterator[Line]:
    """Every line, beside those before it. Raises OSError."""
    before: Anchor | None = None
    at_once: set[Anchor] = set()
    for where, text in lines(place):
        try:
            anchor = parse(text)
        except Unreadable as unreadable:
            yield Line(where, None, f"{'' if '改动' in str(unreadable) else '：'}{unreadable}")
            continue
        if before and anchor.at < before.at:
            yield Line(where, anchor, "的时间早于前一行，次序被改动或旧的一行又被写入")
            continue
        if not before or anchor.at > before.at:
            at_once.clear()
        fault = None
        if anchor in at_once:
            fault = "与前面的一行重复，是又写入的"
        elif before and anchor.number < before.number and anchor.kind != RESTORED:
            fault = "的条号小于前一行，次序被改动"
        yield Line(where, anchor, fault)
        at_once.add(anchor)
        before = anchor


async def restorations(place: Path) -> list[Restored]:
    """Where the operator went on from a backup: the lines in their place whose entry the journal has."""
    found = []
    for position, (_, anchor, fault) in enumerate(read(place)):
        if anchor and anchor.kind == RESTORED and not fault:
            restored = [RESTORE, anchor.reason, anchor.hash]
            for entry in await database.fetch(ACTS, [anchor.number + 1]):
                if [entry["act"], entry["reason"], entry["prior_hash"]] == restored:
                    found.append(Restored(position, anchor.number))
    return found


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
