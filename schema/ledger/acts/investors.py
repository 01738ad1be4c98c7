"""The companies that the lines of a ledger may mean, loaded in two statements for a whole chunk."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from schema import database
from schema.city.rules import normal_name
from schema.context import Context
from schema.ledger.acts.batches import CHUNK
from schema.ledger.rules.investors import Company, Investor, InvestorIndex
from schema.linkage.graph.notices import Subject, seen_flag


def investor_in(row: int, values: Mapping[str, Any]) -> Investor:
    """The investor of a line, by its packed values."""
    return Investor(row, values.get("uscc", ""), normal_name(values["investor_name"]))


@dataclass(frozen=True)
class Investors:
    """The investors of lines: the index of them and of registered companies, and by id those of the
    companies that the viewer does not see.
    """

    index: InvestorIndex
    unseen: frozenset[int]

    def wholly_seen(self, line: Investor) -> bool:
        """Whether the answer on a line rests on registered companies that the viewer sees."""
        found = self.index.registered(line)
        return bool(found) and not self.unseen.intersection(found)

    def question(self, line: Investor) -> list[Subject]:
        """The unseen company of which the fault of a line would tell, if any."""
        unseen = self.unseen.intersection(self.index.registered(line))
        return [("Company", min(unseen))] if unseen and self.index.fault(line) else []


async def load_investors(lines: Sequence[Investor], context: Context) -> Investors:
    """These lines with the companies that have a code of theirs, or that the viewer sees and that have
    or have had a name of theirs: an unseen company is matched by its code alone.
    """
    rows: dict[Company, bool] = {}
    for start in range(0, len(lines), CHUNK):
        chunk = lines[start : start + CHUNK]
        rows |= await companies_known(OF_CODE, {each.uscc for each in chunk} - {""}, context)
        names = {each.name for each in chunk if not each.uscc}
        rows |= await seen_of_name(names, context)
    unseen = frozenset(company.id for company, seen in rows.items() if not seen)
    return Investors(InvestorIndex(lines, rows, unseen), unseen)


async def seen_of_name(names: Collection[str], context: Context) -> dict[Company, bool]:
    """The companies that have or have had one of these normal names, and that the viewer sees."""
    found = await companies_known(OF_NAME, names, context)
    return {company: seen for company, seen in found.items() if seen}


OF_CODE = ('t."uscc" IN ({marks})', 1)
OF_NAME = (
    't."id" IN (SELECT c."id" FROM "company" c WHERE c."normal_name" IN ({marks})'
    ' UNION SELECT x."company_id" FROM "company_name" x WHERE x."normal_name" IN ({marks}))',
    2,
)
"""A condition, and how often it takes the values."""


async def companies_known(
    condition: tuple[str, int], values: Collection[str], context: Context
) -> dict[Company, bool]:
    """The companies for which the condition holds with all their former names, and whether the viewer
    sees each; in one statement.
    """
    if not values:
        return {}
    where, times = condition
    flag, flagged = seen_flag("company", "t", context)
    statement = (
        f'SELECT t."id", t."uscc", t."normal_name", n."normal_name" AS "former", {flag}'
        ' FROM "company" t LEFT JOIN "company_name" n ON n."company_id" = t."id"'
        f" WHERE {where.format(marks=', '.join('?' * len(values)))}"
    )
    rows = await database.fetch(statement, [*flagged, *[*values] * times])
    former: dict[int, set[str]] = {}
    for row in rows:
        former.setdefault(row["id"], set()).update({row["former"]} - {None})
    return {
        Company(row["id"], row["uscc"], row["normal_name"], frozenset(former[row["id"]])): bool(
            row["seen"]
        )
        for row in rows
    }
