"""Columns that hold what a private person is known by: a name, a telephone.

`personal(...)` marks such a column where its table declares it. From the mark follows all else: the
journal keeps a keyed hash of the value and never the value, who is shown it masked, and what an
erasure takes away. A row's salt lies in the column `personal_salt` beside its values, in no journal,
and goes with them; without it nobody can tell from a hash what the value was, whoever has the key.
"""

import hmac
import json
from collections.abc import Iterable, Mapping
from enum import StrEnum
from functools import cache
from typing import Any, TypeVar

F = TypeVar("F")

SALT = "personal_salt"
"""The column of a row's salt, 32 hex digits; empty in a row that has no personal data."""
SEALED = "hmac"
"""The one member of what the journal keeps of a value: `{"hmac": "64 hex digits"}`."""
MASK = "**"
"""What stands for what is masked; no name or telephone has it."""


class Form(StrEnum):
    """How a value looks to whoever is shown it masked: 张**, 138****5678, or not at all (OPAQUE)."""

    NAME = "NAME"
    PHONE = "PHONE"
    OPAQUE = "OPAQUE"


def personal(form: Form, column: F) -> F:
    """Mark a column of a table as personal data. Its table has a column for the salt, too."""
    setattr(column, "personal", form)  # noqa: B010
    return column


@cache
def personal_columns(table: Any) -> Mapping[str, Form]:
    """The personal columns of a table, by name."""
    meta = table._meta
    found = {
        name: getattr(meta.fields_map[field], "personal", None)
        for field, name in meta.fields_db_projection.items()
    }
    return {name: form for name, form in found.items() if form}


def seal(key: bytes, salt: str, place: str, value: Any) -> Any:
    """What stands in the journal for a value that is plain JSON: HMAC-SHA-256 over salt, place and value.

    `place` is `Kind.column`, so that equal values of two columns do not show. Nothing stays nothing.
    """
    if value in (None, ""):
        return value
    text = json.dumps([salt, place, value], sort_keys=True, ensure_ascii=False)
    return {SEALED: hmac.digest(key, text.encode(), "sha256").hex()}


def is_sealed(value: Any) -> bool:
    """Whether a value of the journal is the hash of one."""
    return isinstance(value, dict) and value.keys() == {SEALED}


def without(value: Any, texts: Iterable[str]) -> Any:
    """A JSON value in which none of these texts occurs any more."""
    if isinstance(value, str):
        for text in texts:
            value = value.replace(text, "")
        return value
    if isinstance(value, list):
        return [without(each, texts) for each in value]
    if isinstance(value, dict):
        return {name: without(each, texts) for name, each in value.items()}
    return value
