import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schema.city.rules import RuleBroken, parse_uscc, uscc_fault
from schema.city.rules.codes import ALPHABET, KINDS, WEIGHTS, body_check, check

RIGHT = [
    "91110000600037341L",
    "914403001922038216",
    "91110108551385082Q",
    "52512000MA7ABCDE9B",
    "N2512002MA7ABCDE9N",
]


@pytest.mark.parametrize("code", RIGHT)
def test_a_right_code_has_no_fault(code: str) -> None:
    assert uscc_fault(code) is None


def test_weights_are_the_powers_of_three_of_the_standard() -> None:
    assert WEIGHTS == [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28]


@pytest.mark.parametrize(
    ("case", "code", "says"),
    [
        ("empty", "", "应为 18 位，现在是 0 位"),
        ("one short", "91110000600037341", "应为 18 位，现在是 17 位"),
        ("one over", "91110000600037341L1", "应为 18 位，现在是 19 位"),
        ("O for 0", "9111OOOO600037341L", "第 5 位不会是“O”，是否应为“0”"),
        ("I for 1", "9I110000600037341L", "第 2 位不会是“I”，是否应为“1”"),
        ("a letter the standard leaves out", "91110000V00037341L", "第 9 位不会是“V”"),
        ("Chinese", "91110000600037341码", "第 18 位不会是“码”"),
        ("no registering authority", "01110000600037341L", "不会以“01”开头"),
        ("no kind of its authority", "94110000600037341L", "不会以“94”开头"),
        ("a letter in the region", "9111000A600037341L", "行政区划代码，应为数字"),
        ("a wrong digit in the organization code", "91110000600037241L", "第 9 至 17 位"),
        ("a wrong last character", "91110000600037341A", "校验位（第 18 位）"),
        ("zeros", "911110000000000000", "校验位（第 18 位）"),
        ("both", "9133000071825869XF", "第 9 至 17 位"),
    ],
)
def test_a_wrong_code_is_told_what_is_wrong(case: str, code: str, says: str) -> None:
    fault = uscc_fault(code)
    assert fault is not None and says in fault


def test_no_fault_gives_the_right_check_digit_away() -> None:
    assert "L" not in (uscc_fault("91110000600037341A") or "L")


@pytest.mark.parametrize(
    "typed",
    [
        "91110000600037341l",
        " 9111 0000 6000 3734 1L ",
        "９１１１００００６０００３７３４１Ｌ",
        "91110000-600037341L",
    ],
)
def test_a_code_is_kept_in_its_standard_form(typed: str) -> None:
    assert parse_uscc(typed) == "91110000600037341L"


def test_a_code_that_is_wrong_is_refused_as_badly_typed() -> None:
    with pytest.raises(RuleBroken, match="校验位") as broken:
        parse_uscc("91110000600037341A")
    assert broken.value.code == "INVALID"


CODES = st.builds(
    lambda front, body: front + body + body_check(body),
    st.tuples(
        st.sampled_from([first + second for first, kinds in KINDS.items() for second in kinds]),
        st.integers(0, 999_999),
    ).map(lambda made: f"{made[0]}{made[1]:06}"),
    st.text(ALPHABET, min_size=8, max_size=8),
).filter(lambda code: code[-1] in ALPHABET).map(lambda code: code + check(code))  # fmt: skip


@settings(database=None)
@given(CODES, st.integers(0, 17), st.sampled_from(ALPHABET))
def test_one_character_miscopied_is_always_noticed(code: str, place: int, other: str) -> None:
    assert uscc_fault(code) is None
    miscopied = code[:place] + other + code[place + 1 :]
    assert (uscc_fault(miscopied) is None) == (miscopied == code)
