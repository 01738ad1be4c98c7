"""The benchmark itself runs: on a PostgreSQL of its own, whichever database the tests are on."""

import subprocess
import sys
from pathlib import Path

from tests.bench.workloads import WORKLOADS

ROOT = Path(__file__).resolve().parents[2]


def test_short_run_measures_every_workload() -> None:
    done = subprocess.run(
        (sys.executable, "-m", "tests.bench.reads", "--short"),
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    for workload in (*(each.name for each in WORKLOADS), "W7"):
        assert f"\n{workload}  " in done.stdout
