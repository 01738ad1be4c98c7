"""A form takes its options, types, required marks and limits from the act's input; no template writes one."""

import re
from pathlib import Path

import pytest

from tests.server.doors import signed_in
from tests.world import City

ROOT = Path(__file__).parents[2] / "templates"
KERNEL = {"_form.html", "style/guide.html"}
FRAMED = sorted(
    file for file in ROOT.rglob("*.html")
    if f"{file.relative_to(ROOT)}" not in KERNEL and "form_frame" in file.read_text("utf-8")
)  # fmt: skip
BY_HAND = {
    "a required mark": re.compile(r'"required"\s*:|\brequired(?=[\s>=])[^"\n]*>'),
    "an option": re.compile(r'"options"\s*:\s*\[|<option\b|<input[^>]*type="(?:radio|checkbox)"'),
    "a type": re.compile(r'update\([^\n]*"type"\s*:'),
    "a limit": re.compile(r'maxlength=|"maxlength"\s*:|\bmin="|\bmax="'),
    "a control": re.compile(r'<(?:select|textarea)\b|<input(?![^>]*type="hidden")[^>]*\bname="'),
}
# (file, what) → why the input cannot say it.
NO_FIELD = {
    (
        "ledger/batch.html",
        "an option",
    ): "one choice for each column that was not known, and a tick a line",
    ("ledger/batch.html", "a control"): "the same: the input takes them as lists",
    ("ledger/_parts.html", "an option"): "one choice for each column and each unit of a sheet",
    ("ledger/_parts.html", "a control"): "the same: the input takes them as lists",
    (
        "industry/_node_form.html",
        "an option",
    ): "codes found by a search, added to the field beside it",
    ("industry/_node_form.html", "a control"): "a search that adds to the field beside it",
    ("industry/target_new.html", "an option"): "for which group the form is: asked by the address",
    ("industry/target_new.html", "a control"): "the same",
    ("linkage/_detail.html", "a control"): "without script the number is typed, with it found",
}


def test_every_template_with_a_form_was_looked_at() -> None:
    assert len(FRAMED) > 15


@pytest.mark.parametrize("what", BY_HAND)
def test_no_template_writes_by_hand_what_the_input_says(what: str) -> None:
    found = set()
    for file in FRAMED:
        text = re.sub(r"(?s)\{#.*?#\}", "", file.read_text("utf-8"))
        if BY_HAND[what].search(text):
            found.add(f"{file.relative_to(ROOT)}")
    assert found == {file for file, named in NO_FIELD if named == what}


async def test_a_decision_is_never_made_beforehand(city: City) -> None:
    """Where there is only one claimant too, and of two answers neither: the input says their words."""
    project = await city.report()
    async with signed_in("office") as visitor:
        desk = (await visitor.get(f"/judgement?no={project['no']}")).text
        choices = re.findall(r'<input type="radio" name="firstContactPlace"[^>]*>', desk)
        assert len(choices) > 1 and not [each for each in choices if "checked" in each]
    claimed = await city.pay(await city.signed(), "2000万")
    entry = claimed["entry"]["no"]
    async with signed_in("finance") as visitor:
        page = (await visitor.get(f"/verification/{entry}")).text
        choices = re.findall(r'<input type="radio" name="verified"[^>]*>', page)
        assert len(choices) == 2 and not [each for each in choices if "checked" in each]
        assert "核实无误" in page and "填报单位更正后重新填报" in page
