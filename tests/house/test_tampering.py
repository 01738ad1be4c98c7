"""What somebody with full write access to the database may try with journal, rows and files, without the
key that lies outside: each is found by `sixones check`, and named.
"""

import hashlib
import hmac
import os
import secrets
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest

import schema.graph  # noqa: F401  (declares the kinds)
from schema import database
from schema.database import transaction
from schema.evidence.tables import Attachment
from schema.gate import journal, keys
from schema.gate.journal import LATER, as_text, chained, stored_names, verify
from schema.gate.keys import KeysMissing
from schema.gate.resealing import JournalBroken
from schema.gate.tables import JournalEntry
from server import settings
from server.files.store import FileStore
from server.operations import anchors, checks, seed
from server.operations.sealing import change_key, make_keys
from tests.house.test_who_may import undone
from tests.world import City, on

CHANGED, MOVED, ENDED = "内容被改动", "前一条被删去、插入或调换", "末尾的记录被删去"
ROWS = "数据与办理记录"
CUT, REWRITTEN = "末尾被删去或库被倒回", "锚定的校验值不同，办理记录被改写"
E = '"journal_entry"'


@dataclass
class Scene:
    """A city whose journal has been anchored twice, with a file of evidence, and keys of its own."""

    city: City
    project: dict[str, Any]
    anchors: Path
    files: Path
    ids: list[int]

    async def entries(self, since: int = 0) -> list[JournalEntry]:
        return await JournalEntry.filter(id__gte=since).order_by("id")

    async def anchor(self) -> None:
        if head := await anchors.head(now=self.city.now):
            anchors.append(self.anchors, head)

    async def act(self) -> None:
        self.city.now += timedelta(minutes=1)
        await self.city.report()

    def numbers(self) -> list[int]:
        """The ids of entries, by their place from the end; 0 is the one after the last of the scene's."""
        return [self.ids[-1] + 1, *reversed(self.ids)]

    def evidence(self) -> Path:
        (found,) = self.files.glob("??/*")
        return found

    def plant(self) -> str:
        """The hash of a file of somebody's own making, put where it would lie."""
        sha256 = hashlib.sha256(b"made up").hexdigest()
        planted = self.files / sha256[:2] / sha256
        planted.parent.mkdir(exist_ok=True)
        planted.write_bytes(b"made up")
        os.utime(planted, (0, 0))
        return sha256

    def lines(self) -> list[str]:
        return self.anchors.read_text().splitlines(keepends=True)


async def execute(sql: str, *values: Any) -> None:
    await database.write(sql, [list(values)])


@asynccontextmanager
async def scene_of(
    city: City, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Scene]:
    keys_file = folder / "keys"
    shutil.copy(keys.file(), keys_file)
    monkeypatch.setenv(keys.SETTING, str(keys_file))
    monkeypatch.setattr(settings, "ANCHORS", folder / "anchors")
    monkeypatch.setattr(settings, "FILES_DIR", folder / "files")
    city.files = FileStore(folder / "files")
    with monkeypatch.context() as small:
        small.setattr(journal, "KEPT_IN_ENTRY", 2)  # so that an act on few rows writes parts
        await city.report()
    paper = {"name": "纪要.txt", "content": "5Lya6K6u57qq6KaB"}
    project = await city.report(evidence=[paper])
    scene = Scene(city, project, folder / "anchors", folder / "files", [])
    await scene.anchor()
    await city.done(city.office, "projectReturn", **on(project), reason="请补充")
    await city.report()
    await scene.anchor()
    scene.ids = [each.id for each in await scene.entries()]
    yield scene


# ---------------------------------------------------------------- what is tried

Trying = Callable[[Scene], Awaitable[None]]
TRIED: dict[str, tuple[Trying, list[str]]] = {}
"""Name → what is done, and what is to be found: parts of what the check says, in any order."""


def tried(name: str, *found: str) -> Callable[[Trying], Trying]:
    def declare(function: Trying) -> Trying:
        TRIED[name] = function, list(found)
        return function

    return declare


def by_sql(name: str, sql: str, *found: str) -> None:
    """Statements, in which as in `found` `{n}` is the id of the nth entry from the end, 1 the last."""

    async def run(scene: Scene) -> None:
        for statement in sql.split(";"):
            await execute(statement.format(*scene.numbers()))

    tried(name, *found)(run)


def by_column(name: str, column: str, value: str, found: str = CHANGED) -> None:
    """One column of the last entry but one, given a value that is SQL."""
    value = value.replace("{", "{{").replace("}", "}}")
    sql = f'UPDATE {E} SET "{column}" = {value} WHERE "id" = {{2}}'
    by_sql(name, sql, f"第 {{2}} 条：{found}")


