"""What `sixones check` compares with the facts: whatever is derived and kept."""

from collections.abc import Awaitable, Callable
from datetime import datetime

from schema.entries.checking import posting_faults
from schema.entries.rebuilding import rebuild_postings

CHECKS: tuple[tuple[str, Callable[[], Awaitable[list[str]]]], ...] = (
    ("台账与分享", posting_faults),
)
"""The name of each, and what finds where it is not what it follows from."""

REBUILDS: tuple[Callable[[datetime], Awaitable[list[str]]], ...] = (rebuild_postings,)
"""What writes it anew for `sixones rebuild`, at a moment, and answers what it changed."""
