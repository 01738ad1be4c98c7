import pytest

from schema.city.rules import RuleBroken, clean_text


@pytest.mark.parametrize(
    ("case", "typed", "kept"),
    [
        ("blanks around", " \t牙谷\n\n", "牙谷"),
        ("full-width blanks around", "　牙谷　", "牙谷"),
        ("composed differently", "e\u0301", "é"),
        ("full-width letters stay as typed", "ＡＢＣ", "ＡＢＣ"),
        ("Windows line ends", "一\r\n二\r三\u2028四", "一\n二\n三\n四"),
        ("a mark that hides", "牙\u200b谷\ufeff", "牙谷"),
        ("a mark that turns the text round", "牙\u202e谷", "牙谷"),
        ("a character beyond the common ones", "𫝹", "𫝹"),
        ("nothing", "", ""),
    ],
)
def test_text_is_kept_clean(case: str, typed: str, kept: str) -> None:
    assert clean_text(typed, 20) == kept


def test_a_line_stays_one_line() -> None:
    assert clean_text("牙谷\r\n科技 \t 园", 20, one_line=True) == "牙谷 科技 园"


@pytest.mark.parametrize("typed", ["牙\x00谷", "牙\x07谷", "\x1b[31m", "牙\x7f", "牙\ud800谷"])
def test_control_characters_are_refused(typed: str) -> None:
    with pytest.raises(RuleBroken, match="控制字符") as broken:
        clean_text(typed, 20)
    assert broken.value.code == "INVALID"


def test_text_is_measured_after_cleaning() -> None:
    assert clean_text(" " * 10_000 + "牙谷", 2) == "牙谷"
    with pytest.raises(RuleBroken, match="最多 2 个字，现在是 3 个，请删减 1 个字") as broken:
        clean_text("牙谷城", 2)
    assert broken.value.code == "INVALID"
