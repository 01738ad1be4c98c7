"""What pypinyin knows, kept in less memory, is still all that it knows."""

import json
from importlib.resources import files

from schema.city.rules.pinyin import phrases


def test_every_phrase_is_read_as_pypinyin_has_it() -> None:
    theirs = json.loads(files("pypinyin").joinpath("phrases_dict.json").read_text("utf-8"))
    assert len(theirs) > 40_000
    assert phrases() == theirs


def test_equal_syllables_are_one_list() -> None:
    kept = {id(syllable) for given in phrases().values() for syllable in given}
    assert len(kept) < 2_000
