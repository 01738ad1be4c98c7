from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schema.city import rules
from schema.city.rules import CITY_TIME, Calendar, Clock, Lamp, Pause, standing
from tests.city.test_rules_calendar import CALENDAR
from tests.rulebook import amber, closing, rule

WITHOUT_2027 = CALENDAR
WITH_2027 = Calendar(CALENDAR.years | {2027}, CALENDAR.off | {date(2027, 1, 1)}, CALENDAR.on)


def at(text: str) -> datetime:
    """An instant on the city's wall clock: `11-20 09:00`, in 2026 unless a year is given."""
    year = "" if text.count("-") == 2 else "2026-"
    return datetime.fromisoformat(f"{year}{text}").replace(tzinfo=CITY_TIME)


def clock(
    started: datetime, days: int, calendar: Calendar, now: datetime, *more: Any, **fields: Any
) -> Clock:
    """A limit of `days` working days at the closing hour of the rulebook."""
    return rules.clock(started, days, calendar, now, closing(), amber(), *more, **fields)


@pytest.mark.parametrize(
    ("case", "reported", "due"),
    [
        ("Monday morning, due Wednesday", "11-16 09:00", "11-18 17:30"),
        ("Monday at the closing hour, still Monday", "11-16 17:30:00", "11-18 17:30"),
        ("Monday a second later, counts as Tuesday", "11-16 17:30:01", "11-19 17:30"),
        ("Friday at the closing hour, due Tuesday", "11-20 17:30:00", "11-24 17:30"),
        ("Friday a second later, counts as Saturday", "11-20 17:30:01", "11-24 17:30"),
        ("Saturday, Monday is the first day", "11-21 10:00", "11-24 17:30"),
        ("Saturday evening, no closing hour to miss", "11-21 20:00", "11-24 17:30"),
        ("before National Day", "09-30 09:00", "10-09 17:30"),
        ("on National Day, 8 October is the first day", "10-01 09:00", "10-09 17:30"),
        ("Friday before a make-up Saturday", "10-09 09:00", "10-12 17:30"),
        ("on the make-up Saturday", "10-10 09:00", "10-13 17:30"),
        ("on the make-up Saturday after closing, counts as Sunday", "10-10 18:00", "10-13 17:30"),
        ("before Spring Festival", "02-13 09:00", "02-24 17:30"),
    ],
)
def test_two_working_days_end_at_the_closing_hour(case: str, reported: str, due: str) -> None:
    days = rule("lead.assessment_deadline")
    assert clock(at(reported), days, CALENDAR, at(reported)).due_at == at(due)


def test_an_instant_of_another_zone_is_taken_on_the_citys_wall_clock() -> None:
    utc = datetime.fromisoformat("2026-11-16T09:30:01+00:00")
    assert clock(utc, 2, CALENDAR, utc).due_at == at("11-19 17:30")


def test_an_end_kept_in_another_zone_is_told_on_the_citys_wall_clock() -> None:
    due_at = datetime.fromisoformat("2026-11-23T09:30:00+00:00")
    found = standing(due_at, None, None, None, 2, at("11-23 10:00"), CALENDAR, amber())
    assert (found.due_at, found.label) == (at("11-23 17:30"), "今天 17:30 到期")


def test_a_naive_instant_is_a_mistake_of_the_caller() -> None:
    with pytest.raises(ValueError, match="aware"):
        clock(at("11-16 09:00").replace(tzinfo=None), 2, CALENDAR, at("11-16 09:00"))


def test_the_closing_hour_is_a_parameter() -> None:
    read = rules.clock(at("11-16 17:10"), 2, CALENDAR, at("11-16 17:10"), time(17, 0), amber())
    assert read.due_at == at("11-19 17:00")


