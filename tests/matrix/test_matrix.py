"""Nothing hidden is told by any path: every viewer, every path, every hidden row and column.

A cell is a viewer, a path and a subject: a row that comes unseen beside the others, or a column that
becomes another where the viewer does not see it. The viewer asks the same before and after, and is
answered the same to the byte. Subjects come from the tables and the permissions, so new ones are tried
by themselves; a sample of cells, by a seed that is printed and may be set, is tried every day.
"""

import os
import time
from collections import Counter
from collections.abc import Iterable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from itertools import islice
from random import Random

import pytest
import pytest_asyncio

from schema import database
from schema.people.rules import Scope
from schema.people.tables import Person
from schema.query.models import KINDS, Kind
from server import settings
from server.people.tokens import issue
from tests.matrix.city import empty_kinds, full
from tests.matrix.paths import PATHS, Asker, shuffled
from tests.matrix.subjects import Subject, another, otherwise, seen_by, twin
from tests.reading.seed import SEED
from tests.server.doors import browser
from tests.world import NOW, City

VIEWERS = (
    *(
        "office",
        "yanjiang",
        "anyue",
        "lezhi",
        "hightech",
        "group",
        "department",
        "finance",
        "branch",
    ),
    *("agent", "leader", "inspector", "expert", "partner", "scoped", "public"),
)


@pytest_asyncio.fixture
async def matrix(city: City, monkeypatch: pytest.MonkeyPatch) -> City:
    monkeypatch.setattr(settings, "NOW", NOW)
    return await full(city)


async def asker(city: City, name: str, stack: AsyncExitStack) -> Asker:
    headers = {}
    if name != "public":
        username = {"scoped": "partner"}.get(name, name)
        person = await Person.get(username=username)
        _, token = await issue(person, "矩阵", scopes=[*Scope] if name == "scoped" else [])
        headers = {"Authorization": f"Bearer {token}"}
    visitor = await stack.enter_async_context(browser(headers=headers))
    return Asker(city, name, visitor, await highest())


async def highest() -> dict[str, int]:
    """The highest id of each kind."""
    found = {}
    for kind in KINDS.values():
        (row,) = await database.fetch(f'SELECT max("id") AS "id" FROM "{kind.table}"')
        found[kind.name] = row["id"]
    return found


@dataclass
class Tried:
    """Cells by path, what was asked in them, and what told something that is hidden."""

    cells: Counter[str] = field(default_factory=Counter)
    requests: int = 0
    faults: list[str] = field(default_factory=list)


async def tried(
    who: Asker, subject: Subject, paths: Iterable[str], chance: Random, most: int, tried: Tried
) -> None:
    """One subject on some paths: all is asked as things are, and again once they are otherwise."""
    probes = []
    for path in paths:
        some = list(islice(PATHS[path](who, subject, chance), most))
        probes += [(path, name, ask) for name, ask in some]
        tried.cells[path] += bool(some)
    before = [await ask() for _, _, ask in probes]
    async with otherwise(subject) as done:
        assert done, subject
        for (path, name, ask), answer in zip(probes, before, strict=True):
            again = await ask()
            if again != answer:
                tried.faults.append(
                    f"{who.name} {path} {subject.name} [{name}]: {difference(answer, again)}"
                )
    tried.requests += 2 * len(probes)


def difference(one: str, other: str) -> str:
    """Where two answers part, with what stands around it."""
    at = next(
        (i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b),
        min(len(one), len(other)),
    )
    return f"{one[max(0, at - 60) : at + 80]!r} / {other[max(0, at - 60) : at + 80]!r}"


async def test_a_sample_of_cells(matrix: City) -> None:
    assert await empty_kinds() == []
    chance, all, t = Random(SEED), Tried(), time.time()
    async with AsyncExitStack() as stack:
        for name in VIEWERS:
            who = await asker(matrix, name, stack)
            seen = await seen_by(who.viewer)
            paths = shuffled(PATHS, chance)
            for some in (paths[::3], paths[1::3], paths[2::3]):
                subject = await some_subject(who, seen, chance)
                await tried(who, subject, some, chance, 2, all)
    print(sum(all.cells.values()), all.cells, all.requests, time.time() - t)
    print("\n".join(all.faults))
    assert not all.faults


NEAR, FAR = "a row on a project that is seen", "a row elsewhere"


async def subject_of(
    who: Asker, kind: Kind, way: str, seen: dict[str, frozenset[int]]
) -> Subject | None:
    """What becomes otherwise of a kind in this way: a row comes, or the column of this name changes."""
    if way in (NEAR, FAR):
        return await twin(kind, who.viewer, seen, near=way == NEAR)
    return await another(kind, way, who.viewer, seen)


async def some_subject(who: Asker, seen: dict[str, frozenset[int]], chance: Random) -> Subject:
    """A row or a column by chance."""
    while True:
        kind = chance.choice(list(KINDS.values()))
        way = chance.choice((NEAR, FAR, *chance.sample(kind.columns, 2)))
        if found := await subject_of(who, kind, way, seen):
            return found


@pytest.mark.soak
@pytest.mark.parametrize("name", VIEWERS)
async def test_cells_of(matrix: City, name: str) -> None:
    """Every hidden row and column, on every path, until there are enough."""
    chance, all, t = Random(f"{SEED} {name}"), Tried(), time.time()
    async with AsyncExitStack() as stack:
        who = await asker(matrix, name, stack)
        seen = await seen_by(who.viewer)
        ways = [(kind, way) for kind in KINDS.values() for way in (NEAR, FAR, *kind.columns)]
        ways = shuffled(ways, chance)
        for kind, way in sorted(ways, key=lambda each: each[1] not in (NEAR, FAR)):
            if sum(all.cells.values()) > int(os.environ.get("CELLS", "1300")):
                break
            found = await subject_of(who, kind, way, seen)
            if found:
                await tried(who, found, PATHS, chance, 3, all)
    print(name, sum(all.cells.values()), all.requests, time.time() - t)
    print("\n".join(all.faults))
    assert not all.faults
