"""One project's road in Chromium, by the people who walk it: reported, judged, moved, signed, paid, ranked."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
import pytest_asyncio
import uvicorn
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, Page, async_playwright

from server import settings
from server.app import create_app
from tests.stories.entering import enter
from tests.world import NOW, City

pytestmark = pytest.mark.browser
FLAGS = [
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest_asyncio.fixture
async def site(stored_city: City) -> AsyncIterator[str]:
    """The application on a port of this machine, over the test's own database."""
    app = create_app(own_database=False)
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_config=None, lifespan="off"))
    serving = asyncio.create_task(server.serve())
    while not server.started:  # noqa: ASYNC110 (uvicorn tells it in no other way)
        await asyncio.sleep(0)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    await serving


@pytest_asyncio.fixture
async def chromium() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path="/usr/bin/chromium", args=FLAGS)
        yield browser
        await browser.close()


@asynccontextmanager
async def somebody(chromium: Browser, site: str, username: str) -> AsyncIterator[Page]:
    """A browser of their own, signed in. Whatever it complains of fails the test."""
    context = await chromium.new_context(viewport={"width": 1440, "height": 900}, locale="zh-CN")
    page = await context.new_page()
    given: list[str] = []
    page.on(
        "console", lambda message: given.append(message.text) if message.type == "error" else None
    )
    await enter(page, site, username, given)
    await page.wait_for_url(lambda url: "/sign-in" not in url)
    yield page
    await context.close()
    assert [text for text in given if "422" not in text] == []


async def done(page: Page, button: str, url: str) -> None:
    await page.get_by_role("button", name=button, exact=False).first.click()
    await page.wait_for_url(url)


async def no_barrier(page: Page) -> None:
    found = (await Axe().run(page)).response["violations"]
    assert [(each["id"], [node["html"] for node in each["nodes"]][:3]) for each in found] == []
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")


async def test_a_project_walks_its_whole_road_through_the_pages(
    site: str, chromium: Browser, stored_city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings, "NOW", NOW)
    async with somebody(chromium, site, "yanjiang") as page:
        await page.goto(f"{site}/projects/new")
        await page.fill("[name=investorName]", "四川某口腔装备有限公司")
        await page.fill("[name=name]", "高端口腔设备产业园")
        await page.fill("[name=amount]", "12亿到15亿")
        await page.get_by_role("button", name="下一步：核对").click()
        await page.wait_for_selector(".summary-wrong")
        assert await page.input_value("[name=name]") == "高端口腔设备产业园", (
            "nothing typed is lost"
        )
        await no_barrier(page)
        await page.fill("[name=amount]", "12.5亿")
        await page.fill("[name=contactOn]", "2026-11-12")
        await page.fill("[name=contactWith]", "张总")
        await page.get_by_role("button", name="下一步：核对").click()
        await page.wait_for_selector("form.checked")
        await no_barrier(page)
        await done(page, "上报", "**/receipt")
        no = page.url.split("/")[-2]
        await no_barrier(page)
    async with somebody(chromium, site, "office") as page:
        await page.goto(f"{site}/projects/{no}/amendment")
        await page.select_option("[name=group]", "advanced-manufacturing")
        await page.fill("[name=reason]", "属装备制造")
        await done(page, "更正", "**/judgement?no=*")
    async with somebody(chromium, site, "group") as page:
        await page.goto(f"{site}/projects/{no}/opinion")
        await page.check("[name=stance][value=AGREE]")
        await page.fill("[name=reason]", "符合口腔装备产业方向")
        await page.locator("main .form-end .btn.primary").click()
        await page.wait_for_selector(".notes .note.done")
    async with somebody(chromium, site, "office") as page:
        await page.goto(f"{site}/judgement")
        await no_barrier(page)
        await page.check("[name=firstContactPlace][value=yanjiang]")
        await page.locator("textarea[name=reason]").first.fill("接洽最早，佐证齐全")
        await done(page, "确认首谈地", "**/judgement")
    async with somebody(chromium, site, "yanjiang") as page:
        await page.goto(f"{site}/projects/{no}/transfer")
        await page.check("[name=landingPlace][value=hightech]")
        await page.fill("[name=reason]", "规划用地不足")
        await page.get_by_role("button", name="申请流转").click()
        await page.wait_for_selector(".note.done")
    async with somebody(chromium, site, "office") as page:
        await page.goto(f"{site}/projects/{no}/transfer")
        await no_barrier(page)
        await page.check("[name=approve][value=true]")
        await page.fill("[name=assessment]", "产业方向相符")
        await page.get_by_role("button", name="评估并决定流转").click()
        await page.wait_for_selector(".note.done")
    async with somebody(chromium, site, "hightech") as page:
        await page.goto(f"{site}/projects/{no}/transfer")
        await page.get_by_role("button", name="承接流转项目").click()
        await page.wait_for_selector(".note.done")
        await page.goto(f"{site}/projects/{no}/agreement")
        await page.select_option("select[name=kind]", "FORMAL")
        await page.fill("[name=amount]", "125000")
        await page.fill("[name=signedOn]", "2026-11-18")
        await done(page, "登记签订的协议", f"**/projects/{no}")
        await page.goto(f"{site}/projects/{no}/funds")
        await page.fill("[name=amount]", "1000")
        await page.fill("[name=occurredOn]", "2026-11-18")
        await page.select_option("select[name=sourceOfCapital]", "OUT_OF_PROVINCE")
        await page.fill("[name=evidenceNote]", "银行回单 0312")
        await done(page, "登记到位资金", f"**/projects/{no}")
        await no_barrier(page)
        await page.goto(f"{site}/projects/{no}/shares")
        text = await page.inner_text("main")
        assert "300 万元" in text and "700 万元" in text, "1000 万元 is shared 3:7"
        await no_barrier(page)
        await page.goto(f"{site}/assessment/ranking?month=2026-11")
        assert "0.07" in await page.inner_text("table"), "高新区 has 700 万元 of November"
        await no_barrier(page)


async def test_the_ranking_stands_on_a_foreign_page_without_a_cookie(
    site: str, chromium: Browser, stored_city: City
) -> None:
    await stored_city.paid(await stored_city.signed(), "1000万")
    tag = (
        f'<script async src="{site}/embed.js" data-widget="ranking" data-month="2026-11"></script>'
    )
    page_of_theirs = f"<!doctype html><title>x</title><p>别的网站</p>{tag}".encode()
    head = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nConnection: close\r\n\r\n"

    async def answer(asked: asyncio.StreamReader, reply: asyncio.StreamWriter) -> None:
        await asked.readuntil(b"\r\n\r\n")
        reply.write(head + page_of_theirs)
        await reply.drain()
        reply.close()

    async with await asyncio.start_server(answer, "127.0.0.1", 0) as theirs:
        port = theirs.sockets[0].getsockname()[1]
        context = await chromium.new_context(viewport={"width": 800, "height": 700})
        page = await context.new_page()
        await page.goto(f"http://localhost:{port}/")
        await (
            page.frame_locator("iframe")
            .get_by_text("排名还没有公布")
            .first.wait_for(timeout=10_000)
        )
        await page.wait_for_function("document.querySelector('iframe').clientHeight !== 320")
        assert await context.cookies() == []
        await context.close()
