"""The pages of article 2: a group's workspace, its six ones, who led it and when."""

import re
from base64 import b64decode

import httpx2
import pytest

from schema.database.statements import counting
from schema.documents.making import Making, make_pdf
from schema.documents.rules import DOCUMENTS
from schema.people.rules import Post
from schema.people.tables import Organization, Person
from server import settings
from tests.documents.papers import FOLDER, sentences
from tests.industry.scenes import GROUP, LEADER, PAPERS, PDF, TEAM, ZONE, one, opened
from tests.project.test_pages import link, main, seen
from tests.server.doors import browser, signed_in
from tests.server.forms import Door, form_on
from tests.server.saying import banner
from tests.world import NOW, PASSWORD, City, Said, held, on, password_hash

HERE = f"/groups/{GROUP}"
FILE = ("evidence", ("任命文件.pdf", b64decode(PDF["content"]), "application/pdf"))
OTHER = ("evidence", ("盖章.pdf", b"%PDF-1.5\n%%EOF\n", "application/pdf"))
LED: Said = {
    "role": "LEADER",
    "name": "陶望山",
    "detail": "市政府副市长",
    "startsOn": "2026-01-01",
    "documentNo": "资委办〔2026〕1号",
    "documentOn": "2025-12-30",
}


@pytest.fixture(autouse=True)
def standing_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "NOW", NOW)


async def led(city: City, **given: object) -> None:
    """The group has a leader, by a document that is not checked yet."""
    await city.done(
        city.office, "groupAppoint", **await opened(city, LEADER), **LED | given, evidence=[PDF]
    )


async def sent(visitor: httpx2.AsyncClient, path: str, sends: str, **typed: str) -> httpx2.Response:
    """The answer to a form of a page, filled in."""
    files = {"1": [FILE], "2": [OTHER]}.get(typed.pop("file", ""))
    action, values = await form_on(visitor, Door(path, sends, ""), path)
    return await visitor.post(action, data={**values, **typed}, files=files)


def wrong(answer: httpx2.Response) -> dict[str, str]:
    """What a form says at its fields, by their names."""
    found = re.findall(
        r'(?s)<p class="wrong-why" id="f-[^"]*?([A-Za-z]+)-wrong">(.*?)</p>', answer.text
    )
    return {name: re.sub(r"<[^>]+>", "", text).strip() for name, text in found}


# ---------------------------------------------------------------- who sees it


async def test_a_groups_liaison_signs_in_and_lands_in_their_workspace(city: City) -> None:
    async with browser() as visitor:
        await visitor.post("/sign-in", data={"username": "group", "password": PASSWORD})
        assert (await visitor.get("/")).headers["location"] == HERE
        page = await seen(visitor, HERE)
    assert 'href="/groups"' in page.partition("<main")[0], "the way in from the menu"
    assert "先进制造产业招商小组" in page and "六个一" in page


@pytest.mark.parametrize(
    "name", ["group", "office", "leader", "department", "yanjiang", "inspector"]
)
async def test_everybody_inside_reads_how_far_a_group_is(city: City, name: str) -> None:
    await led(city)
    async with signed_in(name) as visitor:
        page = main(await seen(visitor, HERE))
        listed = main(await seen(visitor, "/groups"))
        assert "陶望山" in main(await seen(visitor, f"/ones/{LEADER}"))
    for each in ("陶望山", "市政府副市长", "资委办〔2026〕1号", "待核对", "未开始", "尚未明确"):
        assert each in page, each
    order = ["市级领导", "牵头部门", "产业功能区", "招商队伍", "支持政策", "招商地图"]
    places = [
        page.index(f"</span>{each}") if f"</span>{each}" in page else page.index(each)
        for each in order
    ]
    assert places == sorted(places), "in the document's order"
    assert listed.count("待确认") == 7, "no lead department is published"
    assert listed.count('href="/groups/') >= 7 and "陶望山" in listed


