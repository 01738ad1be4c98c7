"""The look keeps its promises: contrast, budgets, the oldest browser, nothing inline."""

import gzip
import hashlib
import re
from itertools import pairwise
from pathlib import Path

import pytest

from schema.project.rules import ENDS, OPEN, STEPS, Stage, step
from server.web.navigation import MENU
from tests.server.look import ROOT, environment, sample

CSS = ROOT / "static" / "css"
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
TOKENS = (CSS / "tokens.css").read_text(encoding="utf-8")
TEXT, SHAPE = 4.5, 3.0  # WCAG 2.2, 1.4.3 and 1.4.11

TINTED = ("red", "amber", "green", "blue", "grey")
READ = [
    (ink, on) for ink in ("ink", "ink-2", "ink-3", "link") for on in ("paper", "surface", "sunk")
]
READ += [(ink, ground) for ink in TINTED for ground in (f"{ink}-bg", "surface", "paper")]
READ += [
    ("on-brand", "brand"),
    ("on-brand", "brand-hover"),
    ("on-seal", "seal"),
    ("ink", "lemon-bg"),
]
READ += [
    ("ink", "blue-bg"),
    ("ink-2", "blue-bg"),
    ("ink", "red-bg"),
    ("paper", "ink"),
    ("red", "sunk"),
    ("ink", "map-1"),
]
SEEN = [("line-ctl", on) for on in ("paper", "surface", "sunk")]
SEEN += [("brand", "surface"), ("map-3", "surface"), ("link", "paper"), ("ink-2", "paper")]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("ink", "ground"), READ)
def test_text_stands_out_from_its_ground(scheme: str, ink: str, ground: str) -> None:
    colours = palette(scheme)
    assert contrast(colours[ink], colours[ground]) >= TEXT


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("shape", "ground"), SEEN)
def test_what_is_not_text_can_still_be_made_out(scheme: str, shape: str, ground: str) -> None:
    colours = palette(scheme)
    assert contrast(colours[shape], colours[ground]) >= SHAPE


def test_the_systems_dark_and_the_chosen_dark_are_the_same() -> None:
    system, chosen = (names(block) for block in re.findall(r"color-scheme: dark;([^}]*)", TOKENS))
    assert system == chosen


def test_a_colour_is_written_in_the_tokens_and_on_paper_only() -> None:
    coloured = {
        file.name
        for file in CSS.glob("*.css")
        if re.search(r"#[0-9A-Fa-f]{3,8}\b", file.read_text("utf-8"))
    }
    assert coloured <= {"tokens.css", "print.css"}


@pytest.mark.parametrize("file", sorted(CSS.glob("[!_]*.css")), ids=lambda file: file.name)
def test_a_stylesheet_keeps_to_its_layer_and_to_the_oldest_browser(file: Path) -> None:
    text = re.sub(r"/\*.*?\*/", "", file.read_text(encoding="utf-8"), flags=re.S)
    assert text.lstrip().startswith("@layer")
    assert nested(text) == []
    for younger in (
        "color-mix(",
        "oklch(",
        "oklab(",
        "lch(",
        "popover",
        "@import",
        "@scope",
        "subgrid",
        "url(",
        "light-dark(",
    ):
        assert younger not in text
    assert len(text.splitlines()) <= 150


@pytest.mark.parametrize("file", TEMPLATES, ids=lambda file: file.name)
def test_a_template_has_nothing_the_content_policy_forbids(file: Path) -> None:
    markup = without_comments(file)
    for inline in (
        r"\sstyle\s*=",
        r"<style",
        r"\son\w+\s*=\s*[\"']",
        r"hx-on",
        r"\bjs:",
        r"javascript:",
        r"hx-trigger=\"[^\"]*\[",
    ):
        assert re.search(inline, markup) is None, inline
    assert all("src=" in tag for tag in re.findall(r"<script[^>]*>", markup))


@pytest.mark.parametrize("file", TEMPLATES, ids=lambda file: file.name)
def test_chinese_is_said_through_the_catalogue(file: Path) -> None:
    spoken = re.sub(r"""(_|replace)\(\s*("[^"]*"|'[^']*')""", "", without_comments(file))
    assert re.findall(r"[^\n]*[\u4e00-\u9fff][^\n]*", spoken) == []


def test_every_icon_that_is_named_is_drawn() -> None:
    drawn = set(re.findall(r'id="([\w-]+)"', (ROOT / "static/icons.svg").read_text("utf-8")))
    named = {item.icon for _, items in MENU for item in items}
    for file in TEMPLATES:
        named |= set(re.findall(r'\bicon\("([\w-]+)"\)', file.read_text("utf-8")))
    assert named - drawn == set()


def test_the_styles_the_script_and_the_icons_keep_their_budgets() -> None:
    styles = b"\n".join(
        (CSS / name).read_bytes() for name in (CSS / "_app.txt").read_text().split()
    )
    script = (ROOT / "static/js/app.js").read_bytes()
    assert packed(styles) <= 12 * 1024
    assert packed(script) <= 2.5 * 1024
    assert script.count(b"\n") <= 100
    assert packed((ROOT / "static/js/form.js").read_bytes()) <= 3.5 * 1024
    assert (
        packed((ROOT / "static/js/frame.js").read_bytes() + (ROOT / "static/embed.js").read_bytes())
        <= 1024
    )
    assert packed((ROOT / "static/icons.svg").read_bytes()) <= 2048


def test_htmx_is_the_one_that_was_read() -> None:
    content = (ROOT / "static/vendor/htmx-4.0.1.min.js").read_bytes()
    assert (
        hashlib.sha256(content)
        .hexdigest()
        .startswith("a0abb04f2f45a1f89d1d4844023245537e5e6014c87b1445")
    )


