"""Nothing hidden is told by any path: every viewer, every path, every hidden row and column.

A cell is a viewer, a path and a subject: a row that comes unseen beside the others, or a column that
becomes another where the viewer does not see it. The viewer asks the same before and after, and is
answered the same to the byte. Subjects come from the tables and the permissions, so new ones are tried
by themselves. Every day a sample is tried, of every viewer and every path; its seed is printed, and
`SIXONES_TEST_SEED` gives it again. `make soak` tries more than twenty thousand.
"""

from collections import Counter
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import islice
from random import Random

import pytest
import pytest_asyncio

from schema import database
from schema.people.rules import Scope
from schema.people.tables import Person
from schema.permissions import Post
from schema.query.models import KINDS, Kind
from server import settings
from server.people.tokens import issue
from tests.matrix.city import empty_kinds, full
from tests.matrix.paths import PATHS, Ask, Asker, shuffled
from tests.matrix.subjects import Seen, Subject, another, otherwise, seen_by, seen_twin, twin
from tests.reading.seed import SEED
from tests.server.doors import browser
from tests.world import NOW, City

VIEWERS = (
    *("office", "yanjiang", "anyue", "lezhi", "hightech", "group", "department", "finance"),
    *("branch", "agent", "leader", "inspector", "expert", "partner", "scoped", "public"),
)
CELLS = 1_280
"""Of each viewer in `make soak`: 20,480 of all of them."""


@pytest_asyncio.fixture
async def matrix(city: City, monkeypatch: pytest.MonkeyPatch) -> City:
    monkeypatch.setattr(settings, "NOW", NOW)
    return await full(city)


@asynccontextmanager
async def asking(city: City, name: str) -> AsyncIterator[Asker]:
    """Somebody who asks the graph, and pages and files with a token of theirs."""
    headers = {}
    if name != "public":
        person = await Person.get(username={"scoped": "partner"}.get(name, name))
        _, token = await issue(person, "矩阵", scopes=[*Scope] if name == "scoped" else [])
        headers = {"Authorization": f"Bearer {token}"}
    async with browser(headers=headers) as visitor:
        yield Asker(city, name, visitor, await highest(), await companies())


async def companies() -> dict[int, str]:
    """The names of all investors."""
    return {
        row["id"]: row["name"] for row in await database.fetch('SELECT "id", "name" FROM "company"')
    }


async def highest() -> dict[str, int]:
    """The highest id of each kind."""
    parts = [
        f'SELECT \'{name}\' AS "of", max("id") AS "id" FROM "{kind.table}"'
        for name, kind in KINDS.items()
    ]
    found = await database.fetch(" UNION ALL ".join(parts))
    return {row["of"]: row["id"] for row in found}


@dataclass
class Tried:
    """Cells by path, how much was asked in them, and what was told of the subjects."""

    cells: Counter[str] = field(default_factory=Counter)
    asked: int = 0
    told: list[str] = field(default_factory=list)

    async def add(
        self, who: Asker, subject: Subject, paths: Iterable[str], chance: Random, most: int
    ) -> None:
        """One subject on some paths, with so many probes of each."""
        probes = []
        for path in paths:
            some = [(path, *each) for each in islice(PATHS[path](who, subject, chance), most)]
            self.cells[path] += bool(some)
            probes += some
        await self.ask(who, subject, probes)

    async def ask(self, who: Asker, subject: Subject, probes: list[tuple[str, str, Ask]]) -> None:
        """All is asked as things are, and again once they are otherwise."""
        before = [await ask() for _, _, ask in probes]
        async with otherwise(subject) as done:
            assert done, subject
            for (path, name, ask), answer in zip(probes, before, strict=True):
                again = await ask()
                if again != answer:
                    where = f"{who.name} {path} {subject.name} [{name}]"
                    self.told.append(f"{where}: {difference(answer, again)}")
        self.asked += 2 * len(probes)


