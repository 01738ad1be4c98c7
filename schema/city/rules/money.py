"""Money as a whole number of fen: reading what people write, splitting, formatting."""

import re

from schema.city.rules.errors import RuleBroken
from schema.city.rules.numerals import with_digits
from schema.city.rules.text import half_width, has_unusual_digits, quote

# How many zeros a unit adds to a number of fen.
POWERS = {
    "": 2,
    "百": 4,
    "千": 5,
    "万": 6,
    "十万": 7,
    "百万": 8,
    "千万": 9,
    "亿": 10,
    "十亿": 11,
    "百亿": 12,
    "千亿": 13,
    "万亿": 14,
}
LARGEST = 10**14
LONGEST = 40
EXAMPLE = "请写成“12.5亿”或“125000万元”"

NO_ESTIMATE = "这里要填确切金额，请去掉“约”“左右”等字，写成“12.5亿”或“125000万元”"
"""What a field is answered that keeps no estimate."""

ESTIMATE = re.compile(
    r"(?P<before>(?:大约|约为|约|近|(?:预计|估计|估算|暂估|暂定|初步|拟投资?)(?=约?\d)约?)?\s*)(?P<amount>.*?)"
    r"(?P<after>\s*(?:左右|上下|约|[(](?:预计|估计|估算|暂估|暂定)[)])?)"
)
BARE = re.compile(r"[\d,.\s]*\d[\d,.\s]*", re.ASCII)
FOREIGN = re.compile(
    r"[$€£]|usd|eur|gbp|hkd|jpy|krw|美元|美金|欧元|英镑|日元|韩元|港[元币]|外[币汇]", re.IGNORECASE
)
RANGE = re.compile(r"\d[\d.,亿万千元]*\s*[-~—–−至到]+\s*\d")
MINUS = ("-", "−", "–", "负")
CNY_MARKS = re.compile(r"^(?:人民币|rmb|cny|¥)|(?:[(]?(?:人民币|rmb|cny)[)]?|整)$", re.IGNORECASE)
PART = re.compile(
    r"(\d{1,3}(?:,\d{3})+(?![\d,])|\d+)(?:\.(\d+))?(万亿|[千百十]?亿|[千百十]?万|[千百])?", re.ASCII
)


def parse_money(text: str, unit: str = "万元", estimate: bool = False) -> int:
    """An amount in fen from what people type: `12.5亿`, `125000万元`, `125,000`, `12亿5000万`, `十二亿`.

    A number without a unit is in `unit`: 元 or one of POWERS before it, such as 万元 or 百亿元. With `estimate`, `约1.2亿`,
    `近1.2亿` and `1.2亿左右` are read as 1.2亿; `is_estimate` tells them apart. Raises `RuleBroken`
    (`INVALID`), with an example of what to write, for a range, a negative amount, foreign money, a
    fraction of a fen, more than 1 万亿元 and whatever can be read in two ways.
    """
    typed = as_typed(text)
    if len(typed) > LONGEST:
        raise unclear(f"{quote(text)}太长，不是一个金额", EXAMPLE)
    if has_unusual_digits(text):
        raise unclear(f"{quote(text)}里有不是普通数字的符号", EXAMPLE)
    if is_estimate(text):
        if not estimate:
            raise unclear(f"{quote(text)}是估计数，去掉“约”“左右”等字，填确切金额", EXAMPLE)
        typed = without_estimate_words(typed)
    if not typed:
        raise unclear("金额没有填", EXAMPLE)
    if FOREIGN.search(typed):
        raise unclear(
            "这里只填人民币金额",
            "外币请填在“外币金额”和“币种”栏，例如 1000 万美元填“10000000”和“USD”",
        )
    if RANGE.search(typed):
        raise unclear(f"{quote(text)}是一个范围，不是一个金额", EXAMPLE)
    if typed.startswith(MINUS):
        raise unclear("金额不能是负数，记错的金额请办理“冲销”", EXAMPLE)
    if re.search(r"\d\s+\d", typed):
        raise unclear(f"{quote(text)}中间有空格，看不出是几个数", EXAMPLE)
    amount = sum_parts(CNY_MARKS.sub("", re.sub(r"\s", "", typed)), unit, quote(text))
    if amount > LARGEST:
        raise unclear(f"{quote(text)}超过 1 万亿元，请核对单位", EXAMPLE)
    return amount


def is_estimate(text: str) -> bool:
    """Whether an amount is marked as an estimate: `约1.2亿`, `近1.2亿`, `1.2亿左右`."""
    typed = as_typed(text)
    return len(typed) <= LONGEST and without_estimate_words(typed) not in {"", typed}


def as_typed(text: str) -> str:
    """What somebody typed, half-width and with its numbers in digits; nothing is read of what is far too long."""
    typed = half_width(text)
    return typed if len(typed) > LONGEST else with_digits(typed)


