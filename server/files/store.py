"""Where attachments lie: each once, under the SHA-256 of its bytes, whole or not at all."""

import hashlib
import os
import re
import secrets
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import IO

from schema.city.rules import RuleBroken
from schema.scalars import File
from server.files.kinds import kind_of
from server.files.names import clean_name, with_ending

fcntl: ModuleType | None
try:
    import fcntl
except ImportError:  # Windows
    fcntl = None

CLAIMS = "claims"
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

    def examine(self, file: File, *, macros: bool = False) -> StoredFile:
        """What the file is, not stored yet; a workbook may have macros where it is only read and never handed
        out. Raises RuleBroken (INVALID).
        """
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
        kind = kind_of(name, file.content, macros=macros)
        sha256 = hashlib.sha256(file.content).hexdigest()
        return StoredFile(sha256, size, kind.media_type, with_ending(name, kind))

    def keep(self, file: File) -> StoredFile:
        """Store the file, once however often it is given. Raises RuleBroken (INVALID)."""
        stored = self.examine(file)
        self.put(stored, file.content)
        return stored

    def put(self, stored: StoredFile, content: bytes) -> None:
        """Store the file where it is not there yet."""
        path = self.path(stored.sha256)
        if not path.exists() or path.stat().st_size != stored.size:
            write_whole(path, content)

    # ------------------------------------------------------------ before rows name it

    def claim(self, token: str, stored: StoredFile) -> None:
        """Put down on disk that an act is about to store a file, and has not written its rows yet.

        What an act has claimed nobody takes away, until it says by `release` that its rows are
        stored, or it has failed and `unclaimed` says what nobody else has claimed. The caller holds
        the folder shared (`try_lock`).
        """
        mark = self._claims(token) / stored.sha256
        mark.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        mark.touch(mode=0o600)

    def release(self, token: str) -> None:
        """The act's rows name its files, or it has none."""
        shutil.rmtree(self._claims(token), ignore_errors=True)

    def unclaimed(self, token: str) -> list[str]:
        """The files that this act has claimed and no other one. The caller holds the folder alone."""
        acts = [each for each in listed(self.folder / CLAIMS) if each.name != token]
        others = {mark.name for act in acts for mark in listed(act)}
        return sorted({mark.name for mark in listed(self._claims(token))} - others)

    def remove(self, sha256: str) -> None:
        """Take away a file that no row names. The caller holds the folder alone."""
        self.path(sha256).unlink(missing_ok=True)

    def abandoned(self, before: float) -> list[str]:
        """The acts whose process died before they ended: those that began before a time (epoch)."""
        return [each.name for each in listed(self.folder / CLAIMS) if is_older(each, before)]

    def try_lock(self, *, shared: bool = False) -> IO[str] | None:
        """Alone with the folder, or among those who only add to it, until what is answered is closed;
        between processes as well. None where somebody else is in it: a thread that waited here would
        be missing to whoever is to leave.

        Windows has no such lock: there one process serves.
        """
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        file = (self.folder / ".lock").open("a")
        if fcntl:
            try:
                fcntl.flock(file, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
            except BlockingIOError:
                file.close()
                return None
        return file

    def _claims(self, token: str) -> Path:
        if not re.fullmatch("[0-9a-f]{16}", token):
            raise ValueError(f"no token of an act: {token!r}")
        return self.folder / CLAIMS / token

    def fault_of(self, sha256: str, size: int | None = None) -> str | None:
        """What is wrong with the stored file of a hash, in words; None where it is whole.

        `size` are the bytes that it had when it was given, where that is known. It is read in portions.
        """
        try:
            with self.path(sha256).open("rb") as file:
                there = os.fstat(file.fileno()).st_size
                if size is not None and there < size:
                    return f"的文件被截短：应有 {size} 字节，只有 {there} 字节"
                digest = hashlib.file_digest(file, "sha256").hexdigest()
        except FileNotFoundError:
            return "的文件不在附件目录中"
        except (OSError, ValueError) as fault:
            return f"的文件不能读取：{fault}"
        return None if digest == sha256 else "的文件内容与 SHA-256 校验值不符"

    def portions(self, before: float) -> Iterator[list[Path]]:
        """All that lies among the files and was last written before a time (epoch), a folder at a time."""
        for folder in sorted(listed(self.folder)):
            if folder.name == CLAIMS or folder.name == ".lock":
                continue
            inside = listed(folder) if folder.is_dir() else [folder]
            yield sorted(each for each in inside if is_older(each, before))

    def claimed(self) -> set[str]:
        """The files that acts are about to store, by their hashes."""
        return {mark.name for act in listed(self.folder / CLAIMS) for mark in listed(act)}

    def path(self, sha256: str) -> Path:
        """Where the file of this hash lies, or would."""
        if not re.fullmatch("[0-9a-f]{64}", sha256):
            raise ValueError(f"not a SHA-256 in hex: {sha256!r}")
        return self.folder / sha256[:2] / sha256


def listed(folder: Path) -> list[Path]:
    """What a folder holds; nothing where it has gone, as that of an act goes when the act is over."""
    try:
        return list(folder.iterdir())
    except FileNotFoundError:
        return []


def is_older(path: Path, before: float) -> bool:
    """Whether a path was last written before a time (epoch); what has gone meanwhile was not."""
    try:
        return path.stat().st_mtime < before
    except FileNotFoundError:
        return False


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
