"""Pinyin of Chinese text, by pypinyin, which is loaded when the first name needs it.

Its 47,000 phrases take 50 MB in a process, and one that only reads needs none of them. Equal
syllables are one list: pypinyin's own loading makes half a million small lists and strings out of
JSON, which is 20 MB more. The readings are the same, with some local names added.
"""

import json
import os
import re
from functools import cache
from importlib.resources import files
from typing import Any

PHRASE = re.compile(r'"([^"]+)":\s*\[((?:\s*\[[^\]]*\],?)+)\s*\]')
SYLLABLE = re.compile(r"\[[^\]]*\]")

# Local names that the general dictionary does not know, or reads otherwise.
PHRASES = {
    "长三角": "cháng sān jiǎo",
    "珠三角": "zhū sān jiǎo",
    "资阳": "zī yáng",
    "雁江": "yàn jiāng",
    "雁江区": "yàn jiāng qū",
    "安岳": "ān yuè",
    "安岳县": "ān yuè xiàn",
    "乐至": "lè zhì",
    "乐至县": "lè zhì xiàn",
    "高新区": "gāo xīn qū",
    "临空": "lín kōng",
    "临空经济区": "lín kōng jīng jì qū",
    "成德眉资": "chéng dé méi zī",
    "成渝": "chéng yú",
    "成渝地区": "chéng yú dì qū",
    "牙谷": "yá gǔ",
    "中国牙谷": "zhōng guó yá gǔ",
    "蜀都": "shǔ dū",
    "重装": "zhòng zhuāng",
    "长虹": "cháng hóng",
    "朝阳": "cháo yáng",
}
# The reading that names use comes first; readings that names never use are left out.
READINGS = {
    "曾": "zēng,céng",
    "单": "dān,shàn",
    "解": "jiě,xiè",
    "仇": "qiú,chóu",
    "查": "chá,zhā",
    "盛": "shèng,chéng",
    "长": "cháng,zhǎng",
    "重": "zhòng,chóng",
    "行": "háng,xíng",
    "乐": "lè,yuè",
    "都": "dū",
    "区": "qū",
    "县": "xiàn",
    "至": "zhì",
    "宁": "níng",
    "氏": "shì",
    "南": "nán",
    "大": "dà",
    "车": "chē",
    "石": "shí",
    "红": "hóng",
    "市": "shì",
    "可": "kě",
    "万": "wàn",
    "合": "hé",
    "食": "shí",
    "工": "gōng",
    "景": "jǐng",
    "家": "jiā",
}


def syllables(text: str, errors: Any = "default") -> list[str]:
    """The usual reading of each character, without tones; `errors` is what pypinyin does with others.

    >>> syllables("长三角A")
    ['chang', 'san', 'jiao', 'A']
    """
    found: list[str] = load_pypinyin().lazy_pinyin(text, errors=errors)
    return found


def first_letters(text: str, errors: Any = "default") -> list[list[str]]:
    """The first letters of all readings of each character, the usual reading first."""
    module = load_pypinyin()
    letters = module.Style.FIRST_LETTER
    found: list[list[str]] = module.pinyin(text, letters, heteronym=True, errors=errors)
    return found


def same_sound(one: str, other: str) -> bool:
    """Whether characters of the one and of the other have a reading in common, tones aside.

    >>> same_sound("檬", "蒙"), same_sound("红", "绿")
    (True, False)
    """
    module = load_pypinyin()
    ours, theirs = (
        {
            reading
            for each in module.pinyin(text, module.Style.NORMAL, heteronym=True)
            for reading in each
        }
        for text in (one, other)
    )
    return bool(ours & theirs)


@cache
def load_pypinyin() -> Any:
    """The module pypinyin with its phrases and this city's own PHRASES and READINGS."""
    os.environ["PYPINYIN_NO_PHRASES"] = "true"
    os.environ["PYPINYIN_NO_DICT_COPY"] = "true"
    import pypinyin

    pypinyin.load_phrases_dict(phrases())
    pypinyin.load_phrases_dict(
        {name: [[syllable] for syllable in reading.split()] for name, reading in PHRASES.items()}
    )
    pypinyin.load_single_dict(
        {ord(character): readings for character, readings in READINGS.items()}
    )
    return pypinyin


def phrases() -> dict[str, list[list[str]]]:
    """The phrases that come with pypinyin, with their readings; equal readings are one list."""
    text = files("pypinyin").joinpath("phrases_dict.json").read_text("utf-8")
    read = cache(json.loads)
    return {
        found[1]: [read(syllable) for syllable in SYLLABLE.findall(found[2])]
        for found in PHRASE.finditer(text)
    }
