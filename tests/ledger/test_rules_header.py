"""Finding the head: one to three lines, merged or not, under titles, with units here and there."""

import csv
from pathlib import Path

import pytest

from schema.ledger.rules.answers import Answers
from schema.ledger.rules.columns import FIELDS, NAMES, bare
from schema.ledger.rules.header import Header, find_header
from schema.ledger.rules.units import UnitFrom
from schema.sheet import Cell, Grid, Merged

FORM = Path(__file__).parents[2] / "schema" / "ledger" / "columns.csv"


def header(*rows: list[Cell], merged: tuple[Merged, ...] = (), name: str = "台账") -> Header:
    return find_header(Grid(name, rows, merged))


def fields(found: Header) -> list[str | None]:
    return [heading.field.name if heading.field else None for heading in found.headings]


def units(found: Header) -> list[str]:
    return [heading.unit for heading in found.headings]


def test_every_column_of_the_offices_ledger_is_known_and_belongs_where_the_office_says() -> None:
    with FORM.open(encoding="utf-8") as form:
        columns = [row for row in csv.DictReader(form) if row["sheet"] == "台账"]
    assert len(columns) == 44
    for column in columns:
        assert FIELDS[NAMES[bare(column["column_zh"])]].column == column["identifier"]


def test_no_name_belongs_to_two_fields() -> None:
    for field in FIELDS.values():
        for alias in field.aliases:
            assert NAMES[bare(alias)] == field.name, alias


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("项目名称*", "name"),
        (" 项 目\n名 称 ", "name"),
        ("3.项目名称（全称）", "name"),
        ("投资方(合作企业)名称", "investor_name"),
        ("签约日期", "signed_on"),
        ("投资额（万元）", "agreed_investment"),
        ("投资额，万元", "agreed_investment"),
        ("其中：固定资产投资（亿元）", "agreed_fixed_assets"),
        ("到位资金", "paid_in_total"),
        ("联系方式", "contact_phone"),
        ("联系人及联系方式", "contact"),
        ("首谈县(区)", "first_contact_place"),
    ],
)
def test_a_title_is_known_through_blanks_marks_remarks_and_synonyms(title: str, name: str) -> None:
    found = header(["项目名称", "首谈人", "内外资", title] if name != "name" else [title, "首谈人"])
    assert name in fields(found)


def test_lines_above_the_head_are_titles_and_give_the_unit() -> None:
    found = header(
        ["资阳市项目台账"],
        [],
        ["填报单位：市经外局", None, "金额单位：亿元"],
        ["项目名称", "投资方", "总投资", "固定资产投资（万元）"],
        ["甲", "乙", 1, 2],
    )
    assert found.lines == range(3, 4)
    assert units(found) == ["", "", "亿元", "万元"]
    assert {heading.unit_from for heading in found.headings[2:]} == {UnitFrom.SHEET}


def test_without_a_unit_amounts_and_areas_have_none() -> None:
    found = header(["项目名称", "投资方", "总投资", "用地"])
    assert units(found) == ["", "", "", ""]
    assert {heading.unit_from for heading in found.headings[2:]} == {UnitFrom.ABSENT}


THREE_LINES: list[list[Cell]] = [
    [
        "序号",
        "项目名称",
        "投资额(万元)",
        None,
        None,
        "约定时间",
        None,
        None,
        "首谈",
        None,
        "联系电话",
    ],
    [None, None, "总投资", "其中", None, "开工", "竣工", "投产", "地点", "电话", None],
    [None, None, None, "固定资产", "设备", None, None, None, None, None, None],
]
EXPECTED = [
    "serial", "name", "agreed_investment", "agreed_fixed_assets", None, "agreed_start",
    "agreed_completion", "agreed_operation", "first_contact_place", "first_contact_person",
    "contact_phone",
]  # fmt: skip


