"""Posts in units: who holds which on a day, and when one may be given.

A person holds any number of posts, each from a day to a day with a document. A right on a day is a
post held on that day; nothing else gives one. Days are the city's, both ends included.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from schema.city.rules import RuleBroken


class Post(StrEnum):
    """What a post lets its holder do; permissions are given to these."""

    OFFICE = "OFFICE"  # 领导小组办公室
    GROUP = "GROUP"  # 产业招商小组
    PLACE = "PLACE"  # 县(区)、高新区、临空经济区
    DEPARTMENT = "DEPARTMENT"  # 市级部门
    BRANCH = "BRANCH"  # 驻外分局、投资促进中心
    AGENT = "AGENT"  # 委托招商机构
    LEADER = "LEADER"  # 市领导
    INSPECTION = "INSPECTION"  # 督查室、目标绩效办
    EXPERT = "EXPERT"  # 专家
    PARTNER = "PARTNER"  # 合作机构、邻市系统
    PUBLIC = "PUBLIC"  # 未登录的公众


class Scope(StrEnum):
    """What a token of a partner's opens beside what is published; without any, nothing else."""

    SIGNED_PROJECTS = "SIGNED_PROJECTS"  # 已签约项目


@dataclass(frozen=True)
class HeldPost:
    """A post held on the day of a request: the appointment's id, what it is, in which unit.

    `place` is the unit's, `group` the industry group whose office the unit is. `acting_for` is the
    name of the person who is stood in for. `verifies` are the indicators that the rulebook of the day
    has the unit verify, `left_over` those of which it verifies only what still waits, since the
    rulebook names no unit any more. `scopes` are those of the token with which a partner comes.
    """

    post: Post
    id: int | None = None
    title: str = ""
    organization: int | None = None
    unit: str = ""
    place: int | None = None
    group: int | None = None
    acting_for: str = ""
    verifies: tuple[str, ...] = ()
    left_over: tuple[str, ...] = ()
    scopes: tuple[Scope, ...] = ()


NO_POST = HeldPost(Post.PUBLIC)


@dataclass(frozen=True)
class Viewer:
    """Who asks: a person with the posts held on the day, the main one first; or the public.

    Rights are the union of the posts'. Whoever holds none today sees what the public sees.
    """

    name: str = ""
    person: int | None = None
    posts: tuple[HeldPost, ...] = (NO_POST,)

    @property
    def signed_in(self) -> bool:
        return self.person is not None

    @property
    def main(self) -> HeldPost:
        """The post by which the person is shown; it decides nothing."""
        return self.posts[0]

    @property
    def post(self) -> Post:
        return self.main.post

    @property
    def organization(self) -> int | None:
        return self.main.organization

    @property
    def unit(self) -> str:
        return self.main.unit

    @property
    def place(self) -> int | None:
        return self.main.place

    @property
    def group(self) -> int | None:
        return self.main.group


PUBLIC = Viewer()


@dataclass(frozen=True)
class Term:
    """A post of one person in one unit, from a day to a day; `ends_on` None while it is open.

    `acting_for` is the appointment that it stands in for. `recorded_at` and `ended_at` are when the
    beginning and the end were written down, which may be on other days.
    """

    id: int
    organization: int
    post: Post
    main: bool
    starts_on: date
    ends_on: date | None
    acting_for: int | None
    recorded_at: datetime
    ended_at: datetime | None

    def held_on(self, day: date) -> bool:
        return self.starts_on <= day and (self.ends_on is None or day <= self.ends_on)

    def held_at(self, at: datetime, day: date) -> bool:
        """Whether it was held at a moment, on that day of the city, by what was known then.

        What is written down later, of whatever day, changes nothing of it.
        """
        if self.recorded_at > at:
            return False
        if self.ended_at is not None and self.ended_at > at:
            return self.starts_on <= day
        return self.held_on(day)


def signed_as(
    terms: Iterable[Term],
    at: datetime,
    day: date,
    posts: Iterable[Post] = (),
    organization: int | None = None,
) -> Term | None:
    """The post in which somebody did something at `at`: of those held then by what was known then,
    one of `posts`, in `organization` where that is known, the main one, the oldest.
    """
    known, wanted = [each for each in terms if each.held_at(at, day)], set(posts)
    return min(
        known,
        key=lambda each: (
            bool(wanted) and each.post not in wanted,
            organization is not None and each.organization != organization,
            not each.main,
            each.acting_for is not None,
            each.id,
        ),
        default=None,
    )


def overlap(a: tuple[date, date | None], b: tuple[date, date | None]) -> bool:
    """Whether two spans share a day; an end of None is open."""
    return (a[1] is None or b[0] <= a[1]) and (b[1] is None or a[0] <= b[1])


def check_appointment(
    starts_on: date, ends_on: date | None, acting: tuple[date, date | None] | None
) -> None:
    """A post ends after it begins; standing in has an end, within the post stood in for.

    `acting` is the span of the post stood in for. Raises `RuleBroken` at its field.
    """
    if ends_on is not None and ends_on < starts_on:
        raise RuleBroken("任职结束日期不能早于开始日期，请核对", "endsOn", "INVALID")
    if acting is None:
        return
    if ends_on is None:
        raise RuleBroken("代理（A/B 角）要写明结束日期", "endsOn", "INVALID")
    until = acting[1]
    if starts_on < acting[0] or (until is not None and ends_on > until):
        raise RuleBroken("代理期限要在被代理人任期之内，请核对日期", "endsOn", "INVALID")


def check_end(starts_on: date, known: date | None, ended: bool, ends_on: date, today: date) -> None:
    """A post is ended once, before its end that is known, never before it began. Raises `RuleBroken`.

    `known` is the last day that was given with it or when it was `ended`; a post that is over stays
    as it was held.
    """
    if ended:
        raise RuleBroken(f"这次任职已办理免职，到 {known} 为止，不能再改", "id", "INVALID")
    if known is not None and known < today:
        raise RuleBroken(f"这次任职已于 {known} 到期，不用再办免职", "id", "INVALID")
    if ends_on < starts_on:
        raise RuleBroken(f"任职自 {starts_on} 起，结束日期不能更早", "endsOn", "INVALID")
    if known is not None and ends_on > known:
        raise RuleBroken(
            f"任职到 {known} 为止，不能延后；延期请另登记一次任职", "endsOn", "INVALID"
        )
