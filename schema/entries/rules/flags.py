"""What makes a figure doubtful: whoever enters it is asked first, and the answer stays with it as a flag."""

from collections.abc import Hashable, Sequence
from datetime import date
from enum import StrEnum

from schema.city.rules import RuleBroken, format_money, format_wan
from schema.city.rules.rulebook import Number
from schema.entries.rules.figures import Indicator

ALIKE_WITHIN = Number(
    "entry.alike_within", "相同的一笔再次登记时先询问", "第六条", unit="日", most=3650, zero="不问"
)
ABOVE_AGREED_BY = Number(
    "entry.above_agreed_by",
    "累计到位资金超过协议金额多少时先询问",
    "第六条",
    unit="%",
    most=1000,
    zero="超过即问",
)
WORDS = {
    Indicator.SIGNED_FUNDS: "签约资金",
    Indicator.PAID_IN_FUNDS: "到位资金",
    Indicator.TAX: "税收",
}


class FlagKind(StrEnum):
    """同一凭证、同日同额、超出协议金额: why somebody was asked before a figure was entered."""

    SAME_VOUCHER = "SAME_VOUCHER"
    ALIKE = "ALIKE"
    ABOVE_AGREED = "ABOVE_AGREED"


FLAG_WORDS = {
    FlagKind.SAME_VOUCHER: "同一凭证",
    FlagKind.ALIKE: "同日同额",
    FlagKind.ABOVE_AGREED: "超出协议金额",
}
EARLY = "签约前发生"
"""The mark of a figure with a reason why it occurred before the first signing."""


def check_voucher(given: bool, earlier: list[str], answer: str) -> None:
    """A document that an entry rests on already proves another one only where somebody says so.

    `given` is whether there are files at all, `earlier` says of each such entry which file it is, who
    entered it, when, and under which number. Raises `RuleBroken` at `sameVoucher`: also where an answer
    comes without the file that it is about, which a form asks for once more.
    """
    if answer and not given:
        raise RuleBroken("没有附上所说的凭证，请重新选择文件；不附的请清空这一项", "sameVoucher")
    if earlier and not answer:
        raise RuleBroken(
            f"{'；'.join(earlier)}。一份凭证只登记一笔；确是同一凭证载明的另一笔，请在此写明理由",
            "sameVoucher",
            "DUPLICATE",
        )


def check_another(
    indicator: Indicator, amount_fen: int, occurred_on: date, earlier: list[str], answer: str
) -> None:
    """A figure like one that stands already is entered by whoever says that it is another one.

    `earlier` says of each such entry who entered it, when, and under which number; `answer` is the
    reason that is given. Raises `RuleBroken` at `another`.
    """
    if earlier and not answer:
        figure = f"{WORDS[indicator]} {format_money(amount_fen)}（{occurred_on}）"
        raise RuleBroken(
            f"{'；'.join(earlier)}已登记过一笔{figure}，是不是同一笔？确是另一笔的，请在此写明理由",
            "another",
            "DUPLICATE",
        )


def earlier_alike(figures: Sequence[Hashable]) -> list[list[int]]:
    """Of each of figures that come together the places of those before it that are the same figure.

    >>> earlier_alike(["a", "b", "a", "a"])
    [[], [], [0], [0, 2]]
    """
    places: dict[Hashable, list[int]] = {}
    found = []
    for at, each in enumerate(figures):
        before = places.setdefault(each, [])
        found.append([*before])
        before.append(at)
    return found


def is_above_agreed(paid_in_fen: int, agreed_fen: int, percent: int) -> bool:
    """Whether what was paid in is more than `percent` above what the agreements in force say, in fen."""
    return paid_in_fen * 100 > agreed_fen * (100 + percent)


def above_agreed_words(paid_in_fen: int, agreed_fen: int) -> str:
    """In words, by how much; amounts in fen."""
    return (
        f"累计到位资金 {format_wan(paid_in_fen)}，协议金额合计 {format_wan(agreed_fen)}，"
        f"超出 {format_wan(paid_in_fen - agreed_fen)}"
    )


def check_above_agreed(paid_in_fen: int, agreed_fen: int, percent: int, answer: str) -> None:
    """More than the agreements say is entered by whoever says why. Raises `RuleBroken` at `aboveAgreed`.

    `paid_in_fen` is all that stands, with the figure itself; `percent` is ABOVE_AGREED_BY.
    """
    if is_above_agreed(paid_in_fen, agreed_fen, percent) and not answer:
        raise RuleBroken(
            f"登记后{above_agreed_words(paid_in_fen, agreed_fen)}，请核对金额；"
            "有增资的请先登记补充协议；确实超出的，请在此写明理由",
            "aboveAgreed",
        )