def test_a_merged_head_of_three_lines_is_read_as_people_read_it() -> None:
    merged = (
        Merged(0, 0, 2, 0), Merged(0, 1, 2, 1), Merged(0, 2, 0, 4), Merged(1, 3, 1, 4),
        Merged(0, 5, 0, 7), Merged(0, 8, 0, 9), Merged(0, 10, 2, 10), Merged(1, 2, 2, 2),
    )  # fmt: skip
    found = header(*THREE_LINES, merged=merged)
    assert found.lines == range(3)
    assert fields(found) == EXPECTED
    assert [h.title for h in found.headings][3:6] == [
        "投资额(万元)·其中·固定资产", "投资额(万元)·其中·设备", "约定时间·开工",
    ]  # fmt: skip
    assert units(found)[2:5] == ["万元"] * 3


def test_the_same_head_is_read_from_text_where_merging_is_lost() -> None:
    assert fields(header(*THREE_LINES, ["1", "甲", "5", "4", "3"])) == EXPECTED


@pytest.mark.parametrize(
    ("above", "below", "name"),
    [
        ("投资方", "电话", "contact_phone"),
        ("首谈", "电话", "first_contact_person"),
        ("首谈", "其他", None),
        ("到位资金", "省外资金", None),
        ("到位资金", "本年", "paid_in_ytd"),
        ("上年到位资金", "累计到位资金", None),
        ("投资额", "其中：省外", "agreed_out_of_province"),
        ("基本情况", "项目状态", "stage"),
        ("项目基本情况", "投资方", "investor_name"),
        ("实际时间", "开工时间", "actual_start"),
        ("协议情况", "总投资", "agreed_investment"),
        ("流转", "时间", "transfer_on"),
        ("项目公司", "注册资本", "company_capital"),
    ],
)
def test_a_name_under_another_means_what_both_say_together(
    above: str, below: str, name: str | None
) -> None:
    found = header(
        ["项目名称", "建设内容", above, None],
        [None, None, below, "某项"],
        ["甲", "乙", "丙", "丁"],
    )
    assert found.lines == range(2)
    assert fields(found)[2] == name


@pytest.mark.parametrize(
    "title",
    [
        "工程名称", "名称", "在谈项目名称", "签约项目名称", "招引项目名称", "招商项目名称", "重点项目名称",
        "拟建项目名称", "建设项目名称", "意向项目名称", "项目名称（全称）", "2.重点项目名称*",
    ],
)  # fmt: skip
def test_the_name_has_many_headings(title: str) -> None:
    found = header(["序号", title, "投资方名称", "总投资（万元）"], [1, "甲", "乙公司", 5])
    assert fields(found) == ["serial", "name", "investor_name", "agreed_investment"]


@pytest.mark.parametrize(
    ("above", "name"),
    [("企业", "investor_name"), ("项目公司", "project_company"), ("产业链", None)],
)
def test_a_bare_name_is_what_the_heading_above_says_it_is_of(above: str, name: str | None) -> None:
    found = header(["项目名称", "首谈地", above, None], [None, None, "名称", "备注"])
    assert fields(found)[2] == name


@pytest.mark.parametrize("above", ["项目情况", "工程概况", "基本情况"])
def test_a_bare_name_under_a_heading_of_projects_is_the_projects(above: str) -> None:
    found = header(["序号", "投资方", above, None], [None, None, "名称", "建设内容"])
    assert fields(found) == ["serial", "investor_name", "name", "description"]


def test_a_bare_name_gives_way_to_a_projects_name() -> None:
    found = header(["名称", "项目名称", "投资方名称"])
    assert fields(found) == [None, "name", "investor_name"]


@pytest.mark.parametrize("total", ["合计", "总计", "小计", "总额", "金额"])
@pytest.mark.parametrize(
    ("above", "name"),
    [
        ("协议总投资（亿元）", "agreed_investment"),
        ("到位资金", "paid_in_total"),
        ("用地面积", "land_mu"),
    ],
)
def test_a_total_under_an_amount_is_that_amount(above: str, name: str, total: str) -> None:
    found = header(
        ["序号", "项目名称", "投资方名称", above, None, "首谈地"],
        [None, None, None, total, "其中：固定资产", None],
        [1, "甲", "乙公司", 1.2, 0.8, "雁江区"],
        merged=(Merged(0, 3, 0, 4), Merged(0, 1, 1, 1), Merged(0, 2, 1, 2)),
    )
    assert found.lines == range(2)
    assert fields(found)[3] == name
    if name == "agreed_investment":
        assert (fields(found)[4], units(found)[3:5]) == ("agreed_fixed_assets", ["亿元", "亿元"])


