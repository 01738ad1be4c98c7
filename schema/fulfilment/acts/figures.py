"""Figures of projects: what is checked of them before, one or thousands, and how they are entered and taken back.

The acts of one figure and the lists of many call the same functions.
"""

from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from schema.city.rules import RuleBroken
from schema.database.statements import fetch, in_chunks, marks
from schema.entries.flagging import (
    ALIKE_WORDS,
    Answers,
    Doubt,
    Question,
    ask_about_many,
    flag_rows,
)
from schema.entries.posting import (
    Figure,
    add_totals_to,
    columns_of,
    record_entries,
    reverse_entries,
    rule_faults,
)
from schema.entries.rules import (
    ALIKE_WITHIN,
    ENTRY_LIFE,
    STANDING,
    FlagKind,
    Indicator,
    earlier_alike,
)
from schema.entries.tables import Entry, EntryFlag
from schema.fulfilment import rules
from schema.gate.gate import Gate
from schema.gate.many import hindrances, move_many
from schema.project.rules import SIGNED_ON
from schema.project.tables import Project
from schema.query.models import Record, as_record

REVERSE = "fundsReverse"
"""The act by which entries of all kinds are taken back."""
LISTED = 20


@dataclass(frozen=True)
class Checked:
    """A figure of a held project that was checked, with what is doubtful about it. `another` answers
    whether it is another one than those like it that are entered with it.
    """

    project: Project
    figure: rules.GivenFigure
    doubts: Sequence[Doubt]
    another: str = ""

    @property
    def key(self) -> tuple[int, Indicator, int | None, date | None]:
        figure = self.figure
        return self.project.id, figure.indicator, figure.amount_fen, figure.occurred_on


def faults_of(
    gate: Gate, figure: rules.GivenFigure, project: Record | None
) -> Iterator[RuleBroken]:
    """All that is wrong with what is given of a figure, each at its field of the act.

    The rules have been rested on. Before the project is signed no day is early: the act is refused.
    """
    signed = project is not None and project["stage"] in SIGNED_ON
    signed_on = project["signed_on"] if project and signed else None
    asked = figure if signed else replace(figure, early_reason=None)
    yield from rules.figure_faults(asked, gate.today, signed_on)
    yield from rule_faults(gate, figure.indicator, figure.occurred_on, "occurredOn")


async def record_figures(gate: Gate, checked: Sequence[Checked]) -> list[dict[str, Any]]:
    """Enter figures, claimed by the unit of the post that the gate speaks in: the rows of their entries.

    With them their flags and the projects' totals. The projects are held and moved on.
    """
    rows = await record_entries(
        gate,
        [
            Figure(
                each.project.id,
                each.project.first_contact_place_id,
                each.project.landing_place_id,
                each.figure.indicator,
                given(each.figure.amount_fen),
                given(each.figure.occurred_on),
                each.figure.source_of_capital,
                each.figure.evidence_note or "",
                claimed_by=gate.post.organization,
                early_reason=each.figure.early_reason or "",
            )
            for each in checked
        ],
    )
    await add_totals_to(gate, {each.project.id: each.project for each in checked}, rows)
    flags = []
    here = alike_here(gate, [each.key for each in checked])
    for row, each, before in zip(rows, checked, here, strict=True):
        found = [
            Doubt(FlagKind.ALIKE, ALIKE_WORDS, rows[at]["id"], True, each.another) for at in before
        ]
        flags += flag_rows(gate, row["id"], each.project.id, [*each.doubts, *found])
    await gate.insert_many(EntryFlag, flags)
    return rows


def alike_here(gate: Gate, figures: Sequence[Hashable]) -> list[list[int]]:
    """Of each of figures (`Question.key`) that are entered together the places of those before that it is
    like; of none while the rulebook asks about none.
    """
    asks = gate.context.rule(ALIKE_WITHIN, gate.today).value
    return earlier_alike(figures) if asks else [[] for _ in figures]