@pytest.mark.parametrize(
    ("case", "now", "lamp", "left", "label"),
    [
        ("the day of report", "11-16 09:30", Lamp.GREEN, 2, "剩 2 个工作日"),
        ("the evening of that day", "11-16 20:00", Lamp.GREEN, 2, "剩 2 个工作日"),
        ("the day after", "11-17 09:00", Lamp.AMBER, 1, "剩 1 个工作日"),
        ("the day it is due", "11-18 09:00", Lamp.AMBER, 0, "今天 17:30 到期"),
        ("the last moment", "11-18 17:30", Lamp.AMBER, 0, "今天 17:30 到期"),
        ("a second too late", "11-18 17:30:01", Lamp.RED, 0, "逾期不足 1 个工作日"),
        ("a day late", "11-19 09:00", Lamp.RED, -1, "逾期 1 个工作日"),
        ("late over a weekend", "11-22 09:00", Lamp.RED, -2, "逾期 2 个工作日"),
        ("a week late", "11-25 09:00", Lamp.RED, -5, "逾期 5 个工作日"),
    ],
)
def test_the_lamp_and_its_words(case: str, now: str, lamp: Lamp, left: int, label: str) -> None:
    read = clock(at("11-16 09:00"), 2, CALENDAR, at(now))
    assert (read.lamp, read.working_days_left, read.label) == (lamp, left, label)


def test_a_report_on_friday_has_one_working_day_left_all_weekend() -> None:
    read = clock(at("11-19 09:00"), 2, CALENDAR, at("11-21 12:00"))
    assert (read.due_at, read.lamp, read.label) == (at("11-23 17:30"), Lamp.AMBER, "剩 1 个工作日")


def test_a_long_limit_turns_amber_in_its_last_fifth() -> None:
    lamps = [
        clock(at("11-02 09:00"), 20, CALENDAR, at(now)).lamp
        for now in ("11-23 09:00", "11-24 09:00")
    ]
    assert lamps == [Lamp.GREEN, Lamp.AMBER]


@pytest.mark.parametrize(
    ("case", "pauses", "due"),
    [
        ("over one closing hour", [("11-17 10:00", "11-18 10:00")], "11-19 17:30"),
        ("over a weekend", [("11-17 10:00", "11-23 10:00")], "11-24 17:30"),
        ("within a weekend", [("11-21 10:00", "11-22 10:00")], "11-18 17:30"),
        ("ended the same day", [("11-17 10:00", "11-17 16:00")], "11-18 17:30"),
        ("ended at the closing hour", [("11-17 10:00", "11-17 17:30")], "11-18 17:30"),
        ("ended a second after closing", [("11-17 10:00", "11-17 17:30:01")], "11-19 17:30"),
        ("twice", [("11-17 10:00", "11-18 10:00"), ("11-18 16:00", "11-20 09:00")], "11-23 17:30"),
        (
            "twice, in any order",
            [("11-18 16:00", "11-20 09:00"), ("11-17 10:00", "11-18 10:00")],
            "11-23 17:30",
        ),
        ("on the day of report", [("11-16 10:00", "11-17 09:00")], "11-18 17:30"),
        ("from the day of report over the next", [("11-16 10:00", "11-18 09:00")], "11-19 17:30"),
    ],
)
def test_a_day_counts_if_the_clock_runs_at_its_closing_hour(
    case: str, pauses: list[tuple[str, str]], due: str
) -> None:
    stood = [Pause(at(since), at(until)) for since, until in pauses]
    assert clock(at("11-16 09:00"), 2, CALENDAR, at("11-16 09:00"), stood).due_at == at(due)


def test_while_it_stands_nothing_is_due() -> None:
    read = clock(at("11-16 09:00"), 2, CALENDAR, at("11-30 09:00"), [Pause(at("11-17 10:00"))])
    assert (read.due_at, read.lamp, read.label) == (None, Lamp.GREY, "补正中，计时暂停")
    assert read.paused_since == at("11-17 10:00")
    assert read.working_days_left is None


def test_a_second_pause_that_lasts_stops_the_clock_again() -> None:
    pauses = [Pause(at("11-17 10:00"), at("11-18 10:00")), Pause(at("11-19 09:00"))]
    read = clock(at("11-16 09:00"), 2, CALENDAR, at("11-19 10:00"), pauses)
    assert (read.due_at, read.paused_since) == (None, at("11-19 09:00"))


