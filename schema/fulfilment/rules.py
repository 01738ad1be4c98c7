"""Article 6: the timetable step by step, and money and tax with their evidence."""

from datetime import date

from schema.city.rules import RuleBroken
from schema.entries.rules import Indicator, SourceOfCapital
from schema.project.rules import Stage


def check_milestone(stage: Stage, reached_on: date, before_on: date | None, today: date) -> None:
    """Check that a milestone is not in the future and not before the one before it.

    `stage` is the one reached, `before_on` the day of the one before, signing included, or None
    when unknown. Raises `RuleBroken` at `reachedOn`.
    """
    if reached_on > today:
        raise RuleBroken(
            f"“{stage.word}”的日期不能晚于今天（{today}），请在实际达到后办理", "reachedOn"
        )
    if before_on is not None and reached_on < before_on:
        raise RuleBroken(
            f"“{stage.word}”的日期不能早于上一步的日期（{before_on}），请核对", "reachedOn"
        )


def check_entry(
    indicator: Indicator,
    amount_fen: int,
    occurred_on: date,
    today: date,
    source: SourceOfCapital | None,
    has_evidence: bool,
) -> None:
    """Check that a figure is above 0, not in the future and has evidence; funds need a source.

    Amount in fen. Raises `RuleBroken` at the field at fault.
    """
    if amount_fen <= 0:
        raise RuleBroken("金额要大于 0，例如“3200万”；记错的金额请办理“冲销”", "amount")
    if occurred_on > today:
        raise RuleBroken(
            f"发生日期不能晚于今天（{today}），请填银行回单或完税凭证上的日期", "occurredOn"
        )
    if indicator is Indicator.PAID_IN_FUNDS and source is None:
        raise RuleBroken("请选择资金来源：省外、市外省内、本市或外资", "sourceOfCapital")
    if not has_evidence:
        raise RuleBroken("请附佐证文件，或写明凭证名称和编号，例如“银行回单 0312”", "evidence")


def check_reversal(is_reversal: bool, reversed_already: bool, reason: str) -> None:
    """Check that an entry can be reversed: once, with a reason, and not when it is a reversal.

    Raises `RuleBroken`.
    """
    if is_reversal:
        raise RuleBroken("这一笔本身就是冲销，不能再冲销；如需恢复，请重新录入")
    if reversed_already:
        raise RuleBroken("这一笔已经冲销过，不用再办")
    if not reason.strip():
        raise RuleBroken("请写明冲销原因，例如“金额多写一个 0，已重新录入”", "reason")
