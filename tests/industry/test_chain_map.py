"""The picture of a chain as numbers: no tile on another, no line without its nodes."""

import random
import re
from itertools import combinations
from typing import Any

import pytest

from server.web.chain_map import COLUMNS, WIDTH, Drawing, Tile, draw, wrap

POSITIONS = (*COLUMNS, "SUPPORT")


def standing(no: int, position: str, name: str = "轴承齿轮", state: str = "HAVE") -> dict[str, Any]:
    return {"node": {"no": f"G1-{no:02}", "name": name, "position": position}, "state": state}


def drawn(upstream: int, midstream: int, downstream: int, support: int = 0) -> Drawing:
    counts = zip(POSITIONS, (upstream, midstream, downstream, support), strict=True)
    every = [position for position, count in counts for _ in range(count)]
    return draw([standing(no, position) for no, position in enumerate(every, 1)])


def overlap(one: Tile, other: Tile) -> bool:
    beside = one.x + one.width <= other.x or other.x + other.width <= one.x
    above = one.y + one.height <= other.y or other.y + other.height <= one.y
    return not beside and not above


@pytest.mark.parametrize("seed", range(20))
def test_no_two_tiles_overlap_and_all_stand_within_the_picture(seed: int) -> None:
    chance = random.Random(seed)
    nodes = [
        standing(no, chance.choice(POSITIONS), "齿轮" * chance.randint(1, 40))
        for no in range(chance.randint(1, 30))
    ]
    found = draw(nodes)
    assert {each.of["node"]["no"] for each in found.tiles} == {each["node"]["no"] for each in nodes}
    assert not any(overlap(one, other) for one, other in combinations(found.tiles, 2))
    for tile in found.tiles:
        assert tile.x >= 0 and tile.x + tile.width <= WIDTH
        assert min(head.y for head in found.heads) < tile.y
        assert tile.y + tile.height <= found.height


@pytest.mark.parametrize("counts", [(2, 3, 2), (5, 5, 1), (1, 0, 1), (0, 4, 0), (9, 9, 9)])
def test_a_line_begins_and_ends_at_its_nodes_and_none_leads_to_the_band(
    counts: tuple[int, int, int],
) -> None:
    found = drawn(*counts, support=4)
    where = {each.of["node"]["no"]: each for each in found.tiles}
    touched = set()
    for edge in found.edges:
        numbers = [int(each) for each in re.findall(r"\d+", edge.path)]
        for no in edge.ends:
            tile = where[no]
            touched.add(no)
            assert tile.y + tile.height // 2 in numbers
            assert tile.of["node"]["position"] in COLUMNS
            assert {tile.x, tile.x + tile.width} & set(numbers)
    there = [position for position, count in zip(COLUMNS, counts, strict=True) if count]
    joined = {no for no, tile in where.items() if tile.of["node"]["position"] in there}
    assert touched == (joined if len(there) > 1 else set())


def test_many_lines_are_gathered_in_one() -> None:
    assert len(drawn(3, 4, 0).edges) == 12
    gathered = drawn(4, 4, 0).edges
    assert len(gathered) == 9 and gathered[0].ends == ()


@pytest.mark.parametrize("many", [2, 5])
def test_a_line_to_a_gap_is_broken(many: int) -> None:
    nodes = [standing(no, "UPSTREAM") for no in range(many)]
    nodes += [standing(10 + no, "MIDSTREAM") for no in range(many - 1)]
    found = draw([*nodes, standing(99, "MIDSTREAM", state="GAP")])
    for edge in found.edges:
        assert edge.broken == ("G1-99" in edge.ends)
    assert any(edge.broken for edge in found.edges)


def test_the_picture_grows_with_its_nodes_and_nothing_is_no_picture() -> None:
    heights = [drawn(count, 1, 1).height for count in (1, 3, 8, 20)]
    assert heights == sorted(set(heights))
    assert drawn(1, 1, 1, 4).height > drawn(1, 1, 1, 3).height > drawn(1, 1, 1).height
    assert draw([]) == (WIDTH, 0, [], [], [])
    assert [head.position for head in drawn(0, 0, 0, 1).heads] == ["SUPPORT"]


def test_a_long_name_ends_with_an_ellipsis() -> None:
    assert wrap("齿" * 80)[-1][-1] == "…" and len(wrap("齿" * 80)) == 3
    assert "".join(wrap("机车与汽车零部件、车身模塑")) == "机车与汽车零部件、车身模塑"
