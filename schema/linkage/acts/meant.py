"""Which companies a report may mean, by credit code, or by a name that they have or have had."""

from typing import NamedTuple

from schema.context import Context
from schema.linkage.graph.notices import seen_flag

OF_CODE = 't."uscc" = ?'
OF_NAME = (
    't."id" IN (SELECT c."id" FROM "company" c WHERE c."normal_name" = ?'
    ' UNION SELECT x."company_id" FROM "company_name" x WHERE x."normal_name" = ?)'
)


class MeantCompany(NamedTuple):
    """A company that a report may mean, the normal names by which it is known, its own and former ones,
    and whether the reporter sees it.
    """

    id: int
    names: frozenset[str]
    seen: bool


async def companies_meant(
    context: Context, uscc: str | None, name: str, reason: str
) -> list[MeantCompany]:
    """The companies that a report may mean: that of the code, or without one those that the reporter
    sees and that have or have had the normal name, for an unseen one is matched by its code alone;
    with a reason why there is no code, those of them that have none. In one statement.
    """
    where, given = (OF_CODE, [uscc]) if uscc else (OF_NAME, [name, name])
    if reason and not uscc:
        where += ' AND t."uscc" IS NULL'
    flag, values = seen_flag("company", "t", context)
    statement = (
        f'SELECT t."id", t."normal_name", n."normal_name" AS "former", {flag} FROM "company" t'
        f' LEFT JOIN "company_name" n ON n."company_id" = t."id" WHERE {where} ORDER BY t."id"'
    )
    found: dict[int, MeantCompany] = {}
    for row in await context.rows.fetch((statement, [*values, *given])):
        known = found.get(row["id"])
        names = {row["normal_name"], *(known.names if known else ())} | {row["former"]} - {None}
        found[row["id"]] = MeantCompany(row["id"], frozenset(names), bool(row["seen"]))
    return [each for each in found.values() if uscc or each.seen]
