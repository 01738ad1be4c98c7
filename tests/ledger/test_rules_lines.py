"""Which lines are projects."""

import pytest

from schema.ledger.rules.answers import Answers
from schema.ledger.rules.columns import list_catalogue
from schema.ledger.rules.header import find_header
from schema.ledger.rules.lines import Line, kind_of
from schema.sheet import Cell, Grid

HEAD: list[Cell] = ["序号", "项目名称", "投资方名称", "总投资（万元）", "备注"]


def kind(line: list[Cell], *, first: bool = False) -> Line:
    rows = [HEAD, line] if first else [HEAD, [1, "甲", "乙公司", 5], line]
    grid = Grid("台账", rows)
    return kind_of(grid, len(rows) - 1, find_header(grid))


@pytest.mark.parametrize(
    "line",
    [
        [1, "柠檬深加工", "甲公司", 1000],
        [None, "柠檬深加工"],
        [None, "柠檬深加工", None, 0],
        ["一", "柠檬深加工", "甲公司", 1000],
        [None, "统计软件产业园", "甲公司", 1000],
        [None, "合计科技产业园", "甲公司", 1000],
        [None, None, "甲公司", 1000],
        [None, "注册会计师产业园"],
        ["备注：优先", "柠檬深加工", "甲公司", 1000],
        [None, "截止阀生产线3期", "甲公司", 1000],
        [None, "统计大数据中心1号楼", "甲公司", 1000],
        [None, "联系人工智能产业园", "甲公司", 1000],
        [None, "审核人工智能项目", "甲公司", None],
        [None, "主要领导小组培训基地", None, 1000],
        [None, "*星号重点项目", "甲公司", 1000],
        [None, "注：注塑件生产", "甲公司", 1000],
        [None, "报送单位：某某项目", "甲公司", 1000],
        [None, "合计", "甲公司", 1000],
        [None, "填报日期管理软件项目"],
    ],
)
def test_these_are_projects(line: list[Cell]) -> None:
    assert kind(line) == Line.PROJECT


@pytest.mark.parametrize(
    "line",
    [
        [],
        [None, "", " ", "\u00a0"],
        [7],
        ["7", "", None],
        [8, "—", "/", "无"],
        [9, None, None, 0],
        [None, None, None, 0.0],
    ],
)
def test_a_line_that_says_nothing_but_its_number_is_blank(line: list[Cell]) -> None:
    assert kind(line) == Line.BLANK


@pytest.mark.parametrize(
    "line",
    [
        ["合计", None, None, 12345],
        ["合  计", "25个", None, 12345],
        ["总　计：", None, None, 12345],
        [None, "小计", None, 12345],
        ["雁江区小计", None, None, 12345],
        ["合计（25个）", None, None, 12345],
        ["本页合计", None, None, 12345],
        ["累计", None, None, 12345],
        ["一", "先进制造（12个）", None, 12345],
        ["（二）", "在谈项目", None, 12345],
    ],
)
def test_totals_are_no_projects(line: list[Cell]) -> None:
    assert kind(line) == Line.TOTAL


@pytest.mark.parametrize(
    "line",
    [
        ["注：到位资金自开工起累计"],
        ["注1：数据截至11月", None, None, None, "x"],
        ["备注：红色为新增"],
        ["填表人：张三", None, "审核人：李四", None, "2026年11月20日"],
        ["单位负责人（签字）：", None, None, "联系电话：028-26110000"],
        ["填报日期 2026.11.20"],
        ["统计时间：2026年11月"],
        ["数据截至2026年11月20日"],
        ["2.表中金额均为人民币"],
        ["一、先进制造产业"],
        [None, "（二）在谈项目"],
        [None, None, None, None, "以上为全部项目"],
        [None, "说明" * 40],
        ["※本表仅供内部使用"],
        [None, "填表人：张三", "审核人：李四", None, "2026年11月20日"],
        [None, "※本表仅供内部使用"],
        [None, "注：数据截至11月"],
        [None, "以上项目均已核对。"],
    ],
)
def test_notes_and_headings_between_are_no_projects(line: list[Cell]) -> None:
    assert kind(line) == Line.NOTE


