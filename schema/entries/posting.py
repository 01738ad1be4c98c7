"""Article 3: entries are posted with the credits of each place, one or thousands at once.

`post` is the only writer of steps, credits and projects' totals; acts, imports and undoing call it.
What is verified is posted a second time on its own basis, so each basis is split exactly by itself:
its credits sum to what stands on it, whatever is verified, returned or reversed in whatever order.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from schema.city.graph import CHECKS_BESIDE, DONE_BY_UNITS, POSTED_UNTIL, SETTLED_BY, SETTLED_UNTIL
from schema.city.rules import RuleBroken
from schema.database.statements import fetch, marks
from schema.entries import rules
from schema.entries.book import Book, Claim, Movement, Verification, Withdrawal
from schema.entries.rules import EntryState, Indicator, SourceOfCapital
from schema.entries.tables import MONTHS, Credit, Entry, EntryStep
from schema.gate.gate import Gate
from schema.gate.many import as_moved
from schema.project.tables import Project
from schema.query.models import day

TOTALS = {
    Indicator.SIGNED_FUNDS: "signed_fen",
    Indicator.PAID_IN_FUNDS: "paid_in_fen",
    Indicator.TAX: "tax_fen",
}
"""The column of a project that is the sum of its standing entries of an indicator."""

SUMS = (
    'SELECT "project_id", "indicator", "basis", "series", CAST(sum("amount_fen") AS BIGINT) AS total,'
    ' CAST(sum(CASE WHEN "role" = \'FIRST_CONTACT\' THEN "amount_fen" ELSE 0 END) AS BIGINT) AS first'
    ' FROM "credit" WHERE "project_id" IN ({}) GROUP BY 1, 2, 3, 4'
)
STANDING = (
    'SELECT c.* FROM "credit" c WHERE c."entry_id" IN ({}) AND c."undoes_id" IS NULL'
    ' AND NOT EXISTS (SELECT 1 FROM "credit" u WHERE u."undoes_id" = c."id") ORDER BY c."id"'
)


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure to enter for a project, in fen, with the project's places of today.

    `claimed_by` is the unit of the post in which it is recorded. What a migration (its id) brings in has
    none, is verified by it, and posted as `decided` where no rule is.
    """

    project: int
    first: int | None
    landing: int | None
    indicator: Indicator
    amount_fen: int
    occurred_on: date
    source_of_capital: SourceOfCapital | None = None
    evidence_note: str = ""
    claimed_by: int | None = None
    opening: bool = False
    early_reason: str = ""
    migration: int | None = None
    decided: rules.Ratio | None = None


async def rest_on_rules(gate: Gate) -> None:
    """What every act that posts begins with: rules and closed months stay as they are till it ends."""
    await gate.context.load_rules()
    await gate.share(MONTHS)


def check_rule_in_force(gate: Gate, indicator: Indicator, day: date | None, field: str) -> None:
    """Keep at `field` that no rule says on the day of a new figure whose it is, shared or not."""
    for fault in rule_faults(gate, indicator, day, field):
        gate.refuse(fault)


def rule_faults(
    gate: Gate, indicator: Indicator, day: date | None, field: str
) -> Iterator[RuleBroken]:
    """That no rule says on the day of a new figure whose it is, shared or not.

    Of figures from before the first rule a migration decides, and nothing else. None is not checked.
    """
    if day is None:
        return
    try:
        rules.ratio_on(day, indicator, rules.ratios(gate.context.rules))
    except RuleBroken as broken:
        yield refused_at(broken, field)


async def record_entry(gate: Gate, project: Project, **given: Any) -> Entry:
    """Enter one figure of a held project; the columns as in `Figure`. Raises `RuleBroken`."""
    figure = Figure(project.id, project.first_contact_place_id, project.landing_place_id, **given)
    (row,) = await record_entries(gate, [figure])
    await add_totals(gate, project, [row])
    return as_entry(row)


