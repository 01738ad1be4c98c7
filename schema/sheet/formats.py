"""Number formats of spreadsheets (ECMA-376 part 1, 18.8.31): what a person sees of a number.

Pure functions of a number and a format's code. A format may say more than its digits: a unit in
quotes, a currency sign, a percentage, a scale; `says_more` tells such formats from the others.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Context, Decimal
from functools import lru_cache
from typing import NamedTuple

GENERAL = "General"
BUILT_IN: Mapping[int, str] = {
    0: GENERAL, 1: "0", 2: "0.00", 3: "#,##0", 4: "#,##0.00", 5: '"¥"#,##0;"¥"\\-#,##0',
    6: '"¥"#,##0;[Red]"¥"\\-#,##0', 7: '"¥"#,##0.00;"¥"\\-#,##0.00',
    8: '"¥"#,##0.00;[Red]"¥"\\-#,##0.00', 9: "0%", 10: "0.00%", 11: "0.00E+00", 12: "# ?/?",
    13: "# ??/??", 14: "yyyy/m/d", 15: "d-mmm-yy", 16: "d-mmm", 17: "mmm-yy", 18: "h:mm AM/PM",
    19: "h:mm:ss AM/PM", 20: "h:mm", 21: "h:mm:ss", 22: "yyyy/m/d h:mm", 37: "#,##0;\\-#,##0",
    38: "#,##0;[Red]\\-#,##0", 39: "#,##0.00;\\-#,##0.00", 40: "#,##0.00;[Red]\\-#,##0.00",
    41: '_ * #,##0_ ;_ * \\-#,##0_ ;_ * "-"_ ;_ @_ ',
    42: '_ "¥"* #,##0_ ;_ "¥"* \\-#,##0_ ;_ "¥"* "-"_ ;_ @_ ',
    43: '_ * #,##0.00_ ;_ * \\-#,##0.00_ ;_ * "-"??_ ;_ @_ ',
    44: '_ "¥"* #,##0.00_ ;_ "¥"* \\-#,##0.00_ ;_ "¥"* "-"??_ ;_ @_ ',
    45: "mm:ss", 46: "[h]:mm:ss", 47: "mm:ss.0", 48: "##0.0E+0", 49: "@",
    **dict.fromkeys((27, 36, 50, 52, 57), 'yyyy"年"m"月"'),
    **dict.fromkeys((28, 29, 51, 53, 54, 58), 'm"月"d"日"'),
    30: "m-d-yy", 31: 'yyyy"年"m"月"d"日"', 32: 'h"时"mm"分"', 33: 'h"时"mm"分"ss"秒"',
    34: '上午/下午h"时"mm"分"', 35: '上午/下午h"时"mm"分"ss"秒"',
    55: '上午/下午h"时"mm"分"', 56: '上午/下午h"时"mm"分"ss"秒"',
}  # fmt: skip
"""The formats that a workbook names by number alone, as Excel and WPS show them in Chinese."""

LONGEST_FORMAT = 255
HEXADECIMAL = frozenset("0123456789abcdef")
TOKEN = re.compile(
    r'"(?P<quoted>[^"]*)"?|[\\!](?P<escaped>.)|_(?P<gap>.)|\*(?P<fill>.)|\[(?P<bracket>[^\]]*)\]'
    r"|(?P<general>General|G/通用格式|通用格式)|(?P<day_half>AM/PM|A/P|上午/下午)"
    r"|(?P<power>[Ee][+-])|(?P<digit>[0#?])|(?P<point>\.)|(?P<comma>,)|(?P<percent>%)"
    r"|(?P<text>@)|(?P<end>;)|(?P<date>[yYmMdDhHsSbBeEgG]+)|(?P<other>.)",
    re.DOTALL | re.IGNORECASE,
)
CONDITION = re.compile(r"(<=|>=|<>|<|>|=)\s*(-?\d+(?:\.\d+)?)")
SILENT = frozenset(" -()—－（）\u3000\u00a0")
"""Signs that a format puts around a number without saying more of it."""
SIGNS = frozenset({"literal", "yen", "foreign"})
"""The kinds of tokens that are seen as they stand."""
AS_KEPT = Context(prec=15)
WIDE = Context(prec=2000)
"""Wide enough for the largest number under the longest format."""
CHINA = re.compile(r"[0-9a-f]{0,4}(?:0004|0804|7804|0478|0451|0480|0850)|zh(?:-hans)?|[a-z-]+-cn")
JAPAN = re.compile(r"[0-9a-f]{0,4}0411|ja(?:-jp)?")
"""The locales of China and of Japan, by number and by name ([MS-LCID], BCP 47)."""
OWN_SIGN = re.compile(r"[¥￥元圆圓百千万萬亿億]+")
"""Currency signs that mean China's own money in China, and another or an unclear one elsewhere."""


