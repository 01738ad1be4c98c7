"""How much a read asks of the database: the same for few rows and for many."""

import asyncio

import pytest

from schema.database.statements import counting
from schema.graph import schema
from schema.permissions import Viewer
from schema.query.loaders import Rows
from schema.query.models import Record
from tests.house.test_who_may import retry_job
from tests.world import GRAPH, City, on

LIST = """{ projects(first: 100) { totalCount nodes {
    no name stage amount investor { name uscc } group { shortName office { name } }
    reportedBy { name place { name } } reporter { name }
    firstContactPlace { name } landingPlace { name }
    steps { label } acts { name open reason }
    entries(first: 3) { nodes { no amount recordedBy { name } } }
    linkage {
        claims { place { name } claimedBy { name } evidence { name } }
        judgement { reason judgedBy { name } }
        transfers { toPlace { name } } clock { label }
        shares { indicator total explanation { ruleVersion } }
        credits(first: 3) { nodes { amount place { name } } }
    }
    journal(first: 3) { nodes { act label } }
} } }"""
QUEUE = """{ judgementQueue(first: 100) { nodes {
    no linkage { clock { label lamp } claims { place { name } evidence { name } } }
} } }"""
INBOX = """{ viewer { inbox { label waiting { shortName } bucket status
    project { no name investor { name } } } counts { inbox judgement disputed transfers } } }"""
RANKING = "{ ranking { rows { rank place { name } paidInFunds explanation { formula } } } }"
CREDITS = """{ credits(first: 100) { nodes {
    amount role entry { no } project { no name } place { name } rule { version }
    explanation { ruleVersion inputs { value } }
} } }"""
JOURNALS = """{ projects(first: 100) { nodes {
    journal(first: 5) { nodes { act changes { label before after } } }
} } }"""
NODES = "{ nodes(ids: [%s]) { id ... on Project { no investor { name } } } }"

DOCUMENTS = {
    "the list with everything": (LIST, 29),
    "the judgement queue": (QUEUE, 6),
    "the inbox": (INBOX, 9),
    "the ranking": (RANKING, 5),
    "the ledger of credits": (CREDITS, 7),
    "journals": (JOURNALS, 24),
}


@pytest.mark.parametrize(("document", "most"), DOCUMENTS.values(), ids=DOCUMENTS)
async def test_a_read_asks_as_much_for_many_rows_as_for_few(
    city: City, document: str, most: int
) -> None:
    await fill(city, 1)
    few = await asked(city, city.office, document)
    await fill(city, 4)
    many = await asked(city, city.office, document)
    assert many == few, "a statement for each row"
    assert max(few) <= most


async def test_all_kinds_of_repeating_jobs_are_read_at_once(city: City) -> None:
    """Those that wait for their period and those that have ended, of every kind, by one statement."""
    await retry_job(city)
    document = "{ repeatingJobs { title nextAt last { state endedAt error } } }"
    assert await asked(city, city.office, document) == (1, 1)
    assert await asked(city, city.leader, document) == (0, 0)


async def test_many_nodes_are_read_at_once(city: City) -> None:
    projects = [await city.report() for _ in range(9)]
    counts = []
    for some in (projects[:2], projects):
        ids = ", ".join(f'"{project["id"]}"' for project in some)
        counts.append(await asked(city, city.office, NODES % ids))
    assert counts[0] == counts[1]


async def test_a_plain_list_is_one_statement(city: City) -> None:
    await fill(city, 3)
    document = """{ projects(first: 50) { totalCount nodes {
        no name amount stage investor { name } firstContactPlace { name } } } }"""
    assert (await asked(city, city.office, document))[1] == 1
    assert (await asked(city, city.hightech, document))[1] == 1


async def test_an_act_asks_no_more_for_a_city_with_many_projects(city: City) -> None:
    counts = []
    for more in (1, 5):
        await fill(city, more)
        project = await city.signed()
        with counting() as sent:
            await city.pay(project, "1000万")
        counts.append(len(sent))
    # Three of them: whether one like it stands already, and the duty to verify it, read and written.
    assert counts[0] == counts[1] <= 37  # 35 on SQLite; PostgreSQL also locks in the database


async def test_units_are_read_once_however_many_ask_for_others_meanwhile(city: City) -> None:
    """The first unit is read alone; whoever asks for the second reads all, and who comes then waits."""
    rows = Rows(city.office)
    first = await rows.one("Organization", 1)

    async def later(key: int, turns: int) -> Record | None:
        for _ in range(turns):
            await asyncio.sleep(0)
        return await rows.one("Organization", key)

    with counting() as sent:
        found = await asyncio.gather(*(later(key, key) for key in (2, 3, 4, 5)))
    assert len(sent) == 1 and first is not None
    assert [each and each["id"] for each in found] == [2, 3, 4, 5]
    with counting() as sent:
        assert await rows.one("Organization", 6) and not sent
        rows.forget()
        assert await rows.one("Organization", 1) and len(sent) == 1, "after an act anew"


async def fill(city: City, count: int) -> None:
    """Projects waiting, in dispute, in transfer and paid in: something for every list."""
    for _ in range(count):
        await city.report(evidence=[{"name": "纪要.txt", "content": "5Lya6K6u"}])
        judged = await city.judged()
        await city.done(
            city.yanjiang,
            "projectTransferRequest",
            **on(judged),
            landingPlace="airport",
            reason="用地不足",
        )
        paid = await city.pay(await city.signed(), "1000万")
        await city.tax(paid["project"], "100.05")


async def asked(city: City, viewer: Viewer, document: str) -> tuple[int, int]:
    """Statements of graphql-core's way, and of the server's."""
    with counting() as sent:
        answer = await schema.execute(document, context_value=city.context(viewer))
    assert not answer.errors, answer.errors
    prepared = GRAPH.prepare(document)
    assert not isinstance(prepared, list), prepared
    with counting() as served:
        await GRAPH.answer(prepared, None, {}, city.context(viewer))
    return len(sent), len(served)
