"""The projects that lines of the ledger may already be, found in a few statements for hundreds."""

from collections.abc import Collection, Iterable, Sequence
from typing import Any

from schema import database
from schema.city.rules import normal_name
from schema.ledger.rules import LedgerRow
from schema.ledger.rules.matching import Known, Register
from schema.project.rules import Candidate

COLUMNS = (
    'SELECT p."id", p."no", p."name", p."industry_code", p."amount_fen",'
    ' c."name" AS "investor_name", c."uscc"'
    ' FROM "project" p JOIN "company" c ON c."id" = p."investor_id"'
    " WHERE p.\"stage\" NOT IN ('MERGED', 'WITHDRAWN') AND "
)


async def register(rows: Sequence[LedgerRow]) -> Register:
    """The projects that stand near these lines: by number, name, or investor."""
    wanted = {
        'p."no"': {row.no for row in rows},
        'p."normal_name"': {normal_name(row.name) for row in rows},
        'c."uscc"': {row.uscc for row in rows},
        'c."normal_name"': {normal_name(row.investor_name) for row in rows},
    }
    found: dict[int, dict[str, Any]] = {}
    for column, values in wanted.items():
        said = values - {""}
        if said:
            found |= {row["id"]: row for row in await among(column, said)}
    return Register(known(found.values()))


async def among(column: str, values: Collection[str]) -> list[dict[str, Any]]:
    marks = ", ".join("?" * len(values))
    return await database.fetch(f"{COLUMNS}{column} IN ({marks})", list(values))


def known(found: Iterable[dict[str, Any]]) -> list[Known]:
    return [
        Known(
            row["id"],
            row["no"],
            Candidate(
                name=row["name"],
                investor_name=row["investor_name"],
                uscc=row["uscc"] or "",
                industry_code=row["industry_code"],
                amount_fen=row["amount_fen"],
            ),
        )
        for row in found
    ]
