"""Every parameter has versions by date: which values a new version may have, and from when."""

from collections.abc import Callable
from datetime import date
from typing import Any

from schema.city.rules import RuleBroken

LONGEST_DEADLINE = 250
MOST_NOTICES = 1000
BACKDATED = ("transfer.",)


def check_value(name: str, value: Any) -> None:
    """A parameter's new value is one of its kind.

    A share is `{"first": 3, "whole": 10, "indicators": ["TAX"]}`, a time of day `[17, 30]`, a
    deadline a number of days. Raises `RuleBroken` (`INVALID`) at `value`, with an example.
    """
    CHECKS[name](value)


def check_effective(name: str, effective_on: date, today: date) -> None:
    """A version begins today or later, except a share, which is posted with each entry.

    A province's sharing policy often arrives after the day from which it holds; entries already
    posted stay as they are. Raises `RuleBroken` at `effectiveOn`.
    """
    if effective_on < today and not name.startswith(BACKDATED):
        raise RuleBroken(
            f"生效日期不能早于今天（{today}），已按旧规则办理的不能改变", "effectiveOn"
        )


def check_deadline(value: Any) -> None:
    """A whole number of days, 1 to 250. Raises `RuleBroken` (`INVALID`) at `value`."""
    if type(value) is not int or not 1 <= value <= LONGEST_DEADLINE:
        raise RuleBroken(f"时限应为 1 到 {LONGEST_DEADLINE} 的整数，例如 2", "value", "INVALID")


def check_quota(value: Any) -> None:
    if type(value) is not int or not 0 <= value <= MOST_NOTICES:
        raise RuleBroken(f"次数应为 0 到 {MOST_NOTICES} 的整数，例如 20", "value", "INVALID")


def check_time_of_day(value: Any) -> None:
    """A time as `[hour, minute]`. Raises `RuleBroken` (`INVALID`) at `value`."""
    numbers = isinstance(value, list) and [type(each) for each in value] == [int, int]
    if not numbers or not 0 <= value[0] < 24 or not 0 <= value[1] < 60:
        raise RuleBroken("时刻应为 [时, 分]，例如 [17, 30]", "value", "INVALID")


CHECKS: dict[str, Callable[[Any], None]] = {
    "lead.assessment_deadline": check_deadline,
    "lead.closing_time": check_time_of_day,
    "lead.unseen_duplicates_per_day": check_quota,
}
"""What a parameter's value must be; rules further up add the parameters that are theirs."""
