"""Two figures that whoever verifies looks at twice: from before the signing, and on a slip used before."""

from datetime import timedelta

from schema.project.rules import SIGNED_ON
from schema.project.tables import Project
from server.demo.evidence import page
from server.demo.history import History
from server.demo.lives import Step

SLIP = "银行回单 0731"
FEN = 10**6
EARLY, SHARED = 200, 150
"""In 万元."""


async def record_doubts(history: History) -> None:
    """Recorded by the place where two projects land, this morning, and not verified yet."""
    now = history.hours.now
    two = await two_projects()
    if two is None:
        return
    first, second = two
    who = first.landing_place.slug
    slip = {"name": f"{SLIP}.pdf", "content": page(SLIP, first.name, second.name, "（演示材料）")}
    given = {"sourceOfCapital": "OUT_OF_PROVINCE", "evidenceNote": SLIP, "evidence": [slip]}
    today = now.date()
    before = (first.signed_on or today) - timedelta(days=6)
    early = {"occurredOn": f"{before}", "earlyReason": "土地竞买保证金，协议约定转为出资"}
    shared = {
        "occurredOn": f"{max(second.signed_on or today, today - timedelta(days=2))}",
        "sameVoucher": "一张回单汇入两个项目公司，回单附页已分列金额",
    }
    for minutes, project, wan, more in (
        (34, first, EARLY, early),
        (31, second, SHARED, shared),
    ):
        figure = {"project": project.no, "amount": f"{wan}万元", **given, **more}
        await history.do(Step(now - timedelta(minutes=minutes), who, "fundsRecord", figure))


async def two_projects() -> tuple[Project, Project] | None:
    """The two signed last that land in one place, with room for more below what was agreed."""
    waiting: dict[int, Project] = {}
    signed = Project.filter(stage__in=SIGNED_ON, signed_on__isnull=False, migration_id=None)
    for each in await signed.order_by("-signed_on", "id").prefetch_related("landing_place"):
        if each.signed_fen - each.paid_in_fen < 2 * EARLY * FEN:
            continue
        key = each.landing_place_id or 0
        if key in waiting:
            return waiting[key], each
        waiting[key] = each
    return None
