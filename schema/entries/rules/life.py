"""The life of an entry: claimed, verified or returned with a reason, claimed again, reversed."""

from collections.abc import Iterator, Mapping
from enum import StrEnum

from schema.city.rules import Life, RuleBroken
from schema.entries.rules.figures import Indicator


class EntryState(StrEnum):
    """待核实、已核实、已退回、已冲销. An entry and the one that reverses it are both REVERSED."""

    CLAIMED = "CLAIMED"
    VERIFIED = "VERIFIED"
    RETURNED = "RETURNED"
    REVERSED = "REVERSED"


class Basis(StrEnum):
    """填报、核实: on what a credit rests. Every standing entry is claimed; some are verified too."""

    CLAIMED = "CLAIMED"
    VERIFIED = "VERIFIED"


S = EntryState
WORDS: Mapping[EntryState, str] = {
    S.CLAIMED: "待核实",
    S.VERIFIED: "已核实",
    S.RETURNED: "已退回",
    S.REVERSED: "已冲销",
}
MOVES: Mapping[str, Mapping[EntryState, EntryState]] = {
    "fundsVerify": {S.CLAIMED: S.VERIFIED},
    "taxVerify": {S.CLAIMED: S.VERIFIED},
    "entryResubmit": {S.RETURNED: S.CLAIMED},
    "fundsReverse": {S.CLAIMED: S.REVERSED, S.VERIFIED: S.REVERSED, S.RETURNED: S.REVERSED},
}
REFUSED: Mapping[str, Mapping[EntryState, EntryState]] = {
    "fundsVerify": {S.CLAIMED: S.RETURNED},
    "taxVerify": {S.CLAIMED: S.RETURNED},
}
ENTRY_LIFE: Life[EntryState] = Life("这一笔", MOVES, WORDS, REFUSED, column="state")

STANDING = (S.CLAIMED, S.VERIFIED)
"""The states in which an entry is part of its project's totals."""


def check_verification(
    state: EntryState, indicator: Indicator, verifies: frozenset[Indicator], own_claim: bool
) -> None:
    """An entry is verified once, while it is claimed, and never by the person whose claim stands.

    `verifies` are the indicators that the act is for; `own_claim` is whether the last claim is one's
    own. Raises `RuleBroken` at `entry`.
    """
    if indicator not in verifies:
        act = "核实税收" if indicator is Indicator.TAX else "核实资金"
        raise RuleBroken(f"这一笔请办理“{act}”", "entry")
    if state is S.REVERSED:
        raise RuleBroken("这一笔已经冲销，不用核实", "entry")
    if state is S.VERIFIED:
        raise RuleBroken("这一笔已经核实，不能重复核实；有误请办理“冲销”", "entry")
    if state is S.RETURNED:
        raise RuleBroken("这一笔已经退回，填报单位重新填报后再核实", "entry")
    if own_claim:
        raise RuleBroken("本人填报的由其他人员核实", "entry")


def check_verdict(verified: bool, reason: str) -> None:
    """What is returned says why; what is verified needs no reason. Raises `RuleBroken` at `reason`."""
    if not verified and not reason:
        raise RuleBroken("请写明退回原因，填报单位据此更正", "reason")


def check_resubmission(state: EntryState) -> None:
    """Only what was returned is claimed again; a verified one that is wrong is reversed.

    Raises `RuleBroken` at `entry`.
    """
    if state is S.VERIFIED:
        raise RuleBroken("这一笔已经核实，不能修改；有误请办理“冲销”后重新登记", "entry")
    if state is S.REVERSED:
        raise RuleBroken("这一笔已经冲销，请重新登记", "entry")
    if state is S.CLAIMED:
        raise RuleBroken("这一笔正在待核实；有误请核实单位退回，或办理“冲销”", "entry")


def signed_faults(
    indicator: Indicator, amount_changed: bool, day_changed: bool
) -> Iterator[RuleBroken]:
    """What is claimed again otherwise than its agreement says: signed funds are those of theirs."""
    if indicator is Indicator.SIGNED_FUNDS and amount_changed:
        yield RuleBroken("签约资金以协议为准，金额有误请办理“冲销”", "amount")
    if indicator is Indicator.SIGNED_FUNDS and day_changed:
        yield RuleBroken("签约资金以协议为准，日期有误请办理“冲销”", "occurredOn")
