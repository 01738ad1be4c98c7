"""催办 by whoever waits or oversees, once a day; and reminders of the clock before something is due."""

from html import unescape
from typing import Any

import pytest

from schema.duties.reminding import duty_reminders
from schema.duties.repair import compare
from schema.jobs.tables import Job
from schema.messages.tables import Message
from schema.people.rules import Viewer
from schema.query.models import global_id
from server import settings
from tests.duties.clock import run_by_the_clock
from tests.duties.test_pages import colleague
from tests.jobs.outbox import Outbox, outbox
from tests.project.test_pages import main, seen, signed_in
from tests.rulebook import rule
from tests.world import NOW, City, Said, at, on

__all__ = ["outbox"]  # the fixture
OPEN = (
    "{ duties(filter: {open: true}) { nodes { id task mine mayRemind mayHandOver remindedAt } } }"
)
TEXTS = "{ messages(filter: {mine: true}) { nodes { text link } } }"


@pytest.fixture(autouse=True)
async def the_table_is_what_the_declarations_say(city: City) -> Any:
    yield
    assert await compare(city.context(city.office)) == []


async def duty_of(city: City, task: str, viewer: Viewer | None = None) -> Said:
    """The only open duty of a task, as somebody reads it."""
    nodes = (await city.run(viewer or city.office, OPEN))["duties"]["nodes"]
    (found,) = [each for each in nodes if each["task"] == task]
    return dict(found)


async def texts(city: City, *viewers: Viewer) -> list[list[str]]:
    """What each of them was sent, the newest first."""
    found = [(await city.run(each, TEXTS))["messages"]["nodes"] for each in viewers]
    return [[each["text"] for each in nodes] for nodes in found]


async def remind(city: City, viewer: Viewer, duty: Said, words: str = "请尽快研判") -> list[str]:
    """What a reminder was refused for; nothing where it was sent."""
    payload = await city.act(viewer, "dutyRemind", duty=duty["id"], words=words)
    return [each["message"] for each in payload["userErrors"]]


async def test_the_reporting_county_asks_the_office_for_its_judgement_once_a_day(
    city: City,
) -> None:
    project = await city.report()
    duty = await duty_of(city, "projectJudge", city.yanjiang)
    assert (duty["mayRemind"], duty["mayHandOver"]) == (True, False)
    assert await remind(city, city.yanjiang, duty) == []
    words = (
        f"催办：研判并明确首谈地，“{project['name']}”（{project['no']}）。请尽快研判（雁江区 王芳）"
    )
    assert await texts(city, city.office, city.colleague, city.yanjiang) == [[words], [words], []]
    assert rule("duty.reminders_per_day") == 1
    again = "这件事今天 10:00 已催办过，每件每天最多催办 1 次，请明天再催"
    assert await remind(city, city.yanjiang, duty) == [again]
    assert await remind(city, city.leader, duty) == [again], "it is the duty that is asked for"
    city.now = at("2026-11-19 09:00")
    assert await remind(city, city.leader, duty, "请今天办结") == []
    assert [len(each) for each in await texts(city, city.office)] == [2]
    assert (await duty_of(city, "projectJudge"))["remindedAt"] == "2026-11-19T09:00:00+08:00"
    story = """query ($no: String!) { project(no: $no) { journal { nodes { label reason } }
        reminders { words remindedBy { name } unit { shortName } } } }"""
    shown = (await city.run(city.yanjiang, story, no=project["no"]))["project"]
    assert [each["words"] for each in shown["reminders"]] == ["请尽快研判", "请今天办结"]
    reminded = [each for each in shown["journal"]["nodes"] if each["label"] == "催办待办事项"]
    assert [each["reason"] for each in reminded] == ["请今天办结", "请尽快研判"]


async def test_only_the_person_who_has_it_in_hand_is_told(city: City) -> None:
    await city.report()
    duty = await duty_of(city, "projectJudge")
    given = {"duty": duty["id"], "person": global_id("Person", city.colleague.person or 0)}
    handed = await city.done(city.office, "dutyHandOver", **given, reason="李雷休假")
    assert await remind(city, city.office, handed["duty"]) == []
    assert [len(each) for each in await texts(city, city.office, city.colleague)] == [0, 1]


async def test_who_neither_waits_nor_oversees_reminds_nobody(city: City) -> None:
    project = await city.report()
    duty = await duty_of(city, "projectJudge")
    for viewer in (city.anyue, city.group, city.expert, city.partner):
        assert await remind(city, viewer, duty) != []
    assert await remind(city, city.office, duty) == ["这件事由您承办，不用催办"]
    await city.done(city.office, "projectReturn", **on(project), reason="补执照")
    assert await remind(city, city.leader, duty) == ["补正中，计时暂停，恢复计时后再催办"]
    back = await city.run(
        city.yanjiang, "query ($no: String!) { project(no: $no) { revision } }", no=project["no"]
    )
    given = {"project": project["no"], "revision": back["project"]["revision"], "reason": "暂缓"}
    await city.done(city.yanjiang, "projectWithdraw", **given)
    assert await remind(city, city.leader, duty) == ["这件事已了结或已转交，不用催办，请刷新后核对"]
    assert await Message.all().count() == 0