def test_a_total_over_its_parts_in_three_lines() -> None:
    found = header(
        ["项目名称", "投资方名称", "投资情况", None, None],
        [None, None, "总投资（万元）", None, None],
        [None, None, "合计", "固定资产", "设备"],
        ["甲", "乙公司", 1000, 800, 200],
        merged=(Merged(0, 2, 0, 4), Merged(1, 2, 1, 4), Merged(0, 0, 2, 0), Merged(0, 1, 2, 1)),
    )
    assert fields(found) == [
        "name", "investor_name", "agreed_investment", "agreed_fixed_assets", None,
    ]  # fmt: skip
    assert units(found)[2:4] == ["万元", "万元"]


def test_a_sheet_without_a_name_is_a_ledger_in_which_the_name_is_still_to_be_said() -> None:
    grid = Grid(
        "台账", [["序号", "承载体", "投资方名称", "总投资（万元）"], [1, "甲", "乙公司", 5]]
    )
    assert "name" not in find_header(grid).fields
    named = find_header(grid, Answers({"B": "name"}))
    assert fields(named) == ["serial", "name", "investor_name", "agreed_investment"]
    assert named.form == find_header(grid).form


def test_any_column_can_be_said_by_hand_whatever_its_heading_says() -> None:
    grid = Grid(
        "台账", [["甲", "乙", "项目名称", "总投资（万元）", "金额（万元）"], [1, 2, 3, 4, 5]]
    )
    said = Answers({"A": "name", "B": "investor_name", "E": "agreed_investment", "D": "-"})
    assert fields(find_header(grid, said)) == [
        "name", "investor_name", None, None, "agreed_investment",
    ]  # fmt: skip
    unknown = Grid("台账", [["2026年"], ["事项", "客户", "盘子"], ["柠檬", "甲公司", "1亿"]])
    said = Answers({"A": "name", "B": "investor_name", "C": "agreed_investment"})
    found = find_header(unknown, said)
    assert (found.lines, fields(found)) == (
        range(1, 2),
        ["name", "investor_name", "agreed_investment"],
    )


def test_the_form_of_a_sheet_is_its_headings_and_nothing_else() -> None:
    one = header(["台账"], ["项目名称", "投资方名称", "总投资（万元）"], ["甲", "乙", 1])
    same = header(["十二月台账"], [], ["项目名称", "投资方 名称", "总投资(亿元)"], ["丙", "丁", 2])
    other = header(["项目名称", "投资方名称", "备注", "总投资（万元）"])
    assert one.form == same.form != other.form


def test_data_is_not_taken_for_a_part_of_the_head() -> None:
    found = header(
        ["项目名称", "投资方", "总投资", "项目状态"],
        ["签约时间", "备注", "首谈地", "签约"],
        ["甲", "乙", "1", "在谈"],
    )
    assert found.lines == range(1)


def test_of_two_columns_with_one_name_the_first_counts() -> None:
    found = header(["项目名称", "投资方", "备注", "说明"])
    assert fields(found) == ["name", "investor_name", "remark", None]


@pytest.mark.parametrize(
    ("title", "unit"),
    [
        ("总投资（亿元）", "亿元"),
        ("总投资（单位：千元）", "千元"),
        ("总投资(人民币，亿元)", "亿元"),
        ("总投资（亿元人民币）", "亿元"),
        ("总投资【元】", "元"),
        ("总投资（亿）", "亿元"),
        ("总投资亿元", "亿元"),
        ("总投资\n单位:亿元", "亿元"),
        ("总投资（万美元）", "万美元"),
        ("总投资（500万元以上）", ""),
        ("总投资（500万元以上）（亿元）", "亿元"),
    ],
)
def test_the_unit_of_an_amount_is_read_from_its_heading(title: str, unit: str) -> None:
    assert units(header(["项目名称", "投资方", title]))[2] == unit
