"""A change of the rulebook or the calendar is proposed by one person and confirmed by another."""

from enum import StrEnum

from schema.city.rules.life import Life


class ProposalState(StrEnum):
    """待确认、已确认、已被取代、未采用."""

    WAITING = "WAITING"
    CONFIRMED = "CONFIRMED"
    SUPERSEDED = "SUPERSEDED"
    DECLINED = "DECLINED"


WORDS = {
    ProposalState.WAITING: "待确认",
    ProposalState.CONFIRMED: "已确认",
    ProposalState.SUPERSEDED: "已被取代",
    ProposalState.DECLINED: "未采用",
}


def life_of(noun: str, confirm: str, decline: str) -> Life[ProposalState]:
    """A proposal waits, and is confirmed or declined once.

    Where another one for the same day or year is confirmed first, it is superseded: nobody confirms it
    any more, and whoever declines it says why.
    """
    waiting, declined = ProposalState.WAITING, ProposalState.DECLINED
    return Life(
        noun,
        {
            confirm: {waiting: ProposalState.CONFIRMED},
            decline: {waiting: declined, ProposalState.SUPERSEDED: declined},
        },
        WORDS,
        column="state",
        since="decided_at",
    )


RULE_LIFE = life_of("这一参数变更", "ruleConfirm", "ruleDecline")
CALENDAR_LIFE = life_of("这一日历变更", "calendarConfirm", "calendarDecline")
