"""Each run has the tests it is for: everything on SQLite, on PostgreSQL what asks for a database."""

import pytest

TESTS = """
import sqlite3, subprocess, sys
import pytest

@pytest.fixture
def base_url(): return "where databases are made"

@pytest.fixture
def city(base_url): return "a city in one of them"

def test_a_rule(): pass
def test_a_row(city): pass
@pytest.mark.sqlite
def test_a_file(city): pass
@pytest.mark.soak
def test_a_long_race(city): pass
@pytest.mark.soak
def test_a_long_rule(): pass
"""
HIDDEN = """
def test_a_row_out_of_nowhere(): sqlite3.connect(":memory:").close()
def test_a_command(): subprocess.run([sys.executable, "-c", "", "server"])
@pytest.mark.sqlite
def test_another_file(): sqlite3.connect(":memory:").close()
def test_another_row(city): sqlite3.connect(":memory:").close()
"""


@pytest.fixture(autouse=True)
def no_other_plugins(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")


def passed(pytester: pytest.Pytester, *words: str) -> set[str]:
    done = pytester.inline_run("-p", "tests.selection", *words)
    passed, _, failed = done.listoutcomes()
    assert not failed
    return {name(report) for report in passed}


def name(report: pytest.CollectReport | pytest.TestReport) -> str:
    return report.nodeid.rpartition("::test_")[2]


def test_postgres_repeats_what_asks_for_a_database(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(TESTS)
    assert passed(pytester) == {"a_rule", "a_row", "a_file"}
    assert passed(pytester, "--db=postgres") == {"a_row"}


def test_long_tests_run_when_they_are_asked_for(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(TESTS)
    assert passed(pytester, "-m", "soak") == {"a_long_race", "a_long_rule"}
    assert passed(pytester, "-m", "soak", "--db=postgres") == {"a_long_race"}
    assert passed(pytester, "-m", "not browser") == {"a_rule", "a_row", "a_file"}


@pytest.mark.sqlite
def test_a_database_that_no_fixture_opened_fails_the_test(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(TESTS + HIDDEN)
    passed, _, failed = pytester.inline_run("-p", "tests.selection").listoutcomes()
    assert set(map(name, failed)) == {"a_row_out_of_nowhere", "a_command"}
    assert set(map(name, passed)) == {"a_rule", "a_row", "a_file", "another_file", "another_row"}
