"""The way to the database: connections, transactions, statements and what is kept of their answers.

Every work-round of Tortoise and asyncpg is in this package; the rest of the program sees only
what is named here.
"""

from schema.database.cache import cached, cached_by_version, forget, forget_all, in_transaction
from schema.database.columns import foreign_key
from schema.database.connections import open_database
from schema.database.statements import counting, dialect, fetch, records, write
from schema.database.transactions import transaction, with_retry

__all__ = [
    "cached",
    "cached_by_version",
    "counting",
    "dialect",
    "fetch",
    "foreign_key",
    "forget",
    "forget_all",
    "in_transaction",
    "open_database",
    "records",
    "transaction",
    "with_retry",
    "write",
]
