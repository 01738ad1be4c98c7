"""Article 2: the companies that a group goes after, from the long list to a lead."""

from collections.abc import Iterator
from datetime import date, datetime
from enum import StrEnum

from schema.city.rules import CITY_TIME, RuleBroken
from schema.city.rules.life import Life


class TargetStage(StrEnum):
    """长名单、短名单、已接触、拜访中、已转线索、不再跟进."""

    LONG_LIST = "LONG_LIST"
    SHORT_LIST = "SHORT_LIST"
    CONTACTED = "CONTACTED"
    VISITING = "VISITING"
    CONVERTED = "CONVERTED"
    DROPPED = "DROPPED"


WORDS = {
    TargetStage.LONG_LIST: "长名单",
    TargetStage.SHORT_LIST: "短名单",
    TargetStage.CONTACTED: "已接触",
    TargetStage.VISITING: "拜访中",
    TargetStage.CONVERTED: "已转线索",
    TargetStage.DROPPED: "不再跟进",
}
LANES = (
    TargetStage.LONG_LIST,
    TargetStage.SHORT_LIST,
    TargetStage.CONTACTED,
    TargetStage.VISITING,
)
"""The stages in which a company is gone after, in their order."""


class Means(StrEnum):
    """电话、来信、来访、上门拜访、会议活动."""

    CALL = "CALL"
    LETTER = "LETTER"
    RECEPTION = "RECEPTION"
    VISIT = "VISIT"
    EVENT = "EVENT"


_STAYS = {stage: stage for stage in LANES}
TARGET_LIFE: Life[TargetStage] = Life(
    "这家目标企业",
    {
        "targetCompanyAmend": _STAYS,
        "targetCompanyMove": _STAYS,
        "targetCompanyContact": _STAYS,
        "targetCompanyConvert": dict.fromkeys(LANES, TargetStage.CONVERTED),
        "targetCompanyDrop": dict.fromkeys(LANES, TargetStage.DROPPED),
    },
    WORDS,
    since="stage_at",
)


def stage_after(stage: TargetStage, means: Means) -> TargetStage:
    """Where a contact leads: a company of the lists is contacted, one that was met is being visited."""
    met = means in (Means.RECEPTION, Means.VISIT, Means.EVENT)
    reached = TargetStage.VISITING if met else TargetStage.CONTACTED
    return max(stage, reached, key=LANES.index)


def is_done_with(planned_at: datetime | None, happened_on: date) -> bool:
    """Whether a contact is the one that was planned, or one instead of it: none that lies before the plan."""
    return planned_at is not None and happened_on >= planned_at.astimezone(CITY_TIME).date()


def contact_faults(
    happened_on: date | None, next_on: date | None, next_step: str | None, today: date
) -> Iterator[RuleBroken]:
    """A contact lies behind, the next one ahead; a day without a step, or a step without a day, is half."""
    if happened_on is not None and happened_on > today:
        yield RuleBroken(f"接触日期不能晚于今天（{today}），将来的请填“下次联系”", "happenedOn")
    yield from next_faults(next_on, next_step, today)


def next_faults(next_on: date | None, next_step: str | None, today: date) -> Iterator[RuleBroken]:
    """The next contact is today or later, and says what is to be done."""
    if next_on is not None and next_on < today:
        yield RuleBroken(f"下次联系不能早于今天（{today}）", "nextOn")
    if next_on is not None and not next_step:
        yield RuleBroken("请写明下次联系做什么，例如“送园区资料并约上门时间”", "nextStep")
    if next_step and next_on is None:
        yield RuleBroken("请填写下次联系的日期", "nextOn")


def check_lane(stage: TargetStage) -> None:
    """A company is moved among the lists; it becomes a lead, or is dropped, by acts of their own.

    Raises `RuleBroken` at `stage`.
    """
    if stage not in LANES:
        raise RuleBroken(f"“{WORDS[stage]}”请用相应的办理事项，不能直接移到", "stage")


def check_position(position: int) -> None:
    """A place in a list. Raises `RuleBroken` (`INVALID`) at `position`."""
    if position < 0:
        raise RuleBroken("次序从 0 起，请填不小于 0 的整数", "position", "INVALID")
