"""Drafts: what a person has typed into a form and not sent, kept for them alone.

A form has one draft a person. Whoever types later wins, on whatever machine; what another rendering
of the form had kept before stays beside it as `earlier`, so that it can be taken back. Sending the form
erases what its own rendering has typed or taken up, and nothing else.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from tortoise.exceptions import IntegrityError

from schema import database
from schema.desk.tables import FormDraft
from schema.gate.tables import IdempotencyRecord
from schema.query.models import moment

Pairs = Sequence[tuple[str, str]]

MOST = 50
"""The drafts of one person; whoever has as many drops one before the next is kept."""

MOST_FOLLOWED = 100
"""The renderings that a form remembers to go on from."""

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
    form_key: str

    @property
    def version(self) -> str:
        """The rendering that typed it, and when: what a form goes on from that is filled in with it."""
        return f"{self.form_key}@{self.saved_at.astimezone(UTC).isoformat()}"

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
class Rendering:
    """A form on one screen: its key, and what it goes on from, the nearest first.

    That is the keys of the renderings of which it is the answer, as a form that was refused comes back
    under a new key, and the version of a draft that it was filled in with.
    """

    key: str
    follows: Sequence[str] = ()

    def contains(self, draft: Typed | None) -> bool:
        """Whether a draft is this rendering's own, as it typed or took it up."""
        if draft is None:
            return False
        own = bool(draft.form_key) and draft.form_key in (self.key, *self.follows)
        return own or draft.version in self.follows

    @property
    def answered(self) -> Sequence[str]:
        """What a form goes on from that is the answer to this one."""
        return [self.key, *self.follows][:MOST_FOLLOWED]


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
        form_key=row.form_key,
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
            earlier.get("form_key", ""),
        )
        if earlier
        else None,
    )


def pairs(found: Iterable[Sequence[str]]) -> Pairs:
    return [(name, value) for name, value in found]


async def keep_draft(
    person: int, session: int, *, name: str, rendering: Rendering, at: datetime, **typed: Any
) -> Kept:
    """Keep what is in a form: act, page, typed, files and browser.

    Refused where the form was sent meanwhile, where a draft is here that was typed after `at`, and
    where the person has `MOST` drafts of other forms.
    """
    if await IdempotencyRecord.exists(person_id=person, key=rendering.key):
        return Kept(SENT)
    async with database.transaction():  # nobody else types into it meanwhile
        return await keep_alone(person, session, name, rendering, at, typed)


async def keep_alone(
    person: int, session: int, name: str, rendering: Rendering, at: datetime, typed: dict[str, Any]
) -> Kept:
    mine = FormDraft.filter(person_id=person, name=name).select_for_update()
    values = {"form_key": rendering.key, "session": session, "saved_at": at, **typed}
    before = await mine.first()
    if before is None:
        if await FormDraft.filter(person_id=person).count() >= MOST:
            return Kept(FULL)
        try:
            async with database.transaction():
                made = await FormDraft.create(person_id=person, name=name, **values)
            return Kept(id=made.id)
        except IntegrityError:  # another page of the same person was first
            before = await mine.get()
    if before.saved_at > at:
        return Kept(OLDER)
    shown = as_draft(before, session)
    if not rendering.contains(shown):
        values["earlier"] = {
            "typed": before.typed,
            "files": before.files,
            "browser": before.browser,
            "session": before.session,
            "saved_at": before.saved_at.isoformat(),
            "form_key": before.form_key,
        }
    await FormDraft.filter(id=before.id).update(**values)
    return Kept(id=before.id, replaced=None if rendering.contains(shown) else shown)


async def drop_draft(person: int, id: int) -> bool:
    """Erase a person's own draft of a form; whether there was one."""
    return bool(await FormDraft.filter(person_id=person, id=id).delete())


async def drop_sent(person: int, name: str, rendering: Rendering) -> None:
    """Erase what a form that is sent has typed or taken up; what another rendering of it typed stays,
    and where it had been replaced it is the draft again.
    """
    async with database.transaction():
        row = await FormDraft.filter(person_id=person, name=name).select_for_update().first()
        if row is None:
            return
        draft, this = as_draft(row, None), FormDraft.filter(id=row.id)
        stays = None if rendering.contains(draft.earlier) else row.earlier
        if not rendering.contains(draft):
            await this.update(earlier=stays)
        elif stays:
            again = {**stays, "saved_at": moment(stays["saved_at"]), "earlier": None}
            await this.update(**{"form_key": "", **again})
        else:
            await this.delete()
