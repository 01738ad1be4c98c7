"""A database that cannot do now what it is asked: one error, and one answer on every way in."""

import asyncio
import sqlite3
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, closing, suppress
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import asyncpg
import httpx2
import pytest
import pytest_asyncio

from schema.database import (
    RETRY_AFTER,
    Reason,
    Unavailable,
    fetch,
    open_database,
    transaction,
)
from schema.people.tables import Person
from schema.project.tables import Project
from server.people.tokens import issue
from server.settings import orm_config
from tests.conftest import copied
from tests.server.doors import browser
from tests.server.test_db import Parcel, config, names
from tests.world import founded, uscc


class Line:
    """The line to a PostgreSQL server, which can be cut and mended."""

    def __init__(self, url: str) -> None:
        head, _, query = url.partition("?")
        self.host = parse_qs(query).get("host", [urlsplit(url).hostname or ""])[0]
        self.port = urlsplit(url).port or 5432
        self.path = urlsplit(head).path
        self.user = urlsplit(head).netloc.rpartition("@")[0]
        self.calls: set[asyncio.StreamWriter] = set()
        self.tasks: set[asyncio.Task[None]] = set()
        self.server: asyncio.Server | None = None
        self.bound = 0

    @property
    def url(self) -> str:
        return f"asyncpg://{self.user}@127.0.0.1:{self.bound}{self.path}"

    async def mend(self) -> None:
        self.server = await asyncio.start_server(self._carry, "127.0.0.1", self.bound)
        self.bound = self.server.sockets[0].getsockname()[1]

    async def cut(self) -> None:
        assert self.server
        self.server.close()
        for writer in self.calls:
            writer.transport.abort()
        for task in tuple(self.tasks):
            task.cancel()
        if self.tasks:
            await asyncio.wait(self.tasks)

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self.host.startswith("/"):
            far = await asyncio.open_unix_connection(f"{self.host}/.s.PGSQL.{self.port}")
        else:
            far = await asyncio.open_connection(self.host, self.port)
        pairs = ((reader, far[1]), (far[0], writer))
        self.calls |= {writer, far[1]}
        for source, target in pairs:
            task = asyncio.create_task(self._copy(source, target))
            self.tasks.add(task)
            task.add_done_callback(self.tasks.discard)

    @staticmethod
    async def _copy(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError):
            while data := await source.read(65536):
                target.write(data)
                await target.drain()
        target.close()


@asynccontextmanager
async def lined(url: str) -> AsyncIterator[tuple[str, Line]]:
    line = Line(url)
    await line.mend()
    try:
        yield line.url, line
    finally:
        await line.cut()


Trouble = Callable[[], Awaitable[None]]


async def refused(work: Awaitable[Any]) -> Unavailable:
    with pytest.raises(Unavailable) as found:
        async with asyncio.timeout(20):
            await work
    return found.value


async def create(name: str) -> None:
    async with transaction():
        await Parcel.create(name=name)


# ---------------------------------------------------------------- the error


async def test_a_server_that_goes_away_is_known_and_found_again(empty_url: str) -> None:
    if empty_url.startswith("sqlite"):
        return
    async with lined(empty_url) as (url, line), open_database(config(url)) as context:
        await context.generate_schemas()
        await asyncio.gather(*(create(f"silk {number}") for number in range(6)))

        async def act(wait: asyncio.Event, go_on: asyncio.Event) -> None:
            async with transaction():
                await Parcel.create(name="salt")
                wait.set()
                await go_on.wait()

        inside, go_on = asyncio.Event(), asyncio.Event()
        task = asyncio.create_task(act(inside, go_on))
        await inside.wait()
        await line.cut()
        for work in (
            names,
            partial(create, "tea"),
            Parcel.all().exists,
            partial(Parcel.create, name="x"),
        ):
            trouble = await refused(work())
            assert trouble.reason is Reason.AWAY and not trouble.uncertain
        go_on.set()
        assert (await refused(task)).reason is Reason.AWAY
        await line.mend()
        assert await names() == {f"silk {number}" for number in range(6)}
        await create("tea")