class Seen(NamedTuple):
    """A number as a person sees it: `text`, rounded; `exact`, the same with all its digits.

    `exact` is None where the format hides the number or puts signs between its digits. `factor` is
    what the number was multiplied by to be shown, `words` what the format says beside it.
    """

    text: str
    exact: str | None
    factor: Decimal
    words: str


@dataclass(slots=True)
class Section:
    """One of up to four parts of a format: its tokens as kind and text, and its condition."""

    tokens: list[tuple[str, str]] = field(default_factory=list)
    condition: tuple[str, Decimal] | None = None
    fraction: bool = False

    def kinds(self) -> set[str]:
        return {kind for kind, _ in self.tokens}


@lru_cache(maxsize=1024)
def is_date(code: str) -> bool:
    """Whether a format shows a number as a day or month, and not only as a time of day."""
    first = _sections(code)[0]
    letters = "".join(text for kind, text in first.tokens if kind == "date").lower()
    if "digit" in first.kinds() and "s" not in letters:
        return False
    if any(letter in letters for letter in "ydeg"):
        return True
    return "m" in letters and not set(letters) & set("hs") and "duration" not in first.kinds()


@lru_cache(maxsize=1024)
def finest(code: str) -> str:
    """The smallest part of a day that a format of days shows: `day`, `month` or `year`.

    >>> finest("yyyy/m/d"), finest('yyyy"年"m"月"'), finest("mmm-yy"), finest("yyyy")
    ('day', 'month', 'month', 'year')
    """
    letters = "".join(text for kind, text in _sections(code)[0].tokens if kind == "date").lower()
    if "d" in letters or not set(letters) & set("yemg"):
        return "day"
    return "month" if "m" in letters else "year"


@lru_cache(maxsize=1024)
def says_more(code: str) -> bool:
    """Whether a format shows more, less or other than the digits of a number."""
    sections = _sections(code)[:3]
    return not is_date(code) and any(map(_says_more, sections))


@lru_cache(maxsize=4096)
def seen(value: float, code: str) -> Seen:
    """What a person sees of a number under a format that `says_more`."""
    number = AS_KEPT.create_decimal(repr(value))
    section, sign = _chosen(_sections(code), number)
    number = abs(number)
    before, middle, after = _around(section)
    kinds = [kind for kind, _ in section.tokens]
    factor = Decimal(1).scaleb(2 * kinds.count("percent"))
    if "date" in kinds or "duration" in kinds:
        minutes = int(WIDE.remainder(number, Decimal(1)) * 1440 + Decimal("0.5"))
        return Seen(f"{minutes // 60}:{minutes % 60:02}", None, factor, "")
    if "power" in kinds:
        text = f"{sign}{before}{_scientific(number, section)}{after}".strip()
        return Seen(text, _exact(section, sign, number), Decimal(1), _words(section))
    if "general" in kinds or section.fraction:
        text = f"{sign}{before}{plain(number)}{after}".strip()
        return Seen(text, _exact(section, sign, number), Decimal(1), _words(section))
    if "digit" not in kinds:
        text = (before + after).strip()
        return Seen(text, f"{sign}{plain(number)}" if "text" in kinds else None, factor, text)
    whole, decimals, commas = _layout(section)
    factor *= Decimal(1).scaleb(-3 * commas)
    shown = WIDE.multiply(number, factor)
    text = f"{sign}{before}{_fill(shown, whole, decimals, section)}{after}".strip()
    between = "".join(middle)
    if between not in ("", "."):
        return Seen(text, None, factor, _words(section))
    if between:
        behind = len(whole) - 1 - max(i for i, (kind, _) in enumerate(whole) if kind == "literal")
        factor = factor.scaleb(-behind)
        if decimals:
            return Seen(text, None, factor, _words(section))
    if _digits_follow(section) and (decimals or shown != shown.to_integral_value()):
        return Seen(text, None, factor, _words(section))
    exact = _exact(section, sign, WIDE.multiply(number, factor))
    return Seen(text, exact, factor, _words(section))


def pads(code: str) -> bool:
    """Whether a format gives a number leading zeros, as codes have them."""
    whole, _, _ = _layout(_sections(code)[0])
    if ("literal", ".") in whole:
        return False
    return sum(1 for kind, text in whole if kind == "digit" and text == "0") > 1


