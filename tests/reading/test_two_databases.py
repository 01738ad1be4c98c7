"""PostgreSQL and SQLite answer byte for byte alike: the same story on each, the same questions.

It runs where PostgreSQL is at hand; each has a process of its own.
"""

import pickle
import sys
from asyncio.subprocess import Process, create_subprocess_exec
from pathlib import Path

import pytest

from tests.conftest import copied
from tests.reading.questions import GENERATED

ONE = "import tests.conftest; from tests.reading.questions import main; main({!r}, {!r}, {!r})"


async def answers(url: str, seed: int, file: Path) -> Process:
    """A process of its own that writes a database's answers: with nothing in it that other tests declare."""
    return await create_subprocess_exec(sys.executable, "-c", ONE.format(url, seed, str(file)))


async def test_both_databases_answer_byte_for_byte_alike(
    template_url: str, tmp_path: Path, random_seed: int
) -> None:
    if template_url.startswith("sqlite"):
        pytest.skip("needs PostgreSQL beside SQLite")
    async with copied(template_url, tmp_path) as url:
        files = {
            url: tmp_path / "postgres",
            f"sqlite://{tmp_path}/new.sqlite3": tmp_path / "sqlite",
        }
        running = [await answers(each, random_seed, file) for each, file in files.items()]
        assert [await process.wait() for process in running] == [0, 0]
    postgres, sqlite = (pickle.loads(file.read_bytes()) for file in files.values())
    assert postgres.keys() == sqlite.keys() and len(postgres) > GENERATED
    differing = [question for question in postgres if postgres[question] != sqlite[question]]
    shown = [difference(each, postgres[each], sqlite[each]) for each in differing[:40]]
    count = f"{len(differing)} of {len(postgres)} answers differ"
    assert not differing, "\n".join([count, *shown])


def difference(question: str, postgres: bytes, sqlite: bytes) -> str:
    """What stands where two answers first differ."""
    pairs = zip(postgres, sqlite, strict=False)
    at = next((at for at, (one, other) in enumerate(pairs) if one != other), 0)
    parts = [
        answer[max(0, at - 60) : at + 60].decode(errors="replace") for answer in (postgres, sqlite)
    ]
    return f"{question[:200]} {question[-40:]}\n  postgres …{parts[0]}…\n  sqlite   …{parts[1]}…"
