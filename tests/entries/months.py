"""A month is closed as the act that closes it will: alone, one row, numbered in the journal."""

from datetime import date, datetime

from schema.entries.tables import MONTHS, ClosedMonth
from schema.gate.operator import operating


async def close(month: str, at: datetime) -> None:
    """Close a month, such as `2026-11`; whoever posts waits until it is closed, or posts before."""
    async with operating("monthClose", at) as gate:
        await gate.alone(MONTHS)
        await gate.create(ClosedMonth, month=date.fromisoformat(f"{month}-01"), closed_at=at)
