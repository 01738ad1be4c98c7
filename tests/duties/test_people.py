"""A duty in one person's hand: theirs while they hold a post there that may do it, else the unit's again."""

from datetime import timedelta
from typing import Any

import pytest

from schema.city.tables import RuleProposal
from schema.database.statements import counting
from schema.duties.reminding import duty_holders
from schema.duties.repair import compare
from schema.duties.tables import Duty, Outcome
from schema.gate.operator import operating
from schema.people.rules import Post, Viewer
from schema.people.tables import Appointment, Person
from schema.query.models import global_id
from server import settings
from server.people.appointments import appoint, end, get_unit
from server.people.context import named
from server.people.people import set_active
from tests.duties.clock import run_by_the_clock
from tests.duties.test_duties import duties
from tests.duties.test_pages import colleague
from tests.world import NOW, City, Said, on

TODAY = NOW.date()
YESTERDAY = TODAY - timedelta(days=1)
INBOX = "{ viewer { inbox { id label person { name } } counts { inbox } } }"


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "NOW", NOW)


@pytest.fixture(autouse=True)
async def the_table_is_what_the_declarations_say(city: City) -> Any:
    yield
    assert await compare(city.context(city.office)) == []


async def returned(city: City) -> Said:
    """A report of Yanjiang's that the office has sent back."""
    project = await city.report()
    await city.done(city.office, "projectReturn", **on(project), reason="补营业执照")
    return project


async def inbox(city: City, who: Viewer | str) -> list[Said]:
    viewer = await named(who, TODAY) if isinstance(who, str) else who
    assert viewer is not None
    mine = (await city.run(viewer, INBOX))["viewer"]
    assert mine["counts"]["inbox"] == len(mine["inbox"])
    found: list[Said] = mine["inbox"]
    return found


async def handed(city: City, by: Viewer, to: Person, reason: str = "王芳休假") -> Said:
    """The only duty of somebody's inbox, handed over: the payload."""
    (duty,) = await inbox(city, by)
    given = {"duty": duty["id"], "person": global_id("Person", to.id), "reason": reason}
    return await city.done(by, "dutyHandOver", **given)


async def test_whoever_leaves_the_unit_leaves_the_duty_to_it(city: City) -> None:
    other = await colleague(city)
    project = await returned(city)
    await handed(city, city.yanjiang, other)
    assert await inbox(city, city.yanjiang) == []
    held = await Appointment.get(person_id=other.id)
    await end(held.id, YESTERDAY)
    (duty,) = await inbox(city, city.yanjiang)
    assert (duty["label"], duty["person"]) == ("补正后重新报送", None)
    found = await duties(city, project, "task", "person", "outcome")
    assert [each for each in found if each[0] == "projectResubmit"] == [
        ("projectResubmit", None, "HANDED_OVER"),
        ("projectResubmit", "何静", "HANDED_OVER"),
        ("projectResubmit", None, None),
    ]


async def test_a_post_there_that_does_not_do_the_act_is_not_enough(city: City) -> None:
    """Who stays in the county's unit as an expert alone reports nothing for it."""
    other = await colleague(city)
    await returned(city)
    await handed(city, city.yanjiang, other)
    held = await Appointment.get(person_id=other.id)
    await appoint(other, await get_unit("yanjiang"), Post.EXPERT)
    assert await inbox(city, city.yanjiang) == [], "both posts are held today"
    await end(held.id, YESTERDAY)
    assert len(await inbox(city, city.yanjiang)) == 1


async def test_whoever_is_disabled_leaves_the_duty_to_the_unit_and_gets_it_back(city: City) -> None:
    other = await colleague(city)
    await returned(city)
    await handed(city, city.yanjiang, other)
    await set_active(other, False)
    assert len(await inbox(city, city.yanjiang)) == 1
    await set_active(other, True)
    assert await inbox(city, city.yanjiang) == [], "it was handed to them, and they are back"
    assert len(await inbox(city, "yanjiang2")) == 1


async def test_who_stands_in_has_the_duty_as_long_as_the_post_is_held(city: City) -> None:
    await returned(city)
    stood_in = await Appointment.get(person_id=city.yanjiang.person)
    deputy = await Person.get(username="lezhi")
    until = TODAY + timedelta(days=9)
    await appoint(deputy, await get_unit("yanjiang"), ends_on=until, acting_for=stood_in.id)
    await handed(city, city.yanjiang, deputy)
    assert len(await inbox(city, "lezhi")) == 1
    await end(stood_in.id, YESTERDAY)
    assert await inbox(city, "lezhi") == []


