"""On SQLite one process writes: commands that write stop beside a server, and wait for each other."""

import asyncio
import contextvars
import json
import os
import signal
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import click
import pytest

from schema.database import has_wal_reset_bug
from schema.people.tables import Organization, Person, Token
from server import settings
from server.commands import main
from server.operations import checks
from server.operations.one_writer import InUse, only_writer
from tests.server.test_commands import PASSWORD, Operator, answered, free_port, ledger
from tests.world import City

WRITING = {
    "migrate": [],
    "rebuild": [],
    "seed": [],
    "demo": ["--fresh", "--yes"],
    "import": ["台账.csv", "--dry-run"],
    "person add": ["jia", "--name", "甲", "--unit", "office", "--stdin"],
    "person disable": ["office"],
    "person enable": ["office"],
    "person post": ["office", "--unit", "group-health-care", "--document", "资组〔2026〕9号"],
    "person end": ["1", "--document", "资组〔2026〕9号"],
    "password": ["office", "--stdin"],
    "token issue": ["office", "--name", "x"],
    "token end": ["1"],
    "contact erase": ["2026-0001", "--document", "当事人申请 2026-11-18"],
    "contact erase-holder": ["91512000MA62K0000X", "张三", "--document", "当事人申请 2026-11-18"],
    "rotate-key": [],
}
READING: dict[str, list[str] | None] = {
    "check": [],
    "anchor": None,  # reads, and writes a file outside: tests/server/test_sealing.py
    "export": ["--format", "json"],
    "person posts": ["office"],
    "token list": [],
    "schema print": [],
    "schema write": None,  # writes a file of the program's
    "schema diff": None,
    "serve": None,
    "backup": None,  # reads, and writes a copy: in tests/jobs
    "worker": None,  # on SQLite the server runs jobs itself, and it says so
}


@pytest.fixture
def sixones(
    committed_db: str, stored_city: City, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Operator:
    return Operator(committed_db, tmp_path, monkeypatch)


def leaves(group: click.Group, path: str = "") -> Iterator[str]:
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from leaves(command, f"{path}{name} ")
        else:
            yield f"{path}{name}"


def test_every_command_is_known_to_write_or_not_to() -> None:
    assert set(leaves(main)) == {*WRITING, *READING}


@pytest.mark.sqlite
async def test_commands_that_write_stop_beside_a_server_and_commands_that_read_do_not(
    sixones: Operator, tmp_path: Path
) -> None:
    people = await Person.all().count()
    with only_writer(settings.orm_config(settings.DATABASE_URL), serves=True):
        for command, words in WRITING.items():
            given = [ledger(tmp_path) if word.endswith(".csv") else word for word in words]
            ran = await sixones(*command.split(), *given, typed=PASSWORD + "\n")
            assert ran.code == 1 and not ran.out, command
            assert f"进程 {os.getpid()} 正在用这个 SQLite 数据库提供服务" in ran.err
            assert "停止服务" in ran.err and "PostgreSQL" in ran.err
        for command, options in READING.items():
            if options is not None:
                ran = await sixones(*command.split(), *options)
                assert ran.out or "没有内容" in ran.err, (command, ran.err)
    assert await Person.filter(active=True).count() == people
    assert not await Token.exists() and await Organization.exists()


@pytest.mark.sqlite
async def test_a_server_keeps_commands_out_until_it_ends_in_whatever_way(
    sixones: Operator,
) -> None:
    port = free_port()
    process = await sixones.start("serve", "--port", str(port))
    try:
        await answered(f"http://127.0.0.1:{port}/healthz", process)
        refused = await sixones("person", "disable", "agent")
        assert refused.code == 1 and f"进程 {process.pid}" in refused.err
        second = await sixones("serve", "--port", str(free_port()))
        assert second.code == 1 and f"进程 {process.pid}" in second.err
        assert (await Person.get(username="agent")).active
    finally:
        process.send_signal(signal.SIGKILL)
        _, err = await process.communicate()
    assert f"SQLite {sqlite3.sqlite_version}" in err.decode().splitlines()[0]
    assert (await sixones("person", "disable", "agent")).code == 0
    assert not (await Person.get(username="agent")).active


async def test_commands_that_write_at_one_time_are_all_done(sixones: Operator) -> None:
    names = ("jia", "yi")
    options = ("--name", "甲", "--unit", "office", "--stdin")
    processes = [await sixones.start("person", "add", name, *options) for name in names]
    password = f"{PASSWORD}\n".encode()
    done = await asyncio.gather(*(process.communicate(password) for process in processes))
    assert [process.returncode for process in processes] == [0, 0], done
    assert await Person.filter(username__in=names).count() == 2


@pytest.mark.sqlite
async def test_a_command_waits_for_another_and_says_so_once(sixones: Operator) -> None:
    config = settings.orm_config(settings.DATABASE_URL)
    with only_writer(config):
        process = await sixones.start("person", "disable", "agent")
        assert process.stderr
        line = (await asyncio.wait_for(process.stderr.readline(), 60)).decode()
        assert f"正在等待另一个命令（进程 {os.getpid()}）" in line
        assert (await Person.get(username="agent")).active
    _, err = await asyncio.wait_for(process.communicate(), 60)
    assert process.returncode == 0 and "等待" not in err.decode()


def test_who_has_the_lock_has_it_again_and_others_do_not(tmp_path: Path) -> None:
    config = settings.orm_config(f"sqlite://{tmp_path}/city.sqlite3")

    def other() -> None:
        with only_writer(config):
            raise AssertionError("two at one time")

    with only_writer(config, serves=True):
        with only_writer(config):
            pass
        with pytest.raises(InUse):
            contextvars.Context().run(other)
    with only_writer(config):
        pass


def test_a_folder_that_cannot_be_written_is_no_way_round(tmp_path: Path) -> None:
    (tmp_path / "city.sqlite3.lock").mkdir()
    config = settings.orm_config(f"sqlite://{tmp_path}/city.sqlite3")
    with pytest.raises(OSError):
        with only_writer(config):
            raise AssertionError("written without the lock")


@pytest.mark.parametrize(
    ("version", "bug"),
    [
        ((3, 6, 23), False),
        ((3, 7, 0), True),
        ((3, 40, 1), True),
        ((3, 44, 5), True),
        ((3, 44, 6), False),
        ((3, 45, 0), True),
        ((3, 50, 6), True),
        ((3, 50, 7), False),
        ((3, 51, 2), True),
        ((3, 51, 3), False),
        ((3, 53, 4), False),
    ],
)
def test_versions_that_can_corrupt_a_file_are_known_and_explained(
    version: tuple[int, ...], bug: bool
) -> None:
    assert has_wal_reset_bug(version) is bug
    words = checks.sqlite_version(version)
    assert words.startswith(".".join(map(str, version)))
    assert ("损坏" in words) is bug and "一个进程写入" in words


@pytest.mark.sqlite
async def test_check_names_the_version_of_sqlite(sixones: Operator) -> None:
    found = json.loads((await sixones("check", "--json")).out)
    (version,) = [each for each in found if each["what"] == "SQLite"]
    with closing(sqlite3.connect(":memory:")) as connection:
        (here,) = connection.execute("SELECT sqlite_version()").fetchone()
    assert version["right"] and version["found"].startswith(here)
