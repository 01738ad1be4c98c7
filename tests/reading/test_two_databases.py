"""PostgreSQL and SQLite answer byte for byte alike: the same story on each, the same questions.

It runs where PostgreSQL is at hand; SQLite has a process of its own.
"""

import asyncio
import pickle
import sys
from pathlib import Path

import pytest

from tests.conftest import copied
from tests.reading.questions import GENERATED, answers

OTHER = "import tests.conftest; from tests.reading.questions import main; main({!r}, {!r}, {!r})"


async def test_both_databases_answer_byte_for_byte_alike(
    template_url: str, tmp_path: Path, random_seed: int
) -> None:
    if template_url.startswith("sqlite"):
        pytest.skip("needs PostgreSQL beside SQLite")
    file = tmp_path / "answers"
    script = OTHER.format(f"sqlite://{tmp_path}/new.sqlite3", random_seed, str(file))
    other = await asyncio.create_subprocess_exec(sys.executable, "-c", script)
    async with copied(template_url, tmp_path) as url:
        postgres = await answers(url, random_seed)
    assert await other.wait() == 0
    sqlite = pickle.loads(file.read_bytes())
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
