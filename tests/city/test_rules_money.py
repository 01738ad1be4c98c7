from decimal import ROUND_HALF_UP, Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schema.city.rules import (
    RuleBroken,
    format_money,
    format_wan,
    half_up,
    is_estimate,
    parse_money,
    split,
    yuan,
)

FEN = st.integers(-(10**14), 10**14)


@pytest.mark.parametrize(
    ("typed", "in_yuan"),
    [
        ("12.5亿", 1_250_000_000),
        ("12.5亿元", 1_250_000_000),
        ("1.2 亿元", 120_000_000),
        ("１２.５亿", 1_250_000_000),
        ("12．5亿", 1_250_000_000),
        ("12。5亿", 1_250_000_000),
        ("125000万元", 1_250_000_000),
        ("3200万", 32_000_000),
        ("3,200.5万元", 32_005_000),
        ("125,000", 1_250_000_000),
        ("125000", 1_250_000_000),
        (" 3200 ", 32_000_000),
        ("0.5", 5_000),
        ("0", 0),
        ("5000000元", 5_000_000),
        ("5,000,000.00元", 5_000_000),
        ("5千元", 5_000),
        ("5千万", 50_000_000),
        ("3百万元", 3_000_000),
        ("3百元", 300),
        ("2百亿元", 20_000_000_000),
        ("1.5千亿", 150_000_000_000),
        ("12亿5000万", 1_250_000_000),
        ("12亿5000万元", 1_250_000_000),
        ("3万5000元", 35_000),
        ("人民币12.5亿元", 1_250_000_000),
        ("￥5000元", 5_000),
        ("12.5亿元（人民币）", 1_250_000_000),
        ("5000元整", 5_000),
        ("1万亿", 1_000_000_000_000),
    ],
)
def test_an_amount_is_read_as_people_type_it(typed: str, in_yuan: int) -> None:
    assert parse_money(typed) == in_yuan * 100


@pytest.mark.parametrize(
    ("typed", "unit", "fen"),
    [
        ("12.5", "亿元", 125_000_000_000),
        ("12.5", "亿", 125_000_000_000),
        ("12.5", "万元", 12_500_000),
        ("12.5", "千元", 1_250_000),
        ("12.5", "百元", 125_000),
        ("1.25", "百亿元", 1_250_000_000_000),
        ("12.5", "元", 1_250),
        ("860.05", "元", 86_005),
        ("12.5亿", "元", 125_000_000_000),
        ("5元", "亿元", 500),
    ],
)
def test_a_bare_number_is_in_the_columns_unit_and_a_named_unit_wins(
    typed: str, unit: str, fen: int
) -> None:
    assert parse_money(typed, unit) == fen


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("", "没有填"),
        ("　 ", "没有填"),
        ("12亿左右", "估计数"),
        ("约1.2亿", "估计数"),
        ("近1.2亿", "估计数"),
        ("10-20亿", "范围"),
        ("10亿~20亿", "范围"),
        ("10 至 20亿", "范围"),
        ("3—5千万", "范围"),
        ("12.5亿8000", "没有写明单位"),
        ("12亿5000", "没有写明单位"),
        ("3千", "没有写明单位"),
        ("3百", "没有写明单位"),
        ("12.5亿8000万", "单位不连贯"),
        ("12亿50000万", "单位不连贯"),
        ("5000万12亿", "单位不连贯"),
        ("12亿1亿", "单位不连贯"),
        ("-5000万", "不能是负数"),
        ("－5000万", "不能是负数"),
        ("负5000万", "不能是负数"),
        ("1000万美元", "外币"),
        ("1000万USD", "外币"),
        ("$5,000,000", "外币"),
        ("＄5,000,000", "外币"),
        ("€500万", "外币"),
        ("2万亿", "超过 1 万亿元"),
        ("10000000000万", "超过 1 万亿元"),
        ("0.001元", "比一分钱还细"),
        ("0.0000001", "比一分钱还细"),
        ("12 5000万", "空格"),
        ("1,25", "不是确切的金额"),
        ("12,5000", "不是确切的金额"),
        ("12.5.6亿", "不是确切的金额"),
        ("十几亿", "不是确切的金额"),
        ("10多亿", "不是确切的金额"),
        ("不低于10亿", "不是确切的金额"),
        ("上亿", "不是确切的金额"),
        ("面议", "不是确切的金额"),
        ("1e9", "不是确切的金额"),
        ("0x10", "不是确切的金额"),
        ("nan", "不是确切的金额"),
        ("亿", "不是确切的金额"),
        ("元", "不是确切的金额"),
        ("١٢亿", "不是确切的金额"),
        ("12\x00亿", "不是确切的金额"),
        ("1" * 10_000, "太长"),
    ],
)
def test_what_can_be_read_in_two_ways_or_none_is_refused_with_an_example(
    typed: str, says: str
) -> None:
    with pytest.raises(RuleBroken, match=says) as broken:
        parse_money(typed)
    assert broken.value.code == "INVALID"
    assert "“" in broken.value.message
    assert len(broken.value.message) < 100


def test_the_example_shows_two_ways_to_write_an_amount() -> None:
    with pytest.raises(RuleBroken, match=r"请写成“12\.5亿”或“125000万元”"):
        parse_money("面议")


