"""A project's page: one true sentence about where it stands, who has it in hand, and its history in words."""

import re

import pytest

from server import settings
from tests.house.test_who_may import MAY_DO, SCENES, mine
from tests.project.test_pages import main, seen
from tests.server.doors import signed_in
from tests.world import NOW, City, Said, at, on


@pytest.fixture(autouse=True)
def the_citys_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "NOW", NOW)


def words(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", html)).strip()


async def standing(who: str, no: str) -> str:
    """The sentence under a project's name, as somebody reads it."""
    async with signed_in(who) as visitor:
        page = main(await seen(visitor, f"/projects/{no}"))
    (sentence,) = re.findall(r'(?s)<p class="truth" id="standing">(.*?)</p>', page)
    return words(sentence)


async def test_a_report_says_who_must_do_what_by_when(city: City) -> None:
    project = await city.report()
    assert await standing("office", project["no"]) == (
        "待研判。1 地申报首谈，首谈地未定。先进制造组须于 11月19日 17:30 前对项目信息提出会同意见"
        "（剩 1 个工作日）；另有 1 件在办。"
    )
    project = await city.opined(project)
    said = "待研判。1 地申报首谈，首谈地未定。领导小组办公室须于 11月20日 17:30 前研判并明确首谈地（剩 2 个工作日）。"
    assert await standing("office", project["no"]) == said
    assert await standing("yanjiang", project["no"]) == said.replace("1 地申报首谈，", "")
    back = await city.done(city.office, "projectReturn", **on(project), reason="补营业执照")
    assert await standing("office", back["project"]["no"]) == (
        "待补正。1 地申报首谈，首谈地未定。待雁江区补正后重新报送；另有 1 件在办。"
    )


async def test_a_late_duty_is_called_late(city: City, monkeypatch: pytest.MonkeyPatch) -> None:
    project = await city.opined(await city.report())
    monkeypatch.setattr(settings, "NOW", at("2026-11-24 10:00"))
    assert "领导小组办公室须于 11月20日 17:30 前研判并明确首谈地（逾期 2 个工作日）" in (
        await standing("office", project["no"])
    )


async def test_the_first_contact_place_stands_with_its_latest_decision(city: City) -> None:
    """Judged, disputed, kept by one decision and moved by the next: the last one counts."""
    project = (await city.judged_of_two())["project"]
    no = project["no"]
    told = await standing("office", no)
    assert told == "在谈。首谈地 雁江区，11月18日研判认定。下一步：签约（雁江区）。"
    city.now = at("2026-11-19 09:00")
    raised = await city.dispute("anyue", project)
    told = await standing("office", no)
    assert "首谈地 雁江区，11月18日研判认定。安岳县11月19日提出异议，待处理。" in told
    assert told.endswith("待领导小组办公室裁定首谈地争议。")
    city.now = at("2026-11-20 09:00")
    given = {"dispute": raised["dispute"]["id"], "reason": "纪要在后"}
    await decide(city, no, given | {"upheld": False})
    assert "首谈地 雁江区，11月20日经争议处理维持。" in await standing("office", no)
    city.now = at("2026-11-23 09:00")
    again = await city.dispute("anyue", project)
    await decide(city, no, {"dispute": again["dispute"]["id"], "reason": "新证", "upheld": True})
    told = await standing("office", no)
    assert "首谈地 安岳县，11月23日经争议处理改定。" in told and "维持" not in told


async def decide(city: City, no: str, given: Said) -> None:
    revision = (await city.read({"no": no}))["revision"]
    await city.done(city.office, "disputeDecide", revision=revision, **given)


async def test_the_sentence_has_nothing_that_its_reader_does_not_see(city: City) -> None:
    """An agent sees its own report; of a dispute about it, and of who decides that, it sees nothing."""
    report = await city.opined(await city.report(city.agent))
    given = {"firstContactPlace": "yanjiang", "reason": "接洽在先", "withoutClaim": True}
    judged = (await city.done(city.office, "projectJudge", **on(report), **given))["project"]
    await city.done(
        city.office,
        "projectTransferRequest",
        **on(judged),
        landingPlace="hightech",
        reason="用地不足",
    )
    inside = await standing("office", report["no"])
    outside = await standing("agent", report["no"])
    assert "评估流转" in inside
    assert outside.startswith("在谈。首谈地 雁江区，11月18日研判认定。") and "流转" not in outside
    async with signed_in("lezhi") as visitor:
        await seen(visitor, f"/projects/{report['no']}", 404)


async def test_who_has_it_in_hand_is_one_line_with_what_its_reader_can_do(city: City) -> None:
    """The funds may be verified by either of two units: that is one thing to do."""
    paid = await city.pay(await city.signed(), "1000万")
    no, entry = paid["project"]["no"], paid["entry"]["no"]
    async with signed_in("office") as visitor:
        page = main(await seen(visitor, f"/projects/{no}"))
    ball = page[page.index('class="ball"') : page.index("</section>", page.index('class="ball"'))]
    assert ball.count('<li class="mine"') == 1
    assert re.search(r"领导小组办公室或市财政局|市财政局或领导小组办公室", words(ball))
    assert f'href="/verification/{entry}"' in ball
    async with signed_in("hightech") as visitor:
        page = main(await seen(visitor, f"/projects/{no}"))
    ball = page[page.index('class="ball"') : page.index("</section>", page.index('class="ball"'))]
    assert ball.count("/reminder") == 1 and 'class="mine"' not in ball
    assert f'href="/verification/{entry}"' not in ball


async def test_each_entry_of_the_history_is_one_line_that_opens_field_by_field(city: City) -> None:
    project = await city.judged()
    async with signed_in("office") as visitor:
        page = main(await seen(visitor, f"/projects/{project['no']}"))
    judged, *_ = re.findall(r'(?s)<details class="change">(.*?)</details>', page)
    line, _, table = judged.partition("</summary>")
    assert words(line) == (
        "李雷（领导小组办公室 主任） 研判项目信息，明确首谈地 11月18日 10:00 6 处改动"
    )
    rows = [re.sub(r"\s", "", words(each)) for each in re.findall(r"(?s)<tr>(.*?)</tr>", table)]
    assert rows[:3] == ["内容原现", "阶段待研判在谈", "内容登记为"], (
        "what was something else comes first"
    )
    assert "首谈地雁江区" in rows and "结论受理并明确首谈地" in rows
    assert not [each for each in rows if "佐证齐全" in each], "the reason stands beneath the line"


CODE = re.compile(
    r"\b[a-z]+[._][a-z_]+\b|\b[A-Z]{3,}(?:_[A-Z]+)*\b|\b[0-9a-f]{40,}\b|None|[a-z]+/[a-z]+"
)


@pytest.mark.parametrize("act", SCENES)
async def test_no_history_shows_a_code(city: City, act: str) -> None:
    """Whatever an act changes, its entries say it in words: no enum's name, key of a rule, hash or type."""
    given = await SCENES[act](city)
    doer = MAY_DO[act].split()[0]
    await city.done(city[doer], act, **mine(doer, act, given))
    page = await city.run(
        city.office,
        "{ projects(first: 5) { nodes { journal(first: 20) { nodes { changes { label before after } } } } } }",
    )
    found = [
        (change["label"], text)
        for project in page["projects"]["nodes"]
        for entry in project["journal"]["nodes"]
        for change in entry["changes"]
        for text in (change["before"], change["after"])
        if text and CODE.search(text) and not re.fullmatch(r"[0-9A-Z]{18}", text)
    ]
    assert found == []
