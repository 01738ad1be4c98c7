"""Posts held in units: from a day to a day, several at once, standing in for another; what they give today."""

from datetime import date, timedelta

import pytest
from tortoise.exceptions import IntegrityError

from schema.city.rules import RuleBroken
from schema.database.statements import counting
from schema.database.transactions import transaction
from schema.gate.journal import verify
from schema.gate.tables import JournalEntry
from schema.people.tables import Appointment, Organization, Person
from schema.permissions import Post, Viewer
from server import settings
from server.people import people
from server.people.appointments import appoint, end, get_unit, posts_of
from server.people.context import named
from tests.server.doors import signed_in
from tests.snapshots import Replay
from tests.world import NOW, City, at

TODAY = NOW.date()
YESTERDAY, TOMORROW = TODAY - timedelta(days=1), TODAY + timedelta(days=1)
PROJECTS = "{ projects { totalCount } }"


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "NOW", NOW)


async def person(username: str) -> Person:
    return await Person.get(username=username)


async def held_by(username: str, on: date = TODAY) -> list[tuple[str, str]]:
    """The posts that somebody holds on a day: kind and unit."""
    viewer = await named(username, on)
    assert viewer is not None
    return [(each.post.value, each.unit) for each in viewer.posts]


async def test_a_department_head_who_is_a_groups_deputy_has_the_rights_of_both(city: City) -> None:
    group = await get_unit("group-health-care")
    await appoint(
        await person("department"), group, title="副组长", document_no="资招组〔2026〕3号"
    )
    viewer = await named("department")
    assert viewer is not None and [each.title for each in viewer.posts] == ["", "副组长"]
    assert viewer.main.unit == "市经信局", "the main post comes first"
    project = await city.report(group="health-care")
    assert (await city.run(city.department, PROJECTS))["projects"]["totalCount"] == 0
    assert (await city.run(viewer, PROJECTS))["projects"]["totalCount"] == 1
    steel = await city.report(group="advanced-manufacturing")
    seen = await city.run(viewer, "{ projects { nodes { no } } }")
    assert {each["no"] for each in seen["projects"]["nodes"]} == {project["no"], steel["no"]}


async def test_a_county_post_beside_a_department_lets_one_sign_for_the_county(city: City) -> None:
    project = await city.judged("anyue")
    signs = {"project": project["no"], "kind": "FORMAL", "amount": "1亿", "signedOn": "2026-11-18"}
    signs["revision"] = project["revision"]
    refused = await city.act(city.department, "agreementSign", **signs)
    assert refused["userErrors"][0]["code"] == "NOT_ALLOWED"
    await appoint(await person("department"), await get_unit("anyue"), title="挂职副县长")
    viewer = await named("department")
    assert viewer is not None
    signed = await city.done(viewer, "agreementSign", **signs)
    assert signed["project"]["stage"] == "SIGNED"


@pytest.mark.parametrize(
    ("starts_on", "ends_on", "holds"),
    [
        (TOMORROW, None, False),
        (TODAY, None, True),
        (date(2026, 1, 1), YESTERDAY, False),
        (date(2026, 1, 1), TODAY, True),
        (TODAY, TODAY, True),
    ],
)
async def test_a_post_is_held_from_its_first_day_to_its_last(
    city: City, starts_on: date, ends_on: date | None, holds: bool
) -> None:
    await city.report()
    unit = await get_unit("office")
    await appoint(await person("branch"), unit, starts_on=starts_on, ends_on=ends_on)
    viewer = await named("branch")
    assert viewer is not None
    assert (len(viewer.posts) == 2) is holds
    assert (await city.run(viewer, PROJECTS))["projects"]["totalCount"] == (1 if holds else 0)


async def test_the_day_is_the_citys(city: City, monkeypatch: pytest.MonkeyPatch) -> None:
    """At 0:30 on the first day it is still the day before in London."""
    await appoint(await person("branch"), await get_unit("office"), starts_on=TOMORROW)
    monkeypatch.setattr(settings, "NOW", at(f"{TODAY} 23:59"))
    assert len((await named("branch") or Viewer()).posts) == 1
    monkeypatch.setattr(settings, "NOW", at(f"{TOMORROW} 00:30"))
    assert len((await named("branch") or Viewer()).posts) == 2


