from datetime import date, timedelta
from importlib.resources import files

import holidays
import pytest

from schema.city.rules import Calendar, CalendarPending, RuleBroken, check_year, read_special_days

PUBLISHED = (files("schema.city") / "holidays.csv").read_text(encoding="utf-8")
CALENDAR = Calendar.of({2024, 2025, 2026}, read_special_days(PUBLISHED))


@pytest.mark.parametrize(
    ("case", "day", "second"),
    [
        ("over Spring Festival, which begins with a make-up Saturday", "2026-02-13", "2026-02-24"),
        ("over National Day", "2026-09-30", "2026-10-09"),
        ("over a make-up Saturday and a Sunday", "2026-10-09", "2026-10-12"),
        ("over a make-up Saturday in May", "2026-05-08", "2026-05-11"),
        ("over a plain weekend", "2026-11-20", "2026-11-24"),
        ("from a plain Saturday", "2026-11-21", "2026-11-24"),
        ("from Labour Day", "2026-05-01", "2026-05-07"),
    ],
)
def test_the_second_working_day_after_a_day(case: str, day: str, second: str) -> None:
    assert CALENDAR.after(date.fromisoformat(day), 2) == date.fromisoformat(second)


def test_a_make_up_saturday_is_a_working_day_and_its_sunday_is_not() -> None:
    assert CALENDAR.is_working_day(date(2026, 10, 10))
    assert not CALENDAR.is_working_day(date(2026, 10, 11))


def test_2026_has_248_working_days() -> None:
    assert CALENDAR.working_days(date(2025, 12, 31), date(2026, 12, 31)) == 248


def test_working_days_are_counted_after_the_first_and_until_the_last_day() -> None:
    friday, monday = date(2026, 11, 20), date(2026, 11, 23)
    assert CALENDAR.working_days(friday, monday) == 1
    assert CALENDAR.working_days(friday, friday) == 0
    assert CALENDAR.working_days(monday, friday) == 0


def test_every_day_of_the_published_years_agrees_with_an_independent_calendar() -> None:
    years = range(2024, 2027)
    other = holidays.country_holidays("CN", years=years)
    days = [date(2024, 1, 1) + timedelta(n) for n in range(366 + 365 + 365)]
    assert {day for day in days if CALENDAR.is_working_day(day)} == {
        day for day in days if other.is_working_day(day)
    }


def test_an_unpublished_year_has_no_answer() -> None:
    with pytest.raises(CalendarPending, match="2027 年工作日历尚未公布") as pending:
        CALENDAR.after(date(2026, 12, 31), 1)
    assert pending.value.year == 2027
    with pytest.raises(CalendarPending):
        CALENDAR.is_working_day(date(2023, 12, 29))


def test_a_limit_that_ends_on_the_last_published_day_needs_no_next_year() -> None:
    assert CALENDAR.after(date(2026, 12, 29), 2) == date(2026, 12, 31)


def test_a_published_year_is_plausible() -> None:
    for year in (2024, 2025, 2026):
        days = [day for day in read_special_days(PUBLISHED) if day.day.year == year]
        assert check_year(year, days) == []


@pytest.mark.parametrize(
    ("case", "change", "message"),
    [
        ("a day of another year", "2027-01-02,休,元旦", "2027-01-02 不在 2026 年"),
        ("a day twice", "2026-10-02,休,国庆节", "2026-10-02 写了两次"),
        ("a weekday as make-up day", "2026-11-20,班,元旦", "2026-11-20 不是周末"),
    ],
)
def test_a_notice_with_a_slip_is_refused(case: str, change: str, message: str) -> None:
    days = [day for day in read_special_days(PUBLISHED) if day.day.year == 2026]
    ((at, broken),) = check_year(2026, days + read_special_days(change))
    assert at == len(days) and str(broken).startswith(message)


def test_a_notice_without_national_day_is_refused() -> None:
    days = [day for day in read_special_days(PUBLISHED) if day.day.year == 2026]
    ((at, broken),) = check_year(2026, [day for day in days if day.name != "国庆节"])
    assert at is None and str(broken).startswith("缺少国庆节（2026-10-01）")


def test_a_fixed_holiday_on_a_weekend_is_no_make_up_day() -> None:
    fixed = "2028-01-01,{},元旦\n2028-05-01,休,劳动节\n2028-10-01,休,国庆节"
    assert check_year(2028, read_special_days(fixed.format("休"))) == []
    ((_, broken),) = check_year(2028, read_special_days(fixed.format("班")))
    assert str(broken).startswith("缺少元旦")


def test_special_days_are_read_as_the_office_pastes_them() -> None:
    pasted = (
        "\ufeffday,working,name\n# 国务院办公厅通知\n\n2027年1月1日,休,元旦\n2027/1/3, 班 ,元旦\n"
    )
    assert [(day.day, day.working) for day in read_special_days(pasted)] == [
        (date(2027, 1, 1), False),
        (date(2027, 1, 3), True),
    ]


@pytest.mark.parametrize("line", ["2026-02-14,上班,春节", "2026-02-14", "2026-02-14,班,春节,多余"])
def test_a_line_that_is_no_special_day_is_refused_by_its_number(line: str) -> None:
    with pytest.raises(RuleBroken, match="第 2 行请写成") as broken:
        read_special_days(f"day,working,name\n{line}")
    assert broken.value.code == "INVALID"
