"""Writing messages in an act, and sending them by channels outside: by a job, collected for a minute.

A message is "here" at once, for whoever it is to. What lies outside (mail, WeCom, DingTalk) is a
`Channel`; a process has those of its installation in `CHANNELS`. Where there is none, nothing is sent.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Protocol

from schema import database
from schema.context import Context
from schema.gate.gate import Gate
from schema.jobs import Run, enqueue, job
from schema.jobs.rules import JobState
from schema.messages.rules import (
    COLLECTED,
    QUIET_FROM,
    QUIET_UNTIL,
    NotSent,
    goes_out_at,
    kept_in,
    words,
)
from schema.messages.tables import Message
from schema.people.viewers import viewers_of
from schema.permissions import Post, Viewer, visible
from schema.query.models import KINDS, document


@dataclass(frozen=True)
class Recipient:
    """A person, in the unit for which they are told; None where for themselves."""

    person: int
    organization: int | None = None


class Channel(Protocol):
    """A way outside. The same `key` is the same message, however often it is sent."""

    async def send(self, key: str, person: int, texts: Sequence[str]) -> None:
        """Send one person what has gathered in a minute. Raises where it does not arrive."""


CHANNELS: list[Channel] = []


async def write_messages(
    gate: Gate,
    template: str,
    recipients: Iterable[Recipient],
    given: Mapping[str, Any],
    *,
    subject: tuple[str, int] | None = None,
    link: str = "",
    notice: int | None = None,
    key: str | None = None,
) -> int:
    """Write one message to each person, in the act's transaction; how many were new.

    With a `key` nobody gets it twice, whenever it is written again. `link` is an address of ours.
    """
    await gate.context.load_rules()
    mine: dict[int, Recipient] = {}
    for each in recipients:
        mine.setdefault(each.person, each)
    if key is not None and mine:
        keys = {f"{key}:{person}": person for person in mine}
        sql = f'SELECT "key" FROM "message" WHERE "key" IN ({", ".join("?" * len(keys))})'
        for row in await database.fetch(sql, list(keys)):
            del mine[keys[row["key"]]]
    rows = []
    for person in sorted(mine):  # in one order, for whoever leaves mail in the same minute
        rows.append(
            {
                "person_id": person,
                "organization_id": mine[person].organization,
                "notice_id": notice,
                "template": template,
                "given": dict(given),
                "subject_kind": subject[0] if subject else "",
                "subject_id": subject[1] if subject else None,
                "link": link,
                "key": f"{key}:{person}" if key is not None else None,
                "job_id": await _collecting_job(gate, person) if CHANNELS else None,
                "written_at": gate.now,
            }
        )
    if rows:
        gate.journal.concern_many("Message", await gate.insert_many(Message, rows))
    return len(rows)


async def _collecting_job(gate: Gate, person: int) -> int:
    """The job that sends what a person gets in this minute, or in these quiet hours.

    One that has been begun takes nothing more: what it sends under its key stays the same.
    """
    context: Context = gate.context
    begins, ends = context.rule(QUIET_FROM).value, context.rule(QUIET_UNTIL).value
    due = goes_out_at(gate.now, begins, ends)
    lock = " FOR UPDATE" if database.dialect() == "postgres" else ""
    while True:
        key = f"send:{person}:{due:%Y%m%d%H%M}"
        made = await enqueue(gate, send_messages, {"person": person}, due_at=due, key=key)
        if made is not None:
            return made
        sql = f'SELECT "id", "state", "tries" FROM "job" WHERE "key" = ?{lock}'
        for row in await database.fetch(sql, [key]):
            if row["state"] == JobState.WAITING.value and row["tries"] == 0:
                return int(row["id"])
        due += COLLECTED


async def send_outside(run: Run) -> dict[int, NotSent | None]:
    """The messages of this job by their ids, once every channel has taken those that may go outside;
    of each other one, why it may not.

    It is asked now, as nothing that is outside can be withheld any more: since a message was written
    its person may have been disabled, have left the unit or have lost sight of what it is about.
    """
    rows = await database.fetch(
        'SELECT "id", "template", "given", "organization_id", "subject_kind", "subject_id"'
        ' FROM "message" WHERE "job_id" = ? ORDER BY "id"',
        [run.id],
    )
    person = run.args["person"]
    viewer = (await viewers_of(run.context.today, persons=[person])).get(person)
    kept = {row["id"]: await _kept_in(viewer, row) for row in rows}
    texts = [
        words(row["template"], document(row["given"])) for row in rows if kept[row["id"]] is None
    ]
    for channel in CHANNELS if texts else ():
        await channel.send(run.idempotency_key, person, texts)
    return kept


async def _kept_in(viewer: Viewer | None, message: Mapping[str, Any]) -> NotSent | None:
    """Why a message does not go outside to its person, None where it does."""
    if viewer is None:
        return kept_in(False, False, False)
    unit, kind = message["organization_id"], message["subject_kind"]
    held = [each for each in viewer.posts if unit is None or each.organization == unit]
    seen = not kind or await sees(viewer, kind, message["subject_id"])
    return kept_in(True, bool(held), seen)


@job("sendMessages", "发送消息", before=send_outside, limit=timedelta(minutes=1))
async def send_messages(gate: Gate, run: Run) -> str:
    """Note what has gone out, and what has not."""
    prepared: dict[int, NotSent | None] = run.prepared
    kept = {key: why for key, why in prepared.items() if why is not None}
    sent = [key for key in prepared if key not in kept]
    await gate.update_many(Message, {key: {"sent_at": (None, gate.now)} for key in sent})
    await gate.update_many(Message, {key: {"not_sent": (None, why)} for key, why in kept.items()})
    gate.journal.concern_many("Message", list(prepared))
    return f"{len(sent)} 条合为一次" + (f"，{len(kept)} 条未发出" if kept else "")


async def sees(viewer: Viewer, kind: str, key: int) -> bool:
    """Whether somebody else sees a row: nobody is told of what they may not see."""
    sql, values = visible(KINDS[kind].table, "t", viewer)
    found = await database.fetch(
        f'SELECT 1 AS "one" FROM "{KINDS[kind].table}" t WHERE t."id" = ? AND {sql}', [key, *values]
    )
    return bool(found)


async def holders(gate: Gate, *posts: Post) -> list[Recipient]:
    """All who hold one of these posts today, in its unit."""
    found = await viewers_of(gate.today, posts=posts)
    return [
        Recipient(person, held.organization)
        for person, viewer in found.items()
        for held in viewer.posts
        if held.post in posts
    ]
