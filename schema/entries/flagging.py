"""What makes a figure doubtful is asked before it is entered, and stays with the entry as its flags.

A flag is a fact of its own (`EntryFlag`): what was found, which other entry, what was answered, by whom.
It is never changed, so it stays whatever becomes of either entry afterwards.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from schema.city.rules import RuleBroken
from schema.database.statements import fetch, in_chunks, marks
from schema.entries.rules import (
    ABOVE_AGREED_BY,
    ALIKE_WITHIN,
    STANDING,
    EntryState,
    FlagKind,
    Indicator,
    above_agreed_words,
    check_above_agreed,
    check_another,
    check_voucher,
    is_above_agreed,
)
from schema.entries.tables import Entry, EntryFlag
from schema.gate.gate import Gate
from schema.project.tables import Project
from schema.scalars import SHANGHAI

ENTERED = (*STANDING, EntryState.RETURNED)
"""The states in which an entry may count, or be claimed again."""

ALIKE_WORDS = "本项目同一天已登记过相同金额的一笔"
AT_ONCE = 200
"""Figures that one statement compares."""

VOUCHER_OF = {"Entry": 'x."subject_id"'}
"""The kinds of rows whose files prove an entry → the SQL of that entry's id, for the file `x`."""


@dataclass(frozen=True)
class Answers:
    """What whoever enters a figure says of what makes it doubtful; "" where they say nothing."""

    another: str
    same_voucher: str
    above_agreed: str = ""


@dataclass(frozen=True)
class Doubt:
    """Why a figure is doubtful: in words that do not name the `other` entry, by its id."""

    kind: FlagKind
    words: str
    other: int | None
    asked: bool
    answer: str


@dataclass(frozen=True)
class Question:
    """A figure that is asked about before it is entered: the id of its project, with what was paid in and
    what its agreements say, in fen; what is answered; the id of one that is claimed again, else 0.
    """

    project: int
    paid_in_fen: int
    signed_fen: int
    indicator: Indicator
    amount_fen: int
    occurred_on: date
    answers: Answers
    entry: int = 0

    @property
    def figure(self) -> tuple[Indicator, int, date]:
        return self.indicator, self.amount_fen, self.occurred_on

    @property
    def key(self) -> tuple[int, Indicator, int, date]:
        """What figures that are alike have in common."""
        return self.project, *self.figure


@dataclass
class Answered:
    """What is doubtful about a figure, with what was answered, and at which fields an answer is wanted.
    `others` are the ids of the entries that it is like and that the viewer sees.
    """

    doubts: list[Doubt]
    faults: list[RuleBroken] = field(default_factory=list)
    others: list[int] = field(default_factory=list)

    def check(self, rule: Callable[..., None], *values: Any) -> None:
        """Keep what a rule refuses."""
        try:
            rule(*values)
        except RuleBroken as broken:
            self.faults.append(broken)


async def hold_vouchers(gate: Gate, hashes: Iterable[str] = ()) -> frozenset[str]:
    """The hashes of this act's files and of `hashes`, each held alone: of two acts that enter one
    document at once the second sees the first one's entry. Before any row is held.
    """
    kept = frozenset(each.sha256 for each in gate.prepared.files) | frozenset(hashes)
    for sha256 in sorted(kept):
        await gate.alone(f"voucher {sha256}")
    return kept


async def vouchers_of(entry: int) -> list[str]:
    """The hashes of the files that were given with an entry."""
    rows = await fetch(
        'SELECT "sha256" FROM "attachment" WHERE "subject_kind" = ? AND "subject_id" = ?',
        ["Entry", entry],
    )
    return [row["sha256"] for row in rows]