def is_scientific(code: str) -> bool:
    """Whether a format shows a number with an exponent, and so few of its digits."""
    return "power" in _sections(code)[0].kinds()


def tokens_of(code: str) -> list[tuple[str, str]]:
    """The tokens of a format's first section, as kind and text."""
    return _sections(code)[0].tokens


def plain(number: Decimal) -> str:
    """A number without exponent and without zeros behind its last digit.

    >>> plain(Decimal("12.50")), plain(Decimal("1E+3"))
    ('12.5', '1000')
    """
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


@lru_cache(maxsize=1024)
def _sections(code: str) -> tuple[Section, ...]:
    sections = [Section()]
    for match in TOKEN.finditer(code[:LONGEST_FORMAT]):
        kind = match.lastgroup or ""
        text = match[kind]
        section = sections[-1]
        match kind:
            case "end":
                sections.append(Section())
            case "quoted" | "escaped":
                section.tokens.append(("literal", text))
            case "gap":
                section.tokens.append(("literal", " "))
            case "bracket":
                _bracket(section, text)
            case "other" if text == "/" and "digit" in section.kinds():
                section.fraction = True
            case "other":
                section.tokens.append(("literal", text))
            case "fill":
                pass
            case _:
                section.tokens.append((kind, text))
    return tuple(sections)


def _bracket(section: Section, text: str) -> None:
    """A condition, a currency sign with its locale, a duration; colours say nothing.

    China's own sign under another locale is that country's: ¥ is the yen in Japan, and unclear elsewhere.
    """
    if found := CONDITION.fullmatch(text.strip()):
        section.condition = found[1], Decimal(found[2])
    elif text.startswith("$"):
        sign, _, locale = text[1:].partition("-")
        locale = locale.strip().lower().replace("_", "-")
        place = locale.zfill(4) if set(locale) <= HEXADECIMAL else locale
        own = not locale or bool(CHINA.fullmatch(place)) or not OWN_SIGN.fullmatch(sign.strip())
        yen = JAPAN.fullmatch(place) and sign.strip() in ("¥", "￥")
        section.tokens.append(("literal" if own else "yen" if yen else "foreign", sign))
    elif text and set(text.lower()) <= set("hms"):
        section.tokens.append(("duration", text))


def _says_more(section: Section) -> bool:
    kinds = section.kinds()
    if kinds & {"percent", "yen", "foreign", "power"} or set(_words(section)) - SILENT:
        return True
    if kinds & {"general", "text"} or section.fraction:
        return False
    if kinds & {"date", "duration"} or "digit" not in kinds:
        return True
    whole, _, commas = _layout(section)
    zeros = [text for kind, text in whole if kind == "digit" and text == "0"]
    return bool(commas) or len(zeros) > 1 or any(kind == "literal" for kind, _ in whole)


def _chosen(sections: tuple[Section, ...], number: Decimal) -> tuple[Section, str]:
    """The section that shows a number, and the sign before it."""
    minus = "-" if number < 0 else ""
    if any(section.condition for section in sections):
        for section in sections[:3]:
            if section.condition is None or _holds(number, *section.condition):
                return section, minus
        return Section([("literal", "###")]), ""
    if number < 0 and len(sections) > 1:
        return sections[1], ""
    if number == 0 and len(sections) > 2:
        return sections[2], ""
    return sections[0], minus


def _holds(number: Decimal, operator: str, bound: Decimal) -> bool:
    return {
        "<": number < bound, "<=": number <= bound, ">": number > bound,
        ">=": number >= bound, "=": number == bound, "<>": number != bound,
    }[operator]  # fmt: skip


def _spans(section: Section) -> tuple[int, int]:
    """The places of the first and the last token that stands for digits."""
    digits = [
        at
        for at, (kind, _) in enumerate(section.tokens)
        if kind in ("digit", "general", "text", "date", "power")
    ]
    return (digits[0], digits[-1]) if digits else (len(section.tokens), len(section.tokens))


def _around(section: Section) -> tuple[str, list[str], str]:
    """The texts before, between and behind the digits, as they are seen."""
    first, last = _spans(section)
    parts: tuple[list[str], list[str], list[str]] = ([], [], [])
    for at, (kind, text) in enumerate(section.tokens):
        if kind in SIGNS or kind == "percent":
            parts[0 if at < first else 1 if at < last else 2].append(text)
    return "".join(parts[0]), parts[1], "".join(parts[2])


def _words(section: Section) -> str:
    return "".join(_word(*each) for each in section.tokens if each[0] in SIGNS).strip()