async def record_entries(gate: Gate, figures: Sequence[Figure]) -> list[dict[str, Any]]:
    """Enter figures of held projects: the rows of their entries, in the same order.

    Signed funds are verified by being signed, while the rulebook names no unit for them. The
    projects' totals are the caller's, who has them in hand. Raises `RuleBroken` at `occurredOn`
    where no rule says whose a figure is.
    """
    rows = [
        {
            "project_id": each.project,
            "indicator": each.indicator,
            "amount_fen": each.amount_fen,
            "occurred_on": each.occurred_on,
            "opening": each.opening,
            "early_reason": each.early_reason,
            "source_of_capital": each.source_of_capital,
            "evidence_note": each.evidence_note,
            "confirmed_by_id": each.claimed_by,
            "state": EntryState.CLAIMED if waits(gate, each) else EntryState.VERIFIED,
            "migration_id": each.migration,
            "reverses_id": None,
            "reason": "",
        }
        for each in figures
    ]
    await insert_entries(gate, rows)
    movements: list[Movement] = []
    for row, each in zip(rows, figures, strict=True):
        movements.append(Claim(row, each.first, each.landing, each.decided))
        if row["state"] is EntryState.VERIFIED:
            movements.append(Verification(row, by_nobody=True))
    await post(gate, movements)
    return rows


async def reverse_entries(
    gate: Gate, entries: Sequence[Mapping[str, Any]], reason: str
) -> list[dict[str, Any]]:
    """Enter the reversal of each of these entries: the rows of the reversals, in the same order.

    Whatever stands of an entry is taken back in the series and from the places that were credited,
    to the fen. The states of the entries and the projects' totals are the caller's.
    """
    rows = [
        {
            "project_id": entry["project_id"],
            "indicator": entry["indicator"],
            "amount_fen": -entry["amount_fen"],
            "occurred_on": entry["occurred_on"],
            "opening": bool(entry["opening"]),
            "early_reason": entry["early_reason"],
            "source_of_capital": entry["source_of_capital"],
            "evidence_note": f"冲销 {entry['no']}",
            "confirmed_by_id": gate.post.organization,
            "state": EntryState.REVERSED,
            "migration_id": None,
            "reverses_id": entry["id"],
            "reason": reason,
        }
        for entry in entries
    ]
    await insert_entries(gate, rows)
    await post(
        gate,
        [
            Withdrawal(entry, EntryState.REVERSED, reason, by)
            for entry, by in zip(entries, rows, strict=True)
        ],
    )
    return rows


async def insert_entries(gate: Gate, rows: Sequence[dict[str, Any]]) -> None:
    """Number and insert entries; each row is given what it got."""
    year = gate.today.year
    numbers = await gate.numbers(f"entry {year}", len(rows))
    for row, number in zip(rows, numbers, strict=True):
        row["no"] = f"Z{year}-{number:05d}"
        row["recorded_at"] = gate.now
        row["recorded_by_id"] = None if row["migration_id"] else gate.viewer.person
    for row, key in zip(rows, await gate.insert_many(Entry, rows), strict=True):
        row["id"] = key


def waits(gate: Gate, figure: Figure) -> bool:
    """Whether a figure entered today waits for a unit to verify it: the rulebook names some."""
    return not figure.migration and bool(gate.context.rule(rules.VERIFIERS[figure.indicator]).value)


async def add_totals(
    gate: Gate, project: Project, rows: Iterable[Mapping[str, Any]], sign: int = 1
) -> None:
    """Add what entries amount to, or take it away, in the totals of their held project."""
    await add_totals_to(gate, {project.id: project}, rows, sign)


async def add_totals_to(
    gate: Gate,
    projects: Mapping[int, Project],
    rows: Iterable[Mapping[str, Any]],
    sign: int = 1,
) -> None:
    """The same of entries of several held projects, by their ids."""
    sums: dict[str, dict[int, int]] = {}
    for row in rows:
        column, key = TOTALS[Indicator(row["indicator"])], row["project_id"]
        of = sums.setdefault(column, {})
        of[key] = of.get(key, getattr(projects[key], column)) + sign * row["amount_fen"]
    for column, of in sums.items():
        changes = {}
        for key, total in of.items():
            project = projects[key]
            changes[key] = {column: (getattr(project, column), total), **as_moved(project)}
        await gate.update_many(Project, changes)
        for key, total in of.items():
            setattr(projects[key], column, total)


async def move_entry(gate: Gate, key: int, revision: int) -> Any:
    """The entry moved on in its life, by the post that may act on its project, which is held."""
    held = gate.post
    entry = await gate.take("Entry", key, revision)
    gate.post = held
    return entry


def as_entry(row: Mapping[str, Any]) -> Entry:
    """An inserted row as the object that is attached to and answered with."""
    entry = Entry(**row)
    entry._saved_in_db = True
    return entry


