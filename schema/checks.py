"""What `sixones check` compares with the facts: whatever is derived and kept."""

from collections.abc import Awaitable, Callable

from schema.entries.checking import posting_faults

CHECKS: tuple[tuple[str, Callable[[], Awaitable[list[str]]]], ...] = (
    ("台账与分享", posting_faults),
)
"""The name of each, and what finds where it is not what it follows from."""
