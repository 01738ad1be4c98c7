"""Two figures that whoever verifies looks at twice: from before the signing, and on a slip used before."""

from datetime import date, timedelta
from decimal import Decimal

from schema.context import Context
from server.demo.evidence import page
from server.demo.history import History
from server.demo.lives import Step, Values

SLIP = "银行回单 0731"
EARLY, SHARED = 200, 150
"""In 万元."""
SIGNED = """{ projects(first: 100, filter: { stage: [SIGNED, REGISTERED, STARTED] }) { nodes {
    no name signedOn signedFunds paidInFunds landingPlace { slug } migration { documentNo } } } }"""


async def record_doubts(history: History) -> None:
    """Recorded by the place where two projects land, this morning, and not verified yet."""
    now = history.hours.now
    two = await two_projects(history)
    if two is None:
        return
    first, second = two
    slip = {"name": f"{SLIP}.pdf", "content": page(SLIP, first["name"], second["name"])}
    given = {"sourceOfCapital": "OUT_OF_PROVINCE", "evidenceNote": SLIP, "evidence": [slip]}
    before = date.fromisoformat(first["signedOn"]) - timedelta(days=6)
    early = {"occurredOn": f"{before}", "earlyReason": "土地竞买保证金，协议约定转为出资"}
    shared = {
        "occurredOn": max(second["signedOn"], f"{now.date() - timedelta(days=2)}"),
        "sameVoucher": "一张回单汇入两个项目公司，回单附页已分列金额",
    }
    for minutes, project, wan, more in (
        (34, first, EARLY, early),
        (31, second, SHARED, shared),
    ):
        at, who = now - timedelta(minutes=minutes), project["landingPlace"]["slug"]
        figure = {"project": project["no"], "amount": f"{wan}万元", **given, **more}
        await history.do(Step(at, who, "fundsRecord", figure))


async def two_projects(history: History) -> tuple[Values, Values] | None:
    """Two that land in one place, the latest first, with room for more below what was agreed."""
    now = history.hours.now
    viewer = await history.viewer("office", Context.day_of(now))
    document = history.graph.prepare(SIGNED, trusted=False)
    assert not isinstance(document, list), document
    answer = await history.graph.run(document, None, {}, Context(viewer=viewer, now=now))
    assert answer.data is not None, answer.errors
    waiting: dict[str, Values] = {}
    for each in answer.data["projects"]["nodes"]:
        room = Decimal(each["signedFunds"]) - Decimal(each["paidInFunds"])
        if each["migration"] or not each["signedOn"] or room < 2 * EARLY * 10_000:
            continue
        place = each["landingPlace"]["slug"]
        if place in waiting:
            return waiting[place], each
        waiting[place] = each
    return None
