"""Every act beside itself, and beside every other act that its project's stage allows, at the same instant.

The pairs come from the life of a project: an act that is added to it is raced from then on.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from itertools import combinations, combinations_with_replacement
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from graphql import GraphQLInputObjectType, is_required_input_field

from schema.database.connections import open_database
from schema.entries.rules import Indicator
from schema.entries.tables import Entry
from schema.gate.journal import verify
from schema.graph import schema
from schema.linkage.tables import Claim, Dispute, Transfer
from schema.project.rules import LIFE, SIGNED_ON, Stage
from schema.project.tables import Project
from schema.query.models import global_id
from server.settings import orm_config
from tests.conftest import copied
from tests.house.test_who_may import MAY_DO, OF_THE_LEDGER, SCENES, mine
from tests.industry import scenes as industry
from tests.ledger import ledgers, lists
from tests.races import invariants
from tests.races.racers import Answer, Input, codes
from tests.snapshots import Replay
from tests.world import EVIDENCE, City, bare, founded, on

S = Stage
Scene = Callable[[City], Awaitable[Input]]


@pytest_asyncio.fixture(scope="module")
async def busy_city(
    template_url: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[City]:
    """One stored city for all pairs: each has a project of its own."""
    folder: Path = tmp_path_factory.mktemp("busy")
    async with copied(template_url, folder) as url, open_database(orm_config(url)):
        city = await founded()
        city.reports = 1000  # other scenes have their own investors by number
        yield city
        assert await verify() is None


# ---------------------------------------------------------------- beside itself


async def preview(city: City) -> Input:
    return {"file": ledgers.sent(ledgers.text(ledgers.line(1)))}


async def mend(city: City) -> Input:
    batch = await ledgers.previewed(city, ledgers.line(4, amount="面议"))
    return ledgers.on(batch) | {"row": 2, "cell": "agreed_investment", "value": "12.5亿"}


async def import_(city: City) -> Input:
    return ledgers.on(await ledgers.previewed(city, ledgers.line(2)))


async def confirm(city: City) -> Input:
    batch = await ledgers.previewed(city, ledgers.line(6, ledgers.SIGNED), by="hightech")
    done = await city.done(city.hightech, "ledgerImport", **ledgers.on(batch))
    return ledgers.on(done["batch"]) | ledgers.PAPER


async def undo(city: City) -> Input:
    batch = await ledgers.imported(city, ledgers.line(3, ledgers.SIGNED))
    return ledgers.on(batch) | {"reason": "重复导入"}


ALL: dict[str, Scene] = {
    **SCENES,
    "ledgerPreview": preview,
    "ledgerMend": mend,
    "ledgerImport": import_,
    "ledgerConfirm": confirm,
    "ledgerUndo": undo,
    "listPreview": lists.to_preview,
    "listImport": lists.to_import,
    "listUndo": lists.to_undo,
}
# What the second of two is answered, where the act need say no revision: None where both are done.
WITHOUT_REVISION = {
    "projectReport": "DUPLICATE",
    "projectClaim": "RULE",
    "projectDispute": "RULE",
    "agreementSign": "STALE",
    "milestoneReach": "STALE",
    "fundsRecord": "DUPLICATE",
    "taxRecord": "DUPLICATE",
    "fundsReverse": "RULE",
    "dutyHandOver": "STALE",
    "dutyRemind": "RULE",
    "calendarPublish": None,
    "ruleSet": None,
    "viewSave": None,
    "viewDelete": "INVALID",
    "viewWithdraw": "RULE",
    "ledgerPreview": None,
    "listPreview": None,
    "jobRetry": "RULE",
    "noticeSend": None,
    "contactReveal": None,
    "messageRead": None,
    "noticeAnswer": "RULE",
    **industry.WITHOUT_REVISION,
}


def test_every_act_is_raced() -> None:
    acts = set(schema._schema.mutation_type.fields)
    assert set(ALL) == acts and set(ALL) == set(MAY_DO) | OF_THE_LEDGER
    assert set(WITHOUT_REVISION) == {act for act in acts if not has_revision(act)}


def has_revision(act: str) -> bool:
    kind: Any = bare(schema._schema.mutation_type.fields[act].args["input"].type)
    assert isinstance(kind, GraphQLInputObjectType)
    return "revision" in kind.fields and is_required_input_field(kind.fields["revision"])


@pytest.mark.parametrize("act", ALL)
async def test_an_act_done_twice_at_once_is_done_once_or_is_two(busy_city: City, act: str) -> None:
    city = busy_city
    given = await ALL[act](city)
    doer = MAY_DO.get(act, "office").split()[0]
    given = mine(doer, act, given)
    before = await Replay.start()
    answers = await at_once(city, (doer, act, given), (doer, act, given))
    second = WITHOUT_REVISION.get(act, "STALE")
    expected = [[], []] if second is None else [[], [second]]
    assert sorted(map(codes, answers)) == expected, answers
    assert await invariants.wrong(before) == []


VIEW_ACTS = ("viewSave", "viewDelete", "viewWithdraw")


@pytest.mark.parametrize("pair", list(combinations(VIEW_ACTS, 2)), ids="-".join)
async def test_two_acts_at_once_on_one_view(busy_city: City, pair: tuple[str, str]) -> None:
    """Saved again, deleted or withdrawn, all by the office: whoever comes second works on what is left."""
    city = busy_city
    for number in range(5):
        name = f"大项目 {'-'.join(pair)} {number}"[-40:]
        saved = {"name": name, "query": "amount.min=10亿", "shared": "ALL"}
        await city.done(city.office, "viewSave", **saved)
        mine = await city.run(city.office, "{ viewer { views { id name } } }")
        (view,) = [each["id"] for each in mine["viewer"]["views"] if each["name"] == name]
        given = {
            "viewSave": saved | {"query": "amount.min=20亿"},
            "viewDelete": {"view": view},
            "viewWithdraw": {"view": view, "reason": "口径已变"},
        }
        before = await Replay.start()
        answers = await at_once(city, *(("office", act, given[act]) for act in pair))
        found = list(map(codes, answers))
        assert [] in found and all(set(each) <= {"INVALID", "STALE"} for each in found), answers
        assert await invariants.wrong(before) == []


async def at_once(city: City, *acts: tuple[str, str, Input]) -> list[Answer]:
    """Payloads of acts begun at once, each over a connection of its own where there are several."""
    return await asyncio.gather(*(city.act(city[doer], act, **given) for doer, act, given in acts))


# ---------------------------------------------------------------- beside another

Act = tuple[str, str, Input]
"""Who, which act, its input."""


async def reported(city: City) -> Input:
    """Reported by Yanjiang, claimed by Anyue as well, and its group's office has agreed."""
    return await city.opined(await without_opinion(city))


