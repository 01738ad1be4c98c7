"""The one gate: every change passes permission, transaction, rule and journal, in that order.

An act is a mutation with one `input`. Its function says what happens and nothing else: it loads the
project, asks the rules, and writes through the `Gate`, which keeps before and after for the journal.
"""

from collections.abc import Mapping
from typing import Any, TypeVar

from tortoise.models import Model

from schema import database
from schema.city.rules import RuleBroken
from schema.context import Context
from schema.gate.changes import describe_changes
from schema.gate.journal import BEGINNING, COUNT, chained, plain, stored_names
from schema.gate.payloads import Conflict, Stale
from schema.gate.tables import JournalEntry
from schema.permissions import may
from schema.project.rules import advance
from schema.project.tables import Project
from schema.query.models import Record, name_of, read_global_id

M = TypeVar("M", bound=Model)


MOVED = (
    'UPDATE "project" SET "revision" = "revision" + 1, "updated_at" = ?, "stage" = ?,'
    ' "stage_at" = COALESCE(?, "stage_at") WHERE "id" = ? AND "revision" = ? RETURNING *'
)


LAST_HASH = 'SELECT "hash" FROM "journal_entry" ORDER BY "id" DESC LIMIT 1'


class Gate:
    """One act on its way through: what it has taken up, what it changes, why."""

    def __init__(self, act: str, context: Context) -> None:
        self.act, self.context = act, context
        self.viewer, self.now, self.today = context.viewer, context.now, context.today
        self.reason = ""
        self.prepared: Any = None
        self.project: Project | None = None
        self.subject: Model | None = None
        self.changes: dict[str, dict[str, list[Any]]] = {}

    async def find(self, kind: str, said: str, field: str) -> Record:
        """The row that a global ID or human key names, if the viewer sees it; else it does not exist."""
        found = None
        if (key := read_global_id(said)) and key[0] == kind:
            found = await self.context.rows.one(kind, key[1])
        elif human := HUMAN_KEYS.get(kind):
            found = await self.context.rows.by(kind, human, said)
        if found is None:
            raise RuleBroken("没有找到，请核对后重选", field, "INVALID")
        return found

    async def load(
        self,
        said: str,
        revision: int | None,
        field: str = "project",
        *,
        refused: bool = False,
        stays: bool = False,
    ) -> Project:
        """The project as this viewer sees it, moved on by this act; of two at once exactly one wins.

        Without `revision` whoever comes second does not lose but waits, for acts that do not rest on
        what was read. `refused` where the act's answer is no, `stays` where it leads nowhere now.
        """
        row = await self.find("Project", said, field)
        self.allow(row)
        if revision is None:
            row |= await self.locked(row["id"])
        elif row["revision"] != revision:
            raise await self.stale(row)
        return await self.move(row, refused=refused, stays=stays)

    async def locked(self, key: int) -> dict[str, Any]:
        """Where a project stands now, seen or not; nobody moves it before this act ends."""
        project = await Project.filter(id=key).select_for_update().get()
        return {"id": key, "stage": project.stage, "revision": project.revision}

    async def move(
        self, row: Mapping[str, Any], *, refused: bool = False, stays: bool = False
    ) -> Project:
        """Take up a project whose columns are known, at the revision that they have."""
        onward = advance(row["stage"], self.act, refused=refused)
        onward = row["stage"] if stays else onward
        stage_at = self.now if onward != row["stage"] else None
        moved = await database.fetch(
            MOVED, [self.now, onward.value, stage_at, row["id"], row["revision"]]
        )
        if not moved:
            raise await self.stale(row)
        self.project = Project._init_from_db(**moved[0])
        self._note(
            self.project, {"stage": [row["stage"], onward]} if onward != row["stage"] else {}
        )
        return self.project

    def allow(self, row: Record) -> None:
        """Refuse where the act belongs to another place or unit than the viewer's."""
        if not may(self.viewer, self.act, row):
            raise RuleBroken("此事项由负责单位办理，您的单位不能代办", None, "NOT_ALLOWED")

    async def create(self, table: type[M], **values: Any) -> M:
        """A new row, noted in the journal."""
        made = await table.create(**values)
        said = {name: [None, getattr(made, name)] for name in stored_names(made) if name != "id"}
        self._note(made, {name: pair for name, pair in said.items() if pair[1] not in (None, "")})
        return made

    async def change(self, row: Model, **values: Any) -> None:
        """New values for a row, noted with the old ones."""
        before = {name: getattr(row, name) for name in values}
        row.update_from_dict(values)
        await row.save(update_fields=list(values))
        self._note(
            row,
            {name: [before[name], values[name]] for name in values if before[name] != values[name]},
        )

    async def number(self, sequence: str) -> int:
        """The next number of a sequence, without gaps among acts that succeed.

        Acts that want a number of one sequence wait for each other to end.
        """
        return (await self.numbers(sequence, 1))[0]

    async def numbers(self, sequence: str, count: int) -> range:
        """The next `count` numbers; none at all if only to keep others waiting."""
        (row,) = await database.fetch(
            'INSERT INTO "sequence" ("name", "value") VALUES (?, ?) ON CONFLICT ("name")'
            ' DO UPDATE SET "value" = "sequence"."value" + excluded."value" RETURNING "value"',
            [sequence, count],
        )
        return range(row["value"] - count + 1, row["value"] + 1)

    async def stale(self, row: Mapping[str, Any]) -> Stale:
        """Who was first, and what they changed."""
        self.context.forget()
        now = await self.context.rows.one("Project", row["id"])
        last = await JournalEntry.filter(project_id=row["id"]).order_by("-id").first()
        if now is None or last is None:
            return Stale("项目刚被他人办理，请刷新后再试", None)
        conflict = Conflict(
            revision=now["revision"],
            changed_by=last.actor_name,
            unit=last.unit_name,
            act=last.act,
            changed_at=last.at,
            changes=await describe_changes(last.changes, self.context),
        )
        minutes = max(0, int((self.now - last.at).total_seconds() // 60))
        day = f"{self.context.day_of(last.at):%m月%d日}"
        when = "刚刚" if minutes < 1 else f"{minutes} 分钟前" if minutes < 60 else day
        return Stale(
            f"{last.actor_name}（{last.unit_name}）{when}已先办理，请核对后再提交", conflict
        )

    def _note(self, row: Model, changes: dict[str, list[Any]]) -> None:
        self.subject = self.subject or row
        if changes:
            noted = self.changes.setdefault(f"{name_of(type(row))}:{row.pk}", {})
            for name, (before, after) in changes.items():
                noted[name] = [noted.get(name, [plain(before)])[0], plain(after)]

    async def journal(self) -> None:
        """The last step in the transaction: one entry, chained to the one before."""
        await self.number(COUNT)
        prior = await database.fetch(LAST_HASH)
        subject = self.subject
        entry = JournalEntry(
            at=self.now,
            actor_id=self.viewer.person,
            actor_name=self.viewer.name,
            unit_name=self.viewer.unit,
            act=self.act,
            subject_kind=name_of(type(subject)) if subject else "",
            subject_id=subject.pk if subject else 0,
            project_id=self.project.id if self.project else None,
            reason=self.reason,
            changes=self.changes,
            prior_hash=prior[0]["hash"] if prior else BEGINNING,
            hash="",
        )
        entry.hash = chained(entry)
        await entry.save()


HUMAN_KEYS = {
    "Project": "no",
    "Place": "slug",
    "Group": "slug",
    "Organization": "slug",
    "Company": "uscc",
    "Entry": "no",
    "Batch": "no",
}
