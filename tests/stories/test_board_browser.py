"""The boards of projects and of target companies in Chromium: what a drag does, and the same by its button."""

import pytest
from playwright.async_api import Browser, Locator, Page, expect

from tests.industry.scenes import GROUP
from tests.stories.entering import enter
from tests.stories.test_browser import chromium, no_barrier, site  # noqa: F401
from tests.world import City

pytestmark = pytest.mark.browser

SIZES = ((1366, 768), (390, 844))


async def entered(browser: Browser, site: str, username: str, **given: object) -> Page:  # noqa: F811
    context = await browser.new_context(locale="zh-CN", **given)  # type: ignore[arg-type]
    page = await context.new_page()
    await enter(page, site, username, [])
    await page.wait_for_url(lambda url: "/sign-in" not in url)
    return page


def lane(page: Page, name: str) -> Locator:
    return page.locator(f'[data-lane][data-name="{name}"]')


async def stage_of(city: City, no: str) -> str:
    found = await city.run(
        city.office, "query ($no: String!) { project(no: $no) { stage } }", no=no
    )
    return str(found["project"]["stage"])


async def test_a_project_is_dragged_to_the_act_that_leads_on_and_nowhere_else(
    site: str,  # noqa: F811
    chromium: Browser,  # noqa: F811
    stored_city: City,
) -> None:
    talking = await stored_city.judged(amount="4亿")
    signed = await stored_city.signed()
    page = await entered(chromium, site, "office")
    for width, height in SIZES:
        await page.set_viewport_size({"width": width, "height": height})
        await page.goto(f"{site}/projects?view=board&group.slug={GROUP}")
        await no_barrier(page)
        card = page.locator("article", has_text=talking["name"])
        await expect(card).to_contain_text("4 亿元")
        await expect(card).to_contain_text("雁江区")
        if width > 900:
            await card.drag_to(lane(page, "已开工").locator("h2"))
            await expect(page.locator("#live")).to_contain_text("没有直接到“已开工”的办理事项")
            assert (
                "view=board" in page.url and await stage_of(stored_city, talking["no"]) == "JUDGED"
            )
            await card.drag_to(lane(page, "已签约").locator("h2"))
        else:
            button = card.get_by_role("link", name="已签约")
            assert ((await button.bounding_box()) or {})["height"] >= 44, "for a finger"
            await button.focus()
            await page.keyboard.press("Enter")
        await page.wait_for_url(f"**/projects/{talking['no']}/agreement")
        assert await stage_of(stored_city, talking["no"]) == "JUDGED", "by its act alone"
    await page.set_viewport_size({"width": 1366, "height": 768})
    await page.goto(f"{site}/projects?view=board")
    card = page.locator("article", has_text=f"/projects/{signed['no']}").or_(
        lane(page, "已签约").locator("article")
    )
    await card.first.drag_to(lane(page, "已注册").locator("h2"))
    await page.wait_for_url(f"**/projects/{signed['no']}/milestone")
    await expect(page.locator("main")).to_contain_text("下一步：已注册")
    await page.context.close()


async def test_whoever_does_not_do_the_act_is_told_who_does(
    site: str,  # noqa: F811
    chromium: Browser,  # noqa: F811
    stored_city: City,
) -> None:
    talking = await stored_city.judged()
    page = await entered(chromium, site, "group", viewport={"width": 1366, "height": 768})
    await page.goto(f"{site}/projects?view=board")
    card = page.locator("article", has_text=talking["name"])
    await card.drag_to(lane(page, "已签约").locator("h2"))
    await expect(page.locator("#live")).to_contain_text("由负责单位办理")
    assert "view=board" in page.url
    await page.set_viewport_size({"width": 390, "height": 844})
    why = card.get_by_text("由负责单位办理")
    await expect(why).to_be_hidden()
    opener = card.locator("summary")
    assert ((await opener.bounding_box()) or {})["height"] >= 44, "for a finger"
    await opener.focus()
    await page.keyboard.press("Enter")
    await expect(why).to_be_visible()
    await no_barrier(page)
    await page.context.close()


async def test_a_target_company_is_dragged_along_its_lanes_and_to_the_report(
    site: str,  # noqa: F811
    chromium: Browser,  # noqa: F811
    stored_city: City,
) -> None:
    name = "深圳市精密齿轮有限公司"
    made = await stored_city.done(stored_city.group, "targetCompanyAdd", name=name, group=GROUP)
    no = made["target"]["no"]
    page = await entered(chromium, site, "group")
    met = {"happenedOn": "2026-11-17", "means": "CALL", "withWhom": "何川", "outcome": "愿意来考察"}
    for (width, height), to in zip(SIZES, ("短名单", "拜访中"), strict=True):
        await page.set_viewport_size({"width": width, "height": height})
        await page.goto(f"{site}/targets")
        await no_barrier(page)
        card = page.locator("[data-lane] [draggable]", has_text=name)
        if width > 900:
            await card.drag_to(lane(page, "已转线索").locator("h2"))
            await expect(page.locator("#live")).to_contain_text("不能直接移到“已转线索”")
            await card.drag_to(lane(page, to).locator("h2"))
        else:
            await card.get_by_role("button", name=to).click()
        await expect(lane(page, to)).to_contain_text(name)
        if to == "短名单":  # to those that were contacted a contact leads
            await stored_city.done(stored_city.group, "targetCompanyContact", target=no, **met)
    await page.set_viewport_size({"width": 1366, "height": 768})
    card = page.locator("[data-lane] [draggable]", has_text=name)
    await card.drag_to(lane(page, "已转线索").locator("h2"))
    await page.wait_for_url(f"**/targets/{no}#convert")
    await page.context.close()
