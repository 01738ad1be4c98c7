"""What somebody is notified of rows that they do not see: a quota of the day, counted for the office.

A duplicate search, a report's name and credit code, and a ledger's lines tell their user that a
project or a company is known which the user does not see. Each such row counts once against the
person's quota of the day, in whichever process and by whichever road it is asked. Once the quota is
used up, only rows notified before are notified again, and every other answer is the same whether
there is a row or not.

Every question is counted by person, unit, day and road (`Inquiry`). A question that is answered, one
that matches nothing and one that is withheld send the same statements and write the same row.
"""

import json
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from schema import database
from schema.context import Context
from schema.gate.locks import alone
from schema.linkage.rules import UNSEEN_PER_DAY
from schema.linkage.tables import InquiryRoad
from schema.permissions import visible
from schema.query.models import document
from schema.query.sql import Sql, bindable
from schema.relations import EVERYTHING

USED_UP = "今日查重提示次数已用完，是否与库内项目重复请向办公室了解"

Subject = tuple[str, int]
"""A kind and an id: `("Project", 7)`."""

TICKET = "Ticket"
"""Beside the rows of which somebody is notified: a ticket given, `("Ticket", [project, file, …])`."""

Count = Literal["each", "answered", "told", "none"]
"""Which questions are counted: all, those whose answer is no silence, those that are notified of a
row, none. So a line of a ledger, which is asked of at several steps, counts once.
"""

log = logging.getLogger("sixones.security")

KNOWN = (
    'SELECT "organization_id", "road", "shown", "tried" FROM "inquiry"'
    ' WHERE "person_id" = ? AND "day" = ?'
)
COUNT = (
    'INSERT INTO "inquiry" ("person_id", "organization_id", "day", "road", "asked", "matched",'
    ' "withheld", "shown", "tried", "first_at", "last_at") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)'
    ' ON CONFLICT ("person_id", "day", "organization_id", "road") DO UPDATE SET'
    ' "asked" = "inquiry"."asked" + excluded."asked",'
    ' "matched" = "inquiry"."matched" + excluded."matched",'
    ' "withheld" = "inquiry"."withheld" + excluded."withheld",'
    ' "shown" = excluded."shown", "tried" = excluded."tried", "last_at" = excluded."last_at"'
    ' RETURNING "id"'
)


@dataclass(frozen=True)
class Answers:
    """How questions are answered, in their order: `told` the row that each is notified of, or None;
    `withheld` whether it is answered that the quota is used up. `used_up` holds for further ones.
    """

    told: tuple[Subject | None, ...]
    withheld: tuple[bool, ...]
    used_up: bool


@dataclass
class Asking:
    """The questions of one person on one day, each with the unseen rows that it matches, the likeliest
    first. A question is notified of the first that may be: one notified before, or within the quota.
    """

    known: set[Subject]
    quota: int

    def answer(self, questions: Sequence[Sequence[Subject]]) -> tuple[Answers, list[Subject]]:
        """The answers, and the rows that are notified for the first time."""
        told, withheld, fresh = list[Subject | None](), list[bool](), list[Subject]()
        for matches in questions:
            left = len(self.known) < self.quota
            one = next((each for each in matches if left or each in self.known), None)
            if one and one not in self.known:
                self.known.add(one)
                fresh.append(one)
            told.append(one)
            withheld.append(one is None and not left)
        used_up = len(self.known) >= self.quota
        return Answers(tuple(told), tuple(withheld), used_up), fresh


async def answer_unseen(
    context: Context,
    road: InquiryRoad,
    questions: Sequence[Sequence[Subject]],
    *,
    organization: int | None = None,
    count: Count = "each",
    asked_as: str = "",
    evidence: Sequence[str] = (),
) -> Answers:
    """Count these questions, and what of them is notified against the day's quota, and answer them.

    Each question is the rows that it matches and the viewer does not see, or none. Counted in a
    transaction of its own, or in that of an act: an act that may be refused asks before it begins,
    for what it writes is undone with it, and again in its transaction, where `count` is "none".
    `organization` is the unit for which the person asks, by default that of the main post. `asked_as`
    is a digest of the question: one that was tried out counts once, however often the same is tried
    or sent after, until another is asked; what it is notified of counts as ever. `evidence` are the
    hashes of the files of a report for which a ticket is given: they are kept with the project of
    which it is notified.
    """
    person, unit = context.viewer.person, organization or context.viewer.organization
    if person is None or unit is None:
        return Answers((None,) * len(questions), (True,) * len(questions), used_up=True)
    await context.load_rules()
    day, now = bound(context.today), bound(context.now)
    async with context.asking, database.transaction():
        await alone(f"notices of {person}")
        rows = await database.fetch(KNOWN, [person, day])
        by_road = {
            (row["organization_id"], row["road"]): [
                (kind, key) for kind, key in document(row["shown"])
            ]
            for row in rows
        }
        tried = {(row["organization_id"], row["road"]): row["tried"] for row in rows}
        before = tried.get((unit, road.value), "")
        again = bool(asked_as) and count == "each" and before == asked_as
        after = before if count != "each" else asked_as if context.trial or again else ""
        known = {each for shown in by_road.values() for each in shown if each[0] != TICKET}
        answers, fresh = Asking(known, context.rule(UNSEEN_PER_DAY).value).answer(questions)
        shown = [*by_road.get((unit, road.value), ()), *fresh]
        shown += [each for each in tickets(answers, evidence) if each not in shown]
        values = [
            *(person, unit, day, road.value),
            *counts_of(answers, "none" if again else count),
            *(json.dumps(shown), after, now, now),
        ]
        await database.fetch(COUNT, values)
    for each in fresh:
        note(person, each, context)
    return answers


def tickets(answers: Answers, evidence: Sequence[str]) -> list[Any]:
    """What is kept of tickets that are given: the project, and the hashes of the files reported with."""
    files = sorted(set(evidence))
    projects = [each[1] for each in answers.told if each and each[0] == "Project"]
    return [(TICKET, [key, *files]) for key in projects if files]


def counts_of(answers: Answers, count: Count) -> tuple[int, int, int]:
    """The questions that are asked, notified of a row, and withheld, of those to be counted."""
    told, withheld = len(answers.told) - answers.told.count(None), sum(answers.withheld)
    if count == "each":
        return len(answers.told), told, withheld
    if count == "answered":
        return told + withheld, told, withheld
    return (told, told, 0) if count == "told" else (0, 0, 0)


def bound(value: object) -> object:
    return bindable(value, database.dialect())


def sees_all(context: Context, table: str) -> bool:
    return visible(table, "t", context.viewer)[0] == EVERYTHING[0]


def seen_flag(table: str, row: str, context: Context) -> Sql:
    """A column `seen` of alias `row`: whether the viewer sees it. One statement answers what is there
    and what of it is seen, so that none is sent for what is there alone.
    """
    condition, values = visible(table, row, context.viewer)
    return f'CASE WHEN {condition} THEN 1 ELSE 0 END AS "seen"', list(values)


def note(person: int, subject: Subject, context: Context) -> None:
    """A line of the security log: who has learned that a row exists which they do not see."""
    kind, key = subject
    line = {
        "event": "unseen_duplicate",
        "request": context.request_id,
        "person": person,
        kind.lower(): key,
    }
    log.info(json.dumps(line, ensure_ascii=False), extra={"security": line})
