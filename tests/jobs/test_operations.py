"""What the operator has: the page, trying again, a backup that is proved, files left behind."""

import asyncio
import base64
import os
import sqlite3
import time
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from schema import database
from schema.context import Context
from schema.jobs import JOBS
from schema.jobs.declare import CLOCK
from schema.jobs.runner import Runner
from schema.jobs.tables import Job
from schema.scalars import File
from server import settings
from server.operations.backup import BadBackup, make_backup
from server.operations.jobs import weekly_backup
from tests.house.test_who_may import retry_job
from tests.server.doors import signed_in
from tests.server.test_commands import Operator
from tests.world import City, at

NIGHTLY = [
    "亮灯",
    "每晚自检",
    "每周备份",
    "清理过期记录",
    "清理过期的查重提示记录",
    "清理没有归属的附件",
]


def runner(city: City) -> Runner:
    return Runner(lambda: Context(viewer=CLOCK, now=city.now, file_store=city.files))


async def test_the_operator_sees_what_repeats_what_failed_and_tries_it_again(city: City) -> None:
    given = await retry_job(city)
    document = "{ repeatingJobs { title every missed } jobs { totalCount nodes { title state error retryable } } }"
    seen = await city.run(city.office, document)
    titles = [each["title"] for each in seen["repeatingJobs"]]
    assert set(NIGHTLY) <= set(titles)
    assert {"title": "亮灯", "every": "每天 00:05", "missed": "LATE"} in seen["repeatingJobs"]
    assert seen["jobs"]["nodes"] == [
        {"title": "亮灯", "state": "FAILED", "error": "没有应答", "retryable": True}
    ]
    for name in ("leader", "yanjiang", "inspector", "partner"):
        other = await city.run(city[name], document)
        assert other == {"repeatingJobs": [], "jobs": {"totalCount": 0, "nodes": []}}
    await city.done(city.office, "jobRetry", **given)
    again = await city.act(city.office, "jobRetry", **given)
    assert [error["code"] for error in again["userErrors"]] == ["RULE"]
    await runner(city).finish()
    assert await Job.filter(kind="lamps", slot_at=None, state="DONE", tries=1).count() == 1


async def test_two_who_try_a_job_again_have_it_tried_once(stored_city: City) -> None:
    city = stored_city
    given = await retry_job(city)
    answers = await asyncio.gather(*(city.act(city.office, "jobRetry", **given) for _ in range(2)))
    assert sorted(bool(each["userErrors"]) for each in answers) == [False, True]


async def test_the_pages_of_jobs_and_messages_are_read_and_acted_on(city: City) -> None:
    failed = await retry_job(city)
    async with signed_in("office") as browser:
        page = await browser.get("/operations/jobs?state=FAILED")
        assert page.status_code == 200 and "没有应答" in page.text and "重试" in page.text
        done = await browser.post(
            "/operations/jobs", data={"act": "JobRetry", "job": failed["job"]}
        )
        assert done.status_code == 303
        refused = await browser.post(
            "/operations/jobs", data={"act": "JobRetry", "job": failed["job"]}
        )
        assert refused.status_code == 422 and "不用重试" in refused.text
        file = await browser.get("/operations/jobs.csv")
        assert "亮灯" in file.text
        form = {"act": "NoticeSend", "text": "请报送", "units": "anyue", "answerBy": "2099-01-05"}
        wrong = await browser.post("/messages/new", data=form | {"subject": "2026-9998"})
        assert wrong.status_code == 422 and "没有找到" in wrong.text and "请报送" in wrong.text
        sent = await browser.post("/messages/new", data=form)
        notice = sent.headers["location"]
        assert (await browser.get(notice)).text.count("未读") == 1
        assert "钱进" in (await browser.get(f"{notice}/receipts.csv")).text
    async with signed_in("anyue") as browser:
        listed = await browser.get("/messages")
        assert "请报送" in listed.text and "未读" in listed.text
        message = listed.text.split('name="message" value="')[1].split('"')[0]
        opened = await browser.post("/messages", data={"act": "MessageRead", "message": message})
        shown = await browser.get(opened.headers["location"])
        assert "答复通知" in shown.text and "标为已读</button>" not in shown.text
        answer = {"act": "NoticeAnswer", "message": message, "text": "已报送"}
        assert (await browser.post(f"/messages/{message}", data=answer)).status_code == 303
        assert "已报送" in (await browser.get(f"/messages/{message}")).text
        assert (await browser.get("/messages.csv")).status_code == 200
        assert (await browser.get("/messages/nonsense")).status_code == 404