async def rewrite(
    entries: list[JournalEntry], seal: Callable[[JournalEntry], str], **changes: Any
) -> None:
    """The first of these entries changed, and all of them chained anew by whatever makes hashes."""
    prior = entries[0].prior_hash
    for column, value in changes.items():
        setattr(entries[0], column, value)
    for entry in entries:
        entry.prior_hash = prior
        entry.hash = prior = seal(entry)
    for entry in reversed(entries):  # a hash is there once
        await execute(
            'UPDATE "journal_entry" SET "hash" = ? WHERE "id" = ?', f"x{entry.id}", entry.id
        )
    for entry in entries:
        await entry.save()


def text_of(entry: JournalEntry) -> bytes:
    """What a forger can know of how a sealed entry's hash is taken: everything but the key."""
    content = {name: getattr(entry, name) for name in stored_names(entry) if name != "hash"}
    for name, nothing in LATER.items():
        if content[name] == nothing:
            del content[name]
    return as_text(content)


def under(secret: bytes) -> Callable[[JournalEntry], str]:
    return lambda entry: hmac.digest(secret, text_of(entry), "sha256").hex()


def unsealed(entry: JournalEntry) -> str:
    entry.key_id = ""
    return chained(entry)


by_column("its time changed", "at", "'2026-11-01 00:00:00+00:00'")
by_column("its actor changed", "actor_name", "'别人'")
by_column("its actor's row changed", "actor_id", "2")
by_column("its unit changed", "unit_name", "'别处'")
by_column("its post changed", "post_title", "'副主任'")
by_column("its act changed", "act", "'projectJudge'")
by_column("its reason changed", "reason", "'改过'")
by_column("its project changed", "project_id", "NULL")
by_column("what it changed, changed", "changes", "'{}'")
by_column("its key's name taken away", "key_id", "''", "不是用这一段的密钥加封")
by_column(
    "its key's name changed",
    "key_id",
    "'0123abcd'",
    "用密钥 0123abcd 加封，密钥文件中没有这个密钥",
)
by_sql(
    "an entry removed in the middle", f'DELETE FROM {E} WHERE "id" = {{3}}', f"第 {{2}} 条：{MOVED}"
)
by_sql("the last removed", f'DELETE FROM {E} WHERE "id" = {{1}}', ENDED, CUT)
by_sql(
    "the last removed, and the count set back",
    f'DELETE FROM {E} WHERE "id" = {{1}};'
    ' UPDATE "sequence" SET "value" = "value" - 1 WHERE "name" = \'journal\'',
    CUT,
)
by_sql(
    "the count set back alone",
    'UPDATE "sequence" SET "value" = 1 WHERE "name" = \'journal\'',
    ENDED,
)
by_sql("the count removed", 'DELETE FROM "sequence" WHERE "name" = \'journal\'', ENDED)
by_sql(
    "two entries that changed places",
    f'UPDATE {E} SET "id" = 90001 WHERE "id" = {{2}};'
    f' UPDATE {E} SET "id" = {{2}} WHERE "id" = {{3}};'
    f' UPDATE {E} SET "id" = {{3}} WHERE "id" = 90001',
    f"第 {{3}} 条：{MOVED}",
)
by_sql(
    "the last one numbered anew",
    f'UPDATE {E} SET "id" = "id" + 1 WHERE "id" = {{1}}',
    CHANGED,
    REWRITTEN,
)
by_sql(
    "a part changed",
    'UPDATE "journal_part" SET "changes" = \'{{}}\''
    ' WHERE "id" = (SELECT min("id") FROM "journal_part")',
    "条：明细被改动或删去",
)
by_sql(
    "a part removed",
    'DELETE FROM "journal_part" WHERE "id" = (SELECT max("id") FROM "journal_part")',
    "条：明细被改动或删去",
)
by_sql(
    "a history without an entry",
    'DELETE FROM "journal_row" WHERE "entry_id" = {2} AND "kind" = \'Project\'',
    "的历史中缺第 {2} 条",
)
by_sql(
    "a history with one too many",
    'INSERT INTO "journal_row" ("entry_id", "kind", "row_id") VALUES ({2}, \'Project\', 99)',
    "Project 99 的历史中多出第 {2} 条",
)
by_sql(
    "an amount by which nothing is found any more",
    'DELETE FROM "journal_row" WHERE "kind" = \'Fen\' AND "entry_id" = {1}',
    "的历史中缺第 {1} 条",
)
by_sql(
    "a row changed",
    'UPDATE "project" SET "amount_fen" = 1 WHERE "id" = (SELECT max("id") FROM "project")',
    ROWS,
    "amount_fen：库中为 1",
)
by_sql(
    "projects numbered from the beginning again",
    'UPDATE "sequence" SET "value" = 0 WHERE "name" = \'project 2026\'',
    "project 2026 已编到 3",
)


