"""Whether what is derived, credits, states and totals, is what the steps of the entries say.

The steps are the facts, with the rules and the closed months as they were known at each step's
number of the journal. All steps are posted anew, and what is stored is compared row by row.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import Enum
from typing import Any, NamedTuple

from schema import database
from schema.city.rules import RuleBroken
from schema.context import RuleVersion, read_rules
from schema.database.statements import fetch, marks
from schema.entries import rules
from schema.entries.book import Book, Claim, Movement, Verification, Withdrawal
from schema.entries.posting import TOTALS
from schema.entries.rules import Basis, EntryState, Posting
from schema.query.models import day, moment

Row = Mapping[str, Any]

ENTRIES = 'SELECT * FROM "entry" {} ORDER BY "id"'
STEPS = 'SELECT * FROM "entry_step" {} ORDER BY "id"'
CREDITS = 'SELECT * FROM "credit" {} ORDER BY "id"'
PROJECTS = 'SELECT "id", "no", "signed_fen", "paid_in_fen", "tax_fen" FROM "project" {}'
MIGRATIONS = 'SELECT "id", "no", "first_parts", "whole_parts" FROM "migration"'
CLOSED = 'SELECT * FROM "closed_month"'
CONFIRMED_BY_STEP = ("state", "amount_fen", "occurred_on")
"""The columns of an entry that are as its last step left them."""


class Difference(NamedTuple):
    """A row that is not what the facts say: its columns as they are and as they are to be.

    Of a credit that is missing there is no `id`, of one too many nothing `right`.
    """

    table: str
    project: int
    name: str
    id: int | None
    stored: Row
    right: Row

    @property
    def columns(self) -> list[str]:
        """The columns that differ."""
        return [name for name, value in self.right.items() if self.stored.get(name) != value]

    def __str__(self) -> str:
        of = f"{TITLES[self.table]} {self.name}"
        if self.id is None:
            return f"{of}：缺{BASES[self.right['basis']]}的一行"
        if not self.right:
            return f"{of}：多出一行（{self.id}），没有相应的登记"
        differing = (
            f"{name} 是 {self.stored[name]}，应为 {self.right[name]}" for name in self.columns
        )
        return f"{of}（{self.id}）：{'；'.join(differing)}"


TITLES = {"entry": "台账", "project": "项目", "credit": "分享台账"}
BASES = {"CLAIMED": "填报口径", "VERIFIED": "核实口径"}


async def posting_faults() -> list[str]:
    """Where credits, states or totals are not what the steps of the entries say; none where all is well."""
    facts = await read_facts()
    return [*facts.faults(), *(str(each) for each in facts.differences())]


@dataclass
class Facts:
    """What was done to entries, by which rules it was to be posted, and what is stored of it."""

    entries: Mapping[int, Row]
    steps: Sequence[Row]
    credits: Sequence[Row]
    projects: Sequence[Row]
    closed: Sequence[Row]
    versions: Sequence[RuleVersion[Any]]
    decided: Mapping[int, rules.Ratio]
    lost: Sequence[int] = ()
    """Entries that are nowhere, though steps or credits speak of them: these are compared with nothing."""

    def __post_init__(self) -> None:
        rows = [*self.steps, *self.credits]
        self.lost = sorted({row["entry_id"] for row in rows} - self.entries.keys())
        if self.lost:
            self.steps = [row for row in self.steps if row["entry_id"] in self.entries]
            self.credits = [row for row in self.credits if row["entry_id"] in self.entries]

    def faults(self) -> Iterator[str]:
        """Facts that are missing: no writing mends that."""
        for each in self.lost:
            yield f"台账（{each}）：库中没有这一笔，却有它的记录"
        known = {step["entry_id"] for step in self.steps}
        for entry in self.entries.values():
            if (entry["reverses_id"] or entry["id"]) not in known:
                yield f"台账 {entry['no']}：没有填报的记录"

    def differences(self) -> list[Difference]:
        """All rows that are not what the facts say."""
        return [
            *self.credit_differences(),
            *self.state_differences(),
            *self.total_differences(),
        ]

    def posted(self) -> list[Posting]:
        """What all steps post, in their order, with the moment and the number of each step.

        A step that cannot be posted posts nothing: what is stored of it follows from no step.
        """
        book, found = Book((), ()), list[Posting]()
        reversals = {row["reverses_id"]: row for row in self.entries.values() if row["reverses_id"]}
        for step in self.steps:
            number = step["journal_id"] or 0
            book.versions = rules.ratios(
                each for each in self.versions if (each.journal_id or 0) < number
            )
            book.closed = self.closed_before(number)
            try:
                posted = book.post(self.movement(step, reversals))
            except (LookupError, RuleBroken):
                continue
            for posting in posted:
                posting.credits = [
                    {**row, "posted_at": moment(step["taken_at"]), "journal_id": step["journal_id"]}
                    for row in posting.credits
                ]
            found += posted
        return found

    def movement(self, step: Row, reversals: Mapping[int, Row]) -> Movement:
        """What a step does to the accounts, with the values that the entry then had."""
        entry = self.entries[step["entry_id"]]
        then = {**entry, "amount_fen": step["amount_fen"], "occurred_on": day(step["occurred_on"])}
        state = EntryState(step["state"])
        if state is EntryState.CLAIMED:
            decided = self.decided.get(entry["migration_id"] or 0)
            return Claim(then, step["first_place_id"], step["landing_place_id"], decided)
        if state is EntryState.VERIFIED:
            return Verification(then)
        by = reversals.get(entry["id"]) if state is EntryState.REVERSED else None
        return Withdrawal(then, state, by=by)

    def closed_before(self, number: int) -> Collection[date]:
        """The months that were closed when an entry of the journal began."""
        return {day(row["month"]) for row in self.closed if (row["journal_id"] or 0) < number}

    def credit_differences(self) -> Iterator[Difference]:
        """Each posting of the facts is compared with what is stored of it, by place."""
        left = {key_of(each): each for each in rules.postings(map(plain, self.credits))}
        stored: dict[int, dict[str, Row]] = {}
        kept: set[int] = set()
        for right in self.posted():
            found = left.get(key_of(right))
            rows = {each["role"]: each for each in found.credits} if found else {}
            stored[id(right)] = rows
            for credit in map(plain, right.credits):
                if right.undoes:
                    undone = stored[id(right.undoes)].get(credit["role"])
                    credit["undoes_id"] = undone["id"] if undone else None
                row = rows.get(credit["role"])
                name = self.entries[credit["entry_id"]]["no"]
                key = row["id"] if row else None
                kept |= {key} if key else set()
                difference = Difference(
                    "credit", credit["project_id"], name, key, row or {}, credit
                )
                if difference.columns:
                    yield difference
        for row in map(plain, self.credits):
            if row["id"] not in kept:
                name = self.entries[row["entry_id"]]["no"]
                yield Difference("credit", row["project_id"], name, row["id"], row, {})

    def state_differences(self) -> Iterator[Difference]:
        """An entry is as its last step left it; one that reverses another is its negative."""
        last = {step["entry_id"]: step for step in self.steps}
        for key, entry in self.entries.items():
            if (step := last.get(entry["reverses_id"] or key)) is None:
                continue
            right = plain({name: step[name] for name in CONFIRMED_BY_STEP})
            if entry["reverses_id"]:
                right |= {"state": "REVERSED", "amount_fen": -step["amount_fen"]}
            found = Difference("entry", entry["project_id"], entry["no"], key, plain(entry), right)
            if found.columns:
                yield found

    def total_differences(self) -> Iterator[Difference]:
        """A project's totals are the sums of its standing entries, as their last steps left them."""
        sums: dict[tuple[int, str], int] = defaultdict(int)
        for key, step in {step["entry_id"]: step for step in self.steps}.items():
            if step["state"] in rules.STANDING:
                sums[step["project_id"], self.entries[key]["indicator"]] += step["amount_fen"]
        for project in self.projects:
            right = {column: sums[project["id"], name.value] for name, column in TOTALS.items()}
            found = Difference(
                "project", project["id"], project["no"], project["id"], project, right
            )
            if found.columns:
                yield found


