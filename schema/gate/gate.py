"""The one gate: every change passes permission, transaction, rule and journal, in that order.

An act is a mutation with one `input`. Its function says what happens and nothing else: it checks
its input, loads and holds the rows that it rests on, asks the rules, and writes through the `Gate`,
which keeps before and after for the journal. The gate knows no kind by name: what it must know of
one (its key, its life, what is under way on it) the kind declares with `node`.
"""

from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, TypeVar

from tortoise.models import Model

from schema.city.rules import RuleBroken
from schema.city.rules.personal import SALT, personal_columns
from schema.context import Context
from schema.gate import locks, rows
from schema.gate.findings import Findings
from schema.gate.history import conflict_with, has_moved
from schema.gate.journal import Journal
from schema.gate.many import NOT_YOURS, under_way
from schema.gate.sealing import with_salt
from schema.permissions import MAY, NO_POST, HeldPost, absent, post_for, posts_for
from schema.query.models import KINDS, Kind, Record, name_of, read_global_id
from schema.scalars import Unparsable

M = TypeVar("M", bound=Model)

AT_END: list[Callable[["Gate"], Awaitable[None]]] = []
"""Called at the end of every act, in its transaction and before its entry in the journal is written:
what is derived from the facts is brought up to date with what the act has changed."""
Ending = Callable[[bool], Awaitable[None]]
"""Called once the act is over and its transaction closed, with whether it was done."""

GONE = "刚被他人删去，请刷新后核对"
ASKED_FOR_WHOM = "您在几个单位任职，请选择以哪个单位或地方的名义办理"
NOT_YOUR_NAME = "只能以您任职的单位或地方的名义办理"


