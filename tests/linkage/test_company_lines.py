"""What the cells of a list of companies say of who holds one."""

import pytest

from schema.city.rules import RuleBroken
from schema.city.rules.text import half_width
from schema.linkage.rules.company_lines import by_company, listed_holders, written_holders
from schema.people.rules import HolderRole
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
    ],
)
def test_several_shareholders_in_one_cell_are_read_as_platforms_write_them(
    cell: str, read: list[tuple[str, int | None]]
) -> None:
    (one,) = by_company([(2, {"name": "云岫食品", "shareholders": cell})])
    found = listed_holders(HolderRole.SHAREHOLDER, one, "shareholders")
    assert [(each.name, each.share) for each in found] == read
    again = by_company([(2, {"name": "云岫食品", "shareholders": written_holders(found)})])[0]
    assert listed_holders(HolderRole.SHAREHOLDER, again, "shareholders") == found


@pytest.mark.parametrize(
    "cell", ["甲公司 33.3333%", "甲公司 六成%", "甲公司 60%；甲公司 20%", "60%"]
)
def test_a_part_that_cannot_be_kept_as_it_is_written_is_refused(cell: str) -> None:
    (one,) = by_company([(2, {"name": "云岫食品", "shareholders": cell})])
    with pytest.raises(RuleBroken) as refused:
        listed_holders(HolderRole.SHAREHOLDER, one, "shareholders")
    assert refused.value.field == "shareholders"


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
