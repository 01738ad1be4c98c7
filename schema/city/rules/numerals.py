"""Numbers written in characters, 十二 or 壹仟贰佰, as digits. What can be read in two ways stays as it is."""

import re

DIGITS = {
    character: digit
    for digit, characters in enumerate(
        ("零〇", "一壹", "二贰两兩貳", "三叁參", "四肆", "五伍", "六陆陸", "七柒", "八捌", "九玖")
    )
    for character in characters
}
PLACES = {"千": 1000, "仟": 1000, "百": 100, "佰": 100, "十": 10, "拾": 10}
TRADITIONAL = str.maketrans({"億": "亿", "萬": "万", "圓": "元", "點": "点"})
RUN = re.compile(
    rf"(?<![0-9.])[{''.join(DIGITS)}{''.join(PLACES)}]+(?:点[{''.join(DIGITS)}]+)?(?![0-9.点])"
)


def with_digits(text: str) -> str:
    """The text with its numbers below 万 in digits: 十二亿 → 12亿, 一千二百万 → 1200万, 三点五亿 → 3.5亿.

    Units stay: 5千万, and 百万 alone, are as they were. So is what may mean two numbers: 一二亿, 一千二.

    >>> with_digits("壹亿贰仟万元整"), with_digits("12.5億"), with_digits("5千万"), with_digits("一千二")
    ('1亿2000万元整', '12.5亿', '5千万', '一千二')
    """
    plain = re.sub(r"个(?=[万亿])", "", text.translate(TRADITIONAL))
    return RUN.sub(lambda found: digits_of(found[0]) or found[0], plain)


def digits_of(run: str) -> str | None:
    """One run of characters as digits; None where it is no number, or may be two."""
    whole, point, decimals = run.partition("点")
    number = below_ten_thousand(whole)
    if number is None:
        return None
    return f"{number}{'.' if point else ''}{''.join(str(DIGITS[each]) for each in decimals)}"


def below_ten_thousand(run: str) -> int | None:
    """千, 百 and 十 in this order, each after its digit; 十二 needs none, and 零 stands for what is left out."""
    total, digit, below, gap = 0, None, 10_000, False
    for each in run:
        if each in DIGITS:
            if digit is not None:
                return None
            if DIGITS[each] == 0 and len(run) > 1:
                gap = True
            else:
                digit = DIGITS[each]
            continue
        place = PLACES[each]
        if place >= below or (digit is None and (place != 10 or total)):
            return None
        total, digit, below, gap = (
            total + (1 if digit is None else digit) * place,
            None,
            place,
            False,
        )
    if digit is not None and below > 10 and total and not gap:
        return None  # 一千二 is 1200 to some and 1002 to others
    return total + (digit or 0) if total or digit is not None else None