def difference(one: str, other: str) -> str:
    """Where two answers part, with what stands around it."""
    pairs = enumerate(zip(one, other, strict=False))
    at = next((i for i, (a, b) in pairs if a != b), min(len(one), len(other)))
    return f"{one[max(0, at - 60) : at + 80]!r} / {other[max(0, at - 60) : at + 80]!r}"


NEAR, FAR = "a row on a project that is seen", "a row elsewhere"


async def subject_of(who: Asker, kind: Kind, way: str, seen: Seen) -> Subject | None:
    """What becomes otherwise of a kind in this way: a row comes, or the column of this name changes."""
    if way in (NEAR, FAR):
        return await twin(kind, who.viewer, seen, near=way == NEAR)
    return await another(kind, way, who.viewer, seen)


async def some_subject(who: Asker, seen: Seen, chance: Random) -> Subject:
    """A row or a column by chance."""
    while True:
        kind = chance.choice(list(KINDS.values()))
        way = chance.choice((NEAR, FAR, *chance.sample(kind.columns, 2)))
        if found := await subject_of(who, kind, way, seen):
            return found


async def test_nothing_hidden_is_told_in_a_sample_of_cells(matrix: City) -> None:
    """Each viewer on each path; and each path tells of what is seen, or it would find nothing."""
    print(f"seed {SEED}")
    assert await empty_kinds() == [], "every kind has a row to hide"
    chance, tried = Random(SEED), Tried()
    for name in VIEWERS:
        async with asking(matrix, name) as who:
            seen, paths = await seen_by(who.viewer), shuffled(PATHS, chance)
            for some in (paths[::2], paths[1::2]):
                subject = await some_subject(who, seen, chance)
                await tried.add(who, subject, some, chance, 2)
    assert not tried.told
    assert {matrix[name].post for name in VIEWERS} == set(Post)
    assert tried.cells.keys() == PATHS.keys() and min(tried.cells.values()) >= 8
    await each_path_tells_of_what_is_seen(matrix, chance)


SEEN = {
    "Project": (
        *("list", "node", "filter", "order", "count", "search", "export"),
        *("duplicate", "error", "refusal", "grade"),
    ),
    "Attachment.name": ("file",),
    "Rule.note": ("time",),
    "JournalEntry.reason": ("journal",),
    "Notice.text": ("message",),
}


async def each_path_tells_of_what_is_seen(city: City, chance: Random) -> None:
    """The office sees a row come, a column change: on every path its answers change."""
    telling = set()
    async with asking(city, "office") as who:
        for name, paths in SEEN.items():
            kind, _, column = name.partition(".")
            subject = await (
                another(KINDS[kind], column, who.viewer, None) if column else seen_twin(KINDS[kind])
            )
            assert subject
            for path in paths:
                probes = PATHS[path](who, subject, chance)
                tried = Tried()
                while not tried.told and (some := [(path, *each) for each in islice(probes, 6)]):
                    await tried.ask(who, subject, some)
                telling |= {path} if tried.told else set()
    assert telling == set(PATHS), f"these would find nothing: {sorted(set(PATHS) - telling)}"


@pytest.mark.soak
@pytest.mark.parametrize("name", VIEWERS)
async def test_nothing_hidden_is_told_on_any_path(matrix: City, name: str) -> None:
    """Every kind that somebody does not see all of: a row near, a row elsewhere, its columns."""
    chance, tried = Random(f"{SEED} {name}"), Tried()
    print(f"seed {SEED}")
    ways = [(kind, way) for kind in KINDS.values() for way in (NEAR, FAR, *kind.columns)]
    ways = sorted(shuffled(ways, chance), key=lambda each: each[1] not in (NEAR, FAR))
    async with asking(matrix, name) as who:
        seen = await seen_by(who.viewer)
        while tried.cells.total() < CELLS:
            for kind, way in ways:
                subject = await subject_of(who, kind, way, seen)
                if subject and tried.cells.total() < CELLS:
                    await tried.add(who, subject, PATHS, chance, 3)
    print(f"{name}: {tried.cells.total()} cells, asked {tried.asked} times")
    assert not tried.told
