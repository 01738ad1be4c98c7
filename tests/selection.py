"""Which of the collected tests a run has: its database's and, unless asked for, no long ones.

Every test runs on SQLite; PostgreSQL runs again those that ask for a database, which is seen from
their fixtures: `base_url` is behind all that make one. A test that opens one in another way would
be left out unnoticed, so it fails on SQLite unless it is marked as being about SQLite alone.
A test that takes long is marked `soak`; where a short form of it is enough for every day, only a
parameter is: `pytest.param(200, marks=pytest.mark.soak)`.
"""

import sys
from collections.abc import Iterator
from typing import Any

import pytest

opened: list[str] = []


def listen(event: str, args: tuple[Any, ...]) -> None:
    """Note what this process, or a command that it starts, opens as a database."""
    if event == "sqlite3.connect":
        opened.append(str(args[0]))
    elif event == "subprocess.Popen" and "server" in (words := [str(word) for word in args[1]]):
        opened.append(" ".join(words))


sys.addaudithook(listen)


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "soak: takes long; only `make soak` runs it")
    config.addinivalue_line("markers", "sqlite: is about SQLite alone, so PostgreSQL skips it")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--db",
        choices=["sqlite", "postgres"],
        default="sqlite",
        help="one database for each run: Tortoise keeps SQL for the whole process",
    )


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    left_out = [item for item in items if not is_run(config, item)]
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if is_run(config, item)]


def is_run(config: pytest.Config, item: pytest.Item) -> bool:
    """Whether this run has the test; -m that names soak, and only that, brings in the long ones."""
    if item.get_closest_marker("soak") and "soak" not in config.getoption("markexpr"):
        return False
    if config.getoption("--db") == "sqlite":
        return True
    return asks_for_database(item) and not item.get_closest_marker("sqlite")


def asks_for_database(item: pytest.Item) -> bool:
    return "base_url" in getattr(item, "fixturenames", ())


def pytest_runtest_setup() -> None:
    opened.clear()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Iterator[None]:
    yield
    if opened and not asks_for_database(item) and not item.get_closest_marker("sqlite"):
        pytest.fail(
            f"{item.nodeid} opens {', '.join(opened)} by none of the fixtures that choose a"
            " database, so PostgreSQL would never run it.",
            pytrace=False,
        )
