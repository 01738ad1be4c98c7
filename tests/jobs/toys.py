"""Jobs of the tests' own: each stores one row through the gate, so that it is seen how often it was done."""

import asyncio
from datetime import date, timedelta
from pathlib import Path

from schema.city.rules import CITY_TIME
from schema.city.tables import Parameter, RuleStatus
from schema.gate.gate import Gate
from schema.jobs import Daily, Missed, Run, job

LATE_AT, SKIP_AT = Daily(0, 5), Daily(8, 30)
going, release = asyncio.Event(), asyncio.Event()


def day(run: Run) -> str:
    assert run.slot_at
    return f"{run.slot_at.astimezone(CITY_TIME):%m-%d}"


async def store(gate: Gate, name: str) -> None:
    await gate.create(
        Parameter, name=name, value=1, unit="次", effective_on=date(2026, 1, 1), clause="任务",
        status=RuleStatus.PROPOSAL, recorded_at=gate.now,
    )  # fmt: skip


async def outside(run: Run) -> None:
    """An effect outside, such as a mail: what the far side sees is the key."""
    if file := run.args.get("outbox"):
        with Path(file).open("a") as out:  # noqa: ASYNC230
            out.write(f"{run.args['name']} {run.idempotency_key}\n")
    await asyncio.sleep(run.args.get("seconds", 0))


@job("toy", "试办", before=outside)
async def toy(gate: Gate, run: Run) -> str:
    await store(gate, run.args["name"])
    if run.tries <= run.args.get("fails", 0):
        raise OSError("外面没有应答")
    return "办成"


async def hold(run: Run) -> None:
    going.set()
    await release.wait()


@job("toyHeld", "等到放行", before=hold)
async def toy_held(gate: Gate, run: Run) -> str:
    await store(gate, run.args["name"])
    return "放行"


@job("toyEndless", "永不结束", limit=timedelta(seconds=0.05))
async def toy_endless(gate: Gate, run: Run) -> str:
    await store(gate, run.args["name"])
    await asyncio.Event().wait()
    return "从不"


@job("toyLate", "补办的", every=LATE_AT)
async def toy_late(gate: Gate, run: Run) -> str:
    await store(gate, f"late {day(run)}")
    return "补办"


@job("toySkip", "略过的", every=SKIP_AT, missed=Missed.SKIP)
async def toy_skip(gate: Gate, run: Run) -> str:
    await store(gate, f"skip {day(run)}")
    return "按时"
