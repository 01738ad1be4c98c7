"""The benchmarks can be run; the one of reads does, on a PostgreSQL of its own."""

import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest
from graphql import parse, validate

from schema import database
from schema.graph import schema
from server.operations.seed import seed
from tests.bench import preview_rows
from tests.bench.data import filled
from tests.bench.workloads import WORKLOADS, Workload

ROOT = Path(__file__).resolve().parents[2]
BENCHES = sorted(
    file.stem for file in Path(__file__).parent.glob("[!_]*.py") if file != Path(__file__)
)


@pytest.mark.parametrize("name", BENCHES)
def test_every_bench_finds_what_it_measures(name: str) -> None:
    assert import_module(f"tests.bench.{name}").__doc__


@pytest.mark.parametrize("workload", WORKLOADS, ids=lambda each: each.name)
def test_every_workload_is_a_document_of_the_graph(workload: Workload) -> None:
    document = parse(workload.documents["ours"])
    assert not validate(schema._schema, document)


async def test_the_large_city_is_filled_into_the_tables_as_they_are(
    committed_db: str,
) -> None:
    """A column that came, went or must not be empty stops every bench over it; on PostgreSQL alone."""
    if database.dialect() != "postgres":
        return
    assert await seed()
    counts = await filled(committed_db.replace("asyncpg://", "postgresql://"), 60, 10)
    assert counts["project"] == 60 and counts["company"] == 10
    assert counts["entry"] == 2 * counts["milestone"] > 0
    assert counts["appointment"] == counts["person"] == counts["organization"]


@pytest.mark.soak
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


@pytest.mark.soak
def test_five_thousand_dirty_lines_are_read_in_twelve_seconds_and_150_megabytes() -> None:
    seconds, megabytes, count = preview_rows.measured(5000)
    assert (count, seconds <= 12, megabytes <= 150) == (5000, True, True), (seconds, megabytes)
