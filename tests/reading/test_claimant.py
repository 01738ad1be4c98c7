"""A place that has merely claimed a project reads its own claim and the stage, never the rival's lead.

Each way to look is tried twice: nothing of the lead is in an answer, and an answer stays the same to
the byte while every column of the lead becomes another.
"""

import json
from collections.abc import AsyncIterator
from datetime import UTC

import httpx2
import pytest
import pytest_asyncio

from schema import database
from schema.people.tables import Company
from schema.permissions import BESIDE
from schema.project.tables import Project
from schema.query.loaders import write_cursor
from schema.query.models import KINDS, columns_of, global_id
from schema.query.sql import Order, Seek
from schema.sheet import read
from server import settings
from tests.server.doors import signed_in
from tests.world import NOW, City, Said, on

PAPER = {"name": "雁江纪要.txt", "content": "5Lya6K6u"}
LEAD = {
    "name": "隐名口腔产业园",
    "investorName": "隐名装备有限公司",
    "amount": "77.77亿",
    "fixedAssets": "66.66亿",
    "contactName": "隐名联系人",
    "contactPhone": "13977778888",
    "needs": "隐名诉求",
    "source": "隐名引荐",
    "summary": "隐名简介",
    "ownerName": "隐名跟进人",
    "landMu": "777.7",
    "evidence": [PAPER],
    "contactWith": "隐名接洽人",
}
SECRETS = ("隐名", "7777", "6666", "13977778888", "777.7", "雁江", "yanjiang")


@pytest.fixture(autouse=True)
def standing_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "NOW", NOW)


@pytest_asyncio.fixture
async def rival(city: City) -> Said:
    """Yanjiang's lead, which Anyue knows by its code alone and has claimed with a paper of its own."""
    project = await city.report(**LEAD)
    paper = {"name": "安岳纪要.txt", "content": "5Lya6K6u"}
    given = {"investorName": LEAD["investorName"], "uscc": project["investor"]["uscc"]}
    ticket = await city.ticket(city.anyue, project, **given)
    claimed = await city.done(
        city.anyue,
        "projectClaim",
        ticket=ticket,
        contactOn="2026-11-10",
        contactWith="李总",
        evidence=[paper],
    )
    return project | {"claim": claimed["claim"]["id"]}


@pytest_asyncio.fixture
async def visitor(city: City) -> AsyncIterator[httpx2.AsyncClient]:
    async with signed_in("anyue") as visitor:
        yield visitor


async def another_lead(project: Said) -> None:
    """Every column of the project becomes another, but for those that its claimants are shown."""
    row = await Project.get(no=project["no"])
    shown = {"id", *BESIDE["claim"]["project"].split()}
    company = await Company.create(
        name="乙", normal_name="乙", search="乙", created_at=NOW, no_code_reason="境外"
    )
    other = {
        "amount_estimated": True,
        "capital_origin": "FOREIGN",
        "currency": "USD",
        "first_contact_place_id": None,
        "group_id": None,
        "investor_id": company.id,
        "landing_place_id": None,
        "merged_into_id": None,
        "migration_id": None,
        "reported_by_id": 1,
        "reporter_id": 1,
    }
    changed = {}
    for name, field in columns_of(Project).items():
        old = getattr(row, name)
        if name in shown:
            continue
        if name in other:
            changed[name] = other[name]
        elif (
            isinstance(old, str) or "Char" in type(field).__name__ or "Text" in type(field).__name__
        ):
            changed[name] = "乙"[: getattr(field, "max_length", 9)]
        elif isinstance(old, int):
            changed[name] = old + 1
        elif "Datetime" in type(field).__name__:
            changed[name] = NOW
        elif "Date" in type(field).__name__:
            changed[name] = NOW.date()
        else:
            changed[name] = 5
    assert {"amount_fen", "contact_name", "needs", "name", "search"} <= set(changed)
    await Project.filter(id=row.id).update(**{**changed, "no": row.no})


def cursor(key: int, column: str, value: object) -> str:
    return write_cursor("Query.projects", Order(column, descending=True), Seek(value, key))


