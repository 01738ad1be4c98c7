"""Who judged stays what they were on that day, whatever becomes of them, and whatever is recorded later."""

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from schema.people.rules import Post, Term, signed_as
from schema.people.tables import Appointment, Organization, Person
from schema.permissions import Viewer
from schema.scalars import SHANGHAI
from server import settings
from server.people.appointments import appoint, end, get_unit
from server.people.context import named
from tests.server.doors import signed_in
from tests.world import NOW, City, at, on

JUDGED = """query($no: String!) { project(no: $no) { linkage { judgement {
    judgedBy { name } judgedAs { name unit post title acting } } } } }"""
LEI = {"name": "李雷", "unit": "领导小组办公室", "post": "OFFICE", "title": "主任", "acting": False}


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "NOW", NOW)


async def judged_as(city: City, no: str, viewer: Viewer | None = None) -> object:
    found = await city.run(viewer or city.office, JUDGED, no=no)
    return found["project"]["linkage"]["judgement"]["judgedAs"]


async def test_who_judged_stays_director_of_the_office_after_moving(city: City) -> None:
    project = await city.judged()
    assert await judged_as(city, project["no"]) == LEI
    office = await Person.get(username="office")
    own = await Appointment.get(person_id=office.id)
    await end(own.id, NOW.date() - timedelta(days=1))
    await appoint(office, await get_unit("anyue"), title="副县长", main=True)
    moved = await named("office")
    assert moved is not None and moved.main.unit == "安岳县"
    assert await judged_as(city, project["no"], city.leader) == LEI


async def test_no_edit_dated_back_changes_a_signature(city: City) -> None:
    """Posts are only added and ended: neither an earlier first day nor an earlier last day counts then."""
    project = await city.judged()
    office, own = (
        await Person.get(username="office"),
        await Appointment.get(person_id=city.office.person),
    )
    unit = await Organization.get(slug="office")
    await end(own.id, date(2026, 11, 1))
    for title in ("副主任", "科长"):
        await Appointment.create(
            person_id=office.id,
            organization=unit,
            post=Post.OFFICE,
            title=title,
            main=True,
            starts_on=date(2026, 1, 1),
            ends_on=date(2026, 12, 1),
            recorded_at=NOW + timedelta(minutes=1),
        )
    assert await judged_as(city, project["no"]) == LEI


async def test_who_stood_in_signs_as_such(city: City) -> None:
    own = await Appointment.get(person_id=city.office.person)
    await appoint(
        await Person.get(username="department"),
        await get_unit("office"),
        title="主任",
        ends_on=NOW.date() + timedelta(days=7),
        acting_for=own.id,
        recorded_at=NOW - timedelta(hours=1),
    )
    deputy = await named("department")
    assert deputy is not None
    project = await city.opined(await city.report())
    await city.done(
        deputy,
        "projectJudge",
        project=project["no"],
        revision=project["revision"],
        firstContactPlace="yanjiang",
        reason="接洽在先",
    )
    assert await judged_as(city, project["no"]) == LEI | {"name": "郑铁", "acting": True}


async def test_pages_show_unit_post_and_name_of_the_day(city: City) -> None:
    project = await city.signed(first="yanjiang", landing="yanjiang")
    async with signed_in("office") as visitor:
        page = (await visitor.get(f"/projects/{project['no']}")).text
        desk = (await visitor.get(f"/judgement?state=DONE&no={project['no']}")).text
    assert "领导小组办公室 主任 李雷" in page and "领导小组办公室 主任 李雷" in desk
    assert "雁江区 王芳" in " ".join(page.split())


async def test_outsiders_read_no_signatures(city: City) -> None:
    project = await city.report(city.agent, place="yanjiang")
    await city.done(
        city.office,
        "projectReturn",
        project=project["no"],
        revision=project["revision"],
        reason="请补充营业执照",
    )
    document = f'{{ project(no: "{project["no"]}") {{ linkage {{ returns {{ reason returnedAs {{ name }} }} }} }} }}'
    found = (await city.run(city.agent, document))["project"]["linkage"]["returns"]
    assert found == [{"reason": "请补充营业执照", "returnedAs": None}]


