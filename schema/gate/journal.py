"""The journal's chain: each entry carries a hash of all it says and of the entry before it.

Whoever changes, removes, adds or reorders an entry afterwards breaks the chain at that place. What
an outsider cannot tell from the chain alone, that its end was cut off, the count kept beside it says.
"""

import hashlib
import json
from dataclasses import dataclass, fields, is_dataclass
from datetime import UTC, date, datetime
from enum import Enum
from typing import Any

from tortoise.models import Model

from schema.gate.tables import JournalEntry, Sequence
from schema.scalars import File

BEGINNING = "0" * 64
COUNT = "journal"
AT_ONCE = 500
LATER = {"post_id": None, "post_title": ""}
"""Columns younger than the first entries: one that has nothing in them has the hash it had before."""


@dataclass(frozen=True)
class Fault:
    """Where the journal is not what was written: the entry, or None for its end, and in what way."""

    entry: int | None
    message: str


async def verify() -> Fault | None:
    """The first place at which the journal was changed since it was written; None when it is whole."""
    prior, last, count = BEGINNING, 0, 0
    while entries := await JournalEntry.filter(id__gt=last).order_by("id").limit(AT_ONCE):
        for entry in entries:
            if entry.prior_hash != prior:
                return Fault(entry.id, "前一条被删去、插入或调换")
            if entry.hash != chained(entry):
                return Fault(entry.id, "内容被改动")
            prior, last, count = entry.hash, entry.id, count + 1
    written = await Sequence.get_or_none(name=COUNT)
    if count != (written.value if written else 0):
        return Fault(None, "末尾的记录被删去")
    return None


def chained(entry: JournalEntry) -> str:
    """The hash of an entry over all it says and the hash of the one before: SHA-256, hex."""
    said = {
        name: getattr(entry, name) for name in stored_names(entry) if name not in ("id", "hash")
    }
    for name, nothing in LATER.items():
        if said[name] == nothing:
            del said[name]
    return fingerprint(said)


def fingerprint(said: Any) -> str:
    """SHA-256 in hex of a value as JSON, whatever the order of its keys."""
    text = json.dumps(plain(said), sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def plain(value: Any) -> Any:
    """A value as JSON keeps it; bytes only by their hash."""
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bytes):
        return hashlib.sha256(value).hexdigest()
    if isinstance(value, File):
        return {"name": value.name, "content": plain(value.content)}
    if isinstance(value, list | tuple):
        return [plain(each) for each in value]
    if isinstance(value, dict):
        return {str(key): plain(each) for key, each in value.items()}
    if is_dataclass(value):
        return {field.name: plain(getattr(value, field.name)) for field in fields(value)}
    return value


def stored_names(row: Model) -> list[str]:
    """The columns of a row, by name."""
    return sorted(row._meta.fields_db_projection)