async def test_somebody_stands_in_for_another_until_the_end_that_it_must_have(city: City) -> None:
    stood_in = await Appointment.get(person_id=city.anyue.person)
    unit, deputy = await get_unit("anyue"), await person("lezhi")
    with pytest.raises(RuleBroken, match="要写明结束日期"):
        await appoint(deputy, unit, acting_for=stood_in.id)
    until = TODAY + timedelta(days=14)
    await appoint(deputy, unit, title="局长", ends_on=until, acting_for=stood_in.id)
    viewer = await named("lezhi")
    assert viewer is not None and viewer.posts[1].acting_for == "钱进"
    project = await city.report(city.anyue)
    withdrawn = await city.done(
        viewer,
        "projectWithdraw",
        project=project["no"],
        revision=project["revision"],
        reason="暂缓",
    )
    assert withdrawn["project"]["stage"] == "WITHDRAWN"
    assert len(await held_by("lezhi", until)) == 2
    assert len(await held_by("lezhi", until + timedelta(days=1))) == 1


async def test_who_stands_in_holds_a_post_no_longer_than_it_is_held(city: City) -> None:
    stood_in = await Appointment.get(person_id=city.anyue.person)
    await appoint(
        await person("lezhi"),
        await get_unit("anyue"),
        ends_on=TODAY + timedelta(days=14),
        acting_for=stood_in.id,
    )
    assert len(await held_by("lezhi")) == 2
    await end(stood_in.id, YESTERDAY)
    assert await held_by("lezhi") == [("PLACE", "乐至县")]
    assert await held_by("anyue") == [("PUBLIC", "")], "no post, no right"


async def test_what_cannot_be_a_post_is_refused_with_its_reason(city: City) -> None:
    office, unit = await person("office"), await get_unit("office")
    own = await Appointment.get(person_id=office.id)
    health = await get_unit("group-health-care")
    with pytest.raises(RuleBroken, match="已有这个岗位"):
        await appoint(office, unit)
    with pytest.raises(RuleBroken, match="已有一个主要岗位"):
        await appoint(office, health, main=True)
    with pytest.raises(RuleBroken, match="不能早于开始日期"):
        await appoint(office, health, ends_on=YESTERDAY)
    with pytest.raises(RuleBroken, match="不能代理自己"):
        await appoint(office, unit, ends_on=TOMORROW, acting_for=own.id)
    with pytest.raises(RuleBroken, match="要与被代理人的相同"):
        await appoint(await person("branch"), health, ends_on=TOMORROW, acting_for=own.id)
    with pytest.raises(RuleBroken, match="可用的短名"):
        await get_unit("nowhere")
    await end(own.id, YESTERDAY)
    with pytest.raises(RuleBroken, match="已办理免职"):
        await end(own.id, TODAY)
    again = await appoint(office, unit, title="主任", main=True)
    assert [each["held"] for each in await posts_of(office)] == [False, True] and again.main


async def test_the_database_keeps_an_open_post_single_and_standing_in_bounded(city: City) -> None:
    unit = await Organization.get(slug="office")
    given = {
        "person_id": city.office.person,
        "organization": unit,
        "post": Post.OFFICE,
        "starts_on": TODAY,
        "recorded_at": NOW,
    }
    own = await Appointment.get(person_id=city.office.person)
    for wrong in (
        {},
        {"ends_on": YESTERDAY},
        {"acting_for_id": own.id, "person_id": city.branch.person},
    ):
        with pytest.raises(IntegrityError):
            async with transaction():
                await Appointment.create(**given | wrong)


async def test_who_asks_is_one_statement_whatever_the_number_of_posts(city: City) -> None:
    for slug in ("group-health-care", "anyue", "investment-bureau"):
        await appoint(await person("department"), await get_unit(slug))
    await named("department")  # the rules are read once for each version of them
    with counting() as sent:
        viewer = await named("department")
    assert viewer is not None and len(viewer.posts) == 4
    assert len(sent) == 1


async def test_a_post_that_is_given_or_ended_counts_at_the_next_request(city: City) -> None:
    async with signed_in("branch") as visitor:
        assert (await visitor.get("/who")).json()["posts"] == [["BRANCH", "北京分局"]]
        made = await appoint(await person("branch"), await get_unit("office"), title="副主任")
        posts = (await visitor.get("/who")).json()["posts"]
        assert posts == [["BRANCH", "北京分局"], ["OFFICE", "领导小组办公室"]]
        assert "研判台" in (await visitor.get("/projects")).text
        with pytest.raises(RuleBroken):
            await end(made.id, YESTERDAY)
        await end(made.id)
        assert len((await visitor.get("/who")).json()["posts"]) == 2, "to the end of the day"


