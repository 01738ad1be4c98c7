"""The units of amounts and areas as headings, captions and sheet names write them, by a strict grammar.

A unit is understood as a whole or not at all. Each text says one unit, none, or something that looks
like one and is not understood: that is for people to say, never for a default.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from schema.city.rules.text import half_width

SCALES = ("", "百", "千", "万", "十万", "百万", "千万", "亿", "十亿", "百亿", "千亿", "万亿")
ENGLISH = {"thousand": "千", "million": "百万", "billion": "十亿"}
CURRENCIES = {
    "": ("元", "圆", "yuan", "人民币", "rmb", "cny", "¥"),
    "美元": ("美元", "美金", "usd", "us$", "$"),
    "欧元": ("欧元", "eur", "€"),
    "港元": ("港元", "港币", "hkd", "hk$"),
    "日元": ("日元", "日圆", "jpy", "円"),
    "英镑": ("英镑", "gbp", "£"),
    "韩元": ("韩元", "韩币", "krw"),
    "新台币": ("新台币", "台币", "twd", "nt$"),
    "澳门元": ("澳门元", "澳门币", "mop"),
    "新加坡元": ("新加坡元", "新元", "新币", "sgd"),
    "澳元": ("澳元", "澳币", "aud"),
    "加元": ("加元", "加币", "cad"),
    "瑞士法郎": ("瑞士法郎", "瑞郎", "chf"),
}
MEANT = {word: currency for currency, words in CURRENCIES.items() for word in words}
LOOSE = frozenset({"人民币", "rmb", "cny", "¥"})
"""Words for the currency that are no unit by themselves."""
AREAS = {
    "亩": ("亩",),
    "公顷": ("公顷", "ha"),
    "顷": ("顷",),
    "平方公里": ("平方公里", "平方千米", "km2"),
    "平方米": ("平方米", "平米", "平方", "m2"),
}
AREA_MEANT = {word: area for area, words in AREAS.items() for word in words}
MU = {"亩": (1, 1), "公顷": (15, 1), "顷": (100, 1), "平方公里": (1500, 1), "平方米": (3, 2000)}
TIMES = {"": 1, "百": 100, "千": 1000, "万": 10_000}


def _either(words: Iterable[str]) -> str:
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True) if word)


MONEY = re.compile(
    rf"(?P<before>{_either(MEANT.keys() - {'元', '圆'})})?"
    rf"(?P<scale>{_either((*SCALES, *ENGLISH))})?"
    rf"(?P<after>{_either(MEANT)})?(?P<behind>{_either(LOOSE)})?"
)
LAND = re.compile(rf"(?P<scale>[百千万])?(?P<area>{_either(AREA_MEANT)})")
BEHIND = re.compile(
    rf"(?<=.)(?:单位)?(?:(?:{_either(LOOSE)})?(?:{_either(SCALES)})?(?:{_either(MEANT)})"
    rf"(?:{_either(LOOSE)})?|[百千万]?(?:{_either(AREA_MEANT.keys() - {'平方', 'ha'})}))$",
    re.IGNORECASE,
)
"""A unit right behind a heading's own words: 总投资亿元, 用地面积平方公里."""

IN_BRACKETS = re.compile(r"[(\[【〔〈《<]([^()\[\]【】〔〕〈〉《》<>]*)[)\]】〕〉》>]")
BETWEEN = re.compile(r"[,、;:|+()/\s]|(?<=[元亩米里顷])[和及或]")
BEFORE_UNIT = re.compile(
    r"^(?:(?:金额|计量|货币|资金|投资|面积|用地|数据)?单位)?(?:均?为|是|以|按|均|统一|折合)?"
)
BEHIND_UNIT = re.compile(r"(?:为单位|计算|计)$")
RATE = re.compile(r"元/(?:亩|平|m2|公顷|年|人)")
THRESHOLD = re.compile(
    r"\d[\d.]*[十百千万亿]*(?:[美欧港]?元|亩|平方米|m2)?|[一二三四五六七八九两几十百千万亿]+元?(?=及?以[上下内])"
)
LOOKS_LIKE = {
    "money": re.compile(
        r"[十百千万亿美欧港日韩]元|^元$|^[十百千万亿]+$|美金|港币|英镑|[外原台澳韩加]币|币种|汇率"
        r"|usd|eur|hkd|jpy|gbp|krw|rmb|cny|thousand|million|billion|yuan|[$€£¥]"
    ),
    "land": re.compile(r"亩$|顷$|公里$|平方[米公千]|平米|k?m2|面积单位"),
}
CAPTION = re.compile(
    r"(?:(?<![\u4e00-\u9fff])|金额|计量|货币|资金|投资|面积|用地|数据)单位(均?为|是|[:(])?(.+)"
)


