"""The journal: what an act changed, from what to what, in one entry chained to the one before.

Each entry carries a hash of its number, all it says and the hash of the entry before it, taken under
a key that is not in the database (`gate.keys`). Whoever changes, removes, adds or reorders an entry
afterwards breaks the chain at that place, and without the key can make no other. That its end was
cut off, the count kept beside it says, and what was noted elsewhere of its heads
(`server/operations/anchors.py`).
What an act on thousands of rows changed stands in parts beside the entry, which carries their hashes.
"""

import hashlib
import hmac
import json
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass
from datetime import UTC, date, datetime
from enum import Enum
from typing import Any, NamedTuple

import orjson
from strawberry import UNSET
from tortoise.models import Model

from schema import database
from schema.city.rules.personal import SALT, personal_columns
from schema.gate import keys
from schema.gate.keys import BEGINNING
from schema.gate.locks import next_numbers
from schema.gate.rows import insert_rows
from schema.gate.sealing import sealed
from schema.gate.tables import JournalEntry, JournalPart, JournalRow
from schema.gate.tables import Sequence as SequenceRow
from schema.permissions import HeldPost, Viewer
from schema.query.models import KINDS, kind_of, moment, name_of
from schema.query.sql import bindable
from schema.scalars import File, HashedBytes

COUNT = "journal"
SEAL = "journal"
"""The purpose of the key under which entries are chained."""
AT_ONCE = 500
NO_SALTS: Mapping[int, str] = {}
LATER = {"post_id": None, "post_title": "", "key_id": ""}
"""Columns younger than the first entries: one that has nothing in them has the hash it had before."""

FOUNDING = "cityFound"
"""The act of the city's beginning: what it writes is known at every number of the journal."""
REPAIR = "rebuildDerived"
"""The act that writes anew what is derived: it begins from whatever is stored."""
PARTS = "Parts"
ROWS = "Rows"
"""Kind → [None, [[id, revision], …]]: rows in whose history the entry stands though none of its changes says so."""
FEN = "Fen"
"""As the kind of a row of the index: `row_id` is an amount from or to which the entry changed something."""
KEPT_IN_ENTRY = 400
"""Rows changed by one act that its entry lists itself; more are written in parts."""

PART = 'SELECT "changes" FROM "journal_part" WHERE "sha256" = ? ORDER BY "id" LIMIT 1'
LAST = 'SELECT "id", "at", "hash", "key_id" FROM "journal_entry" ORDER BY "id" DESC LIMIT 1'

MOVED: list[Callable[[], None]] = []
"""Called after an act, or a job's effect, is stored, by the process that did it."""


def announce() -> None:
    """What was done is stored: whoever follows the journal reads on."""
    for each in MOVED:
        each()


Changes = dict[str, list[Any]]
"""Column → [before, after]."""


class Changed(NamedTuple):
    """The rows of one kind that an act has changed, by id, and the columns changed in any of them."""

    keys: dict[int, None]
    columns: set[str]


