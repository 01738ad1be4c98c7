"""The sums that the contest is made of: by the counting month, as known at a number of the journal."""

from dataclasses import dataclass
from datetime import date

from schema import database
from schema.assessment import rules
from schema.context import Context, RuleVersion
from schema.entries.rules import COUNTS, Basis, CreditRole, Indicator
from schema.query.models import day
from schema.query.sql import bindable

KNOWN = '{0}."journal_id" <= ?'
"""A credit, by its alias, that was known at a number of the journal."""


@dataclass(frozen=True)
class Line:
    """What a place is credited with in one account in a month: the entries, and its part of them."""

    role: CreditRole
    series: str
    rule: int | None
    count: int
    whole_fen: int
    amount_fen: int


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
        return sum(line.amount_fen for line in lines if line.role == role)


def basis_rule(
    context: Context, month: date, number: int | None = None
) -> RuleVersion[Basis] | None:
    """The rule that says what counts in a month, by what was known at `number`; None before any."""
    try:
        return context.rule(COUNTS, month, number)
    except LookupError:
        return None


def basis_of(context: Context, month: date, number: int | None = None) -> Basis:
    """On which basis figures count in a month; verified ones where no rule says otherwise."""
    rule = basis_rule(context, month, number)
    return rule.value if rule else Basis.VERIFIED


async def credited_sums(context: Context, since: date, until: date, number: int) -> Credited:
    """What counts in the months from `since` to `until`, by what was known at `number`."""
    found = await database.fetch(
        'SELECT t."place_id" AS place, t."counts_in" AS month, t."indicator" AS indicator,'
        ' t."basis" AS basis, t."role" AS role, t."series" AS series, t."rule_id" AS rule,'
        ' count(*) AS count, CAST(sum(t."entry_fen") AS BIGINT) AS whole,'
        ' CAST(sum(t."amount_fen") AS BIGINT) AS fen FROM "credit" t'
        ' WHERE t."counts_in" >= ? AND t."counts_in" <= ? AND '
        f"{KNOWN.format('t')} GROUP BY 1, 2, 3, 4, 5, 6, 7 ORDER BY 1, 2, 3, 5, 6",
        [bindable(value, database.dialect()) for value in (since, until, number)],
    )
    lines: dict[tuple[int, date, Indicator], list[Line]] = {}
    for row in found:
        month = day(row["month"])
        if row["basis"] == basis_of(context, month, number):
            lines.setdefault((row["place"], month, Indicator(row["indicator"])), []).append(
                Line(
                    CreditRole(row["role"]),
                    row["series"],
                    row["rule"],
                    row["count"],
                    row["whole"],
                    row["fen"],
                )
            )
    return Credited(lines)


WAITING = (
    'SELECT t."place_id" AS place, t."indicator" AS indicator,'
    ' CAST(sum(t."amount_fen") AS BIGINT) AS fen FROM "credit" t'
    ' WHERE t."basis" = \'CLAIMED\' AND t."undoes_id" IS NULL'
    ' AND t."counts_in" >= ? AND t."counts_in" < ? AND t."journal_id" <= ?'
    ' AND NOT EXISTS (SELECT 1 FROM "credit" u WHERE u."undoes_id" = t."id"'
    ' AND u."journal_id" <= ?)'
    ' AND NOT EXISTS (SELECT 1 FROM "credit" v WHERE v."entry_id" = t."entry_id"'
    ' AND v."basis" = \'VERIFIED\' AND v."journal_id" <= ?) GROUP BY 1, 2'
)


async def waiting_sums(month: date, number: int) -> dict[tuple[int, Indicator], int]:
    """What was claimed for a month and neither verified nor taken back by `number`, in fen."""
    after = rules.months_before(month, -1)
    values = [month, after, number, number, number]
    found = await database.fetch(WAITING, [bindable(v, database.dialect()) for v in values])
    return {(row["place"], Indicator(row["indicator"])): row["fen"] for row in found}
