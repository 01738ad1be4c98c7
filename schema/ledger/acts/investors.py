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
        companies |= await companies_known(
            {each.uscc for each in chunk} - {""}, {each.name for each in chunk if not each.uscc}
        )
    return InvestorIndex(lines, companies)


KNOWN = (
    'SELECT c."id", c."uscc", c."normal_name", n."normal_name" AS "former" FROM "company" c'
    ' LEFT JOIN "company_name" n ON n."company_id" = c."id"'
)


async def companies_known(codes: Collection[str], names: Collection[str]) -> set[Company]:
    """The companies that have one of these codes, or that have or have had one of these names."""
    found: dict[int, tuple[str | None, str, set[str]]] = {}
    for condition, values in (
        ('c."uscc" IN ({marks})', codes),
        ('c."normal_name" IN ({marks})', names),
        (
            'c."id" IN (SELECT x."company_id" FROM "company_name" x WHERE x."normal_name" IN ({marks}))',
            names,
        ),
    ):
        if not values:
            continue
        where = condition.format(marks=", ".join("?" * len(values)))
        for row in await database.fetch(f"{KNOWN} WHERE {where}", list(values)):
            known = found.setdefault(row["id"], (row["uscc"], row["normal_name"], set()))
            if row["former"]:
                known[2].add(row["former"])
    return {Company(key, *each[:2], frozenset(each[2])) for key, each in found.items()}
