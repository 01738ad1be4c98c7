"""Inspect a ZIP archive, its entries and their unpacked size, before anything opens it.

ASVS 5.0, 5.2.3 (unpacked size and number of files) and 1.5.1 (no document types, no entities).
"""

import re
import zlib
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

MARKUP = (".xml", ".rels", ".vml")
DECLARATION = re.compile(rb"<!(?:doctype|entity)", re.IGNORECASE)
CHUNK = 64 * 2**10


@dataclass(frozen=True, slots=True)
class ArchiveLimits:
    """Bytes that all entries unpack to, measured and not taken from the archive; number of entries."""

    unpacked: int
    entries: int


class ArchiveError(Exception):
    """Why an archive is not opened: DAMAGED, MISSING (a part), ENCRYPTED or LARGE.

    `names` are its entries, where they could be read.
    """

    def __init__(self, reason: str, names: Collection[str] = ()) -> None:
        super().__init__(reason)
        self.reason, self.names = reason, names


def inspect_archive(
    data: bytes, limits: ArchiveLimits, needs: str, keep: Collection[str] = (), most: int = CHUNK
) -> dict[str, bytes]:
    """The unpacked bytes of the parts that match one of `keep`, by name, each up to `most` bytes.

    Names are compared and given as `part_name` gives them. A name of `keep` that ends in `*` stands for
    all that begin so. Raises ArchiveError when the
    archive is damaged, encrypted, without the part `needs`, has too many entries or unpacks to too
    much, or has a document type in one of its parts.
    """
    try:
        with ZipFile(BytesIO(data)) as archive:
            entries = archive.infolist()
    except (BadZipFile, ValueError, OSError, NotImplementedError):
        raise ArchiveError("DAMAGED") from None
    _check_directory(entries, limits, needs)
    kept: dict[str, bytes] = {}
    total = 0
    for entry in entries:
        own = part_name(entry.filename)
        keeps = any(_matches(own, part_name(name)) for name in keep)
        tail, found, size = b"", bytearray(), 0
        for chunk in _unpacked(data, entry):
            size += len(chunk)
            if total + size > limits.unpacked:
                raise ArchiveError("LARGE")
            if own.endswith(MARKUP):
                _check_markup(tail + chunk, first=size == len(chunk))
                tail = chunk[-16:]
            if keeps and size <= most:
                found += chunk
        if size != entry.file_size:
            raise ArchiveError("DAMAGED")
        if keeps:
            kept[own] = bytes(found)
        total += size
    return kept


def part_name(name: str) -> str:
    """A part's name for comparison: some programs write backslashes, or capitals of their own."""
    return name.replace("\\", "/").lstrip("/").lower()


def _matches(own: str, name: str) -> bool:
    return own.startswith(name[:-1]) if name.endswith("*") else own == name


def _check_directory(entries: list[ZipInfo], limits: ArchiveLimits, needs: str) -> None:
    names = {part_name(entry.filename) for entry in entries}
    if part_name(needs) not in names:
        raise ArchiveError("MISSING", names)
    if any(entry.flag_bits & 1 for entry in entries):
        raise ArchiveError("ENCRYPTED")
    if len(names) < len(entries):
        raise ArchiveError("DAMAGED")
    if len(entries) > limits.entries or sum(e.file_size for e in entries) > limits.unpacked:
        raise ArchiveError("LARGE")


def _unpacked(data: bytes, entry: ZipInfo) -> Iterator[bytes]:
    """The unpacked bytes of an entry. `zipfile` would stop at the size in the directory."""
    header = data[entry.header_offset : entry.header_offset + 30]
    if len(header) < 30 or not header.startswith(b"PK\x03\x04"):
        raise ArchiveError("DAMAGED")
    start = entry.header_offset + 30
    start += int.from_bytes(header[26:28], "little") + int.from_bytes(header[28:30], "little")
    packed = data[start : start + entry.compress_size]
    if entry.compress_type == ZIP_STORED:
        yield from (packed[i : i + CHUNK] for i in range(0, len(packed), CHUNK))
    elif entry.compress_type == ZIP_DEFLATED:
        inflate = zlib.decompressobj(-zlib.MAX_WBITS)
        try:
            while not inflate.eof:
                chunk = inflate.decompress(packed, CHUNK)
                packed = inflate.unconsumed_tail
                if not chunk and not packed:
                    break
                yield chunk
        except zlib.error:
            raise ArchiveError("DAMAGED") from None
    else:
        raise ArchiveError("DAMAGED")


def _check_markup(text: bytes, first: bool) -> None:
    """Refuse declarations, and UTF-16, which would hide one and no office program writes."""
    if DECLARATION.search(text) or (first and b"\0" in text[:4]):
        raise ArchiveError("DAMAGED")