@tried("an entry put in between", f"第 {{1}} 条：{CHANGED}", REWRITTEN)
async def put_in(scene: Scene) -> None:
    """Copied from another, with its hash made up, and the later ones pushed on."""
    *_, second, last = await scene.entries()
    last_id = last.id
    await execute(f'UPDATE {E} SET "id" = ? WHERE "id" = ?', last_id + 1, last_id)
    copy = {name: getattr(second, name) for name in stored_names(second)}
    await JournalEntry.create(**copy | {"id": last_id, "hash": "f" * 64, "prior_hash": second.hash})
    await execute('UPDATE "sequence" SET "value" = "value" + 1 WHERE "name" = \'journal\'')


@tried("an entry added at the end without the key", CHANGED)
async def added(scene: Scene) -> None:
    (last,) = (await scene.entries())[-1:]
    copy = {name: getattr(last, name) for name in stored_names(last)}
    made = JournalEntry(**copy | {"id": last.id + 1, "prior_hash": last.hash, "reason": "补"})
    made.hash = hashlib.sha256(text_of(made)).hexdigest()
    await made.save(force_create=True)
    await execute('UPDATE "sequence" SET "value" = "value" + 1 WHERE "name" = \'journal\'')


@tried("made to look like a journal from before personal data was hashed", f"条：{CHANGED}")
async def as_if_older(scene: Scene) -> None:
    """A contact put back as it was, its row's salt taken away, and another entry rewritten with its row."""
    *_, reported = [each for each in await scene.entries() if each.act == "projectReport"]
    columns = reported.changes[f"Project:{reported.project_id}"]
    columns["contact_name"] = [None, "王某"]
    await reported.save(update_fields=["changes"])
    await execute('UPDATE "project" SET "personal_salt" = \'\' WHERE "id" = ?', reported.project_id)
    await execute(
        f'UPDATE {E} SET "actor_name" = ?, "reason" = ? WHERE "id" = ?',
        *("别人", "改过", scene.ids[-2]),
    )
    await execute('UPDATE "return" SET "reason" = ?', "改过")


@tried("all chained anew without a key", "第 {2} 条：不是用这一段的密钥加封", REWRITTEN)
async def without_key(scene: Scene) -> None:
    await rewrite(await scene.entries(scene.ids[-2]), unsealed, reason="改过")


@tried(
    "the whole journal chained anew as from before there were keys",
    "第 1 条：不是用这一段的密钥加封",
    "锚定的校验值不同",
)
async def all_without_key(scene: Scene) -> None:
    await rewrite(await scene.entries(), unsealed, actor_name="别人")


@tried(
    "all chained anew under a key of the forger's, as if it were ours",
    f"第 {{2}} 条：{CHANGED}",
    "锚定的校验值不同",
)
async def own_key(scene: Scene) -> None:
    await rewrite(await scene.entries(scene.ids[-2]), under(secrets.token_bytes(32)), reason="改过")


@tried("all chained anew under a key of the forger's, by its own name", "密钥文件中没有这个密钥")
async def own_named_key(scene: Scene) -> None:
    own = keys.new_secret(0, keys.BEGINNING)

    def seal(entry: JournalEntry) -> str:
        entry.key_id = own.id
        return under(keys.derived(own.value, "journal"))(entry)

    await rewrite(await scene.entries(scene.ids[-2]), seal, reason="改过")


@tried(
    "a later entry sealed by a key that was given up and came out",
    "第 {0} 条：不是用这一段的密钥加封",
)
async def given_up_key(scene: Scene) -> None:
    old = keys.ring()[-1]
    await change_key()
    await scene.act()
    assert await verify() is None
    (last,) = await scene.entries(scene.ids[-1] + 1)

    def seal(entry: JournalEntry) -> str:
        entry.key_id = old.id
        return chained(entry)

    await rewrite([last], seal, reason="改过")


@tried(
    "what a key sealed that was given up and came out, chained anew", "与换用密钥时所记的校验值不同"
)
async def before_the_key_changed(scene: Scene) -> None:
    await change_key()
    await rewrite(await scene.entries(scene.ids[-2]), chained, reason="改过")


