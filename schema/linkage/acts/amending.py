"""What is recorded of companies: who holds them, their codes and regions; of one or of thousands."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from schema import database
from schema.city.rules import RuleBroken
from schema.context import Context
from schema.database.statements import in_chunks, marks
from schema.gate.gate import Gate
from schema.gate.many import as_moved
from schema.intake import as_column
from schema.linkage import rules
from schema.linkage.rules import Amendment, Held, Standing
from schema.people.rules import HOLDER_FIELDS, Holder, HolderRole
from schema.people.tables import Company as CompanyRow
from schema.people.tables import CompanyHolder
from schema.permissions import visible
from schema.query.models import Record, as_record, day

HOLDERS = (
    'SELECT h."id", h."company_id", h."role", h."name", h."uscc", h."share", h."source", h."as_of",'
    ' h."ended_on", h."unit_id" FROM "company_holder" h WHERE h."company_id" IN ({marks}) ORDER BY h."id"'
)


class Source(NamedTuple):
    """Where holders were read, as of which day; the report that they came with, by id."""

    text: str
    on: date
    project: int | None = None


async def read_standing(companies: Sequence[Record]) -> dict[int, Standing]:
    """What is recorded of companies by their ids, whoever recorded it."""
    found: dict[int, list[Mapping[str, Any]]] = {each["id"]: [] for each in companies}
    for keys in in_chunks(sorted(found)):
        for row in await database.fetch(HOLDERS.format(marks=marks(keys)), keys):
            found[row["company_id"]].append(row)
    return {each["id"]: standing(each, found[each["id"]]) for each in companies}


def standing(company: Mapping[str, Any], rows: Sequence[Mapping[str, Any]]) -> Standing:
    held, until = list[Held](), dict[HolderRole, date]()
    for row in rows:
        role = HolderRole(row["role"])
        holder = Holder(role, row["name"], row["uscc"], row["share"])
        spoken = day(row["ended_on"] or row["as_of"])
        until[role] = max(until.get(role, spoken), spoken)
        if row["ended_on"] is None:
            held.append(Held(row["id"], holder, row["source"], day(row["as_of"]), row["unit_id"]))
    return Standing(company["uscc"], company["region"], held, until)


async def named_by_code(gate: Gate, codes: Sequence[str]) -> dict[str, str]:
    """The names of companies that the viewer sees by the credit codes that they have."""
    seen, values = visible("company", "c", gate.viewer)
    found: dict[str, str] = {}
    for part in in_chunks(sorted({*codes})):
        sql = f'SELECT c."uscc", c."name" FROM "company" c WHERE c."uscc" IN ({marks(part)}) AND {seen}'
        found |= {row["uscc"]: row["name"] for row in await database.fetch(sql, [*part, *values])}
    return found


async def amend_companies(gate: Gate, chosen: Sequence[tuple[CompanyRow, Amendment]]) -> list[bool]:
    """Record amendments of companies that are held and moved on; of each whether it says anything new.

    What is given of a role is all of it from its day on: others end, and stay known. Who is the same stays, as
    whoever recorded it said, and stands in a row of the new source and day as well. They were checked,
    and the act holds NEW_PROJECTS alone.
    """
    known = await read_standing([as_record(row) for row, _ in chosen])
    ended: dict[int, dict[str, tuple[Any, Any]]] = {}
    recorded: list[dict[str, Any]] = []
    moved: dict[int, dict[str, tuple[Any, Any]]] = {}
    changed = []
    for row, given in chosen:
        before, on = known[row.id], given.on or gate.today
        statement = (given.source, on, gate.post.organization or 0)
        new, gone = list[Holder](), list[int]()
        for role, holders in given.holders.items():
            ends, begins = rules.replaced(before.of(role), holders, statement)
            gone += ends
            new += begins
        ended |= dict.fromkeys(gone, ending(gate, on))
        recorded += holder_rows(gate, row.id, new, Source(given.source, on))
        columns = columns_of(row, given)
        if columns:
            moved[row.id] = columns
        changed.append(bool(new or gone or columns))
    await gate.update_many(CompanyHolder, ended)
    await insert_holders(gate, recorded)
    for row, _ in chosen:
        row.update_from_dict({name: pair[1] for name, pair in moved.get(row.id, {}).items()})
    await gate.update_many(CompanyRow, moved)
    return changed


def columns_of(row: CompanyRow, given: Amendment) -> dict[str, tuple[Any, Any]]:
    """The columns of a company that an amendment changes, all of them named, or none."""
    uscc, region = given.uscc or row.uscc, row.region if given.region is None else given.region
    if (uscc, region) == (row.uscc, row.region):
        return {}
    reason = "" if uscc else row.no_code_reason
    return {
        "uscc": (row.uscc, uscc),
        "no_code_reason": (row.no_code_reason, reason),
        "region": (row.region, region),
        **as_moved(row),
    }


def ending(gate: Gate, on: date) -> dict[str, tuple[Any, Any]]:
    """The columns of a holder who is none any more from a day on."""
    after = {"ended_on": on, "ended_by_id": gate.viewer.person, "ended_post_id": gate.post.id}
    return {name: (None, value) for name, value in {**after, "ended_at": gate.now}.items()}


async def record_holders(
    gate: Gate, company: int, holders: Sequence[Holder], source: Source
) -> None:
    """Record who holds a company, each as a row of its own; what others have recorded stays."""
    await insert_holders(gate, list(holder_rows(gate, company, holders, source)))


async def insert_holders(gate: Gate, rows: Sequence[Mapping[str, Any]]) -> None:
    if rows:
        await gate.insert_many(CompanyHolder, rows)


def holder_rows(
    gate: Gate, company: int, holders: Sequence[Holder], source: Source
) -> Iterator[dict[str, Any]]:
    """The columns of holders as the act's unit records them."""
    for each in holders:
        yield {
            "company_id": company,
            "role": each.role,
            "name": each.name,
            "normal_name": each.normal,
            "uscc": each.uscc,
            "share": each.share,
            "source": source.text,
            "as_of": source.on,
            "project_id": source.project,
            "unit_id": gate.post.organization,
            "recorded_by_id": gate.viewer.person,
            "recorded_post_id": gate.post.id,
            "recorded_at": gate.now,
        }


