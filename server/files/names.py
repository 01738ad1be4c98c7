"""Names of files: without anything that a system or a header could take for more."""

import re
import unicodedata
from urllib.parse import quote

from server.files.kinds import FileKind

NAME_MOST = 120
NOT_IN_NAMES = re.compile(r'[<>:"|?*]')


def clean_name(name: str) -> str:
    """The last part of a path without anything that a system or a header could take for more."""
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", name))[-1]
    readable = "".join(each for each in last if unicodedata.category(each)[0] != "C")
    plain = NOT_IN_NAMES.sub("_", readable).strip(" .") or "附件"
    stem, dot, ending = plain.rpartition(".")
    if not dot or len(ending) > 10:
        return plain[:NAME_MOST]
    return f"{stem[: NAME_MOST - len(ending) - 1]}.{ending}"


def with_ending(name: str, kind: FileKind) -> str:
    if "." in name:
        return name
    return f"{name[: NAME_MOST - 5]}.{kind.endings[0]}"


def content_disposition(name: str, *, inline: bool) -> str:
    """RFC 6266 and 5987: an ASCII name for old programs, the whole one for all others.

    >>> print(content_disposition("回单.pdf", inline=True))
    inline; filename="__.pdf"; filename*=UTF-8''%E5%9B%9E%E5%8D%95.pdf
    """
    name = clean_name(name)
    plain = "".join(each if each.isascii() and each not in '"\\%;' else "_" for each in name)
    how = "inline" if inline else "attachment"
    return f"{how}; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
