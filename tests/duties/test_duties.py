"""Article 3 as duties: who must do what by when, who had it before, and what ended it."""

from typing import Any

import pytest

from schema.duties.repair import compare
from schema.duties.tables import Duty
from schema.query.models import global_id
from tests.world import EVIDENCE, City, at, on

DUTIES = """query ($no: String!) { project(no: $no) { duties(first: 20) { nodes {
    task unit { shortName } person { name } waiting { shortName } since openedAt dueAt pausedAt closedAt
    closedBy { name } outcome lamp status } } } }"""


async def duties(city: City, project: dict[str, Any], *fields: str) -> list[Any]:
    """Who had what on a project, the oldest first."""
    found = await city.run(city.office, DUTIES, no=project["no"])
    rows = found["project"]["duties"]["nodes"][::-1]
    return [tuple(name(row[field]) for field in fields) for row in rows]


def name(value: Any) -> Any:
    return next(iter(value.values())) if isinstance(value, dict) else value


@pytest.fixture(autouse=True)
async def the_table_is_what_the_declarations_say(city: City) -> Any:
    yield
    assert await compare(city.context(city.office)) == []


async def test_a_report_is_the_offices_to_judge_within_two_working_days_and_its_groups_within_one(
    city: City,
) -> None:
    project = await city.report()
    assert await duties(city, project, "task", "unit", "waiting", "dueAt", "status", "outcome") == [
        (
            "projectJudge",
            "领导小组办公室",
            "雁江区",
            "2026-11-20T17:30:00+08:00",
            "剩 2 个工作日",
            None,
        ),
        (
            "projectOpine",
            "先进制造组",
            "领导小组办公室",
            "2026-11-19T17:30:00+08:00",
            "剩 1 个工作日",
            None,
        ),
    ]


async def test_judging_it_ends_the_duty_as_done(city: City) -> None:
    project = await city.judged()
    found = await duties(city, project, "task", "closedBy", "outcome", "status")
    assert found == [
        ("projectJudge", "李雷", "DONE", "按期办结"),
        ("projectOpine", "吴钢", "DONE", "按期办结"),
    ]


async def test_a_returned_report_is_the_reporters_and_the_offices_clock_stands_still(
    city: City,
) -> None:
    project = await city.report()
    city.now = at("2026-11-19 10:00")
    back = await city.done(city.office, "projectReturn", **on(project), reason="补营业执照")
    found = await duties(city, project, "task", "unit", "pausedAt", "dueAt", "status")
    assert found == [
        ("projectJudge", "领导小组办公室", "2026-11-19T10:00:00+08:00", None, "补正中，计时暂停"),
        ("projectOpine", "先进制造组", "2026-11-19T10:00:00+08:00", None, "补正中，计时暂停"),
        ("projectResubmit", "雁江区", None, None, "未定期限"),
    ]
    city.now = at("2026-11-24 10:00")
    await city.done(city.yanjiang, "projectResubmit", **on(back["project"]), note="已补")
    found = await duties(city, project, "task", "pausedAt", "dueAt", "outcome", "closedBy")
    assert found == [
        ("projectJudge", None, "2026-11-25T17:30:00+08:00", None, None),
        ("projectOpine", None, "2026-11-24T17:30:00+08:00", None, None),
        ("projectResubmit", None, None, "DONE", "王芳"),
    ]


async def test_a_withdrawn_report_is_neither_in_time_nor_late(city: City) -> None:
    project = await city.report()
    await city.done(city.yanjiang, "projectWithdraw", **on(project), reason="客商改变计划")
    found = await duties(city, project, "task", "closedBy", "outcome", "status")
    assert found == [
        ("projectJudge", "王芳", "ENDED", "不再办理"),
        ("projectOpine", "王芳", "ENDED", "不再办理"),
    ]
    lines = await city.run(city.office, "{ workloads { unit { shortName } open done late } }")
    assert [tuple(line.values())[1:] for line in lines["workloads"]] == [(0, 0, 0)] * 2


async def test_a_transfer_is_the_offices_to_decide_and_then_the_landing_places_to_take_up(
    city: City,
) -> None:
    project = await city.transferred("yanjiang", "hightech")
    assert await duties(city, project, "task", "unit", "waiting", "outcome") == [
        ("projectJudge", "领导小组办公室", "雁江区", "DONE"),
        ("projectOpine", "先进制造组", "领导小组办公室", "DONE"),
        ("projectTransferDecide", "领导小组办公室", "雁江区", "DONE"),
        ("projectTakeUp", "高新区", "领导小组办公室", "DONE"),
    ]


async def test_a_dispute_that_is_upheld_ends_the_transfer_that_nobody_decides_any_more(
    city: City,
) -> None:
    project = await city.judged("yanjiang")
    raised = await city.done(
        city.office,
        "projectClaim",
        project=(await city.report())["no"],
        place="anyue",
        contactOn="2026-11-10",
        contactWith="张总",
        evidence=EVIDENCE,
    )
    assert raised["claim"]
    asked = await city.done(
        city.yanjiang,
        "projectTransferRequest",
        **on(project),
        landingPlace="lezhi",
        reason="用地不足",
    )
    seen = (await city.run(city.office, DUTIES, no=project["no"]))["project"]["duties"]["nodes"]
    assert seen[0]["task"] == "projectTransferDecide"
    claimed = await Duty.filter(task="projectTransferDecide").count()
    assert claimed == 1 and asked["transfer"]


async def test_a_duty_handed_to_a_colleague_is_theirs_and_the_unit_still_sees_it(
    city: City,
) -> None:
    project = await city.opined(await city.report())
    mine = "{ viewer { inbox { id task person { name } } } }"
    (duty,) = (await city.run(city.office, mine))["viewer"]["inbox"]
    people = await city.run(city.office, "{ viewer { name } }")
    assert people["viewer"]["name"] == "李雷"
    refused = await city.act(
        city.office,
        "dutyHandOver",
        duty=duty["id"],
        person=f"Person:{city.anyue.person}".encode().hex().upper(),
        reason="休假",
    )
    assert [error["field"] for error in refused["userErrors"]] == ["person"]
    await city.done(
        city.office,
        "dutyHandOver",
        duty=duty["id"],
        person=global_id("Person", city.colleague.person or 0),
        reason="李雷休假",
    )
    found = await duties(city, project, "task", "person", "outcome")
    assert [each for each in found if each[0] == "projectJudge"] == [
        ("projectJudge", None, "HANDED_OVER"),
        ("projectJudge", "何佳", None),
    ]
