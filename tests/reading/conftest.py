"""Tests of what is made up at random print their seed when they start and when they fail."""

from collections.abc import Generator

import pytest

from tests.reading.seed import SEED


@pytest.fixture
def random_seed(request: pytest.FixtureRequest, capsys: pytest.CaptureFixture[str]) -> int:
    """Another one in every run, or the one of SIXONES_TEST_SEED."""
    with capsys.disabled():
        print(f"\n{request.node.name}: SIXONES_TEST_SEED={SEED}")
    return SEED


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if report.failed and "random_seed" in getattr(item, "fixturenames", ()):
        report.sections.append(
            ("To run it again", f"SIXONES_TEST_SEED={SEED} pytest {item.nodeid}")
        )
    return report
