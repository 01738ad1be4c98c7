"""Jobs that keep an installation working: checking, backing up, clearing away what nobody needs."""

import asyncio
from datetime import timedelta
from pathlib import Path

from schema import database
from schema.gate.gate import Gate
from schema.jobs import Daily, Hourly, Run, Weekly, job
from schema.messages.rules import template
from schema.messages.sending import holders, write_messages
from schema.permissions import MAY
from server import settings
from server.files import held
from server.operations import anchors, checks
from server.operations.backup import Backup, make_backup

FOUND = template(
    "checkFailed",
    "每晚自检发现 {count} 项不正常：{what}",
    "The nightly check found {count} fault(s): {what}",
)

NOT_ANCHORED = template(
    "anchorFailed",
    "办理记录没有锚定，写不进 {why}",
    "The journal's head was not anchored: {why} cannot be written",
)


async def check_everything(run: Run) -> list[checks.Check]:
    """What `sixones check` checks."""
    fixed = [
        checks.folder(),
        checks.secret(),
        checks.sealing_keys(),
        checks.clock(),
        checks.cookies(),
    ]
    return [*fixed, *[each async for each in checks.open_database_checks()]]


@job(
    "nightlyCheck",
    "每晚自检",
    every=Daily(2, 30),
    limit=timedelta(hours=1),
    before=check_everything,
)
async def nightly_check(gate: Gate, run: Run) -> str:
    """Its result is kept; whoever may try jobs again is notified of what is not right."""
    wrong = [each for each in run.prepared if not each.right]
    if wrong:
        recipients = await holders(gate, *MAY["jobRetry"])
        what = "；".join(f"{each.what}（{each.found}）" for each in wrong)
        given = {"count": len(wrong), "what": what[:500]}
        await write_messages(
            gate,
            FOUND,
            recipients,
            given,
            link="/operations/jobs?kind=nightlyCheck",
            key=f"check:{run.id}",
        )
    summary = f"{len(wrong)} 项不正常，{len(run.prepared) - len(wrong)} 项正常"
    return f"{summary}\n" + "\n".join(
        f"{'正常' if each.right else '不正常'} {each.what}：{each.found}"
        for each in (*wrong, *(each for each in run.prepared if each.right))
    )


async def back_up(run: Run) -> Backup:
    (connection,) = await database.fetch("PRAGMA database_list")
    source = Path(connection["file"])
    return await make_backup(source, settings.BACKUP_DIR, run.context.now, settings.BACKUPS_KEPT)


@job(
    "weeklyBackup",
    "每周备份",
    every=Weekly(6, 3, 0),
    limit=timedelta(hours=2),
    before=back_up,
    only="sqlite",
)
async def weekly_backup(gate: Gate, run: Run) -> str:
    """On PostgreSQL the database's own tools do it."""
    made: Backup = run.prepared
    return f"{made.file}，{made.size / 1024**2:.1f} MB，办理记录 {made.entries} 条，校验无误"


async def note_head(run: Run) -> tuple[anchors.Anchor | None, str]:
    """Add the journal's head where the setting says; the anchor, and why it could not be added."""
    if settings.ANCHORS is None:
        return None, ""
    head = await anchors.head(now=run.context.now)
    try:
        if head is not None:
            await asyncio.to_thread(anchors.append, settings.ANCHORS, head)
    except OSError as fault:
        return head, f"{settings.ANCHORS}：{fault.strerror}"
    return head, ""


@job("anchorJournal", "锚定办理记录", every=Hourly(59), before=note_head)
async def anchor_journal(gate: Gate, run: Run) -> str:
    """The last one of a day is at 23:59. A place out of reach stops no act: whoever may try jobs again is
    notified, once a day.
    """
    head, fault = run.prepared
    if settings.ANCHORS is None:
        return "没有设置 SIXONES_ANCHORS，没有锚定"
    if head is None:
        return "还没有加封的办理记录"
    if fault:
        recipients = await holders(gate, *MAY["jobRetry"])
        await write_messages(
            gate,
            NOT_ANCHORED,
            recipients,
            {"why": fault[:200]},
            link="/operations/jobs?kind=anchorJournal",
            key=f"anchor:{gate.today}",
        )
        return f"没有锚定第 {head.number} 条，写不进 {fault}"
    return f"第 {head.number} 条，校验值 {head.hash}，密钥 {head.key_id}"


@job("clearRecords", "清理过期记录", every=Daily(3, 30))
async def clear_records(gate: Gate, run: Run) -> str:
    """Answers kept under an Idempotency-Key, jobs and sessions that have long ended; failed jobs stay.

    How many, of what age, stands in the journal where there were any.
    """
    keys = await database.fetch(
        'DELETE FROM "idempotency_record" WHERE "at" < ? RETURNING "id"',
        [gate.now - timedelta(days=max(1, settings.IDEMPOTENCY_DAYS))],
    )
    jobs = await database.fetch(
        'DELETE FROM "job" WHERE "state" IN (\'DONE\', \'SKIPPED\') AND "ended_at" < ? RETURNING "id"',
        [gate.now - timedelta(days=max(1, settings.JOBS_KEPT_DAYS))],
    )
    sessions = await database.fetch(
        'DELETE FROM "session" WHERE "created_at" < ? RETURNING "id"',
        [gate.now - settings.SESSION_AGE - timedelta(days=max(1, settings.SESSIONS_KEPT_DAYS))],
    )
    files = await asyncio.to_thread(held.clear, settings.FILES_DIR)
    words = (
        f"清理防重复提交记录 {len(keys)} 条（保存 {settings.IDEMPOTENCY_DAYS} 日）、"
        f"已办结任务 {len(jobs)} 条（{settings.JOBS_KEPT_DAYS} 日）、"
        f"已退出的登录 {len(sessions)} 条（{settings.SESSIONS_KEPT_DAYS} 日）、"
        f"核对后没有提交的文件 {files} 个（1 日）"
    )
    gate.reason = words if keys or jobs or sessions or files else ""
    return words
