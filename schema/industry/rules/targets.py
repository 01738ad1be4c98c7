"""Article 2: the companies that a group goes after, from the long list to a lead."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from enum import StrEnum

from schema.city.rules import RuleBroken
from schema.city.rules.life import Life
from schema.city.rules.rulebook import Number
from schema.city.rules.text import quote

CONTACT_WITHIN = Number(
    "target.contact_within", "下次联系最迟约到多少天以内", "第二条", unit="天", least=1, most=366
)
"""How many calendar days from today a next contact may lie ahead."""


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
        "targetCompanyResume": {
            TargetStage.CONVERTED: TargetStage.SHORT_LIST,
            TargetStage.DROPPED: TargetStage.SHORT_LIST,
        },
    },
    WORDS,
    since="stage_at",
)


def stage_after(stage: TargetStage, means: Means) -> TargetStage:
    """Where a contact leads: a company of the lists is contacted, one that was met is being visited."""
    met = means in (Means.RECEPTION, Means.VISIT, Means.EVENT)
    reached = TargetStage.VISITING if met else TargetStage.CONTACTED
    return max(stage, reached, key=LANES.index)


def stage_reached(means: Iterable[Means]) -> TargetStage:
    """How far contacts by these means have led: to the short list without any."""
    stage = TargetStage.SHORT_LIST
    for each in means:
        stage = stage_after(stage, each)
    return stage


def is_same_company(uscc: str, normal_name: str, other_uscc: str, other_name: str) -> bool:
    """Whether two are one company: by the credit codes where both have one, else by the normalised names."""
    if uscc and other_uscc:
        return uscc == other_uscc
    return normal_name == other_name


def repeated(companies: Sequence[tuple[int, str, str]]) -> dict[int, int]:
    """Which of some companies stand before in the sequence, by place, each with the place of the first.

    A company is a group, a credit code or "", and a normalised name; see `is_same_company`.
    """
    found: dict[int, int] = {}
    by_name: dict[tuple[int, str], list[int]] = {}
    by_code: dict[tuple[int, str], int] = {}
    for at, (group, uscc, name) in enumerate(companies):
        alike = by_name.setdefault((group, name), [])
        same = [each for each in alike if is_same_company(uscc, name, companies[each][1], name)]
        if uscc and (group, uscc) in by_code:
            same.append(by_code[group, uscc])
        if same:
            found[at] = min(same)
            continue
        alike.append(at)
        if uscc:
            by_code[group, uscc] = at
    return found


def closes_plan(happened_on: date, planned_on: date | None, read: bool) -> bool:
    """Whether a contact is the one that was planned: it lies after the day of the planning, or on it and
    whoever records it has `read` the plan.

    >>> day = date(2026, 11, 18)
    >>> closes_plan(day, day, True), closes_plan(day, day, False), closes_plan(day, None, False)
    (True, False, True)
    """
    return planned_on is None or happened_on > planned_on or (read and happened_on == planned_on)


def check_planned(planned_on: date, happened_on: date, closes: bool, next_on: date | None) -> None:
    """A contact from before the planning leaves the plan, and plans nothing else instead of it; nor does
    one of its day by whoever has not read it.

    Raises `RuleBroken` at `nextOn`, or at `revision`.
    """
    if closes or next_on is None:
        return
    if happened_on == planned_on:
        raise RuleBroken(
            f"{planned_on} 当天约定过下次联系，请刷新后核对，写明所读的版本再改约", "revision"
        )
    raise RuleBroken(
        f"这次接触早于约定之日（{planned_on}），不办结原来的约定；"
        "要改约请在“移动目标企业、约定下次联系”写明原因",
        "nextOn",
    )


def is_later(agreed: date | None, next_on: date | None) -> bool:
    """Whether the next contact is later than what was agreed and has not been kept.

    >>> is_later(date(2026, 11, 20), date(2026, 12, 1)), is_later(None, date(2026, 12, 1))
    (True, False)
    """
    return agreed is not None and next_on is not None and next_on > agreed


def check_put_off(agreed: date | None, next_on: date | None, reason: str) -> bool:
    """Whether what was agreed is put off: a later day, for a reason. Raises `RuleBroken` at `reason`."""
    later = is_later(agreed, next_on)
    if later and not reason:
        raise RuleBroken(
            f"原来约定 {agreed} 联系，还没有接触就推后，请写明原因，例如“对方董事会改期”", "reason"
        )
    return later


def contact_faults(
    happened_on: date | None,
    next_on: date | None,
    next_step: str | None,
    today: date,
    within: int,
) -> Iterator[RuleBroken]:
    """A contact lies behind, the next one ahead; a day without a step, or a step without a day, is half."""
    if happened_on is not None and happened_on > today:
        yield RuleBroken(f"接触日期不能晚于今天（{today}），将来的请填“下次联系”", "happenedOn")
    yield from next_faults(next_on, next_step, today, within)


def name_faults(name: str) -> Iterator[RuleBroken]:
    """A company is called by words: a telephone or a code alone is no name."""
    if name and not any(each.isalpha() for each in name):
        yield RuleBroken(f"{quote(name)}不是企业名称，请写全称", "name")


def next_faults(
    next_on: date | None, next_step: str | None, today: date, within: int
) -> Iterator[RuleBroken]:
    """The next contact is today or later, at most `within` days ahead, and says what is to be done."""
    if next_on is not None and next_on < today:
        yield RuleBroken(f"下次联系不能早于今天（{today}）", "nextOn")
    if next_on is not None and next_on > (latest := today + timedelta(within)):
        yield RuleBroken(f"下次联系最迟约到 {latest}（今后 {within} 天）", "nextOn")
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


def check_move(now: TargetStage, stage: TargetStage, contacted: bool) -> None:
    """Nobody is contacted without a contact, and whoever was contacted is on no list of those who were not.

    Raises `RuleBroken` at `stage`.
    """
    if stage is now:
        return
    reached = stage in (TargetStage.CONTACTED, TargetStage.VISITING)
    if reached and not contacted:
        raise RuleBroken(
            f"还没有接触记录，不能移到“{WORDS[stage]}”；登记一次接触后自动移到", "stage"
        )
    if contacted and not reached:
        raise RuleBroken(
            f"已有接触记录，不能移到“{WORDS[stage]}”；不再联系的请办“不再跟进”", "stage"
        )


def check_position(position: int) -> None:
    """A place in a list. Raises `RuleBroken` (`INVALID`) at `position`."""
    if position < 0:
        raise RuleBroken("次序从 0 起，请填不小于 0 的整数", "position", "INVALID")
