"""Jobs as the operator reads them: what ran, what failed, what waits, which periods were missed."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Annotated

import strawberry

from schema import database
from schema.jobs import tables
from schema.jobs.declare import JOBS
from schema.jobs.rules import JobState, Missed, is_late
from schema.permissions import may
from schema.query.fields import (
    Connection,
    Info,
    Node,
    Parent,
    column,
    computed,
    connection,
    describe_enum,
    node,
    resolver,
    row_as,
)
from schema.query.filters import filter_for, in_list
from schema.query.models import KINDS, Record, read_global_id
from schema.query.sql import Order, Read, Sql

describe_enum(
    JobState,
    "任务的状态",
    WAITING="等待",
    RUNNING="运行中",
    DONE="办成",
    FAILED="没有办成",
    SKIPPED="略过",
)
describe_enum(Missed, "没有按时运行的怎么办", LATE="补办最近一期", SKIP="略过")


@node(tables.Job, "一项任务：按时或由办理事项留下，由系统在后台办理")
class Job(Node):
    kind: str = column("种类")
    state: JobState = column("状态")
    due_at: datetime = column("最早何时运行")
    slot_at: datetime | None = column("定时任务的应运行时间")
    started_at: datetime | None = column("最近一次开始")
    ended_at: datetime | None = column("结束")
    tries: int = column("已试次数")
    result: str = column("结果")
    error: str = column("没有办成的原因")

    @computed("名称", columns=("kind",))
    def title(row: Parent) -> str:
        known = JOBS.get(row["kind"])
        return known.title if known else str(row["kind"])

    @computed("是否迟于应运行时间", columns=("slot_at", "started_at"))
    def late(row: Parent) -> bool:
        return bool(
            row["slot_at"] and row["started_at"] and is_late(row["slot_at"], row["started_at"])
        )

    @computed("您可以重试", columns=("state",))
    def retryable(row: Parent, info: Info) -> bool:
        return row["state"] is JobState.FAILED and may(info.context.viewer, "jobRetry")


@filter_for("Job", "任务的筛选")
class JobFilter:
    state: list[JobState] | None = in_list("状态", "state")
    kind: list[str] | None = in_list("种类", "kind")


@strawberry.type(description="一种定时任务")
class RepeatingJob:
    kind: str = strawberry.field(description="种类")
    title: str = strawberry.field(description="名称")
    every: str = strawberry.field(description="何时运行")
    missed: Missed = strawberry.field(description="没有按时运行的怎么办")
    limit: int = strawberry.field(description="时限（秒）")
    only: str | None = strawberry.field(description="只在这一种数据库上运行")
    next_at: datetime | None = strawberry.field(description="下一次")
    last: Job | None = strawberry.field(description="最近一次结束的")


def latest_of(kinds: Sequence[str]) -> Sql:
    """The condition for the latest job of each kind that waits for its period, and that has ended."""
    marks = ", ".join("?" * len(kinds))
    waits = f'"state" = \'{JobState.WAITING.value}\' AND "slot_at" IS NOT NULL'
    parts = [
        f't."id" IN (SELECT max("id") FROM "job" WHERE "kind" IN ({marks}) AND {which} GROUP BY "kind")'
        for which in (waits, '"ended_at" IS NOT NULL')
    ]
    return f"({' OR '.join(parts)})", [*kinds, *kinds]


@strawberry.type
class Query:
    jobs: Connection[Job] = connection(
        "Job", "任务，新的在前", filter=JobFilter, default=Order("id", descending=True)
    )

    @resolver("一项任务")
    async def job(
        self, info: Info, id: Annotated[strawberry.ID, strawberry.argument(description="全局编号")]
    ) -> Job | None:
        kind, key = read_global_id(id) or ("", 0)
        return row_as(Job, await info.context.rows.one("Job", key)) if kind == "Job" else None

    @resolver("定时任务各种类；无权查看任务的没有")
    async def repeating_jobs(self, info: Info) -> list[RepeatingJob]:
        if not may(info.context.viewer, "jobRetry"):
            return []
        repeating = [kind for kind in JOBS.values() if kind.every is not None]
        waiting: dict[str, Record] = {}
        ended: dict[str, Record] = {}
        latest = Read(KINDS["Job"], (latest_of([kind.kind for kind in repeating]),), Order("id"))
        for row in await info.context.rows.all(latest):
            if row["state"] is JobState.WAITING and row["slot_at"]:
                waiting[row["kind"]] = row
            if row["ended_at"]:
                ended[row["kind"]] = row
        shown = []
        for kind in repeating:
            assert kind.every is not None
            next_one = waiting.get(kind.kind)
            here = kind.only in (None, database.dialect())
            shown.append(
                RepeatingJob(
                    kind=kind.kind,
                    title=kind.title,
                    every=kind.every.words(),
                    missed=kind.missed,
                    limit=int(kind.limit / timedelta(seconds=1)),
                    only=None if here else kind.only,
                    next_at=next_one["due_at"] if next_one and here else None,
                    last=row_as(Job, ended.get(kind.kind)),
                )
            )
        return shown
