from datetime import UTC, date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schema.city.rules import RuleBroken, parse_day, parse_month


@pytest.mark.parametrize(
    "written",
    [
        "2026-03-05",
        "2026-3-5",
        "2026.3.5",
        "2026/3/5",
        "2026/03/05 0:00",
        "2026-03-05T10:20:30",
        "2026年3月5日",
        "2026年03月05号",
        "2026 年 3 月 5 日",
        "20260305",
        "２０２６.３.５",
        "2026．3．5",
        "2026。3。5",
        " 2026-03-05\t",
        "46086",
        46086,
        46086.75,
        date(2026, 3, 5),
        datetime.fromisoformat("2026-03-05T23:59"),
        datetime(2026, 3, 4, 16, 0, tzinfo=UTC),
    ],
)
def test_a_day_is_read_however_it_is_written(written: str | float | date) -> None:
    assert parse_day(written) == date(2026, 3, 5)


@pytest.mark.parametrize(
    "written", ["2026.3", "2026-03", "2026/3", "2026年3月", "２０２６年３月", 2026.3, 2026.03]
)
def test_a_month_alone_is_its_first_day(written: str | float) -> None:
    assert parse_day(written) == date(2026, 3, 1)


def test_a_month_that_excel_took_for_a_number_is_read_unless_it_may_be_two_months() -> None:
    assert parse_day(2026.11) == date(2026, 11, 1)
    assert parse_day("2026.1") == date(2026, 1, 1)
    assert parse_day("2026.10") == date(2026, 10, 1)
    with pytest.raises(RuleBroken, match="可能是 1 月，也可能是 10 月"):
        parse_day(2026.10)


@pytest.mark.parametrize(
    ("written", "says"),
    [
        ("", "没有填"),
        ("近期", "看不出是哪一天"),
        ("26.3.5", "看不出是哪一天"),
        ("3月5日", "看不出是哪一天"),
        ("2026.3/5", "看不出是哪一天"),
        ("2026-03-05 上午", "看不出是哪一天"),
        ("2026-03-05x", "看不出是哪一天"),
        ("2026-03-05\x00", "看不出是哪一天"),
        ("٢٠٢٦-٠٣-٠٥", "看不出是哪一天"),
        ("2" * 10_000, "看不出是哪一天"),
        ("2026", "只有年份"),
        ("2026年", "只有年份"),
        (2026, "不是日期"),
        ("2026-02-30", "日历上没有 2026 年 2 月 30 日"),
        ("2026-13", "日历上没有 2026 年 13 月"),
        ("20260931", "日历上没有 2026 年 9 月 31 日"),
        ("0000-01-01", "日历上没有"),
        (2026.13, "日历上没有"),
        (2026.125, "不是日期"),
        ("1989-12-31", "不在 1990 到 2100 年"),
        ("2101.1.1", "不在 1990 到 2100 年"),
        (date(1900, 1, 1), "不在 1990 到 2100 年"),
        (32873, "1989 年不在"),
        (73416, "2101 年不在"),
        (60, "不是日期"),
        (0, "不是日期"),
        (-1, "不是日期"),
        (3200.5, "不是日期"),
        (1e300, "不是日期"),
        (float("nan"), "不是日期"),
        (float("inf"), "不是日期"),
        (True, "不是日期"),
    ],
)
def test_what_is_no_day_is_refused_with_an_example(written: str | float | date, says: str) -> None:
    with pytest.raises(RuleBroken, match=says) as broken:
        parse_day(written)
    assert broken.value.code == "INVALID"
    assert "请写成“2026-03-05”" in broken.value.message
    assert len(broken.value.message) < 100


def test_serials_count_from_excels_1900() -> None:
    assert parse_day(32874) == date(1990, 1, 1)
    assert parse_day(73415) == date(2100, 12, 31)


@settings(database=None)
@given(st.dates(date(1990, 1, 1), date(2100, 12, 31)))
def test_every_day_is_read_back_from_every_way_of_writing_it(day: date) -> None:
    serial = (day - date(1899, 12, 30)).days
    year, month, number = day.timetuple()[:3]
    written = [day.isoformat(), f"{year}.{month}.{number}", f"{year}年{month}月{number}日"]
    assert {parse_day(each) for each in written} == {day}
    assert {parse_day(serial), parse_day(float(serial)), parse_day(str(serial))} == {day}


def test_a_day_that_must_have_come_is_not_later_than_today() -> None:
    today = date(2026, 11, 20)
    assert parse_day("2026-11-20", today) == today
    with pytest.raises(RuleBroken, match="2026-11-21 还没有到") as broken:
        parse_day("2026-11-21", today)
    assert broken.value.code == "INVALID"


@pytest.mark.parametrize(
    "written", ["2026-11", "2026.11", "2026/11", "2026年11月", "２０２６-１１"]
)
def test_a_month_is_its_first_day(written: str) -> None:
    assert parse_month(written) == date(2026, 11, 1)


@pytest.mark.parametrize(
    "written", ["2026-13", "2026-00", "2026", "11", "2026-11-01", "1989-12", ""]
)
def test_what_is_no_month_is_refused(written: str) -> None:
    with pytest.raises(RuleBroken, match="请写成") as broken:
        parse_month(written)
    assert broken.value.code == "INVALID"
