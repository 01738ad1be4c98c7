"""In Chromium at 1366: the page of one keeps up with what another does, and never over what is typed."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import async_playwright, expect

from server.live import hub
from tests.live.listeners import site
from tests.stories.test_browser import FLAGS
from tests.world import PASSWORD, City, on

pytestmark = pytest.mark.browser


@pytest_asyncio.fixture
async def base(stored_city: City) -> AsyncIterator[str]:
    async with site() as address:
        yield address
    await hub.hub.close()


async def test_the_inbox_the_queue_and_a_project_keep_up(stored_city: City, base: str) -> None:
    city = stored_city
    first = await city.report()
    async with async_playwright() as playwright:
        chromium = await playwright.chromium.launch(executable_path="/usr/bin/chromium", args=FLAGS)
        context = await chromium.new_context(
            viewport={"width": 1366, "height": 768}, locale="zh-CN"
        )
        given: list[str] = []
        context.on("weberror", lambda error: given.append(str(error.error)))
        inbox = await context.new_page()
        await inbox.goto(f"{base}/sign-in")
        await inbox.fill("[name=username]", "office")
        await inbox.fill("[name=password]", PASSWORD)
        await inbox.press("[name=password]", "Enter")
        await inbox.wait_for_url(f"{base}/judgement")
        await inbox.goto(f"{base}/inbox")
        async with inbox.expect_response(lambda answer: "/events" in answer.url):
            await inbox.reload()
        second = await city.report()
        await expect(inbox.locator("#inbox-part")).to_contain_text(second["no"])
        await expect(inbox.locator("#inbox-count")).to_contain_text("共 2 件")

        async with inbox.expect_response(lambda answer: "/events" in answer.url):
            await inbox.goto(f"{base}/judgement")
        third = await city.report()
        await expect(inbox.locator(f"#q-{third['no']}")).to_be_visible()
        await expect(inbox.locator("#detail")).to_contain_text(first["name"])

        # What somebody types stays as it is, and the part is asked for once they are done.
        async with inbox.expect_response(lambda answer: "/events" in answer.url):
            await inbox.goto(f"{base}/projects/{first['no']}")
        await inbox.evaluate(
            """(topic) => {
              document.querySelector("#project-part").insertAdjacentHTML("afterbegin",
                "<label>备注 <input id='typed'></label>");
              const probe = document.body.appendChild(document.createElement("p"));
              probe.dataset.live = topic, probe.id = "probe";
              probe.addEventListener("live", () => { probe.textContent = "moved"; });
            }""",
            f"project:{first['no']}",
        )
        await inbox.fill("#typed", "正在写")
        await city.done(city.office, "projectReturn", **on(first), reason="请补充营业执照")
        await expect(inbox.locator("#probe")).to_have_text("moved")
        await expect(inbox.locator("#typed")).to_have_value("正在写")
        await expect(inbox.locator("#project-part")).not_to_contain_text("请补充营业执照")
        await inbox.locator("#search").focus()
        await expect(inbox.locator("#project-part")).to_contain_text("请补充营业执照")
        assert given == []
        await chromium.close()
