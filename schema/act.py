"""The one gate: every change passes permission, transaction, rule and journal, in that order.

An act is a mutation with one `input`. Its function says what happens and nothing else: it takes up the
project, asks the rules, and writes through the `Gate`, which keeps before and after for the journal.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import MISSING, dataclass, fields, is_dataclass
from datetime import datetime, timedelta
from enum import Enum
from typing import Annotated, Any, TypeVar

import strawberry
from graphql import FieldNode
from strawberry.extensions import FieldExtension
from strawberry.types import get_object_definition
from tortoise.exceptions import IntegrityError
from tortoise.models import Model

from schema import store
from schema.city.rules import RuleBroken, clean_text
from schema.journal import BEGINNING, COUNT, chained, fingerprint, plain, stored_names
from schema.permissions import may
from schema.project.rules import advance
from schema.project.tables import JournalEntry, Project, Repeat
from schema.reading.changes import Change, shown
from schema.reading.context import Context
from schema.reading.kinds import Row, name_of, read_global_id
from schema.values import Unreadable

M = TypeVar("M", bound=Model)
MOVED = (
    'UPDATE "project" SET "revision" = "revision" + 1, "updated_at" = ?, "stage" = ?,'
    ' "stage_at" = COALESCE(?, "stage_at") WHERE "id" = ? AND "revision" = ? RETURNING *'
)
LAST_HASH = 'SELECT "hash" FROM "journal_entry" ORDER BY "id" DESC LIMIT 1'
TEXT_LIMIT = 200
REPEAT_HOURS = 24


@strawberry.enum(description="错误种类")
class ErrorCode(Enum):
    NOT_ALLOWED = strawberry.enum_value("NOT_ALLOWED", description="您的岗位不能办理此事项")
    INVALID = strawberry.enum_value("INVALID", description="填写有误")
    RULE = strawberry.enum_value("RULE", description="不符合政策规定")
    STALE = strawberry.enum_value("STALE", description="他人已先办理或修改")
    DUPLICATE = strawberry.enum_value("DUPLICATE", description="疑似重复")


@strawberry.type(description="使用者可以改正的错误")
class UserError:
    code: ErrorCode = strawberry.field(description="种类")
    message: str = strawberry.field(description="怎样改正")
    field: str | None = strawberry.field(default=None, description="有误的填写项")


@strawberry.type(description="他人先行的改动")
class Conflict:
    revision: int = strawberry.field(description="现在的版本")
    changed_by: str = strawberry.field(description="何人")
    unit: str = strawberry.field(description="单位")
    act: str = strawberry.field(description="办理事项")
    changed_at: datetime = strawberry.field(description="何时")
    changes: list[Change] = strawberry.field(description="改了什么")


class Stale(RuleBroken):
    """Somebody else was first; the answer carries who, when and what."""

    def __init__(self, message: str, conflict: Conflict | None) -> None:
        super().__init__(message, "revision", "STALE")
        self.answer = {"conflict": conflict}


@strawberry.type(description="办理结果")
class Payload:
    user_errors: list[UserError] = strawberry.field(
        default_factory=list, description="需要改正之处"
    )
    conflict: Conflict | None = strawberry.field(default=None, description="他人先行的改动")


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

    async def find(self, kind: str, said: str, field: str) -> Row:
        """The row that a global ID or human key names, if the viewer sees it; else it does not exist."""
        found = None
        if (key := read_global_id(said)) and key[0] == kind:
            found = await self.context.rows.one(kind, key[1])
        elif human := HUMAN_KEYS.get(kind):
            found = await self.context.rows.by(kind, human, said)
        if found is None:
            raise RuleBroken("没有找到，请核对后重选", field, "INVALID")
        return found

    async def take_up(
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
        moved = await store.fetch(
            MOVED, [self.now, onward.value, stage_at, row["id"], row["revision"]]
        )
        if not moved:
            raise await self.stale(row)
        self.project = Project._init_from_db(**moved[0])
        self._note(
            self.project, {"stage": [row["stage"], onward]} if onward != row["stage"] else {}
        )
        return self.project

    def allow(self, row: Row) -> None:
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
        (row,) = await store.fetch(
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
            changes=await shown(last.changes, self.context),
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
        prior = await store.fetch(LAST_HASH)
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


Preparation = Callable[[Gate, Any], Awaitable[Any]]


class Through(FieldExtension):
    """Puts an act through the gate and answers with what came of it, or with what to mend."""

    def __init__(self, before: Preparation | None) -> None:
        self.before = before

    async def resolve_async(
        self, next_: Callable[..., Any], source: Any, info: Any, **given: Any
    ) -> Any:
        context, said = info.context, given["input"]
        answer, prepared = PAYLOADS[info.field_name], None

        async def attempt() -> Any:
            gate = context.gate = Gate(info.field_name, context)
            gate.prepared = prepared
            context.forget()
            async with store.transaction():
                payload = await repeated(gate, said, answer)
                if payload is None:
                    payload = await next_(source, info, **given)
                    await gate.journal()
                    await remember(gate, payload)
            return payload

        try:
            if not may(context.viewer, info.field_name):
                raise RuleBroken("您的岗位不能办理此事项", None, "NOT_ALLOWED")
            if wrong := unreadable(said):
                return answer(user_errors=wrong)
            if self.before:
                prepared = await self.before(Gate(info.field_name, context), said)
            payload = await store.retried(attempt)
        except RuleBroken as broken:
            error = UserError(code=ErrorCode(broken.code), message=str(broken), field=broken.field)
            return answer(user_errors=[error], **getattr(broken, "answer", {}))
        context.forget()
        return await reread(payload, context, asked(info))


PAYLOADS: dict[str, Any] = {}


def act(description: str, before: Preparation | None = None) -> Callable[[Any], Any]:
    """A mutation `async def noun_verb(gate, input) -> SomePayload` that goes through the gate.

    `before` is for what takes long and writes nothing, such as reading a file: while a transaction
    is open, others wait. What it returns is `gate.prepared`; what it read may have changed since.
    """

    def declare(function: Any) -> Any:
        async def resolve(info: Any, input: Any) -> Any:
            return await function(info.context.gate, input)

        resolve.__name__ = function.__name__
        words = strawberry.argument(description=description)
        resolve.__annotations__ = {
            "info": strawberry.Info,
            "input": Annotated[function.__annotations__["input"], words],
            "return": function.__annotations__["return"],
        }
        PAYLOADS[camel(function.__name__)] = function.__annotations__["return"]
        return strawberry.mutation(
            resolver=resolve, description=description, extensions=[Through(before)]
        )

    return declare


def said(description: str, default: Any = MISSING, limit: int = TEXT_LIMIT) -> Any:
    """A field of an act's input; without a default it must be filled in. `limit` in characters."""
    given = {} if default is MISSING else {"default": default}
    return strawberry.field(description=description, metadata={"limit": limit}, **given)


