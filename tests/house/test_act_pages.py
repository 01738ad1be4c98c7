"""What a form of an act needs, its page gives: nobody is asked for a field that they cannot see."""

import re

import pytest
from graphql import is_required_input_field

from server.settings import ROOT
from server.web.documents import Document
from server.web.forms import KEYS
from server.web.resources import documents
from tests.world import bare

TEMPLATES = ROOT / "templates"
PARTS = re.compile(r"{%-? *(?:include|import|from|extends) +\"([\w/]+\.html)\"")
ACT_PAGES = {name: each for name, each in documents.items() if each.mutations}


def text_of(name: str, seen: set[str] | None = None) -> str:
    """A template, with what it takes in."""
    seen = seen if seen is not None else set()
    if name in seen or not (TEMPLATES / name).exists():
        return ""
    seen.add(name)
    text = (TEMPLATES / name).read_text()
    return text + "".join(text_of(part, seen) for part in PARTS.findall(text))


@pytest.mark.parametrize("name", ACT_PAGES)
def test_every_required_field_of_an_act_stands_on_its_page(name: str) -> None:
    page: Document = ACT_PAGES[name]
    text = text_of(f"{name}.html")
    if "in form.fields" in text:
        return  # it shows whatever there is
    asked = {each.name for each in page.query.variables} if page.query else set()
    for operation in page.mutations.values():
        for variable in operation.variables:
            fields = getattr(bare(variable.type), "fields", {})
            needed = {each for each, field in fields.items() if is_required_input_field(field)}
            missing = {each for each in needed if not re.search(rf"\b{each}\b", text)} - set(KEYS)
            assert missing - asked == set(), operation.name