async def read_facts(projects: Sequence[int] | None = None) -> Facts:
    """The facts of these projects, which the caller holds, or of all, as they are at one moment."""

    async def rows(sql: str, column: str = "project_id") -> list[dict[str, Any]]:
        if projects is None:
            return list(await fetch(sql.format("")))
        where = f'WHERE "{column}" IN ({marks(projects)})'
        return list(await fetch(sql.format(where), list(projects)))

    async with database.snapshot():
        return Facts(
            entries={row["id"]: row for row in await rows(ENTRIES)},
            steps=await rows(STEPS),
            credits=await rows(CREDITS),
            projects=await rows(PROJECTS, "id"),
            closed=await fetch(CLOSED),
            versions=await read_rules(),
            decided={
                row["id"]: rules.Ratio.decided(row["no"], row["first_parts"], row["whole_parts"])
                for row in await fetch(MIGRATIONS)
            },
        )


def key_of(posting: Posting) -> tuple[int, Basis, int]:
    """Which posting it is: of which entry, on which basis, at which number of the journal."""
    one = posting.one
    return one["entry_id"], Basis(one["basis"]), one["journal_id"]


def plain(row: Row) -> dict[str, Any]:
    """A row as both databases give it: days as days, moments as moments, words as text."""
    found = {name: value.value if isinstance(value, Enum) else value for name, value in row.items()}
    for name, read in READ.items():
        if found.get(name) is not None:
            found[name] = read(found[name])
    return found


READ = {"occurred_on": day, "counts_in": day, "claimed_in": day, "posted_at": moment}
