"""Where the picture of a chain stands: tiles in columns, lines between them. Pure: standings in, numbers out.

Units are those of the SVG's viewBox, which is as wide as the page at 1440: a unit is a pixel there.
"""

import unicodedata
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any, NamedTuple

Standing = Mapping[str, Any]

WIDTH = 1150
TILE = 290
COLUMNS = {"UPSTREAM": 0, "MIDSTREAM": 430, "DOWNSTREAM": 860}
SUPPORT = "SUPPORT"
HEAD = 46  # from the top of a band to its first tile
GAP = 16
LINE = 19
PAD = 35  # of a tile beside the lines of its name
NAME = 196  # how wide a name may be beside the number
LINES = 3
FULL, HALF = 14, 8
MOST = 12  # more lines between two columns are bundled


class Tile(NamedTuple):
    x: int
    y: int
    width: int
    height: int
    lines: list[str]
    of: Standing


class Head(NamedTuple):
    """A column's or a band's heading: its rule begins at `x`, `y` and is `width` long."""

    position: str
    x: int
    y: int
    width: int
    tiles: list[Standing]


class Edge(NamedTuple):
    """A line; `ends` are the numbers of the nodes that it touches, none for what gathers many."""

    path: str
    broken: bool
    ends: tuple[str, ...]


class Drawing(NamedTuple):
    width: int
    height: int
    heads: list[Head]
    tiles: list[Tile]
    edges: list[Edge]


def draw(standings: Sequence[Standing]) -> Drawing:
    """One chain: a column each for up-, mid- and downstream, each in the middle of the height, and what
    supports the chain in a band below. Lines lead from each column to the next one that has nodes.

    `standings` are `{node: {no, name, position}, state}` as `chainNodes` gives them.
    """
    columns = {
        position: [each for each in standings if each["node"]["position"] == position]
        for position in COLUMNS
    }
    heads: list[Head] = []
    tiles: dict[str, list[Tile]] = {}
    foot = 0
    if any(columns.values()):
        tallest = max(height_of(column) for column in columns.values())
        for position, x in COLUMNS.items():
            column = columns[position]
            heads.append(Head(position, x, 27, TILE, column))
            top = HEAD + (tallest - height_of(column)) // 2
            tiles[position] = stack(column, x, top)
        foot = HEAD + tallest
    support = [each for each in standings if each["node"]["position"] == SUPPORT]
    if support:
        top = foot + 28 if foot else 0
        heads.append(Head(SUPPORT, 0, top + 27, WIDTH, support))
        tiles[SUPPORT], foot = rows(support, top + HEAD)
    there = [tiles[position] for position in COLUMNS if tiles.get(position)]
    edges = [edge for left, right in pairwise(there) for edge in lines_between(left, right)]
    placed = [tile for each in tiles.values() for tile in each]
    return Drawing(WIDTH, foot + 2 if placed else 0, heads, placed, edges)


def wrap(text: str) -> list[str]:
    """A name in lines as wide as a tile takes; what is longer than the last line ends with an ellipsis.

    >>> wrap("轴承齿轮"), wrap("齿科材料与高分子、金属、陶瓷原料")
    (['轴承齿轮'], ['齿科材料与高分子、金属、陶瓷', '原料'])
    """
    lines, width = [""], 0
    for letter in text:
        wide = FULL if unicodedata.east_asian_width(letter) in "WFA" else HALF
        if width + wide > NAME and letter not in "、，。）":
            if len(lines) == LINES:
                lines[-1] = f"{lines[-1][:-1]}…"
                break
            lines.append("")
            width = 0
        lines[-1] += letter
        width += wide
    return lines


def tile_height(each: Standing) -> int:
    return PAD + LINE * len(wrap(each["node"]["name"]))


def height_of(column: Sequence[Standing]) -> int:
    return sum(tile_height(each) + GAP for each in column) - GAP if column else 0


def stack(column: Sequence[Standing], x: int, top: int) -> list[Tile]:
    """Tiles one below the other."""
    found = []
    for each in column:
        found.append(Tile(x, top, TILE, tile_height(each), wrap(each["node"]["name"]), each))
        top += tile_height(each) + GAP
    return found


def rows(band: Sequence[Standing], top: int) -> tuple[list[Tile], int]:
    """Tiles side by side at the columns' places, row by row; and where the last row ends."""
    found = []
    across = list(COLUMNS.values())
    for start in range(0, len(band), len(across)):
        row = band[start : start + len(across)]
        height = max(map(tile_height, row))
        for x, each in zip(across, row, strict=False):
            found.append(Tile(x, top, TILE, height, wrap(each["node"]["name"]), each))
        top += height + GAP
    return found, top - GAP


def lines_between(left: Sequence[Tile], right: Sequence[Tile]) -> list[Edge]:
    """From every tile to every tile of the next column; many are gathered in one line and parted again."""
    if len(left) * len(right) > MOST:
        return bundled(left, right)
    return [
        Edge(curve(one, other), is_gap(one) or is_gap(other), (number(one), number(other)))
        for one in left
        for other in right
    ]


def bundled(left: Sequence[Tile], right: Sequence[Tile]) -> list[Edge]:
    start, end = left[0].x + TILE, right[0].x
    bus = (start + end) // 2
    heights = [middle(tile) for tile in (*left, *right)]
    gathered = Edge(f"M{bus} {min(heights)}V{max(heights)}", False, ())
    out = [Edge(f"M{start} {middle(t)}H{bus}", is_gap(t), (number(t),)) for t in left]
    into = [Edge(f"M{bus} {middle(t)}H{end}", is_gap(t), (number(t),)) for t in right]
    return [gathered, *out, *into]


def curve(one: Tile, other: Tile) -> str:
    start, end = one.x + one.width, other.x
    bend = (start + end) // 2
    return (
        f"M{start} {middle(one)}C{bend} {middle(one)} {bend} {middle(other)} {end} {middle(other)}"
    )


def middle(tile: Tile) -> int:
    return tile.y + tile.height // 2


def number(tile: Tile) -> str:
    no: str = tile.of["node"]["no"]
    return no


def is_gap(tile: Tile) -> bool:
    return bool(tile.of["state"] == "GAP")
