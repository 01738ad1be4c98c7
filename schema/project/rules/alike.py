"""Names of one project that differ by a character or a stock word, and the keys by which they are found."""

import re
from enum import IntEnum
from functools import lru_cache
from typing import NamedTuple

from schema.city.rules.names import normal_name
from schema.city.rules.variants import folded_name

PLACE = re.compile(
    r"^(?:[一-鿿]{2,3}省)?(?:[一-鿿]{2,3}市)?([一-鿿]{1,3}县|[一-鿿]{0,2}(?:高新|经开|临空经济|经济技术开发)区"
    r"|[一-鿿]{2}(?<![园小社景厂库牧老新片校])区)?"
)
BEFORE = re.compile(r"^(?:关于|拟建|新建|投资|建设|年产(?=\d))+")
AFTER = re.compile(r"(?:合作|投资|建设|新建|项目|工程|基地|等)+$")
WITHIN = re.compile(r"(?:建设)?(?:项目|工程)(?=\d)")
NUMBER = re.compile(r"\d+(?:\.\d+)?")
TELLING = frozenset(
    "东南西北上中下左右前后内外新老旧甲乙丙丁一二三四五六七八九十abcdefgh0123456789"
)
"""Characters by which one project is told from the next: sides, ordinals, letters of plots."""

KEY_LIMIT = 110
SHORTEST = 4
"""Below so many characters every one tells one project from another."""


class Apart(IntEnum):
    """How far two names are apart: the same but for stock words; one character more; another one."""

    STOCK_WORDS = 0
    ONE_MORE = 1
    ONE_OTHER = 2


class Difference(NamedTuple):
    """How far two names are apart, and the characters that the one and the other has there."""

    apart: Apart
    ours: str = ""
    theirs: str = ""


class Core(NamedTuple):
    """What tells a name from others: its folded form without the place before and the stock words
    around, the county or district that stands before, and the numbers in it.
    """

    text: str
    place: str
    numbers: tuple[str, ...]


@lru_cache(maxsize=8192)
def core(name: str) -> Core:
    """
    >>> core("安岳县檸檬深加工产业园建设项目（一期）").text, core("安岳县柠檬深加工产业园一期。").text
    ('柠檬深加工产业园1期', '柠檬深加工产业园1期')
    """
    folded = folded_name(name)
    found = PLACE.match(folded)
    place = found[1] or "" if found else ""
    bare = folded[found.end() :] if found else folded
    bare = WITHIN.sub("", AFTER.sub("", BEFORE.sub("", bare)))
    if len(bare) < 2:
        bare, place = folded, ""
    return Core(bare, place, tuple(sorted(NUMBER.findall(folded))))


def told_apart(a: str, b: str) -> bool:
    """Whether two names say that they are two: by county, by a number, by a side that both name."""
    one, other = core(a), core(b)
    if one.place and other.place:
        short, long = sorted((one.place, other.place), key=len)
        if not long.endswith(short):
            return True
    if one.numbers and other.numbers and one.numbers != other.numbers:
        return True
    ours, theirs = sides(one.text, other.text), sides(other.text, one.text)
    return bool(ours and theirs)


def sides(text: str, other: str) -> set[str]:
    """The telling characters of one text that the other has not."""
    return (set(text) & TELLING) - set(other)


def difference(a: str, b: str) -> Difference | None:
    """What little two names differ by; None for more than one character, or for one that tells them apart."""
    one, other = core(a).text, core(b).text
    if not one or not other or told_apart(a, b):
        return None
    if one == other:
        return Difference(Apart.STOCK_WORDS)
    most = min(len(one), len(other))
    if most < SHORTEST or abs(len(one) - len(other)) > 1:
        return None
    start = next((at for at in range(most) if one[at] != other[at]), most)
    end = next((at for at in range(most - start) if one[-1 - at] != other[-1 - at]), most - start)
    ours, theirs = one[start : len(one) - end], other[start : len(other) - end]
    if len(ours) > 1 or len(theirs) > 1 or TELLING & {*ours, *theirs}:
        return None
    return Difference(Apart.ONE_OTHER if ours and theirs else Apart.ONE_MORE, ours, theirs)


class Keys(NamedTuple):
    """The two keys under which a name is stored: each the length of its core and a half of it."""

    head: str
    tail: str


def keys(name: str) -> Keys:
    """Of a name that is one character apart from another, one of both keys is among `keys_near` of it.

    Whatever character differs, it stands in one half alone. A core too short for that has itself.

    >>> keys("柠檬深加工产业园项目")
    Keys(head='8:柠檬深加', tail='8:工产业园')
    """
    text = core(name).text
    if len(text) < SHORTEST:
        return Keys(f"{len(text)}:{text}", f"{len(text)}:{text}") if text else Keys("", "")
    return key_of(text, len(text))


def name_columns(name: str) -> dict[str, str]:
    """The columns of a project that follow from its name and by which it is compared."""
    head, tail = keys(name)
    return {"normal_name": normal_name(name), "name_head": head, "name_tail": tail}


def keys_near(name: str) -> list[Keys]:
    """The keys that names at most one character apart may have: those of its own length and its
    neighbours'.
    """
    text = core(name).text
    if len(text) < SHORTEST:
        return [keys(name)] if text else []
    lengths = (len(text) - 1, len(text), len(text) + 1)
    return [key_of(text, length) for length in lengths if length >= SHORTEST]


def key_of(text: str, length: int) -> Keys:
    half = length // 2
    return Keys(f"{length}:{text[:half]}"[:KEY_LIMIT], f"{length}:{text[-half:]}"[:KEY_LIMIT])