async def test_a_post_that_ends_by_its_date_is_over_by_the_job_of_the_night(
    city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = await colleague(city)
    await returned(city)
    await handed(city, city.yanjiang, other)
    held = await Appointment.get(person_id=other.id)
    await end(held.id, TODAY)
    assert await inbox(city, city.yanjiang) == [], "today is the last day"
    city.now += timedelta(days=1)
    assert await compare(city.context(city.office)) != []
    assert await run_by_the_clock(city, duty_holders) == "变动 2 件"
    assert len(await inbox(city, city.yanjiang)) == 1
    with counting() as sent:
        assert await run_by_the_clock(city, duty_holders) == "变动 0 件"
    assert len([each for each in sent if '"duty"' in each]) <= 4


async def test_colleagues_and_the_office_hand_on_what_somebody_has_in_hand_and_others_do_not(
    city: City,
) -> None:
    other, third = await colleague(city), city.yanjiang
    project = await returned(city)
    payload = await handed(city, city.yanjiang, other)
    new = payload["duty"]
    assert (new["person"]["name"], new["closedAt"]) == ("何静", None), "it is the new one"
    to = {"duty": new["id"], "person": global_id("Person", third.person or 0)}
    for stranger in (city.anyue, city.leader, city.agent):
        refused = await city.act(stranger, "dutyHandOver", **to, reason="代办")
        codes = {each["code"] for each in refused["userErrors"]}
        assert codes in ({"NOT_ALLOWED"}, {"INVALID"}), "an agent sees neither duty nor person"
    choice = "query ($duty: ID!) { colleagues(duty: $duty) { name } }"
    seen = await city.run(city.office, choice, duty=new["id"])
    assert [each["name"] for each in seen["colleagues"]] == ["王芳"], (
        "the one who has it is not offered"
    )
    taken = await city.done(city.yanjiang, "dutyHandOver", **to, reason="何静住院，本人承办")
    assert taken["duty"]["person"]["name"] == "王芳"
    back = {"duty": taken["duty"]["id"], "person": global_id("Person", other.id)}
    await city.done(city.office, "dutyHandOver", **back, reason="办公室协调")
    story = "query ($no: String!) { project(no: $no) { journal { nodes { label reason } } } }"
    entries = (await city.run(city.office, story, no=project["no"]))["project"]["journal"]["nodes"]
    assert [each["reason"] for each in entries if each["label"] == "转交待办事项"] == [
        "办公室协调",
        "何静住院，本人承办",
        "王芳休假",
    ]


async def test_what_was_handed_over_meanwhile_is_not_handed_over_again(city: City) -> None:
    other = await colleague(city)
    await returned(city)
    (duty,) = await inbox(city, city.yanjiang)
    given = {"duty": duty["id"], "person": global_id("Person", other.id), "reason": "休假"}
    await city.done(city.yanjiang, "dutyHandOver", **given)
    refused = await city.act(city.yanjiang, "dutyHandOver", **given)
    assert [each["code"] for each in refused["userErrors"]] == ["STALE"]


async def test_nobody_hands_a_duty_to_themselves_or_out_of_the_unit(city: City) -> None:
    await colleague(city)
    await returned(city)
    (duty,) = await inbox(city, city.yanjiang)
    for person in (city.yanjiang, city.anyue):
        given = {"duty": duty["id"], "person": global_id("Person", person.person or 0)}
        refused = await city.act(city.yanjiang, "dutyHandOver", **given, reason="休假")
        assert [each["field"] for each in refused["userErrors"]] == ["person"]


async def test_a_duty_ends_with_its_subject(city: City) -> None:
    """No act takes away what somebody must act on; whichever comes first will find its duty ended."""
    proposal = await city.propose_rule("lead.assessment_deadline", "2027-01-01", number="3")
    async with operating("clearRecords", city.now) as gate:
        await gate.remove(await RuleProposal.get(no=proposal["no"]))
    (duty,) = await Duty.filter(task="ruleConfirm")
    assert (duty.outcome, duty.closed_at) == (Outcome.ENDED, city.now)
    assert await compare(city.context(city.office)) == []