def test_a_return_does_not_heal_a_limit_already_missed() -> None:
    read = clock(at("11-16 09:00"), 2, CALENDAR, at("11-30 09:00"), [Pause(at("11-19 10:00"))])
    assert (read.due_at, read.lamp) == (at("11-18 17:30"), Lamp.RED)
    assert read.label == "逾期 1 个工作日，补正中"


@pytest.mark.parametrize(
    ("case", "finished", "label"),
    [
        ("in time", "11-18 17:30", "按期办结"),
        ("a second late", "11-18 17:30:01", "逾期办结"),
        ("days late", "11-25 09:00", "逾期办结"),
    ],
)
def test_a_finished_limit_is_blue_and_says_whether_it_was_kept(
    case: str, finished: str, label: str
) -> None:
    read = clock(at("11-16 09:00"), 2, CALENDAR, at("11-30 09:00"), finished_at=at(finished))
    assert (read.lamp, read.label, read.finished_at) == (Lamp.BLUE, label, at(finished))
    assert read.due_at == at("11-18 17:30")


def test_what_ends_while_it_stands_ends_in_time() -> None:
    standing = [Pause(at("11-17 10:00"))]
    read = clock(
        at("11-16 09:00"), 2, CALENDAR, at("11-30 09:00"), standing, finished_at=at("11-27 09:00")
    )
    assert (read.due_at, read.lamp, read.label) == (None, Lamp.BLUE, "按期办结")


def test_a_limit_into_an_unpublished_year_is_pending_and_never_guessed() -> None:
    read = clock(at("12-31 09:00"), 2, WITHOUT_2027, at("12-31 10:00"))
    assert (read.due_at, read.pending_year, read.lamp) == (None, 2027, Lamp.GREY)
    assert read.label == "2027 年日历待公布"


def test_once_the_year_is_published_the_same_limit_has_a_due_time() -> None:
    read = clock(at("12-31 09:00"), 2, WITH_2027, at("12-31 10:00"))
    assert (read.due_at, read.pending_year) == (at("2027-01-05 17:30"), None)


def test_a_limit_that_ends_on_the_last_day_of_a_published_year_is_not_pending() -> None:
    read = clock(at("12-29 09:00"), 2, WITHOUT_2027, at("12-29 10:00"))
    assert (read.due_at, read.pending_year) == (at("12-31 17:30"), None)


def test_lateness_into_an_unpublished_year_is_red_and_uncounted() -> None:
    read = clock(at("12-29 09:00"), 2, WITHOUT_2027, at("2027-01-04 09:00"))
    assert (read.lamp, read.working_days_left) == (Lamp.RED, None)
    assert read.label == "已逾期，2027 年日历待公布"


def test_a_finished_limit_of_an_unpublished_year_is_not_called_kept() -> None:
    read = clock(
        at("12-31 09:00"), 2, WITHOUT_2027, at("12-31 11:00"), finished_at=at("12-31 10:00")
    )
    assert (read.lamp, read.label) == (Lamp.BLUE, "已办结，2027 年日历待公布")


INSTANTS = st.timedeltas(timedelta(0), timedelta(days=330)).map(
    lambda later: at("01-02 00:00") + later
)


@settings(database=None, deadline=None)
@given(INSTANTS, st.integers(1, 10), st.integers(0, 300), st.integers(0, 300))
def test_a_pause_never_brings_the_due_time_forward(
    started: datetime, days: int, hours_before: int, hours: int
) -> None:
    since = started + timedelta(hours=hours_before)
    plain = clock(started, days, WITH_2027, started).due_at
    paused = clock(
        started, days, WITH_2027, started, [Pause(since, since + timedelta(hours=hours))]
    ).due_at
    assert plain is not None and paused is not None
    assert paused >= plain


@settings(database=None, deadline=None)
@given(INSTANTS, st.integers(1, 10))
def test_what_is_due_is_due_on_a_working_day_later_than_the_report(
    started: datetime, days: int
) -> None:
    due = clock(started, days, WITH_2027, started).due_at
    assert due is not None and due > started
    assert WITH_2027.is_working_day(due.date())
    assert WITH_2027.working_days(started.date(), due.date()) in {days, days + 1}
