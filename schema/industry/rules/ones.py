"""Article 2: the six ones of a group, who stands in them from when to when, and what is still missing."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from schema.city.rules import RuleBroken
from schema.city.rules.rulebook import Number

ONE_DEADLINE = Number(
    "group.one_deadline", "补齐“六个一”材料的时限", "第二条", unit="个工作日", least=1, most=250
)
"""How long the unit that keeps a one has to provide what is missing, from when it was asked for."""


class OneKind(StrEnum):
    """一名市级领导、一个牵头部门、一个产业功能区、一支招商队伍、一套招商支持政策、一本招商地图."""

    CITY_LEADER = "CITY_LEADER"
    LEAD_DEPARTMENT = "LEAD_DEPARTMENT"
    FUNCTIONAL_ZONE = "FUNCTIONAL_ZONE"
    TEAM = "TEAM"
    POLICY_SET = "POLICY_SET"
    INVESTMENT_MAP = "INVESTMENT_MAP"

    @property
    def slug(self) -> str:
        """As addresses write it: `city-leader`."""
        return self.value.lower().replace("_", "-")


WORDS = {
    OneKind.CITY_LEADER: "一名市级领导",
    OneKind.LEAD_DEPARTMENT: "一个牵头部门",
    OneKind.FUNCTIONAL_ZONE: "一个产业功能区",
    OneKind.TEAM: "一支招商队伍",
    OneKind.POLICY_SET: "一套招商支持政策",
    OneKind.INVESTMENT_MAP: "一本招商地图",
}
SINGLE = frozenset({OneKind.CITY_LEADER, OneKind.LEAD_DEPARTMENT, OneKind.INVESTMENT_MAP})
"""Of these a group has one at a time: who or what comes names the one that it follows."""


class OneState(StrEnum):
    """未开始、缺材料、待核、完成."""

    NOT_BEGUN = "NOT_BEGUN"
    PAPERS_MISSING = "PAPERS_MISSING"
    TO_CHECK = "TO_CHECK"
    COMPLETE = "COMPLETE"


class SeatRole(StrEnum):
    """组长、副组长（市政府副秘书长）、副组长兼办公室主任、成员."""

    LEADER = "LEADER"
    DEPUTY_SECRETARY = "DEPUTY_SECRETARY"
    OFFICE_DIRECTOR = "OFFICE_DIRECTOR"
    MEMBER = "MEMBER"


SINGLE_ROLES = frozenset(SeatRole) - {SeatRole.MEMBER}
ROLE_WORDS = {
    SeatRole.LEADER: "组长",
    SeatRole.DEPUTY_SECRETARY: "副组长（市政府副秘书长）",
    SeatRole.OFFICE_DIRECTOR: "副组长兼办公室主任",
    SeatRole.MEMBER: "成员",
}


@dataclass(frozen=True)
class Standing:
    """What stands in a one from a day to a day (both included; None is open), and its papers."""

    name: str
    starts_on: date
    ends_on: date | None
    document_no: str
    document_on: date | None
    files: int
    checked_on: date | None

    def stands_on(self, day: date) -> bool:
        """Whether it is in force on a day."""
        return self.starts_on <= day and (self.ends_on is None or day <= self.ends_on)


def missing(standing: Standing) -> list[str]:
    """The papers that one thing lacks, in words: number, date and file of the document."""
    lacks = {
        "文号": not standing.document_no,
        "文件日期": standing.document_on is None,
        "文件": not standing.files,
    }
    return [word for word, is_missing in lacks.items() if is_missing]


def state_on(standings: Iterable[Standing], day: date) -> OneState:
    """How far a one is on a day, by what stands in it on that day, papers as they are known now."""
    there = [each for each in standings if each.stands_on(day)]
    if not there:
        return OneState.NOT_BEGUN
    if any(missing(each) for each in there):
        return OneState.PAPERS_MISSING
    if any(each.checked_on is None or each.checked_on > day for each in there):
        return OneState.TO_CHECK
    return OneState.COMPLETE


def what_is_missing(standings: Iterable[Standing], day: date) -> list[str]:
    """What a one still lacks on a day, a sentence for each thing that stands in it."""
    there = [each for each in standings if each.stands_on(day)]
    if not there:
        return ["尚未明确"]
    return [f"{each.name}：缺{'、'.join(missing(each))}" for each in there if missing(each)]


def follow_faults(
    starts_on: date | None,
    others: Sequence[tuple[int, str, date]],
    replaced: int | None,
    single: bool,
) -> Iterator[RuleBroken]:
    """What is wrong with what comes into a place where only one stands at a time.

    `others` are those that stand there without an end: id, name, first day. `replaced` is the one that
    it follows, which ends on the day before. Each fault at its field, `replaces` or `startsOn`.
    """
    known = {key: (name, began) for key, name, began in others}
    if replaced is not None and replaced in known:
        name, began = known[replaced]
        if starts_on is not None and starts_on <= began:
            yield RuleBroken(f"{name}自 {began} 起任职，接任应晚于这一天", "startsOn")
    if single and (standing := [name for key, (name, _) in known.items() if key != replaced]):
        yield RuleBroken(
            f"现由{'、'.join(standing)}担任，同一时间只有一名，请写明接替何人", "replaces"
        )


def day_before(day: date) -> date:
    """The last day of whoever is followed on `day`."""
    return day - timedelta(days=1)


def document_faults(document_on: date | None, today: date) -> Iterator[RuleBroken]:
    """A document is not of a day to come; what stands may begin later than its document, or before."""
    if document_on is not None and document_on > today:
        yield RuleBroken(f"文件日期不能晚于今天（{today}）", "documentOn")


def check_end(name: str, starts_on: date, ends_on: date) -> None:
    """Whoever or whatever ends has begun before. Raises `RuleBroken` at `endsOn`."""
    if ends_on < starts_on:
        raise RuleBroken(f"{name}自 {starts_on} 起，截止日期不能早于这一天", "endsOn")


def check_second(recorded_by: Collection[int | None], person: int | None) -> None:
    """Papers are checked by somebody who did not provide them. Raises `RuleBroken`."""
    if person in recorded_by:
        raise RuleBroken("材料由您登记，须由办公室其他人员核对", None, "NOT_ALLOWED")


def check_lacks(state: OneState) -> None:
    """Only what is lacking is asked for. Raises `RuleBroken` at `one`."""
    if state in (OneState.TO_CHECK, OneState.COMPLETE):
        raise RuleBroken("材料已齐，不必再请补齐", "one")
