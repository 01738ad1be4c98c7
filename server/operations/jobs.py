"""Jobs that keep an installation working: clearing away what nobody needs any more."""

from datetime import timedelta

from schema import database
from schema.gate.gate import Gate
from schema.jobs import Daily, Run, job
from server import settings


@job("clearRecords", "清理过期记录", every=Daily(3, 30))
async def clear_records(gate: Gate, run: Run) -> str:
    """Answers kept under an Idempotency-Key, and jobs that have long ended; failed ones stay."""
    keys = await database.fetch(
        'DELETE FROM "idempotencyrecord" WHERE "at" < ? RETURNING "id"',
        [gate.now - timedelta(days=max(1, settings.IDEMPOTENCY_DAYS))],
    )
    jobs = await database.fetch(
        'DELETE FROM "job" WHERE "state" IN (\'DONE\', \'SKIPPED\') AND "ended_at" < ? RETURNING "id"',
        [gate.now - timedelta(days=max(1, settings.JOBS_KEPT_DAYS))],
    )
    return f"清理防重复提交记录 {len(keys)} 条、已办结任务 {len(jobs)} 条"
