"""A partner's program: a token, the graph over HTTP, and nothing else."""

from typing import Any

import httpx2
import pytest
import pytest_asyncio

from schema.database.statements import counting
from schema.people.tables import Person
from server.people.tokens import issue
from tests.server.doors import browser
from tests.world import City, uscc

REPORT = """mutation Report($input: ProjectReportInput!) {
  projectReport(input: $input) { project { id no amount stage } userErrors { code message field } }
}"""
LEAD = {
    "name": "轨道交通转向架智能工厂",
    "investorName": "四川某轨道装备有限公司",
    "uscc": uscc(7),
    "amount": "12.5亿",
}


@pytest_asyncio.fixture
async def token(city: City) -> str:
    return (await issue(await Person.get(username="yanjiang"), "联网程序"))[1]


async def ask(token: str, document: str, **more: Any) -> httpx2.Response:
    headers = {"Authorization": f"Bearer {token}"} | more.pop("headers", {})
    async with browser() as program:
        return await program.post(
            "/graphql", json={"query": document, "variables": more}, headers=headers
        )


async def test_a_lead_reported_by_a_program_is_read_back_by_one_statement(
    city: City, token: str
) -> None:
    answer = await ask(token, REPORT, input=LEAD)
    assert answer.status_code == 200
    project = answer.json()["data"]["projectReport"]["project"]
    assert (project["amount"], project["stage"]) == ("1250000000.00", "REPORTED")
    document = """query($no: String!) {
      project(no: $no) { id no amount stage investor { uscc } }
      projects { totalCount nodes { no } }
    }"""
    with counting() as sent:
        answer = await ask(token, document, no=project["no"])
    assert answer.json()["data"] == {
        "project": project | {"investor": {"uscc": LEAD["uscc"]}},
        "projects": {"totalCount": 1, "nodes": [{"no": project["no"]}]},
    }
    # Who asks; the project and the list with its total. Noting the token's use may come at any time.
    assert len([statement for statement in sent if statement.startswith("SELECT")]) == 2


async def test_the_same_key_answers_the_same_lead(city: City, token: str) -> None:
    key = {"Idempotency-Key": "8f1c"}
    first = await ask(token, REPORT, input=LEAD, headers=key)
    again = await ask(token, REPORT, input=LEAD, headers=key)
    assert again.json()["data"] == first.json()["data"]
    other = await ask(token, REPORT, input=LEAD | {"name": "另一个项目"}, headers=key)
    assert other.json()["data"]["projectReport"]["userErrors"][0]["code"] == "INVALID"


@pytest.mark.parametrize(
    ("case", "document", "status", "code"),
    [
        ("no such field", "{ nope }", 422, "VALIDATION"),
        ("half a document", "{", 400, "SYNTAX"),
        ("a page of 101", "{ projects(first: 101) { nodes { no } } }", 422, "LIMIT"),
        ("a cursor of nowhere", '{ projects(after: "00") { nodes { no } } }', 200, "BAD_INPUT"),
    ],
)
async def test_what_is_asked_wrongly_is_told_and_not_a_fault(
    city: City, token: str, case: str, document: str, status: int, code: str
) -> None:
    answer = await ask(token, document)
    assert answer.status_code == status
    (error,) = answer.json()["errors"]
    assert error["extensions"]["code"] == code and error["extensions"]["requestId"]
