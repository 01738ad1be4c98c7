"""The pages of target companies: the board, one company, the way to a report and back."""

import re
from html import unescape
from typing import Any
from urllib.parse import quote, urlsplit

import httpx2
import pytest

from schema.database.statements import counting
from server import settings
from tests.industry.scenes import PDF
from tests.project.test_pages import asked, link, main, seen, signed_in
from tests.server.forms import forms_of
from tests.server.test_check_page import sent_by
from tests.world import NOW, City, Said, uscc

GEARS = "深圳市精密齿轮有限公司"
OF_ROW = ("target", "project")
MINUTES = ("evidence", ("会谈纪要.pdf", b"%PDF-1.4\n%%EOF\n"))


@pytest.fixture(autouse=True)
def standing_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "NOW", NOW)


async def listed(city: City, by: str = "group", **given: object) -> str:
    company = {"name": GEARS, "uscc": uscc(901), "why": "只有本组知道的判断"}
    made = await city.done(city[by], "targetCompanyAdd", **company | given)
    no: str = made["target"]["no"]
    return no


async def send(
    visitor: httpx2.AsyncClient,
    page: str,
    sends: str,
    files: list[Any] | None = None,
    status: int = 303,
    **typed: str,
) -> httpx2.Response:
    """Fill in a form as its page shows it, the one that holds `target` or `project` where that is typed."""
    text = (await visitor.get(page)).text
    fitting = [
        (attributes, values)
        for attributes, values in forms_of(text)
        if values["act"] == [sends]
        and all(typed.get(k, v[0]) == v[0] for k, v in values.items() if v[0] and k in OF_ROW)
    ]
    attributes, values = fitting[0]
    sent = {name: each for name, each in values.items() if name != "step"} | typed
    answer = await visitor.post(attributes.get("action") or page, data=sent, files=files or None)
    assert answer.status_code == status, unescape(answer.text)[-3000:]
    return answer


async def mended(visitor: httpx2.AsyncClient, report: str, **typed: str) -> httpx2.Response:
    """Report as the pages do: looked over, gone back to, looked over again and sent."""
    answer = await visitor.get(report)
    values: dict[str, Any]
    for step in ("check", "edit", "check", "send"):
        attributes, values = next(
            each for each in forms_of(answer.text) if each[1]["act"] == ["ProjectReport"]
        )
        values = sent_by(answer.text) or values
        sent = values | typed | {"step": step}
        answer = await visitor.post(attributes["action"] or "", data=sent)
        text = unescape(answer.text)
        assert answer.status_code == (303 if step == "send" else 200), f"{step} {main(text)}"
        if step != "send":
            assert "来自目标企业" in main(text) and "?target=MB2026" in str(attributes["action"]), (
                step
            )
    return answer


