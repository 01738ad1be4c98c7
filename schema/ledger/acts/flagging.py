"""What is doubtful about figures that are migrated: found before the decision, kept with the entries."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from schema.entries.flagging import ENTERED, Doubt, flag_rows
from schema.entries.rules import (
    ABOVE_AGREED_BY,
    FlagKind,
    Indicator,
    above_agreed_words,
    is_above_agreed,
)
from schema.entries.tables import Entry, EntryFlag
from schema.gate.gate import Gate
from schema.ledger.acts.batches import lines_in_chunks, own_place
from schema.ledger.rules import unpacked
from schema.ledger.rules.mapping import map_to_project
from schema.ledger.tables import Batch, RowState
from schema.query.models import day

FigureKey = tuple[Indicator, int, Any]
"""Indicator, fen, day."""


@dataclass
class MigratedFlags:
    """The doubtful lines of a decision, and its answers.

    `reason` is the decision's, `because` why money is above the agreement; `same` are the lines that
    may be a project of ours, with its id. `above` says of lines by how much their money is above the
    agreement; `alike` has for lines the entries of that project that a figure of theirs is like.
    """

    reason: str = ""
    because: str = ""
    same: Mapping[int, int] = field(default_factory=dict)
    above: dict[int, str] = field(default_factory=dict)
    alike: dict[int, dict[FigureKey, int]] = field(default_factory=dict)

    async def find(self, gate: Gate, batch: Batch, chosen: Collection[int]) -> None:
        """Find what is doubtful about the chosen lines. The rules have been rested on."""
        percent = gate.context.rule(ABOVE_AGREED_BY, gate.today).value
        own = await own_place(batch.organization_id)
        known = await self._figures_known()
        async for chunk in lines_in_chunks(batch.id, (RowState.AWAITING,), chosen):
            for line in chunk:
                mapped = map_to_project(unpacked(line.values), gate.today, own)
                paid_in = mapped.total(Indicator.PAID_IN_FUNDS)
                agreed = mapped.total(Indicator.SIGNED_FUNDS)
                if mapped.signed_on and is_above_agreed(paid_in, agreed, percent):
                    self.above[line.row] = above_agreed_words(paid_in, agreed)
                there = known.get(self.same.get(line.row, 0), {})
                keys = [(f.indicator, f.amount_fen, f.occurred_on) for f in mapped.figures]
                if found := {key: there[key] for key in keys if key in there}:
                    self.alike[line.row] = found

    async def _figures_known(self) -> dict[int, dict[FigureKey, int]]:
        """The entries of the projects that lines may be, by project."""
        entries = Entry.filter(
            project_id__in=[*set(self.same.values())], state__in=ENTERED, reverses_id=None
        )
        known: dict[int, dict[FigureKey, int]] = {}
        for each in await entries.order_by("id"):
            key = (each.indicator, each.amount_fen, each.occurred_on)
            known.setdefault(each.project_id, {}).setdefault(key, each.id)
        return known

    async def keep(
        self, gate: Gate, entries: Sequence[tuple[int, Mapping[str, Any]]], migration: int | None
    ) -> None:
        """Keep the flags of inserted entries, each with the number of its line in the sheet."""
        last = {
            line: row["id"] for line, row in entries if row["indicator"] is Indicator.PAID_IN_FUNDS
        }
        rows: list[dict[str, Any]] = []
        for line, row in entries:
            found = []
            key = (row["indicator"], row["amount_fen"], day(row["occurred_on"]))
            if other := self.alike.get(line, {}).get(key):
                words = "与疑似重复的库内项目的一笔金额、日期相同"
                found.append(Doubt(FlagKind.ALIKE, words, other, True, self.reason))
            if line in self.above and last.get(line) == row["id"]:
                words = self.above[line]
                found.append(Doubt(FlagKind.ABOVE_AGREED, words, None, True, self.because))
            rows += flag_rows(gate, row["id"], row["project_id"], found, migration)
        await gate.insert_many(EntryFlag, rows)