async def ask_about(
    gate: Gate,
    project: Project,
    indicator: Indicator,
    amount_fen: int,
    occurred_on: date,
    vouchers: Iterable[str],
    answers: Answers,
    *,
    entry: int = 0,
) -> list[Doubt]:
    """What makes a figure of a held project doubtful; what is not answered is refused at its field.

    `entry` is the id of the one that is claimed again. What the viewer does not see is not asked
    about, and not named: it is flagged for those who see it. The rules have been rested on, and
    `vouchers` are held.
    """
    found = await same_voucher(gate, sorted(vouchers), answers.same_voucher, entry)
    sums = project.id, project.paid_in_fen, project.signed_fen
    asked = Question(*sums, indicator, amount_fen, occurred_on, answers, entry)
    (answer,) = await ask_about_many(gate, [asked])
    for fault in answer.faults:
        gate.refuse(fault)
    gate.stop_if_wrong()
    return [*found, *answer.doubts]


async def ask_about_many(gate: Gate, asked: Sequence[Question]) -> list[Answered]:
    """What makes figures doubtful, in their order, each beside those before it: those alike that stand
    already, and what is paid in above the agreement. What is not answered is among the faults.

    The projects are held, and the rules have been rested on. Figures of this very sequence that are
    alike have no ids yet: `earlier_alike` says which.
    """
    percent = gate.context.rule(ABOVE_AGREED_BY, gate.today).value
    found = await alike(gate, asked)
    totals: dict[int, int] = {}
    for each, answer in zip(asked, found, strict=True):
        if each.indicator is not Indicator.PAID_IN_FUNDS:
            continue
        key, agreed = each.project, each.signed_fen
        total = totals.get(key, each.paid_in_fen) + each.amount_fen
        totals[key] = total
        answer.check(check_above_agreed, total, agreed, percent, each.answers.above_agreed)
        if is_above_agreed(total, agreed, percent):
            words, answered = above_agreed_words(total, agreed), each.answers.above_agreed
            answer.doubts.append(Doubt(FlagKind.ABOVE_AGREED, words, None, True, answered))
    return found


async def same_voucher(gate: Gate, vouchers: Sequence[str], answer: str, entry: int) -> list[Doubt]:
    """The entries, of whatever project, that one of these files proves already."""
    rows = await proved_by(vouchers) if vouchers else []
    names = {row["entry_id"]: row["name"] for row in rows if row["entry_id"]}
    entries = Entry.filter(id__in=[*names], state__in=ENTERED, reverses_id=None)
    others = await entries.order_by("id").prefetch_related("recorded_by") if names else []
    new = await not_flagged(others, entry, FlagKind.SAME_VOUCHER)
    seen = [each for each in new if await gate.context.rows.one("Entry", each.id)]
    earlier = [
        f"凭证“{names[each.id]}”已由{entered(gate, each)}用于{await project_name(gate, each)}"
        for each in seen
    ]
    gate.check(check_voucher, bool(vouchers), earlier, answer)
    return doubts(
        FlagKind.SAME_VOUCHER,
        {each.id: f"凭证“{names[each.id]}”与已登记的另一笔相同" for each in new},
        seen,
        answer,
    )


async def proved_by(vouchers: Sequence[str]) -> list[dict[str, Any]]:
    """Which entries these files prove, each with the file's name there."""
    proving = " UNION ".join(
        f'SELECT x."name", {of} AS "entry_id" FROM "attachment" x'
        f' WHERE x."subject_kind" = \'{kind}\' AND x."sha256" IN ({marks(vouchers)})'
        for kind, of in VOUCHER_OF.items()
    )
    return await fetch(proving, [*vouchers] * len(VOUCHER_OF))