@pytest.mark.sqlite
async def test_the_weekly_backup_is_proved_and_the_newest_are_kept(
    committed_db: str, stored_city: City, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings, "BACKUP_DIR", tmp_path / "backups")
    monkeypatch.setattr(settings, "BACKUPS_KEPT", 2)
    city = stored_city
    for name in set(JOBS) - {weekly_backup.kind}:
        monkeypatch.delitem(JOBS, name)
    await city.report()
    await runner(city).finish()
    for sunday in ("2026-11-22", "2026-11-29", "2026-12-06"):
        city.now = at(f"{sunday} 03:00")
        await runner(city).finish()
    assert [each.name for each in sorted((tmp_path / "backups").iterdir())] == [
        "sixones-20261129-030000.sqlite3",
        "sixones-20261206-030000.sqlite3",
    ]
    last = await Job.filter(state="DONE").order_by("-id").first()
    assert last and "校验无误" in last.result
    with closing(sqlite3.connect(tmp_path / "backups" / "sixones-20261206-030000.sqlite3")) as copy:
        assert copy.execute("SELECT count(*) FROM project").fetchone() == (1,)


@pytest.mark.sqlite
async def test_a_backup_whose_journal_was_changed_is_not_kept(
    committed_db: str, stored_city: City, tmp_path: Path
) -> None:
    await stored_city.report()
    source, folder = Path(committed_db.removeprefix("sqlite://")), tmp_path / "backups"
    good = await make_backup(source, folder, datetime.now(UTC), kept=1)
    await database.write('UPDATE "journal_entry" SET "reason" = ? WHERE "id" = 1', [["改过"]])
    with pytest.raises(BadBackup, match="内容被改动"):
        await make_backup(source, folder, datetime.now(UTC) + timedelta(days=7), kept=1)
    assert list(folder.iterdir()) == [good.file], "the good one stays, and nothing half made"


@pytest.mark.sqlite
async def test_the_command_backs_up_beside_a_server(
    committed_db: str, stored_city: City, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ran = await Operator(committed_db, tmp_path, monkeypatch)("backup", str(tmp_path / "copies"))
    copy = ran.out.strip()
    assert ran.code == 0 and "校验无误" in ran.err
    assert copy in map(str, (tmp_path / "copies").glob("*.sqlite3"))


async def test_files_of_an_act_whose_process_died_are_cleared_away_at_night(
    stored_city: City,
) -> None:
    """And those that a row names stay, whoever claimed them as well."""
    city = stored_city
    paper = {"name": "纪要.txt", "content": "5Lya6K6u57qq6KaB"}
    await city.report(evidence=[paper])
    (known,) = await database.fetch('SELECT "sha256" FROM "attachment"')
    left = city.files.examine(File("一.txt", "一".encode()))
    city.files.claim("0" * 16, left)
    city.files.put(left, "一".encode())
    named = city.files.examine(File("纪要.txt", base64.b64decode(paper["content"])))
    city.files.claim("0" * 16, named)
    assert named.sha256 == known["sha256"]
    old = time.time() - 2 * 3600
    (claims,) = {each.parent for each in city.files.folder.rglob("0" * 16 + "/*")}
    os.utime(claims, (old, old))
    await runner(city).finish()
    city.now += timedelta(days=1)
    await runner(city).finish()
    assert not city.files.path(left.sha256).exists()
    assert city.files.path(known["sha256"]).exists()
