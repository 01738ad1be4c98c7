"""The projects that lines of a ledger may duplicate, loaded in four statements for a whole chunk."""

from collections.abc import Collection, Iterable, Sequence
from typing import Any

from schema import database
from schema.city.rules import normal_name
from schema.ledger.rules import LedgerRow
from schema.ledger.rules.matching import ExistingProject, ProjectIndex
from schema.project.graph import at_stage
from schema.project.rules import VOID, Candidate

COLUMNS = (
    'SELECT p."id", p."no", p."name", p."industry_code", p."amount_fen",'
    ' c."name" AS "investor_name", c."uscc"'
    ' FROM "project" p JOIN "company" c ON c."id" = p."investor_id"'
    f" WHERE NOT {at_stage('p', VOID)} AND "
)


async def load_candidates(rows: Sequence[LedgerRow]) -> ProjectIndex:
    """The projects that share number, name, or investor (by code or name) with one of `rows`.

    Merged and withdrawn projects are left out.
    """
    wanted = {
        'p."no"': {row.no for row in rows},
        'p."normal_name"': {normal_name(row.name) for row in rows},
        'c."uscc"': {row.uscc for row in rows},
        'c."normal_name"': {normal_name(row.investor_name) for row in rows},
    }
    found: dict[int, dict[str, Any]] = {}
    for column, values in wanted.items():
        given = values - {""}
        if given:
            found |= {row["id"]: row for row in await projects_where(column, given)}
    return ProjectIndex(existing_projects(found.values()))


async def projects_where(column: str, values: Collection[str]) -> list[dict[str, Any]]:
    marks = ", ".join("?" * len(values))
    return await database.fetch(f"{COLUMNS}{column} IN ({marks})", list(values))


def existing_projects(rows: Iterable[dict[str, Any]]) -> list[ExistingProject]:
    return [
        ExistingProject(
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
        for row in rows
    ]
