"""Which characters of a name a search has found: by themselves, by full pinyin or by initials."""

import re
from itertools import groupby
from typing import Any

from schema.city.rules.names import search_term
from schema.city.rules.pinyin import first_letters, syllables


def highlight(name: str, said: str) -> list[tuple[str, bool]]:
    """The name in pieces, each with whether the search `said` found it there.

    What is searched for stands in `search_key`; this tells where. A word that is not in the name
    marks nothing.

    >>> found_in("年产柠檬汁", "柠檬")
    [('年产', False), ('柠檬', True), ('汁', False)]
    >>> found_in("安岳县柠檬", "yue"), found_in("安岳县柠檬", "ayx")
    ([('安', False), ('岳', True), ('县柠檬', False)], [('安岳县', True), ('柠檬', False)])
    """
    hit = [False] * len(name)
    for word in said.split():
        for place in places(name, search_term(word)):
            hit[place] = True
    return [
        ("".join(letter for letter, _ in piece), found)
        for found, piece in groupby(zip(name, hit, strict=True), key=lambda pair: pair[1])
    ]


def places(name: str, word: str) -> set[int]:
    """The places in `name` that `word` found, read in the first way in which it is there."""
    if not word:
        return set()
    shown = [(place, search_term(letter)) for place, letter in enumerate(name)]
    if found := spans(shown, word):
        return found
    spoken = [(place, letter) for place, letter in shown if re.fullmatch(r"[^\W_]+", letter)]
    text = "".join(letter for _, letter in spoken)
    if not word.isascii() or len(text) != len(spoken):
        return set()
    read = syllables(text, letters)
    if len(read) != len(spoken):
        return set()
    said = [(place, syllable) for (place, _), syllable in zip(spoken, read, strict=True)]
    return spans(said, word, whole=True) or by_initials(said, text, word) or spans(said, word)


def letters(foreign: str) -> Any:
    """What is not Chinese, letter by letter, so that readings and characters stay in step."""
    return list(foreign)


def spans(parts: list[tuple[int, str]], word: str, whole: bool = False) -> set[int]:
    """The places whose parts, put together, hold `word`; a `whole` one begins where a part does."""
    text = "".join(part for _, part in parts)
    owner = [place for place, part in parts for _ in part]
    begins = {sum(len(part) for _, part in parts[:number]) for number in range(len(parts))}
    found: set[int] = set()
    for match in re.finditer(f"(?={re.escape(word)})", text):
        if not whole or match.start() in begins:
            found |= set(owner[match.start() : match.start() + len(word)])
    return found


def by_initials(said: list[tuple[int, str]], text: str, word: str) -> set[int]:
    """The places whose initials, in any of their readings, spell `word`."""
    read = first_letters(text, letters)
    found: set[int] = set()
    for start in range(len(said) - len(word) + 1):
        if all(letter in read[start + step] for step, letter in enumerate(word)):
            found |= {place for place, _ in said[start : start + len(word)]}
    return found
