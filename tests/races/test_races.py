"""People who act at the same instant, from processes of their own: nothing is lost, doubled or passed over.

Each scene of `scenes` is repeated; after every round the whole city is checked by `invariants`.
"""

import traceback
from random import Random

import pytest

from schema.gate.journal import verify
from tests.races import invariants
from tests.races.racers import Racers
from tests.races.scenes import SCENES, Round, sixteen
from tests.snapshots import Replay
from tests.world import City

FEW, MANY = 4, 200
SHOWN = 5


@pytest.mark.parametrize("words", SCENES)
async def test_the_city_is_right_after(
    stored_city: City, committed_db: str, racers: Racers, at_most: int, words: str
) -> None:
    rounds = 1 if SCENES[words] is sixteen else FEW
    await raced(stored_city, committed_db, racers, at_most, words, rounds)


@pytest.mark.soak
@pytest.mark.parametrize("words", SCENES)
async def test_the_city_is_right_after_hundreds_of_times(
    stored_city: City, committed_db: str, racers: Racers, at_most: int, words: str
) -> None:
    await raced(stored_city, committed_db, racers, at_most, words, MANY)


async def raced(
    city: City, url: str, racers: Racers, at_most: int, words: str, rounds: int
) -> None:
    """Run a scene so many times. Fails with the number of wrong rounds and what the first ones were."""
    scene = SCENES[words]
    wrong: list[str] = []
    known: set[str] = set()
    count = at_most if scene is sixteen else min(at_most, 4)
    replay = await Replay.start()
    chance = Random(rounds)
    with racers.at(url, count) as race:
        for number in range(rounds):
            found = []
            try:
                await scene(Round(city, race, number, chance))
            except Exception:
                found.append(traceback.format_exc(limit=-2))
            left = await invariants.wrong(replay)
            if found := found + [each for each in left if each not in known]:
                wrong.append(f"round {number}: " + "\n  ".join(found))
                replay = await Replay.start()
            known.update(left)
    shown = "\n".join(wrong[:SHOWN])
    assert not wrong, f"{len(wrong)} of {rounds} rounds are wrong:\n{shown}"
    assert await verify() is None
    assert await invariants.deadlocks() == 0, "acts hold what they rest on in different orders"
