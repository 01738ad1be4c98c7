"""The pages in Chromium: nothing that one must press is off the screen, a history opens, the next lead is at hand."""

from typing import Any

import pytest
from playwright.async_api import Browser, Page, expect
from starlette.routing import Route

from server.routes import routes
from server.web.navigation import MENU
from tests.house.test_who_may import SCENES
from tests.ledger import ledgers
from tests.stories.entering import enter
from tests.stories.test_browser import chromium, no_barrier, site  # noqa: F401
from tests.world import City

pytestmark = pytest.mark.browser

SIZES = ((1366, 768), (390, 844), (320, 568))
LONG = "年产二十万套口腔种植体及数字化隐形矫治设备全产业链研发制造基地项目（一期）"
OPEN_TASKS = ("disputeDecide", "projectTransferDecide", "projectTakeUp", "entryResubmit")
OPEN_TASKS += (
    "taxVerify",
    "ruleConfirm",
    "calendarConfirm",
    "dutyRemind",
    "messageRead",
    "jobRetry",
)

OFF_THE_SCREEN = """() => {
  const pressed = "td a, td button, td summary, .todo a, .todo .btn, .ball a, .acts a, .acts summary, .acts button,"
    + " .pages a, .queue-item, .tabs + * a.btn, main .note a, main form button";
  const out = [];
  for (const el of document.querySelectorAll(pressed)) {
    if (!el.getClientRects().length || el.closest("details:not([open]) > :not(summary)")) continue;
    const own = el.getBoundingClientRect();
    const column = el.closest("tr > :last-child");
    const wrap = el.closest(".table-wrap"), seen = wrap ? wrap.getBoundingClientRect() : {left: 0, right: innerWidth};
    // What stands in the last column must be in sight; other columns may be scrolled to.
    if (wrap && !column && wrap.scrollWidth > wrap.clientWidth) continue;
    if (el.closest(".board")) continue;
    const [left, right] = [Math.max(0, seen.left), Math.min(innerWidth, seen.right)];
    const cut = el.closest("td, th");
    const clipped = cut && el.matches(".btn, button") && getComputedStyle(cut).overflow === "hidden"
      && own.right > cut.getBoundingClientRect().right + 1;
    if (own.left < left - 1 || own.right > right + 1 || clipped) out.push(el.outerHTML.slice(0, 120));
  }
  return {out, wider: document.documentElement.scrollWidth - innerWidth};
}"""
OUTSIDE = """(panels) => panels.map((each) => each.getBoundingClientRect())
  .filter((each) => each.width && (each.left < 0 || each.right > innerWidth)).length"""


def list_pages() -> list[str]:
    """Every list that has a file, and whatever else stands in the menu."""
    paths = [each.path for each in routes if isinstance(each, Route)]
    listed = [path.removesuffix(".csv") for path in paths if path.endswith(".csv")]
    menu = [item.href for _, items in MENU for item in items]
    found = dict.fromkeys(path for path in [*menu, *listed] if "{" not in path)
    return [path for path in found if path in paths or path == "/calendar"]


VIEWS = (
    "/duties?open=true",
    "/duties?outcome=DONE",
    "/projects?view=board",
    "/judgement?state=DISPUTED",
    "/judgement?state=DONE",
    "/verification?state=RETURNED",
    "/verification?state=VERIFIED",
    "/rules/lead.assessment_deadline",
    "/documents/receipt",
    "/ledger/imports/B2026-001?state=AWAITING",
)


async def busy(city: City) -> str:
    """A city with something in every list, under names as long as they come; a project with twins."""
    for act in OPEN_TASKS:
        await SCENES[act](city)
    first = await city.report(name=LONG)
    await city.report(name=LONG + "二期")
    await city.judged(name=LONG + "三期")
    await city.pay(await city.signed(name=LONG + "四期"), "1234567.89元")
    await ledgers.imported(city, ledgers.line(1), ledgers.line(2, ledgers.SIGNED))
    return str(first["no"])


