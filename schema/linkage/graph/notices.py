"""What somebody is notified today of rows that they do not see: a quota, kept in a table and in the security log.

A duplicate search, a report's credit code and a ledger's lines tell their user that a project or a
company is known which the user does not see. Each such row counts once against the person's quota
of the day, in whichever process and by whichever way it is asked; once the quota is used up, only
rows notified before are notified again, and every other answer is the same whether there is a row or not.
"""

import json
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from schema import database
from schema.context import Context
from schema.gate.locks import alone
from schema.gate.rows import insert_rows
from schema.linkage.rules import UNSEEN_PER_DAY
from schema.linkage.tables import UnseenNotice
from schema.permissions import visible
from schema.query.sql import bindable
from schema.relations import EVERYTHING

USED_UP = "今日查重提示次数已用完，是否与库内项目重复请向办公室了解"

Subject = tuple[str, int]
"""A kind and an id: `("Project", 7)`."""

log = logging.getLogger("sixones.security")


@dataclass(frozen=True)
class NoticedRows:
    """The rows that may be notified today, those of them that are notified for the first time, and whether
    no further one may be.
    """

    rows: frozenset[Subject]
    used_up: bool
    fresh: frozenset[Subject] = frozenset()

    def withheld_from(self, subjects: Sequence[Subject | None]) -> int:
        """Of lines asked in this order, each with the row that it would tell of, the first that is
        answered as if nothing were known: the one behind that which used the quota up.
        """
        if not self.used_up:
            return len(subjects)
        return max((at + 1 for at, each in enumerate(subjects) if each in self.fresh), default=0)


async def note_unseen(context: Context, subjects: Sequence[Subject]) -> NoticedRows:
    """Count these rows, which the viewer does not see, against the day's quota before they are answered.

    Counted in a transaction of its own, or in that of an act: an act that may be refused counts
    before it begins, for what it writes is undone with it.
    """
    person, day = context.viewer.person, context.today
    if person is None:
        return NoticedRows(frozenset(), used_up=True)
    await context.load_rules()
    quota: int = context.rule(UNSEEN_PER_DAY).value
    known, new = await noticed_on(person, day), list[Subject]()
    fresh = [each for each in dict.fromkeys(subjects) if each not in known]
    if fresh and len(known) < quota:
        async with database.transaction():
            await alone(f"notices of {person}")
            known = await noticed_on(person, day)
            new = [each for each in fresh if each not in known][: max(0, quota - len(known))]
            await insert_rows(
                UnseenNotice,
                [
                    {
                        "person_id": person,
                        "day": bound(day),
                        "kind": kind,
                        "row_id": key,
                        "noted_at": bound(context.now),
                    }
                    for kind, key in new
                ],
            )
        for each in new:
            note(person, each, context)
        known |= set(new)
    return NoticedRows(frozenset(known), len(known) >= quota, frozenset(new))


def bound(value: object) -> object:
    return bindable(value, database.dialect())


async def noticed_on(person: int, day: date) -> set[Subject]:
    """The rows that a person has been notified of on a day."""
    rows = await database.fetch(
        'SELECT "kind", "row_id" FROM "unseen_notice" WHERE "person_id" = ? AND "day" = ?',
        [person, bound(day)],
    )
    return {(row["kind"], row["row_id"]) for row in rows}


async def unseen_among(context: Context, table: str, keys: Sequence[int]) -> set[int]:
    """Those of some rows of `table` that the viewer does not see."""
    condition, values = visible(table, "t", context.viewer)
    if not keys or condition == EVERYTHING[0]:
        return set()
    marks = ", ".join("?" * len(keys))
    sql = f'SELECT t."id" FROM "{table}" t WHERE t."id" IN ({marks}) AND {condition}'
    seen = await context.rows.fetch((sql, [*keys, *values]))
    return {*keys} - {row["id"] for row in seen}


def sees_all(context: Context, table: str) -> bool:
    return visible(table, "t", context.viewer)[0] == EVERYTHING[0]


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
