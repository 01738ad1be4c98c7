"""What the page of tokens shows is what a token does: every example is run, over HTTP, and answered so."""

import json
from html import unescape
from typing import Any

import httpx2
import pytest

from schema.people.rules import Scope
from schema.people.tables import Person
from server import settings
from server.developers.access import ACCESS, Access, acts, readings
from server.developers.examples import EXAMPLES, Example, answers, examples_of
from server.people.tokens import issue
from server.settings import ROOT
from server.web.resources import graph
from tests.server.doors import browser, signed_in
from tests.world import NOW, City, on

USERS = {"agent": "agent", "partner": "partner", "scoped": "partner", "expert": "expert"}


async def judged(city: City) -> None:
    """What happens between the reports of the agent and its asking for the stage."""
    project = await city.read({"no": "2026-0001"})
    returned = await city.done(
        city.office, "projectReturn", **on(project), reason="请补充投资方营业执照"
    )
    sent = await city.done(
        city.agent, "projectResubmit", **on(returned["project"]), summary="营业执照见附件"
    )
    await city.done(
        city.office,
        "projectJudge",
        **on(await city.opined(await city.read(sent["project"]))),
        firstContactPlace="yanjiang",
        withoutClaim=True,
        reason="产业方向相符",
    )


async def signed(city: City) -> None:
    await city.signed()


async def invited(city: City) -> None:
    text = "请于 11 月 25 日参加项目评审"
    given = {"text": text, "units": ["experts"], "answerBy": "2026-11-20"}
    await city.done(city.office, "noticeSend", **given)


BEFORE = {"stage": judged, "signed": signed, "messages": invited}
"""What others do before an example is run."""


async def sent(example: Example, tokens: dict[str, str]) -> Any:
    headers = {"Content-Type": "application/json"}
    if example.access in tokens:
        headers["Authorization"] = f"Bearer {tokens[example.access]}"
    if example.key:
        headers["Idempotency-Key"] = example.key
    async with browser() as program:
        answer: httpx2.Response = await program.post(
            "/graphql", content=example.body, headers=headers
        )
    assert answer.status_code == 200 and answer.headers["RateLimit"], example.name
    return {key: value for key, value in answer.json().items() if key != "extensions"}


def unnumbered(answer: Any) -> Any:
    """An answer without what hangs on how many rows a database has ever had: IDs, and cursors."""
    if isinstance(answer, list):
        return [unnumbered(each) for each in answer]
    if not isinstance(answer, dict):
        return answer
    return {
        key: bool(value) if key in ("id", "endCursor") else unnumbered(value)
        for key, value in answer.items()
    }


async def test_every_example_is_answered_as_the_page_shows(
    city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings, "NOW", NOW)
    tokens = {}
    for access in ACCESS:
        if access.key in USERS:
            person = await Person.get(username=USERS[access.key])
            tokens[access.key] = (await issue(person, "示例", scopes=access.scopes))[1]
    found = {}
    for example in EXAMPLES:
        if example.name in BEFORE:
            await BEFORE[example.name](city)
        if example.name == "answer":
            (message,) = found["messages"]["data"]["messages"]["nodes"]
            given = {"input": example.variables["input"] | {"message": message["id"]}}
            example = example._replace(variables=given)
        found[example.name] = await sent(example, tokens)
        if example.key:
            assert await sent(example, tokens) == found[example.name], "sent twice, done once"
    shown = json.dumps(found, ensure_ascii=False, indent=1)
    assert unnumbered(found) == unnumbered(answers()), shown
    assert found["report"]["data"]["projectReport"]["userErrors"] == []
    assert found["stage"]["data"]["project"]["stage"] == "JUDGED"


README = (ROOT / "server/README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("access", ACCESS, ids=lambda each: each.key)
def test_the_readme_says_what_each_kind_of_token_reads_and_does(access: Access) -> None:
    """As the permissions have it today; a table or act more is missing here until it is written."""
    reads = ", ".join(f"`{each.kind}`" for each in readings(graph.core, access))
    does = ", ".join(f"`{act}`" for act in acts(access)) or "nothing"
    shown = ", ".join(f"`{each.name}`" for each in examples_of(access.key)) or "none"
    assert f"| `{access.key}` | {reads} | {does} | {shown} |" in README.splitlines()


async def test_the_page_shows_every_kind_with_its_examples(city: City) -> None:
    async with signed_in("partner") as visitor:
        page = unescape((await visitor.get("/developers/tokens")).text)
        assert 'href="/developers/tokens"' in (await visitor.get("/developers")).text
    for access in ACCESS:
        assert f'id="{access.key}"' in page
    for example in EXAMPLES:
        assert example.document in page and example.answer in page and example.body in page
    assert "Idempotency-Key: 8f1c2d40-lead-1" in page and "six1_…" in page


async def test_pages_and_files_of_what_a_token_opens_are_whole(city: City) -> None:
    """Columns that a partner is not shown leave no fault and no figure behind, in whatever form."""
    project = await city.signed(summary="隐名简介", contactName="隐名联系人")
    await city.pay(project, "1000万")
    person = await Person.get(username="partner")
    _, token = await issue(person, "对接", scopes=[Scope.SIGNED_PROJECTS])
    no = project["no"]
    async with browser(headers={"Authorization": f"Bearer {token}"}) as program:
        for path in (
            *(
                "/projects",
                "/projects?view=board",
                f"/projects/{no}",
                "/search?q=口腔",
            ),
            *("/projects.json", "/projects.csv", "/projects.xlsx", f"/projects/{no}/brief.docx"),
            *(f"/projects/{no}/brief.pdf", f"/projects/{no}/receipt.docx"),
        ):
            answer = await program.get(path)
            assert answer.status_code == 200, (path, answer.status_code)
            assert not any(each in answer.text for each in ("隐名", "None", "None 万元")), path
        for path in ("/claims", "/claims.csv", "/transfers", "/judgement", "/companies"):
            assert (await program.get(path)).status_code == 404, "none of it is ever seen"
        shown = (await program.get("/projects.json")).json()
    assert "1000" not in str(shown) and no in str(shown)