async def test_a_county_reminds_on_the_page_and_reads_when_it_has_done_so(
    city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings, "NOW", NOW)
    project = await city.report()
    duty = await duty_of(city, "projectJudge")
    path = f"/duties/{duty['id']}/reminder"
    async with signed_in("yanjiang") as visitor:
        for page in ("/duties", "/inbox", f"/projects/{project['no']}"):
            assert path in await seen(visitor, page), page
        assert "催办意见" in main(await seen(visitor, path))
        empty = await visitor.post(path, data={"duty": duty["id"], "words": ""})
        assert empty.status_code == 422
        given = {"duty": duty["id"], "words": "客商周五来访"}
        assert (await visitor.post(path, data=given)).status_code == 303
        assert "10:00 催办" in main(await seen(visitor, f"/projects/{project['no']}"))
        again = await visitor.post(path, data=given)
        assert again.status_code == 422
        assert "今天 10:00 已催办过" in unescape(again.text) and "客商周五来访" in again.text
    async with signed_in("office") as visitor:
        assert "客商周五来访" in main(await seen(visitor, "/messages"))
        assert "由您承办，不用催办" in main(await seen(visitor, path))
    async with signed_in("anyue") as visitor:
        assert (await visitor.get(path)).status_code == 404


# ---------------------------------------------------------------- before it is due


@pytest.mark.parametrize(
    ("moment", "count"),
    [
        ("2026-11-19 16:30", 0),
        ("2026-11-19 17:30", 1),
        ("2026-11-20 13:00", 1),
        ("2026-11-20 13:30", 2),
        ("2026-11-20 17:00", 2),
    ],
)
async def test_the_office_is_told_a_working_day_and_four_hours_before_a_judgement_is_due(
    city: City, moment: str, count: int
) -> None:
    """Reported on Wednesday, due on Friday 20 November at half past five."""
    assert (rule("duty.remind_days_before"), rule("duty.remind_hours_before")) == (1, 4)
    project = await city.report()
    for text in ("2026-11-18 12:30", "2026-11-19 17:30", "2026-11-20 13:30", "2026-11-20 17:00"):
        if at(text) < at(moment):
            city.now = at(text)
            await run_by_the_clock(city, duty_reminders)
    city.now = at(moment)
    await run_by_the_clock(city, duty_reminders)
    assert await run_by_the_clock(city, duty_reminders) == "提醒 0 人次"
    words = "到期前提醒：研判并明确首谈地，“{}”（{}），请于 2026-11-20 17:30 前办结"
    expected = [words.format(project["name"], project["no"])] * count
    assert await texts(city, city.office, city.colleague, city.yanjiang) == [expected, expected, []]


async def test_nobody_is_told_of_what_is_late_paused_or_done(city: City) -> None:
    await city.judged()
    project = await city.report()
    await city.done(city.office, "projectReturn", **on(project), reason="补执照")
    city.now = at("2026-11-20 14:00")
    assert await run_by_the_clock(city, duty_reminders) == "提醒 0 人次"
    await city.report()
    city.now = at("2026-11-24 18:00")
    assert await run_by_the_clock(city, duty_reminders) == "提醒 0 人次"


async def test_whoever_is_handed_it_after_a_reminder_is_told_as_well(city: City) -> None:
    await city.report(city.yanjiang)
    project = (await duty_of(city, "projectJudge"))["id"]
    city.now = at("2026-11-20 14:00")
    assert await run_by_the_clock(city, duty_reminders) == "提醒 2 人次"
    other = await colleague(city, "office", city.office.main.post)
    given = {"duty": project, "person": global_id("Person", other.id), "reason": "分工调整"}
    await city.done(city.office, "dutyHandOver", **given)
    assert await run_by_the_clock(city, duty_reminders) == "提醒 1 人次"


async def test_a_reminder_at_night_goes_outside_in_the_morning(city: City, outbox: Outbox) -> None:
    """It stands in the list at once; outside it waits until the quiet hours are over."""
    await city.report()
    duty = await duty_of(city, "projectJudge")
    city.now = at("2026-11-18 22:00")
    assert await remind(city, city.leader, duty) == []
    assert [len(each) for each in await texts(city, city.office)] == [1]
    due = {each.due_at for each in await Job.filter(kind="sendMessages")}
    assert due == {at("2026-11-19 07:30")} and outbox.sent == []


async def test_a_county_reminds_once_whoever_may_verify_its_funds(
    city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two units may verify: one reminder reaches both, stands on both duties, and is one of the day."""
    monkeypatch.setattr(settings, "NOW", NOW)
    await city.pay(await city.signed(), "1000万")
    found = await city.run(
        city.hightech,
        """{ duties(filter: { task: ["fundsVerify"], open: true }, first: 5) {
            nodes { id unit { shortName } remindedAt } } }""",
    )
    one, other = found["duties"]["nodes"]
    assert await remind(city, city.hightech, one, "请核实") == []
    assert [len(each) for each in await texts(city, city.office, city.finance)] == [1, 1]
    again = "这件事今天 10:00 已催办过，每件每天最多催办 1 次，请明天再催"
    assert await remind(city, city.hightech, other) == [again]
    async with signed_in("hightech") as visitor:
        inbox = main(await seen(visitor, "/inbox"))
    waited = inbox[inbox.index('id="others"') :]
    assert waited.count("/reminder") == 1 and waited.count("10:00 催办") == 1
