"""The place that has reported a lead reads of rival claims nothing until the office has decided.

It is a claimant like the others: its own claim, and what the office finds of it, stay visible, and
once the project is judged it reads the whole record.
"""

import json
from typing import Any

import pytest
import pytest_asyncio

from schema import database
from schema.project.tables import Project
from schema.query.models import global_id
from schema.sheet import read
from server import settings
from tests.server.doors import signed_in
from tests.world import NOW, City, Said, at, on

PAPER = {"name": "暗访纪要.txt", "content": "5Lya6K6u"}
OWN = {"name": "雁江纪要.txt", "content": "5Lya6K6t"}
OPINION = {"name": "暗访核实.txt", "content": "5Lya6K6v"}
RIVAL = ("暗访", "anyue", "安岳", "2026-11-03", "11月3日")


@pytest.fixture(autouse=True)
def standing_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "NOW", NOW)


@pytest_asyncio.fixture
async def lead(city: City) -> Said:
    """Yanjiang's report: claimed by Anyue, both claims assessed, the group's opinion given with a paper."""
    city.now = at("2026-11-17 09:30")
    project = await city.report(group="advanced-manufacturing", evidence=[OWN])
    claim = {
        "ticket": await city.ticket(city.anyue, project),
        "contactOn": "2026-11-03",
        "contactWith": "暗访李总",
        "contactBy": "暗访王局",
        "note": "暗访经过",
        "evidence": [PAPER],
    }
    await city.done(city.anyue, "projectClaim", **claim)
    for place, reason in (("anyue", "暗访凭证"), ("yanjiang", "本地凭证相符")):
        given = {"claim": await city.claim_of(place, project), "reason": reason}
        project = await city.read(project)
        given |= {"revision": project["revision"], "assessment": "NOT_SUFFICIENT"}
        await city.done(city.office, "claimAssess", **given)
    opinion = {"stance": "ANOTHER", "place": "anyue", "reason": "暗访意见", "evidence": [OPINION]}
    return await city.opined(await city.read(project), **opinion)


def rival_in(text: str) -> list[str]:
    return [each for each in RIVAL if each in text]


def roads(project: Said, rival: str) -> dict[str, str]:
    no = project["no"]
    claim = "id contactOn contactWith contactBy note assessment assessmentReason place { slug } evidence { name }"
    opinion = "stance reason place { slug } evidence { name }"
    return {
        "project": f"""{{ project(no: "{no}") {{ attachments {{ name }} linkage {{ claims {{ {claim} }}
            proposedClaims {{ rank ground claim {{ {claim} }} }} proposed opinionState
            opinion {{ {opinion} }} opinions {{ {opinion} }} disputes {{ grounds }} }} }} }}""",
        "list": "{ projects { nodes { linkage { claims { contactWith } proposed opinion { reason } } } } }",
        "claims": f"{{ claims {{ totalCount nodes {{ {claim} }} }} }}",
        "others' claims": "{ claims(filter: { own: false }) { totalCount } }",
        "claim": f'{{ claim(id: "{rival}") {{ {claim} }} node(id: "{rival}") {{ id }} }}',
        "history": f"""{{ project(no: "{no}") {{ journal {{ totalCount nodes {{ act actorName unitName
            reason summary changes {{ label before after }} }} }} }} }}""",
        "journal": f"""{{ journal(subject: "{project["id"]}") {{ totalCount
            nodes {{ act actorName unitName reason summary }} }} }}""",
        "claim's journal": f'{{ journal(subject: "{rival}") {{ totalCount nodes {{ act unitName }} }} }}',
    }


async def asked(city: City, who: str, looks: dict[str, str]) -> dict[str, str]:
    found = {name: await city.run(city[who], text) for name, text in looks.items()}
    return {name: json.dumps(each, ensure_ascii=False) for name, each in found.items()}


async def test_the_graph_shows_the_reporter_its_own_claim_alone_until_the_judgement(
    city: City, lead: Said
) -> None:
    """By a plan and by graphql-core alike: `city.run` asks both and compares."""
    looks = roads(lead, await city.claim_of("anyue", lead))
    before = await asked(city, "yanjiang", looks)
    assert {name: rival_in(text) for name, text in before.items() if rival_in(text)} == {}
    own = json.loads(before["project"])["project"]["linkage"]
    assert [each["place"]["slug"] for each in own["claims"]] == ["yanjiang"]
    assert own["claims"][0]["assessmentReason"] == "本地凭证相符", "its own assessment is shown"
    assert (own["proposedClaims"], own["proposed"], own["opinionState"]) == ([], None, None)
    acts = [each["act"] for each in json.loads(before["history"])["project"]["journal"]["nodes"]]
    assert acts == ["projectReport"]
    for who in ("office", "leader", "inspector", "advanced-manufacturing"):
        viewer = await city.group_office(who) if "-" in who else city[who]
        whole = json.dumps(await city.run(viewer, looks["project"]), ensure_ascii=False)
        assert all(each in whole for each in ("暗访意见", "暗访凭证", "暗访纪要", "暗访核实")), who
    given = {"firstContactPlace": "yanjiang", "reason": "上报在先"}
    judged = await city.act(city.office, "projectJudge", **on(lead), **given)
    assert not judged["userErrors"], judged
    after = await asked(city, "yanjiang", looks)
    for each in ("暗访李总", "暗访凭证", "暗访意见", "暗访纪要", "暗访核实"):
        assert each in after["project"], each
    acts = [each["act"] for each in json.loads(after["history"])["project"]["journal"]["nodes"]]
    assert {"projectClaim", "claimAssess", "projectOpine"} <= set(acts)