async def code_fault(gate: Gate, given: Amendment, known: Standing) -> RuleBroken | None:
    """Why a company cannot have a code: another one that the viewer sees has it."""
    if not given.uscc or known.uscc:
        return None
    taken = await named_by_code(gate, [given.uscc])
    try:
        rules.check_code_free(taken.get(given.uscc))
    except RuleBroken as broken:
        return broken
    return None


async def companies_called(
    context: Context, names: Collection[str], codes: Collection[str]
) -> tuple[dict[str, Record], dict[str, list[Record]]]:
    """The companies that have one of these normalised names, or once had it, or have one of these codes, of
    those that the viewer sees: by their codes, and by each name that they have or had.
    """
    seen, values = visible("company", "c", context.viewer)
    either = sorted(names), sorted(codes)
    keys = set[int]()
    for sql, asked in (
        ('SELECT c."id" FROM "company" c WHERE c."normal_name" IN ({marks})', either[0]),
        (
            'SELECT c."id" FROM "company" c JOIN "company_name" n ON n."company_id" = c."id"'
            ' WHERE n."normal_name" IN ({marks})',
            either[0],
        ),
        ('SELECT c."id" FROM "company" c WHERE c."uscc" IN ({marks})', either[1]),
    ):
        for part in in_chunks(asked):
            rows = await database.fetch(
                f"{sql.format(marks=marks(part))} AND {seen}", [*part, *values]
            )
            keys |= {row["id"] for row in rows}
    found = {each["id"]: each for each in await context.rows.ones("Company", sorted(keys)) if each}
    called = {(each["normal_name"], key) for key, each in found.items()}
    for part in in_chunks(sorted(found)):
        sql = f'SELECT "company_id", "normal_name" FROM "company_name" WHERE "company_id" IN ({marks(part)})'
        called |= {
            (row["normal_name"], row["company_id"]) for row in await database.fetch(sql, part)
        }
    by_name: dict[str, list[Record]] = {}
    for name, key in sorted(called):
        by_name.setdefault(name, []).append(found[key])
    return {each["uscc"]: each for each in found.values() if each["uscc"]}, by_name


async def companies_listed(context: Context) -> list[dict[str, str]]:
    """The companies that the viewer sees as lines of their list: who holds them now, without source and day,
    which a change has anew.
    """
    seen, values = visible("company", "c", context.viewer)
    sql = f'SELECT c.* FROM "company" c WHERE {seen} ORDER BY c."name", c."id"'
    rows = [Record("Company", row) for row in await database.fetch(sql, values)]
    known = await read_standing(rows)
    return [
        {"name": row["name"], "uscc": row["uscc"] or "", "region": row["region"]}
        | {
            as_column(HOLDER_FIELDS[role]): rules.written_holders(
                each.holder for each in known[row["id"]].of(role) if each.holder.name
            )
            for role in HOLDER_FIELDS
        }
        for row in rows
    ]


async def reported_by_code(
    gate: Gate, changed: Mapping[int, Mapping[str, Any]], since: int
) -> dict[int, str]:
    """Of companies that were given a code those of which a project was reported after an entry of the journal."""
    found: dict[int, str] = {}
    for part in in_chunks(sorted(key for key, columns in changed.items() if "uscc" in columns)):
        sql = (
            'SELECT p."investor_id", p."no" FROM "project" p'
            f' WHERE p."investor_id" IN ({marks(part)}) AND NOT EXISTS (SELECT 1 FROM "journal_row" r'
            ' WHERE r."kind" = \'Project\' AND r."row_id" = p."id" AND r."entry_id" < ?) ORDER BY p."id"'
        )
        for row in await database.fetch(sql, [*part, since]):
            found.setdefault(row["investor_id"], f"项目 {row['no']} 已由它报送")
    return found
