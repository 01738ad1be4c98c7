"""The look in Chromium: no barrier, nothing too wide, and a script that helps Chinese typing."""

from collections.abc import Iterator
from typing import Literal
from urllib.parse import parse_qs, urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, Route, expect, sync_playwright

from server.web.assets import join_styles
from tests.server.look import ROOT, environment, sample

pytestmark = pytest.mark.browser
HOST = "http://look.test"
POLICY = "default-src 'self'; base-uri 'none'; object-src 'none'"
PLACES = {"yanjiang": "雁江区", "anyue": "安岳县", "lezhi": "乐至县"}


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    flags = [
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
    ]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=flags)
        yield browser
        browser.close()


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    context = chromium.new_context(viewport={"width": 1280, "height": 900}, locale="zh-CN")
    page = context.new_page()
    given: list[str] = []
    page.on(
        "console", lambda message: given.append(message.text) if message.type == "error" else None
    )
    page.on("pageerror", lambda error: given.append(str(error)))
    page.route("**/*", answer)
    yield page
    context.close()
    assert [text for text in given if "503" not in text] == []


@pytest.mark.parametrize(
    ("width", "scheme"), [(1440, "light"), (1440, "dark"), (1000, "light"), (390, "dark")]
)
def test_the_guide_has_no_barrier_and_fits_its_screen(
    chromium: Browser, width: int, scheme: Literal["light", "dark"]
) -> None:
    context = chromium.new_context(
        viewport={"width": width, "height": 900}, color_scheme=scheme, bypass_csp=True
    )
    page = context.new_page()
    page.route("**/*", answer)
    page.goto(f"{HOST}/style")
    page.evaluate("document.querySelectorAll('details').forEach((el) => { el.open = true; })")
    found = Axe().run(page).response["violations"]
    assert [(each["id"], [node["html"] for node in each["nodes"]]) for each in found] == []
    assert page.evaluate("document.documentElement.scrollWidth") == width
    context.close()


def test_a_composed_word_is_one_event_and_its_enter_submits_nothing(page: Page) -> None:
    page.goto(f"{HOST}/style")
    page.evaluate(
        "window.events = [];"
        "addEventListener('input', (e) => events.push(e.target.value));"
        "addEventListener('keydown', (e) => events.push(e.key))"
    )
    page.focus("#search")
    keyboard = page.context.new_cdp_session(page)
    for text in ("n", "ni", "ning"):
        keyboard.send(
            "Input.imeSetComposition",
            {"text": text, "selectionStart": len(text), "selectionEnd": len(text)},
        )
    keyboard.send(
        "Input.dispatchKeyEvent", {"type": "keyDown", "key": "Enter", "windowsVirtualKeyCode": 229}
    )
    keyboard.send("Input.insertText", {"text": "柠檬"})
    assert page.evaluate("events") == ["柠檬"]


def test_keys_walk_the_rows_lead_to_places_and_can_be_silenced(page: Page) -> None:
    page.goto(f"{HOST}/style")
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("k")
    assert page.evaluate(
        "document.activeElement === document.querySelector('[data-nav][aria-current=true] + [data-nav]')"
    ), "the walk begins at the row that is open"
    page.keyboard.press("?")
    expect(page.locator("#help")).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("/")
    expect(page.locator("#search")).to_be_focused()
    page.keyboard.type("gi")
    assert page.url == f"{HOST}/style"
    page.evaluate("document.activeElement.blur(); document.documentElement.dataset.keys = 'off'")
    page.keyboard.press("g")
    page.keyboard.press("i")
    assert page.url == f"{HOST}/style"
    page.evaluate("document.documentElement.dataset.keys = 'on'")
    page.keyboard.press("g")
    page.keyboard.press("i")
    page.wait_for_url(f"{HOST}/inbox")


def test_a_form_that_met_a_fault_keeps_what_was_typed(page: Page) -> None:
    page.goto(f"{HOST}/form")
    page.fill("[name=name]", "锂电池正极材料项目")
    page.click("text=碰上故障")
    expect(page.locator(".sent-note")).to_contain_text("没有收到答复")
    expect(page.locator("[name=name]")).to_have_value("锂电池正极材料项目")