async def test_pages_files_and_exports_show_the_reporter_no_rival_until_the_judgement(
    city: City, lead: Said
) -> None:
    no = lead["no"]
    paths = (
        f"/projects/{no}", "/claims", "/claims.json", "/claims.csv", "/projects.csv", "/projects.json",
        "/inbox", "/search?q=牙膏", f"/projects/{no}/receipt", f"/projects/{no}/brief.docx",
    )  # fmt: skip
    papers = {
        row["name"]: f"/files/{row['id']}"
        for row in await database.fetch('SELECT "id", "name" FROM "attachment"')
    }
    async with signed_in("yanjiang") as visitor:
        for path in paths:
            answer = await visitor.get(path)
            if path.endswith("docx") and answer.status_code == 404:
                continue
            assert answer.status_code == 200, (path, answer.status_code)
            shown = answer.text.replace("安岳县</option>", "")
            assert not [each for each in ("暗访", "11月3日", "2026-11-03") if each in shown], path
        assert "安岳" not in main_of((await visitor.get(f"/projects/{no}")).text)
        book = str(read("claims.xlsx", (await visitor.get("/claims.xlsx")).content).rows)
        assert "暗访" not in book and "雁江" in book
        for name in (PAPER["name"], OPINION["name"]):
            assert (await visitor.get(papers[name])).status_code == 404, name
        assert (await visitor.get(papers[OWN["name"]])).status_code == 200
        given = {"firstContactPlace": "yanjiang", "reason": "上报在先"}
        await city.done(city.office, "projectJudge", **on(lead), **given)
        assert "暗访李总" in (await visitor.get(f"/projects/{no}")).text
        for name in (PAPER["name"], OPINION["name"]):
            assert (await visitor.get(papers[name])).status_code == 200, name


def main_of(text: str) -> str:
    return text.split("<main", 1)[1].split("</main>", 1)[0]


async def test_an_act_that_comes_second_is_not_told_who_claimed(city: City, lead: Said) -> None:
    """The reporter's withdrawal at the revision before the rival's claim, and without a reason to be."""
    given: dict[str, Any] = {"project": lead["no"], "revision": 1, "reason": "投资方改变计划"}
    answer = json.dumps(
        await city.act(city.yanjiang, "projectWithdraw", **given), ensure_ascii=False
    )
    assert not rival_in(answer), answer


async def test_a_branch_and_a_group_that_have_reported_read_no_claims_of_places_before_the_judgement(
    city: City,
) -> None:
    city.now = at("2026-11-17 09:30")
    looks = {}
    for who in ("branch", "group"):
        name = {"name": f"{who}的线索", "investorName": f"{who}投资方"}
        name |= {"group": None, "contactOn": None, "contactWith": ""}
        project = await city.report(city[who], **name)
        claim = {"project": project["no"], "place": "anyue", "contactOn": "2026-11-03"}
        claim |= {"contactWith": "暗访李总", "note": "暗访经过", "evidence": [PAPER]}
        await city.done(city.office, "projectClaim", **claim)
        looks[who] = roads(project, await city.claim_of("anyue", project))
        found = await asked(city, who, looks[who])
        assert {name: rival_in(text) for name, text in found.items() if rival_in(text)} == {}, who
        key = (await Project.get(no=project["no"])).id
        assert global_id("Project", key) == project["id"], "the reporter sees the project itself"


async def test_a_report_merged_into_one_under_judgement_is_not_shown_in_its_reporters_history(
    city: City,
) -> None:
    city.now = at("2026-11-17 09:30")
    project = await city.report()
    other = await city.report(city.anyue, contactWith="暗访李总")
    merged = {"into": project["no"], "reason": "暗访所得，与安岳所报相同"}
    await city.done(city.office, "projectMerge", **on(other), **merged)
    looks = roads(project, await city.claim_of("anyue", project))
    found = await asked(city, "yanjiang", looks)
    assert {name: rival_in(text) for name, text in found.items() if rival_in(text)} == {}
    theirs = await asked(city, "anyue", {"history": roads(other, "")["history"]})
    assert "projectMerge" in theirs["history"] and "暗访所得" in theirs["history"]