# ---------------------------------------------------------------- the rule alone


def term(key: int, **given: object) -> Term:
    known = {
        "organization": 1,
        "post": Post.OFFICE,
        "main": False,
        "starts_on": date(2026, 1, 1),
        "ends_on": None,
        "acting_for": None,
        "recorded_at": at("2026-01-01 09:00"),
        "ended_at": None,
    }
    return Term(id=key, **known | given)  # type: ignore[arg-type]


def chosen(
    terms: list[Term], moment: datetime, *posts: Post, unit: int | None = None
) -> int | None:
    found = signed_as(terms, moment, moment.astimezone(SHANGHAI).date(), posts, unit)
    return found.id if found else None


def test_of_several_posts_the_one_that_may_then_that_of_the_unit_then_the_main_one_signs() -> None:
    moment = at("2026-11-18 10:00")
    main = term(1, post=Post.DEPARTMENT, main=True)
    office, county = term(2), term(3, post=Post.PLACE, organization=5)
    known = [county, office, main]
    assert chosen(known, moment) == 1
    assert chosen(known, moment, Post.OFFICE) == 2
    assert chosen(known, moment, Post.OFFICE, Post.PLACE) == 2
    assert chosen(known, moment, Post.OFFICE, Post.PLACE, unit=5) == 3
    assert chosen(known, moment, Post.LEADER) == 1, "main when none of them may"


def test_a_term_counts_by_what_was_known_at_the_moment() -> None:
    moment = at("2026-11-18 10:00")
    assert chosen([term(1, recorded_at=at("2026-11-18 10:01"))], moment) is None
    assert chosen([term(1, recorded_at=moment)], moment) == 1
    ended = {"ends_on": date(2026, 11, 10)}
    assert chosen([term(1, **ended, ended_at=at("2026-11-11 09:00"))], moment) is None
    assert chosen([term(1, **ended, ended_at=at("2026-11-19 09:00"))], moment) == 1
    assert chosen([term(1, **ended)], moment) is None, "an end that it had from the beginning"
    assert chosen([term(1, starts_on=date(2026, 11, 19))], moment) is None


async def test_a_signature_is_the_post_in_which_it_was_done_and_stays_it(city: City) -> None:
    """Who is of Yanjiang first and of the high-tech zone second takes a project up for the zone."""
    project = await city.judged()
    asked = await city.done(
        city.yanjiang,
        "projectTransferRequest",
        **on(project),
        landingPlace="hightech",
        reason="规划用地不足",
    )
    transfer = asked["transfer"]["id"]
    decided = await city.done(
        city.office,
        "projectTransferDecide",
        transfer=transfer,
        revision=asked["project"]["revision"],
        approve=True,
        assessment="同意",
    )
    person = await Person.get(id=city.yanjiang.person)
    zone = await Organization.get(id=city.hightech.main.organization)
    second = await Appointment.create(
        person_id=person.id,
        organization_id=zone.id,
        post=Post.PLACE,
        title="副主任",
        main=False,
        starts_on=city.now.date(),
        recorded_at=city.now,
    )
    held = replace(city.hightech.main, id=second.id, title="副主任")
    both = Viewer(person.name, person.id, (city.yanjiang.main, held))
    revision = decided["project"]["revision"]
    await city.done(both, "projectTakeUp", transfer=transfer, revision=revision)
    document = f"""{{ project(no: "{project["no"]}") {{ linkage {{ transfers {{
        requestedAs {{ unit }} takenUpAs {{ unit title }} }} }} }} }}"""
    (found,) = (await city.run(city.office, document))["project"]["linkage"]["transfers"]
    assert found["takenUpAs"] == {"unit": zone.short_name, "title": "副主任"}
    assert found["requestedAs"]["unit"] == "雁江区"
