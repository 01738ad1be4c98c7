"""`python -m tests`: pytest on both databases at once; what either prints is shown, and both end."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
HEAD = """
import pathlib, signal, pytest

@pytest.fixture
def base_url(request): return request.config.getoption("--db")
"""
WAITS = """
@pytest.fixture
def guest(base_url):
    yield base_url
    pathlib.Path(f"{base_url}.tidied").touch()

def test_that_waits(guest):
    with open("begun", "w") as begun:
        begun.write(guest + "\\n")
    signal.pause()
"""


def started(folder: Path, tests: str) -> "subprocess.Popen[str]":
    (folder / "test_it.py").write_text(HEAD + tests)
    return subprocess.Popen(
        (sys.executable, "-m", "tests", "-p", "tests.selection", "test_it.py"),
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(ROOT), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


@pytest.mark.parametrize(
    ("right_on", "code"), [("sqlite postgres", 0), ("sqlite", 1), ("postgres", 1), ("", 1)]
)
def test_it_passes_if_both_databases_do(tmp_path: Path, right_on: str, code: int) -> None:
    run = started(tmp_path, f"def test_it(base_url): assert base_url in '{right_on}'.split()")
    given, _ = run.communicate(timeout=60)
    assert run.returncode == code, given
    closing = ["1 passed" if name in right_on else "1 failed" for name in ("sqlite", "postgres")]
    last = [
        line for line in given.splitlines() if line.endswith("s ===============================")
    ]
    assert len(last) == 2 and all(map(str.__contains__, last, closing)), given


@pytest.mark.parametrize("word", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupt_ends_both_and_each_tidies_up(tmp_path: Path, word: int) -> None:
    os.mkfifo(tmp_path / "begun")
    run = started(tmp_path, WAITS)
    with os.fdopen(os.open(tmp_path / "begun", os.O_RDWR)) as begun:
        assert {begun.readline(), begun.readline()} == {"sqlite\n", "postgres\n"}
    run.send_signal(word)
    given, _ = run.communicate(timeout=60)
    assert run.returncode == 2, given
    assert (tmp_path / "sqlite.tidied").exists() and (tmp_path / "postgres.tidied").exists()
