"""Where in a name a search found what it looked for."""

import pytest

from schema.city.rules import highlight, search_key, search_term


@pytest.mark.parametrize(
    ("name", "given", "marked"),
    [
        ("年产 5 万吨柠檬深加工项目", "柠檬", "年产 5 万吨[柠檬]深加工项目"),
        ("年产 5 万吨柠檬深加工项目", "5万", "年产 [5] [万]吨柠檬深加工项目"),
        ("宁德时代", "ndsd", "[宁德时代]"),
        ("四川宁德时代新能源", "NDSD", "四川[宁德时代]新能源"),
        ("安岳县柠檬园", "anyue", "[安岳]县柠檬园"),
        ("安岳县柠檬园", "ningmeng anyue", "[安岳]县[柠檬]园"),
        ("长三角产业园", "csj", "[长三角]产业园"),
        ("曾氏食品", "cs", "[曾氏]食品"),
        ("曾氏食品", "zs", "[曾氏]食品"),
        ("高端口腔设备产业园（一期）", "(一期)", "高端口腔设备产业园[（一期）]"),
        ("ＡＢＣ新材料", "abc", "[ＡＢＣ]新材料"),
        ("2026-0012", "0012", "2026-[0012]"),
        ("宁德时代", "上海", "宁德时代"),
        ("宁德时代", " ", "宁德时代"),
        ("", "x", ""),
    ],
)
def test_what_was_found_is_marked(name: str, given: str, marked: str) -> None:
    pieces = highlight(name, given)
    assert "".join(f"[{text}]" if found else text for text, found in pieces) == marked


@pytest.mark.parametrize(
    "name", ["四川长虹电子", "乐至县桑蚕产业园", "重庆单氏（集团）", "Ya Gu 牙谷 3 期"]
)
@pytest.mark.parametrize("part", [1, 2])
def test_whatever_the_key_holds_is_found_in_the_name(name: str, part: int) -> None:
    given = search_key(name).split("|")[part]
    assert search_term("".join(text for text, found in highlight(name, given) if found))