@pytest.mark.parametrize("name", ["agent", "partner", "expert"])
async def test_for_those_outside_there_are_no_such_pages(city: City, name: str) -> None:
    async with signed_in(name) as visitor:
        for path in ("/groups", HERE, f"{HERE}/seats", f"/ones/{LEADER}", "/groups.csv"):
            assert (await visitor.get(path)).status_code == 404, path


async def test_the_public_signs_in_first(city: City) -> None:
    async with browser() as visitor:
        for path in ("/groups", HERE, f"{HERE}/seats", f"/ones/{LEADER}"):
            answer = await visitor.get(path)
            assert answer.status_code == 303 and answer.headers["location"].startswith("/sign-in")


async def test_what_does_not_exist_is_missing(city: City) -> None:
    async with signed_in("office") as visitor:
        for path in ("/groups/lemons", "/groups/lemons/seats", "/ones/lemons"):
            await seen(visitor, path, 404)


async def test_the_list_is_exported(city: City) -> None:
    await led(city)
    async with signed_in("leader") as visitor:
        lines = (await visitor.get("/groups.csv")).text.lstrip("\ufeff").splitlines()
    assert len(lines) == 1 + 7 * 6, "a line for each one of each group"
    assert lines[1].startswith("先进制造产业招商小组,一名市级领导,陶望山,待核对,"), lines[1]


# ---------------------------------------------------------------- what waits for whom


async def test_the_workspace_says_what_must_be_done_and_who_has_it(city: City) -> None:
    project = await city.report(city.group)
    await city.done(city.office, "oneAssign", **await opened(city, TEAM))
    async with signed_in("group") as visitor:
        page = main(await seen(visitor, HERE))
        assert project["name"] in page and "等待办理 3 件" in page
        assert "研判并明确首谈地" in page and "补齐“六个一”的材料" in page
        office = link(page, "领导小组办公室").replace("&amp;", "&")
        assert project["name"] in main(await seen(visitor, office))
        assert "您只看得到" not in page and "各地合计" in page
        assert "一支招商队伍" in main(await seen(visitor, link(page, "补齐“六个一”的材料")))
    async with signed_in("yanjiang") as visitor:
        page = main(await seen(visitor, HERE))
        assert project["name"] not in page and "研判并明确首谈地" not in page, "not theirs to see"
        assert "您只看得到这个小组的一部分工作" in page and "各地合计" not in page


async def test_a_page_takes_as_many_statements_however_much_a_group_has_in_hand(city: City) -> None:
    async def cost() -> list[str]:
        async with signed_in("group") as visitor:
            await visitor.get(HERE)
            with counting() as statements:
                await seen(visitor, HERE)
        return statements

    await led(city)
    await city.report(city.group)
    await city.done(city.office, "oneAssign", **await opened(city, TEAM))
    before = await cost()
    for _ in range(4):
        await city.report(city.group)
        await city.judged()
    await city.done(city.office, "oneAssign", **await opened(city, ZONE))
    after = await cost()
    assert len(after) <= len(before), after[len(before) :]
    assert len(before) <= MOST, before


MOST = 20
"""Statements of a workspace, its session and menu included."""


# ---------------------------------------------------------------- as of a day


async def test_who_led_the_group_on_a_day_is_read_and_not_changed(city: City) -> None:
    await led(city)
    before = await one(city, LEADER)
    follow = LED | {
        "name": "苏牧野",
        "startsOn": "2026-06-01",
        "replaces": before["items"][0]["id"],
    }
    await city.done(
        city.office,
        "groupAppoint",
        one=LEADER,
        revision=before["revision"],
        **follow,
        evidence=[PDF],
    )
    async with signed_in("office") as visitor:
        today = main(await seen(visitor, HERE))
        then = main(await seen(visitor, f"{HERE}?asOf=2026-03-01"))
        early = main(await seen(visitor, f"{HERE}?asOf=2025-03-01"))
        ever = main(await seen(visitor, f"{HERE}/seats"))
        assert "苏牧野" in main(await seen(visitor, f"{HERE}?asOf=2026-13-01", 400)), (
            "no day: said, today"
        )
    assert "苏牧野" in today and "陶望山" not in today
    assert "陶望山" in then and "苏牧野" not in then
    assert "按 2026年3月1日 的情形，只供查看" in then and link(then, "回到今天") == HERE
    assert "报送项目" not in then and "催办" not in then, "nothing is done on a day that is over"
    assert "陶望山" not in early and "组长、副组长尚未登记" in early
    assert ever.index("苏牧野") < ever.index("陶望山") and "2026-05-31" in ever