LONGEST_HEADING = 200
"""In characters; a longer text is no heading, no caption and no unit."""


class UnitFrom(StrEnum):
    """Where the unit of a column is from; ABSENT and UNCLEAR have none."""

    SHEET = "SHEET"
    CHOSEN = "CHOSEN"
    ABSENT = "ABSENT"
    UNCLEAR = "UNCLEAR"


@dataclass(frozen=True, slots=True)
class UnitReading:
    """What a text says about a unit: its standard name, or the words that are not understood."""

    unit: str = ""
    unclear: str = ""


NOTHING = UnitReading()


def is_foreign(unit: str) -> bool:
    """Whether the standard name of a unit is one of foreign money."""
    return any(unit.endswith(currency) for currency in CURRENCIES if currency)


@lru_cache(maxsize=4096)
def unit_of(token: str, kind: str) -> str:
    """The standard name of a unit that is written alone, or "": 百亿元, 万美元, 万平方米.

    `kind` is `money` or `land`. A scale without a currency is of yuan where it is 万 or more.

    >>> unit_of("RMB亿元", "money"), unit_of("万港币", "money"), unit_of("千", "money")
    ('亿元', '万港元', '')
    >>> unit_of("万㎡", "land"), unit_of("km²", "land")
    ('万平方米', '平方公里')
    """
    if len(token) > LONGEST_HEADING:
        return ""
    text = re.sub(r"\s", "", half_width(token)).lower()
    return _money(text) if kind == "money" else _land(text)


def mu_of(unit: str) -> tuple[int, int]:
    """An area's unit in mu, as a ratio: 顷 is (100, 1), 平方米 is (3, 2000)."""
    found = LAND.fullmatch(unit)
    if not found:
        return 1, 1
    times, parts = MU[AREA_MEANT[found["area"]]]
    return times * TIMES[found["scale"] or ""], parts


@lru_cache(maxsize=4096)
def in_heading(text: str, kind: str) -> UnitReading:
    """What one heading says: in brackets, behind its words, or where it is nothing but a unit."""
    if len(text) > LONGEST_HEADING:
        return NOTHING
    rest = half_width(text).lower()
    readings = []
    while found := IN_BRACKETS.search(rest):
        readings.append(_in_tokens(found[1], kind))
        rest = rest[: found.start()] + " " + rest[found.end() :]
    readings.append(_behind(rest, kind))
    return _together(readings)


@lru_cache(maxsize=1024)
def in_caption(text: str, kind: str) -> UnitReading:
    """What a text above the header, between its lines, or a sheet's name says.

    That is what stands behind 单位, in brackets at its end, or where it is nothing but units.
    """
    if len(text) > LONGEST_HEADING:
        return NOTHING
    plain = re.sub(r"单\s+位", "单位", half_width(text)).lower()
    if found := CAPTION.search(plain):
        content = found[2].rstrip(")】] ")
        if not found[1] and not _all_units(content):
            return NOTHING
        reading = _in_tokens(content, kind, all_of_it=False)
        return reading if reading.unit or not _only_of_other(content, kind) else NOTHING
    brackets = IN_BRACKETS.findall(plain)
    whole = brackets[-1] if brackets and plain.endswith(tuple(")】]〕")) else plain
    return _in_tokens(whole, kind) if _all_units(whole) else NOTHING


