"""The month that a figure counts in: its own while that is open, else the next open one."""

from collections.abc import Collection
from datetime import date


def month_of(day: date) -> date:
    """The first day of a day's month."""
    return day.replace(day=1)


def next_month(month: date) -> date:
    """The first day of the month after."""
    return date(month.year + month.month // 12, month.month % 12 + 1, 1)


def counting_month(occurred_on: date, closed: Collection[date]) -> date:
    """The month, by its first day, that what happened on a day counts in.

    `closed` are the months whose figures are settled, by their first days. A closed month passes
    what comes late on to the first open one after it.

    >>> counting_month(date(2026, 9, 30), {date(2026, 9, 1), date(2026, 10, 1)})
    datetime.date(2026, 11, 1)
    """
    month = month_of(occurred_on)
    while month in closed:
        month = next_month(month)
    return month