async def as_office(browser: Browser, site: str, **given: Any) -> Page:  # noqa: F811
    context = await browser.new_context(locale="zh-CN", **given)
    page = await context.new_page()
    await enter(page, site, "office", [])
    await page.wait_for_url(lambda url: "/sign-in" not in url)
    return page


async def test_nothing_that_one_must_press_is_off_the_screen(
    site: str,  # noqa: F811
    chromium: Browser,  # noqa: F811
    stored_city: City,
) -> None:
    """At the office's screen and on phones: the act column in sight, and no page wider than its screen."""
    no = await busy(stored_city)
    page = await as_office(chromium, site)
    own = (f"/projects/{no}", f"/projects/{no}/compare/2026-0001", f"/projects/{no}/receipt")
    faults = []
    for path in (*list_pages(), *VIEWS, *own):
        answer = await page.goto(site + path)
        assert answer and answer.status == 200, path
        for width, height in SIZES:
            await page.set_viewport_size({"width": width, "height": height})
            found = await page.evaluate(OFF_THE_SCREEN)
            if found["out"] or found["wider"] > 0:
                faults.append((width, path, found))
        # The narrowest comes last: its menus open inside of it.
        await page.evaluate(
            "document.querySelectorAll('.acts .menu').forEach((el) => { el.open = true; })"
        )
        if await page.eval_on_selector_all(".acts .menu > .menu-panel", OUTSIDE):
            faults.append((width, path, "a menu"))
    assert faults == []
    await page.context.close()


async def test_a_history_opens_by_click_by_key_and_without_script(
    site: str,  # noqa: F811
    chromium: Browser,  # noqa: F811
    stored_city: City,
) -> None:
    project = await stored_city.judged(name="口腔产业园")
    for script in (True, False):
        page = await as_office(chromium, site, java_script_enabled=script)
        await page.goto(f"{site}/projects/{project['no']}")
        await expect(page.locator("#standing")).to_contain_text("在谈。首谈地 雁江区")
        entry = page.locator("details.change").first
        await expect(entry.locator("summary")).to_contain_text("李雷（领导小组办公室 主任）")
        await expect(entry.locator("table").first).to_be_hidden()
        await entry.locator("summary").click()
        row = entry.locator("tr", has_text="阶段")
        await expect(row.locator("td")).to_have_text(["待研判", "在谈"])
        await entry.locator("summary").focus()
        await page.keyboard.press("Enter")
        await expect(entry.locator("table").first).to_be_hidden()
        await page.keyboard.press("Space")
        await expect(entry.locator("table").first).to_be_visible()
        if script:
            await no_barrier(page)
        await page.context.close()


async def test_at_the_desk_an_error_stays_and_the_next_lead_gets_the_focus(
    site: str,  # noqa: F811
    chromium: Browser,  # noqa: F811
    stored_city: City,
) -> None:
    first, second = await stored_city.report(), await stored_city.report()
    for script in (True, False):
        page = await as_office(chromium, site, java_script_enabled=script)
        await page.goto(f"{site}/judgement")
        desk = page.locator("#detail form", has=page.locator("[name=firstContactPlace]"))
        await desk.locator("[name=firstContactPlace][value=lezhi]").check()
        await desk.get_by_role("button", name="确认首谈地").click()
        await expect(page.locator("#detail .summary-wrong")).to_be_visible()
        assert "/judgement" in page.url and "/projects/" not in page.url
        lead = first if script else second
        await expect(page.locator(f"#q-{lead['no']}")).to_be_visible()
        await desk.locator("textarea[name=reason]").fill("接洽最早")
        await desk.get_by_role("button", name="确认首谈地").click()
        await desk.locator("[name=departure]").fill("雁江区未接触投资方，乐至县接洽在先")
        await desk.locator("[name=withoutClaim]").check()
        await desk.get_by_role("button", name="确认首谈地").click()
        said = page.locator(".notes .note.done")
        await expect(said).to_contain_text(f"已定 {lead['no']} 首谈地：乐至县")
        if script:
            await expect(page.locator(f"#q-{second['no']}")).to_be_focused()
            await no_barrier(page)
        else:
            await expect(said.get_by_role("link")).to_contain_text("已无其他待办，返回")
        await page.context.close()