@pytest.mark.parametrize(
    ("typed", "fen"),
    [
        ("十二亿", 12 * 10**10),
        ("12.5億", 125 * 10**9),
        ("十二点五亿元", 125 * 10**9),
        ("壹亿贰仟万元整", 12 * 10**9),
        ("一千二百万", 1_200 * 10**6),
        ("十二亿五千万", 125 * 10**9),
        ("一亿零五十万元", 10_050 * 10**6),
        ("12个亿", 12 * 10**10),
        ("5千万", 5_000 * 10**6),
        ("三百六十元", 36_000),
        ("1,200万元", 1_200 * 10**6),
        ("１，２００万元", 1_200 * 10**6),
    ],
)
def test_an_amount_in_characters_is_the_same_amount(typed: str, fen: int) -> None:
    assert parse_money(typed) == fen


@pytest.mark.parametrize("typed", ["一二亿", "一千二万", "百万", "二十五十亿", "三点亿", "一亿二"])
def test_characters_that_may_be_two_numbers_or_none_are_refused(typed: str) -> None:
    with pytest.raises(RuleBroken):
        parse_money(typed)


@pytest.mark.parametrize(
    "typed",
    [
        "约1.2亿",
        "约 1.2亿",
        "近1.2亿",
        "1.2亿左右",
        "大约1.2亿元左右",
        "预计1.2亿",
        "1.2亿（暂定）",
    ],
)
def test_a_ledgers_estimate_is_read_and_reported(typed: str) -> None:
    assert parse_money(typed, estimate=True) == 12_000_000_000
    assert is_estimate(typed)


@pytest.mark.parametrize("typed", ["1.2亿", "", "约", "面议", "约" + " " * 10_000 + "1.2亿"])
def test_what_is_no_estimate_is_not_reported_as_one(typed: str) -> None:
    assert not is_estimate(typed)


def test_an_estimate_of_a_range_is_still_refused() -> None:
    with pytest.raises(RuleBroken, match="范围"):
        parse_money("约10-20亿", estimate=True)


@settings(database=None)
@given(st.integers(0, 10**14))
def test_what_is_shown_exactly_is_read_back_exactly(fen: int) -> None:
    assert parse_money(format_wan(fen)) == fen
    assert parse_money(f"{yuan(fen)}元") == fen


@pytest.mark.parametrize(
    ("fen", "shown"),
    [
        (125_000_000_000, "12.5 亿元"),
        (3_200_500_000, "3,200.5 万元"),
        (86_000, "860 元"),
        (86_005, "860.05 元"),
        (999_999, "9,999.99 元"),
        (1_000_000, "1 万元"),
        (0, "0 元"),
        (-3_200_500_000, "-3,200.5 万元"),
        (-5, "-0.05 元"),
        (12_345_678_900, "1.23 亿元"),
        (12_350_000_000, "1.24 亿元"),
        (-12_350_000_000, "-1.24 亿元"),
        (9_960_000_000, "9,960 万元"),
        (9_999_994_999, "9,999.99 万元"),
        (9_999_995_000, "1 亿元"),
        (10**14, "10,000 亿元"),
    ],
)
def test_an_amount_is_shown_in_the_largest_fitting_unit(fen: int, shown: str) -> None:
    assert format_money(fen) == shown


@pytest.mark.parametrize(
    ("fen", "wan", "in_yuan"),
    [
        (125_000_000_000, "125,000 万元", "1250000000.00"),
        (5, "0.000005 万元", "0.05"),
        (-12_345_678, "-12.345678 万元", "-123456.78"),
        (0, "0 万元", "0.00"),
    ],
)
def test_an_amount_is_shown_to_the_last_fen(fen: int, wan: str, in_yuan: str) -> None:
    assert (format_wan(fen), yuan(fen)) == (wan, in_yuan)


@pytest.mark.parametrize(
    ("numerator", "denominator", "quotient"),
    [
        (5, 10, 1),
        (-5, 10, -1),
        (4, 10, 0),
        (-4, 10, 0),
        (15, 10, 2),
        (25, 10, 3),
        (-25, 10, -3),
        (5, -10, -1),
        (0, 7, 0),
    ],
)
def test_half_goes_away_from_zero(numerator: int, denominator: int, quotient: int) -> None:
    assert half_up(numerator, denominator) == quotient


@settings(database=None)
@given(FEN, st.integers(1, 10_000))
def test_half_up_agrees_with_decimal_arithmetic(numerator: int, denominator: int) -> None:
    exact = Decimal(numerator) / Decimal(denominator)
    assert half_up(numerator, denominator) == exact.quantize(Decimal(1), ROUND_HALF_UP)


@pytest.mark.parametrize(
    ("case", "total", "first", "parts"),
    [
        ("3:7 of 12345.67", 1_234_567, 3, (370_370, 864_197)),
        ("1:9 of 100.05", 10_005, 1, (1_001, 9_004)),
        ("1:9 of 0.05, half a fen", 5, 1, (1, 4)),
        ("1:9 of 0.04", 4, 1, (0, 4)),
        ("1:9 taken back", -10_005, 1, (-1_001, -9_004)),
        ("nothing", 0, 3, (0, 0)),
    ],
)
def test_the_first_part_is_half_up_and_the_second_is_the_rest(
    case: str, total: int, first: int, parts: tuple[int, int]
) -> None:
    assert split(total, first, 10) == parts


@settings(database=None)
@given(FEN, st.integers(0, 100), st.integers(1, 100))
def test_parts_add_up_and_mirror_for_a_negative_total(total: int, first: int, more: int) -> None:
    whole = first + more
    part, rest = split(total, first, whole)
    assert part + rest == total
    assert split(-total, first, whole) == (-part, -rest)


@pytest.mark.parametrize(("first", "whole"), [(-1, 10), (11, 10), (0, 0)])
def test_a_share_outside_the_whole_is_a_mistake_of_the_caller(first: int, whole: int) -> None:
    with pytest.raises(ValueError, match="no share"):
        split(100, first, whole)
