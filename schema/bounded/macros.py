"""Whether a file of an office program has macros in it. They are never run; nothing is opened here but one entry."""

import zipfile
from io import BytesIO

from schema.bounded.archive import part_name

TYPES = "[Content_Types].xml"
TYPES_MOST = 1024 * 1024
ZIP, COMPOUND = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
STREAMS = ("_VBA_PROJECT", "_VBA_PROJECT_CUR", "VBA", "Macros")


def has_macros(data: bytes) -> bool:
    """Whether an archive or a compound file has macros. Raises BadZipFile, OSError … for what is no whole archive."""
    if data.startswith(ZIP):
        with zipfile.ZipFile(BytesIO(data)) as archive:
            return archive_has_macros(archive)
    return data.startswith(COMPOUND) and bool(compound_streams(data, *STREAMS))


def archive_has_macros(archive: zipfile.ZipFile) -> bool:
    """Whether an archive has a part with macros, or says that its document may have them."""
    parts = {part_name(each.filename): each for each in archive.infolist()}
    if any("vba" in name for name in parts):
        return True
    types = parts.get(part_name(TYPES))
    if types is None:
        return False
    with archive.open(types) as file:
        return b"macroenabled" in file.read(TYPES_MOST).lower()


def compound_streams(data: bytes, *streams: str) -> set[str]:
    """Those of these streams that the directory of a compound file names, in any case; its entries lie on
    multiples of 128 bytes.
    """
    capitals = data.upper()
    return {stream for stream in streams if _names(capitals, stream)}


def _names(capitals: bytes, stream: str) -> bool:
    name, at = stream.upper().encode("utf-16-le") + b"\0\0", -1
    while (at := capitals.find(name, at + 1)) >= 0:
        if at % 128 == 0:
            return True
    return False
