"""The pages of duties: the list with its file and workloads, one handed over, who has a project now."""

from html import unescape

import pytest

from schema import database
from schema.people.rules import Post
from schema.people.tables import Organization, Person
from schema.query.models import global_id
from tests.project.test_pages import main, seen, signed_in
from tests.world import NOW, City, at, held, on, password_hash


async def colleague(city: City, unit: str = "yanjiang", post: Post = Post.PLACE) -> Person:
    """A second officer of a unit."""
    person = await Person.create(
        username=f"{unit}2", name="何静", password_hash=password_hash(), password_set_at=NOW
    )
    await held(person.id, post, await Organization.get(slug=unit), main=True)
    return person


async def test_the_list_shows_whose_it_is_and_how_many_each_unit_has(city: City) -> None:
    project = await city.report()
    await city.judged()
    async with signed_in("office") as visitor:
        page = main(await seen(visitor, "/duties"))
        assert project["name"] in page and "研判并明确首谈地" in page and "按期办结" in page
        open_ones = main(await seen(visitor, "/duties?open=true"))
        assert project["name"] in open_ones and "按期办结" not in open_ones
        menu = (await visitor.get("/inbox")).text
        assert 'href="/duties"' in menu
        file = await visitor.get("/duties.csv?open=true")
        lines = file.text.lstrip("\ufeff").splitlines()
        assert file.status_code == 200 and len(lines) == 2
        assert "要办的事" in lines[0] and "研判并明确首谈地" in lines[1]


async def test_whoever_has_no_duty_there_sees_none(city: City) -> None:
    project = await city.report()
    async with signed_in("lezhi") as visitor:
        assert project["name"] not in await seen(visitor, "/duties")
        assert project["name"] not in (await visitor.get("/duties.csv")).text


async def test_a_returned_report_is_handed_to_a_colleague_on_its_page(city: City) -> None:
    other = await colleague(city)
    project = await city.report()
    await city.done(city.office, "projectReturn", **on(project), reason="补营业执照")
    mine = await city.run(city.yanjiang, "{ viewer { inbox { id label } } }")
    (duty,) = mine["viewer"]["inbox"]
    path = f"/duties/{duty['id']}/handover"
    async with signed_in("yanjiang") as visitor:
        assert path in await seen(visitor, "/inbox")
        page = main(await seen(visitor, path))
        assert "何静" in page and "王芳" not in page, "nobody hands it to themselves"
        refused = await visitor.post(path, data={"duty": duty["id"], "reason": "休假"})
        assert refused.status_code == 422 and "休假" in unescape(refused.text)
        given = {"duty": duty["id"], "person": global_id("Person", other.id), "reason": "王芳休假"}
        assert (await visitor.post(path, data=given)).status_code == 303
        inbox = main(await seen(visitor, "/inbox"))
        assert f"已转交何静：补正后重新报送，{project['no']} {project['name']}" in inbox
        inbox = inbox[inbox.index('id="inbox-part"') :]
        assert "补正后重新报送" not in inbox
        assert "等待他人" in inbox and "研判并明确首谈地" in inbox, "it waits for the office again"
        page = main(await seen(visitor, f"/projects/{project['no']}"))
        assert "何静" in page and "已转交" in page and "补正后重新报送" in page
    async with signed_in("yanjiang2") as visitor:
        assert project["name"] in main(await seen(visitor, "/inbox"))
    async with signed_in("anyue") as visitor:
        assert (await visitor.get(path)).status_code == 404


async def test_nobody_hands_over_what_is_not_theirs(city: City) -> None:
    """A place sees that its report waits for the office, and cannot give it to anybody."""
    await city.report()
    found = await city.run(city.yanjiang, "{ duties { nodes { id task } } }")
    (duty,) = found["duties"]["nodes"]
    async with signed_in("yanjiang") as visitor:
        assert "转交" not in main(await seen(visitor, "/duties"))
        assert "由负责单位办理" in main(await seen(visitor, f"/duties/{duty['id']}/handover"))
    person = global_id("Person", city.yanjiang.person or 0)
    given = {"duty": duty["id"], "person": person, "reason": "我来办"}
    refused = await city.act(city.yanjiang, "dutyHandOver", **given)
    assert [error["code"] for error in refused["userErrors"]] == ["NOT_ALLOWED"]


async def test_a_project_page_says_who_has_it_since_when_and_who_had_it(city: City) -> None:
    project = await city.report()
    city.now = at("2026-11-19 10:00")
    back = await city.done(city.office, "projectReturn", **on(project), reason="补营业执照")
    await city.done(city.yanjiang, "projectResubmit", **on(back["project"]), note="已补")
    async with signed_in("office") as visitor:
        page = main(await seen(visitor, f"/projects/{project['no']}"))
        assert "领导小组办公室" in page and "研判并明确首谈地" in page
        assert "此前由谁承办（1 件）" in page and "补正后重新报送" in page


# ---------------------------------------------------------------- what an inbox asks


INBOX = """{ duties(filter: { mine: true, open: true, running: true }, first: 50) {
    nodes { label page dueAt openedAt unit { shortName } waiting { shortName } project { no name } } } }"""


async def test_an_inbox_is_one_statement_along_an_index(city: City) -> None:
    from tests.reading.test_indexes import asked, explained

    for _ in range(3):
        await city.report()
    statement, answer = await asked(city, INBOX)
    assert len(answer["duties"]["nodes"]) == 3
    plan = await explained(*statement)
    assert "SCAN t" not in plan and "Seq Scan on duty" not in plan, plan
    assert any(index in plan for index in ("ix_duty_", "duty_")), plan


@pytest.mark.parametrize("who", ["office", "yanjiang", "agent", "leader"])
async def test_everybodys_inbox_is_planned(city: City, who: str) -> None:
    await city.report()
    await city.run(city[who], INBOX)
    assert database.dialect() in ("sqlite", "postgres")
