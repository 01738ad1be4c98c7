"""Whether what is derived, credits, states and totals, is what the steps of the entries say.

The steps are the facts, with the rules and the closed months as they were known at each step's
number of the journal. What `posting` has written is compared with what it follows from, row by row.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from schema.context import RuleVersion, read_rules
from schema.database.statements import fetch
from schema.entries import rules
from schema.entries.posting import TOTALS
from schema.entries.rules import Basis, CreditRole, EntryState, Indicator
from schema.query.models import day

Row = Mapping[str, Any]

ENTRIES = 'SELECT * FROM "entry" ORDER BY "id"'
STEPS = 'SELECT * FROM "entry_step" ORDER BY "id"'
CREDITS = 'SELECT * FROM "credit" ORDER BY "id"'
CLOSED = 'SELECT * FROM "closed_month"'
MIGRATIONS = 'SELECT "id", "no", "first_parts", "whole_parts" FROM "migration"'
PROJECTS = 'SELECT "id", "no", "signed_fen", "paid_in_fen", "tax_fen" FROM "project"'


async def posting_faults() -> list[str]:
    """Where credits, states or totals are not what the steps of the entries say; none where all is well."""
    found = Facts(
        entries={row["id"]: row for row in await fetch(ENTRIES)},
        steps=await fetch(STEPS),
        closed=await fetch(CLOSED),
        versions={each.id: each for each in await read_rules()},
        decided={
            row["id"]: rules.Ratio.decided(row["no"], row["first_parts"], row["whole_parts"])
            for row in await fetch(MIGRATIONS)
        },
    )
    faults = list(found.credit_faults(await fetch(CREDITS)))
    return faults + list(found.state_faults()) + list(found.total_faults(await fetch(PROJECTS)))


@dataclass
class Facts:
    """What was done to entries, and by which rules it was to be posted."""

    entries: Mapping[int, Row]
    steps: Sequence[Row]
    closed: Sequence[Row]
    versions: Mapping[int, RuleVersion[Any]]
    decided: Mapping[int, rules.Ratio]
    accounts: dict[tuple[int, str, str, str], rules.Standing] = field(
        default_factory=lambda: defaultdict(rules.Standing)
    )

    def credit_faults(self, credits: Sequence[Row]) -> Iterator[str]:
        """Each step in its order is posted anew and compared with the credits that are stored."""
        posted: dict[tuple[int, str], list[list[Row]]] = defaultdict(list)
        undone: dict[int, Row] = {}
        for row in credits:
            if row["undoes_id"] is not None:
                undone[row["undoes_id"]] = row
                continue
            groups = posted[row["entry_id"], row["basis"]]
            if (
                groups
                and groups[-1][0]["running_fen"] == row["running_fen"]
                and (groups[-1][0]["journal_id"] == row["journal_id"])
            ):
                groups[-1].append(row)
            else:
                groups.append([row])
        standing: dict[tuple[int, str], list[Row]] = {}
        reversals = {row["reverses_id"]: row for row in self.entries.values() if row["reverses_id"]}
        for step in self.steps:
            entry = self.entries[step["entry_id"]]
            if step["state"] in (EntryState.CLAIMED, EntryState.VERIFIED):
                groups = posted[entry["id"], step["state"]]
                if not groups:
                    yield f"credit: {entry['no']} {step['state']} is not posted"
                    continue
                group = groups.pop(0)
                standing[entry["id"], step["state"]] = group
                yield from self._posted(entry, step, group)
                continue
            by = reversals.get(entry["id"], entry)
            by = by if step["state"] == EntryState.REVERSED else entry
            for basis in Basis:
                yield from self._undone(
                    entry, step, standing.pop((entry["id"], basis.value), []), undone, by
                )
        left = [row for groups in posted.values() for group in groups for row in group]
        left += undone.values()
        yield from (f"credit: {row['id']} follows from no step" for row in left)

    def _posted(self, entry: Row, step: Row, group: Sequence[Row]) -> Iterator[str]:
        """What one posting must be, given the account that it names."""
        one, indicator = group[0], Indicator(entry["indicator"])
        version, first, landing = one["series"].rsplit(":", 2)
        rule = self.versions.get(one["rule_id"] or 0)
        ratio = None
        if first != landing:
            known = [
                each
                for each in self.versions.values()
                if (each.journal_id or 0) < (step["journal_id"] or 0)
            ]
            if step["state"] == EntryState.CLAIMED:
                on, migration = day(step["occurred_on"]), self.decided.get(entry["migration_id"])
                decides = rules.decides(on, indicator, rules.ratios(known), migration)
                if decides.id != (rule.id if rule else 0) or (
                    not rule and decides is not migration
                ):
                    yield f"credit: {entry['no']} is posted by {version}, not by {decides.version}"
            decided = self.decided.get(entry["migration_id"])
            ratio = next(iter(rules.ratios([rule])), None) if rule else decided
            ratio = ratio if ratio and rules.shares(ratio, indicator) else None
        key = entry["project_id"], entry["indicator"], one["basis"], one["series"]
        account = self.accounts[key]
        parts = rules.parts(account, step["amount_fen"], ratio, int(first), int(landing))
        account.total += step["amount_fen"]
        account.first += sum(p.amount_fen for p in parts if p.role == CreditRole.FIRST_CONTACT)
        month = None if entry["opening"] else self._month(step)
        expected = [
            self._expected(part, step, account, month, ratio, rule.id if rule else None)
            for part in parts
        ]
        yield from differing(entry["no"], group, expected)

    def _expected(
        self,
        part: rules.Part,
        step: Row,
        account: rules.Standing,
        month: Any,
        ratio: rules.Ratio | None,
        rule: int | None,
    ) -> dict[str, Any]:
        return {
            "project_id": step["project_id"],
            "place_id": part.place,
            "role": part.role.value,
            "indicator": self.entries[step["entry_id"]]["indicator"],
            "amount_fen": part.amount_fen,
            "entry_fen": step["amount_fen"],
            "running_fen": account.total,
            "first_fen": account.first,
            "occurred_on": day(step["occurred_on"]),
            "counts_in": month,
            "rule_id": rule,
            "first_parts": ratio.first if ratio else 0,
            "whole_parts": ratio.whole if ratio else 1,
            "journal_id": step["journal_id"],
        }

    def _undone(
        self, entry: Row, step: Row, group: Sequence[Row], undone: dict[int, Row], by: Row
    ) -> Iterator[str]:
        """What stood of an entry is taken back, in exact negatives."""
        if not group:
            return
        one = group[0]
        account = self.accounts[one["project_id"], one["indicator"], one["basis"], one["series"]]
        account.total -= one["entry_fen"]
        account.first -= sum(r["amount_fen"] for r in group if r["role"] == "FIRST_CONTACT")
        for row in group:
            back = undone.pop(row["id"], None)
            if back is None:
                yield f"credit: {row['id']} of {entry['no']} is not taken back"
                continue
            month = None if row["counts_in"] is None else self._month(step)
            expected = {
                **{name: row[name] for name in SAME},
                "entry_id": by["id"],
                "amount_fen": -row["amount_fen"],
                "entry_fen": -row["entry_fen"],
                "running_fen": account.total,
                "first_fen": account.first,
                "counts_in": month,
                "journal_id": step["journal_id"],
            }
            yield from differing(by["no"], [back], [expected])

    def _month(self, step: Row) -> Any:
        closed = {
            day(row["month"])
            for row in self.closed
            if (row["journal_id"] or 0) < (step["journal_id"] or 0)
        }
        return rules.counting_month(day(step["occurred_on"]), closed)

    def state_faults(self) -> Iterator[str]:
        """An entry is as its last step left it."""
        last = {step["entry_id"]: step for step in self.steps}
        for key, entry in self.entries.items():
            if entry["reverses_id"]:
                of = self.entries[entry["reverses_id"]]
                if entry["state"] != EntryState.REVERSED or of["state"] != EntryState.REVERSED:
                    yield f"entry: {entry['no']} reverses {of['no']}, which is {of['state']}"
                if entry["amount_fen"] != -of["amount_fen"]:
                    yield f"entry: {entry['no']} is not the negative of {of['no']}"
                continue
            step = last.get(key)
            if step is None:
                yield f"entry: {entry['no']} has no step"
                continue
            for name in ("state", "amount_fen", "occurred_on"):
                if str(entry[name]) != str(step[name]):
                    yield f"entry: {entry['no']}.{name} is {entry[name]}, its last step says {step[name]}"

    def total_faults(self, projects: Sequence[Row]) -> Iterator[str]:
        """A project's totals are the sums of its standing entries."""
        sums: dict[tuple[int, str], int] = defaultdict(int)
        for entry in self.entries.values():
            if entry["state"] in rules.STANDING:
                sums[entry["project_id"], entry["indicator"]] += entry["amount_fen"]
        for project in projects:
            for indicator, column in TOTALS.items():
                if project[column] != sums[project["id"], indicator.value]:
                    yield (
                        f"project: {project['no']}.{column} is {project[column]},"
                        f" its entries sum to {sums[project['id'], indicator.value]}"
                    )


SAME = (
    "project_id", "place_id", "basis", "role", "indicator", "series", "rule_id", "first_parts",
    "whole_parts", "occurred_on",
)  # fmt: skip


def differing(no: str, stored: Sequence[Row], expected: Sequence[Row]) -> Iterator[str]:
    """Columns of stored credits that are not what they must be."""
    if len(stored) != len(expected):
        yield f"credit: {no} is posted in {len(stored)} parts, not {len(expected)}"
        return
    for row, right in zip(stored, expected, strict=True):
        for name, value in right.items():
            now = row[name]
            if name in ("occurred_on", "counts_in") and now is not None:
                now, value = day(now), value and day(value)
            if now != value:
                yield f"credit: {row['id']} of {no}: {name} is {now}, not {value}"