class Gate(Findings):
    """One act on its way through: in which post, what it holds, what it changes, why."""

    def __init__(self, act: str, context: Context) -> None:
        super().__init__(act)
        self.context = context
        self.viewer, self.now, self.today = context.viewer, context.now, context.today
        self.post: HeldPost = self.post_in_which_to_act()
        self.prepared: Any = None
        self.endings: list[Ending] = []
        self.journal = Journal(act)
        self.held_alone: set[str] = set()
        self._order = locks.Order()

    def post_in_which_to_act(self) -> HeldPost:
        """The post in which the viewer may do this act, before it is known on which row."""
        return (post_for(self.viewer, self.act) if self.act in MAY else None) or NO_POST

    @property
    def reason(self) -> str:
        """Why: kept in the journal with what was changed."""
        return self.journal.reason

    @reason.setter
    def reason(self, text: str) -> None:
        self.journal.reason = text

    # ------------------------------------------------------------ rows

    async def try_find(
        self,
        kind: str,
        reference: str | None,
        field: str,
        revision: int | None = None,
        *,
        on: tuple[str, str] | None = None,
        rests_on: Collection[str] | None = None,
    ) -> Record | None:
        """As `find`; a row that does not exist is kept as an error at its field. None without a reference.

        With `revision` it is kept, too, that the row has moved on since, beside whatever else is wrong:
        the row itself, or that of kind and column `on`, as `take` would ask.
        """
        if not reference or isinstance(reference, Unparsable):
            return None
        try:
            row = await self.find(kind, reference, field)
        except RuleBroken as broken:
            self.refuse(broken)
            return None
        of, column = on or (kind, "id")
        await self._note_stale(of, row[column], revision, rests_on)
        return row

    async def find(self, kind: str, reference: str, field: str) -> Record:
        """The row that a global ID or human key names, if the viewer sees it; else it does not exist."""
        found = None
        if (key := read_global_id(reference)) and key[0] == kind:
            found = await self.context.rows.one(kind, key[1])
        elif human := KINDS[kind].key:
            found = await self.context.rows.by(kind, human, reference)
        if found is None:
            raise absent(field)
        return found

    async def load(
        self,
        kind: str,
        reference: str,
        revision: int | None = None,
        field: str | None = None,
        *,
        refused: bool = False,
        stays: bool = False,
        rests_on: Collection[str] | None = None,
    ) -> Any:
        """The row that an act is done on: seen, permitted, held, read again and moved on.

        With `revision` exactly one of two at once wins, and the other reads who was first; without,
        whoever comes second waits. `refused` where the act's answer is no, `stays` where it leads
        nowhere. An act that adds to the row names what it `rests_on`: columns of the row, and kinds
        of which none was created beside it; then a revision is stale only where one of these has
        moved since. Raises `RuleBroken`: absent, not permitted, stale, at the wrong stage, or
        waiting for something under way.
        """
        field = field or kind[:1].lower() + kind[1:]
        if self.errors:
            await self.try_find(kind, reference, field, revision, rests_on=rests_on)
            self.stop_if_wrong()
        row = await self.find(kind, reference, field)
        self.permit(row)
        return await self.take(
            kind, row["id"], revision, seen=row, refused=refused, stays=stays, rests_on=rests_on
        )

    async def take(
        self,
        kind: str,
        key: int,
        revision: int | None = None,
        *,
        seen: Mapping[str, Any] | None = None,
        refused: bool = False,
        stays: bool = False,
        rests_on: Collection[str] | None = None,
    ) -> Any:
        """As `load`, for a row that is known by its id; `seen` are the columns that the caller read."""
        self.stop_if_wrong()
        shape = KINDS[kind]
        waits = revision is None or rests_on is not None
        if waits or seen is None or "revision" not in shape.columns:
            try:
                (held,) = await self._lock(kind, [key])
            except locks.RowGone:
                raise RuleBroken(GONE, None, "STALE") from None
            seen = {name: getattr(held, name) for name in shape.columns}
            if (
                revision is not None
                and seen.get("revision") != revision
                and (rests_on is None or await has_moved(shape, key, revision, seen, rests_on))
            ):
                raise await conflict_with(shape, key, revision, self)
            self.permit(Record(kind, dict(seen)))
        elif seen["revision"] != revision:
            raise await conflict_with(shape, key, revision, self)
        else:
            self._order.enter(shape, [key])
        onward = self._onward(shape, seen, refused=refused, stays=stays)
        moved = await self._move(shape, seen, onward)
        await self._wait_for_what_is_under_way(shape, key)
        return moved

    async def hold(self, kind: str, keys: Iterable[int]) -> list[Any]:
        """Lock rows until the act ends and read them again, in the order of their ids.

        Kinds are held from the ground floor up, the ids of one kind at once: so two acts that need
        the same rows wait for each other and never in a circle.
        """
        try:
            return await self._lock(kind, keys)
        except locks.RowGone:  # another act has taken one away meanwhile
            raise absent(None) from None

    async def share(self, name: str) -> None:
        """Rest on something shared, such as the rulebook: nobody changes it before this act ends."""
        self._order.enter_shared(name)
        await locks.share(name)

    async def alone(self, name: str) -> None:
        """Change something shared: nobody rests on it or changes it before this act ends."""
        self._order.enter_shared(name)
        self.held_alone.add(name)
        await locks.alone(name)

    async def touch(self, row: Model) -> None:
        """Raise the revision of a held row whose columns stay, because something it carries changed.

        Whoever read the row before is stale, and reads it again with what it carries now.
        """
        self.stop_if_wrong()
        shape = KINDS[name_of(type(row))]
        await self._move(shape, {name: getattr(row, name) for name in shape.columns}, {})

    def concern(self, row: Model) -> None:
        """Let the entry stand in the history of a row that the act does not change, too."""
        self.journal.concern(row)

    def permit(self, row: Record) -> None:
        """Refuse where the act belongs to another place or unit than the viewer's posts.

        The post that the act speaks in stays, where it may do it on the row.
        """
        spoken = replace(self.viewer, posts=(self.post,))
        post = post_for(spoken, self.act, row) or post_for(self.viewer, self.act, row)
        if post is None:
            raise RuleBroken(NOT_YOURS, None, "NOT_ALLOWED")
        self.post = post

    async def speak_in_name_of(self, kind: str, reference: str | None, field: str) -> None:
        """As `speak_as`, for the row of `kind` that is named; HeldPost has its id under the kind's name."""
        named = await self.try_find(kind, reference, field)
        if named or not reference:
            self.speak_as(kind.lower(), named["id"] if named else None, field)

    def speak_as(self, whose: str, value: int | None, field: str) -> None:
        """Act in the post of the organization or place (`whose`) that is named.

        Without a name, in the only one in which the viewer may do the act; of several none is taken
        silently. What is wrong is kept at `field`.
        """
        posts = {getattr(held, whose): held for held in reversed(posts_for(self.viewer, self.act))}
        if value is None and len(posts) > 1:
            self.refuse(RuleBroken(ASKED_FOR_WHOM, field, "INVALID"))
        elif value is not None and value not in posts:
            self.refuse(RuleBroken(NOT_YOUR_NAME, field, "NOT_ALLOWED"))
        elif posts:
            self.post = posts[value] if value is not None else next(iter(posts.values()))

    def prefer(self, whose: str, value: int | None) -> bool:
        """Act in the viewer's post of an organization or place (`whose`), where they may do it in one
        of theirs; False where they may not, and then the post stays.
        """
        own = [held for held in posts_for(self.viewer, self.act) if getattr(held, whose) == value]
        if value is None or not own:
            return False
        self.post = own[0]
        return True

    # ------------------------------------------------------------ writing

    async def create(self, table: type[M], **values: Any) -> M:
        """A new row, noted in the journal."""
        self.stop_if_wrong()
        values = with_salt(table, values)
        made = await table.create(**values, **self._signed(table, values))
        await self.journal.note_created(made)
        return made

    async def change(self, row: Model, **values: Any) -> None:
        """New values for a row, noted with the old ones."""
        self.stop_if_wrong()
        values |= self._signed(type(row), values)
        if not getattr(row, SALT, "-") and personal_columns(type(row)).keys() & values.keys():
            values = with_salt(type(row), values)
        before = {name: getattr(row, name) for name in values}
        row.update_from_dict(values)
        await row.save(update_fields=list(values))
        await self.journal.note(row, {name: [before[name], getattr(row, name)] for name in values})

    async def remove(self, row: Model) -> None:
        """Take a row away, noted with all that it was. Raises `RuleBroken` where it is gone already."""
        self.stop_if_wrong()
        if not await type(row).filter(pk=row.pk).delete():
            raise RuleBroken(GONE, None, "STALE")
        await self.journal.note_removed(row)

    async def insert_many(
        self, table: type[Model], values: Sequence[Mapping[str, Any]]
    ) -> list[int]:
        """The ids of new rows, in their order; every row names the same columns."""
        self.stop_if_wrong()
        values = [with_salt(table, row) for row in values]
        ids = await rows.insert_rows(table, values)
        rest = rows.defaults(table)
        created = [
            {name: [None, value] for name, value in {**rest, **row}.items()} for row in values
        ]
        await self.journal.note_many(table, ids, created)
        return ids

    async def update_many(
        self, table: type[Model], changes: Mapping[int, Mapping[str, Sequence[Any]]]
    ) -> None:
        """New values for many rows by id: `{id: {column: (before, after)}}`; all name the same columns."""
        self.stop_if_wrong()
        salts = await rows.salts_of(table, changes)
        await rows.update_rows(table, changes)
        await self.journal.note_many(table, list(changes), list(changes.values()), salts)

    async def remove_many(self, table: type[Model], column: str, value: Any) -> None:
        """Take away all rows whose column has a value, noted with all that they were."""
        self.stop_if_wrong()
        while gone := await table.filter(**{column: value}).order_by("id").limit(rows.AT_ONCE):
            for row in gone:
                await self.journal.note_removed(row)
            await table.filter(id__in=[row.pk for row in gone]).delete()

    async def number(self, sequence: str) -> int:
        """The next number of a sequence, without gaps among acts that succeed.

        Acts that want a number of one sequence wait for each other to end.
        """
        return (await self.numbers(sequence, 1))[0]

    async def numbers(self, sequence: str, count: int) -> range:
        """The next `count` numbers; none at all if only to keep others waiting."""
        return await locks.next_numbers(sequence, count)

    async def finish(self) -> None:
        """The last step in the transaction: what follows from the act, then the journal's entry,
        stamped as of the commit.
        """
        for keep in AT_END:
            await keep(self)
        await self.journal.write(self.viewer, self.post, self.context.clock())

    # ------------------------------------------------------------ inside

    async def _note_stale(
        self, kind: str, key: int, revision: int | None, rests_on: Collection[str] | None
    ) -> None:
        """Keep that a row has moved on since a revision, for whoever may do the act on it."""
        if type(revision) is not int:
            return
        row = await self.context.rows.one(kind, key)
        if row is None or row["revision"] == revision or not post_for(self.viewer, self.act, row):
            return
        if rests_on is None or await has_moved(KINDS[kind], key, revision, row, rests_on):
            self.refuse(await conflict_with(KINDS[kind], key, revision, self))

    async def _lock(self, kind: str, keys: Iterable[int]) -> list[Any]:
        shape, wanted = KINDS[kind], sorted(set(keys))
        self._order.enter(shape, wanted)
        return await locks.lock_rows(shape.model, wanted)

    def _signed(self, table: type[Model], values: Mapping[str, Any]) -> dict[str, Any]:
        """The posts in which the viewer signs: `judged_post_id` beside `judged_by_id`."""
        columns = table._meta.fields_db_projection
        names = {name: f"{name.removesuffix('_by_id')}_post_id" for name in values}
        return {
            post: self.post.id
            for name, post in names.items()
            if name.endswith("_by_id") and post in columns and post not in values
            if values[name] == self.viewer.person
        }

    def _onward(
        self, kind: Kind, seen: Mapping[str, Any], *, refused: bool, stays: bool
    ) -> dict[str, Any]:
        """The columns that the act's step in the kind's life changes. Raises `RuleBroken`."""
        life = kind.life
        if life is None or self.act not in life.moves:
            return {}
        stage = seen[life.column]
        onward = life.advance(stage, self.act, refused=refused)
        if stays or onward is stage:
            return {}
        return {life.column: onward} | ({life.since: self.now} if life.since else {})

    async def _move(self, kind: Kind, seen: Mapping[str, Any], onward: dict[str, Any]) -> Any:
        values = dict(onward)
        if "revision" in kind.columns:
            values["revision"] = seen["revision"] + 1
        if "updated_at" in kind.columns:
            values["updated_at"] = self.now
        moved = await rows.update_row(kind.model, seen["id"], seen.get("revision"), values)
        if moved is None:
            raise await conflict_with(kind, seen["id"], seen.get("revision"), self)
        noted = {column: [seen[column], value] for column, value in onward.items()}
        await self.journal.note(moved, noted, subject=True)
        return moved

    async def _wait_for_what_is_under_way(self, kind: Kind, key: int) -> None:
        """Raises `RuleBroken` where something under way on the row excludes this act.

        Whoever begins such a thing holds the row as this act does, so it is asked in both directions.
        """
        if broken := (await under_way(kind, [key], self.act)).get(key):
            raise broken