class Journal:
    """What one act has changed so far."""

    def __init__(self, act: str) -> None:
        self.act, self.reason = act, ""
        self.changes: dict[str, Changes] = {}
        self.subject: tuple[str, int] | None = None
        self.changed: dict[str, Changed] = {}
        self.removed: dict[str, list[int]] = {}
        self._parts: list[str] = []
        self._amounts: set[int] = set()
        self._touched: dict[tuple[str, int], int | None] = {}
        self._about: dict[str, int] = {}
        self._numbered: dict[type[Model], tuple[int, int]] = {}

    async def note_created(self, row: Model) -> None:
        """A new row, with the columns that say something."""
        values = {name: [None, getattr(row, name)] for name in stored_names(row) if name != "id"}
        await self.note(row, values, subject=True)
        self._number(type(row), [row.pk])

    async def note_removed(self, row: Model) -> None:
        """A row taken away, with all that it was."""
        await self.note(row, {name: [getattr(row, name), None] for name in stored_names(row)})
        self.removed.setdefault(name_of(type(row)), []).append(row.pk)

    async def note(
        self, row: Model, changes: Mapping[str, Sequence[Any]], *, subject: bool = False
    ) -> None:
        """Columns of a row that an act changed; `subject` where the act is about the row."""
        name = name_of(type(row))
        self.subject = self.subject or (name, row.pk)
        kind = kind_of(type(row))
        if subject and kind and kind.journal_column:
            self._about.setdefault(kind.journal_column, row.pk)
        revision, salt = getattr(row, "revision", None), getattr(row, SALT, "")
        self._note(type(row), row.pk, changes, revision, salt)
        await self._spill()

    def concern(self, row: Model) -> None:
        """A row in whose history the entry stands, changed or not."""
        self._touched[name_of(type(row)), row.pk] = getattr(row, "revision", None)

    def concern_many(self, kind: str, keys: Iterable[int]) -> None:
        """Rows of a kind in whose history the entry stands, by their ids."""
        self._touched.update(dict.fromkeys((kind, key) for key in keys))

    async def note_many(
        self,
        table: type[Model],
        keys: Sequence[int],
        changes: Sequence[Mapping[str, Sequence[Any]]],
        salts: Mapping[int, str] = NO_SALTS,
    ) -> None:
        """Columns of many rows of one table; `salts` of those whose personal columns change."""
        for key, columns in zip(keys, changes, strict=True):
            revision = columns.get("revision", (None, None))[1]
            self._note(table, key, columns, revision, salts.get(key, ""))
            await self._spill()
        self._number(table, keys)

    def _note(
        self,
        table: type[Model],
        key: Any,
        changes: Mapping[str, Sequence[Any]],
        revision: int | None,
        salt: str,
    ) -> None:
        kind, name = kind_of(table), name_of(table)
        if kind and has_history(kind.name):
            self._touched[kind.name, key] = revision
        salts = changes.get(SALT) or (salt, salt)
        # What is hashed with another salt is noted anew, though it says what it said.
        resalted = personal_columns(table) if salts[0] != salts[1] else {}
        differing = {
            column: [
                sealed(table, column, salts[0] or "", plain(before)),
                sealed(table, column, salts[1] or "", plain(after)),
            ]
            for column, (before, after) in changes.items()
            if (before != after or column in resalted)
            and (before, after) not in ((None, ""), ("", None))
            and column != SALT
        }
        if not differing:
            return
        changed = self.changed.setdefault(name, Changed({}, set()))
        changed.keys[key] = None
        changed.columns.update(differing)
        noted = self.changes.setdefault(f"{name}:{key}", {})
        for column, (before, after) in differing.items():
            noted[column] = [noted.get(column, [before])[0], after]

    def _number(self, table: type[Model], keys: Sequence[int]) -> None:
        """Remember new rows that carry the number of their journal entry."""
        if self.act == FOUNDING:
            return
        if keys and "journal_id" in table._meta.fields_db_projection:
            low, high = self._numbered.get(table, (min(keys), max(keys)))
            self._numbered[table] = min(low, *keys), max(high, *keys)

    async def _spill(self) -> None:
        """Write what has gathered as a part, but for the row that the act is about."""
        if len(self.changes) <= KEPT_IN_ENTRY:
            return
        own = "{}:{}".format(*self.subject) if self.subject else ""
        kept = {own: self.changes.pop(own)} if own in self.changes else {}
        text = orjson.dumps(self.changes, option=orjson.OPT_SORT_KEYS).decode()
        sha256 = hashlib.sha256(text.encode()).hexdigest()
        await JournalPart.create(sha256=sha256, changes=text)
        self._parts.append(sha256)
        self._amounts |= amounts_in(self.changes)
        self.changes = kept

    async def write(self, viewer: Viewer, post: HeldPost, at: datetime) -> JournalEntry:
        """The entry, under the journal's lock: as of the commit, never before the entry before it."""
        await next_numbers(COUNT, 1)
        prior = await database.fetch(LAST)
        at = max(at, moment(prior[0]["at"])) if prior else at
        if prior and prior[0]["key_id"]:
            keys.key(SEAL, prior[0]["key_id"])  # no chain goes on under keys that are not its own
        self._amounts |= amounts_in(self.changes)
        if self._parts:
            self.changes[PARTS] = {"sha256": [None, self._parts]}
        concerned: dict[str, list[Any]] = {}
        for (kind, key), revision in self._touched.items():
            changed = self.changed.get(kind)
            if changed is None or key not in changed.keys or not has_history(kind):
                concerned.setdefault(kind, [None, []])[1].append([key, revision])
        if concerned:
            self.changes[ROWS] = concerned
        for kind, (_, rows) in concerned.items():
            known = KINDS.get(kind)
            if known and known.journal_column and len(rows) == 1:
                self._about.setdefault(known.journal_column, rows[0][0])
        kind, key = self.subject or ("", 0)
        entry = JournalEntry(
            id=prior[0]["id"] + 1 if prior else 1,
            at=at,
            actor_id=viewer.person,
            actor_name=viewer.name,
            unit_name=post.unit,
            post_id=post.id,
            post_title=post.title,
            act=self.act,
            subject_kind=kind,
            subject_id=key,
            reason=self.reason,
            changes=self.changes,
            prior_hash=prior[0]["hash"] if prior else BEGINNING,
            hash="",
            key_id=keys.ring()[-1].id,
            **self._about,
        )
        entry.hash = chained(entry)
        await entry.save()
        await insert_rows(
            JournalRow,
            [
                {"entry_id": entry.id, "kind": kind, "row_id": key, "revision": revision}
                for (kind, key), revision in (
                    *self._touched.items(),
                    *(((FEN, amount), None) for amount in sorted(self._amounts)),
                )
            ],
        )
        for table, (low, high) in self._numbered.items():
            await database.write(
                f'UPDATE "{table._meta.db_table}" SET "journal_id" = ?'
                ' WHERE "id" BETWEEN ? AND ? AND "journal_id" IS NULL',
                [[entry.id, low, high]],
            )
        return entry


