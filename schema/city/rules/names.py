"""Names normalized for comparing, and search keys with pinyin."""

import re
from functools import lru_cache
from itertools import combinations, islice, product

from schema.city.rules.pinyin import first_letters, syllables
from schema.city.rules.text import half_width

MARKS = re.compile(r"[\s()\[\]{}<>〔〕【】〖〗「」『』《》〈〉“”‘’\"'`·•・、_]|[.,](?!\d)")
CHINESE_FORM = re.compile(r"(?:控股|集团|股份|有限|责任|总)+公司")
CHINESE_TAIL = re.compile(r"(?:(?<![分子])公司|集团|控股|股份|有限合伙|普通合伙|合伙企业)+$")
ENGLISH_FORM = re.compile(
    r"(?:(?<![a-z])(?:co|company|ltd|limited|inc|incorporated|corp|corporation|llc|plc|gmbh"
    r"|holdings?|group)[.,\s]*)+$"
)

ALTERNATIVES = 8


@lru_cache(maxsize=8192)
def normal_name(text: str) -> str:
    """A name without blanks, brackets, quotes and legal forms, half-width, in small letters.

    What stands in brackets stays: the phases (一期) and (二期) are two projects. A name that is
    nothing but a legal form keeps it.

    >>> normal_name(" 四川（资阳）牙谷科技 有限责任公司 "), normal_name("Ya Gu Tech. Co., Ltd.")
    ('四川资阳牙谷科技', 'yagutech')
    """
    name = half_width(text).casefold()
    name = ENGLISH_FORM.sub("", name).strip(" ,") or name
    name = MARKS.sub("", name)
    bare = CHINESE_TAIL.sub("", CHINESE_FORM.sub("", name))
    return bare or name


def search_key(text: str) -> str:
    """The text that a search is matched against: name | full pinyin | initials | up to 8 other initials.

    Small letters, no blanks: `长三角` → `长三角|changsanjiao|csj`, `曾` → `曾|zeng|z|c`. Compare it
    with `search_term` of what was typed.
    """
    name = search_term(text)
    letters = re.sub(r"[\W_]+", "", name)
    return "|".join([name, "".join(syllables(letters)), *initials(letters)])


def initials(name: str) -> list[str]:
    """The initials of the usual reading, then of others, those with fewest changes first."""
    readings = [list(dict.fromkeys(found)) for found in first_letters(name)]
    usual = [reading[0] for reading in readings]
    unsure = [place for place, reading in enumerate(readings) if len(reading) > 1]
    others = (
        "".join((dict(enumerate(usual)) | dict(zip(places, letters, strict=True))).values())
        for changes in range(1, len(unsure) + 1)
        for places in combinations(unsure, changes)
        for letters in product(*(readings[place][1:] for place in places))
    )
    return ["".join(usual), *islice(others, ALTERNATIVES)]


def search_term(text: str) -> str:
    """Typed search text in the form that `search_key` has: half-width, small letters, no blanks."""
    return re.sub(r"[\s|]", "", half_width(text).casefold())
