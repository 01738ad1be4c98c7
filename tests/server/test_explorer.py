"""The page to try a document on: it asks as whoever is signed in, and writes only when asked to."""

import html
import json
import re
import time

import pytest

from schema.project.tables import Project
from server.web.resources import rate_limiter
from tests.server.doors import browser, signed_in
from tests.world import City

PAGE = "/developers/explorer"
REPORT = """mutation Report($input: ProjectReportInput!) {
  projectReport(input: $input) { project { no } userErrors { field message } }
}"""


def answer_of(page: str) -> dict[str, object]:
    """The answer that stands on the page."""
    (text,) = re.findall(r'<pre tabindex="0"[^>]*><code>(.*?)</code>', page, re.DOTALL)
    found: dict[str, object] = json.loads(html.unescape(text))
    return found


async def test_a_document_is_answered_with_what_its_reader_may_see(city: City) -> None:
    seen, other = await city.judged(), await city.report(city.anyue)
    async with signed_in("yanjiang") as visitor:
        page = await visitor.post(PAGE, data={"document": "{ projects { nodes { no } } }"})
    assert page.status_code == 200
    assert answer_of(page.text) == {"data": {"projects": {"nodes": [{"no": seen["no"]}]}}}
    assert other["no"] not in page.text


@pytest.mark.parametrize(
    ("document", "variables", "reply"),
    [
        ("{ projects {", "{}", "第 1 行"),
        ("{ projects { nodes { price } } }", "{}", "price"),
        ("{ viewer { name } }", "[]", "变量请写成 JSON 对象"),
        ("query ($no: String!) { project(no: $no) { no } }", "{}", "变量与定义不符"),
        ("query { place(slug: 1) { name } }", "{}", "第 1 行"),
    ],
)
async def test_what_is_wrong_is_told_and_what_was_written_is_kept(
    city: City, document: str, variables: str, reply: str
) -> None:
    async with signed_in("office") as visitor:
        page = await visitor.post(PAGE, data={"document": document, "variables": variables})
    assert page.status_code == 422
    assert reply in html.unescape(page.text) and document in html.unescape(page.text)


async def test_an_act_is_run_only_where_that_was_ticked(city: City) -> None:
    lead = {"name": "柠檬精深加工", "investorName": "四川某食品有限公司", "amount": "2亿",
            "noCodeReason": "尚未注册"}  # fmt: skip
    form = {"document": REPORT, "variables": json.dumps({"input": lead}, ensure_ascii=False)}
    async with signed_in("yanjiang") as visitor:
        refused = await visitor.post(PAGE, data=form)
        assert refused.status_code == 422 and "会真的写入" in refused.text
        assert not await Project.exists(name=lead["name"])
        done = await visitor.post(PAGE, data=form | {"acts": "true"})
    assert done.status_code == 200, done.text
    assert await Project.exists(name=lead["name"])


async def test_it_takes_from_the_same_minute_as_any_call(
    city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = time.monotonic()
    monkeypatch.setattr(rate_limiter, "_clock", lambda: now)
    document = "{ viewer { name } }"
    async with signed_in("lezhi") as visitor:
        await visitor.post(PAGE, data={"document": document})
        call = await visitor.post("/graphql", json={"query": document})
        before = int(call.headers["x-ratelimit-remaining"])
        page = await visitor.post(PAGE, data={"document": document})
        call = await visitor.post("/graphql", json={"query": document})
    assert int(call.headers["x-ratelimit-remaining"]) == before - 2
    left = re.search(r"本分钟余 ([\d,]+) 点", page.text)
    assert left and int(left[1].replace(",", "")) == before - 1


async def test_a_page_brings_its_own_document(city: City) -> None:
    async with signed_in("office") as visitor:
        page = await visitor.get(PAGE, params={"document": "project/list"})
        formatted = await visitor.post(PAGE, data={"document": "{viewer{name}}", "act": "format"})
    assert "query ProjectList(" in html.unescape(page.text)
    assert "{\n  viewer {\n    name\n  }\n}" in html.unescape(formatted.text)


async def test_a_stranger_signs_in_first(city: City) -> None:
    async with browser() as visitor:
        answer = await visitor.get(PAGE)
    assert answer.status_code == 303 and answer.headers["location"].startswith("/sign-in")
