"""The sums that the contest is made of: by the counting month, as known at a number of the journal."""

from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from schema import database
from schema.context import Context
from schema.entries.graph import chosen_basis, counts
from schema.entries.rules import Basis, CreditRole, Indicator, counting_month
from schema.query.models import day
from schema.query.sql import bindable

KNOWN = '{0}."journal_id" <= ?'
"""A credit, by its alias, that was known at a number of the journal."""


class Account(NamedTuple):
    """What a place is credited with in one role and one account, on one basis."""

    basis: Basis
    role: CreditRole
    series: str
    rule: int | None


@dataclass
class Line:
    """What counts of an account in a month: the entries, and the place's part of them, in fen.

    `claimed_in` are the months that they were claimed to count in.
    """

    account: Account
    count: int = 0
    whole_fen: int = 0
    amount_fen: int = 0
    claimed_in: set[date] = field(default_factory=set)


@dataclass(frozen=True)
class Credited:
    """What places are credited with: (place, first of month, indicator) → the lines of the accounts."""

    lines: dict[tuple[int, date, Indicator], list[Line]]

    def of(self, place: int, month: date, indicator: Indicator) -> int:
        """The sum, in fen."""
        return sum(line.amount_fen for line in self.lines.get((place, month, indicator), ()))

    def part(self, place: int, month: date, indicator: Indicator, role: CreditRole) -> int:
        """The sum of what counts in one role, in fen."""
        lines = self.lines.get((place, month, indicator), ())
        return sum(line.amount_fen for line in lines if line.account.role == role)


async def credited_sums(context: Context, since: date, until: date, number: int) -> Credited:
    """What counts in the months from `since` to `until`, by what was known at `number`."""
    found = await database.fetch(
        'SELECT t."place_id" AS place, t."counts_in" AS month, t."indicator" AS indicator,'
        ' t."basis" AS basis, t."role" AS role, t."series" AS series, t."rule_id" AS rule,'
        ' t."claimed_in" AS claimed, count(*) AS count, CAST(sum(t."entry_fen") AS BIGINT) AS whole,'
        ' CAST(sum(t."amount_fen") AS BIGINT) AS fen FROM "credit" t'
        ' WHERE t."counts_in" >= ? AND t."counts_in" <= ? AND '
        f"{KNOWN.format('t')} AND {counts(context, 't', number)}"
        " GROUP BY 1, 2, 3, 4, 5, 6, 7, 8 ORDER BY 1, 2, 3, 4, 5, 6, 7, 8",
        [bindable(value, database.dialect()) for value in (since, until, number)],
    )
    lines: dict[tuple[int, date, Indicator], dict[Account, Line]] = {}
    for row in found:
        of = lines.setdefault((row["place"], day(row["month"]), Indicator(row["indicator"])), {})
        account = Account(Basis(row["basis"]), CreditRole(row["role"]), row["series"], row["rule"])
        line = of.setdefault(account, Line(account))
        line.count += row["count"]
        line.whole_fen += row["whole"]
        line.amount_fen += row["fen"]
        line.claimed_in.add(day(row["claimed"]))
    return Credited({key: list(of.values()) for key, of in lines.items()})


WAITING = (
    'SELECT t."place_id" AS place, t."indicator" AS indicator, t."claimed_in" AS claimed,'
    ' CAST(sum(t."amount_fen") AS BIGINT) AS fen, CAST(NULL AS DATE) AS closed FROM "credit" t'
    ' WHERE t."entry_id" IN (SELECT e."id" FROM "entry" e WHERE e."state" = \'CLAIMED\''
    ' UNION SELECT s."entry_id" FROM "entry_step" s WHERE s."journal_id" > ?)'
    ' AND t."basis" = \'CLAIMED\' AND t."undoes_id" IS NULL'
    ' AND t."claimed_in" <= ? AND t."journal_id" <= ?'
    ' AND NOT EXISTS (SELECT 1 FROM "credit" u WHERE u."undoes_id" = t."id"'
    ' AND u."journal_id" <= ?)'
    ' AND NOT EXISTS (SELECT 1 FROM "credit" v WHERE v."entry_id" = t."entry_id"'
    " AND v.\"basis\" = 'VERIFIED' AND v.\"journal_id\" <= ?) AND {} = 'VERIFIED'"
    " GROUP BY 1, 2, 3"
    ' UNION ALL SELECT NULL, NULL, NULL, NULL, m."month" FROM "closed_month" m'
    ' WHERE m."journal_id" <= ?'
)
"""Claims that count once they are verified, and by the journal's number were not, nor taken back;
and the months that were closed by that number.
"""


async def waiting_sums(
    context: Context, month: date, number: int
) -> dict[tuple[int, Indicator], int]:
    """What counts in a month once it is verified, in fen, by what was known at `number`.

    What was claimed for a month that is closed waits for the next open one, for in that one it will
    count; so nothing waits for a closed month.
    """
    sql = WAITING.format(chosen_basis(context, "t", number))
    values = [number, month, number, number, number, number]
    rows = await database.fetch(sql, [bindable(v, database.dialect()) for v in values])
    closed = {day(row["closed"]) for row in rows if row["closed"]}
    found: dict[tuple[int, Indicator], int] = {}
    for row in rows:
        if row["claimed"] and counting_month(day(row["claimed"]), closed) == month:
            key = row["place"], Indicator(row["indicator"])
            found[key] = found.get(key, 0) + row["fen"]
    return found