# ---------------------------------------------------------------- done at the page


async def test_a_leader_is_appointed_checked_returned_and_checked_again_at_the_page(
    city: City,
) -> None:
    path = f"/ones/{LEADER}"
    async with signed_in("office") as visitor:
        answer = await sent(visitor, path, "GroupAppoint", **LED, file="1")
        assert answer.status_code == 303, wrong(answer)
        page = await seen(visitor, answer.headers["location"])
        assert banner(page)[0].startswith("已登记“陶望山”为先进制造组组长，待核对")
        answer = await sent(visitor, path, "OneCheck", approve="true")
        assert answer.status_code == 422 and "须由办公室其他人员核对" in answer.text
    async with signed_in("colleague") as visitor:
        answer = await sent(visitor, path, "OneCheck", approve="false")
        assert answer.status_code == 422 and wrong(answer) == {"reason": "退回须写明原因"}
        answer = await sent(visitor, path, "OneCheck", approve="false", reason="文件没有盖章")
        page = await seen(visitor, answer.headers["location"])
        assert "文件没有盖章" in main(page) and "缺材料" in banner(page)[0]
    async with signed_in("office") as visitor:
        assert "文件没有盖章" in main(await seen(visitor, path))
        answer = await sent(
            visitor, path, "OnePapers", item=(await one(city, LEADER))["items"][0]["id"], file="2"
        )
        assert (
            "已补充先进制造组“陶望山”的文件"
            in banner(await seen(visitor, answer.headers["location"]))[0]
        )
    async with signed_in("colleague") as visitor:
        answer = await sent(visitor, path, "OneCheck", approve="true")
        page = await seen(visitor, answer.headers["location"])
        assert banner(page)[0] == "已核对先进制造组的“一名市级领导”：完成" and "核对：" in main(
            page
        )


async def test_what_is_wrong_with_an_appointment_is_said_at_its_fields_at_once(city: City) -> None:
    await led(city)
    path = f"/ones/{LEADER}"
    late = {**LED, "name": "", "startsOn": "2026-02-30", "documentOn": "2027-01-01"}
    async with signed_in("group") as visitor:
        answer = await sent(visitor, path, "GroupAppoint", **late)
        assert answer.status_code == 422
        assert set(wrong(answer)) == {"name", "startsOn", "documentOn"}
        assert "市政府副市长" in answer.text, "nothing typed is lost"
        second = {**LED, "name": "苏牧野", "startsOn": "2026-06-01"}
        answer = await sent(visitor, path, "GroupAppoint", **second)
        assert wrong(answer) == {"replaces": "现由陶望山担任，同一时间只有一名，请写明接替何人"}
        (item,) = (await one(city, LEADER))["items"]
        earlier = {**second, "startsOn": "2025-12-01", "replaces": item["id"]}
        answer = await sent(visitor, path, "GroupAppoint", **earlier)
        assert wrong(answer) == {"startsOn": "陶望山自 2026-01-01 起任职，接任应晚于这一天"}
        answer = await sent(
            visitor, path, "OneEnd", item=item["id"], endsOn="2025-11-01", documentNo=""
        )
        assert wrong(answer).keys() == {"documentNo", "documentOn", "evidence"}
    assert len((await one(city, LEADER))["items"]) == 1, "nothing is half written"


