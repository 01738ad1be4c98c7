"""Article 2: the six ones of a group, who stands in them from when to when, and what is still missing."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import NamedTuple

from schema.city.rules import RuleBroken
from schema.city.rules.rulebook import Number

ONE_DEADLINE = Number(
    "group.one_deadline", "补齐“六个一”材料的时限", "第二条", unit="个工作日", least=1, most=250
)
"""How long the unit that keeps a one has to provide what is missing, from when it was asked for."""

ONE_RETURN_DEADLINE = Number(
    "group.one_return_deadline",
    "补正“六个一”退回材料的时限",
    "第二条",
    unit="个工作日",
    least=1,
    most=250,
)
"""How long it has to mend what was returned, from the return; or from when another unit was asked since."""

ONE_CHECK_DEADLINE = Number(
    "group.one_check_deadline",
    "核对“六个一”材料的时限",
    "第二条",
    unit="个工作日",
    least=1,
    most=250,
)
"""How long the office has to check what was put in or is to change, from when it was first complete."""


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
SINGLE = frozenset(OneKind) - {OneKind.TEAM, OneKind.POLICY_SET}
"""Of these a group has one at a time: who or what comes names the one that it follows. A team has
parts, and a set of policies more than one.
"""


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


class ChangeKind(StrEnum):
    """补充文件、免去或终止、作废."""

    PAPERS = "PAPERS"
    END = "END"
    VOID = "VOID"


CHANGE_WORDS = {
    ChangeKind.PAPERS: "补充文件",
    ChangeKind.END: "免去、终止",
    ChangeKind.VOID: "作废",
}
SINGLE_ROLES = frozenset(SeatRole) - {SeatRole.MEMBER}
ROLE_WORDS = {
    SeatRole.LEADER: "组长",
    SeatRole.DEPUTY_SECRETARY: "副组长（市政府副秘书长）",
    SeatRole.OFFICE_DIRECTOR: "副组长兼办公室主任",
    SeatRole.MEMBER: "成员",
}


PROVISIONAL = "市未公布牵头部门，暂按职能列出，待确认"
"""What is said of a lead department that the system began with, until its document is checked."""


def is_single(kind: OneKind, role: SeatRole | None) -> bool:
    """Whether one at a time stands there."""
    return role in SINGLE_ROLES if role else kind in SINGLE


@dataclass(frozen=True)
class Standing:
    """What stands in a one from a day to a day (both included; None is open), and its papers.

    `settled` is what somebody of the office has checked, or the system began with; anything else is
    proposed. `returned_for` is why its papers were returned, until they are mended; `change_returned` what
    was returned of what was to change in it.
    """

    key: int
    role: SeatRole | None
    name: str
    starts_on: date
    ends_on: date | None
    document_no: str
    document_on: date | None
    files: int
    checked_on: date | None
    settled: bool
    returned_for: str
    change_returned: str = ""

    def stands_on(self, day: date) -> bool:
        """Whether a day is among its days."""
        return self.starts_on <= day and (self.ends_on is None or day <= self.ends_on)

    @property
    def can_be_checked(self) -> bool:
        """Whether it waits for the office: proposed, with all its papers, none returned."""
        return self.checked_on is None and not missing(self) and not self.returned_for


def missing(standing: Standing) -> list[str]:
    """The papers that one thing lacks, in words: number, date and file of the document."""
    lacks = {
        "文号": not standing.document_no,
        "文件日期": standing.document_on is None,
        "文件": not standing.files,
    }
    return [word for word, is_missing in lacks.items() if is_missing]


def in_force(kind: OneKind, standings: Iterable[Standing], day: date) -> list[Standing]:
    """What stands in a one on a day. Where one at a time stands, what is proposed does not stand beside
    what is settled: it takes its place when it is checked.
    """
    there = [each for each in standings if each.stands_on(day)]
    taken = {each.role for each in there if each.settled and is_single(kind, each.role)}
    return [each for each in there if each.settled or each.role not in taken]


def is_the_one(standing: Standing) -> bool:
    """Whether it is what the one is about, and not of those beside the leader."""
    return standing.role in (None, SeatRole.LEADER)


def state_on(standings: Iterable[Standing], day: date) -> OneState:
    """How far a one is on a day, by what stands in it or is proposed for that day, papers as they are
    known now; deputies and members, who have their documents too, included.
    """
    there = [each for each in standings if each.stands_on(day)]
    if not any(is_the_one(each) for each in there):
        return OneState.NOT_BEGUN
    if any(missing(each) or each.returned_for for each in there):
        return OneState.PAPERS_MISSING
    if any(each.checked_on is None or each.checked_on > day for each in there):
        return OneState.TO_CHECK
    return OneState.COMPLETE


def what_is_missing(standings: Iterable[Standing], day: date) -> list[str]:
    """What a one still lacks on a day, a sentence for each thing that stands in it."""
    there = [each for each in standings if each.stands_on(day)]
    none = [] if any(is_the_one(each) for each in there) else ["尚未明确"]
    return [
        *none,
        *(f"{each.name}：缺{'、'.join(missing(each))}" for each in there if missing(each)),
        *(f"{each.name}：已退回，{each.returned_for}" for each in there if each.returned_for),
        *(f"{each.name}：{each.change_returned}" for each in there if each.change_returned),
    ]


class End(NamedTuple):
    """The last day of something, and the number of the document by which it ends; None is open."""

    on: date | None
    document_no: str


class Link(NamedTuple):
    """One of those that follow each other in a one. `end` is its own, which a document says of it;
    that of being followed is never its own: `ends_of`.
    """

    key: int
    follows: int | None
    starts_on: date
    end: End
    document_no: str
    settled: bool
    void: bool


def before_of(link: Link, links: Mapping[int, Link]) -> Link | None:
    """Whom a link follows: what is void never stood, so that its followers follow whom it has followed."""
    found = links[link.follows] if link.follows is not None else None
    while found is not None and found.void:
        found = links[found.follows] if found.follows is not None else None
    return found


def ends_of(links: Sequence[Link]) -> dict[int, End]:
    """When each of the links ends, and by which document: on its own last day, or on the day before
    whoever follows, whichever is earlier.

    What is settled is ended by what is settled alone; what is only proposed, by what is proposed as well.
    """
    known = {each.key: each for each in links}
    found = {each.key: each.end for each in links}
    for each in links:
        before = None if each.void else before_of(each, known)
        if before is not None and (each.settled or not before.settled):
            last, now = day_before(each.starts_on), found[before.key].on
            if now is None or last < now:
                found[before.key] = End(last, each.document_no)
    return found


class Proposed(NamedTuple):
    """What waits to be checked: something new (`kind` is None) or a change of something."""

    kind: ChangeKind | None
    key: int
    name: str
    role: SeatRole | None
    ends_on: date | None
    document_no: str


def effect_of(proposed: Proposed, links: Sequence[Link], names: Mapping[int, str]) -> str:
    """What approving something does, in words: to itself, and to whom it follows."""
    of, known = proposed, {each.key: each for each in links}
    link = known[of.key]
    before = before_of(link, known)
    if of.kind is ChangeKind.PAPERS:
        return f"{of.name}的文件补充为{of.document_no}" if of.document_no else f"{of.name}补充文件"
    if of.kind is ChangeKind.END:
        return f"{of.name}止于 {of.ends_on}（{of.document_no}）"
    if of.kind is ChangeKind.VOID:
        gone = [each._replace(void=True) if each.key == of.key else each for each in links]
        if before is None:
            return f"{of.name}视为从未登记"
        until = ends_of(gone)[before.key].on
        goes_on = f"止于 {until}" if until else "仍为现任、现行"
        return f"{of.name}视为从未登记，{names[before.key]}{goes_on}"
    what = f"任{ROLE_WORDS[of.role]}" if of.role else "生效"
    last = f"至 {of.ends_on} " if of.ends_on else ""
    sentence = f"{of.name}自 {link.starts_on} 起{last}{what}"
    if before is None:
        return sentence
    if link.starts_on <= before.starts_on:
        return f"{sentence}，{names[before.key]}视为从未登记"
    return f"{sentence}，{names[before.key]}止于 {day_before(link.starts_on)}"


class Span(NamedTuple):
    """Who or what has a place from a day to a day; `provisional` is what waits for its document, and
    whose first day is nobody's.
    """

    key: int
    name: str
    starts_on: date
    ends_on: date | None
    provisional: bool = False
    role: SeatRole | None = None


def follow_faults(
    starts_on: date | None,
    ends_on: date | None,
    others: Sequence[Span],
    replaced: int | None,
    single: bool,
) -> Iterator[RuleBroken]:
    """What is wrong with what comes into a place where only one stands at a time.

    `others` are all that stand, stood or will stand there. `replaced` is the one that it follows, which
    ends on the day before. Each fault at its field, `replaces`, `startsOn` or `endsOn`.
    """
    if starts_on is not None and ends_on is not None and ends_on < starts_on:
        yield RuleBroken(f"截止日期不能早于起始日期（{starts_on}）", "endsOn")
    if starts_on is None:
        return
    for each in others:
        if each.key == replaced and starts_on <= each.starts_on and not each.provisional:
            yield RuleBroken(f"{each.name}自 {each.starts_on} 起任职，接任应晚于这一天", "startsOn")
    beside = [each for each in others if each.key != replaced and single]
    beside = [each for each in beside if each.ends_on is None or each.ends_on >= starts_on]
    beside = [each for each in beside if ends_on is None or each.starts_on <= ends_on]
    if holding := [each for each in beside if each.ends_on is None and each.starts_on <= starts_on]:
        names = "、".join(each.name for each in holding)
        yield RuleBroken(f"现由{names}担任，同一时间只有一名，请写明接替何人", "replaces")
    for each in beside:
        if each not in holding:
            until = each.ends_on or "现在"
            yield RuleBroken(
                f"{each.name}任职自 {each.starts_on} 至 {until}，同一时间只有一名", "startsOn"
            )


def check_follows(before: str, since: date, starts_on: date) -> None:
    """Whoever is followed has begun before. Raises `RuleBroken` at `one`."""
    if starts_on <= since:
        raise RuleBroken(f"{before}自 {since} 起任职，接任应晚于这一天，请退回", "one")


def check_apart(spans: Sequence[Span], touched: AbstractSet[int]) -> None:
    """Of a place where one at a time stands, no two have a day in common, one of which is `touched`.
    Raises `RuleBroken` at `one`.
    """
    for each in spans:
        for other in spans:
            if each.role is other.role and each.starts_on <= other.starts_on and each is not other:
                meets = each.ends_on is None or each.ends_on >= other.starts_on
                if meets and touched & {each.key, other.key}:
                    raise RuleBroken(
                        f"{each.name}与{other.name}任职的日期重叠，同一时间只有一名，请退回", "one"
                    )


def day_before(day: date) -> date:
    """The last day of whoever is followed on `day`."""
    return day - timedelta(days=1)


def document_faults(document_on: date | None, today: date) -> Iterator[RuleBroken]:
    """A document is not of a day to come; what stands may begin later than its document, or before."""
    if document_on is not None and document_on > today:
        yield RuleBroken(f"文件日期不能晚于今天（{today}）", "documentOn")


def check_end(name: str, starts_on: date, was: date | None, ends_on: date) -> None:
    """Whoever or whatever ends has begun before, and has not ended. Raises `RuleBroken` at its field."""
    if was is not None:
        raise RuleBroken(f"{name}已于 {was} 截止", "item")
    if ends_on < starts_on:
        raise RuleBroken(f"{name}自 {starts_on} 起，截止日期不能早于这一天", "endsOn")


def check_standing(name: str, is_void: bool) -> None:
    """What is void is not changed. Raises `RuleBroken` at `item`."""
    if is_void:
        raise RuleBroken(f"{name}已作废", "item")


def check_no_change(name: str, waits: bool) -> None:
    """One change at a time is proposed of a thing. Raises `RuleBroken` at `item`."""
    if waits:
        raise RuleBroken(f"{name}有待核对的变动，请待办公室核对", "item")


def end_faults(has_date: bool, has_file: bool) -> Iterator[RuleBroken]:
    """An end has its document: date and file beside the number."""
    if not has_date:
        yield RuleBroken("请填写免去、终止的文件日期", "documentOn", "INVALID")
    if not has_file:
        yield RuleBroken("请附免去、终止的文件", "evidence", "INVALID")


def department_faults(is_department: bool) -> Iterator[RuleBroken]:
    """A lead department is a department of the city. Raises at `unit`."""
    if not is_department:
        yield RuleBroken("牵头部门应为市级部门", "unit")


def keeper_faults(can_provide: bool, name: str) -> Iterator[RuleBroken]:
    """A one is asked of a unit that may put it in."""
    if not can_provide:
        yield RuleBroken(f"{name}不能登记这一项，请改选单位", "keeper")


def check_not_asked(was_asked: bool, name: str) -> None:
    """A unit is asked once: its limit does not begin anew. Raises `RuleBroken` at `keeper`."""
    if was_asked:
        raise RuleBroken(f"已请{name}补齐，期限照旧；催促请用“催办”", "keeper")


def check_second(own: Sequence[str], all_own: bool) -> None:
    """Papers are approved by somebody who did not provide them; `own` are the names of what is the
    checker's. Raises `RuleBroken`, at `lines` where others could be chosen.
    """
    if all_own:
        raise RuleBroken("材料由您登记，须由办公室其他人员核对", None, "NOT_ALLOWED")
    if own:
        names = "、".join(own)
        raise RuleBroken(f"{names}的材料由您登记，须由办公室其他人员核对；请只选其余各项", "lines")


def papers_faults(differ: bool) -> Iterator[RuleBroken]:
    """Papers that are provided say or add something."""
    if not differ:
        yield RuleBroken("与已登记的相同，没有补充什么", "documentNo", "INVALID")


def check_withdrawn(is_there: bool) -> None:
    """What is withdrawn waits to be checked, or was returned. Raises `RuleBroken` at `change`."""
    if not is_there:
        raise RuleBroken("没有这一项待核对或退回的变动", "change")


def lines_faults(known: bool) -> Iterator[RuleBroken]:
    """What is checked is among what waits."""
    if not known:
        yield RuleBroken("所选的不在待核对之列，请重选", "lines")


def check_lacks(state: OneState) -> None:
    """Only what is lacking is asked for. Raises `RuleBroken` at `one`."""
    if state in (OneState.TO_CHECK, OneState.COMPLETE):
        raise RuleBroken("材料已齐，不必再请补齐", "one")