@pytest.mark.parametrize("stage", OPEN)
def test_a_stage_on_the_way_shows_as_many_ticks_as_were_reached(stage: Stage) -> None:
    badge = render('{{ stage_badge("' + stage + '") }}')
    assert stage.word in badge
    assert badge.count("<rect") == len(STEPS)
    assert badge.count('class="on"') == step(stage)


@pytest.mark.parametrize("stage", sorted(ENDS))
def test_a_life_that_ended_has_a_line_and_no_ticks(stage: Stage) -> None:
    assert "<rect" not in render('{{ stage_badge("' + stage + '") }}')


def test_an_amount_shows_short_and_keeps_the_exact_one_beside_the_pointer() -> None:
    shown = render('{{ money("1250000000.00") }}')
    assert ">12.5 亿元<" in shown
    assert 'title="125,000 万元"' in shown
    assert "—" in render("{{ money(none) }}")


@pytest.mark.parametrize(
    ("lamp", "paused", "shape"),
    [
        ("GREEN", None, "<circle"),
        ("AMBER", None, "l4.8"),
        ("RED", None, "v9h-9"),
        ("BLUE", None, "M.3"),
        ("GREY", "2026-11-20", "M1.5"),
    ],
)
def test_a_lamp_is_a_shape_a_word_and_a_colour(lamp: str, paused: str | None, shape: str) -> None:
    shown = render(
        "{{ lamp(clock) }}", clock={"lamp": lamp, "label": "逾期 1 个工作日", "pausedSince": paused}
    )
    assert shape in shown
    assert "逾期 1 个工作日" in shown
    assert f'class="lamp {lamp.lower()}"' in shown


def test_the_next_page_keeps_the_conditions_and_forgets_the_way_back() -> None:
    page_info = {
        "hasNextPage": True,
        "hasPreviousPage": False,
        "startCursor": "a",
        "endCursor": "b==",
    }
    shown = render(
        "{{ pagination(page, query, 1286) }}",
        page=page_info,
        query=[("stage", "SIGNED"), ("stage", "JUDGED"), ("before", "x")],
    )
    assert 'href="?stage=SIGNED&amp;stage=JUDGED&amp;after=b%3D%3D"' in shown
    assert "上一页" not in shown
    assert "共 1,286 项" in shown


def test_a_refused_field_says_so_to_eyes_and_readers_and_keeps_what_was_typed() -> None:
    form = {
        "fields": {
            "input.amount": {
                "label": "投资额",
                "required": True,
                "type": "money",
                "value": '<b>"12亿左右',
                "error": "请填数字",
                "help": "单位为万元",
            }
        },
        "errors": [{"field": "input.amount", "message": "请填数字，例如 125000"}],
    }
    shown = render(
        '{% call form_frame(form) %}{{ field(form, "input.amount") }}{% endcall %}', form=form
    )
    assert '<a href="#f-input-amount">请填数字，例如 125000</a>' in shown
    assert (
        'aria-invalid="true" aria-describedby="f-input-amount-hint f-input-amount-wrong"' in shown
    )
    assert 'value="&lt;b&gt;&#34;12亿左右"' in shown


def test_the_layout_leaves_out_what_only_a_signed_in_person_may_use() -> None:
    page = environment().from_string(
        '{% extends "layout.html" %}{% block title %}{{ _("登录") }}{% endblock %}'
    )
    assert "/sign-out" in page.render(sample())
    alone = page.render(viewer=None)
    assert not any(word in alone for word in ("/sign-out", "/search", "tabbar", "rail"))


def test_headings_of_the_guide_never_skip_a_level() -> None:
    levels = [
        int(level)
        for level in re.findall(
            r"<h(\d)", environment().get_template("style/guide.html").render(sample())
        )
    ]
    assert levels.count(1) == 1
    assert all(below <= above + 1 for above, below in pairwise(levels[levels.index(1) :]))


def render(source: str, **values: object) -> str:
    imports = (
        '{% from "_ui.html" import stage_badge, money, lamp, pagination %}'
        '{% from "_form.html" import form_frame, field %}'
    )
    return environment().from_string(imports + source).render(values)


def palette(scheme: str) -> dict[str, str]:
    light = names(TOKENS.split("@media")[0])
    dark = names(re.findall(r"color-scheme: dark;([^}]*)", TOKENS)[0])
    return light if scheme == "light" else {**light, **dark}


def names(block: str) -> dict[str, str]:
    return dict(re.findall(r"--([\w-]+): (#[0-9A-F]{6});", block))


def contrast(one: str, other: str) -> float:
    """The ratio of WCAG 2.2: relative luminances, each lifted by the glare of a screen."""
    darker, lighter = sorted(luminance(colour) + 0.05 for colour in (one, other))
    return lighter / darker


def luminance(colour: str) -> float:
    shares = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    linear = [
        share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4 for share in shares
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def nested(text: str) -> list[str]:
    """Rules opened inside a rule, which Chromium 105 drops without a word."""
    inside: list[str] = []
    found: list[str] = []
    for head, brace in re.findall(r"([^{};]*)([{};])", text):
        if brace == "{":
            if inside and not inside[-1].startswith("@"):
                found.append(head.strip())
            inside.append(head.strip())
        elif brace == "}":
            inside.pop()
    return found


def without_comments(file: Path) -> str:
    return re.sub(r"\{#.*?#\}", "", file.read_text(encoding="utf-8"), flags=re.S)


def packed(content: bytes) -> int:
    return len(gzip.compress(content, 9, mtime=0))
