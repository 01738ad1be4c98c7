"""The journal's keys and anchors as an operator has them: at an upgrade, when a key is changed or lost, when a
backup was restored, when the place of the anchors is out of reach.
"""

import os
import shutil
from collections.abc import Iterator
from datetime import timedelta
from importlib import import_module
from pathlib import Path

import pytest

from schema import database
from schema.context import Context
from schema.gate import keys
from schema.gate.journal import chained, verify
from schema.gate.resealing import JournalBroken
from schema.gate.tables import JournalEntry
from schema.gate.upkeep import index_faults
from schema.jobs import JOBS
from schema.jobs.declare import CLOCK
from schema.jobs.runner import Runner
from schema.jobs.tables import Job
from server import settings
from server.app import create_app
from server.operations import anchors, checks
from server.operations.jobs import anchor_journal
from server.operations.sealing import change_key, make_keys, missing_key
from tests.house.test_who_may import undone
from tests.server.doors import browser
from tests.server.test_commands import Operator
from tests.world import City, at


@pytest.fixture
def own_keys(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A file of keys that a test may change."""
    kept = keys.file()
    monkeypatch.setenv(keys.SETTING, str(tmp_path / "own-keys"))
    shutil.copy(kept, keys.file())
    return keys.file()


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Where anchors are put."""
    folder = tmp_path / "anchors"
    folder.mkdir()
    monkeypatch.setattr(settings, "ANCHORS", folder)
    yield folder
    folder.exists() and folder.chmod(0o700)


def lose(file: Path) -> None:
    file.unlink(missing_ok=True)


def there() -> list[bool]:
    """Whether the file of keys is there, and the one that is to take its place."""
    return [each.exists() for each in (keys.file(), keys.next_file())]


def before_the_exchange() -> None:
    """The files of keys as they are just before the one takes the other's place."""
    keys.file().rename(keys.next_file())


async def unseal() -> None:
    """The journal as a release without keys has written it."""
    prior = keys.BEGINNING
    for entry in await JournalEntry.all().order_by("id"):
        entry.key_id, entry.prior_hash = "", prior
        entry.hash = prior = chained(entry)
        await entry.save()


async def reseal(entry: JournalEntry) -> None:
    entry.hash = chained(entry)
    await entry.save()


async def test_a_journal_from_before_there_were_keys_goes_on_sealed(
    city: City, own_keys: Path
) -> None:
    await city.report()
    await unseal()
    lose(own_keys)
    old = await JournalEntry.all().order_by("id")
    assert await make_keys()
    (secret,) = keys.ring()
    assert (secret.since, secret.head) == (old[-1].id, old[-1].hash)
    assert await verify() is None
    await city.report()
    assert (await JournalEntry.all().order_by("-id").first()).key_id == secret.id  # type: ignore[union-attr]
    assert await verify() is None
    async with (
        undone()
    ):  # all that is older, chained anew as it was: the file of keys knows its head
        old[0].reason = "改过"
        prior = keys.BEGINNING
        for entry in old:
            entry.prior_hash = prior
            await reseal(entry)
            prior = entry.hash
        await database.write(
            'UPDATE "journal_entry" SET "prior_hash" = ? WHERE "id" = ?', [[prior, old[-1].id + 1]]
        )
        fault = await verify()
        assert fault and fault.entry == old[-1].id and "此前的记录被改写" in fault.message
    assert not await make_keys(), "and no other keys are made"


async def test_a_journal_from_before_that_is_not_whole_is_neither_sealed_nor_changed(
    city: City, own_keys: Path
) -> None:
    """Whoever changed it before the upgrade is not given a valid chain by it."""
    await city.report()
    await unseal()
    for keyless in (True, False):
        if keyless:
            lose(own_keys)
        else:  # the keys are there, and nothing was sealed by them yet
            last = await JournalEntry.all().order_by("-id").first()
            assert last and keys.make(last.id, last.hash)
        before = await JournalEntry.all().order_by("id").values()
        async with undone():
            await database.write(
                'UPDATE "journal_entry" SET "actor_name" = ? WHERE "id" = ?', [["别人", 2]]
            )
            with pytest.raises(JournalBroken, match="办理记录第 2 条：内容被改动"):
                await make_keys()
            assert [each["hash"] for each in before] == await hashes()
        assert there() == [not keyless, False]
        assert await JournalEntry.all().order_by("id").values() == before
    assert "sixones migrate" in (await missing_key() or "")
    assert await make_keys()
    assert await verify() is None and await missing_key() is None


async def hashes() -> list[str]:
    return [each.hash for each in await JournalEntry.all().order_by("id")]


async def test_keys_and_journal_fit_wherever_the_upgrade_is_cut_off(
    city: City, own_keys: Path
) -> None:
    await city.report()
    await unseal()
    lose(own_keys)
    last = await JournalEntry.all().order_by("-id").first()
    assert last is not None
    with keys.with_next(last.id, last.hash):  # ended before anything was stored
        assert keys.ring()[-1].since == last.id
    assert "不在" in (await missing_key() or "")
    assert there() == [False, False]
    assert await make_keys()
    before_the_exchange()  # ended once it was stored
    assert await missing_key() is None and there() == [True, False]
    assert await verify() is None


def test_what_the_operator_wrote_into_the_file_of_keys_stays(own_keys: Path) -> None:
    keys.add(7, "a" * 64)
    text = "# 保管人：机要室，2026-11-01 交接\n\n" + own_keys.read_text() + "# 副本在保险柜\n"
    own_keys.write_text(text)
    keys.replace_heads({7: "b" * 64, 9: "c" * 64})
    assert own_keys.read_text() == text.replace("a" * 64, "b" * 64)
    assert keys.is_private()


async def test_amounts_of_entries_from_before_are_indexed_by_the_migration(city: City) -> None:
    await city.paid(await city.signed(), "1000.05")
    migration = import_module("migrations.0005_sealed_journal")
    await migration.forget_amounts(None, None)
    assert any("Fen 100005" in each for each in await index_faults())
    await migration.index_amounts(None, None)
    assert await index_faults() == []


async def test_a_key_is_changed_and_what_the_former_one_sealed_stays_verified(
    city: City, own_keys: Path
) -> None:
    await city.report()
    first = keys.ring()[-1]
    second = await change_key()
    with pytest.raises(keys.KeysMissing, match="还没有加封过"):
        await change_key()
    await city.report()
    sealed = await JournalEntry.all().order_by("-id").limit(2).values_list("key_id", flat=True)
    assert list(sealed) == [second.id, first.id]
    assert await verify() is None
    async with undone():
        await city.report()
        await change_key()
        await city.report()
        assert await verify() is None
    fault = await verify()  # as if a backup from before the last change had been restored
    assert fault and fault.entry is None and "库被倒回" in fault.message
    await change_key()
    await city.report()
    assert await verify() is None, "the operator went on with a further key"


async def test_without_its_keys_the_journal_is_neither_written_nor_served(
    city: City, own_keys: Path
) -> None:
    await city.report()
    before = await JournalEntry.all().count()
    for missing in (True, False):
        lose(own_keys)
        if not missing:
            keys.make()
        problem = await missing_key()
        assert problem and "请把当时的密钥文件放回" in problem and str(own_keys) in problem
        with pytest.raises(keys.KeysMissing):
            await city.report()
        assert await JournalEntry.all().count() == before
        with pytest.raises(keys.KeysMissing, match="加封"):
            await make_keys()
        assert not (await checks.journal()).right
        assert checks.sealing_keys().right is not missing
        if missing:
            async with browser() as visitor:
                answer = await visitor.get("/healthz")
            assert answer.status_code == 503 and "sixones check" in answer.json()["reason"]


async def test_a_server_does_not_start_without_the_keys_of_its_journal(
    committed_db: str,
    stored_city: City,
    own_keys: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    sixones = Operator(committed_db, tmp_path, monkeypatch)
    lose(own_keys)
    keys.make()
    ran = await sixones("serve", "--port", "0")
    assert ran.code == 1 and "请把当时的密钥文件放回" in ran.err
    config = settings.orm_config(settings.DATABASE_URL)
    monkeypatch.setattr("server.app.orm_config", lambda: config)
    with pytest.raises(keys.KeysMissing, match="请把当时的密钥文件放回"):
        async with create_app().router.lifespan_context(create_app()):
            pass


def test_a_file_of_keys_that_others_may_read_is_said(own_keys: Path) -> None:
    assert checks.sealing_keys().right
    own_keys.chmod(0o644)
    assert "chmod 600" in checks.sealing_keys().found


async def run_anchoring(city: City) -> Job:
    await Runner(lambda: Context(viewer=CLOCK, now=city.now, file_store=city.files)).finish()
    done = await Job.filter(kind="anchorJournal", ended_at__isnull=False).order_by("-id").first()
    assert done is not None
    return done


def only_anchoring(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in set(JOBS) - {anchor_journal.kind}:
        monkeypatch.delitem(JOBS, name)


async def test_the_head_is_anchored_each_hour_and_at_the_end_of_the_day(
    city: City, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    only_anchoring(monkeypatch)
    city.now = at("2026-11-30 22:30")
    await Runner(lambda: Context(viewer=CLOCK, now=city.now)).finish()
    await city.report()
    heads = []
    for moment in ("2026-11-30 22:59", "2026-11-30 23:59", "2026-12-01 00:59"):
        city.now = at(moment)
        last = await JournalEntry.all().order_by("-id").first()
        done = await run_anchoring(city)
        assert last and (done.state, done.error) == ("DONE", "")
        assert done.result == f"第 {last.id} 条，校验值 {last.hash}，密钥 {last.key_id}"
        heads.append((at(moment), last.id, last.hash))
        await city.report()
    november, december = anchors.files(place)
    assert (november.name, december.name) == ("sixones-2026-11.anchors", "sixones-2026-12.anchors")
    read = [anchors.parse(line) for _, line in anchors.lines(place)]
    assert [(each.at, each.number, each.hash) for each in read] == heads
    assert [len(file.read_text().splitlines()) for file in (november, december)] == [2, 1]
    check = await checks.anchored()
    assert check.right and "3 次，与校验链一致" in check.found


async def test_a_place_out_of_reach_is_said_and_stops_no_act(
    city: City, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    only_anchoring(monkeypatch)
    await Runner(lambda: Context(viewer=CLOCK, now=city.now)).finish()
    monkeypatch.setattr(settings, "ANCHORS", place / "gone" / "anchors")
    await city.report()
    for _ in range(2):
        city.now += timedelta(hours=1)
        done = await run_anchoring(city)
        assert done.state == "DONE" and "没有锚定第" in done.result and "gone" in done.result
    await city.report()
    messages = "{ messages(filter: {unread: true}) { nodes { text } } }"
    texts = [each["text"] for each in (await city.run(city.office, messages))["messages"]["nodes"]]
    assert [each for each in texts if "办理记录没有锚定" in each] == texts[:1], "once a day"
    others = (await city.run(city.yanjiang, messages))["messages"]["nodes"]
    assert not any("锚定" in each["text"] for each in others)
    check = await checks.anchored()
    assert not check.right and "办理不受影响" in check.found
    async with browser() as visitor:
        answer = await visitor.get("/healthz")
    assert answer.status_code == 200 and answer.json()["status"] == "ok"
    assert answer.json()["warnings"] == ["办理记录的锚定处写不进去，请运行 sixones check"]


async def test_after_a_backup_was_restored_on_purpose_the_journal_goes_on(
    city: City, place: Path
) -> None:
    async def anchored() -> int:
        head = await anchors.head(now=city.now)
        assert head is not None
        anchors.append(place, head)
        return head.number

    await city.report()
    first = await anchored()
    async with undone():
        await city.report()
        await anchored()
    assert "库被倒回" in (await checks.anchored()).found
    why = "磁盘损坏，按十一月十七日的备份恢复"
    assert await anchors.restore(place, why, city.now)
    assert (await checks.anchored()).right
    act = await JournalEntry.all().order_by("-id").first()
    assert act and (act.id, act.act, act.reason) == (first + 1, anchors.RESTORE, why)
    async with undone():  # without what the journal says of it, the line excuses nothing
        await database.write('DELETE FROM "journal_entry" WHERE "id" = ?', [[act.id]])
        assert "库被倒回" in (await checks.anchored()).found
    city.now += timedelta(hours=1)
    await city.report()
    await anchored()
    check = await checks.anchored()
    assert check.right and "4 次" in check.found
    async with undone():  # what was anchored before the restored part is compared all the same
        await database.write(
            'UPDATE "journal_entry" SET "hash" = ? WHERE "id" = ?', [["a" * 64, first]]
        )
        assert "办理记录被改写" in (await checks.anchored()).found


async def test_the_operator_anchors_and_changes_the_key_by_command(
    committed_db: str,
    stored_city: City,
    own_keys: Path,
    place: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    sixones = Operator(committed_db, tmp_path, monkeypatch)
    ran = await sixones("anchor")
    last = await JournalEntry.all().order_by("-id").first()
    assert last and ran.code == 0 and ran.out == f"{last.id} {last.hash}\n"
    assert "sixones-" in ran.err
    changed = await sixones("rotate-key")
    assert changed.code == 0 and keys.ring()[-1].id in changed.err and "备份密钥文件" in changed.err
    assert (await sixones("rotate-key")).code == 1
    assert (await sixones("anchor", "--restored", " ")).code == 1
    again = await sixones("anchor", "--restored", "演练 恢复")
    assert again.code == 0 and again.out == ran.out
    act = await JournalEntry.all().order_by("-id").first()
    assert act and (act.act, act.reason) == ("backupRestore", "演练 恢复")
    read = [anchors.parse(line) for _, line in anchors.lines(place)]
    assert [(each.kind, each.reason) for each in read] == [("head", ""), ("restored", "演练 恢复")]
    monkeypatch.setattr(settings, "ANCHORS", None)
    none = await sixones("anchor")
    assert none.code == 1 and "SIXONES_ANCHORS" in none.err


def test_lines_keep_the_order_of_time_when_the_clock_goes_back(place: Path) -> None:
    (secret, *_) = keys.ring()
    for now, number in (
        ("11-30 23:59", 1),
        ("12-01 00:01", 2),
        ("11-30 23:59", 3),
        ("11-30 23:58", 3),
    ):
        made = anchors.Anchor(anchors.NOTED, at(f"2026-{now}"), number, "a" * 64, secret.id)
        anchors.append(place, made)
    read = list(anchors.read(place))
    assert [each.anchor and each.anchor.number for each in read] == [1, 2, 3], (
        "and none is there twice"
    )
    assert not any(each.fault for each in read)


def test_a_line_is_sealed_and_one_that_was_edited_is_read_by_nobody() -> None:
    (secret, *_) = keys.ring()
    anchor = anchors.Anchor(anchors.NOTED, at("2026-11-18 10:00"), 7, "a" * 64, secret.id)
    assert anchors.parse(anchor.line()) == anchor
    for old, new in ((" 7 ", " 8 "), ("head", "restored"), ("10:00", "11:00"), ("aaaa", "bbbb")):
        with pytest.raises(anchors.Unreadable, match="被改动"):
            anchors.parse(anchor.line().replace(old, new, 1))
    for line in ("", "head", f"{anchor.line().strip()} 原因\n", os.urandom(40).hex()):
        with pytest.raises(anchors.Unreadable):
            anchors.parse(line)


async def test_an_emptied_database_begins_with_keys_of_its_own_and_the_others_are_kept(
    city: City, own_keys: Path
) -> None:
    await city.report()
    await change_key()
    former = keys.ring()
    async with undone():
        await database.write('DELETE FROM "journal_entry"', [[]])
        assert await make_keys()
        (secret,) = keys.ring()
        assert secret.since == 0 and secret not in former
    (kept,) = own_keys.parent.glob("own-keys-*")
    assert all(each.id in kept.read_text() for each in former)
