"""While the database is away every address says so, and none of them says anything else."""

import re
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from starlette.routing import Route

from schema.database import RETRY_AFTER, open_database
from server.routes import routes
from server.settings import orm_config
from tests.conftest import _renamed, copied
from tests.server.doors import browser
from tests.server.test_outage import Program, Trouble, outage

__all__ = ["outage"]  # the fixture

SAMPLES = {"no": "2026-0001", "other": "2026-0002", "year": "2026", "id": "1", "row": "1",
           "name": "ranking", "kind": "place", "colour": "1B4F86"}  # fmt: skip
NEED_NO_DATABASE = {
    "/graphql/schema.graphql",
    "/embed.js",
    "/static/{path:path}",
    "/widgets/accent/{colour}.css",
    "/widgets/ranking",  # the public is shown none before it is published
    "/embed/ranking",
}
LEAKS = re.compile(
    r"Traceback|SELECT |asyncpg|sqlite|tortoise|OperationalError|/schema/|127\.0\.0\.1"
)


def addresses(method: str) -> list[str]:
    """Every route that takes the method, with something in place of its parameters."""
    return sorted(
        re.sub(r"{(\w+)(:\w+)?}", lambda found: SAMPLES.get(found[1], "1"), route.path)
        for route in routes
        if isinstance(route, Route)
        and route.path not in NEED_NO_DATABASE
        and (route.methods is None or method in route.methods)
    )


def check(answer: Any, path: str) -> None:
    assert answer.status_code == 503, (path, answer.status_code, answer.text[:300])
    assert answer.headers["retry-after"] == str(RETRY_AFTER), path
    assert answer.headers["cache-control"] == "no-store", path
    assert not LEAKS.search(answer.text), path
    if path.startswith("/graphql"):
        (error,) = answer.json()["errors"]
        assert error["extensions"]["code"] == "UNAVAILABLE", path
        assert error["extensions"]["requestId"] == answer.headers["x-request-id"]
        assert "data" not in answer.json()
    if path != "/healthz":
        assert answer.headers["x-request-id"] in answer.text, path


async def test_every_address_answers_503_to_somebody_signed_in(
    outage: tuple[Program, Trouble],
) -> None:
    program, begin = outage
    await begin()
    cookie = {"cookie": "sixones=x", "accept": "text/html, */*;q=0.8"}
    for path in addresses("GET"):
        asked = f"{path}?query={{__typename}}" if path == "/graphql" else path
        check(await program.visitor.get(asked, headers=cookie), path)
    for path in addresses("POST"):
        body: dict[str, Any] = {
            "data": {"act": "x", "username": "a", "password": "b", "theme": "dark"}
        }
        if path == "/graphql":
            body = {"json": {"query": "{ __typename }"}}
        check(await program.visitor.post(path, headers=cookie, **body), path)


async def test_every_address_answers_503_to_a_program(outage: tuple[Program, Trouble]) -> None:
    program, begin = outage
    await begin()
    headers = program.bearer | {"accept": "application/json"}
    for path in addresses("GET"):
        if path.startswith(("/sign-in", "/account", "/events")):
            continue  # for browsers alone: 403 before anybody is looked up
        answer = await program.visitor.get(
            f"{path}?query={{__typename}}" if path == "/graphql" else path, headers=headers
        )
        check(answer, path)
        assert "json" in answer.headers["content-type"], path


async def test_what_needs_no_database_is_there(outage: tuple[Program, Trouble]) -> None:
    program, begin = outage
    await begin()
    for path in ("/graphql/schema.graphql", "/embed.js", "/static/css/app.css",
                 "/widgets/accent/1B4F86.css"):  # fmt: skip
        assert (await program.visitor.get(path)).status_code == 200, path
    assert (await program.visitor.get("/sign-in")).status_code == 200


@pytest.mark.parametrize("path", ["/sign-in", "/preferences"])
async def test_a_visitor_who_is_nobody_yet_reads_the_same(
    outage: tuple[Program, Trouble], path: str
) -> None:
    program, begin = outage
    await begin()
    form = {"username": "yanjiang", "password": "Ziyang-2026-lemon", "theme": "dark"}
    answer = await program.visitor.post(path, data=form)
    assert answer.status_code == (503 if path == "/sign-in" else 303)


async def test_a_database_that_is_dropped_and_made_again_is_found_again(
    template_url: str, tmp_path: Path
) -> None:
    if template_url.startswith("sqlite"):
        pytest.skip("a file that is open is not gone")
    template = template_url.partition("?")[0].rpartition("/")[2]
    admin = await asyncpg.connect(
        _renamed(template_url, "postgres").replace("asyncpg", "postgresql")
    )
    try:
        async with copied(template_url, tmp_path) as url, open_database(orm_config(url)):
            name = url.partition("?")[0].rpartition("/")[2]
            async with browser() as visitor:
                assert (await visitor.get("/healthz")).status_code == 200
                await admin.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
                for path in ("/healthz", "/graphql?query={places{name}}"):
                    check(await visitor.get(path), path)
                await admin.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
                for path in ("/healthz", "/graphql?query={places{name}}"):
                    assert (await visitor.get(path)).status_code == 200, path
    finally:
        await admin.close()
