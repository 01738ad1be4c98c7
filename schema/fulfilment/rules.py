"""Article 6: the timetable step by step, and money and tax with their evidence."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from schema.city.rules import RuleBroken
from schema.city.rules.text import half_width
from schema.entries.rules import Indicator, SourceOfCapital
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


TYPED_NO = re.compile(r"(?P<year>\d{4})[-‐‑‒–—―−_/.]*(?P<number>\d{4,6})", re.ASCII)


def as_number(typed: str) -> str:
    """A project's number as it is issued, from one in full width, with another dash, or without one.

    >>> as_number("２０２６－００６８"), as_number("20260068"), as_number("2026 — 0068"), as_number("B-7")
    ('2026-0068', '2026-0068', '2026-0068', 'B-7')
    """
    found = TYPED_NO.fullmatch(re.sub(r"\s", "", half_width(typed)))
    return f"{found['year']}-{found['number']}" if found else typed


@dataclass(frozen=True)
class GivenFigure:
    """What somebody says of a figure when it is recorded or claimed again; None where it cannot be read.

    `amount_fen` in fen, `early_reason` why one that occurred before the signing is the project's, "" where
    nothing is said.
    """

    indicator: Indicator
    amount_fen: int | None
    occurred_on: date | None
    early_reason: str | None
    source_of_capital: SourceOfCapital | None
    evidence_note: str | None


def figure_faults(figure: GivenFigure, today: date, signed_on: date | None) -> Iterator[RuleBroken]:
    """All that is wrong with a figure of a project first signed on `signed_on`, each at its field.

    It is above nothing, has happened, and after the signing, or a reason is given why an earlier one is the
    project's; it has a document; a source of capital only where it is paid-in funds.
    """
    if figure.amount_fen is not None and figure.amount_fen <= 0:
        yield RuleBroken("金额要大于 0，例如“3200万”；记错的金额请办理“冲销”", "amount")
    day, reason = figure.occurred_on, figure.early_reason
    if day is not None and day > today:
        yield RuleBroken(
            f"发生日期不能晚于今天（{today}），请填银行回单或完税凭证上的日期", "occurredOn"
        )
    if day is not None and reason is not None:
        early = is_early(day, signed_on)
        if early and not reason:
            before = f"日期早于签约日期（{signed_on}）" if signed_on else "项目没有登记签约日期"
            yield RuleBroken(
                f"{before}，请核对；确属签约前发生的，请在此写明原因，台账注明“签约前发生”",
                "earlyReason",
            )
        if reason and not early:
            yield RuleBroken("日期不早于签约日期，不用填写签约前发生的原因", "earlyReason")
    if figure.source_of_capital and figure.indicator is not Indicator.PAID_IN_FUNDS:
        yield RuleBroken("只有到位资金填写资金来源，请留空", "sourceOfCapital", "INVALID")
    if figure.evidence_note == "":
        yield RuleBroken("请填写凭证名称和编号", "evidenceNote", "INVALID")


def is_early(occurred_on: date, signed_on: date | None) -> bool:
    """Whether a figure occurred before the first signing, or is not known to have come after it."""
    return signed_on is None or occurred_on < signed_on


def check_reversal(is_reversal: bool, reversed_already: bool) -> None:
    """An entry is reversed once; a reversal never. Raises `RuleBroken`."""
    if is_reversal:
        raise RuleBroken("这一笔本身就是冲销，不能再冲销；如需恢复，请重新录入")
    if reversed_already:
        raise RuleBroken("这一笔已经冲销过，不用再办")