@tried("rolled back to before a key was changed", "末尾的记录被删去或库被倒回")
async def before_change(scene: Scene) -> None:
    async with undone():
        await scene.act()
        await change_key()


@tried("rolled back to an older backup", CUT)
async def rolled_back(scene: Scene) -> None:
    async with undone():
        await scene.act()
        await scene.anchor()


@tried("rolled back, and gone on with other acts", REWRITTEN)
async def gone_on(scene: Scene) -> None:
    async with undone():
        await scene.act()
        await scene.anchor()
    scene.city.now += timedelta(hours=1)
    await scene.act()


@tried("the keys taken away", "密钥文件", "不在，请取回")
async def no_keys(scene: Scene) -> None:
    keys.file().unlink()


@tried("the keys exchanged for new ones", "密钥文件中没有这个密钥")
async def other_keys(scene: Scene) -> None:
    keys.file().unlink()
    keys.make()


@tried("an anchor's number edited", "锚定记录 anchors 第 1 行被改动")
async def edited_anchor(scene: Scene) -> None:
    first, *rest = scene.lines()
    kind, at, number, *others = first.split(" ")
    scene.anchors.write_text(" ".join((kind, at, str(int(number) - 1), *others)) + "".join(rest))


@tried("an anchor's hash edited to fit a chain", "锚定记录 anchors 第 2 行被改动")
async def edited_hash(scene: Scene) -> None:
    first, second = scene.lines()
    scene.anchors.write_text(first + second.replace(second.split(" ")[3], "a" * 64))


@tried("anchors in another order", "次序被改动")
async def reordered(scene: Scene) -> None:
    scene.anchors.write_text("".join(reversed(scene.lines())))


@tried(
    "a restoration made up to excuse a cut-off end",
    "锚定记录 anchors 第 3 行被改动",
    "末尾被删去或库被倒回",
)
async def excused(scene: Scene) -> None:
    async with undone():
        await scene.act()
        await scene.anchor()
    with scene.anchors.open("a") as out:
        *_, line = scene.lines()
        out.write(line.replace("head", "restored", 1))
    lines = scene.lines()
    scene.anchors.write_text("".join((*lines[:2], lines[3], lines[2])))


async def restored(scene: Scene) -> str:
    """A backup restored on purpose, the acts that went on from it, and their anchors: the line that says so."""
    async with undone():
        await scene.act()
        await scene.anchor()
    scene.city.now += timedelta(hours=1)
    await anchors.restore(scene.anchors, "磁盘损坏，按备份恢复", scene.city.now)
    (*_, line) = scene.lines()
    for _ in range(2):
        await scene.act()
        await scene.anchor()
    assert (await checks.anchored()).right
    return line


async def cut_back(scene: Scene, kept: int) -> None:
    await execute('DELETE FROM "journal_entry" WHERE "id" > ?', kept)
    await execute('UPDATE "sequence" SET "value" = ? WHERE "name" = \'journal\'', kept)


@tried("an old restoration added again after a rollback", "的时间早于前一行", CUT)
async def restored_again(scene: Scene) -> None:
    line = await restored(scene)
    await cut_back(scene, scene.ids[-1])
    with scene.anchors.open("a") as out:
        out.write(line)


@tried("an old restoration that its own entry goes with, added again", "的时间早于前一行", CUT)
async def restored_again_with_entry(scene: Scene) -> None:
    line = await restored(scene)
    await cut_back(scene, scene.ids[-1] + 1)
    with scene.anchors.open("a") as out:
        out.write(line)


@tried("a restoration of the same second, added again after a rollback", "与前面的一行重复", CUT)
async def restored_twice(scene: Scene) -> None:
    await anchors.restore(scene.anchors, "按备份恢复", scene.city.now)
    (*_, line) = scene.lines()
    await scene.city.report()
    await scene.anchor()
    await cut_back(scene, scene.ids[-1] + 1)
    with scene.anchors.open("a") as out:
        out.write(line)


@tried("the anchors removed while the journal goes on", "没有锚定，或锚定记录被删去")
async def no_anchors(scene: Scene) -> None:
    scene.anchors.write_text("")
    scene.city.now += timedelta(days=2)
    await scene.act()


@tried("a file of evidence exchanged", "的文件内容与 SHA-256 校验值不符")
async def exchanged(scene: Scene) -> None:
    scene.evidence().write_bytes(b"x" * scene.evidence().stat().st_size)


@tried("a file of evidence cut off", "的文件被截短：应有 12 字节，只有 5 字节")
async def cut_off(scene: Scene) -> None:
    os.truncate(scene.evidence(), 5)