async def ways(project: Said) -> dict[str, str]:
    """Every way to look by the graph: reads, filters, orders, counts, cursors, history, history's figures."""
    key = (await Project.get(no=project["no"])).id
    id, company = global_id("Project", key), global_id("Company", 1)
    no, uscc = project["no"], project["investor"]["uscc"]
    ways = {
        "by number": f'{{ project(no: "{no}") {{ name contactName amount }} }}',
        "by id": f'{{ node(id: "{id}") {{ ... on Project {{ name contactName needs }} }} }}',
        "by ids": f'{{ nodes(ids: ["{id}", "{company}"]) {{ id }} }}',
        "list": "{ projects { totalCount nodes { no name amount investor { name } } edges { cursor } } }",
        "search": '{ search(text: "隐名") { projectTotal companyTotal projects { no } companies { name } } }',
        "search by code": f'{{ search(text: "{uscc}") {{ projectTotal companyTotal }} }}',
        "company": f'{{ company(uscc: "{uscc}") {{ name }} companies {{ totalCount }} }}',
        "sums": "{ funnel { stage count amount } }",
        "queue": "{ judgementQueue { totalCount nodes { no amount } } }",
        "counts": """{ viewer { counts { inbox judgement returned disputed transfers }
            inbox { label project { no } } } }""",
        "journal": f"""{{ journal(subject: "{id}") {{ totalCount
            nodes {{ actorName act changes {{ label before after }} }} }} }}""",
        "claims": """{ claims { totalCount nodes { projectNo stage contactWith disputable place { slug }
            project { no name amount needs } firstContactPlace { name } evidence { name }
            judgement { reason } disputes { grounds } } } }""",
        "by project": f"""{{ transfers {{ totalCount }}
            credits(filter: {{ project: {{ no: ["{no}"] }} }}) {{ totalCount }} }}""",
        "as of": """{ ranking(month: "2026-11", asOf: "2026-11-18T02:00:00Z") {
            rows { explanation { entries { totalCount } } } } }""",
        "duplicates": f'{{ duplicates(input: {{ uscc: "{uscc}" }}) {{ grade score reasons project {{ no }} }} }}',
        "a cursor": f"""{{ projects(after: "{cursor(key + 1, "reported_at", NOW.astimezone(UTC))}") {{
            totalCount nodes {{ no }} pageInfo {{ hasPreviousPage hasNextPage }} }} }}""",
    }
    filters = {
        "amount": '{ amount: { min: "77亿", max: "78亿" } }',
        "text": '{ text: "隐名" }',
        "no": f'{{ no: ["{no}"] }}',
        "investor": '{ investor: { text: "隐名" } }',
        "group": '{ group: { slug: ["advanced-manufacturing"] } }',
        "reporter": '{ reportedBy: { slug: ["yanjiang"] } }',
        "disputed": "{ disputed: false }",
        "also": '{ and: { stage: [REPORTED], and: { amount: { min: "1" } } } }',
    }
    for name, given in filters.items():
        ways[f"filter {name}"] = (
            f"{{ projects(filter: {given}) {{ totalCount }} funnel(filter: {given}) {{ count }} }}"
        )
    for by in ("AMOUNT", "REPORTED_AT", "UPDATED_AT", "DUE_AT", "SIGNED_ON", "PAID_IN_FUNDS"):
        ways[f"order {by}"] = (
            f"{{ projects(orderBy: {{ field: {by} }}) {{ nodes {{ no }} edges {{ cursor }} }} }}"
        )
    return ways


async def test_no_way_to_look_shows_the_lead_or_moves_with_it(city: City, rival: Said) -> None:
    """Through a plan and through graphql-core alike: `city.run` asks both and compares."""
    looks = await ways(rival)
    before = {name: await city.run(city.anyue, text) for name, text in looks.items()}
    for name, found in before.items():
        text = json.dumps(found, ensure_ascii=False)
        assert not [each for each in SECRETS if each in text], (name, text)
    theirs = await city.run(city.office, looks["by number"])
    assert "隐名联系人" in json.dumps(theirs, ensure_ascii=False), "there is a lead to see"
    seen = before["claims"]["claims"]["nodes"]
    assert [(each["projectNo"], each["stage"], each["project"]) for each in seen] == [
        (rival["no"], "REPORTED", None)
    ]
    assert seen[0]["evidence"] == [{"name": "安岳纪要.txt"}] and seen[0]["disputable"] is True
    await another_lead(rival)
    del looks["duplicates"]  # by name and code, which every reporter may ask for within a quota
    for name, asked in looks.items():
        assert await city.run(city.anyue, asked) == before[name], name


async def test_pages_exports_and_choices_show_the_claimant_no_lead(
    city: City, rival: Said, visitor: httpx2.AsyncClient
) -> None:
    claim = rival["claim"]
    for path in (
        f"/projects/{rival['no']}",
        f"/projects/{rival['no']}/dispute",
        f"/projects/{rival['no']}/claim",
        "/judgement",
    ):
        assert (await visitor.get(path)).status_code == 404, path
    for path in (
        "/inbox", "/projects", "/projects?view=board", "/search?q=隐名", "/claims", "/claims?own=true",
        f"/claims/{claim}", f"/claims/{claim}/dispute", "/projects.csv", "/projects.json", "/claims.json",
        "/claims.csv", "/pick/project?q=隐名", "/pick/company?q=隐名", "/transfers",
    ):  # fmt: skip
        answer = await visitor.get(path)
        assert answer.status_code == 200, (path, answer.text)
        shown = answer.text.replace("q=隐名", "").replace('value="隐名"', "").replace("“隐名”", "")
        assert not [
            each
            for each in ("隐名联", "隐名口", "隐名装", "隐名诉", "7777", "13977", "雁江纪要")
            if each in shown
        ], path
    shown = (await visitor.get(f"/claims/{claim}")).text
    assert rival["no"] in shown and "李总" in shown and "安岳纪要.txt" in shown
    assert f"/claims/{claim}/dispute" in shown
    book = (await visitor.get("/claims.xlsx")).content
    cells = str(read("claims.xlsx", book).rows)
    assert "李总" in cells and rival["no"] in cells and "隐名" not in cells
    assert (await visitor.get(f"/claims/{global_id('Project', 1)}")).status_code == 404
    papers = await database.fetch('SELECT "id", "name" FROM "attachment" ORDER BY "id"')
    answered = {
        row["name"]: (await visitor.get(f"/files/{row['id']}")).status_code for row in papers
    }
    assert answered == {"雁江纪要.txt": 404, "安岳纪要.txt": 200}


