"""Processes that race, the same ones for the whole run."""

from collections.abc import Iterator

import pytest

from tests.races.racers import Racers

PROCESSES = 16


@pytest.fixture(scope="session")
def racers() -> Iterator[Racers]:
    started = Racers()
    yield started
    started.stop()


@pytest.fixture
def at_most(request: pytest.FixtureRequest) -> int:
    """How many processes race: SQLite lets one write at a time, and two show that it does."""
    return 2 if request.config.getoption("--db") == "sqlite" else PROCESSES
