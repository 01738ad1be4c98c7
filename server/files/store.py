"""Where attachments lie: each once, under the SHA-256 of its bytes, whole or not at all."""

import hashlib
import os
import re
import secrets
from dataclasses import dataclass
from pathlib import Path

from schema.city.rules import RuleBroken
from schema.scalars import File
from server.files.kinds import kind_of
from server.files.names import clean_name, with_ending

SIZE_MOST = 20 * 1024 * 1024


@dataclass(frozen=True)
class StoredFile:
    """A file in the store: its hash, its size in bytes, what it is, and its name made harmless."""

    sha256: str
    size: int
    media_type: str
    name: str


class FileStore:
    """A folder of files that are never changed."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def keep(self, file: File) -> StoredFile:
        """Store the file, once however often it is given. Raises RuleBroken (INVALID)."""
        size = len(file.content)
        if not size:
            raise RuleBroken("文件是空的，请重新选择", "files", "INVALID")
        if size > SIZE_MOST:
            raise RuleBroken(
                f"文件有 {size / 1024**2:.1f} MB，最多 {SIZE_MOST // 1024**2} MB，"
                "请压缩图片或拆成几份",
                "files",
                "INVALID",
            )
        name = clean_name(file.name)
        kind = kind_of(name, file.content)
        sha256 = hashlib.sha256(file.content).hexdigest()
        path = self.path(sha256)
        if not touched(path) or path.stat().st_size != size:
            write_whole(path, file.content)
        return StoredFile(sha256, size, kind.media_type, with_ending(name, kind))

    def left_behind(self, older_than: float) -> list[Path]:
        """Files, drafts among them, that nobody has given since `older_than`, seconds since 1970."""
        return [
            each
            for each in self.folder.glob("??/*")
            if each.is_file() and each.stat().st_mtime < older_than
        ]

    def take_away(self, path: Path, older_than: float) -> bool:
        """Remove a file unless it has been given again meanwhile; whether it is gone."""
        gone = path.with_name(f".gone.{path.name}")
        try:
            path.rename(gone)
            if gone.stat().st_mtime >= older_than and not path.exists():
                gone.rename(path)
                return False
            gone.unlink()
        except FileNotFoundError:
            return False
        return True

    def path(self, sha256: str) -> Path:
        """Where the file of this hash lies, or would."""
        if not re.fullmatch("[0-9a-f]{64}", sha256):
            raise ValueError(f"not a SHA-256 in hex: {sha256!r}")
        return self.folder / sha256[:2] / sha256


def touched(path: Path) -> bool:
    """Whether the file is there; if so it counts as given now, and is not cleared away as left behind."""
    try:
        os.utime(path)
    except FileNotFoundError:
        return False
    return True


def write_whole(path: Path, content: bytes) -> None:
    """The file is there with all its bytes, on the disk, or not there."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        draft.touch(mode=0o600, exist_ok=False)
        with draft.open("wb") as out:
            out.write(content)
            out.flush()
            os.fsync(out.fileno())
        draft.replace(path)
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
    finally:
        draft.unlink(missing_ok=True)