async def reverse_figures(
    gate: Gate, projects: Mapping[int, Project], wrong: Sequence[Mapping[str, Any]], reason: str
) -> list[dict[str, Any]]:
    """Enter the reversals of entries (their columns as they stood): the rows of the reversals.

    What stood of them leaves the totals of the held projects; the entries' states are the caller's.
    """
    reversals = await reverse_entries(gate, wrong, reason)
    await add_totals_to(gate, projects, [each for each in wrong if each["state"] in STANDING], -1)
    return reversals


async def record_many(
    gate: Gate, figures: Sequence[tuple[int, rules.GivenFigure, Answers]]
) -> list[int]:
    """Enter figures of held projects, by their ids: the ids of the entries.

    What the acts of one figure would ask is answered. Raises `RuleBroken` where it is not.
    """
    held = {each.id: each for each in await gate.hold("Project", [key for key, _, _ in figures])}
    await move_many(gate, [*held.values()])
    asked = [question(as_record(held[key]), figure, answers) for key, figure, answers in figures]
    checked = []
    for (key, figure, answers), found in zip(
        figures, await ask_about_many(gate, asked), strict=True
    ):
        if found.faults:
            raise found.faults[0]
        checked.append(Checked(held[key], figure, found.doubts, answers.another))
    return [row["id"] for row in await record_figures(gate, checked)]


async def reverse_many(gate: Gate, reason: str, entries: Sequence[Entry]) -> None:
    """Reverse held entries of held projects, as the act of one does."""
    held = {each.id: each for each in await gate.hold("Project", [e.project_id for e in entries])}
    await move_many(gate, [*held.values()])
    wrong = [columns_of(each) for each in entries]
    await gate.update_many(
        Entry,
        {
            each.id: {
                "state": (each.state, ENTRY_LIFE.advance(each.state, REVERSE)),
                "revision": (each.revision, each.revision + 1),
            }
            for each in entries
        },
    )
    await reverse_figures(gate, held, wrong, reason)


async def projects_of(entries: Sequence[int]) -> set[int]:
    """The ids of the projects of entries, by their ids."""
    return {row["project_id"] for row in await named(entries)}


async def check_reversible(gate: Gate, entries: Sequence[int]) -> None:
    """Each of these entries, by its id, is on a held project on which the viewer may reverse one.

    Raises `RuleBroken` at `batch` with the numbers of those that are not.
    """
    rows = await named(entries)
    if not rows:
        return
    held = await gate.hold("Project", {row["project_id"] for row in rows})
    kept = await hindrances(gate, "Project", map(as_record, held), REVERSE)
    if stay := [row for row in rows if row["project_id"] in kept]:
        nos, why = "、".join(row["no"] for row in stay[:LISTED]), kept[stay[0]["project_id"]]
        message = f"这一批里有 {len(stay)} 笔不能冲销（{nos}），整批没有撤销：{why.message}"
        raise RuleBroken(message, "batch", why.code)


async def named(entries: Sequence[int]) -> list[dict[str, Any]]:
    """Number and project of entries, by their ids."""
    found: list[dict[str, Any]] = []
    for some in in_chunks(entries):
        found += await fetch(
            f'SELECT "no", "project_id" FROM "entry" WHERE "id" IN ({marks(some)}) ORDER BY "id"',
            some,
        )
    return found


def question(project: Record, figure: rules.GivenFigure, answers: Answers) -> Question:
    """What the acts of one figure ask about it, with what is said of it."""
    sums = project["id"], project["paid_in_fen"] or 0, project["signed_fen"] or 0
    amount, day = given(figure.amount_fen), given(figure.occurred_on)
    return Question(*sums, figure.indicator, amount, day, answers)


def given(value: Any) -> Any:
    """A value of a figure that was checked. Raises LookupError where there is none."""
    if value is None:
        raise LookupError("a figure is entered without a value that it needs")
    return value
