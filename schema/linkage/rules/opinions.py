"""Article 3, 会同: the opinion of the group's office, its own limit within the two working days."""

from collections.abc import Collection
from datetime import datetime

from schema.city.rules import CITY_TIME, RuleBroken
from schema.city.rules.rulebook import Number

OPINION_DEADLINE = Number(
    "lead.opinion_deadline", "小组会同意见时限", "第三条", unit="个工作日", least=1, most=250
)


def moment_words(moment: datetime) -> str:
    """A moment of the city as the record writes it."""
    return f"{moment.astimezone(CITY_TIME):%Y-%m-%d %H:%M}"


def missed_words(group: str, due_at: datetime) -> str:
    """What the record says of a group that gave no opinion in its time."""
    return f"未收到{group}会同意见，已逾 {moment_words(due_at)} 的时限"


def check_group_given(grouped: bool) -> None:
    """A report is given to its group before it is judged. Raises `RuleBroken` at `project`."""
    if not grouped:
        raise RuleBroken("这条信息还没有产业招商小组，请先明确小组，由小组提出会同意见", "project")


def check_limit_over(group: str, due_at: datetime | None, now: datetime) -> None:
    """Without its opinion a report is judged once the group's own limit has passed.

    Raises `RuleBroken` at `project`.

    `due_at` is None while the calendar of a year that it runs into is not published.
    """
    if due_at is not None and now > due_at:
        return
    until = f"，{moment_words(due_at)} 以后可不待意见研判" if due_at else "，日历公布后确定时限"
    raise RuleBroken(f"{group}的会同意见尚未提出{until}", "project")


def check_consulted(jointly: bool) -> None:
    """An opinion is for what is judged jointly. Raises `RuleBroken` at `project`."""
    if not jointly:
        raise RuleBroken("这条信息按报送时的规则研判，不需要会同意见", "project")


def check_correction(given: bool, replace: bool) -> None:
    """A group's office corrects the opinion that it has given only where it says so; it has then given
    two, and the last one counts. Raises `RuleBroken` at `replace`.
    """
    if given and not replace:
        raise RuleBroken("贵组已提出会同意见；要更正的请打勾，此前的意见仍留在记录里", "replace")


def check_not_reporter(reporter: int, viewer: int | None) -> None:
    """Who reported a lead gives no opinion on it, in whichever post. Raises `RuleBroken` at `project`."""
    if reporter == viewer:
        raise RuleBroken("这条信息由您报送，会同意见请由小组的其他人员提出", "project")


def check_not_opined(opined: Collection[int], viewer: int | None) -> None:
    """Who gave an opinion on a lead does not judge it, in whichever post. Raises `RuleBroken` at `project`."""
    if viewer in opined:
        raise RuleBroken("您对这条信息提出过会同意见，请由办公室其他人员研判", "project")


def check_stance(place: object) -> None:
    """Whoever proposes another place names it. Raises `RuleBroken` at `place`."""
    if not place:
        raise RuleBroken("建议另定首谈地的，请选择建议的地方", "place", "INVALID")


def check_another(place: int, proposed: int | None, name: str) -> None:
    """Another place is another one than the proposed: both are ids, `proposed` None where none is.

    Raises `RuleBroken` at `place`.
    """
    if place == proposed:
        raise RuleBroken(
            f"{name}就是按顺序建议的首谈地；同意的请选“同意”，另有意见的请选别的地方", "place"
        )


def check_other_group(now: int | None, then: int) -> None:
    """A report is given to a group that it does not have yet. Raises `RuleBroken` at `group`."""
    if now == then:
        raise RuleBroken("这条信息已由该小组办理，请选另一个小组", "group")