def is_caption(text: str) -> bool:
    """Whether a text says units and nothing else: （亿元）, 单位：万元、亩."""
    if len(text) > LONGEST_HEADING:
        return False
    plain = re.sub(r"\s", "", half_width(text)).lower()
    content = plain.strip("()[]【】〔〕")
    return bool(content) and (
        _all_units(content) or bool(re.match("(?:金额|计量|面积|货币)?单位[:为]", content))
    )


def captions(texts: Iterable[str], kind: str) -> UnitReading:
    """What several captions say together: two that differ are not understood."""
    return _together([in_caption(text, kind) for text in texts if text])


def _money(text: str) -> str:
    found = MONEY.fullmatch(text)
    if not found or not text:
        return ""
    scale = found["scale"] or ""
    words = [word for word in (found["before"], found["after"], found["behind"]) if word]
    currencies = {MEANT[word] for word in words}
    if len(currencies) > 1 or (scale in ENGLISH and not words):
        return ""
    if not words and SCALES.index(scale) < SCALES.index("万"):
        return ""
    if not scale and all(word in LOOSE for word in words):
        return ""
    return ENGLISH.get(scale, scale) + ("".join(currencies) or "元")


def _land(text: str) -> str:
    found = LAND.fullmatch(text)
    return (found["scale"] or "") + AREA_MEANT[found["area"]] if found else ""


def _tokens(content: str) -> Iterator[str]:
    for token in BETWEEN.split(content):
        bare = BEHIND_UNIT.sub("", BEFORE_UNIT.sub("", token.strip("。.")))
        if bare:
            yield bare


def _in_tokens(content: str, kind: str, *, all_of_it: bool = True) -> UnitReading:
    """The one unit among tokens; notes behind it do not matter. Two units are not understood."""
    if RATE.search(content):
        return UnitReading(unclear=content)
    whole = unit_of(content, kind)
    if whole:
        return UnitReading(whole)
    tokens = list(_tokens(content))
    units = {unit for token in tokens if (unit := unit_of(token, kind))}
    if len(units) == 1:
        return UnitReading(units.pop())
    if units or _looks_like(content if all_of_it else "".join(tokens[:1]), kind):
        return UnitReading(unclear=content.strip())
    return NOTHING


def _behind(rest: str, kind: str) -> UnitReading:
    """The unit behind a heading's own words, or behind a comma or 单位."""
    plain = re.sub(r"\s", "", rest).strip("*※:")
    if unit := unit_of(plain, kind):
        return UnitReading(unit)
    units = {unit for token in [*_tokens(plain)][1:] if (unit := unit_of(token, kind))}
    if not units and (found := BEHIND.search(plain)):
        units = {unit_of(found[0].removeprefix("单位"), kind)} - {""}
    if len(units) == 1:
        return UnitReading(units.pop())
    return UnitReading(unclear=plain) if units or _looks_like(plain, kind) else NOTHING


def _looks_like(text: str, kind: str) -> bool:
    tokens = (THRESHOLD.sub("", token) for token in _tokens(text))
    return any(
        LOOKS_LIKE[kind].search(token) and token not in LOOSE
        for token in tokens
        if token and not (unit_of(token, "land") if kind == "money" else unit_of(token, "money"))
    )


def _all_units(content: str) -> bool:
    tokens = list(_tokens(content))
    known = (
        unit_of(token, "money") or unit_of(token, "land") or token in LOOSE for token in tokens
    )
    return bool(tokens) and all(known) and not all(token in LOOSE for token in tokens)


def _only_of_other(content: str, kind: str) -> bool:
    other = "land" if kind == "money" else "money"
    tokens = list(_tokens(content))
    return bool(tokens) and bool(unit_of(tokens[0], other)) and not _looks_like(content, kind)


def _together(readings: Iterable[UnitReading]) -> UnitReading:
    found = [each for each in readings if each != NOTHING]
    units = {each.unit for each in found if each.unit}
    if len(units) > 1:
        return UnitReading(unclear="、".join(sorted(units)))
    if units:
        return UnitReading(units.pop())
    return found[0] if found else NOTHING
