"""Article 3: an entry is posted with the credits of each place, by the rule in force on its day."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from schema.city.acts import CHECKS_BESIDE, POSTED_UNTIL
from schema.context import Context, RuleVersion
from schema.database.statements import fetch
from schema.entries import rules
from schema.entries.rules import CreditRole, Indicator, SourceOfCapital
from schema.entries.tables import Credit, Entry
from schema.gate.gate import Gate
from schema.project.tables import Project
from schema.query.models import day


async def record_entry(
    gate: Gate,
    project: Project,
    indicator: Indicator,
    amount: int,
    occurred_on: date,
    *,
    source_of_capital: SourceOfCapital | None = None,
    evidence_note: str = "",
    confirmed_by: int | None = None,
    reverses: Entry | None = None,
    reason: str = "",
) -> Entry:
    """Create an entry of `amount` fen, its credits, and the project's new total.

    The running total is split and the difference posted, so the parts always sum to the amount. A
    reversal has the negative amount and `reverses`, and is posted to the account of that entry.
    """
    year = gate.today.year
    entry = await gate.create(
        Entry,
        no=f"Z{year}-{await gate.number(f'entry {year}'):05d}",
        project_id=project.id,
        indicator=indicator,
        amount_fen=amount,
        occurred_on=occurred_on,
        source_of_capital=source_of_capital,
        evidence_note=evidence_note,
        confirmed_by_id=confirmed_by,
        reverses_id=reverses.id if reverses else None,
        reason=reason,
        recorded_by_id=gate.viewer.person,
        recorded_at=gate.now,
    )
    await post(gate, project, entry, reverses)
    total = {
        Indicator.SIGNED_FUNDS: "signed_fen",
        Indicator.PAID_IN_FUNDS: "paid_in_fen",
        Indicator.TAX: "tax_fen",
    }[indicator]
    await gate.change(project, **{total: getattr(project, total) + amount})
    return entry


RUNNING = (
    'SELECT "running_fen" FROM "credit" WHERE "project_id" = ? AND "indicator" = ? AND "series" = ?'
    ' ORDER BY "id" DESC LIMIT 1'
)


async def post(gate: Gate, project: Project, entry: Entry, reverses: Entry | None) -> None:
    """Create the credits of an entry: one for a place's whole, two for a share between places."""
    shared = await shares(gate.context)
    first, landing = project.first_contact_place_id, project.landing_place_id
    account = shared.account(entry.indicator, entry.occurred_on, first, landing)
    if reverses:
        credits = await Credit.filter(entry_id=reverses.id).order_by("id")
        account = shared.account_of(credits[0].series, credits[0].place_id, credits[-1].place_id)
    last = await fetch(RUNNING, [project.id, entry.indicator.value, account.series])
    found = shared.credits(entry, account, last[0]["running_fen"] if last else 0)
    await gate.insert_many(Credit, found)


@dataclass(frozen=True)
class Account:
    """What a project's entries are summed by before they are split: a ratio and a pair of places."""

    ratio: rules.Ratio | None
    first: int
    landing: int

    @property
    def series(self) -> str:
        version = self.ratio.version if self.ratio and self.first != self.landing else ""
        return f"{version}:{self.first}:{self.landing}"


@dataclass(frozen=True)
class Shares:
    """The rules of sharing, by which entries become rows of `Credit`."""

    versions: Mapping[str, RuleVersion[Any]]
    ratios: Sequence[rules.Ratio]

    def account(
        self, indicator: Indicator, day: date, first: int | None, landing: int | None
    ) -> Account:
        """The account of a new entry: by the version in force on its day, and the project's places."""
        ratio, known = rules.ratio_on(day, indicator, self.ratios), landing or first
        if known is None:
            raise LookupError("an entry is posted for a project that has no place yet")
        return Account(ratio, first or known, known)

    def account_of(self, series: str, first: int, landing: int) -> Account:
        """The account of an entry already posted, by its series and the places of its credits."""
        version = series.split(":")[0]
        ratio = next((each for each in self.ratios if each.version == version), None)
        return Account(ratio, first, landing)

    def credits(self, entry: Any, account: Account, before: int) -> list[dict[str, Any]]:
        """The columns of an entry's credits; `before` is the account's total without it, in fen."""
        ratio = account.ratio
        return [
            {
                "entry_id": entry.id,
                "project_id": entry.project_id,
                "place_id": part.place,
                "role": part.role,
                "indicator": entry.indicator,
                "amount_fen": part.amount_fen,
                "series": account.series,
                "running_fen": before + entry.amount_fen,
                "occurred_on": entry.occurred_on,
                "posted_at": entry.recorded_at,
                **self._rule(None if part.role == CreditRole.WHOLE else ratio),
            }
            for part in rules.parts(before, entry.amount_fen, ratio, account.first, account.landing)
        ]

    def _rule(self, ratio: rules.Ratio | None) -> dict[str, int | None]:
        """The columns for the rule that was used; none and 0 of 1 part where nothing is shared."""
        if ratio is None:
            return {"rule_id": None, "first_parts": 0, "whole_parts": 1}
        rule = self.versions[ratio.version].id
        return {"rule_id": rule, "first_parts": ratio.first, "whole_parts": ratio.whole}


async def shares(context: Context) -> Shares:
    """The rules of sharing, with all their versions, as the caller's transaction sees them."""
    await context.load_rules()
    versions = {each.version: each for each in context.rules}
    return Shares(versions, rules.ratios(versions.values()))


async def posted_until() -> date:
    """The last day for which an entry is posted: no version of a share reaches back behind it."""
    (last,) = await fetch('SELECT max("occurred_on") AS "day" FROM "credit"')
    return day(last["day"]) if last["day"] else date.min


for shared in (rules.INDICATOR_SHARE, rules.TAX_SHARE):
    POSTED_UNTIL[shared.name] = posted_until
    CHECKS_BESIDE[shared.name] = rules.check_one_share
