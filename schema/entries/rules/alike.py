"""When a figure is so like one entered before that whoever enters it is asked first."""

from datetime import date

from schema.city.rules import RuleBroken, format_money
from schema.city.rules.rulebook import Number
from schema.entries.rules.figures import Indicator

ALIKE_WITHIN = Number(
    "entry.alike_within", "相同的一笔再次登记时先询问", "第六条", unit="日", most=3650, zero="不问"
)
WORDS = {
    Indicator.SIGNED_FUNDS: "签约资金",
    Indicator.PAID_IN_FUNDS: "到位资金",
    Indicator.TAX: "税收",
}


def check_another(
    indicator: Indicator, amount_fen: int, occurred_on: date, earlier: list[str], another: bool
) -> None:
    """A figure like one that stands already is entered by whoever says that it is another one.

    `earlier` says of each such entry who entered it, when, and under which number. Raises
    `RuleBroken` at `another`.
    """
    if earlier and not another:
        figure = f"{WORDS[indicator]} {format_money(amount_fen)}（{occurred_on}）"
        raise RuleBroken(
            f"{'；'.join(earlier)}已登记过一笔{figure}，是不是同一笔？不是同一笔的，请勾选“确是另一笔”后再提交",
            "another",
            "DUPLICATE",
        )
