from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schema.assessment.rules import months_before, rank

PLACES = ["雁江区", "安岳县", "乐至县", "高新区", "临空经济区"]


def test_the_largest_sum_comes_first() -> None:
    month = {"雁江区": 300, "安岳县": 700, "乐至县": 100, "高新区": 500, "临空经济区": 200}
    standings = rank(month, PLACES)
    assert [(each.rank, each.place, each.amount_fen) for each in standings] == [
        (1, "安岳县", 700),
        (2, "高新区", 500),
        (3, "雁江区", 300),
        (4, "临空经济区", 200),
        (5, "乐至县", 100),
    ]


def test_equal_sums_share_a_rank_and_the_next_is_skipped() -> None:
    month = {"雁江区": 300, "安岳县": 700, "乐至县": 300, "高新区": 100}
    standings = rank(month, PLACES)
    assert [(each.rank, each.place) for each in standings] == [
        (1, "安岳县"),
        (2, "雁江区"),
        (2, "乐至县"),
        (4, "高新区"),
        (5, "临空经济区"),
    ]


def test_a_place_without_an_entry_has_nothing_and_comes_before_one_in_the_red() -> None:
    standings = rank({"雁江区": -100, "安岳县": 100}, PLACES[:3])
    assert [(each.place, each.amount_fen) for each in standings] == [
        ("安岳县", 100),
        ("乐至县", 0),
        ("雁江区", -100),
    ]


def test_a_month_without_entries_has_five_firsts_and_no_shares() -> None:
    standings = rank({}, PLACES)
    assert [(each.place, each.rank, each.share) for each in standings] == [
        (place, 1, None) for place in PLACES
    ]


def test_a_month_in_the_red_has_no_shares() -> None:
    assert {each.share for each in rank({"雁江区": -300, "安岳县": 100}, PLACES)} == {None}


def test_shares_are_hundredths_of_a_per_cent_half_up() -> None:
    standings = rank({"雁江区": 2, "安岳县": 1, "乐至县": 3, "高新区": 26}, PLACES)
    assert {each.place: each.share for each in standings} == {
        "雁江区": 625,
        "安岳县": 313,
        "乐至县": 938,
        "高新区": 8125,
        "临空经济区": 0,
    }


def test_a_place_of_another_city_counts_for_nothing() -> None:
    assert [each.share for each in rank({"雁江区": 50, "简阳市": 50}, ["雁江区"])] == [10_000]


def test_ranks_rise_and_fall_from_the_month_before() -> None:
    before = {"雁江区": 500, "安岳县": 400, "乐至县": 300}
    now = {"雁江区": 100, "安岳县": 400, "乐至县": 400}
    standings = rank(now, PLACES[:3], before)
    assert [(each.place, each.previous_rank, each.rank, each.rise) for each in standings] == [
        ("安岳县", 2, 1, 1),
        ("乐至县", 3, 1, 2),
        ("雁江区", 1, 3, -2),
    ]


def test_without_a_month_before_nobody_rises() -> None:
    assert {(each.previous_rank, each.rise) for each in rank({"雁江区": 1}, PLACES)} == {
        (None, None)
    }


@settings(database=None)
@given(st.dictionaries(st.sampled_from(PLACES), st.integers(-5, 5)), st.permutations(PLACES))
def test_a_rank_is_one_more_than_the_number_of_larger_sums(
    amounts: dict[str, int], order: list[str]
) -> None:
    standings = rank(amounts, order)
    sums = [each.amount_fen for each in standings]
    assert sums == sorted(sums, reverse=True)
    assert [each.rank for each in standings] == [1 + sum(s > mine for s in sums) for mine in sums]
    assert sorted(each.place for each in standings) == sorted(PLACES)
    positions = {place: n for n, place in enumerate(order)}
    tied = [(each.rank, positions[each.place]) for each in standings]
    assert tied == sorted(tied)


@pytest.mark.parametrize(
    ("month", "back", "found"),
    [
        ("2026-11-01", 0, "2026-11-01"),
        ("2026-11-01", 1, "2026-10-01"),
        ("2026-01-01", 1, "2025-12-01"),
        ("2026-11-01", 23, "2024-12-01"),
        ("2026-12-01", -1, "2027-01-01"),
        ("2026-11-30", 12, "2025-11-01"),
    ],
)
def test_months_are_counted_back_over_the_year(month: str, back: int, found: str) -> None:
    assert months_before(date.fromisoformat(month), back) == date.fromisoformat(found)