async def test_whoever_ends_is_followed_by_nobody_and_it_is_asked_for(city: City) -> None:
    await city.done(
        city.group,
        "oneUpdate",
        **await opened(city, TEAM),
        name="招商一队",
        startsOn="2026-03-01",
        **PAPERS,
    )
    path = f"/ones/{TEAM}"
    (item,) = (await one(city, TEAM))["items"]
    async with signed_in("group") as visitor:
        answer = await sent(
            visitor,
            path,
            "OneEnd",
            item=item["id"],
            endsOn="2026-11-17",
            documentNo="资招组〔2026〕9号",
            documentOn="2026-11-16",
            file="1",
        )
        page = await seen(visitor, answer.headers["location"])
        assert banner(page)[0].startswith("先进制造组“招商一队”止于 11月17日")
        assert "资招组〔2026〕9号" in main(page)
        assert "OneAssign" not in page, "the office asks, not the group"
    async with signed_in("office") as visitor:
        answer = await sent(visitor, path, "OneAssign")
        assert wrong(answer)["keeper"].startswith("已请先进制造组补齐，期限照旧")
        answer = await sent(visitor, path, "OneAssign", keeper="industry-bureau")
        assert "已请市经信局补齐" in banner(await seen(visitor, answer.headers["location"]))[0]
    async with signed_in("department") as visitor:
        assert path in main(await seen(visitor, "/inbox"))


async def test_a_checked_leader_is_made_void_at_the_page_and_that_waits_to_be_checked(
    city: City,
) -> None:
    await led(city)
    await city.done(city.colleague, "oneCheck", **await opened(city, LEADER), approve=True)
    path, (item,) = f"/ones/{LEADER}", (await one(city, LEADER))["items"]
    async with signed_in("group") as visitor:
        answer = await sent(visitor, path, "OneVoid", item=item["id"], reason="")
        assert wrong(answer).keys() == {"reason"}
        answer = await sent(visitor, path, "OneVoid", item=item["id"], reason="姓名登错")
        page = await seen(visitor, answer.headers["location"])
        assert banner(page)[0] == "已登记作废先进制造组“陶望山”，待办公室核对"
        assert "作废 姓名登错" in " ".join(main(page).split()) and "OneCheck" not in page
    async with signed_in("office") as visitor:
        assert path in main(await seen(visitor, "/inbox"))
        answer = await sent(visitor, path, "OneCheck", approve="true")
        page = main(await seen(visitor, answer.headers["location"]))
        assert "<del>陶望山</del>" in page and "已作废：姓名登错" in page
        assert "陶望山" not in main(await seen(visitor, HERE))


async def test_the_page_says_what_waits_and_what_approving_each_of_it_does(city: City) -> None:
    await led(city)
    await city.done(city.colleague, "oneCheck", **await opened(city, LEADER), approve=True)
    on, (item,) = await opened(city, LEADER), (await one(city, LEADER))["items"]
    end = {"item": item["id"], "endsOn": "2026-11-10"}
    await city.done(city.group, "oneEnd", **on, **PAPERS, **end)
    member = {"role": "MEMBER", "name": "张三", "startsOn": "2026-03-01"}
    await city.done(city.office, "groupAppoint", **await opened(city, LEADER), **PAPERS, **member)
    path, asked = f"/ones/{LEADER}", "query($no: String!) { one(no: $no) { waiting { id } } }"
    _, end = (await city.run(city.office, asked, no=LEADER))["one"]["waiting"]
    async with signed_in("office") as visitor:
        page = main(await seen(visitor, path))
        assert "通过后：张三自 2026-03-01 起任成员" in page
        assert "通过后：陶望山止于 2026-11-10（资委办〔2026〕1号）" in page
        assert "由您登记：可以退回" in page and page.count("待核对</span>") >= 2
        assert page.index("<b>陶望山</b>") < page.index("<b>张三</b>"), "the leader first"
        answer = await sent(visitor, path, "OneCheck", approve="true")
        assert set(wrong(answer)) == {"lines"}
        answer = await sent(visitor, path, "OneCheck", approve="true", lines=end["id"])
        page = main(await seen(visitor, answer.headers["location"]))
        assert "截止：资委办〔2026〕1号" in page and "陶望山止于" not in page
    async with signed_in("colleague") as visitor:
        page = main(await seen(visitor, path))
        assert "通过后：张三" in page and "由您登记" not in page