async def test_a_line_that_is_cut_at_the_commit_leaves_it_uncertain(
    empty_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if empty_url.startswith("sqlite"):
        return
    async with lined(empty_url) as (url, line), open_database(config(url)) as context:
        await context.generate_schemas()

        async def commit(_transaction: object) -> None:
            """The line is cut after the last look at it and before COMMIT is answered."""
            await line.cut()
            raise asyncpg.ConnectionDoesNotExistError("connection was closed")

        monkeypatch.setattr("asyncpg.transaction.Transaction.commit", commit)
        trouble = await refused(create("silk"))
        assert trouble.reason is Reason.AWAY and trouble.uncertain


@pytest.mark.sqlite
async def test_a_file_that_is_no_database_or_cannot_be_opened_is_known(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("this is no database " * 100)
    for path in (tmp_path, tmp_path / "notes.txt"):
        with pytest.raises(Unavailable) as found:
            async with open_database(config(f"sqlite://{path}")):
                pass
        assert found.value.reason is Reason.AWAY


@pytest.mark.sqlite
async def test_a_disk_that_is_full_is_known_and_nothing_is_half_written(empty_url: str) -> None:
    async with open_database(config(empty_url)) as context:
        await context.generate_schemas()
        writer = context.db("default")
        _, (pages,) = await writer.execute_query("PRAGMA page_count")
        await writer.execute_query(f"PRAGMA max_page_count = {pages[0]}")

        async def many() -> None:
            async with transaction():
                await Parcel.bulk_create([Parcel(name=f"parcel {n}") for n in range(5000)])

        assert (await refused(many())).reason is Reason.FULL
        assert await names() == set()
        await writer.execute_query("PRAGMA max_page_count = 100000")
        await create("silk")


@asynccontextmanager
async def held(url: str, postgres: str) -> AsyncIterator[None]:
    """What another process holds meanwhile: the whole file, or what one statement locks."""
    if url.startswith("sqlite"):
        with closing(sqlite3.connect(url.removeprefix("sqlite://"))) as other:
            other.execute("BEGIN IMMEDIATE")
            yield
        return
    other = await asyncpg.connect(url.replace("asyncpg://", "postgresql://"))
    try:
        async with other.transaction():
            await other.execute(postgres)
            yield
    finally:
        await other.close()


async def test_an_act_that_cannot_have_its_lock_in_time_stores_nothing(
    empty_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("server.settings.LOCK_WAIT", 0.5)
    async with open_database(config(empty_url)) as context:
        await context.generate_schemas()
        await create("silk")

        async def act() -> None:
            async with transaction():
                await Parcel.create(name="salt")
                await Parcel.filter(name="silk").update(weight=1)

        async def single() -> None:
            await Parcel.filter(name="silk").update(weight=1)

        async with held(empty_url, "UPDATE parcel SET weight = 2"):
            for work in (act, single):
                assert (await refused(work())).reason is Reason.BUSY
            assert await fetch("SELECT name, weight FROM parcel") == [{"name": "silk", "weight": 0}]
        await act()


async def test_acts_that_wait_in_one_process_give_up_as_well(
    empty_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("server.settings.LOCK_WAIT", 0.5)
    async with open_database(config(f"{empty_url}")) as context:
        await context.generate_schemas()
        await create("silk")
        held_lock, done = asyncio.Event(), asyncio.Event()

        async def slow() -> None:
            async with transaction():
                await Parcel.filter(name="silk").update(weight=1)
                held_lock.set()
                await done.wait()

        async def act() -> None:
            async with transaction():
                await Parcel.filter(name="silk").update(weight=2)

        first = asyncio.create_task(slow())
        await held_lock.wait()
        acts = [asyncio.create_task(refused(act())) for _ in range(20)]
        assert {trouble.reason for trouble in await asyncio.gather(*acts)} == {Reason.BUSY}
        done.set()
        await first
        await act()
        assert await fetch("SELECT weight FROM parcel") == [{"weight": 2}]


# ---------------------------------------------------------------- the answer

REPORT = """mutation Report($input: ProjectReportInput!) {
  projectReport(input: $input) { project { no } userErrors { message } }
}"""
LEAD = {
    "name": "轨道交通转向架智能工厂",
    "investorName": "四川某轨道装备有限公司",
    "amount": "12.5亿",
}


def lead(number: int) -> dict[str, Any]:
    return {**LEAD, "name": f"智能工厂{number}号", "uscc": uscc(number)}


class Program:
    """A partner's program with its token, and a browser with a session of the same person."""

    def __init__(self, visitor: httpx2.AsyncClient, token: str) -> None:
        self.visitor, self.bearer = visitor, {"Authorization": f"Bearer {token}"}

    async def report(self, number: int) -> httpx2.Response:
        body = {"query": REPORT, "variables": {"input": lead(number)}}
        return await self.visitor.post("/graphql", json=body, headers=self.bearer)

    async def ask(self, document: str) -> httpx2.Response:
        return await self.visitor.post("/graphql", json={"query": document}, headers=self.bearer)


@asynccontextmanager
async def program() -> AsyncIterator[Program]:
    """A program of Yanjiang's in a city that has just been founded."""
    await founded()
    token = (await issue(await Person.get(username="yanjiang"), "联网程序"))[1]
    async with browser() as visitor:
        yield Program(visitor, token)


@pytest_asyncio.fixture
async def outage(template_url: str, tmp_path: Path) -> AsyncIterator[tuple[Program, Trouble]]:
    """A program, and the database's outage, which begins when the test says so."""
    async with copied(template_url, tmp_path) as url:
        if url.startswith("sqlite"):
            async with open_database(orm_config(url)) as context, program() as visitor:

                async def lose_file() -> None:
                    """Every connection loses its file, as where a disk is gone."""
                    for client in map(context.db, ("default", "read")):
                        await client.close()
                        client.filename = f"{tmp_path}/gone/city.sqlite3"

                yield visitor, lose_file
            return
        async with lined(url) as (far, line), open_database(orm_config(far)), program() as visitor:
            yield visitor, line.cut


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/healthz"),
        ("GET", "/projects"),
        ("GET", "/projects.csv"),
        ("GET", "/files/1"),
        ("GET", "/graphql/d/ranking"),
        ("POST", "/sign-in"),
        ("GRAPH", "{ projects { totalCount } }"),
        ("GRAPH", "{ viewer { name } places { name } __schema { queryType { name } } }"),
        ("ACT", "projectReport"),
    ],
)
async def test_every_way_in_answers_503_and_says_when_to_come_again(
    outage: tuple[Program, Trouble], method: str, path: str
) -> None:
    yanjiang, begin = outage
    visitor = yanjiang.visitor
    await begin()
    if method == "GRAPH":
        answer = await yanjiang.ask(path)
    elif method == "ACT":
        answer = await yanjiang.report(1)
    elif method == "POST":
        form = {"username": "yanjiang", "password": "Ziyang-2026-lemon"}
        answer = await visitor.post(path, data=form)
    else:
        answer = await visitor.get(path, headers={"cookie": "sixones=x"})
    assert answer.status_code == 503, answer.text[:300]
    assert answer.headers["retry-after"] == str(RETRY_AFTER)
    assert answer.headers["cache-control"] == "no-store"
    if method in ("GRAPH", "ACT"):
        (error,) = answer.json()["errors"]
        assert error["extensions"]["code"] == "UNAVAILABLE" and "没有改动" in error["message"]
        assert "data" not in answer.json()
    assert "没有应答" in answer.text


async def test_an_act_that_waits_too_long_is_503_and_nothing_is_written(
    migrated_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("server.settings.LOCK_WAIT", 0.5)
    async with open_database(orm_config(migrated_url)), program() as yanjiang:
        await yanjiang.report(1)
        async with held(migrated_url, "SELECT * FROM sequence FOR UPDATE"):
            answer = await yanjiang.report(2)
            assert answer.status_code == 503, answer.text
            assert answer.headers["retry-after"] == str(RETRY_AFTER)
            (error,) = answer.json()["errors"]
            assert error["extensions"]["code"] == "UNAVAILABLE"
            assert "内容没有改动" in error["message"]
            assert await Project.all().count() == 1
        assert (await yanjiang.report(2)).status_code == 200
        assert await Project.all().count() == 2


async def test_an_act_whose_answer_is_lost_after_it_was_stored_does_not_claim_otherwise(
    committed_db: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(*_: object) -> None:
        raise Unavailable(Reason.AWAY)

    monkeypatch.setattr(sys.modules["schema.gate.act"], "reload", away)
    async with program() as yanjiang:
        answer = await yanjiang.report(1)
    assert answer.status_code == 503
    assert "可能已经办理" in answer.json()["errors"][0]["message"]
    assert await Project.all().count() == 1


# ---------------------------------------------------------------- reads beside acts that wait


async def test_reads_and_healthz_are_answered_while_64_acts_wait_for_one_lock(
    committed_db: str,
) -> None:
    async with program() as yanjiang:
        await yanjiang.report(100)
        async with held(committed_db, "SELECT * FROM sequence FOR UPDATE"):
            acts = [asyncio.create_task(yanjiang.report(number)) for number in range(1, 65)]
            async with asyncio.timeout(15):
                for _ in range(20):
                    assert (await yanjiang.visitor.get("/healthz")).status_code == 200
                    found = await yanjiang.ask("{ projects { totalCount } places { name } }")
                    assert found.json()["data"]["projects"] == {"totalCount": 1}
            assert not any(act.done() for act in acts), "the acts were to wait meanwhile"
        answers = await asyncio.gather(*acts)
    assert {each.status_code for each in answers} == {200}
    assert await Project.all().count() == 65
