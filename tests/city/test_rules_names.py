import pytest

from schema.city.rules import normal_name, search_key, search_term


@pytest.mark.parametrize(
    ("name", "same"),
    [
        ("四川（资阳）牙谷科技有限责任公司", "四川资阳牙谷科技"),
        ("四川(资阳) 牙谷科技", "四川资阳牙谷科技股份有限公司"),
        ("蜀道投资集团有限责任公司", "蜀道投资"),
        ("蜀道投资（集团）股份有限公司", "蜀道投资集团"),
        ("长虹控股集团", "长虹"),
        ("资阳宏达 总公司", "资阳宏达公司"),
        ("宏达（有限合伙）", "宏达"),
        ("Ｙａ Ｇｕ Tech Co., Ltd.", "yagutech"),
        ("Ya Gu Tech Company Limited", "YA GU TECH"),
        ("资阳牙谷CO.,LTD", "资阳牙谷有限公司"),
        ("“牙谷”口腔材料项目", "牙谷口腔材料项目"),
        ("牙谷科技有限公司口腔材料项目", "牙谷科技口腔材料项目"),
        ("牙谷\u200b科技", "牙谷科技"),
    ],
)
def test_blanks_brackets_and_legal_forms_make_no_other_name(name: str, same: str) -> None:
    assert normal_name(name) == normal_name(same)


@pytest.mark.parametrize(
    ("name", "other"),
    [
        ("航空零部件产业园（一期）", "航空零部件产业园（二期）"),
        ("年产1.2万吨柠檬汁项目", "年产12万吨柠檬汁项目"),
        ("宏达资阳分公司", "宏达资阳"),
        ("Visa", "Vi"),
        ("Cargroup", "Car"),
    ],
)
def test_what_tells_two_names_apart_stays(name: str, other: str) -> None:
    assert normal_name(name) != normal_name(other)


def test_a_branch_keeps_its_whole_name() -> None:
    assert normal_name("宏达资阳分公司") == "宏达资阳分公司"


@pytest.mark.parametrize("name", ["有限公司", "集团", "Ltd.", "公司"])
def test_a_name_that_is_only_a_legal_form_is_not_emptied(name: str) -> None:
    assert normal_name(name)


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("宁德时代新能源", "ndsd"),
        ("宁德时代新能源", "ningdeshidai"),
        ("宁德时代新能源", "时代"),
        ("长三角产业园", "csj"),
        ("长三角产业园", "changsanjiao"),
        ("曾氏食品", "zeng"),
        ("曾", "z"),
        ("曾", "c"),
        ("曾氏食品", "cssp"),
        ("曾氏食品", "zssp"),
        ("乐至县柠檬深加工", "lzx"),
        ("乐至县柠檬深加工", "lezhixian"),
        ("重庆长安汽车", "cqca"),
        ("资阳临空经济区", "lkjjq"),
        ("安岳柠檬", "AY"),
        ("单县项目", "sx"),
        ("四川（资阳）牙谷科技", "sczyygkj"),
        ("ABC 新材料12万吨", "abcxcl12wd"),
        ("ＡＢＣ新材料", "abc 新"),
    ],
)
def test_a_name_is_found_by_what_people_type(name: str, typed: str) -> None:
    assert search_term(typed) in search_key(name)


def test_the_key_is_name_pinyin_and_initials() -> None:
    assert search_key("长三角") == "长三角|changsanjiao|csj"
    assert search_key("曾") == "曾|zeng|z|c"


def test_local_names_are_read_in_one_way() -> None:
    for name in ("资阳", "雁江区", "安岳县", "乐至县", "高新区", "临空经济区", "成德眉资"):
        assert search_key(name).count("|") == 2


def test_a_name_full_of_doubtful_readings_stays_short() -> None:
    key = search_key("单解仇查盛长重行乐朝曾" * 9)
    assert key.count("|") == 2 + 8


def test_a_name_without_a_chinese_character_is_searched_as_it_is() -> None:
    assert search_key("Six Ones!") == "sixones!|sixones|sixones"
    assert search_key("") == "||"
