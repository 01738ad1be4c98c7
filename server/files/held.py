"""Files of a form that is looked over before it is sent: held for whoever chose them, for a day at most.

A browser gives a file once. What was chosen for the first page of a form waits here under a token that
nobody guesses, in a folder of the person's, until the form is sent or the day is over.
"""

import json
import re
import secrets
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

FOLDER = "held"
SECONDS = 24 * 3600
MOST = 60
"""Files of one person; the oldest make room for what comes."""
TOKEN = re.compile(r"[0-9a-f]{32}")


class Held(NamedTuple):
    """A file that waits: its token, its name as it was chosen."""

    token: str
    name: str


def hold(folder: Path, person: int, name: str, content: bytes) -> Held:
    """Keep a file for a person; what they have left for too long goes."""
    mine = folder / FOLDER / f"{person}"
    mine.mkdir(parents=True, exist_ok=True, mode=0o700)
    waiting = sorted(mine.iterdir(), key=lambda each: each.stat().st_mtime)
    for old in waiting[: max(0, len(waiting) + 1 - MOST)]:
        old.unlink(missing_ok=True)
    token = secrets.token_hex(16)
    head = json.dumps({"name": name}, ensure_ascii=False).encode()
    path = mine / token
    path.touch(mode=0o600)
    path.write_bytes(head + b"\n" + content)
    return Held(token, name)


def read(folder: Path, person: int, token: str) -> tuple[str, bytes] | None:
    """The name and the bytes of a person's own file; None where it waits no longer."""
    path = folder / FOLDER / f"{person}" / token
    if not TOKEN.fullmatch(token) or not path.is_file():
        return None
    head, _, content = path.read_bytes().partition(b"\n")
    return json.loads(head)["name"], content


def drop(folder: Path, person: int, token: str) -> None:
    if TOKEN.fullmatch(token):
        (folder / FOLDER / f"{person}" / token).unlink(missing_ok=True)


def clear(folder: Path, before: float | None = None) -> int:
    """Erase what was held before a moment, a day ago if none is given; how many there were."""
    old = [
        each for each in listed(folder) if each.stat().st_mtime < (before or time.time() - SECONDS)
    ]
    for each in old:
        each.unlink(missing_ok=True)
    return len(old)


def listed(folder: Path) -> Iterator[Path]:
    yield from (each for each in (folder / FOLDER).glob("*/*") if each.is_file())