async def test_a_pending_change_is_withdrawn_at_the_page(city: City) -> None:
    await led(city)
    await city.done(city.colleague, "oneCheck", **await opened(city, LEADER), approve=True)
    path, (item,) = f"/ones/{LEADER}", (await one(city, LEADER))["items"]
    end = {"item": item["id"], "endsOn": "2026-11-10"}
    on = await opened(city, LEADER)
    made = await city.done(city.group, "oneEnd", **on, **PAPERS, **end)
    asked = "query($no: String!) { one(no: $no) { openChanges { id title } } }"
    (change,) = (await city.run(city.group, asked, no=LEADER))["one"]["openChanges"]
    assert made["one"]["toCheck"] and change["title"] == "免去、终止 陶望山"
    typed = {"item": item["id"], "change": change["id"], "reason": "文件有误"}
    async with signed_in("group") as visitor:
        answer = await sent(visitor, path, "OneVoid", **typed)
        page = await seen(visitor, answer.headers["location"])
        assert banner(page)[0] == "已撤回先进制造组“陶望山”的变动"
        assert "已撤回" in main(page) and "<del>" not in main(page)


async def test_a_place_puts_in_what_it_keeps_and_nobody_else_reaches_the_form(city: City) -> None:
    await city.done(city.office, "oneAssign", **await opened(city, ZONE), keeper="yanjiang")
    path = f"/ones/{ZONE}"
    typed = {"name": "专用汽车功能区", "startsOn": "2026-03-01"}
    async with signed_in("anyue") as visitor:
        page = await seen(visitor, path)
        assert "<form" not in main(page) and "由雁江区经济合作和外事局登记" in main(page)
        revision = f"{(await one(city, ZONE))['revision']}"
        answer = await visitor.post(
            path, data={"act": "OneUpdate", "one": ZONE, "revision": revision, **typed}
        )
        assert answer.status_code == 422 and not (await one(city, ZONE))["items"]
    async with signed_in("yanjiang") as visitor:
        assert "补齐“六个一”的材料" in main(await seen(visitor, "/inbox"))
        answer = await sent(visitor, path, "OneUpdate", **typed)
        assert (
            "已登记先进制造组的一个产业功能区“专用汽车功能区”，缺材料"
            in banner(await seen(visitor, answer.headers["location"]))[0]
        )


async def test_a_group_does_not_write_into_anothers_ones(city: City) -> None:
    person = await Person.create(
        username="food", name="苏合", password_hash=password_hash(), password_set_at=NOW
    )
    unit = await Organization.get(slug="group-biomedicine-food")
    await held(person.id, Post.GROUP, unit, main=True)
    async with signed_in("food") as visitor:
        assert (await visitor.get("/")).headers["location"] == "/groups/biomedicine-food"
        assert "<form" not in main(await seen(visitor, f"/ones/{TEAM}"))


# ---------------------------------------------------------------- the brief


async def busy(city: City) -> Said:
    """The group has a leader, a project that waits for the office, and a one that is asked for."""
    await led(city)
    project = await city.report(city.group)
    await city.done(city.office, "oneAssign", **await opened(city, TEAM))
    return project


async def test_a_leader_takes_the_brief_from_the_workspace_as_a_page_in_word_and_as_pdf(
    city: City,
) -> None:
    project = await busy(city)
    async with signed_in("leader") as visitor:
        path = link(main(await seen(visitor, HERE)), "一页简报")
        assert path == f"{HERE}/brief"
        page = main(await seen(visitor, path))
        word = await visitor.get(link(page, "Word"))
        pdf = await visitor.get(link(page, "PDF"))
    text = "\n".join(sentences(word.content))
    for each in (
        "陶望山",
        "市政府副市长",
        "市经信局（待确认）",
        "一支招商队伍",
        "尚未明确",
        project["name"],
        "在办 4 件，逾期 0 件",
    ):
        assert each in page and each in text, each
    assert "一名市级领导 | 陶望山 | 资委办〔2026〕1号 | 待核对" in text
    assert "待研判1 项（" in text and "2026年11月20日 | 研判并明确首谈地" in text
    assert "{{" not in text and "{%" not in text and "校验码" in text
    assert pdf.content.startswith(b"%PDF-") and b"/Count 1" in pdf.content