async def without_opinion(city: City) -> Input:
    project = await city.report()
    claimed = await city.done(
        city.office,
        "projectClaim",
        project=project["no"],
        place="anyue",
        contactOn="2026-11-10",
        contactWith="张总",
        evidence=EVIDENCE,
    )
    return claimed["project"]


async def returned(city: City) -> Input:
    back = await city.done(
        city.office, "projectReturn", **on(await reported(city)), reason="补营业执照"
    )
    return back["project"]


async def judged(city: City) -> Input:
    done = await city.done(
        city.office,
        "projectJudge",
        **on(await reported(city)),
        firstContactPlace="yanjiang",
        reason="佐证更早",
    )
    return done["project"]


async def disputed(city: City, project: Input) -> Input:
    done = await city.dispute("anyue", project)
    return done["project"]


async def requested(city: City) -> Input:
    asked = await city.done(
        city.office,
        "projectTransferRequest",
        **on(await judged(city)),
        landingPlace="hightech",
        reason="用地不足",
    )
    return asked["project"]


async def approved(city: City) -> Input:
    project = await requested(city)
    decided = await city.done(
        city.office,
        "projectTransferDecide",
        transfer=await latest(Transfer, project),
        revision=project["revision"],
        approve=True,
        assessment="同意",
    )
    return decided["project"]