async def test_an_act_on_the_rivals_project_answers_that_it_is_not_there(
    city: City, rival: Said
) -> None:
    """By number and by ID, and the same to the byte as for a number that nobody has."""
    for act, given in {
        "projectWithdraw": {"reason": "x"},
        "projectTransferRequest": {"landingPlace": "hightech", "reason": "x"},
        "agreementSign": {"kind": "FORMAL", "amount": "1亿", "signedOn": "2026-11-18"},
        "taxRecord": {"amount": "1亿", "occurredOn": "2026-11-18", "evidenceNote": "x"},
    }.items():
        answers = {
            json.dumps(await city.act(city.anyue, act, project=each, revision=revision, **given))
            for each in (rival["no"], rival["id"], "2026-9999")
            for revision in (1, 2, 3)
        }
        assert (
            len(answers) == 1
            and "没有找到" in json.loads(answers.pop())["userErrors"][0]["message"]
        )


async def test_a_claimant_disputes_by_its_claim_and_sees_the_project_once_it_is_decided_for_it(
    city: City, rival: Said
) -> None:
    judged = await city.done(
        city.office,
        "projectJudge",
        **on(await city.opined(await city.read(rival))),
        firstContactPlace="yanjiang",
        reason="接洽更早",
    )
    own = """query($id: ID!) { claim(id: $id) { stage project { no } disputable
        firstContactPlace { slug } judgement { reason } disputes { grounds upheld } } }"""
    lost = (await city.run(city.anyue, own, id=rival["claim"]))["claim"]
    assert lost == {
        "stage": "JUDGED",
        "project": None,
        "disputable": True,
        "firstContactPlace": {"slug": "yanjiang"},
        "judgement": {"reason": "接洽更早"},
        "disputes": [],
    }
    hidden = await city.act(city.anyue, "projectDispute", project=rival["no"], grounds="在先")
    assert hidden["userErrors"][0]["message"].startswith("没有找到")
    foreign = await city.act(city.lezhi, "projectDispute", claim=rival["claim"], grounds="在先")
    assert foreign["userErrors"][0]["message"].startswith("没有找到")
    other = await city.claim_of("yanjiang", rival)
    stolen = await city.act(city.anyue, "projectDispute", claim=other, grounds="在先")
    assert stolen["userErrors"][0]["message"].startswith("没有找到")
    raised = await city.done(city.anyue, "projectDispute", claim=rival["claim"], grounds="在先")
    assert raised["project"] is None and raised["dispute"]["projectNo"] == rival["no"]
    waiting = (await city.run(city.anyue, own, id=rival["claim"]))["claim"]
    assert waiting["disputable"] is False and waiting["disputes"] == [
        {"grounds": "在先", "upheld": None}
    ]
    await city.done(
        city.office,
        "disputeDecide",
        dispute=raised["dispute"]["id"],
        revision=judged["project"]["revision"] + 1,
        upheld=True,
        reason="会议纪要在先",
    )
    won = (await city.run(city.anyue, own, id=rival["claim"]))["claim"]
    assert won["project"] == {"no": rival["no"]} and won["disputes"][0]["upheld"] is True
    document = f"""{{ project(no: "{rival["no"]}") {{ contactName attachments {{ name }}
        linkage {{ claims {{ place {{ slug }} }} }} }} }}"""
    whole = (await city.run(city.anyue, document))["project"]
    assert whole["contactName"] == "隐名联系人" and len(whole["attachments"]) == 2
    assert {each["place"]["slug"] for each in whole["linkage"]["claims"]} == {"yanjiang", "anyue"}


async def test_a_dispute_is_raised_on_the_page_of_the_claim(
    city: City, rival: Said, visitor: httpx2.AsyncClient
) -> None:
    path = f"/claims/{rival['claim']}/dispute"
    assert "异议理由" in (await visitor.get(path)).text
    sent = await visitor.post(
        path, data={"grounds": "我县先会见"}, headers={"Origin": "http://sixones.test"}
    )
    assert sent.status_code == 303 and sent.headers["location"] == f"/claims/{rival['claim']}"
    shown = (await visitor.get(sent.headers["location"])).text
    assert "我县先会见" in shown and "等待办公室裁定" in shown
    async with signed_in("lezhi") as foreign:
        assert (await foreign.get(path)).status_code == 404


def test_what_is_shown_beside_a_row_is_named_column_by_column() -> None:
    tables = {kind.table: kind for kind in KINDS.values()}
    for near, shown in BESIDE.items():
        for far, columns in shown.items():
            assert set(columns.split()) <= set(tables[far].columns), (near, far)
            assert not {"amount_fen", "name", "contact_name", "needs"} & set(columns.split())
