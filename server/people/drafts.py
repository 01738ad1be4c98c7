"""Drafts: what a person has typed into a form and not sent, kept for them alone.

A form has one draft a person. Whoever types later wins, on whatever machine; what another rendering
of the form had kept before stays beside it as `earlier`, so that it can be taken back.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tortoise.exceptions import IntegrityError

from schema import database
from schema.desk.tables import FormDraft
from schema.gate.tables import IdempotencyRecord
from schema.query.models import moment

Pairs = Sequence[tuple[str, str]]

MOST = 50
"""The drafts of one person; whoever has as many drops one before the next is kept."""

FULL, SENT, OLDER = "FULL", "SENT", "OLDER"
"""Why nothing was kept: too many drafts, the form is sent already, a later one is here."""


@dataclass(frozen=True)
class Typed:
    """What was in a form at a moment: as it would send it, without its files."""

    typed: Pairs
    files: Sequence[str]
    browser: str
    here: bool
    saved_at: datetime

    def get(self, name: str) -> str | None:
        """The first value of a field."""
        return next((value for key, value in self.typed if key == name), None)


@dataclass(frozen=True)
class Draft(Typed):
    """The draft of one form, and what it has replaced."""

    id: int
    name: str
    act: str
    page: str
    earlier: Typed | None


@dataclass(frozen=True)
class Kept:
    """What came of keeping a draft: `replaced` is what another rendering of the form had kept."""

    refused: str | None = None
    id: int | None = None
    replaced: Typed | None = None


async def drafts_of(
    person: int, session: int | None, acts: Collection[str] | None = None
) -> list[Draft]:
    """A person's drafts, the last typed first; those of the operations `acts`, where they are given."""
    mine = FormDraft.filter(person_id=person)
    found = mine if acts is None else mine.filter(act__in=list(acts))
    return [as_draft(row, session) for row in await found.order_by("-saved_at", "-id")]


def as_draft(row: FormDraft, session: int | None) -> Draft:
    earlier = row.earlier
    return Draft(
        typed=pairs(row.typed),
        files=row.files,
        browser=row.browser,
        here=row.session == session,
        saved_at=row.saved_at,
        id=row.id,
        name=row.name,
        act=row.act,
        page=row.page,
        earlier=Typed(
            pairs(earlier["typed"]),
            earlier["files"],
            earlier["browser"],
            earlier["session"] == session,
            moment(earlier["saved_at"]),
        )
        if earlier
        else None,
    )


def pairs(found: Iterable[Sequence[str]]) -> Pairs:
    return [(name, value) for name, value in found]


async def keep_draft(
    person: int, session: int, *, name: str, key: str, at: datetime, **typed: Any
) -> Kept:
    """Keep what is in a form: act, page, typed, files and browser. `key` is that of its rendering.

    Refused where the form was sent meanwhile, where a draft is here that was typed after `at`, and
    where the person has `MOST` drafts of other forms.
    """
    if await IdempotencyRecord.exists(person_id=person, key=key):
        return Kept(SENT)
    values = {"form_key": key, "session": session, "saved_at": at, **typed}
    before = await FormDraft.get_or_none(person_id=person, name=name)
    if before is None:
        if await FormDraft.filter(person_id=person).count() >= MOST:
            return Kept(FULL)
        try:
            async with database.transaction():
                made = await FormDraft.create(person_id=person, name=name, **values)
            return Kept(id=made.id)
        except IntegrityError:  # another page of the same person was first
            before = await FormDraft.get(person_id=person, name=name)
    if before.saved_at > at:
        return Kept(OLDER)
    if before.form_key != key:
        values["earlier"] = {
            "typed": before.typed,
            "files": before.files,
            "browser": before.browser,
            "session": before.session,
            "saved_at": before.saved_at.isoformat(),
        }
    await FormDraft.filter(id=before.id).update(**values)
    shown = as_draft(before, session)
    return Kept(id=before.id, replaced=shown if before.form_key != key else None)


async def drop_draft(person: int, *, name: str | None = None, id: int | None = None) -> bool:
    """Erase a person's own draft of a form; whether there was one."""
    own = FormDraft.filter(person_id=person)
    return bool(await (own.filter(name=name) if name else own.filter(id=id)).delete())
