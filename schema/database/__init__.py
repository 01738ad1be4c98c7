"""The way to the database: connections, transactions, statements, and caches of their answers.

Every work-round of Tortoise, aiosqlite and asyncpg is in this package; the rest of the program uses
what is named here.
"""

from schema.database.library import SQLITE_VERSION, has_wal_reset_bug  # isort: skip  (first of all)
from schema.database.cache import cached, cached_by_version, forget, forget_all, in_transaction
from schema.database.columns import foreign_key
from schema.database.connections import open_database
from schema.database.errors import RETRY_AFTER, Reason, Unavailable
from schema.database.shares import read_for
from schema.database.statements import counting, dialect, fetch, in_chunks, marks, records, write
from schema.database.text import storable
from schema.database.transactions import snapshot, transaction, with_retry

__all__ = [
    "RETRY_AFTER",
    "SQLITE_VERSION",
    "Reason",
    "Unavailable",
    "cached",
    "cached_by_version",
    "counting",
    "dialect",
    "fetch",
    "foreign_key",
    "forget",
    "forget_all",
    "has_wal_reset_bug",
    "in_chunks",
    "in_transaction",
    "marks",
    "open_database",
    "read_for",
    "records",
    "snapshot",
    "storable",
    "transaction",
    "with_retry",
    "write",
]
