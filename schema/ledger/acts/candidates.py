"""The projects that lines of a ledger may duplicate, loaded in four statements for a whole chunk."""

from collections.abc import Collection, Iterable, Sequence
from typing import Any

from schema import database
from schema.city.rules import normal_name
from schema.context import Context
from schema.ledger.rules import LedgerRow
from schema.ledger.rules.matching import ExistingProject, ProjectIndex
from schema.linkage.graph import thresholds_of
from schema.linkage.graph.notices import seen_flag
from schema.permissions import Viewer, visible
from schema.project.graph import at_stage
from schema.project.rules import VOID, Candidate
from schema.relations import EVERYTHING

COLUMNS = 'p."id", p."no", p."name", p."industry_code", p."amount_fen", c."name" AS "investor_name", c."uscc"'

ALIVE = f"NOT {at_stage('p', VOID)}"
"""Neither merged nor withdrawn."""


async def load_candidates(
    rows: Sequence[LedgerRow], context: Context, but: Collection[int] = ()
) -> ProjectIndex:
    """The projects that share number, name, or investor (by code or name) with one of `rows`.

    Merged and withdrawn projects that the viewer sees are left out, and those whose ids are in `but`.
    Of one that they do not see the normalised name alone is compared, at whatever stage it is: no
    guess at its amount, industry, investor or number moves what is answered.
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
            near = await projects_where(column, given, context)
            found |= {row["id"]: row for row in near if row["id"] not in but}
    return ProjectIndex(existing_projects(found.values()), await thresholds_of(context))


async def seen_among(keys: Sequence[int], viewer: Viewer) -> set[int]:
    """Those of some projects that the viewer sees."""
    condition, values = visible("project", "p", viewer)
    if not keys or condition == EVERYTHING[0]:
        return set(keys)
    marks = ", ".join("?" * len(keys))
    sql = f'SELECT p."id" FROM "project" p WHERE p."id" IN ({marks}) AND {condition}'
    return {row["id"] for row in await database.fetch(sql, [*keys, *values])}


async def projects_where(
    column: str, values: Collection[str], context: Context
) -> list[dict[str, Any]]:
    """The projects of these values, each with whether it is `seen`."""
    marks = ", ".join("?" * len(values))
    flag, flagged = seen_flag("project", "p", context)
    sees, seeing = visible("project", "p", context.viewer)
    return await database.fetch(
        f'SELECT {COLUMNS}, {flag} FROM "project" p JOIN "company" c ON c."id" = p."investor_id"'
        f" WHERE {column} IN ({marks}) AND ({ALIVE} OR ({sees}) IS NOT TRUE)",
        [*flagged, *values, *seeing],
    )


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
        if row["seen"]
        else ExistingProject(row["id"], "", Candidate(name=row["name"]))
        for row in rows
    ]