# ---------------------------------------------------------------- the one posting function


async def post(gate: Gate, movements: Sequence[Movement]) -> None:
    """Write the steps and the credits of movements of entries, in their order.

    The projects are held, and the rules and closed months rested on (`rest_on_rules`).
    """
    book = await opened(gate, movements)
    posted = [posting for each in movements for posting in book.post(each)]
    await gate.insert_many(
        Credit, [{**row, "posted_at": gate.now} for posting in posted for row in posting.credits]
    )
    await gate.insert_many(EntryStep, [step(gate, each) for each in movements])


def step(gate: Gate, movement: Movement) -> dict[str, Any]:
    """The step of an entry's life that a movement is, with what the entry then says."""
    entry = movement.entry
    state, reason = EntryState.CLAIMED, ""
    first = landing = None
    nobody = isinstance(movement, Verification) and movement.by_nobody
    nobody = nobody or (entry["migration_id"] and not isinstance(movement, Withdrawal))
    if isinstance(movement, Claim):
        first, landing = movement.places
    elif isinstance(movement, Verification):
        state, reason = EntryState.VERIFIED, movement.reason
    else:
        state, reason = movement.state, movement.reason
    return {
        "entry_id": entry["id"],
        "project_id": entry["project_id"],
        "state": state,
        "amount_fen": entry["amount_fen"],
        "occurred_on": day(entry["occurred_on"]),
        "first_place_id": first,
        "landing_place_id": landing,
        "reason": reason,
        "taken_by_id": None if nobody else gate.viewer.person,
        "taken_post_id": None if nobody else gate.post.id,
        "taken_at": gate.now,
    }


async def opened(gate: Gate, movements: Sequence[Movement]) -> Book:
    """The accounts of the movements' projects, and what stands of their entries."""
    book = Book(rules.ratios(gate.context.rules), await closed_months())
    projects = sorted({each.entry["project_id"] for each in movements})
    for row in await fetch(SUMS.format(marks(projects)), projects) if projects else ():
        key = row["project_id"], row["indicator"], row["basis"], row["series"]
        book.accounts[key] = rules.Standing(row["total"], row["first"])
    known = sorted({m.entry["id"] for m in movements if not isinstance(m, Claim)})
    found = await fetch(STANDING.format(marks(known)), known) if known else ()
    for posting in rules.postings(found):
        book.standing[posting.one["entry_id"], posting.one["basis"]] = posting
    return book


async def closed_months() -> frozenset[date]:
    """The months that are closed, by their first days."""
    return frozenset(day(row["month"]) for row in await fetch('SELECT "month" FROM "closed_month"'))


async def posted_until() -> date:
    """The last day for which an entry is posted: no version of a share reaches back behind it."""
    (last,) = await fetch('SELECT max("occurred_on") AS "day" FROM "credit"')
    return day(last["day"]) if last["day"] else date.min


async def claimed_until() -> date:
    """The first day of the last month that something was claimed in: it chose on which basis that counts."""
    (last,) = await fetch('SELECT max("claimed_in") AS "day" FROM "credit"')
    return day(last["day"]) if last["day"] else date.min


async def closed_until() -> date | None:
    """The last day of the last closed month; None while none is closed."""
    if last := max(await closed_months(), default=None):
        return date.fromordinal(rules.next_month(last).toordinal() - 1)
    return None


def columns_of(entry: Entry) -> dict[str, Any]:
    """The columns of a loaded entry, as movements take them."""
    return {name: getattr(entry, name) for name in entry._meta.fields_db_projection}


def refused_at(broken: RuleBroken, field: str) -> RuleBroken:
    """The same refusal at the field of the act at hand."""
    return RuleBroken(broken.message, field, broken.code)


for shared in (rules.INDICATOR_SHARE, rules.TAX_SHARE):
    POSTED_UNTIL[shared.name] = posted_until
    CHECKS_BESIDE[shared.name] = rules.check_one_share
POSTED_UNTIL[rules.COUNTS.name] = claimed_until
for name in (*rules.SHARES, *(each.name for each in rules.VERIFIERS.values()), rules.COUNTS.name):
    SETTLED_UNTIL[name] = closed_until
for indicator, verifiers in rules.VERIFIERS.items():
    DONE_BY_UNITS[verifiers.name] = "taxVerify" if indicator is Indicator.TAX else "fundsVerify"
SETTLED_BY.append(MONTHS)