def test_a_refused_form_takes_the_focus_and_leads_to_the_field(page: Page) -> None:
    page.goto(f"{HOST}/style")
    expect(page.locator(".summary-wrong")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#f-uscc")).to_be_focused()


def test_a_picker_finds_by_initials_and_folds_to_the_choice(page: Page) -> None:
    page.goto(f"{HOST}/form")
    page.focus("#f-landing")
    page.keyboard.type("ayx")
    expect(page.locator(".picker-list label")).to_have_count(1)
    page.click(".picker-list label")
    expect(page.locator("[name=landing]")).to_be_checked()
    page.focus("[name=name]")
    expect(page.locator(".picker-list")).to_have_css("position", "static")


def test_an_amount_is_read_back_while_it_is_typed(page: Page) -> None:
    page.goto(f"{HOST}/style")
    page.fill("#f-amount", "12.5亿")
    expect(page.locator("#f-amount-echo")).to_have_text("读作 12.5亿")


def test_rows_are_picked_and_counted(page: Page) -> None:
    page.goto(f"{HOST}/style")
    expect(page.locator(".bulk")).to_be_hidden()
    page.check("[data-pick-all]")
    expect(page.locator("[data-picked]")).to_have_text("5")
    page.locator("tbody .pick").first.uncheck()
    expect(page.locator("[data-picked]")).to_have_text("4")
    expect(page.locator(".bulk")).to_be_visible()


def test_the_theme_changes_at_once_and_is_told_to_the_server(page: Page) -> None:
    page.goto(f"{HOST}/style")
    page.click(".bar summary")
    with page.expect_request(f"{HOST}/preferences") as sent:
        page.click(".bar button[value=dark]")
    assert "theme=dark" in (sent.value.post_data or "")
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    page.keyboard.press("Escape")
    expect(page.locator(".bar .menu-panel")).to_be_hidden()


def test_a_fault_of_the_server_is_said_and_the_page_stays(page: Page) -> None:
    page.goto(f"{HOST}/form")
    page.fill("#f-landing", "fault")
    expect(page.locator(".toast")).to_contain_text("系统没能处理")
    expect(page.locator(".picker-list label")).to_have_count(3)


def test_a_widget_tells_its_height_growing_and_shrinking(page: Page) -> None:
    page.goto(f"{HOST}/foreign")
    frame = page.locator("iframe")
    expect(frame).to_have_css("height", "140px", timeout=5000)
    inside = page.frame_locator("iframe").locator("#more")
    inside.evaluate("(el) => el.removeAttribute('hidden')")
    expect(frame).to_have_css("height", "640px")
    inside.evaluate("(el) => el.setAttribute('hidden', '')")
    expect(frame).to_have_css("height", "140px")


def answer(route: Route) -> None:
    """Stands for the server: templates and static files as they are, a list for the picker."""
    url = urlsplit(route.request.url)
    query = {name: values[0] for name, values in parse_qs(url.query).items()}
    if url.path == "/static/css/app.css":
        return route.fulfill(body=join_styles(ROOT / "static/css"), content_type="text/css")
    if url.path == "/static/css/widget.css":
        styles = join_styles(ROOT / "static/css", "_widget.txt")
        return route.fulfill(body=styles, content_type="text/css")
    if url.path == "/embed.js":
        return route.fulfill(path=ROOT / "static/embed.js")
    if url.path.startswith("/static/"):
        return route.fulfill(path=ROOT / url.path[1:])
    if url.path == "/pick/money":
        return show(
            route,
            environment().get_template("_pick.html").render(echo=f"读作 {query[query['field']]}"),
        )
    if query.get("q") == "fault":
        return route.fulfill(status=503)
    if url.path.startswith("/pick/"):
        options = [
            {"value": slug, "label": name}
            for slug, name in PLACES.items()
            if slug == "anyue" or query["q"] != "ayx"
        ]
        return show(
            route,
            environment().get_template("_pick.html").render(field=query["field"], options=options),
        )
    if url.path == "/fault":
        return route.fulfill(status=503)
    if url.path == "/sent" and route.request.method == "POST":
        return route.fulfill(status=201, headers={"Location": "/sent"})
    if url.path in ("/preferences", "/events"):
        return route.fulfill(status=204)
    source = PAGES.get(url.path, '{% extends "layout.html" %}')
    flash = [{"level": "done", "text": "已收到"}] if url.path == "/sent" else []
    return show(
        route, environment().from_string(source).render(sample(form=FORM, flash=flash, **WIDGET))
    )


def show(route: Route, text: str) -> None:
    route.fulfill(
        body=text,
        content_type="text/html; charset=utf-8",
        headers={"Content-Security-Policy": POLICY},
    )


OPTIONS = [{"value": slug, "label": name} for slug, name in PLACES.items()]
FORM = {
    "errors": [],
    "fields": {
        "name": {"label": "项目名称", "required": True},
        "place": {"label": "首谈地", "type": "radio", "options": OPTIONS},
        "landing": {"label": "落户地", "type": "combobox", "options": OPTIONS},
    },
}
WIDGET = {"theme": "auto", "lang": "zh-CN", "accent": ""}
PAGES = {
    "/style": '{% include "style/guide.html" %}',
    "/form": """
        {% extends "layout.html" %}{% from "_form.html" import form_frame, field %}{% block main %}
        {% call form_frame(form, action="/sent") %}
        {{ field(form, "name") }}{{ field(form, "place") }}
        {{ field(form, "landing", pick="place") }}
        <button>提交</button><button formaction="/fault">碰上故障</button>
        {% endcall %}{% endblock %}""",
    "/foreign": """
        <!doctype html><title>别人的网站</title><body>
        <script src="/embed.js" data-widget="ranking" data-title="擂台赛"></script>""",
    "/widgets/ranking": """
        {% extends "widget.html" %}{% block title %}擂台赛{% endblock %}
        {% block head %}{% endblock %}
        {% block main %}<svg width="10" height="88"></svg>
        <svg id="more" width="10" height="500" hidden></svg>{% endblock %}""",
}