def _word(kind: str, text: str) -> str:
    """A sign of a format as a word for money: foreign where its locale makes it so."""
    return "JPY" if kind == "yen" else f"外币{text}" if kind == "foreign" else text


def _digits_follow(section: Section) -> bool:
    """Whether a format writes digits of its own behind those of the number: 13 under `0"00"` is 1300."""
    _, last = _spans(section)
    return any(
        kind == "literal" and text[:1].isdigit() for kind, text in section.tokens[last + 1 :]
    )


def _exact(section: Section, sign: str, number: Decimal) -> str:
    """The number with all its digits between the words of its format."""
    first, _ = _spans(section)
    before: list[str] = []
    after: list[str] = []
    for at, (kind, text) in enumerate(section.tokens):
        if kind in SIGNS or kind == "percent":
            (before if at < first else after).append(_word(kind, text))
    behind = "".join(after).removeprefix(".") if "digit" in section.kinds() else "".join(after)
    words = "".join(before).strip(), behind.strip()
    if words[0].startswith(("(", "（")) and words[1].endswith((")", "）")):
        words = words[0][1:], words[1][:-1]
        sign = "-"
    return f"{sign}{words[0]}{plain(number)}{words[1]}".strip()


def _layout(section: Section) -> tuple[list[tuple[str, str]], int, int]:
    """The digits and signs before the point, the number of digits behind it, the scaling commas."""
    first, last = _spans(section)
    whole: list[tuple[str, str]] = []
    decimals = commas = 0
    pointed = False
    for kind, text in section.tokens[first : last + 1]:
        if kind == "point":
            pointed = True
        elif kind == "digit":
            if pointed:
                decimals += 1
            commas = 0
            whole += [] if pointed else [(kind, text)]
        elif kind == "literal" and not pointed:
            whole.append((kind, text))
        elif kind == "comma":
            commas += 1
            whole += [] if pointed else [(kind, text)]
    for kind, _ in section.tokens[last + 1 :]:
        if kind != "comma":
            break
        commas += 1
    behind = _before_point(section, last)
    return whole, decimals, commas + behind


def _before_point(section: Section, last: int) -> int:
    """The commas that stand directly before the point, which scale as those at the end do."""
    kinds = [kind for kind, _ in section.tokens[: last + 1]]
    if "point" not in kinds:
        return 0
    at = kinds.index("point")
    count = 0
    while at and kinds[at - 1] == "comma":
        at, count = at - 1, count + 1
    return count


def _fill(shown: Decimal, whole: list[tuple[str, str]], decimals: int, section: Section) -> str:
    """The digits of a number in the places of its format."""
    one = Decimal(1).scaleb(-decimals)
    head, _, tail = f"{shown.quantize(one, ROUND_HALF_UP, WIDE):f}".partition(".")
    digits = list("" if head == "0" else head)
    places = [text for kind, text in whole if kind == "digit"]
    out: list[str] = []
    grouped = _grouped(whole)
    left, count = len(places), 0
    for kind, text in reversed(whole):
        if kind == "literal":
            out.append(text)
        if kind != "digit":
            continue
        left -= 1
        taken = [digits.pop()] if digits else ["0"] if text == "0" else []
        while left == 0 and digits:
            taken.append(digits.pop())
        for digit in taken:
            if grouped and count and count % 3 == 0:
                out.append(",")
            out.append(digit)
            count += 1
    if decimals:
        optional = [text for kind, text in section.tokens if kind == "digit"][len(places) :]
        while optional and optional[-1] == "#" and tail.endswith("0"):
            optional, tail = optional[:-1], tail[:-1]
        out = [*reversed(tail), ".", *out]
    return "".join(reversed(out))


def _scientific(number: Decimal, section: Section) -> str:
    """A number with one digit before the point, and an exponent of as many digits as its format gives."""
    kinds = [kind for kind, _ in section.tokens]
    power = kinds.index("power")
    decimals = kinds[:power].count("digit") - 1
    if "point" in kinds[:power]:
        decimals = kinds[kinds.index("point") : power].count("digit")
    digits, _, exponent = f"{number:.{max(decimals, 0)}E}".partition("E")
    return f"{digits}E{exponent[0]}{exponent[1:].zfill(kinds[power:].count('digit'))}"


def _grouped(whole: list[tuple[str, str]]) -> bool:
    """Whether a comma stands between two digits, and so groups thousands."""
    kinds = [kind for kind, _ in whole]
    return any(
        kind == "comma" and "digit" in kinds[:at] and "digit" in kinds[at + 1 :]
        for at, kind in enumerate(kinds)
    )
