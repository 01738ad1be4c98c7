"""Finding the head: one to three lines, merged or not, under titles, with units here and there."""

import csv
from datetime import date
from pathlib import Path

import pytest

from schema.intake import LISTS
from schema.ledger.rules import read_ledger
from schema.ledger.rules.answers import Answers
from schema.ledger.rules.columns import FIELDS, NAMES, bare, list_catalogue
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


# ---------------------------------------------------------------- notes that make another figure


MEANT = [
    ("到位资金（万元）", "paid_in_total"),
    ("到位资金（累计，万元）", "paid_in_total"),
    ("到位资金（截至10月底，万元）", "paid_in_total"),
    ("累计到位资金（自开工至本月末）（万元）", "paid_in_total"),
    ("到位资金（本年，万元）", "paid_in_ytd"),
    ("到位资金（万元）（本年累计）", "paid_in_ytd"),
    ("本年累计到位资金（年初至本月末）（万元）", "paid_in_ytd"),
    ("其中：本年累计到位资金（万元）", "paid_in_ytd"),
    ("总投资（计划，万元）", "agreed_investment"),
    ("其中：固定资产投资（亿元）", "agreed_fixed_assets"),
    ("用地面积（拟，亩）", "land_mu"),
    ("开工时间（计划）", "agreed_start"),
]
ASKED = [
    ("到位资金（计划，万元）", "计划"),
    ("到位资金（本月，万元）", "本月"),
    ("累计到位资金（年初至本月末）（万元）", "年初"),
    ("到位资金（去年，万元）", "去年"),
    ("其中：协议总投资（万元）", "其中"),
    ("协议总投资（万元）（累计）", "累计"),
    ("用地面积（亩，累计）", "累计"),
    ("签约时间（拟）", "拟"),
    ("竣工时间（预计）", ""),
]


@pytest.mark.parametrize(("title", "name"), MEANT)
def test_a_note_in_brackets_names_the_field_as_the_same_words_before_it_do(
    title: str, name: str
) -> None:
    found = header(["项目名称", "投资方名称", title]).headings[2]
    assert found.field
    assert (found.field.name, found.other) == (name, "")


@pytest.mark.parametrize(("title", "word"), ASKED)
def test_a_note_that_makes_another_figure_of_a_column_is_asked_and_said_by_hand(
    title: str, word: str
) -> None:
    rows: list[list[Cell]] = [["项目名称", "投资方名称", title], ["甲项目", "乙公司", "2026-3-5"]]
    found = header(*rows)
    column = found.headings[2]
    if not word:
        assert column.field
        assert column.field.name == "agreed_completion"
        return
    assert column.other == word
    assert column.field
    reading = read_ledger(Grid("台账", rows), date(2026, 11, 28))
    said = [(i.row, i.column, word in i.message) for i in reading.issues if i.code == "COLUMNS"]
    assert said == [(1, "C", True), (2, "C", True)]
    assert reading.wrong
    by_hand = Answers({"C": column.field.name})
    assert not find_header(Grid("台账", rows), by_hand).headings[2].other
    read = read_ledger(Grid("台账", rows), date(2026, 11, 28), by_hand)
    assert not [i for i in read.issues if i.code == "COLUMNS"]


@pytest.mark.parametrize(
    "title",
    [
        "金额（万元，累计）", "金额（累计，万元）", "金额（万元）（累计）", "金额（本年，万元）",
        "金额（计划）（万元）", "金额（拟，万元）", "金额（预计，万元）", "其中：金额（万元）",
        "金额（其中：外资，万元）", "金额（上年同期，万元）", "累计|发生额（万元）", "本年|发生额（万元）",
    ],
)  # fmt: skip
def test_a_list_of_single_figures_takes_no_sum_or_plan_for_one(title: str) -> None:
    kind = list_catalogue(**LISTS["entries"].catalogue())
    path = title.split("|")
    head = [["项目编号", "指标", *path[:1], "发生日期"], ["", "", *path[1:], ""]][: len(path)]
    grid = Grid("台账", [*head, ["2026-0001", "到位资金", 100, "2026-11-18"]])
    reading = read_ledger(grid, date(2026, 11, 28), Answers(catalogue=kind))
    assert "amount" not in [name for row in reading.rows for name in row.values]
    assert len(reading.wrong) == 1
    assert [i.row for i in reading.issues if i.code == "COLUMNS"] == [len(path), len(path) + 1]
    single = Grid(
        "台账", [["项目编号", "指标", "本月金额（本月，万元）", "发生日期"], grid.rows[-1]]
    )
    once = read_ledger(single, date(2026, 11, 28), Answers(catalogue=kind))
    assert once.rows[0].values["amount"] == 10**8
