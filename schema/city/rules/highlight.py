"""Which characters of a name match a search: as written, by full pinyin or by initials."""

import re
from itertools import groupby
from typing import Any

from schema.city.rules.names import search_term
from schema.city.rules.pinyin import first_letters, syllables


def highlight(name: str, query: str) -> list[tuple[str, bool]]:
    """The name in pieces, each with whether a word of the search `query` matches there.

    Matching follows `search_key`. A word that is not in the name marks nothing.

    >>> highlight("年产柠檬汁", "柠檬")
    [('年产', False), ('柠檬', True), ('汁', False)]
    >>> highlight("安岳县柠檬", "yue"), highlight("安岳县柠檬", "ayx")
    ([('安', False), ('岳', True), ('县柠檬', False)], [('安岳县', True), ('柠檬', False)])
    """
    hit = [False] * len(name)
    for word in query.split():
        for place in places(name, search_term(word)):
            hit[place] = True
    return [
        ("".join(letter for letter, _ in piece), found)
        for found, piece in groupby(zip(name, hit, strict=True), key=lambda pair: pair[1])
    ]


def places(name: str, word: str) -> set[int]:
    """The positions in `name` that `word` matches, by the first way that matches at all."""
    if not word:
        return set()
    characters = [(place, search_term(letter)) for place, letter in enumerate(name)]
    if found := spans(characters, word):
        return found
    readable = [(place, letter) for place, letter in characters if re.fullmatch(r"[^\W_]+", letter)]
    text = "".join(letter for _, letter in readable)
    if not word.isascii() or len(text) != len(readable):
        return set()
    read = syllables(text, letters)
    if len(read) != len(readable):
        return set()
    pinyin = [(place, syllable) for (place, _), syllable in zip(readable, read, strict=True)]
    return spans(pinyin, word, whole=True) or by_initials(pinyin, text, word) or spans(pinyin, word)


def letters(foreign: str) -> Any:
    """Text that is not Chinese, letter by letter: one reading for each character."""
    return list(foreign)


def spans(parts: list[tuple[int, str]], word: str, whole: bool = False) -> set[int]:
    """The positions of the parts whose joined text contains `word`.

    With `whole` a match begins where a part begins.
    """
    text = "".join(part for _, part in parts)
    owner = [place for place, part in parts for _ in part]
    begins = {sum(len(part) for _, part in parts[:number]) for number in range(len(parts))}
    found: set[int] = set()
    for match in re.finditer(f"(?={re.escape(word)})", text):
        if not whole or match.start() in begins:
            found |= set(owner[match.start() : match.start() + len(word)])
    return found


def by_initials(pinyin: list[tuple[int, str]], text: str, word: str) -> set[int]:
    """The positions whose initials, in any of their readings, make up `word`."""
    read = first_letters(text, letters)
    found: set[int] = set()
    for start in range(len(pinyin) - len(word) + 1):
        if all(letter in read[start + step] for step, letter in enumerate(word)):
            found |= {place for place, _ in pinyin[start : start + len(word)]}
    return found
