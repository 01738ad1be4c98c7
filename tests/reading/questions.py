"""A story, and a database's answers to many questions about it."""

import asyncio
import pickle
import secrets
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Any

import orjson
import time_machine
from graphql import GraphQLNonNull

from schema.database.connections import open_database
from schema.gate import keys
from schema.people.tables import Company
from schema.project.tables import Project
from schema.query.compiler import JsonText
from schema.query.models import global_id
from server.api.execution import Prepared
from server.operations.migrate import migrate
from server.settings import orm_config
from server.web.documents import Variable
from server.web.resources import documents
from tests.industry import scenes
from tests.ledger.ledgers import SIGNED, line, previewed
from tests.reading.documents import Maker
from tests.reading.test_statements import DOCUMENTS
from tests.world import GRAPH, NOW, City, Said, founded, on

GENERATED = 80
ODD = '口腔 "园" \\ 二期\t甲<b>&\u2028🙂\ufffe\uffff\ufdd0'
NAMES = (
    "Ångström 公司",
    "aa 公司",
    "B 公司",
    "\ufffe 公司",
    "\uffff 公司",
    "\ufffd 公司",
    "🙂 公司",
    "_%\\ 公司",
)
WHO = ("office", "hightech", "anyue", "group", "partner", "public")
SEARCHED = (
    "\ufffe",
    "\uffff",
    "\ufffd",
    "\ufdd0",
    "\ud800",
    "%",
    "_",
    "\\",
    "\\%",
    "%_",
    "公司",
    "a",
    "A",
    "🙂",
    "Å",
)
SEARCH = """query ($text: String!) {
    projects(filter: { text: $text }) { totalCount nodes { no name } }
    companies(filter: { text: $text }) { totalCount nodes { name } }
    search(text: $text) { projectTotal companyTotal projects { no } companies { name } }
}"""
COMPANIES = """query ($first: Int, $after: String, $direction: Direction!) {
    companies(first: $first, after: $after, orderBy: { field: NAME, direction: $direction }) {
        nodes { id name uscc region } pageInfo { endCursor hasNextPage } } }"""
TIMES = "{ projects(first: 100) { nodes { no reportedAt updatedAt signedOn linkage { clock { dueAt label } } } } }"
JOURNAL = """query ($id: ID!) { journal(subject: $id, first: 100) {
    edges { cursor node { at act hash priorHash changes { field label before after } } } } }"""
VALUE = "value { __typename text }"
RULES = f"{{ ruleVersions {{ name version {VALUE} }} rules {{ name version {VALUE} }} }}"


PAGES: dict[str, Any] = {
    "no": "2026-0005",
    "other": "2026-0004",
    "entry": "Z2026-00002",
    "batch": "B2026-001",
    "kind": "companies",
    "row": 2,
    "year": 2026,
    "name": "judgement_days",
    "dispute": "00",
    "which": global_id("Duty", 1),
    "claim": "00",
    "message": "00",
    "proposal": "R2026-001",
    "document": "receipt",
    "number": "3",
    "firstParts": "3",
    "landingParts": "7",
    "time": "17:30",
    "chosen": "00",
    "company": global_id("Company", 1),
    "slug": scenes.GROUP,
    "one": scenes.TEAM,
    "node": "G1-01",
    "target": "MB2026-0001",
    "region": "pearl-delta",
    "task": ["projectJudge"],
    "input": {"name": ODD, "contactPhone": "13900000000"},
}


def is_required(variable: Variable) -> bool:
    return isinstance(variable.type, GraphQLNonNull) and variable.default is None