def without_estimate_words(typed: str) -> str:
    """An amount without the words that mark it as an estimate."""
    match = ESTIMATE.fullmatch(typed)
    return match["amount"] if match else typed


def in_unit(text: str, unit: str) -> str:
    """An amount with `unit` behind its number where it has no unit of its own: `约1200` → `约1200万元`."""
    typed = as_typed(text)
    match = ESTIMATE.fullmatch(typed) if len(typed) <= LONGEST else None
    if not match or not BARE.fullmatch(match["amount"]):
        return text
    return f"{match['before']}{match['amount']}{unit}{match['after']}"


def sum_parts(typed: str, unit: str, quoted: str) -> int:
    """The sum of an amount's parts (12亿 + 5000万) in fen; each part is below the unit before it.

    `quoted` is the text as typed, for the `RuleBroken` (`INVALID`) of what cannot be read.
    """
    in_yuan = typed.endswith(("元", "圆"))
    digits = typed[:-1] if in_yuan else typed
    parts = list(PART.finditer(digits))
    if not digits or "".join(part[0] for part in parts) != digits:
        raise unclear(f"{quoted}不是确切的金额", EXAMPLE)
    total, below = 0, 10 * LARGEST
    for whole, decimals, named in (part.groups(default="") for part in parts):
        if not in_yuan and (named in ("千", "百") or (not named and len(parts) > 1)):
            raise unclear(f"{quoted}末尾的数没有写明单位", "请写成“12亿5000万”或“12.5亿”")
        power = POWERS[named or ("" if in_yuan else unit.removesuffix("元"))]
        amount = in_fen(whole.replace(",", ""), decimals, power, quoted)
        if len(parts) > 1 and amount >= below:
            raise unclear(f"{quoted}前后单位不连贯", EXAMPLE)
        total += amount
        below = 0 if decimals else 10**power
    return total


def in_fen(whole: str, decimals: str, power: int, quoted: str) -> int:
    """`whole.decimals` × 10^`power` as whole fen. Raises `RuleBroken` for a fraction of a fen."""
    digits = int(whole + decimals + "0" * power)
    amount, rest = divmod(digits, int("1" + "0" * len(decimals)))
    if rest:
        raise unclear(f"{quoted}比一分钱还细", "金额最多写到分，例如“860.05元”")
    return amount


def unclear(what: str, instead: str) -> RuleBroken:
    """What is wrong with an amount, and what to write instead."""
    return RuleBroken(f"{what}，{instead}", code="INVALID")


def half_up(numerator: int, denominator: int) -> int:
    """The quotient as a whole number, half away from zero, so that −x gives minus that of x.

    >>> half_up(25, 10), half_up(-25, 10)
    (3, -3)
    """
    sign = -1 if (numerator < 0) != (denominator < 0) else 1
    numerator, denominator = abs(numerator), abs(denominator)
    return sign * ((2 * numerator + denominator) // (2 * denominator))


def split(total: int, first: int, whole: int) -> tuple[int, int]:
    """`total` fen in two: `first` out of `whole` parts half-up to the fen, and what remains.

    >>> split(1234567, 3, 10), split(10005, 1, 10)
    ((370370, 864197), (1001, 9004))
    """
    if not 0 <= first <= whole or whole == 0:
        raise ValueError(f"no share of {first} in {whole}")
    part = half_up(total * first, whole)
    return part, total - part


def format_money(fen: int) -> str:
    """An amount for reading, with two decimals at most: `12.5 亿元`, `3,200.5 万元`, `860 元`."""
    if abs(half_up(fen, 10**4)) >= 10**6:
        return f"{trimmed(half_up(fen, 10**8))} 亿元"
    if abs(fen) >= 10**6:
        return f"{trimmed(half_up(fen, 10**4))} 万元"
    return f"{trimmed(fen)} 元"


def format_wan(fen: int) -> str:
    """An amount to the last fen, in 万元: `125,000 万元`, `0.000005 万元`."""
    whole, rest = divmod(abs(fen), 10**6)
    number = f"{whole:,}.{rest:06}".rstrip("0").rstrip(".")
    return f"{'-' if fen < 0 else ''}{number} 万元"


def trimmed(hundredths: int) -> str:
    """Hundredths as a number with commas and without idle zeros: 320050 → 3,200.5."""
    whole, rest = divmod(abs(hundredths), 100)
    number = f"{whole:,}.{rest:02}".rstrip("0").rstrip(".")
    return f"{'-' if hundredths < 0 else ''}{number}"


def yuan(fen: int) -> str:
    """An amount as the graph's `Money`: yuan with two places, such as `125000000.00`."""
    whole, rest = divmod(abs(fen), 100)
    return f"{'-' if fen < 0 else ''}{whole}.{rest:02}"
