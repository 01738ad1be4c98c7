"""The SQLite library of this process: `pysqlite3` where it is installed, else Python's own.

Both have one interface. aiosqlite and Tortoise import `sqlite3` by name, so `pysqlite3` takes that
name before either is imported: two copies of SQLite in one process release each other's locks on a
file.
"""

import sys
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import sqlite3
else:
    try:
        sqlite3 = import_module("pysqlite3")
    except ImportError:
        sqlite3 = import_module("sqlite3")
    else:
        sys.modules["sqlite3"] = sqlite3
        sys.modules["sqlite3.dbapi2"] = import_module("pysqlite3.dbapi2")

__all__ = ["SQLITE_VERSION", "has_wal_reset_bug", "sqlite3"]

Version = tuple[int, ...]

SQLITE_VERSION: Version = sqlite3.sqlite_version_info

# From the first release with the bug to the first without, on each line of releases.
WAL_RESET_BUG: tuple[tuple[Version, Version], ...] = (
    ((3, 7, 0), (3, 44, 6)),
    ((3, 45, 0), (3, 50, 7)),
    ((3, 51, 0), (3, 51, 3)),
)


def has_wal_reset_bug(version: Version = SQLITE_VERSION) -> bool:
    """Whether two connections that write and checkpoint at one instant can corrupt a WAL file.

    Source: SQLite's documentation, https://sqlite.org/wal.html, "The WAL-reset bug".
    """
    return any(first <= version < fixed for first, fixed in WAL_RESET_BUG)
