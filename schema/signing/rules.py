"""Article 5: which agreements count as signed, and what each must say."""

from collections.abc import Iterator
from datetime import date
from enum import StrEnum
from itertools import pairwise

from schema.city.rules import RuleBroken


class AgreementKind(StrEnum):
    """意向、框架、正式、补充协议."""

    INTENT = "INTENT"
    FRAMEWORK = "FRAMEWORK"
    FORMAL = "FORMAL"
    SUPPLEMENTARY = "SUPPLEMENTARY"


def counts(kind: AgreementKind) -> bool:
    """Whether its amount is signed funds: a formal one's, or a supplementary one's increase."""
    return kind in {AgreementKind.FORMAL, AgreementKind.SUPPLEMENTARY}


def agreement_faults(
    kind: AgreementKind | None,
    amount_fen: int | None,
    signed_on: date | None,
    today: date,
    start_by: date | None,
    complete_by: date | None,
    operate_by: date | None,
) -> Iterator[RuleBroken]:
    """What is wrong with an agreement: signed in the future, without an amount, its timetable out of order.

    Amounts in fen; None is unknown and not checked. Each at the field at fault.
    """
    if signed_on is not None and signed_on > today:
        yield RuleBroken(f"签约时间不能晚于今天（{today}），请在签约后办理", "signedOn")
    if amount_fen == 0 and kind is AgreementKind.FORMAL:
        yield RuleBroken("正式协议请填协议总投资，例如“12.5亿”", "amount")
    timetable = [
        ("签约", "signedOn", signed_on),
        ("约定开工", "startBy", start_by),
        ("约定竣工", "completeBy", complete_by),
        ("约定投产", "operateBy", operate_by),
    ]
    known = [(word, field, day) for word, field, day in timetable if day is not None]
    for (word, _, day), (later_word, field, later) in pairwise(known):
        if later < day:
            yield RuleBroken(f"{later_word}时间（{later}）早于{word}时间（{day}），请核对", field)


def check_kind(kind: AgreementKind, formal_before: bool) -> None:
    """One formal agreement a project, supplementary ones after it: a project counts once, at its
    first signing. Raises `RuleBroken` at `kind`.
    """
    if kind is AgreementKind.FORMAL and formal_before:
        raise RuleBroken("项目已有正式协议，增资或变更请选“补充协议”，金额填增加的部分", "kind")
    if kind is AgreementKind.SUPPLEMENTARY and not formal_before:
        raise RuleBroken("还没有正式协议，请先录入正式协议，再录补充协议", "kind")


def check_signed_from(
    kind: AgreementKind, signed_on: date, reported_on: date | None, formal_on: date | None
) -> None:
    """A formal agreement is signed on or after the day of the report, a supplementary one on or after
    that of the formal one. None where a day is not known. Raises `RuleBroken` at `signedOn`.
    """
    if kind is AgreementKind.FORMAL and reported_on is not None and signed_on < reported_on:
        raise RuleBroken(
            f"签约时间（{signed_on}）早于报送时间（{reported_on}），请核对；"
            "报送前已签约的，由领导小组办公室按台账确认迁入",
            "signedOn",
        )
    if kind is AgreementKind.SUPPLEMENTARY and formal_on is not None and signed_on < formal_on:
        raise RuleBroken(
            f"补充协议的签约时间（{signed_on}）早于正式协议的签约时间（{formal_on}），请核对",
            "signedOn",
        )