async def paid(city: City, stage: Stage = S.SIGNED) -> Input:
    """Landed elsewhere, signed, with an entry, and as far as `stage`."""
    project = (await city.pay(await city.signed(), "1000.07"))["project"]
    for step in SIGNED_ON[1 : SIGNED_ON.index(stage) + 1]:
        reached = {"stage": step, "reachedOn": "2026-11-18"}
        done = await city.done(city.office, "milestoneReach", **on(project), **reached)
        project = done["project"]
    return project


WORLDS: dict[str, Callable[[City], Awaitable[Input]]] = {
    "reported": reported,
    "reported and disputed": lambda city: then(disputed, city, reported),
    "reported without an opinion": without_opinion,
    "returned": returned,
    "judged": judged,
    "judged and disputed": lambda city: then(disputed, city, judged),
    "transfer requested": requested,
    "transfer requested and disputed": lambda city: then(disputed, city, requested),
    "transfer approved": approved,
    "transfer approved and disputed": lambda city: then(disputed, city, approved),
    **{
        f"{stage.lower()} with an entry": lambda city, stage=stage: paid(city, stage)
        for stage in SIGNED_ON
    },
}
STAGES = {
    **{name: S.REPORTED for name in WORLDS if name.startswith("reported")},
    "returned": S.RETURNED,
    **{name: S.JUDGED for name in WORLDS if name.startswith(("judged", "transfer"))},
    **{f"{stage.lower()} with an entry": stage for stage in SIGNED_ON},
}


async def then(step: Any, city: City, before: Callable[[City], Awaitable[Input]]) -> Input:
    project: Input = await step(city, await before(city))
    return project


def acts_in(world: str) -> list[str]:
    """The acts that the life opens at the stage of a world, and that have their subject there."""
    wants = {
        "projectTransferDecide": "requested",
        "projectTakeUp": "approved",
        "disputeDecide": "disputed",
        "projectOpine": "without an opinion",
    }
    return [act for act in LIFE if STAGES[world] in LIFE[act] and wants.get(act, world) in world]


ONCE: dict[tuple[str, str], str] = {}
for _world in WORLDS:
    for _pair in combinations(acts_in(_world), 2):
        ONCE.setdefault(_pair, _world)
EVERYWHERE = [
    (world, *pair) for world in WORLDS for pair in combinations_with_replacement(acts_in(world), 2)
]
TIMES = 5


