"""A new calendar or rule moves the due times of all open duties that read it, and of no ended one."""

import asyncio
from datetime import timedelta

import pytest

from schema.database.statements import counting
from schema.duties.repair import compare
from schema.duties.tables import Duty
from schema.gate.operator import operating
from schema.people.rules import Post
from schema.people.tables import Appointment, Person
from schema.project.tables import Project
from schema.query.models import global_id
from server import settings
from server.people.appointments import end
from tests.world import City, at, of, on, viewer

ALWAYS = "2026-01-01,休,元旦\n2026-05-01,休,劳动节\n2026-10-01,休,国庆节\n"
HOLIDAY = f"{ALWAYS}2026-11-19,休,防汛演练"


async def due(task: str = "projectJudge") -> list[str]:
    rows = await Duty.filter(task=task).order_by("id")
    return [f"{row.due_at.astimezone(at('2026-11-18 00:00').tzinfo):%m-%d %H:%M}" for row in rows]


async def test_a_day_off_more_moves_what_is_open_by_a_day(city: City) -> None:
    await city.judged()
    open_one = await city.report()
    before = await due()
    await city.publish(2026, text=HOLIDAY)
    assert before == ["11-20 17:30", "11-20 17:30"]
    assert await due() == ["11-20 17:30", "11-23 17:30"], "the judged one stays as it was judged"
    project = await Project.get(no=open_one["no"])
    assert project.judge_by == (await Duty.get(project_id=project.id, task="projectJudge")).due_at
    assert await compare(city.context(city.office)) == []


@pytest.mark.parametrize(
    ("name", "given", "then"),
    [
        ("lead.assessment_deadline", {"number": "3"}, "11-23 17:30"),
        ("lead.closing_time", {"time": "18:00"}, "11-20 18:00"),
    ],
)
async def test_a_rule_in_force_today_moves_what_is_open(
    city: City, name: str, given: dict[str, str], then: str
) -> None:
    await city.report()
    await city.set_rule(name, "2026-11-18", **given)
    assert await due() == [then]
    assert await compare(city.context(city.office)) == []


async def test_a_new_calendar_asks_as_much_for_many_open_duties_as_for_few(city: City) -> None:
    counts = []
    for number in (2, 12):
        for _ in range(number):
            await city.report()
        text = HOLIDAY if number == 2 else ALWAYS
        with counting() as sent:
            await city.publish(2026, text=text)
        counts.append(len([each for each in sent if 'UPDATE "project"' not in each]))
    assert counts[1] <= counts[0] + 1, counts


# ---------------------------------------------------------------- at the same time


async def test_two_acts_that_end_one_duty_end_it_once(stored_city: City) -> None:
    city = stored_city
    project = await city.opined(await city.report())
    answers = await asyncio.gather(
        city.act(
            city.office, "projectJudge", **on(project), firstContactPlace="yanjiang", reason="在先"
        ),
        city.act(city.yanjiang, "projectWithdraw", **on(project), reason="投资方暂缓"),
        city.act(city.office, "projectReturn", **on(project), reason="补执照"),
    )
    assert [len(each["userErrors"]) for each in answers].count(0) == 1
    assert await Duty.filter(task="projectJudge").count() == 1
    assert await compare(city.context(city.office)) == []


async def test_a_calendar_published_beside_reports_and_judgements_loses_no_due_time(
    stored_city: City,
) -> None:
    city = stored_city
    for number in range(3):
        project = await city.opined(await city.report())
        city.reports += 10
        given = {"source": "通知", "documentNo": "资府办〔2026〕9号", "year": 2026}
        text = HOLIDAY if number % 2 == 0 else ALWAYS
        proposed = await city.done(city.office, "calendarPublish", **given, text=text)
        await asyncio.gather(
            city.done(city.colleague, "calendarConfirm", **of(proposed["proposal"])),
            city.report(city.anyue),
            city.act(
                city.office,
                "projectJudge",
                **on(project),
                firstContactPlace="yanjiang",
                reason="接洽在先",
            ),
        )
        assert await compare(city.context(city.office)) == []


async def test_of_two_who_hand_one_duty_over_at_once_both_are_kept_in_turn(
    stored_city: City,
) -> None:
    city = stored_city
    await city.opined(await city.report())
    (duty,) = (await city.run(city.office, "{ viewer { inbox { id } } }"))["viewer"]["inbox"]
    officer = f"Person:{city.colleague.person}".encode().hex().upper()
    given = {"duty": duty["id"], "person": officer, "reason": "由何佳承办"}
    answers = await asyncio.gather(
        *(city.act(city.office, "dutyHandOver", **given) for _ in range(2))
    )
    assert sorted(len(each["userErrors"]) for each in answers) == [0, 1]
    assert await Duty.filter(closed_at=None, task="projectJudge").count() == 1
    assert await compare(city.context(city.office)) == []


async def test_a_hand_over_beside_the_end_of_the_post_leaves_the_duty_to_the_unit(
    stored_city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whichever is first: nobody has in hand what they may not do any more."""
    city = stored_city
    monkeypatch.setattr(settings, "NOW", city.now)
    await city.report()
    for number in range(3):
        name = f"officer{number}"
        async with operating("personAdd", city.now) as gate:
            await viewer(gate, name, "何静", Post.OFFICE, "office")
        person = await Person.get(username=name)
        held = await Appointment.get(person_id=person.id)
        (duty,) = await Duty.filter(closed_at=None, task="projectJudge")
        given = {"duty": global_id("Duty", duty.id), "person": global_id("Person", person.id)}
        yesterday = city.now.date() - timedelta(days=1)
        answer, _ = await asyncio.gather(
            city.act(city.office, "dutyHandOver", **given, reason="分工调整"),
            end(held.id, yesterday),
        )
        assert {each["field"] for each in answer["userErrors"]} <= {"person"}
        theirs = Duty.filter(closed_at=None, task="projectJudge")
        assert await theirs.values_list("person_id", flat=True) == [None]
        assert await compare(city.context(city.office)) == []
