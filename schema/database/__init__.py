"""The way to the database: connections, transactions, statements and what is kept of their answers.

Every work-round of Tortoise and asyncpg is in this package; the rest of the program sees only
what is named here.
"""

from schema.database.cache import forget, forget_all, inside, remembered, unchanged
from schema.database.columns import to
from schema.database.connections import open_database
from schema.database.statements import counting, dialect, fetch, records, write
from schema.database.transactions import retried, transaction

__all__ = [
    "counting",
    "dialect",
    "fetch",
    "forget",
    "forget_all",
    "inside",
    "open_database",
    "records",
    "remembered",
    "retried",
    "to",
    "transaction",
    "unchanged",
    "write",
]