def has_history(kind: str) -> bool:
    """Whether each entry that changes a row of this kind stands in its history."""
    return kind in KINDS and "revision" in KINDS[kind].columns


def amounts_in(changes: Mapping[str, Mapping[str, Sequence[Any]]]) -> set[int]:
    """The amounts in fen, other than nothing, from or to which one portion of changes leads: those of
    projects and whatever any row has as its amount.
    """
    return {
        value
        for subject, columns in changes.items()
        for column, pair in columns.items()
        if column == "amount_fen" or (column.endswith("_fen") and subject.startswith("Project:"))
        for value in pair
        if isinstance(value, int) and value
    }


async def changes_of(written: Mapping[str, Any]) -> AsyncIterator[dict[str, Changes]]:
    """What an act changed, `Kind:id` → column → [before, after], of an entry's `changes` as written.

    In portions, in the order in which the act wrote them: the parts that stand beside the entry,
    then what it lists itself. A row may be in several.
    """
    for sha256 in written.get(PARTS, {}).get("sha256", [None, []])[1]:
        for part in await database.fetch(PART, [sha256]):
            yield orjson.loads(part["changes"])
    yield {subject: columns for subject, columns in written.items() if subject not in (PARTS, ROWS)}


async def changes_in(written: Mapping[str, Any], subject: str) -> Changes:
    """What an act changed of one row, `Kind:id`, wherever that is written."""
    found: Changes = {}
    async for portion in changes_of(written):
        for column, (before, after) in portion.get(subject, {}).items():
            found[column] = [found.get(column, [before])[0], after]
    return found


async def number_at(moment: datetime) -> int:
    """The number of the last entry that the journal had at a moment, 0 before the first.

    Entries are stamped in their order under the journal's lock, so what is known at a number is
    the same for ever.
    """
    (last,) = await database.fetch(
        'SELECT COALESCE(max("id"), 0) AS "id" FROM "journal_entry" WHERE "at" <= ?',
        [bindable(moment, database.dialect())],
    )
    return int(last["id"])


@dataclass(frozen=True)
class Fault:
    """Where the journal is not what was written: the entry, or None for its end, and in what way."""

    entry: int | None
    message: str

    def __str__(self) -> str:
        return f"第 {self.entry} 条：{self.message}" if self.entry else self.message


async def verify() -> Fault | None:
    """The first place at which the journal was changed since it was written; None when it is whole."""
    async with database.snapshot():
        return await _verify()


