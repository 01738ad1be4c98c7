"""The installation's keys: secrets that lie outside the database, in one file of the operator's.

`SIXONES_KEY_FILE` has a line for each secret, the oldest first:

    ID SECRET SINCE HEAD

SECRET are 32 random bytes in hex; ID follows from it, so a line that was mistyped or exchanged is
not read as another key. With the newest secret the journal's entries after number SINCE are sealed;
HEAD is the hash that the chain had there, so what an older secret sealed cannot be written anew by
whoever comes to have that one later.

Nothing is ever done with a secret itself: each purpose has a key of its own, derived as HKDF-Expand
does for one block (RFC 5869, 2.3: HMAC-SHA-256 over the purpose and the byte 1).
"""

import hmac
import os
import re
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

SETTING = "SIXONES_KEY_FILE"
DEFAULT = "var/keys"
BEGINNING = "0" * 64
"""The head of a chain without entries."""
OTHERS = 0o077
TITLE = (
    "# 六个一：办理记录和个人信息的密钥。请与数据库分开保管、单独备份；丢失后办理记录无法校验。\n"
)
LINE = re.compile(r"([0-9a-f]{8}) ([0-9a-f]{64}) ([0-9]{1,18}) ([0-9a-f]{64})")


NEXT = ".next"
"""What the name of the file ends with that takes the place of the keys once the journal goes with it."""
_used: ContextVar[Path | None] = ContextVar("keys", default=None)


class KeysMissing(Exception):
    """The file of keys is not there, cannot be read, or lacks a key: in the operator's words."""


class Secret(NamedTuple):
    """A line of the file: the entries after `since` are sealed with it, up to the next one's."""

    id: str
    value: bytes
    since: int
    head: str

    def line(self) -> str:
        return f"{self.id} {self.value.hex()} {self.since} {self.head}\n"


def file() -> Path:
    """Where the keys lie."""
    return _used.get() or Path(os.environ.get(SETTING, DEFAULT)).absolute()


def next_file() -> Path:
    """Where the keys lie that take the place of the file's when a transaction is stored."""
    where = file()
    return where.with_name(where.name + NEXT)


def key(purpose: str, secret: str | None = None) -> bytes:
    """The key for a purpose: 32 bytes.

    Of the installation's first secret, so that it is the same for ever; or of the one with the id
    `secret`, for what keeps the id of its key beside it. Raises KeysMissing.
    """
    known = ring()
    if secret is None:
        return derived(known[0].value, purpose)
    for each in known:
        if each.id == secret:
            return derived(each.value, purpose)
    raise KeysMissing(f"密钥文件 {file()} 中没有密钥 {secret}，请取回原来的密钥文件")


@lru_cache(maxsize=256)
def derived(secret: bytes, purpose: str) -> bytes:
    return hmac.digest(secret, purpose.encode() + b"\x01", "sha256")


def ring() -> tuple[Secret, ...]:
    """The secrets of the file, the newest last; read again once the file has changed.

    Raises KeysMissing where there is none, or where a line is no secret.
    """
    where = file()
    try:
        state = where.stat()
        return read(where, state.st_mtime_ns, state.st_size)
    except FileNotFoundError:
        raise KeysMissing(f"密钥文件 {where} 不在，请取回；不要另建") from None
    except OSError as fault:
        raise KeysMissing(f"密钥文件 {where} 不能读取：{fault.strerror}") from None


@lru_cache(maxsize=16)
def read(where: Path, _changed: int, _size: int) -> tuple[Secret, ...]:
    """The secrets in a file as it was at its last change. Raises KeysMissing, OSError."""
    found: list[Secret] = []
    for number, line in enumerate(where.read_text("utf-8", "replace").splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        match = LINE.fullmatch(line.strip())
        if match is None or identify(bytes.fromhex(match[2])) != match[1]:
            raise KeysMissing(f"密钥文件 {where} 第 {number} 行不是密钥，请取回原来的密钥文件")
        found.append(Secret(match[1], bytes.fromhex(match[2]), int(match[3]), match[4]))
    if not found:
        raise KeysMissing(f"密钥文件 {where} 是空的，请取回原来的密钥文件")
    return tuple(found)


def sealing() -> list[Secret]:
    """The secrets that seal a part of the journal, in the order of the parts.

    One that begins before the one above it takes its place: it was added after a backup was restored
    from before that one's time. Raises KeysMissing.
    """
    found: list[Secret] = []
    for each in ring():
        while found and found[-1].since >= each.since:
            found.pop()
        found.append(each)
    return found


def identify(secret: bytes) -> str:
    """The id of a secret: 8 hex digits that follow from it and say nothing of it."""
    return derived(secret, "id").hex()[:8]


def make(since: int = 0, head: str = BEGINNING) -> bool:
    """Write the file with a first secret, readable by its owner alone; False where there is one.

    `since` and `head` are where the chain stands: what is before was written without a key.
    """
    where = file()
    where.parent.mkdir(parents=True, exist_ok=True)
    draft = where.with_name(f"{where.name}.{secrets.token_hex(8)}")
    try:
        write(draft, TITLE + new_secret(since, head).line())
        where.hardlink_to(draft)  # atomic, and never over another process's
    except FileExistsError:
        return False
    finally:
        draft.unlink(missing_ok=True)
    return True


def add(since: int, head: str) -> Secret:
    """Add a secret, with which all is sealed that comes after `since`. Raises KeysMissing, OSError."""
    ring()
    where, made = file(), new_secret(since, head)
    put(where, where.read_text("utf-8").rstrip("\n") + "\n" + made.line())
    return made


def new_secret(since: int, head: str) -> Secret:
    value = secrets.token_bytes(32)
    return Secret(identify(value), value, since, head)


def write(path: Path, text: str) -> None:
    """A file of the owner's alone, on the disk before this returns."""
    path.touch(mode=0o600, exist_ok=False)
    with path.open("w", encoding="utf-8", newline="\n") as out:
        out.write(text)
        out.flush()
        os.fsync(out.fileno())


def is_private() -> bool:
    """Whether nobody but its owner may read the file."""
    return os.name == "nt" or not file().stat().st_mode & OTHERS


@contextmanager
def with_next(since: int, head: str) -> Iterator[Path]:
    """Work with a file beside the keys, which is to take their place: a copy of theirs, or where there
    are none a first secret with which all after `since` is sealed. The file is left where it is.
    """
    where, following = file(), next_file()
    following.parent.mkdir(parents=True, exist_ok=True)
    text = where.read_text("utf-8") if where.exists() else TITLE + new_secret(since, head).line()
    put(following, text)
    token = _used.set(following)
    try:
        yield following
    finally:
        _used.reset(token)


def replace_heads(hashes: Mapping[int, str]) -> None:
    """Note what the chain's heads are now, by number, where it was made anew; all else in the file stays.

    Raises KeysMissing, OSError.
    """
    ring()
    where = file()
    lines = where.read_text("utf-8").splitlines(keepends=True)
    for place, line in enumerate(lines):
        if (match := LINE.fullmatch(line.strip())) and int(match[3]) in hashes:
            lines[place] = line.replace(match[4], hashes[int(match[3])])
    put(where, "".join(lines))


def put(path: Path, text: str) -> None:
    """The file with this text, whole at every moment."""
    draft = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
    try:
        write(draft, text)
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
    read.cache_clear()  # within one tick of the file system's clock nothing else may tell them apart
