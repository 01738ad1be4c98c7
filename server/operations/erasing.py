"""What an erasure leaves in the database's file, overwritten."""

import sqlite3
from contextlib import closing


def overwrite_free_pages(url: str) -> None:
    """Leave nothing of what was erased in the free pages and the log of a SQLite file.

    Only where no process has it open. PostgreSQL's VACUUM does so by itself in time.
    """
    if not url.startswith("sqlite://"):
        return
    with closing(sqlite3.connect(url.removeprefix("sqlite://").partition("?")[0])) as file:
        file.execute("VACUUM")
        file.execute("PRAGMA wal_checkpoint(TRUNCATE)")
