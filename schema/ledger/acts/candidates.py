"""The projects that lines of a ledger may duplicate, loaded in a few statements for a whole chunk."""

from collections.abc import Collection, Iterable, Sequence
from typing import Any

from schema import database
from schema.city.rules import normal_name
from schema.context import Context
from schema.database.statements import marks
from schema.ledger.rules import LedgerRow
from schema.ledger.rules.matching import ExistingProject, ProjectIndex
from schema.linkage.graph import thresholds_of
from schema.linkage.graph.groups import AMEND, groups_of
from schema.linkage.graph.notices import seen_flag
from schema.permissions import Viewer, may, visible
from schema.project.graph import at_stage
from schema.project.rules import VOID, Candidate, keys_near
from schema.relations import EVERYTHING

COLUMNS = (
    'p."id", p."no", p."name", p."industry_code", p."amount_fen", p."investor_id",'
    ' c."name" AS "investor_name", c."uscc"'
)

ALIVE = f"NOT {at_stage('p', VOID)}"
"""Neither merged nor withdrawn."""


async def load_candidates(
    rows: Sequence[LedgerRow], context: Context, but: Collection[int] = ()
) -> ProjectIndex:
    """The projects that share number, name, or investor (by code or name) with one of `rows`; of those that
    the viewer sees, also those of a name near it, and, to whoever keeps what is known of companies, of
    companies of the investor's group.

    Merged and withdrawn projects that the viewer sees are left out, and those whose ids are in `but`.
    Of one that they do not see the normalised name alone is compared, at whatever stage it is: no
    guess at its amount, industry, investor or number moves what is answered.
    """
    near = [each for row in rows for each in keys_near(row.name)]
    related = await related_of(rows, context)
    wanted: dict[str, set[Any]] = {
        'p."no"': {row.no for row in rows},
        'p."normal_name"': {normal_name(row.name) for row in rows},
        'c."uscc"': {row.uscc for row in rows},
        'c."normal_name"': {normal_name(row.investor_name) for row in rows},
    }
    loose: dict[str, set[Any]] = {
        'p."name_head"': {each.head for each in near},
        'p."name_tail"': {each.tail for each in near},
        'p."investor_id"': {key for each in related.values() for key in each},
    }
    found: dict[int, dict[str, Any]] = {}
    for column, values in (*wanted.items(), *loose.items()):
        given = values - {""}
        if given:
            rows_near = await projects_where(column, given, context, seen_alone=column in loose)
            found |= {row["id"]: row for row in rows_near if row["id"] not in but}
    thresholds = await thresholds_of(context)
    return ProjectIndex(existing_projects(found.values()), thresholds, related)


async def related_of(rows: Sequence[LedgerRow], context: Context) -> dict[str, dict[int, str]]:
    """By the code or normalised name of the lines' investors, the companies of its group, each with why,
    for whoever keeps what is known of companies.
    """
    if not may(context.viewer, AMEND):
        return {}
    codes = sorted({row.uscc for row in rows} - {""})
    names = sorted({normal_name(row.investor_name) for row in rows} - {""})
    if not codes and not names:
        return {}
    found = await database.fetch(
        'SELECT "id", "uscc", "normal_name" FROM "company" WHERE'
        f' "uscc" IN ({marks(codes or [""])}) OR "normal_name" IN ({marks(names or [""])})',
        [*(codes or [""]), *(names or [""])],
    )
    groups = await groups_of([row["id"] for row in found], context.today)
    related: dict[str, dict[int, str]] = {}
    for row in found:
        for key in (row["uscc"], row["normal_name"]):
            if key and groups.get(row["id"]):
                related.setdefault(key, {}).update(groups[row["id"]])
    return related


async def seen_among(keys: Sequence[int], viewer: Viewer) -> set[int]:
    """Those of some projects that the viewer sees."""
    condition, values = visible("project", "p", viewer)
    if not keys or condition == EVERYTHING[0]:
        return set(keys)
    sql = f'SELECT p."id" FROM "project" p WHERE p."id" IN ({marks(keys)}) AND {condition}'
    return {row["id"] for row in await database.fetch(sql, [*keys, *values])}


async def projects_where(
    column: str, values: Collection[Any], context: Context, *, seen_alone: bool = False
) -> list[dict[str, Any]]:
    """The projects of these values, each with whether it is `seen`; with `seen_alone` none other."""
    flag, flagged = seen_flag("project", "p", context)
    sees, seeing = visible("project", "p", context.viewer)
    among = f"{ALIVE} AND {sees}" if seen_alone else f"({ALIVE} OR ({sees}) IS NOT TRUE)"
    return await database.fetch(
        f'SELECT {COLUMNS}, {flag} FROM "project" p JOIN "company" c ON c."id" = p."investor_id"'
        f" WHERE {column} IN ({marks(list(values))}) AND {among}",
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
            row["investor_id"],
        )
        if row["seen"]
        else ExistingProject(row["id"], "", Candidate(name=row["name"]))
        for row in rows
    ]
