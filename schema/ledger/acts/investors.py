"""The companies that the lines of a ledger may mean, loaded in two statements for a whole chunk."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from schema import database
from schema.city.rules import normal_name
from schema.ledger.acts.batches import CHUNK
from schema.ledger.rules.investors import Company, Investor, InvestorIndex


def investor_in(row: int, values: Mapping[str, Any]) -> Investor:
    """The investor of a line, by its packed values."""
    return Investor(row, values.get("uscc", ""), normal_name(values["investor_name"]))


async def load_investors(lines: Sequence[Investor]) -> InvestorIndex:
    """The index of these lines with the companies that have a code or a name of theirs."""
    companies: set[Company] = set()
    for start in range(0, len(lines), CHUNK):
        chunk = lines[start : start + CHUNK]
        companies |= await companies_where("uscc", {each.uscc for each in chunk} - {""})
        companies |= await companies_where(
            "normal_name", {each.name for each in chunk if not each.uscc}
        )
    return InvestorIndex(lines, companies)


async def companies_where(column: str, values: Collection[str]) -> set[Company]:
    if not values:
        return set()
    marks = ", ".join("?" * len(values))
    rows = await database.fetch(
        f'SELECT "id", "uscc", "normal_name" FROM "company" WHERE "{column}" IN ({marks})',
        list(values),
    )
    return {Company(row["id"], row["uscc"], row["normal_name"]) for row in rows}
