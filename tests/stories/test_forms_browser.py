"""What happens after the click, in Chromium: a form does what it says, once, and loses nothing typed."""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import pytest
from playwright.async_api import Browser, Page, expect
from starlette.routing import Route

from schema.database import Reason, Unavailable
from schema.entries.tables import Entry
from schema.evidence.tables import Attachment
from schema.jobs.tables import Job
from schema.people.tables import Session
from schema.project.tables import Project
from server import settings
from server.routes import routes
from server.web.resources import documents
from tests.stories.entering import enter
from tests.stories.test_browser import chromium, no_barrier, site
from tests.world import NOW, PASSWORD, City, Said, on

__all__ = ["chromium", "site"]
pytestmark = pytest.mark.browser
SIZES = [(1366, 768), (390, 844)]
BUTTON = "登记到位资金"


@pytest.fixture(autouse=True)
def the_citys_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "NOW", NOW)


@asynccontextmanager
async def signed_in(
    chromium: Browser,
    site: str,
    username: str,
    size: tuple[int, int] = SIZES[0],
    script: bool = True,
) -> AsyncIterator[Page]:
    """A browser of their own. What it complains of fails the test, but for answers that refuse."""
    context = await chromium.new_context(
        viewport={"width": size[0], "height": size[1]},
        locale="zh-CN",
        java_script_enabled=script,
        reduced_motion="reduce",
    )
    page = await context.new_page()
    page.set_default_timeout(8000)
    given: list[str] = []
    await enter(page, site, username, given)
    await page.wait_for_url(f"{site}/*")
    yield page
    await context.close()
    assert given == []


async def fill(page: Page, amount: str) -> None:
    await page.fill("[name=amount]", amount)
    await page.fill("[name=occurredOn]", "2026-11-18")
    await page.select_option("select[name=sourceOfCapital]", "OUT_OF_PROVINCE")
    await page.fill("[name=evidenceNote]", "银行回单 0312")


