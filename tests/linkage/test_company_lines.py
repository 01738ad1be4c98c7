"""What the cells of a list of companies say of who holds one."""

import pytest

from schema.city.rules import RuleBroken
from schema.city.rules.text import half_width
from schema.linkage.rules.company_lines import by_company, listed_holders, written_holders
from schema.people.rules import HolderRole, read_holders
from tests.world import uscc


@pytest.mark.parametrize(
    ("cell", "read"),
    [
        ("甲公司 60%；乙公司 40%", [("甲公司", 6000), ("乙公司", 4000)]),
        ("甲公司(60%),乙公司(40%)", [("甲公司", 6000), ("乙公司", 4000)]),
        ("甲公司60.0000%、李柠40.00%", [("甲公司", 6000), ("李柠", 4000)]),
        ("甲公司\n李柠", [("甲公司", None), ("李柠", None)]),
        ("甲公司、66.5%；李柠、33.5%", [("甲公司", 6650), ("李柠", 3350)]),
        (f"甲公司、{uscc(900)}、60%", [("甲公司", 6000)]),
        ("成都甲（上海）有限公司（60%）", [("成都甲(上海)有限公司", 6000)]),
        ("Tesla, Inc. 60%；A、B合伙企业 40%", [("Tesla, Inc.", 6000), ("A、B合伙企业", 4000)]),
        ("Tesla, Inc. 60%", [("Tesla, Inc.", 6000)]),
        ("A、B合伙企业 40%；", [("A、B合伙企业", 4000)]),
        (
            f"成都、重庆合伙企业 {uscc(900)} 40%；李柠 60%",
            [("成都、重庆合伙企业", 4000), ("李柠", 6000)],
        ),
        ("张三：60%；李四持股40%", [("张三", 6000), ("李四", 4000)]),
        ("张三 60%，李四持股比例为 33.5%", [("张三", 6000), ("李四", 3350)]),
        ("川南控股60%；员工持股会(持股40%)", [("川南控股", 6000), ("员工持股会", 4000)]),
        ("李柠、王橙、阿依·古丽", [("李柠", None), ("王橙", None), ("阿依·古丽", None)]),
        ("Fund 2；3M", [("Fund 2", None), ("3M", None)]),
    ],
)
def test_several_shareholders_in_one_cell_are_read_as_platforms_write_them(
    cell: str, read: list[tuple[str, int | None]]
) -> None:
    (one,) = by_company([(2, {"name": "云岫食品", "shareholders": cell})])
    found = listed_holders(HolderRole.SHAREHOLDER, one, "shareholders")
    assert found is not None
    assert [(each.name, each.share) for each in found] == read
    again = by_company([(2, {"name": "云岫食品", "shareholders": written_holders(found)})])[0]
    assert listed_holders(HolderRole.SHAREHOLDER, again, "shareholders") == found


@pytest.mark.parametrize(
    "cell",
    [
        *("甲公司 33.3333%", "甲公司 六成%", "甲公司 60%；甲公司 20%", "60%", "甲公司 60% 20%"),
        *(
            "张三 60",
            "张三：60",
            "张三 0.6",
            "张三 600万元",
            "张三600万元",
            "张三60",
            "Tom Smith 0.6",
        ),
        *("张三 600万元 60%", "张三 60%的股份", "李柠；无"),
        *(f"甲 {uscc(900)}、乙", f"甲 {uscc(900)} {uscc(901)}"),
    ],
)
def test_a_part_that_cannot_be_kept_as_it_is_written_is_refused(cell: str) -> None:
    (one,) = by_company([(2, {"name": "云岫食品", "shareholders": cell})])
    with pytest.raises(RuleBroken) as refused:
        listed_holders(HolderRole.SHAREHOLDER, one, "shareholders")
    assert refused.value.field == "shareholders"


@pytest.mark.parametrize(
    "cell",
    [
        "A、B合伙企业 40%",
        "甲公司 60%、乙、丙 40%",
        "张三、李四 40%；王五 60%",
        "Smith, John；张三、李四",
    ],
)
def test_what_may_be_one_holder_or_several_is_asked_in_a_list_and_in_the_form(cell: str) -> None:
    (one,) = by_company([(2, {"name": "云岫食品", "shareholders": cell})])
    with pytest.raises(RuleBroken, match="看不出是一个还是几个") as refused:
        listed_holders(HolderRole.SHAREHOLDER, one, "shareholders")
    assert refused.value.field == "shareholders"
    with pytest.raises(RuleBroken, match="隔开"):
        read_holders(HolderRole.SHAREHOLDER, cell)


@pytest.mark.parametrize("line", ["张三 60", "张三 0.6", "张三 600万元"])
def test_a_figure_behind_a_name_is_no_part_of_it_in_the_form_either(line: str) -> None:
    with pytest.raises(RuleBroken, match="写持股比例请带 %"):
        read_holders(HolderRole.SHAREHOLDER, line)
    with pytest.raises(RuleBroken, match="这里只写名称"):
        read_holders(HolderRole.CONTROLLER, line)


def test_the_part_in_a_column_of_its_own_is_that_of_the_one_in_the_cell() -> None:
    lines = [("Tesla, Inc.", "60%"), ("A、B合伙企业", "40%")]
    (one,) = by_company(
        (at, {"name": "云岫食品", "shareholders": name, "share": share})
        for at, (name, share) in enumerate(lines)
    )
    found = listed_holders(HolderRole.SHAREHOLDER, one, "shareholders", "share")
    assert found and [(each.name, each.share) for each in found] == [
        ("Tesla, Inc.", 6000),
        ("A、B合伙企业", 4000),
    ]


@pytest.mark.parametrize(
    ("cell", "why"),
    [
        ("甲实业 60，乙实业 40", "“60”看不出是什么，写持股比例请带 %"),
        ("甲实业（0.6）；乙（40）", "“0.6”看不出是什么"),
        ("甲实业60；乙实业40%", "“60”看不出是什么"),
        ("张三（认缴600万元）", "出资额不写在这里"),
        ("张三（认缴600万元人民币） 60%", "“600万元”看不出是什么"),
        ("张三 600万股", "“600万股”看不出是什么"),
        ("甲实业 六成；乙实业 4成", "“4成”看不出是什么"),
        ("同上", "请写名称，不写“同上”"),
        ("〃", "请写名称"),
    ],
)
def test_a_figure_that_is_no_part_is_glued_to_no_name(cell: str, why: str) -> None:
    for column in ("shareholders", "controllers"):
        (one,) = by_company([(2, {"name": "云岫食品", column: cell})])
        role = HolderRole.SHAREHOLDER if column == "shareholders" else HolderRole.CONTROLLER
        with pytest.raises(RuleBroken) as refused:
            listed_holders(role, one, column)
        assert refused.value.field == column
        if column == "shareholders":
            assert why in refused.value.message


@pytest.mark.parametrize(
    "name",
    [
        "资阳2号产业基金（有限合伙）",
        "三一重工",
        "360数科",
        f"甲公司 {uscc(900)}",
        "共青城2026期私募基金",
    ],
)
def test_a_name_with_digits_in_it_is_a_name(name: str) -> None:
    (one,) = by_company([(2, {"name": "云岫食品", "shareholders": f"{name} 60%；乙 40%"})])
    found = listed_holders(HolderRole.SHAREHOLDER, one, "shareholders")
    assert [each.share for each in found] == [6000, 4000]
    assert found[0].name == half_width(name).partition(" ")[0]
