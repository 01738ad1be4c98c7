"""Lists of companies beside the act on one of them, beside one another, and taken back beside an amendment."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from schema.gate.journal import verify
from server.files.store import FileStore
from tests.ledger.ledgers import on
from tests.linkage.company_lists import SOURCE, investor, of, previewed
from tests.races import invariants
from tests.races.racers import codes
from tests.snapshots import Replay
from tests.world import City, Said

HELD = """query($id: ID!) { node(id: $id) { ... on Company { revision controllers
  holders { name endedOn } } } }"""


@pytest.fixture
def race_city(stored_city: City, tmp_path: Path) -> City:
    """A stored city with a store for files."""
    stored_city.files = FileStore(tmp_path / "files")  # type: ignore[assignment]
    return stored_city


async def known(city: City, company: Said) -> Said:
    found: Said = (await city.run(city.office, HELD, id=company["id"]))["node"]
    return found


async def at_once(*acts: Any) -> list[Said]:
    before = await Replay.start()
    answers = [*await asyncio.gather(*acts)]
    assert await invariants.wrong(before) == []
    assert await verify() is None
    return answers


def typed(company: Said, revision: int) -> Said:
    given = {"controllers": "王橙", "source": "公告", "asOf": "2026-11-16"}
    return {"company": company["id"], "revision": revision} | given


async def test_of_a_list_and_the_act_on_one_of_its_companies_the_second_reads_the_first(
    race_city: City,
) -> None:
    """A revision is stale for the act; for the list, a day that is known is not overtaken by an older one."""
    city = race_city
    one, other = await investor(city, 1), await investor(city, 2)
    batch = await previewed(
        city, *(of(each, controllers="李柠", **SOURCE) for each in (one, other))
    )
    listed, amended = await at_once(
        city.act(city.office, "listImport", **on(batch)),
        city.act(city.colleague, "companyAmend", **typed(one, 1)),
    )
    names = [(await known(city, each))["controllers"] for each in (one, other)]
    if codes(amended):
        assert (codes(amended), codes(listed), names) == (["STALE"], [], ["李柠", "李柠"])
    else:
        assert names == ["王橙", ""] and listed["userErrors"][0]["field"] == "onlyCorrect"


async def test_two_lists_of_the_same_companies_follow_one_another(race_city: City) -> None:
    city = race_city
    one, other = await investor(city, 1), await investor(city, 2)
    batches = [
        await previewed(city, *(of(each, controllers=name, **SOURCE) for each in pair))
        for name, pair in (("李柠", (one, other)), ("王橙", (other, one)))
    ]
    made = await at_once(
        city.act(city.office, "listImport", **on(batches[0])),
        city.act(city.colleague, "listImport", **on(batches[1])),
    )
    assert [codes(each) for each in made] == [[], []]
    found = [await known(city, each) for each in (one, other)]
    current = [[row["name"] for row in each["holders"] if not row["endedOn"]] for each in found]
    assert [each["revision"] for each in found] == [3, 3]
    assert current[0] == current[1] and len(current[0]) == 1


async def test_of_taking_back_and_an_amendment_one_comes_first_and_the_other_knows(
    race_city: City,
) -> None:
    city = race_city
    one = await investor(city, 1)
    batch = await previewed(city, of(one, controllers="李柠", **SOURCE))
    batch = (await city.done(city.office, "listImport", **on(batch)))["batch"]
    undone, amended = await at_once(
        city.act(city.office, "listUndo", **on(batch), reason="传错了文件"),
        city.act(city.colleague, "companyAmend", **typed(one, 2)),
    )
    found = await known(city, one)
    if codes(undone):
        assert undone["userErrors"][0]["field"] == "batch" and found["controllers"] == "王橙"
    else:
        assert codes(amended) == ["STALE"] and found["holders"] == []