async def recorded() -> list[int]:
    """What stands in the ledger, in 万元."""
    amounts = await Entry.filter(indicator="PAID_IN_FUNDS").order_by("id").values_list("amount_fen")
    return [amount // 1_000_000 for (amount,) in amounts]


@pytest.mark.parametrize("size", SIZES, ids=["1366", "390"])
async def test_a_form_is_done_once_whatever_happens_to_the_click(
    site: str,
    chromium: Browser,
    stored_city: City,
    monkeypatch: pytest.MonkeyPatch,
    size: tuple[int, int],
) -> None:
    project = await stored_city.signed()
    form, there = f"{site}/projects/{project['no']}/funds", f"{site}/projects/{project['no']}"
    async with signed_in(chromium, site, "hightech", size) as page:
        button, note = page.locator("main .form-end .btn"), page.locator(".sent-note")

        # A double click on a slow network: the button is busy at once, and one entry comes of it.
        arrives = asyncio.Event()

        async def slowly(route) -> None:  # type: ignore[no-untyped-def]
            if route.request.method == "POST":
                await arrives.wait()
            await route.continue_()

        await page.route("**/funds", slowly)
        await page.clock.install()
        await page.goto(form)
        await fill(page, "10")
        await button.dblclick()
        await expect(button).to_have_text("正在提交…")
        await page.clock.fast_forward(3000)
        await expect(note).to_contain_text("网络较慢")
        arrives.set()
        await page.wait_for_url(there)
        await expect(page.locator(".notes .note.done")).to_be_visible()
        assert await recorded() == [10]
        await page.unroute("**/funds")

        # Back, and pressed again: it is asked whether that is another one.
        await page.go_back()
        await page.wait_for_url(form)
        await fill(page, "10")
        await button.click()
        await expect(page.locator(".summary-wrong")).to_be_focused()
        await expect(page.locator(".summary-wrong")).to_contain_text("是不是同一笔")
        await no_barrier(page)
        await page.fill("[name=another]", "两台设备同日同价付款")
        await button.click()
        await page.wait_for_url(there)
        assert await recorded() == [10, 10]

        # Without a network: the page stays and says so, and one press sends it.
        await page.goto(form)
        await fill(page, "20")
        await page.context.set_offline(True)
        await button.click()
        await expect(note).to_contain_text("没有收到答复")
        await page.context.set_offline(False)
        await button.click()
        await page.wait_for_url(there)

        # Done, but the answer was lost on its way: pressed again, it is the first answer.
        async def away(*_: object) -> None:
            raise Unavailable(Reason.AWAY)

        await page.goto(form)
        await fill(page, "30")
        with monkeypatch.context() as outage:
            outage.setattr(sys.modules["schema.gate.act"], "reload", away)
            await button.click()
            await expect(note).to_contain_text("填写的内容还在")
        await expect(page.locator("[name=amount]")).to_have_value("30")
        await button.click()
        await page.wait_for_url(there)
        assert await recorded() == [10, 10, 20, 30]

        # The session has ended: name and password on the spot, and files are still chosen.
        await page.goto(form)
        await fill(page, "40")
        receipt = {"name": "回单.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.4 x"}
        await page.set_input_files("[name=evidence]", files=[receipt])
        await Session.all().update(ended_at=datetime.now(UTC))
        await button.click()
        await expect(page.locator("#again")).to_be_visible()
        await no_barrier(page)
        await page.fill("#again [name=username]", "hightech")
        await page.fill("#again [name=password]", "不对的密码")
        await page.click("#again .btn")
        await expect(page.locator("#again .wrong-why")).to_contain_text("密码不对")
        await page.fill("#again [name=password]", PASSWORD)
        await page.click("#again .btn")
        await expect(note).to_contain_text("请再按一次")
        assert await page.evaluate("document.querySelector('[name=evidence]').files.length") == 1
        await button.click()
        await page.wait_for_url(there)
        assert await recorded() == [10, 10, 20, 30, 40]

        # Two tabs opened beside each other: each records its own, and nobody loses to oneself.
        second = await page.context.new_page()
        for tab, amount in ((page, "50"), (second, "60")):
            await tab.goto(form)
            await fill(tab, amount)
        for tab in (second, page):
            await tab.locator("main .form-end .btn").click()
            await tab.wait_for_url(there)
        assert await recorded() == [10, 10, 20, 30, 40, 60, 50]


async def test_without_script_a_form_is_done_once_and_signing_in_keeps_what_was_typed(
    site: str, chromium: Browser, stored_city: City
) -> None:
    project = await stored_city.signed()
    form, there = f"{site}/projects/{project['no']}/funds", f"{site}/projects/{project['no']}"
    async with signed_in(chromium, site, "hightech", script=False) as page:
        await page.goto(form)
        await fill(page, "10")
        await Session.all().update(ended_at=datetime.now(UTC))
        await page.click("main .form-end .btn")
        await expect(page.locator("main .note.warn")).to_contain_text("填写的内容还在")
        await page.fill("[type=password]", PASSWORD)
        await page.fill("#username", "hightech")
        await page.click("main .form-end .btn")
        await expect(page.locator("[name=amount]")).to_have_value("10")
        await expect(page.locator("[name=evidenceNote]")).to_have_value("银行回单 0312")
        await page.locator("main .form-end .btn").dblclick()
        await page.wait_for_url(there)
        assert await recorded() == [10]


@pytest.mark.parametrize(
    ("size", "script"),
    [(SIZES[0], True), (SIZES[1], True), (SIZES[0], False)],
    ids=["1366", "390", "without script"],
)
async def test_a_report_is_looked_over_and_sent_with_its_file(
    site: str, chromium: Browser, stored_city: City, size: tuple[int, int], script: bool
) -> None:
    paper = {"name": "会议纪要.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.4 x"}
    async with signed_in(chromium, site, "yanjiang", size, script) as page:
        await page.goto(f"{site}/projects/new")
        await page.fill("[name=contactOn]", "2026-11-12")
        await page.fill("[name=contactWith]", "张总")
        await page.set_input_files("[name=evidence]", files=[paper])
        await page.fill("[name=name]", "高端口腔设备产业园")
        await page.fill("[name=investorName]", "四川某口腔装备有限公司")
        await page.fill("[name=amount]", "约十二亿")
        if script:
            await expect(page.locator("#f-amount-echo")).to_have_text(
                "≈ 12 亿元 = 120,000 万元，记为估计数"
            )
            fold = page.locator("details.fold", has_text="简介、诉求和跟进")
            await fold.locator("summary").click()
            await page.fill("[name=summary]", "口腔设备整机与耗材")
            await expect(fold.locator("summary")).to_contain_text("已填 1/4")
            await no_barrier(page)
        await page.get_by_role("button", name="下一步：核对").click()
        await expect(page.locator("form.checked")).to_contain_text("会议纪要.pdf")
        await no_barrier(page) if script else None
        await page.get_by_role("button", name="修改").click()
        await expect(page.locator("[name=amount]")).to_have_value("约十二亿")
        await expect(page.locator(".held")).to_contain_text("会议纪要.pdf")
        await page.get_by_role("button", name="下一步：核对").click()
        await page.locator("form.checked .btn.primary").dblclick()
        await page.wait_for_url("**/receipt")
    assert [each.name for each in await Attachment.all()] == ["会议纪要.pdf"]
    assert (await Project.get()).amount_estimated


@pytest.mark.parametrize("size", SIZES, ids=["1366", "390"])
async def test_two_people_who_edit_one_record_choose_where_both_touched_it(
    site: str, chromium: Browser, stored_city: City, size: tuple[int, int]
) -> None:
    city = stored_city
    reported = await city.report()
    back = await city.done(city.office, "projectReturn", **on(reported), reason="补正")
    path = f"{site}/projects/{reported['no']}/resubmission"
    async with signed_in(chromium, site, "yanjiang", size) as page:
        await page.goto(path)
        await page.fill("[name=name]", "我起的名称")
        await page.fill("[name=contactName]", "我的联系人")
        theirs: Said = {"name": "对方起的名称", "summary": "对方写的简介", "amount": "4亿"}
        await city.done(city.office, "projectResubmit", **on(back["project"]), **theirs)
        now = await city.read(reported)
        await city.done(city.office, "projectReturn", **on(now), reason="再补正")
        await page.click("main .form-end .btn")
        panel = page.locator("#conflict")
        await expect(panel).to_be_focused()
        await expect(panel.locator("fieldset")).to_have_count(1)
        await expect(panel).to_contain_text("打开时：" + reported["name"])
        await expect(panel).to_contain_text("对方写的简介")
        await expect(panel).to_contain_text("40000 万元")
        await no_barrier(page)
        await panel.get_by_text("我起的名称").click()
        await panel.locator(".btn.primary").click()
        await page.wait_for_url(f"{site}/projects/{reported['no']}")
    saved = await Project.get(no=reported["no"])
    assert (saved.name, saved.contact_name) == ("我起的名称", "我的联系人")
    assert (saved.summary, saved.amount_fen) == ("对方写的简介", 40_000_000_000)


PRESSED = """() => [...document.querySelectorAll('.table-wrap')].map((wrap) => ({
  label: wrap.getAttribute('aria-label'),
  cut: [...wrap.querySelectorAll('tbody .btn, tbody button')].filter((el) => {
    const { left, right } = el.getBoundingClientRect();
    return el.getClientRects().length && (left < 0 || right > innerWidth
      || !el.contains(document.elementFromPoint((left + right) / 2, el.getBoundingClientRect().top + 3))
        && el.getBoundingClientRect().bottom < innerHeight && el.getBoundingClientRect().top > 60);
  }).map((el) => el.textContent.trim()),
  short: [...wrap.querySelectorAll('td.num')].filter((el) => el.scrollWidth > el.clientWidth + 1).map((el) => el.outerHTML),
}))"""
LISTS = sorted(
    {
        each.path
        for each in routes
        if isinstance(each, Route) and each.name in documents and "{" not in each.path
    }
)


@pytest.mark.parametrize("size", SIZES, ids=["1366", "390"])
async def test_nothing_one_must_press_in_a_list_is_off_the_screen(
    site: str, chromium: Browser, stored_city: City, size: tuple[int, int]
) -> None:
    city, long = stored_city, "西部口腔装备智能制造产业园暨高端义齿数字化加工中心建设项目（二期）"
    project = await city.signed(name=long)
    await city.pay(project, "123456.78万", evidenceNote="资阳农商行电子回单 2026111800012345")
    await city.done(city.yanjiang, "noticeSend", text=long * 2, units=["office"])
    waiting = await city.report(name=f"{long}·甲")
    await city.done(city.office, "projectReturn", **on(waiting), reason=long)
    await Job.create(
        kind="lamps", args={}, created_at=city.now, due_at=city.now, state="FAILED", tries=5,
        ended_at=city.now, error=long * 2,
    )  # fmt: skip
    async with signed_in(chromium, site, "office", size) as page:
        for path in LISTS:
            await page.goto(f"{site}{path}")
            for table in await page.evaluate(PRESSED):
                assert table["cut"] == [] and table["short"] == [], (path, table)
            assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
        if size[0] > 600:  # narrower still: the edge says that more follows, the act stays in sight
            await page.set_viewport_size({"width": 820, "height": 768})
            await page.goto(f"{site}/verification")
            await expect(page.locator(".table-wrap")).to_have_attribute("data-more", "end")
            (table,) = await page.evaluate(PRESSED)
            assert table["cut"] == [], table
            await page.locator(".table-wrap").evaluate("(el) => el.scrollTo(9999, 0)")
            await expect(page.locator(".table-wrap")).to_have_attribute("data-more", "start")


@pytest.mark.parametrize("size", SIZES, ids=["1366", "390"])
async def test_what_is_typed_waits_on_another_machine_and_only_for_whoever_typed_it(
    site: str, chromium: Browser, stored_city: City, size: tuple[int, int]
) -> None:
    form = f"{site}/projects/new"
    async with (
        signed_in(chromium, site, "yanjiang", size) as office,
        signed_in(chromium, site, "yanjiang", size) as home,
    ):
        # Typed, and kept a moment after typing stops; without a network it waits in the page.
        await office.goto(form)
        await office.fill("[name=investorName]", "四川某口腔装备有限公司")
        kept = office.locator(".draft-note")
        await expect(kept).to_have_text("草稿 10:00 已保存")
        await office.context.set_offline(True)
        await office.fill("[name=name]", "高端口腔设备产业园")
        await expect(kept).to_contain_text("草稿没有保存；填写的内容在这一页")
        await office.context.set_offline(False)
        await expect(kept).to_have_text("草稿 10:00 已保存")
        await no_barrier(office)

        # On another machine: offered in words, taken up, and the form filled in.
        await home.goto(form)
        bar = home.locator(".restore")
        await expect(bar).to_contain_text("11月18日 10:00 在 Chrome，Linux 浏览器填写、没有提交")
        await no_barrier(home)
        await bar.get_by_role("link", name="恢复").click()
        await expect(home.locator("[name=name]")).to_have_value("高端口腔设备产业园")
        await home.fill("[name=amount]", "12.5亿")
        await expect(home.locator(".draft-note")).to_have_text("草稿 10:00 已保存")

        # Where the first page is typed into again, what the other machine typed is not lost unsaid.
        await office.fill("[name=name]", "高端口腔设备产业园二期")
        await expect(kept).to_contain_text(
            "已保存，替换了 11月18日 10:00 在 Chrome，Linux 浏览器的一份"
        )

        # Dropped, the page stays as it is, and nothing waits any more.
        await office.goto(form)
        await office.get_by_role("button", name="不用").click()
        await expect(office.locator(".restore")).to_have_count(0)
        await office.goto(form)
        await expect(office.locator(".restore")).to_have_count(0)

        # Somebody else signs in on the spot: refused, nothing is sent, and it is said who typed it.
        await Session.all().update(ended_at=datetime.now(UTC))
        await office.fill("[name=name]", "只由本人提交")
        await office.locator("main .form-end .btn.primary").click()
        await office.fill("#again [name=username]", "office")
        await office.fill("#again [name=password]", PASSWORD)
        await office.click("#again .btn")
        await expect(office.locator("#again .wrong-why")).to_contain_text(
            "填写，只能由本人登录后接着办"
        )
        await no_barrier(office)
    assert await Project.all().count() == 0