@tried("a file of evidence removed", "的文件不在附件目录中")
async def removed_file(scene: Scene) -> None:
    scene.evidence().unlink()


@tried("a file put among the evidence", "没有归属，库中没有哪一行用它")
async def added_file(scene: Scene) -> None:
    scene.plant()


@tried("a file and its row exchanged together", ROWS, "Attachment", "sha256：库中为")
async def exchanged_both(scene: Scene) -> None:
    scene.evidence().unlink()
    await execute('UPDATE "attachment" SET "sha256" = ?, "size" = 7', scene.plant())


@tried("evidence hung on without an act", "Attachment", "库中有这一行，办理记录没有新增它")
async def hung_on(scene: Scene) -> None:
    (kept,) = await Attachment.all().values()
    await Attachment.create(**kept | {"id": kept["id"] + 1})


@tried(
    "a guard dropped, then a row that it refused",
    "数据库约束",
    "uq_return_open",
    "Return",
    "办理记录没有新增它",
)
async def guard_dropped(scene: Scene) -> None:
    await execute('DROP INDEX "uq_return_open"')
    await execute(
        'INSERT INTO "return" ("project_id", "reason", "returned_by_id", "returned_at")'
        ' SELECT "project_id", "reason", "returned_by_id", "returned_at" FROM "return"'
    )


# ---------------------------------------------------------------- what is found


Finding = Callable[[], Awaitable[checks.Check]]


def finders() -> list[Finding]:
    """What of the operator's check finds tampering."""
    derived = [
        partial(checks.derived, what, find) for what, find in checks.CHECKS if what != "台账与分享"
    ]
    return [checks.journal, checks.anchored, checks.files, checks.guards, recorded, *derived]


async def recorded() -> checks.Check:
    """The rows beside the journal, where that is whole."""
    whole = await checks.journal()
    return await checks.recorded() if whole.right else whole._replace(right=True)


async def found(by: Iterable[Finding] = ()) -> tuple[str, list[Finding]]:
    """All that the operator's check says is not right, in one text; and which parts of it said so."""
    wrong = [(each, said) for each in by or finders() if not (said := await each()).right]
    return "\n".join(f"{said.what} {said.found}" for _, said in wrong), [each for each, _ in wrong]


COMMANDS: dict[str, Callable[[Scene], Awaitable[Any]]] = {
    "migrate": lambda scene: make_keys(),
    "migrate, the rules": lambda scene: seed.add_rules(scene.city.now),
    "seed": lambda scene: seed.seed(),
    "rebuild": lambda scene: checks.rebuild(),
    "anchor": lambda scene: scene.anchor(),
    "rotate-key": lambda scene: change_key(),
}
REFUSED = KeysMissing, JournalBroken, checks.FactsChanged
MENDED = {
    "a history without an entry": "rebuild",
    "a history with one too many": "rebuild",
    "an amount by which nothing is found any more": "rebuild",
    "projects numbered from the beginning again": "rebuild",
    "the anchors removed while the journal goes on": "anchor",
    "rolled back to before a key was changed": "rotate-key",
}
"""What a command sets right, and the one that does: what follows from the journal; a place of anchors
that was emptied, which its next line begins anew; a chain that is older than its keys, with which the
operator goes on by new ones."""


async def test_each_way_of_tampering_is_found_and_named(
    city: City, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And is named still once the operator has run whatever commands there are."""
    assert len(TRIED) >= 30 and MENDED.keys() <= TRIED.keys()
    unnamed: dict[str, str] = {}
    (tmp_path / "made").mkdir()
    async with scene_of(city, tmp_path / "made", monkeypatch) as scene:
        assert await found() == ("", [])
        now = city.now
        for name, (run, expected) in TRIED.items():
            shutil.copytree(tmp_path / "made", tmp_path / "kept")
            async with undone():
                await run(scene)
                said, by = await found()
                wanted = [each.format(*scene.numbers()) for each in expected]
                if not all(each in said for each in wanted):
                    unnamed[name] = f"{wanted} in: {said or 'nothing'}"
                for command, work in COMMANDS.items():
                    if MENDED.get(name) != command:
                        with suppress(*REFUSED):
                            async with transaction():
                                await work(scene)
                said, _ = await found(by)
                if not all(each in said for each in wanted):
                    unnamed[f"{name}, after commands"] = f"{wanted} in: {said or 'nothing'}"
            shutil.rmtree(tmp_path / "made")
            (tmp_path / "kept").rename(tmp_path / "made")
            city.now = now
        assert unnamed == {}
        assert await found() == ("", []), "and nothing once it is undone"