async def _verify() -> Fault | None:
    try:
        secrets = keys.sealing()
    except keys.KeysMissing as missing:
        return Fault(None, str(missing))
    prior, last, count = BEGINNING, 0, 0
    heads = {secret.since: secret.head for secret in secrets if secret.since}
    while entries := await JournalEntry.filter(id__gt=last).order_by("id").limit(AT_ONCE):
        for entry in entries:
            if fault := fault_of(entry, prior, secrets):
                return fault
            for sha256 in entry.changes.get(PARTS, {}).get("sha256", [None, []])[1]:
                if not await whole(sha256):
                    return Fault(entry.id, "明细被改动或删去")
            prior, last, count = entry.hash, entry.id, count + 1
            if heads.pop(last, prior) != prior:
                return Fault(last, "与换用密钥时所记的校验值不同，此前的记录被改写")
    if heads:
        return Fault(None, f"换用密钥时已有第 {max(heads)} 条，末尾的记录被删去或库被倒回")
    written = await SequenceRow.get_or_none(name=COUNT)
    if count != (written.value if written else 0):
        return Fault(None, "末尾的记录被删去")
    return None


def fault_of(entry: JournalEntry, prior: str, secrets: Sequence[keys.Secret]) -> Fault | None:
    """Where an entry is not what was written after the one with the hash `prior`."""
    if entry.prior_hash != prior:
        return Fault(entry.id, "前一条被删去、插入或调换")
    right = next((each.id for each in reversed(secrets) if each.since < entry.id), "")
    if entry.key_id != right:
        if entry.key_id not in ("", *(each.id for each in keys.ring())):
            return Fault(entry.id, f"用密钥 {entry.key_id} 加封，密钥文件中没有这个密钥")
        return Fault(entry.id, "不是用这一段的密钥加封")
    return None if entry.hash == chained(entry) else Fault(entry.id, "内容被改动")


async def whole(sha256: str) -> bool:
    """Whether a part says what its entry's hash of it says."""
    part = await JournalPart.filter(sha256=sha256).first()
    return part is not None and hashlib.sha256(part.changes.encode()).hexdigest() == sha256


def chained(entry: JournalEntry) -> str:
    """The hash of an entry over its number, all it says and the hash of the one before: HMAC-SHA-256
    in hex under the key that it names; without one SHA-256, and without its number.

    Raises KeysMissing where the key is not in the file.
    """
    content = {
        name: getattr(entry, name) for name in stored_names(entry) if name not in ("id", "hash")
    }
    for name, nothing in LATER.items():
        if content[name] == nothing:
            del content[name]
    if not entry.key_id:
        return fingerprint(content)
    secret = keys.key(SEAL, entry.key_id)
    return hmac.digest(secret, as_text({"id": entry.id, **content}), "sha256").hex()


def fingerprint(value: Any) -> str:
    """SHA-256 in hex of a value as JSON, whatever the order of its keys."""
    return hashlib.sha256(as_text(value)).hexdigest()


def as_text(value: Any) -> bytes:
    """A value as JSON, the same whatever the order of its keys."""
    return json.dumps(plain(value), sort_keys=True, ensure_ascii=False).encode()


def plain(value: Any) -> Any:
    """A value as JSON keeps it; bytes only by their hash, of an input what is given."""
    if isinstance(value, Enum):
        return value.value
    if type(value) is str:
        return database.storable(value)  # hashed as it is kept
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, HashedBytes):
        return value.sha256
    if isinstance(value, bytes):
        return hashlib.sha256(value).hexdigest()
    if isinstance(value, File):
        return {"name": value.name, "content": plain(value.content)}
    if isinstance(value, list | tuple):
        return [plain(each) for each in value]
    if isinstance(value, dict):
        return {str(key): plain(each) for key, each in value.items()}
    if is_dataclass(value):
        given = {field.name: getattr(value, field.name) for field in fields(value)}
        return {name: plain(each) for name, each in given.items() if each is not UNSET}
    return value


def stored_names(row: Model) -> list[str]:
    """The columns of a row, by name."""
    return sorted(row._meta.fields_db_projection)
