"""Article 6: the timetable step by step, and money and tax with their evidence."""

from datetime import date

from schema.city.rules import RuleBroken
from schema.project.rules import Stage


def check_reached_on(stage: Stage, reached_on: date, today: date) -> None:
    """A milestone was reached by now. Raises `RuleBroken` at `reachedOn`."""
    if reached_on > today:
        raise RuleBroken(
            f"“{stage.word}”的日期不能晚于今天（{today}），请在实际达到后办理", "reachedOn"
        )


def check_order(stage: Stage, reached_on: date, before_on: date | None) -> None:
    """A milestone was not reached before the step before it. Raises `RuleBroken` at `reachedOn`.

    `before_on` is the day of the step before, signing included; None when unknown.
    """
    if before_on is not None and reached_on < before_on:
        raise RuleBroken(
            f"“{stage.word}”的日期不能早于上一步的日期（{before_on}），请核对", "reachedOn"
        )


def check_amount(amount_fen: int) -> None:
    """A figure in fen is above nothing. Raises `RuleBroken` at `amount`."""
    if amount_fen <= 0:
        raise RuleBroken("金额要大于 0，例如“3200万”；记错的金额请办理“冲销”", "amount")


def check_occurred_on(occurred_on: date, today: date) -> None:
    """A figure is entered once it has happened. Raises `RuleBroken` at `occurredOn`."""
    if occurred_on > today:
        raise RuleBroken(
            f"发生日期不能晚于今天（{today}），请填银行回单或完税凭证上的日期", "occurredOn"
        )


def check_early(occurred_on: date, signed_on: date | None, early_reason: str) -> None:
    """A figure occurred after the first signing, or a reason is given why an earlier one is the project's.

    Raises `RuleBroken` at `occurredOn`, or at `earlyReason` where there is nothing to explain.
    """
    early = signed_on is not None and occurred_on < signed_on
    if early and not early_reason:
        raise RuleBroken(
            f"日期早于签约日期（{signed_on}），请核对；确属签约前发生的，请填写“签约前发生的说明”",
            "occurredOn",
        )
    if early_reason and not early:
        raise RuleBroken("日期不早于签约日期，不用填写签约前发生的说明", "earlyReason")


def check_reversal(is_reversal: bool, reversed_already: bool) -> None:
    """An entry is reversed once; a reversal never. Raises `RuleBroken`."""
    if is_reversal:
        raise RuleBroken("这一笔本身就是冲销，不能再冲销；如需恢复，请重新录入")
    if reversed_already:
        raise RuleBroken("这一笔已经冲销过，不用再办")
