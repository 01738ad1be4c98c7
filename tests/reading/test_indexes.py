"""Long lists are read along an index: the database neither sorts nor walks over what it does not show."""

import re
from typing import Any

import pytest
from tortoise.connection import get_connection

from schema import database
from schema.permissions import visible
from schema.project.tables import Project
from tests.reading.test_pages import projects
from tests.world import GRAPH, City

LIST = """query ($first: Int, $after: String, $by: ProjectOrder) {
    projects(first: $first, after: $after, orderBy: $by) {
        pageInfo { endCursor }
        nodes { no name amount investor { name } group { name } landingPlace { name } }
    }
}"""
NESTED = """{ projects(first: 25) { nodes {
    no
    entries(first: 5) { nodes { no amount } pageInfo { hasNextPage endCursor } }
    journal(first: 5) { nodes { act } }
    fulfilment { milestones { stage } }
    linkage { claims { contactOn evidence { name } } judgement { reason } }
} } }"""
ONE = "query ($no: String!) { project(no: $no) { no name entries(first: 10) { nodes { no } } } }"
BY_INDEX = ("REPORTED_AT", "UPDATED_AT", "AMOUNT", "PAID_IN_FUNDS")


@pytest.mark.parametrize("direction", ["DESC", "ASC"])
@pytest.mark.parametrize("field", BY_INDEX)
async def test_a_page_near_and_far_is_read_along_the_index_of_its_order(
    city: City, field: str, direction: str
) -> None:
    await projects(city, 60)
    by = {"field": field, "direction": direction}
    statement, answer = await asked(city, LIST, first=10, by=by)
    cursor = answer["projects"]["pageInfo"]["endCursor"]
    following, _ = await asked(city, LIST, first=10, by=by, after=cursor)
    for each in (statement, following):
        plan = await explained(*each)
        assert "ix_project_" in plan, plan
        assert "sort" not in plan.lower() and "temp b-tree" not in plan.lower(), plan


async def test_what_hangs_on_a_project_is_found_by_index(city: City) -> None:
    await projects(city, 60)
    statement, _ = await asked(city, NESTED)
    assert walked_over(await explained(*statement)) == []


async def test_one_project_is_found_by_its_number(city: City) -> None:
    await projects(city, 60)
    no = (await Project.first().values("no"))["no"]  # type: ignore[index]
    statement, _ = await asked(city, ONE, no=no)
    assert walked_over(await explained(*statement)) == []


async def test_the_projects_of_a_target_company_are_found_by_index(city: City) -> None:
    """By its code, or else its name, for a post that sees some projects as for one that sees all."""
    await projects(city, 60)
    await city.done(city.group, "targetCompanyAdd", name="深圳市精密齿轮有限公司")
    sent: list[tuple[str, Any]] = []
    fetch = database.fetch

    async def record(sql: str, params: Any = ()) -> list[Any]:
        sent.append((sql, params))
        return await fetch(sql, params)

    for viewer in (city.office, city.group):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(database, "fetch", record)
            await city.run(viewer, "{ targetCompanies { nodes { leads { no } } } }")
        statement = next(each for each in sent if 'JOIN "company" o' in each[0])
        assert walked_over(await explained(*statement, but=("bitmapscan",))) == []
        sent.clear()


async def test_who_holds_a_project_is_found_by_its_own_duties(city: City) -> None:
    """Not by all that are open: they are few of one project, and many of the city."""
    await projects(city, 60)
    held, values = visible("project", "t", city.hightech)
    plan = await explained(f'SELECT t."id" FROM "project" t WHERE {held}', values)
    once = "hashed SubPlan" in plan  # PostgreSQL asks for all of them, and once
    assert once or ("ix_duty_project" in plan and "ix_duty_due" not in plan), plan


async def test_a_table_without_an_index_would_be_noticed(city: City) -> None:
    await projects(city, 60)
    statement = 'SELECT t."no" FROM "project" t WHERE t."summary" = ?'
    assert len(walked_over(await explained(statement, ["x"]))) == 1


async def asked(city: City, document: str, **variables: Any) -> tuple[tuple[str, Any], Any]:
    """The statement that the database was sent for a document, and the answer."""
    sent: list[tuple[str, Any]] = []
    records = database.records

    async def record(sql: str, params: Any = ()) -> list[Any]:
        sent.append((sql, params))
        return await records(sql, params)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(database, "records", record)
        answer = await city.run(city.office, document, **variables)
        sent.clear()
        prepared = GRAPH.prepare(document)
        assert not isinstance(prepared, list), prepared
        await GRAPH.answer(prepared, None, variables, city.context(city.office))
    (statement,) = sent
    return statement, answer


async def explained(sql: str, params: Any, but: tuple[str, ...] = ()) -> str:
    """How the database goes about it, were its tables long: few rows it would rather walk over."""
    if database.dialect() == "sqlite":
        found = await database.fetch(f"EXPLAIN QUERY PLAN {sql}", params)
        return "\n".join(row["detail"] for row in found)
    client = get_connection("default")
    for method in {"seqscan", "bitmapscan", "hashjoin", "mergejoin"} - {*but}:
        await client.execute_script(f"SET LOCAL enable_{method} = off")
    found = await database.fetch(f"EXPLAIN {sql}", params)
    return "\n".join(row["QUERY PLAN"] for row in found)


def walked_over(plan: str) -> list[str]:
    """The lines of a plan that go through a whole table; `s` and `p` are pages that were found already."""
    whole = re.compile(r"Seq Scan on |SCAN (?![sp]\b|CONSTANT|\(subquery)(?!.*USING)")
    return [line.strip() for line in plan.splitlines() if whole.search(line)]