async def answers(url: str, seed: int) -> dict[str, bytes]:
    """The answer to every question, of graphql-core and as the server gives it, on a city of its own."""
    found: dict[str, bytes] = {}
    with time_machine.travel(NOW, tick=False):
        async with open_database(orm_config(url)):
            city = await founded()
            projects = await story(city)

            async def ask(who: str, document: str, **variables: Any) -> Any:
                prepared = GRAPH.prepare(document, trusted=True)
                assert not isinstance(prepared, list), prepared
                return await run(who, document, prepared, None, variables)

            async def run(
                who: str, document: str, prepared: Prepared, name: str | None, variables: Said
            ) -> Any:
                context = city.context(city[who])
                core = await GRAPH.run(prepared, name, variables, city.context(city[who]))
                served = await GRAPH.answer(prepared, name, variables, context)
                data = served.data
                text = data.text if isinstance(data, JsonText) else orjson.dumps(data)
                errors = [each.message for each in core.errors or ()]
                question = f"{who} {document} {variables!r}"
                found[f"{question} by graphql-core"] = orjson.dumps([core.data, errors])
                found[f"{question} as served"] = text
                return core.data

            for who in WHO:
                for document, _ in DOCUMENTS.values():
                    await ask(who, document)
                for document in (TIMES, RULES):
                    await ask(who, document)
                for project in projects:
                    await ask(who, JOURNAL, id=project["id"])
            for text in SEARCHED:
                await ask("office", SEARCH, text=text)
            for who in ("office", "partner"):
                for direction in ("ASC", "DESC"):
                    after = None
                    while True:
                        page = (
                            await ask(who, COMPANIES, first=3, after=after, direction=direction)
                        )["companies"]
                        after = page["pageInfo"]["endCursor"]
                        if not page["pageInfo"]["hasNextPage"]:
                            break
            for name, page in documents.items():
                if query := page.query:
                    required = [each.name for each in query.variables if is_required(each)]
                    given = {each: PAGES[each] for each in required}
                    for who in ("office", "hightech"):
                        await run(who, name, query.prepared, query.name, given)
            random = Random(seed)
            numbers = tuple(project["no"] for project in projects)
            for _ in range(GENERATED):
                maker = Maker(GRAPH.core, random, numbers)
                document = maker.document()
                await ask(random.choice(WHO), document, **maker.variables)
    return found


async def story(city: City) -> list[Said]:
    """Projects at many stages with odd letters, moments between two seconds, and names of all kinds."""
    plain = await city.report()
    odd = await city.report(
        city.branch, name=ODD, summary="第一行\n第二行", contactName='"', place="lezhi"
    )
    await city.done(city.office, "projectReturn", **on(plain), reason="缺佐证")
    judged = await city.judged()
    moved = await city.transferred()
    signed = await city.signed()
    for amount in ("1000000.05", "0.05", "3200万"):
        signed = (await city.pay(signed, amount))["project"]
    await city.tax(signed, "100.05")
    for name in NAMES:
        await city.report(city.yanjiang, investorName=name, name=f"{name}的项目", needs=name)
    controls = "".join(map(chr, range(1, 32))) + "\x7f\x85"
    await Project.filter(no=plain["no"]).update(summary=controls)
    projects = await Project.all().order_by("id")
    for number, project in enumerate(projects):
        micro = (0, 1, 499_999, 500_000, 999_499, 999_500, 999_999)[number % 7]
        at = NOW.replace(second=59, microsecond=micro) - timedelta(days=number)
        await Project.filter(id=project.id).update(reported_at=at, updated_at=at)
    assert await Company.all().count() > len(NAMES)
    lines = [line(1), line(2, amount="面议"), line(3, name=ODD), line(4, SIGNED, stage="不清楚")]
    batch = await previewed(city, *lines)
    await city.done(
        city.office, "ledgerImport", batch=batch["no"], revision=batch["revision"], onlyCorrect=True
    )
    await scenes.check(city)
    node = await scenes.node(city)
    assert node == PAGES["node"]
    for name in NAMES:
        firm = {"node": node, "name": name, "source": "高新区企业名录"}
        await city.done(city.group, "chainFirmAdd", **firm)
        await city.done(city.group, "targetCompanyAdd", name=name, node=node, another=True)
    return [plain, odd, judged, moved, signed]


def main(url: str, seed: int, file: str) -> None:
    """The same on a new database, in a process of its own: Tortoise keeps SQL for the whole process.
    The journal's key and the salts of personal data, which are in its hashes, come from the seed.
    """
    chance = Random(seed)
    secrets.token_bytes = lambda nbytes=None: chance.randbytes(nbytes or 32)
    keys.file().unlink()
    keys.make()

    async def migrated() -> dict[str, bytes]:
        await migrate(orm_config(url))
        return await answers(url, seed)

    Path(file).write_bytes(pickle.dumps(asyncio.run(migrated())))
