"""`Project.acts` says of every act, for everybody and at every stage, what doing it then answers."""

from typing import Any

import pytest
from tortoise.exceptions import DoesNotExist

from schema.entries.tables import Entry
from schema.linkage.tables import Opinion
from schema.people.rules import Post, Viewer
from schema.people.tables import Organization
from tests.house.test_who_may import EVERYBODY, undone
from tests.races.test_every_act_twice import WORLDS, input_of
from tests.world import EVIDENCE, City, Said, held, on

ACTS = "query ($no: String!) { project(no: $no) { revision stage acts { name open reason } } }"


SHORT = (
    "reported and disputed",
    "reported without an opinion",
    "returned",
    "judged",
    "transfer requested",
    "transfer approved and disputed",
    "signed with an entry",
)
EVERY = [
    world if world in SHORT else pytest.param(world, marks=pytest.mark.soak) for world in WORLDS
]


@pytest.mark.parametrize("world", EVERY)
async def test_an_act_is_open_exactly_when_it_is_done_without_refusal(
    city: City, world: str
) -> None:
    await city.report()  # something to be merged into
    project = await WORLDS[world](city)
    wrong, tried = [], 0
    for name in EVERYBODY:
        seen = (await city.run(city[name], ACTS, no=project["no"]))["project"]
        for act in seen["acts"] if seen else ():
            answer = await done(city, name, act["name"], project)
            tried += 1
            if act["open"] != (answer is None):
                wrong.append((name, act["name"], act["reason"], answer))
            assert act["open"] == (act["reason"] is None)
    assert wrong == []
    assert tried >= 20


async def test_a_project_that_is_alone_cannot_be_merged(city: City) -> None:
    project = await city.report()
    seen = (await city.run(city.office, ACTS, no=project["no"]))["project"]
    reasons = {act["name"]: act["reason"] for act in seen["acts"]}
    assert reasons["projectMerge"] == "没有别的在办项目可以并入"
    refused = await city.act(
        city.office, "projectMerge", **on(project), into=project["no"], reason="同一项目"
    )
    assert refused["userErrors"]


async def done(city: City, name: str, act: str, project: Said) -> Any:
    """What somebody is refused who does an act on a copy of the project; None where it is done."""
    async with undone():
        payload = await city.act(city[name], act, **await given(city, name, act, project))
        errors = payload["userErrors"]
    return errors[0]["message"] if errors else None


async def given(city: City, name: str, act: str, project: Said) -> Said:
    """An input that is right for whoever may do the act now."""
    if act == "projectClaim":
        contact = {"contactOn": "2026-11-11", "contactWith": "张总", "evidence": EVIDENCE}
        place = {"place": "lezhi"} if city[name].place is None else {}
        return {"project": project["no"]} | contact | place
    if act == "projectDispute":
        return {"project": project["no"], "grounds": "我地先会见投资方"}
    if act in ("fundsVerify", "taxVerify"):
        entry = await Entry.filter(project__no=project["no"], state="CLAIMED").latest("id")
        return {"entry": entry.no, "revision": entry.revision, "verified": True}
    opined = await Opinion.filter(project__no=project["no"]).exists()
    more = {"replace": True} if act == "projectOpine" and opined else {}
    try:
        return (await input_of(city, act, project))[2] | more
    except (
        AttributeError,
        ValueError,
        DoesNotExist,
    ):  # it has none: one that never was will not do
        return missing(act, project)


def missing(act: str, project: Said) -> Said:
    reason = {"revision": project["revision"]}
    nothing = b"Transfer:999999".hex().upper()
    return {
        "disputeDecide": reason
        | {"dispute": b"Dispute:999999".hex().upper(), "upheld": True, "reason": "核对"},
        "projectTransferDecide": reason
        | {"transfer": nothing, "approve": True, "assessment": "同意"},
        "projectTakeUp": reason | {"transfer": nothing},
        "milestoneReach": on(project) | {"stage": "REGISTERED", "reachedOn": "2026-11-18"},
        "fundsReverse": reason | {"entry": "Z2026-99999", "reason": "核对"},
    }.get(act, on(project))


async def test_a_dispute_is_open_to_whoever_holds_a_post_in_another_place_as_well(
    city: City,
) -> None:
    """王芳 is Yanjiang's, which has the project, and Anyue's, which has not; the main post decides nothing."""
    unit = await Organization.get(slug="anyue")
    second = await held(city.yanjiang.person or 0, Post.PLACE, unit)
    both = Viewer("王芳", city.yanjiang.person, (city.yanjiang.main, second))
    project = await city.judged("yanjiang")

    async def reason_of(viewer: Viewer) -> Any:
        acts = (await city.run(viewer, ACTS, no=project["no"]))["project"]["acts"]
        return {act["name"]: act["reason"] for act in acts}["projectDispute"]

    assert await reason_of(city.yanjiang) == "首谈地已认定为本地，不需要提出异议"
    assert await reason_of(both) is None
    given = {"project": project["no"], "grounds": "安岳先会见投资方"}
    refused = await city.act(both, "projectDispute", **given, place="yanjiang")
    assert [each["code"] for each in refused["userErrors"]] == ["RULE"]
    await city.done(both, "projectDispute", **given, place="anyue")
    assert await reason_of(both) == "贵地的异议正在处理，或首谈地已认定为贵地"
    for place in ("yanjiang", "anyue"):
        assert (await city.act(both, "projectDispute", **given, place=place))["userErrors"]