def test_notes_are_told_by_their_shape_where_the_name_is_the_first_column() -> None:
    head: list[Cell] = ["项目名称", "投资方名称", "总投资（万元）", "备注"]

    def of(*cells: Cell) -> Line:
        grid = Grid("台账", [head, ["甲", "乙公司", 5], list(cells)])
        return kind_of(grid, 2, find_header(grid))

    for name in ("截止阀生产线3期", "联系人工智能产业园", "主要领导小组培训基地", "*星号重点项目"):
        assert of(name, "四川某乙有限公司", 5000) == Line.PROJECT
        assert of(name, None, 5000) == Line.PROJECT
    assert of("统计大数据中心1号楼") == Line.PROJECT
    assert of("填表人：张三", "审核人：李四") == Line.NOTE
    assert of("注：红色为新增", None, None, "x") == Line.NOTE
    assert of("合计", None, 5000) == Line.TOTAL


def test_the_head_once_more_the_hints_and_the_numbers_of_the_columns_are_no_projects() -> None:
    assert kind(HEAD) == Line.HEAD
    assert kind(["序号", "项目名称", "投资方", "总投资", "备注"]) == Line.HEAD
    assert kind([None, None, "投资方名称", "总投资"]) == Line.HEAD
    assert kind(["填写说明（本行不会导入）", "必填", "必填", "必填"]) == Line.HEAD
    assert kind([1, 2, 3, 4, 5], first=True) == Line.HEAD
    assert kind(["甲", "乙", 1, 2, 3], first=True) == Line.HEAD
    assert kind([1, 2, 3, 4, 5]) == Line.PROJECT


TOTALS: list[list[Cell]] = [
    ["合计"], ["小计", 300], ["总计：", None, 12.5], [None, "合计", 300], ["合计2家"], ["共3家"],
    ["合计：3家企业"], [None, "共 3 笔", "1,200.5"], ["以上共2个项目"], ["累计", "3家", "300万元"],
]  # fmt: skip
REAL: list[list[Cell]] = [
    ["合计网络科技有限公司"], ["共3家连锁酒店", None], ["总计算力中心", 300], ["合计", "甲公司"],
    ["三家店小计餐饮管理有限公司"], ["甲公司"],
]  # fmt: skip


@pytest.mark.parametrize(
    "head", [["企业名称", "统一社会信用代码", "所在地"], ["项目名称", "项目编号", "金额（万元）"]]
)
@pytest.mark.parametrize("numbered", [False, True])
def test_totals_of_a_list_are_no_lines_and_names_with_their_words_are(
    head: list[Cell], numbered: bool
) -> None:
    fields = [
        {
            "name": name,
            "title": title,
            "kind": kind,
            "unit": unit,
            "must": name == "name",
            "limit": 200,
        }
        | {"width": 12, "hint": "", "to": "", "aliases": [], "choices": []}
        for name, title, kind, unit in (
            ("name", f"{head[0]}", "line", ""),
            ("code", f"{head[1]}", "line", ""),
            ("last", f"{head[2]}".partition("（")[0], "exact_money", "万元")
            if "金额" in f"{head[2]}"
            else ("last", "所在地", "line", ""),
        )
    ]
    catalogue = list_catalogue("tried", "试读名单", "企业", fields)
    before: list[Cell] = [7] if numbered else []
    for lines, expected in ((TOTALS, Line.TOTAL), (REAL, Line.PROJECT)):
        for line in lines:
            rows = [["序号", *head] if numbered else head, [*before, *line]]
            grid = Grid("名单", rows)
            header = find_header(grid, Answers(catalogue=catalogue))
            assert kind_of(grid, 1, header) == expected, line
