"""A month is closed as the act that closes it will: alone, one row, numbered in the journal."""

from datetime import date, datetime

from schema import database
from schema.database.transactions import transaction
from schema.entries.tables import MONTHS, ClosedMonth
from schema.gate import locks


async def close(month: str, at: datetime) -> None:
    """Close a month, such as `2026-11`; whoever posts waits until it is closed, or posts before."""
    async with transaction():
        await locks.alone(MONTHS)
        (last,) = await database.fetch('SELECT COALESCE(max("id"), 0) AS "id" FROM "journal_entry"')
        await ClosedMonth.create(
            month=date.fromisoformat(f"{month}-01"), closed_at=at, journal_id=last["id"]
        )
