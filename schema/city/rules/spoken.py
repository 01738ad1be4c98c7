"""pypinyin with each syllable of its 47,000 phrases kept once: 20 MB less in every process.

Left to itself it reads them from JSON into half a million small lists and strings. What it knows
is the same.
"""

import json
import os
import re
from functools import cache
from importlib.resources import files

os.environ["PYPINYIN_NO_PHRASES"] = "true"
os.environ["PYPINYIN_NO_DICT_COPY"] = "true"

from pypinyin import Style, lazy_pinyin, load_phrases_dict, load_single_dict, pinyin

__all__ = ["Style", "lazy_pinyin", "load_phrases_dict", "load_single_dict", "pinyin"]

PHRASE = re.compile(r'"([^"]+)":\s*\[((?:\s*\[[^\]]*\],?)+)\s*\]')
SYLLABLE = re.compile(r"\[[^\]]*\]")


def phrases() -> dict[str, list[list[str]]]:
    """The phrases that come with pypinyin, with their readings; equal readings are one list."""
    text = files("pypinyin").joinpath("phrases_dict.json").read_text("utf-8")
    read = cache(json.loads)
    return {
        found[1]: [read(said) for said in SYLLABLE.findall(found[2])]
        for found in PHRASE.finditer(text)
    }


load_phrases_dict(phrases())