async def alike(gate: Gate, asked: Sequence[Question]) -> list[Answered]:
    """The entries of the projects with these amounts on these days; one returned may be claimed again."""
    known = await standing_alike(gate, asked)
    everyone = [other for others in known for other in others]
    keys = [each.id for each in everyone]
    rows = await gate.context.rows.ones("Entry", keys) if keys else []
    visible = {row["id"] for row in rows if row}
    found = []
    for each, others in zip(asked, known, strict=True):
        new = await not_flagged(others, each.entry, FlagKind.ALIKE)
        seen = [other for other in new if other.id in visible]
        earlier = [entered(gate, other) for other in seen]
        words = dict.fromkeys((other.id for other in new), ALIKE_WORDS)
        answer = Answered(doubts(FlagKind.ALIKE, words, seen, each.answers.another))
        answer.others += [other.id for other in seen]
        answer.check(check_another, *each.figure, earlier, each.answers.another)
        found.append(answer)
    return found


async def standing_alike(gate: Gate, asked: Sequence[Question]) -> list[list[Entry]]:
    """Of each figure those of its project that it is like, the older first."""
    days = gate.context.rule(ALIKE_WITHIN, gate.today).value
    known: dict[tuple[Any, ...], list[Entry]] = {}
    for some in in_chunks(asked, AT_ONCE):
        others = Entry.filter(
            project_id__in=sorted({each.project for each in some}),
            amount_fen__in=sorted({each.amount_fen for each in some}),
            state__in=ENTERED,
            reverses_id=None,
            recorded_at__gt=gate.now - timedelta(days=days),
        )
        wanted = {each.key for each in some}
        for each in await others.order_by("id").prefetch_related("recorded_by"):
            key = (each.project_id, each.indicator, each.amount_fen, each.occurred_on)
            if key in wanted:
                known.setdefault(key, []).append(each)
    return [known.get(each.key, []) for each in asked]


async def not_flagged(others: Sequence[Entry], entry: int, kind: FlagKind) -> list[Entry]:
    """Those of some entries that are not the entry, and were not asked about when it was claimed."""
    known: set[int | None] = {entry}
    if entry:
        rows = EntryFlag.filter(entry_id=entry, kind=kind)
        known |= {row.other_id for row in await rows}
    return [each for each in others if each.id not in known]


def entered(gate: Gate, entry: Entry) -> str:
    """By whom, when and under which number an entry was entered; its `recorded_by` is read."""
    person: Any = entry.recorded_by if entry.recorded_by_id else None
    who = "迁入决定" if person is None else person.name
    if person is not None and person.id == gate.viewer.person:
        who = "您"
    return f"{who} {entry.recorded_at.astimezone(SHANGHAI):%m月%d日 %H:%M} 以 {entry.no} "


async def project_name(gate: Gate, entry: Entry) -> str:
    """The name of an entry's project, which the viewer sees as they see the entry."""
    row = await gate.context.rows.one("Project", entry.project_id)
    return f"“{row['name']}”" if row else ""


def doubts(
    kind: FlagKind, words: dict[int, str], seen: Sequence[Entry], answer: str
) -> list[Doubt]:
    """One doubt for each other entry, answered where the viewer sees that one."""
    asked = {each.id for each in seen}
    return [
        Doubt(kind, text, other, other in asked, answer if other in asked else "")
        for other, text in words.items()
    ]


async def keep_flags(
    gate: Gate, entry: int, project: int, found: Sequence[Doubt], migration: int | None = None
) -> None:
    """Keep what was doubtful about an entry, and what was answered, with it."""
    await gate.insert_many(EntryFlag, flag_rows(gate, entry, project, found, migration))


def flag_rows(
    gate: Gate, entry: int, project: int, found: Sequence[Doubt], migration: int | None = None
) -> list[dict[str, Any]]:
    """The rows of an entry's flags. Who answered is named where somebody was asked."""
    return [
        {
            "entry_id": entry,
            "project_id": project,
            "kind": each.kind,
            "other_id": each.other,
            "words": each.words,
            "asked": each.asked,
            "answer": each.answer,
            "flagged_by_id": gate.viewer.person if each.asked and not migration else None,
            "flagged_post_id": gate.post.id if each.asked and not migration else None,
            "flagged_at": gate.now,
            "migration_id": migration,
        }
        for each in found
    ]