async def test_somebody_without_a_post_signs_in_and_is_told_so(city: City) -> None:
    own = await Appointment.get(person_id=city.branch.person)
    await city.report(city.branch, place="anyue")
    await end(own.id, YESTERDAY)
    async with signed_in("branch") as visitor:
        assert (await visitor.get("/")).headers["location"] == "/account"
        page = (await visitor.get("/account")).text
        assert "目前没有在任的岗位" in page and "已卸任" in page
        listed = (await visitor.get("/projects")).text
        assert "口腔设备产业园" not in listed


async def test_the_account_page_shows_all_posts_with_their_days_and_documents(city: City) -> None:
    await appoint(
        await person("department"),
        await get_unit("group-health-care"),
        title="副组长",
        document_no="资招组〔2026〕3号",
        document_on=date(2026, 11, 17),
    )
    async with signed_in("department") as visitor:
        page = (await visitor.get("/account")).text
    for words in (
        "副组长",
        "医疗康养产业招商小组办公室",
        "资招组〔2026〕3号",
        "市经济和信息化局",
        "主要岗位",
    ):
        assert words in page, words


async def test_a_post_that_is_over_stays_as_it_was_held(city: City) -> None:
    """Neither its last day nor the document that ended it can be another one afterwards."""
    own = await Appointment.get(person_id=city.branch.person)
    await end(own.id, TODAY, document_no="资组干〔2026〕9号")
    for day in (TODAY - timedelta(days=100), TODAY):
        with pytest.raises(RuleBroken, match="已办理免职"):
            await end(own.id, day, document_no="另一号")
    kept = await Appointment.get(id=own.id)
    assert (kept.ends_on, kept.end_document_no) == (TODAY, "资组干〔2026〕9号")
    unit = await get_unit("anyue")
    over = await appoint(
        await person("branch"), unit, starts_on=date(2026, 1, 1), ends_on=YESTERDAY
    )
    with pytest.raises(RuleBroken, match="已于 2026-11-17 到期"):
        await end(over.id, date(2026, 6, 1))
    term = await appoint(await person("branch"), unit, ends_on=TODAY + timedelta(days=30))
    with pytest.raises(RuleBroken, match="不能延后"):
        await end(term.id, TODAY + timedelta(days=31))
    assert (await end(term.id, TOMORROW)).ends_on == TOMORROW, "before its term is over"


async def test_posts_given_and_ended_stand_in_the_journal_and_on_the_page(city: City) -> None:
    before = await Replay.start()
    made = await appoint(
        await person("branch"),
        await get_unit("anyue"),
        title="挂职",
        document_no="资组干〔2026〕7号",
    )
    await end(made.id, TOMORROW, document_no="资组干〔2026〕8号")
    entries = await JournalEntry.filter(id__gt=before.last).order_by("id")
    assert [(each.act, each.actor_name, each.reason) for each in entries] == [
        ("postGive", "系统管理员", "资组干〔2026〕7号"),
        ("postEnd", "系统管理员", "资组干〔2026〕8号"),
    ]
    assert await before.differences() == [] and await verify() is None
    async with signed_in("branch") as visitor:
        page = (await visitor.get("/account")).text
    for words in ("任免记录", "免职", "资组干〔2026〕7号", "资组干〔2026〕8号", "系统管理员"):
        assert words in page, words
    async with signed_in("agent") as visitor:
        assert "资组干〔2026〕7号" not in (await visitor.get("/account")).text


async def test_a_post_that_is_refused_leaves_no_entry(city: City) -> None:
    before = await JournalEntry.all().count()
    with pytest.raises(RuleBroken):
        await appoint(await person("office"), await get_unit("office"))
    assert await JournalEntry.all().count() == before


async def test_people_added_disabled_and_let_in_again_stand_in_the_journal(city: City) -> None:
    """With the operator as the doer, and without the password."""
    before = await Replay.start()
    made = await people.add_person("zhangsan", "张三", "anyue", "Ziyang-2026-lemon-3", "028-1")
    await people.set_active(made, False)
    await people.set_active(made, True)
    entries = await JournalEntry.filter(id__gt=before.last).order_by("id")
    assert [(each.act, each.actor_name) for each in entries] == [
        (act, "系统管理员") for act in ("personAdd", "postGive", "personDisable", "personEnable")
    ]
    assert entries[0].changes[f"Person:{made.id}"]["phone"] == [None, "028-1"]
    assert "password_hash" not in entries[0].changes[f"Person:{made.id}"]
    assert [each.changes[f"Person:{made.id}"] for each in entries[2:]] == [
        {"active": [True, False]},
        {"active": [False, True]},
    ]
    assert await before.differences() == [] and await verify() is None
    row = await Person.get(id=made.id)
    assert row.password_hash.startswith("$argon2") and row.active
