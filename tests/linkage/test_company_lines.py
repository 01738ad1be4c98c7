"""What the cells of a list of companies say of who holds one."""

import pytest

from schema.city.rules import RuleBroken
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