async def test_a_liaison_takes_a_company_from_the_long_list_to_a_lead_by_the_pages(
    city: City,
) -> None:
    async with signed_in("group") as visitor:
        assert 'href="/targets"' in (await visitor.get("/inbox")).text
        made = await send(
            visitor,
            "/targets/new",
            "TargetCompanyAdd",
            name=GEARS,
            uscc=uscc(901),
            region="pearl-delta",
            place="hightech",
            nextOn="2026-11-20",
            nextStep="电话联系董秘",
        )
        page = made.headers["location"]
        no = page.rpartition("/")[2]
        board = main(await seen(visitor, "/targets"))
        assert "11月20日 周五" in board and "电话联系董秘" not in board, "a line of the long list"
        await send(visitor, "/targets", "TargetCompanyMove", target=no)
        board = main(await seen(visitor, "/targets")).partition("board lanes")[2]
        assert board.index("短名单") < board.index(GEARS) < board.index("已接触 <b>")
        assert "电话联系董秘" in board and "尚未接触" in board

        contact = {"happenedOn": "2026-11-18", "withWhom": "董秘 何川", "outcome": "愿意来考察"}
        await send(visitor, page, "TargetCompanyContact", means="CALL", **contact)
        assert "未约定下次联系" in main(await seen(visitor, page)), (
            "the planned one is done with it"
        )
        await send(
            visitor,
            page,
            "TargetCompanyPlan",
            stage="CONTACTED",
            nextOn="2026-11-19",
            nextStep="上门",
        )
        assert "11月19日 周四" in main(await seen(visitor, page))
        earlier = contact | {"happenedOn": "2026-11-17", "withWhom": "总经理 周立"}
        await send(visitor, page, "TargetCompanyContact", [MINUTES], means="VISIT", **earlier)
        text = main(await seen(visitor, page))
        assert "拜访中" in text and "会谈纪要.pdf" in text

        report = link(text, "报送这家企业的项目")
        given = dict(asked(report))
        assert given["contactOn"] == "2026-11-17" and given["contactWith"] == "总经理 周立"
        form = await seen(visitor, report)
        for value in (GEARS, uscc(901), "2026-11-17", "总经理 周立", f"目标企业 {no}"):
            assert f'value="{value}"' in form, value
        assert '<option value="advanced-manufacturing" selected>' in form
        assert "来自目标企业" in main(form) and f'href="{page}"' in form
        assert "会谈纪要.pdf" in main(form), "the papers that go with it"
        typed = {"amount": "12000", "group": "advanced-manufacturing", "place": "hightech"}
        done = await mended(visitor, report, **typed)
        receipt = urlsplit(done.headers["location"]).path
        lead = receipt.split("/")[2]
        text = main(await seen(visitor, receipt))
        assert "佐证 1 份" in text and f'href="{page}#convert"' in text
        assert f'href="{page}#convert"' in await seen(visitor, f"/projects/{lead}")
        assert f'href="{page}#convert"' in await seen(visitor, "/inbox")
        text = main(await seen(visitor, page))
        assert "与报送的项目对应" in text and f"/projects/{lead}" in text
    async with signed_in("office") as judge:
        for desk in (f"/projects/{lead}", f"/projects/{lead}/judgement"):
            shown = main(await seen(judge, desk))
            assert "会谈纪要.pdf" in shown and "没有佐证材料" not in shown, desk
    async with signed_in("group") as visitor:
        await send(visitor, page, "TargetCompanyConvert", project=lead)
        text = main(await seen(visitor, page))
        assert "已转线索" in text and f'href="/projects/{lead}"' in text
        assert "登记与目标企业的接触" not in text.partition("办理记录")[0]
        assert f'href="{page}"' in main(await seen(visitor, f"/projects/{lead}"))
    files = "query($no: String!) { project(no: $no) { reportedBy { slug } attachments { name } } }"
    found = (await city.run(city.office, files, no=lead))["project"]
    assert {"name": "会谈纪要.pdf"} in found["attachments"]


async def test_what_is_wrong_is_said_at_its_field_and_nothing_typed_is_lost(city: City) -> None:
    page = f"/targets/{await listed(city)}"
    typed = {"happenedOn": "2026-11-19", "means": "CALL", "withWhom": "何川", "outcome": "谈了用地"}
    async with signed_in("group") as visitor:
        answer = await send(
            visitor, page, "TargetCompanyContact", status=422, nextOn="2026-11-01", **typed
        )
        text = unescape(answer.text)
        for field in ("happenedOn", "nextOn", "nextStep"):
            assert f'id="f-{field}-wrong"' in text, field
        assert "谈了用地" in text and "不能晚于今天" in text
        await city.report(city.group, investorName="成都齿轮有限公司", uscc=uscc(902))
        new = {"name": "成都齿轮有限公司", "uscc": uscc(902)}
        asks = await send(visitor, "/targets/new", "TargetCompanyAdd", status=422, **new)
        assert 'name="another"' in asks.text and "已报送项目" in unescape(asks.text)
        await send(visitor, "/targets/new", "TargetCompanyAdd", another="true", **new)
        wrong = await send(visitor, page, "TargetCompanyConvert", status=422, project="2026-9999")
        assert 'value="2026-9999"' in wrong.text and "没有找到" in unescape(wrong.text)


