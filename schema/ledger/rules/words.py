"""The words of ledgers and their meanings, from `words.csv`. Unknown words mean nothing."""

import re
from collections.abc import Callable, Mapping
from typing import TypeVar

from schema.city.rules.text import half_width
from schema.entries.rules import Indicator, SourceOfCapital
from schema.ledger.rules.columns import data
from schema.project.rules import CapitalOrigin, Stage
from schema.signing.rules import AgreementKind

T = TypeVar("T")

MARKS = re.compile(r"[\s()\[\]【】<>《》\"'“”、,，/。.;:·-]")
NUMBERING = re.compile(r"^\s*(?:\d+[.、)]|[①-⑩])")
GROUP_TAIL = re.compile(r"(?:产业)?(?:招商)?(?:工作)?(?:小组|专班|组)?$")
CITY = re.compile(r"^(?:四川省?)?(?:资阳市?)?")
BETWEEN_PLACES = re.compile(r"[、,，/;；+]|[与及]")


def stage(text: str) -> Stage | None:
    """The stage that a word means: `2.在 谈（洽谈）` is 在谈. None when unknown."""
    return _meaning(STAGES, NUMBERING.sub("", half_width(text)))


def group(text: str) -> str | None:
    """The slug of an industry group, with or without 产业招商小组 behind it."""
    word = _tight(NUMBERING.sub("", half_width(text)))
    return GROUPS.get(word) or GROUPS.get(GROUP_TAIL.sub("", word))


def origin(text: str) -> CapitalOrigin | None:
    return _meaning(ORIGINS, text)


def agreement(text: str) -> AgreementKind | None:
    return _meaning(AGREEMENTS, text)


def indicator(text: str) -> Indicator | None:
    return _meaning(INDICATORS, text)


NOT_TAX_ALONE = "地方留成"


def indicator_asked(text: str) -> str:
    """What is said of words that are nearly an indicator, "" of others: 地方留成 keeps more than tax."""
    if NOT_TAX_ALONE not in half_width(text):
        return ""
    return f"“{' '.join(text.split())[:20]}”没有写明是不是税收。税收的地方留成部分请写“税收”，非税收入不记"


def source(text: str) -> SourceOfCapital | None:
    """The source of capital that a word says itself; 省内 alone says none."""
    return _meaning(SOURCES, text)


def place(text: str) -> str | None:
    """The slug of the only place that a text names, at its beginning: 资阳高新区, 安岳县石羊镇.

    雁江区、高新区 are two, and 成都高新区 is none of ours.
    """
    found = {_one_place(part) for part in BETWEEN_PLACES.split(half_width(text)) if part.strip()}
    return found.pop() if len(found) == 1 else None


def source_of_capital(region: str, origin: CapitalOrigin | None) -> SourceOfCapital | None:
    """The source of capital by the investor's region; None when the region does not decide it."""
    if origin == CapitalOrigin.FOREIGN:
        return SourceOfCapital.FOREIGN
    return next((source for word, source in REGIONS.items() if word in region), None)


def offered(known: Mapping[str, T]) -> list[str]:
    """The first word for each meaning: the one that is written and offered as a choice."""
    first: dict[T, str] = {}
    for word, meaning in known.items():
        first.setdefault(meaning, word)
    return list(first.values())


def word_for(known: Mapping[str, T], meaning: T) -> str:
    """The word that is written for a meaning."""
    return next(word for word, meant in known.items() if meant == meaning)


def _one_place(text: str) -> str | None:
    name = CITY.sub("", _tight(text))
    return next((slug for word, slug in PLACES.items() if name.startswith(word)), None)


def _meaning(meanings: Mapping[str, T], text: str) -> T | None:
    """The meaning of a word, of the part before its brackets, or of the part inside them."""
    word = half_width(text)
    outside, _, inside = word.partition("(")
    return next((meanings[w] for w in map(_tight, (word, outside, inside)) if w in meanings), None)


def _tight(text: str) -> str:
    return MARKS.sub("", half_width(text))


def _by_word(kind: str, made: Callable[[str], T]) -> dict[str, T]:
    return {
        word: made(row["meaning"])
        for row in data("words.csv")
        if row["kind"] == kind
        for word in row["words"].split()
    }


NAMES_OF_STAGES = {_tight(stage.word): stage for stage in Stage}
STAGES = NAMES_OF_STAGES | _by_word("stage", Stage) | NAMES_OF_STAGES
PLACES = _by_word("place", str)
GROUPS = _by_word("group", str)
ORIGINS = _by_word("origin", CapitalOrigin)
AGREEMENTS = _by_word("agreement", AgreementKind)
REGIONS = _by_word("region", SourceOfCapital)
INDICATORS = _by_word("indicator", Indicator)
SOURCES = _by_word("source", SourceOfCapital)
