"""What mechanisms say of their parameters for a new version: how far back it reaches, what stands beside it."""

from collections.abc import Awaitable, Callable
from datetime import date

POSTED_UNTIL: dict[str, Callable[[], Awaitable[date]]] = {}
"""By parameter, the last day for which something is posted by it; `date.min` where nothing is."""

SETTLED_UNTIL: dict[str, Callable[[], Awaitable[date | None]]] = {}
"""By parameter, the last day whose figures are settled by it; no version begins there or behind."""

SETTLED_BY: list[str] = []
"""What is shared, besides the rulebook, by whoever asks which days are settled."""

DONE_BY_UNITS: dict[str, str] = {}
"""By parameter whose value names units, the act that is theirs: each must have somebody who may do it."""

CHECKS_BESIDE: dict[str, Callable[..., None]] = {}
"""By parameter, how a new version goes with the others: `check(name, value, day, versions)`."""