async def test_a_form_empties_what_is_left_blank_and_names_a_company_where_it_is_due(
    city: City,
) -> None:
    no = await listed(city, region="pearl-delta", nextOn="2026-11-20", nextStep="回访")
    page = f"/targets/{no}"
    async with signed_in("group") as visitor:
        wrong = await send(
            visitor, "/targets/new", "TargetCompanyAdd", None, 422, name="某", uscc="9111"
        )
        assert re.search(r'<input [^>]*name="uscc"[^>]*aria-invalid="true"', wrong.text)
        await send(visitor, page, "TargetCompanyAmend", region="", why="")
        bar = (await visitor.get("/targets")).text.partition('class="tabbar"')[2]
        tabs = re.findall(r'class="tab"[^>]* href="([^"]+)"', bar.partition("</nav>")[0])
        group = "/groups/advanced-manufacturing"
        assert tabs == ["/inbox", group, "/targets", "/projects", "/projects/new"]
        for at in ("/inbox", "/duties?mine=true"):
            words = re.sub(r"<[^>]+>", "", main(await seen(visitor, at))).split()
            assert words[words.index("联系目标企业") + 1] == GEARS, at
    asked = "query($no: String!) { targetCompany(no: $no) { why region { slug } } }"
    found = (await city.run(city.group, asked, no=no))["targetCompany"]
    assert found == {"why": "", "region": None}


async def test_another_groups_company_is_not_there_and_the_pages_not_for_outsiders(
    city: City,
) -> None:
    theirs = await listed(city, "office", group="modern-services", why="另一组的判断")
    own = await listed(city, place="hightech")
    async with signed_in("group") as visitor:
        assert (await visitor.get(f"/targets/{theirs}")).status_code == 404
        page = main(await seen(visitor, f"/targets/{own}"))
        assert "现代服务业组也在跟进，内容互不可见" in page and "另一组" not in page
        assert theirs not in await seen(visitor, "/targets?view=table")
        assert theirs not in (await visitor.get("/targets.csv")).text
        assert theirs not in await seen(visitor, "/search?q=szsjm")
        assert own in await seen(visitor, "/search?q=szsjm")
    for reader in ("leader", "inspector", "department", "hightech"):
        async with signed_in(reader) as visitor:
            page = main(await seen(visitor, f"/targets/{own}"))
            assert GEARS in page and 'method="post"' not in page, reader
            assert (await visitor.get("/targets/new")).status_code == 404, reader
    for outsider in ("branch", "agent", "expert"):
        async with signed_in(outsider) as visitor:
            assert (await visitor.get(f"/targets/{own}")).status_code == 404, outsider
            assert (await visitor.get("/targets")).status_code == 404, outsider
            assert (await visitor.get("/targets.csv")).status_code == 404, outsider
            menu = await visitor.get("/account")
            assert 'href="/targets"' not in menu.text, outsider


async def test_the_days_the_regions_and_the_conditions_narrow_the_board(city: City) -> None:
    await listed(city, region="pearl-delta", nextOn="2026-11-20", nextStep="回访")
    await listed(city, name="上海齿轮有限公司", uscc="", region="yangtze-delta")
    region = (await city.done(city.office, "targetRegionSet", name="东盟", position=9))["region"]
    async with signed_in("group") as visitor:
        board = await seen(visitor, "/targets")
        assert '东盟 <span class="tally">0</span>' in board
        day = link(board, "11月20日")
        narrowed = main(
            await seen(visitor, f"/targets{urlsplit(day).query and '?'}{urlsplit(day).query}")
        )
        assert GEARS in narrowed and "上海齿轮" not in narrowed
        assert "上海齿轮" in main(await seen(visitor, "/targets?region=yangtze-delta"))
        assert "没有符合条件" in await seen(visitor, f"/targets?region={region['slug']}")
        unplanned = main(await seen(visitor, "/targets?unplanned=true&view=table"))
        assert "上海齿轮" in unplanned and GEARS not in unplanned
        ordered = main(await seen(visitor, "/targets?view=table&order=NAME"))
        assert ordered.index("上海齿轮") < ordered.index(GEARS)
        file = (await visitor.get(f"/targets.csv?text={quote('精密')}")).text
        assert GEARS in file and "上海齿轮" not in file and uscc(901) in file
        assert "东盟" in (await visitor.get("/targets/regions.csv")).text
        assert 'method="post"' not in main(await seen(visitor, "/targets/regions"))


