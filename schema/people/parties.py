"""Companies and who controls them on a day, as groups and conflicts are told by."""

from collections.abc import Collection
from datetime import date

from schema import database
from schema.city.rules import normal_name
from schema.people.rules import Holder, HolderRole, Party
from schema.query.sql import bindable

COMPANIES = 'SELECT "id", "name", "uscc" FROM "company" WHERE "id" IN ({marks})'
HELD = (
    'SELECT h."company_id", h."role", h."name", h."uscc", h."share" FROM "company_holder" h'
    ' WHERE h."company_id" IN ({marks}) AND h."as_of" <= ? AND (h."ended_on" IS NULL OR h."ended_on" > ?)'
    ' AND h."name" <> \'\' ORDER BY h."id"'
)
RELATED = (
    'SELECT DISTINCT h."company_id" AS "id" FROM "company_holder" h WHERE h."normal_name" IN ({names})'
    ' OR h."uscc" IN ({codes})'
)
NAMED = 'SELECT "id" FROM "company" WHERE "uscc" IN ({codes}) OR "normal_name" IN ({names})'


async def read_parties(companies: Collection[int], day: date) -> dict[int, Party]:
    """Companies by id, each with its holders in force on a day, whoever entered them."""
    if not companies:
        return {}
    keys, marks = sorted(companies), ", ".join("?" * len(companies))
    on = bindable(day, database.dialect())
    holders: dict[int, list[Holder]] = {}
    for row in await database.fetch(HELD.format(marks=marks), [*keys, on, on]):
        held = Holder(HolderRole(row["role"]), row["name"], row["uscc"], row["share"])
        holders.setdefault(row["company_id"], []).append(held)
    return {
        row["id"]: Party(row["id"], row["name"], row["uscc"], tuple(holders.get(row["id"], ())))
        for row in await database.fetch(COMPANIES.format(marks=marks), keys)
    }


async def parties_near(company: int, day: date) -> tuple[Party, list[Party]]:
    """A company, and others that may belong to its group: controlled by whom it is, by it, or it by them."""
    own, near = await parties_near_all([company], day)
    return own[company], near


async def parties_near_all(
    companies: Collection[int], day: date
) -> tuple[dict[int, Party], list[Party]]:
    """Companies by id, and others that may belong to the group of one of them, in a few statements."""
    own = await read_parties(companies, day)
    controllers = [each for party in own.values() for each in party.controllers().values()]
    names = sorted(
        {each.normal for each in controllers} | {normal_name(e.name) for e in own.values()}
    )
    codes = sorted({e.uscc for e in controllers if e.uscc} | {e.uscc or "" for e in own.values()})
    if not own:
        return {}, []
    marks = {"names": ", ".join("?" * len(names)), "codes": ", ".join("?" * len(codes))}
    found = {
        row["id"]
        for row in await database.fetch(RELATED.format(**marks), [*names, *codes])
        + await database.fetch(NAMED.format(**marks), [*codes, *names])
    }
    near = await read_parties(found - set(companies), day)
    return own, [near[key] for key in sorted(near)]