def unreadable(said: Any, path: str = "") -> list[UserError]:
    """What in an input cannot be read, is blank though required, or is too long: with its path."""
    errors: list[UserError] = []
    for field in get_object_definition(type(said), strict=True).fields:
        value, at = getattr(said, field.python_name), path + camel(field.python_name)
        try:
            setattr(said, field.python_name, readable(value, field, at, errors))
        except RuleBroken as broken:
            errors.append(UserError(code=ErrorCode.INVALID, message=str(broken), field=at))
    return errors


def readable(value: Any, field: Any, at: str, errors: list[UserError]) -> Any:
    if isinstance(value, Unreadable):
        raise RuleBroken(value.message)
    if isinstance(value, str) and not isinstance(value, Enum):
        text = clean_text(value, field.metadata.get("limit", TEXT_LIMIT))
        if not text and field.default is MISSING:
            raise RuleBroken(f"请填写{field.description or at}")
        return text
    if isinstance(value, list):
        for index, each in enumerate(value):
            if is_dataclass(each):
                errors += unreadable(each, f"{at}.{index}.")
            elif isinstance(each, Unreadable):
                raise RuleBroken(each.message)
    elif is_dataclass(value):
        errors += unreadable(value, f"{at}.")
    return value


async def repeated(gate: Gate, said: Any, answer: Any) -> Any:
    """The answer already given under this Idempotency-Key; another body under the same key is refused.

    The key is taken at once, so whoever sends it meanwhile waits for the answer.
    """
    key, person = gate.context.idempotency_key, gate.viewer.person
    if not key:
        return None
    since = gate.now - timedelta(hours=REPEAT_HOURS)
    await Repeat.filter(person_id=person, key=key, at__lt=since).delete()
    mine: dict[str, Any] = {"act": gate.act, "body_hash": fingerprint(said)}
    try:
        async with store.transaction():
            await Repeat.create(person_id=person, key=key, at=gate.now, answer={}, **mine)
        return None
    except IntegrityError:
        before = await Repeat.get(person_id=person, key=key)
    if {"act": before.act, "body_hash": before.body_hash} != mine:
        raise RuleBroken("此 Idempotency-Key 已用于另一次提交，请换一个", None, "INVALID")
    return answer(**{name: Kept(kind, pk) for name, (kind, pk) in before.answer.items()})


async def remember(gate: Gate, payload: Any) -> None:
    if key := gate.context.idempotency_key:
        await Repeat.filter(person_id=gate.viewer.person, key=key).update(
            answer={name: [row.kind, row.pk] for name, row in kept(payload).items()}
        )


@dataclass(frozen=True)
class Kept:
    """A row by kind and id, to be read again."""

    kind: str
    pk: int


def kept(payload: Any) -> dict[str, Kept]:
    found = {field.name: getattr(payload, field.name) for field in fields(payload)}
    return {
        name: value if isinstance(value, Kept) else Kept(name_of(type(value)), value.pk)
        for name, value in found.items()
        if isinstance(value, Model | Kept)
    }


async def reread(payload: Any, context: Context, wanted: set[str] | None) -> Any:
    """The payload's rows as the viewer now sees them, those that are asked for."""
    for name, row in kept(payload).items():
        if wanted is None or camel(name) in wanted:
            setattr(payload, name, await context.rows.one(row.kind, row.pk))
    return payload


def asked(info: Any) -> set[str] | None:
    """The fields of the payload that are asked for; None where fragments tell, and all may be."""
    sets = [node.selection_set for node in info._raw_info.field_nodes if node.selection_set]
    nodes = [each for selections in sets for each in selections.selections]
    plain = all(isinstance(each, FieldNode) for each in nodes)
    return {each.name.value for each in nodes} if plain else None


def camel(name: str) -> str:
    head, *tail = name.split("_")
    return head + "".join(part.title() for part in tail)