async def test_who_sees_a_part_reads_that_it_is_one_and_is_issued_no_paper_of_the_group(
    city: City,
) -> None:
    project = await busy(city)
    async with signed_in("yanjiang") as visitor:
        page = main(await seen(visitor, f"{HERE}/brief"))
    assert "陶望山" in page and project["name"] not in page
    assert "您只看得到这个小组的一部分工作" in page and "本月计入" not in page
    assert "brief.docx" not in page
    parted = ("yanjiang", "finance", "branch", "agent", "partner", "expert")
    for name in parted:
        async with signed_in(name) as visitor:
            for path in (f"{HERE}/brief.docx", f"{HERE}/brief.pdf", "/groups/lemons/brief.docx"):
                assert (await visitor.get(path)).status_code == 404, (name, path)
            if name in ("agent", "partner", "expert"):
                assert (await visitor.get(f"{HERE}/brief")).status_code == 404, name
    whole = '{ group(slug: "advanced-manufacturing") { industry { whole figures { amount } } } }'
    for name in ("office", "leader", "inspector", "group", "department", *parted[:3]):
        read = (await city.run(city[name], whole))["group"]["industry"]
        assert read["whole"] == (name not in parted), name
        assert bool(read["figures"]) == (name not in parted), name
    of_another = await city.group_office("modern-services")
    assert (await city.run(of_another, whole))["group"]["industry"] == {
        "whole": False,
        "figures": None,
    }


async def test_each_number_of_what_waits_opens_as_many_duties(city: City) -> None:
    await busy(city)
    planned = {"nextOn": "2026-11-20", "nextStep": "电话联系董秘"}
    await city.done(city.group, "targetCompanyAdd", name="深圳齿轮有限公司", **planned)
    await city.done(city.office, "oneAssign", **await opened(city, ZONE), keeper="yanjiang")
    asked = """query($f: DutyFilter) { duties(filter: $f) { totalCount } }"""
    waits = """{ group(slug: "advanced-manufacturing") { industry {
        waits { count overdue unit { slug } pressing { dueAt } } } } }"""
    every = dict[str, int]()
    for name in ("office", "group", "department", "yanjiang"):
        found = (await city.run(city[name], waits))["group"]["industry"]["waits"]
        every[name] = sum(each["count"] for each in found)
        for each in found:
            narrowed = {"open": True, "running": True, "group": [GROUP]}
            of_unit = narrowed | {"unit": {"slug": [each["unit"]["slug"]]}}
            opens = (await city.run(city[name], asked, f=of_unit))["duties"]["totalCount"]
            assert opens == each["count"], (name, each)
            assert len(each["pressing"]) == min(3, each["count"])
    assert every["office"] == every["group"] == every["department"] > every["yanjiang"] == 1
    async with signed_in("group") as visitor:
        opened_list = link(main(await seen(visitor, HERE)), f"等待办理 {every['group']} 件")
        listed = main(await seen(visitor, opened_list.replace("&amp;", "&")))
    assert listed.count("<tr") >= every["group"] and "只列所选小组的" in listed


async def test_what_must_move_this_week_is_three_duties_though_one_unit_has_them_all(
    city: City,
) -> None:
    for number in range(4):
        given = {"nextOn": f"2026-11-{18 + number}", "nextStep": "回访"}
        await city.done(city.group, "targetCompanyAdd", name=f"深圳第{number}齿轮厂", **given)
    async with signed_in("group") as visitor:
        must = main(await seen(visitor, HERE)).partition("本周须办")[2].partition("</section>")[0]
    assert must.count("<li>") == 3
    assert [f"深圳第{number}齿轮厂" in must for number in range(4)] == [True, True, True, False]