async def test_the_office_adds_and_retires_regions_on_their_page(city: City) -> None:
    async with signed_in("office") as visitor:
        await send(visitor, "/targets/regions", "TargetRegionSet", name="东盟", position="5")
        taken = await send(visitor, "/targets/regions", "TargetRegionSet", status=422, name="东盟")
        assert 'id="f-name-wrong"' in taken.text
        row = link(main(await seen(visitor, "/targets/regions")).partition("东盟")[2], "修改")
        retired = {"name": "东盟", "position": "5", "retired": "true"}
        await send(visitor, row, "TargetRegionChange", **retired)
        assert "已停用" in main(await seen(visitor, "/targets/regions"))
        assert "东盟" not in main(await seen(visitor, "/targets/new?group=modern-services"))


async def test_the_office_says_for_which_group_and_may_write_about_a_company(city: City) -> None:
    async with signed_in("office") as visitor:
        first = main(await seen(visitor, "/targets/new"))
        assert 'method="post"' not in first and "先进制造" in first
        address = "/targets/new?group=advanced-manufacturing"
        made = await send(visitor, address, "TargetCompanyAdd", name=GEARS)
        page = made.headers["location"]
        assert "先进制造" in main(await seen(visitor, page))
        notice = await seen(visitor, link(await seen(visitor, page), "发出通知"))
        assert GEARS in notice
        no = page.rpartition("/")[2]
        sent: Said = {"text": "请本周回访", "subject": no}
        unseen = await city.act(city.office, "noticeSend", units=["yanjiang"], **sent)
        assert "看不到" in unseen["userErrors"][0]["message"]
        await city.done(city.office, "noticeSend", units=["group-advanced-manufacturing"], **sent)
    async with signed_in("group") as visitor:
        messages = await seen(visitor, "/messages")
        told = await seen(visitor, link(messages, "请本周回访"))
        assert f'href="{page}"' in told


async def test_a_page_costs_the_same_whether_two_companies_stand_on_it_or_nine(city: City) -> None:
    costs: dict[str, list[int]] = {"/targets": [], "/targets?view=table": [], "/targets.csv": []}
    async with signed_in("group") as visitor:
        for number in range(1, 10):
            means = (None, "CALL", "VISIT")
            planned = {"nextOn": "2026-11-20", "nextStep": "回访", "region": "pearl-delta"}
            no = await listed(city, name=f"深圳市第{number}齿轮有限公司", uscc="", **planned)
            met = {"happenedOn": "2026-11-18", "means": means[number % 3], "outcome": "有意"}
            if met["means"]:
                given = {"withWhom": "何川", "nextOn": "2026-11-20", "nextStep": "回访"}
                on = {"target": no, "revision": 1}
                await city.done(city.group, "targetCompanyContact", **on, **met, **given)
            else:
                on = {"target": no, "revision": 1, "stage": "SHORT_LIST"}
                await city.done(city.group, "targetCompanyMove", **on)
            if number in (3, 9):
                for path, counts in costs.items():
                    with counting() as sent:
                        assert (await visitor.get(path)).status_code == 200
                    counts.append(len(sent))
    for path, (few, many) in costs.items():
        assert few == many, path


async def test_where_no_contact_has_evidence_no_page_promises_any_and_each_says_so(
    city: City,
) -> None:
    no = await listed(city)
    promised, missing = "佐证材料随项目存放", "还没有佐证材料"
    async with signed_in("group") as visitor:
        page = main(await seen(visitor, f"/targets/{no}"))
        assert promised not in page and missing in page
        assert missing in main(await seen(visitor, f"/projects/new?target={no}"))
        company = {"investorName": GEARS, "uscc": uscc(901), "target": no}
        contact = {"place": "hightech", "contactOn": "2026-11-17", "contactWith": "周立"}
        lead = await city.report(city.group, **company | contact)
        page = main(await seen(visitor, f"/targets/{no}"))
        assert promised not in page and missing in page
        assert missing in main(await seen(visitor, f"/projects/{lead['no']}/receipt"))
        met = {"happenedOn": "2026-11-18", "means": "CALL", "withWhom": "何川", "outcome": "有意"}
        given = {"target": no, "evidence": [PDF]}
        await city.done(city.group, "targetCompanyContact", **met | given)
        page = main(await seen(visitor, f"/targets/{no}"))
        assert promised in page and missing not in page
        assert missing not in main(await seen(visitor, f"/projects/{lead['no']}/receipt"))