async def input_of(city: City, act: str, project: Input) -> Act:
    """Who does an act on a project as it is now, and the input."""
    now = {"revision": project["revision"]}
    reason = {"reason": "核对后办理"}
    if act == "projectDispute":
        claim = await city.claim_of("anyue", project)
        return "anyue", act, {"claim": claim, "grounds": "我县先会见投资方"}
    if act == "projectClaim":
        contact = {"place": "lezhi", "contactOn": "2026-11-11", "contactWith": "张总"}
        contact |= {"evidence": EVIDENCE}
        return "office", act, {"project": project["no"]} | contact
    if act == "projectOpine":
        return "group", act, on(project) | reason | {"stance": "OBJECT"}
    today = {"amount": "0.05", "occurredOn": "2026-11-18", "evidenceNote": "凭证 1"}
    onward = SIGNED_ON[1:] + SIGNED_ON[-1:]
    stage = Stage(project["stage"])
    given: Input = {
        "projectAmend": lambda: on(project) | reason | {"group": "health-care"},
        "projectReturn": lambda: on(project) | reason,
        "projectResubmit": lambda: on(project) | {"amount": "13亿", "note": "已补"},
        "projectWithdraw": lambda: on(project) | reason,
        "projectTransferRequest": lambda: on(project) | reason | {"landingPlace": "airport"},
        "agreementSign": lambda: (
            on(project)
            | {"kind": "SUPPLEMENTARY" if stage in SIGNED_ON else "FORMAL"}
            | {"amount": "1亿", "signedOn": "2026-11-18"}
        ),
        "milestoneReach": lambda: (
            on(project) | {"stage": onward[SIGNED_ON.index(stage)], "reachedOn": "2026-11-18"}
        ),
        "fundsRecord": lambda: on(project) | today | {"sourceOfCapital": "OUT_OF_PROVINCE"},
        "taxRecord": lambda: on(project) | today,
    }.get(act, dict)()
    if act == "projectMerge":
        given = on(project) | reason | {"into": (await city.report())["no"]}
    elif act == "projectJudge":
        claim = await Claim.filter(project__no=project["no"]).order_by("id").first()
        place = await claim.place  # the reporter's, which is proposed
        given = on(project) | reason | {"firstContactPlace": place.slug}
    elif act == "claimAssess":
        found = {"claim": await latest(Claim, project), "assessment": "NOT_SUFFICIENT"}
        given = now | reason | found
    elif act == "disputeDecide":
        given = now | reason | {"dispute": await latest(Dispute, project), "upheld": True}
    elif act == "projectTransferDecide":
        decision = {"approve": True, "assessment": "同意"}
        given = now | decision | {"transfer": await latest(Transfer, project)}
    elif act == "projectTakeUp":
        given = now | {"transfer": await latest(Transfer, project)}
    elif act == "fundsReverse":
        own = await Project.get(no=project["no"])
        paid = Entry.filter(project_id=own.id, indicator=Indicator.PAID_IN_FUNDS)
        standing = paid.filter(reverses_id=None).exclude(state="REVERSED")
        entry = await Entry.get(id=min(await standing.values_list("id", flat=True), default=0))
        given = now | reason | {"entry": entry.no}
    assert given, f"say what {act} is given"
    return "office", act, given


async def latest(table: Any, project: Input) -> str:
    """The newest row of a table about a project."""
    own = await Project.get(no=project["no"])
    row = await table.filter(project_id=own.id).order_by("-id").first()
    return global_id(table.__name__, row.id)


def test_every_act_of_the_life_meets_another() -> None:
    assert {act for pair in ONCE for act in pair} == set(LIFE)


@pytest.mark.parametrize("pair", ONCE, ids="-".join)
async def test_two_acts_at_once_on_one_project(busy_city: City, pair: tuple[str, str]) -> None:
    await raced(busy_city, ONCE[pair], *pair)


@pytest.mark.soak
@pytest.mark.parametrize("case", EVERYWHERE, ids="-".join)
async def test_two_acts_at_once_wherever_both_are_open(
    busy_city: City, case: tuple[str, str, str]
) -> None:
    for _ in range(TIMES):
        await raced(busy_city, *case)


async def raced(city: City, world: str, *acts: str) -> None:
    """Of two acts that say the same revision at most one is done; the other reads who was first."""
    project = await WORLDS[world](city)
    tried = [await input_of(city, act, project) for act in acts]
    before = await Replay.start()
    answers = await at_once(city, *tried)
    assert await invariants.wrong(before) == []
    found = list(map(codes, answers))
    out_of_sight = {"INVALID"} if {"projectAmend", "projectOpine"} == {*acts} else set[str]()
    assert all(set(each) <= {"STALE", "RULE"} | out_of_sight for each in found), answers
    if all(has_revision(act) for act in acts):
        assert found.count([]) <= 1, answers
    assert [] in found or await refused_alone(city, tried), answers


async def refused_alone(city: City, tried: list[Act]) -> bool:
    """Whether each of these acts is refused without company as well: what is under way excludes it."""
    return all([codes(await city.act(city[doer], act, **given)) for doer, act, given in tried])