async def test_what_is_withdrawn_or_merged_is_no_project_of_the_groups(city: City) -> None:
    kept, taken_back = await city.report(city.group), await city.report(city.group)
    await city.done(city.group, "projectWithdraw", **on(taken_back), reason="误报")
    async with signed_in("group") as visitor:
        for path in (HERE, f"{HERE}/brief"):
            page = main(await seen(visitor, path))
            assert "在推进的项目 1 项" in page and "已撤回 1" in page, path
        text = "\n".join(sentences((await visitor.get(f"{HERE}/brief.docx")).content))
    assert "在推进 1 项，另有不再推进的 1 项" in text and "已撤回" not in text
    assert kept["name"] in text


async def test_the_paper_says_all_that_is_missing_and_of_whom(city: City) -> None:
    name = "先进制造招商队（专职 4 人、兼职 7 人，另聘产业顾问 3 人）"
    await city.done(
        city.group, "oneUpdate", **await opened(city, TEAM), name=name, startsOn="2026-03-01"
    )
    async with signed_in("group") as visitor:
        text = "\n".join(sentences((await visitor.get(f"{HERE}/brief.docx")).content))
    assert f"{name}：缺文号、文件日期、文件（先进制造组）" in text and "……" not in text


async def test_a_brief_says_how_much_it_does_not_list(city: City) -> None:
    """Ten companies are to be called this month, of which the paper has room for six."""
    for number in range(10):
        planned = {"nextOn": f"2026-11-{20 + number % 8}", "nextStep": "回访"}
        await city.done(city.group, "targetCompanyAdd", name=f"第{number}家齿轮公司", **planned)
    async with signed_in("group") as visitor:
        page = main(await seen(visitor, f"{HERE}/brief"))
        word = await visitor.get(f"{HERE}/brief.docx")
        pdf = await visitor.get(f"{HERE}/brief.pdf")
    assert page.count("第") >= 8 and "另有 2 件，没有列出。" in page
    text = "\n".join(sentences(word.content))
    assert "另有 4 件，没有列出。" in text and "个单位有逾期" not in text
    assert b"/Count 1" in pdf.content


async def test_what_the_city_has_not_published_has_no_first_day(city: City) -> None:
    lead = f"{GROUP}-lead-department"
    async with signed_in("group") as visitor:
        for path in (HERE, f"/ones/{lead}", f"{HERE}/seats"):
            page = main(await seen(visitor, path))
            assert "市经济和信息化局" in page or "市经信局" in page, path
            assert "2020" not in page, path
    asked = "query($no: String!) { one(no: $no) { items { startsOn since } } }"
    (item,) = (await city.run(city.group, asked, no=lead))["one"]["items"]
    assert item == {"startsOn": "2020-01-01", "since": None}
    await led(city)
    asked = "query($no: String!) { one(no: $no) { items { since } } }"
    (item,) = (await city.run(city.group, asked, no=LEADER))["one"]["items"]
    assert item == {"since": "2026-01-01"}


async def test_the_fullest_brief_of_a_group_is_one_page() -> None:
    brief = DOCUMENTS["group"]
    values = dict(brief.sample)
    one = values["六个一"][0] | {"内容": "一" * 30, "文号": "文" * 18, "还缺": "缺" * 48}
    values["六个一"] = [one] * 6
    values["漏斗"] = values["漏斗"][:1] * 10
    values["卡点"] = [values["卡点"][0] | {"对象": "产" * 16}] * 5
    values["近期"] = [values["近期"][0] | {"对象": "产" * 20}] * 6
    assert (values["卡点未列"], values["近期未列"]) == ("2", "4")
    made = await make_pdf(
        FOLDER / "group.typ", "", values, Making(brief.title, "办公室", "2026-11-18")
    )
    assert b"/Count 1" in made and b"/Count 2" not in made
