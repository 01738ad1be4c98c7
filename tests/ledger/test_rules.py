"""The office's ledger, as dirty as it comes, against its true content."""

import subprocess
import sys
from dataclasses import replace
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schema.city.rules import RuleBroken
from schema.ledger.rules import (
    FIELDS,
    RESULT,
    TEMPLATE,
    Issue,
    LedgerRow,
    Reading,
    Severity,
    Skipped,
    ledger_template,
    ledger_text,
    ledger_workbook,
    packed,
    read_ledger,
    result_workbook,
    the_ledger,
    unpacked,
)
from schema.ledger.rules.answers import Answers
from schema.project.rules import Stage
from schema.sheet import Cell, Column, Grid, Merged, read, write_xlsx
from tests.ledger.dirty import TODAY, Dirty, dirty_ledger
from tests.ledger.layouts import LAYOUTS

HEAD: list[Cell] = ["项目编号", "项目名称", "投资方名称", "协议总投资（万元）"]


def ledger(*rows: list[Cell], head: list[Cell] = HEAD, merged: tuple[Merged, ...] = ()) -> Reading:
    return read_ledger(Grid("台账", [head, *rows], merged), TODAY)


def issues_of(reading: Reading, severity: Severity = Severity.ERROR) -> list[tuple[int, str, str]]:
    return [(i.row, i.column, i.code) for i in reading.issues if i.severity == severity]


def check(dirty: Dirty) -> Reading:
    reading = read_ledger(read(dirty.name, dirty.data), TODAY, Answers(units={"money": "万元"}))
    assert reading.skipped == dirty.skipped
    assert reading.unknown_columns == dirty.unknown_columns
    issues = {(i.row, i.column, i.code, i.severity) for i in reading.issues}
    assert issues - dirty.issues == set()
    assert dirty.issues - issues == set()
    assert list(reading.rows) == dirty.rows
    wrong = {row for row, _, _, severity in dirty.issues if severity == Severity.ERROR}
    assert [row.row for row in reading.importable] == [
        row.row for row in dirty.rows if row.row not in wrong
    ]
    return reading


@pytest.mark.parametrize("encoding", ["xlsx", "utf-8-sig", "utf-8", "gb18030", "utf-16"])
@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_dirty_ledger_is_read_to_the_last_field(layout: str, encoding: str) -> None:
    check(dirty_ledger(7, 250, layout, encoding))


@cache
def five_thousand() -> Dirty:
    return dirty_ledger(11, 5_000, "merged", "xlsx")


def test_five_thousand_lines_are_read_to_the_last_field() -> None:
    reading = check(five_thousand())
    assert len(reading.rows) == 5_000
    assert 4_000 < len(reading.importable) < 5_000


@settings(max_examples=12, deadline=None)
@given(seed=st.integers(0, 10**6), layout=st.sampled_from(list(LAYOUTS)))
def test_every_dirty_ledger_is_read_to_the_last_field(seed: int, layout: str) -> None:
    check(dirty_ledger(seed, 40, layout, "gb18030"))


def test_the_result_is_the_same_ledger_with_a_verdict_and_can_be_sent_again() -> None:
    dirty = dirty_ledger(3, 120, "merged", "xlsx")
    grid = read(dirty.name, dirty.data)
    reading = read_ledger(grid, TODAY)
    first, second = reading.importable[:2]
    result = read("结果.xlsx", result_workbook(grid, reading, {first.row: "已导入 2026-1187"}))
    column = grid.width
    assert result.cell(reading.header.lines.start, column) == RESULT
    assert result.cell(first.row - 1, column) == "已导入 2026-1187"
    assert str(result.cell(second.row - 1, column)).startswith("可导入")
    for row in reading.wrong:
        verdict = str(result.cell(row - 1, column))
        error = next(i for i in reading.issues if i.row == row and i.severity == Severity.ERROR)
        assert verdict.startswith(f"需修改：{error.column} 列“{error.title}”{error.message}"[:400])
    assert result.template == TEMPLATE
    again = read_ledger(result, TODAY)
    assert again.rows == reading.rows
    assert again.issues == reading.issues
    assert again.skipped == reading.skipped
    assert again.unknown_columns == reading.unknown_columns
    twice = read("结果.xlsx", result_workbook(result, again))
    assert twice.width == result.width
    assert twice.cell(first.row - 1, column) != "已导入 2026-1187"


def test_a_corrected_result_becomes_importable() -> None:
    grid = Grid("台账", [HEAD, [None, "柠檬深加工", "甲公司", "面议"]])
    result = read("结果.xlsx", result_workbook(grid, read_ledger(grid, TODAY)))
    rows = [list(row) for row in result.rows]
    assert str(rows[1][4]).startswith("需修改：D 列“协议总投资（万元）”")
    rows[1][3] = "12.5亿"
    corrected = read_ledger(replace(result, rows=rows), TODAY)
    assert [row.agreed_investment for row in corrected.importable] == [125_000_000_000]


def test_the_empty_template_is_a_ledger_with_every_column_and_no_lines() -> None:
    grid = read("模板.xlsx", ledger_template())
    reading = read_ledger(grid, TODAY)
    assert grid.template == TEMPLATE
    assert (list(reading.rows), list(reading.issues)) == ([], [])
    assert reading.skipped == Skipped(head=1)
    assert (reading.unknown_columns, reading.missing_required) == ([], [])
    assert reading.header.fields == {name for name, field in FIELDS.items() if field.in_template}


@pytest.mark.parametrize("layout", LAYOUTS)
def test_projects_written_in_the_offices_form_come_back_to_the_last_field(layout: str) -> None:
    rows = dirty_ledger(5, 60, layout, "utf-8").rows
    whole = [row for row in rows if row.name and row.investor_name and row.agreed_investment]
    for data in (ledger_workbook(whole), ledger_text(whole)):
        back = read_ledger(read("台账", data), TODAY)
        estimated = [row.estimates & {"agreed_investment", "agreed_fixed_assets"} for row in whole]
        assert [replace(row, row=0, estimates=frozenset()) for row in back.rows] == [
            replace(row, row=0, estimates=frozenset()) for row in whole
        ]
        assert all(a <= row.estimates for a, row in zip(estimated, back.rows, strict=True))


def test_a_row_survives_being_kept_as_json() -> None:
    for row in dirty_ledger(9, 60, "provincial", "utf-8").rows:
        assert unpacked(packed(row)) == row
    row = LedgerRow(row=3, land_mu=Decimal("0.5"), more={"major": "是"}, agreed_investment=0)
    assert packed(row) == {
        "row": 3,
        "land_mu": "0.5",
        "more": {"major": "是"},
        "agreed_investment": 0,
    }
    assert unpacked(packed(row)) == row


def test_an_issue_says_where_and_what_to_do() -> None:
    reading = ledger(["2026-1", "柠檬深加工", "甲公司", " 面议 "])
    assert [i for i in reading.issues if i.severity == Severity.ERROR] == [
        Issue(
            row=2,
            column="D",
            title="协议总投资（万元）",
            value="面议",
            code="MONEY",
            message="“面议”不是确切的金额，请写成“12.5亿”或“125000万元”",
        )
    ]


@pytest.mark.parametrize(
    ("second", "code"),
    [
        (["2026-1", "口腔器械", "乙公司", 1000], (3, "A", "DUPLICATE_NO")),
        ([None, "柠檬（深加工）", "甲有限公司", 1000], (3, "B", "DUPLICATE_NAME")),
        ([None, " 柠檬 深加工 ", "甲有限责任公司", 1000], (3, "B", "DUPLICATE_NAME")),
    ],
)
def test_a_project_that_is_in_the_file_twice_is_held_back_the_second_time(
    second: list[Cell], code: tuple[int, str, str]
) -> None:
    reading = ledger(["2026-1", "柠檬深加工", "甲有限公司", 1000], second)
    assert issues_of(reading) == [code]
    assert [row.row for row in reading.importable] == [2]
    assert "第 2 行" in next(i.message for i in reading.issues if i.row == 3)


@pytest.mark.parametrize(
    "second",
    [
        ["2026-2", "檸檬深加工項目。", "甲有限公司", 1000],
        ["2026-2", "安岳县柠檬深加工基地", "甲公司", 1000],
    ],
)
def test_a_project_that_is_typed_otherwise_in_the_same_file_is_asked_about(
    second: list[Cell],
) -> None:
    reading = ledger(["2026-1", "柠檬深加工", "甲有限公司", 1000], second)
    assert (3, "B", "DUPLICATE_LIKE") in issues_of(reading, Severity.WARNING)
    assert issues_of(reading) == []
    assert [row.row for row in reading.importable] == [2, 3], "a doubt holds back nothing"
    assert "第 2 行" in next(i.message for i in reading.issues if i.row == 3)


@pytest.mark.parametrize(
    "second",
    [
        ["2026-2", "柠檬深加工", "乙公司", 1000],
        ["2026-2", "柠檬深加工（二期）", "甲有限公司", 1000],
    ],
)
def test_another_investor_or_another_phase_is_another_project(second: list[Cell]) -> None:
    assert issues_of(ledger(["2026-1", "柠檬深加工", "甲有限公司", 1000], second)) == []


def test_without_a_column_that_must_be_there_nothing_is_importable() -> None:
    reading = ledger(
        ["2026-1", "柠檬深加工", "雁江区", 1000],
        head=["项目编号", "项目名称", "首谈地", "用地（亩）"],
    )
    assert issues_of(reading) == [(1, "", "MISSING_COLUMN"), (1, "", "MISSING_COLUMN")]
    assert [row.name for row in reading.rows] == ["柠檬深加工"]
    assert reading.importable == []
    assert "投资方(合作企业)名称" in reading.missing_required


def test_an_unknown_column_can_be_assigned_by_hand() -> None:
    head: list[Cell] = ["项目名称", "客户", "项目状态", "盘子", "校验结果"]
    grid = Grid("台账", [head, ["柠檬深加工", "甲公司", "在谈", "1.2亿", "需修改"]])
    unassigned = read_ledger(grid, TODAY)
    assert unassigned.unknown_columns == [("B", "客户"), ("D", "盘子")]
    assert unassigned.importable == []
    said = Answers({"B": "investor_name", "D": "agreed_investment"})
    reading = read_ledger(grid, TODAY, said)
    assert reading.unknown_columns == []
    assert reading.importable == [
        LedgerRow(
            row=2,
            name="柠檬深加工",
            investor_name="甲公司",
            agreed_investment=12_000_000_000,
            stage=Stage.JUDGED,
        )
    ]


@pytest.mark.parametrize(
    ("template", "words"),
    [
        ("lead/2026.1", "信息报送表"),
        ("evaluation/2026.1", "履约评估表"),
        ("meetings/1", "meetings/1"),
    ],
)
def test_a_workbook_made_from_another_template_is_refused_by_its_name(
    template: str, words: str
) -> None:
    data = write_xlsx([Column(str(title)) for title in HEAD], [], template=template)
    with pytest.raises(RuleBroken, match=words):
        read_ledger(read("x", data), TODAY)


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ([["项目履约评估表"], ["项目名称", "投资方", "总投资"], ["甲", "乙", 1]], "履约评估表"),
        (
            [["项目名称", "币种", "投资金额", "主要投资方", "选址要求", "信息来源/引荐方"]],
            "信息报送表",
        ),
        ([["姓名", "年龄"], ["张三", 30]], "没有找到项目台账的表头"),
        ([["项目名称", "年龄"], ["张三", 30]], "没有找到项目台账的表头"),
        ([["备注", "联系电话", "签约时间", "首谈地"]], "没有找到项目台账的表头"),
        ([[1, 2, 3], [4, 5, 6]], "没有找到项目台账的表头"),
    ],
)
def test_another_form_is_refused_by_its_name_and_no_ledger_with_what_is_missing(
    rows: list[list[Cell]], words: str
) -> None:
    with pytest.raises(RuleBroken, match=words) as refused:
        read_ledger(Grid("Sheet1", rows), TODAY)
    assert refused.value.code == "INVALID"
    assert "请" in refused.value.message or "可先下载" in refused.value.message


NOTES = Grid("说明", [["填表说明"], ["一、本表每月报送"]])
YANJIANG = Grid("雁江", [HEAD, [None, "柠檬深加工", "甲公司", 1000]])
ANYUE = Grid("安岳", [HEAD, [None, "口腔器械", "乙公司", 2000]])
BLANK = Grid("模板", [HEAD, [1], [2], ["注：每行一个项目"]])


def test_the_ledger_is_found_among_the_sheets_of_a_workbook() -> None:
    assert the_ledger([NOTES, BLANK, YANJIANG]) is YANJIANG
    assert the_ledger([YANJIANG, ANYUE], "安岳") is ANYUE
    assert the_ledger([BLANK]) is BLANK


def test_of_several_ledgers_none_is_passed_over_in_silence() -> None:
    with pytest.raises(RuleBroken, match="“雁江”、“安岳”都是台账"):
        the_ledger([NOTES, YANJIANG, ANYUE])
    with pytest.raises(RuleBroken, match="工作表“说明”"):
        the_ledger([NOTES])


def test_five_thousand_lines_take_little_memory(tmp_path: Path) -> None:
    (tmp_path / "台账.xlsx").write_bytes(five_thousand().data)
    program = (
        "import sys; from datetime import date; from pathlib import Path;"
        "from schema.sheet import read; from schema.ledger.rules import read_ledger;"
        "grid = read('x', Path(sys.argv[1]).read_bytes());"
        "reading = read_ledger(grid, date(2026, 11, 22)); assert len(reading.rows) == 5000;"
        "print(*[line.split()[1] for line in open('/proc/self/status') if 'VmHWM' in line])"
    )
    command = [sys.executable, "-c", program, str(tmp_path / "台账.xlsx")]
    process = subprocess.run(command, capture_output=True, check=True, text=True)
    assert int(process.stdout) < 150 * 2**10


def test_cells_merged_downwards_say_the_same_of_every_line_but_amounts_are_not_said_twice() -> None:
    head: list[Cell] = ["项目名称", "投资方名称", "总投资（万元）", "责任单位", "首谈地"]
    reading = ledger(
        ["一", "甲公司", 1000, "雁江区经外局", "雁江区"],
        ["二", None, None, None, None],
        [None, "乙公司", 3000, None, "乐至县"],
        head=head,
        merged=(
            Merged(1, 1, 2, 1),
            Merged(1, 2, 2, 2),
            Merged(1, 3, 3, 3),
            Merged(1, 4, 2, 4),
            Merged(2, 0, 3, 0),
        ),
    )
    assert [row.responsible_unit for row in reading.rows] == ["雁江区经外局"] * 3
    assert [row.investor_name for row in reading.rows] == ["甲公司", "甲公司", "乙公司"]
    assert [row.first_contact_place for row in reading.rows] == ["yanjiang", "yanjiang", "lezhi"]
    assert issues_of(reading) == [(3, "C", "MERGED"), (4, "A", "MERGED")]


def test_what_does_not_go_together_in_a_line_is_doubted() -> None:
    head: list[Cell] = [
        "项目名称", "投资方名称", "总投资（万元）", "其中固定资产投资（万元）", "到位资金（万元）",
        "本年到位资金（万元）", "项目状态", "签约时间", "约定开工时间", "约定竣工时间",
    ]  # fmt: skip
    reading = ledger(
        ["一", "甲", 1000, 1200, 500, 600, "在建", None, "2026.5", "2026.3"],
        ["二", "乙", 0, 0, 0, 0, "在谈", None, None, None],
        head=head,
    )
    assert issues_of(reading) == [(2, "D", "CONTRADICTION"), (3, "C", "CONTRADICTION")]
    assert sorted(issues_of(reading, Severity.WARNING)) == [
        (2, "F", "CONTRADICTION"),
        (2, "G", "CONTRADICTION"),
        (2, "J", "CONTRADICTION"),
    ]


IN_ONE = "实际开工/竣工/投产时间"
ORDER: list[tuple[list[str], list[Cell], list[str]]] = [
    (["初次洽谈时间", "签约时间"], ["2026.5.11", "2026.5.10"], ["D"]),
    (["初次洽谈时间", "签约时间"], ["2026.5.10", "2026.5.10"], []),
    (["签约时间", "实际开工时间"], ["2026.5.10", "2026.5.9"], ["D"]),
    (["签约时间", "实际竣工时间"], ["2026.5.10", "2026.5.9"], ["D"]),
    (["实际开工时间", "实际竣工时间"], ["2026.5.10", "2026.5.9"], ["D"]),
    (["实际竣工时间", "实际投产时间"], ["2026.5.10", "2026.5.10"], []),
    (["签约时间", IN_ONE], ["2026.5.10", "开工2026.4.1；竣工2026.6.1"], ["D"]),
    (["签约时间", IN_ONE], ["2026.5.10", "开工2026.6.1；竣工2026.5.20"], ["D"]),
]


@pytest.mark.parametrize(("titles", "cells", "at"), ORDER)
def test_a_step_of_a_line_is_not_before_the_one_that_it_follows(
    titles: list[str], cells: list[Cell], at: list[str]
) -> None:
    """Signed on or after the first contact, started on or after that, and so on; wrong at the later one."""
    reading = ledger(["一", "甲公司", *cells], head=["项目名称", "投资方名称", *titles])
    wrong = [(row, column) for row, column, code in issues_of(reading) if code == "CONTRADICTION"]
    assert wrong == [(2, column) for column in at]


def test_a_letter_of_intent_before_the_first_contact_is_doubtful_and_not_wrong() -> None:
    head: list[Cell] = ["项目名称", "投资方名称", "合同类型", "初次洽谈时间", "签约时间"]
    reading = ledger(["一", "甲公司", "意向书", "2026.5.11", "2026.5.10"], head=head)
    assert (2, "E", "CONTRADICTION") in issues_of(reading, Severity.WARNING)
    assert (2, "E", "CONTRADICTION") not in issues_of(reading)


def test_a_name_is_as_long_as_the_form_takes_it() -> None:
    reading = ledger(
        [None, "柠" * 100, "甲" * 100, 1000],
        [None, "柠" * 101, "甲公司", 1],
        [None, "柠", "甲" * 101, 1],
    )
    assert issues_of(reading) == [(3, "B", "TEXT"), (4, "C", "TEXT")]
    assert [row.row for row in reading.importable] == [2]


def test_codes_that_arrive_as_numbers_keep_their_digits_or_are_wrong() -> None:
    head: list[Cell] = [
        "项目编号", "项目名称", "投资方名称", "协议总投资（万元）", "投资项目在线审批监管平台统一代码",
        "行业类别（国标）", "联系电话", "首谈联系人及电话",
    ]  # fmt: skip
    reading = ledger(
        [20260001, "一", "甲公司", 1000, "2606-512002-04-01-123456", 3582, 13800000000, 26110000],
        [2026001.5, "二", "乙公司", 1000, 2.1065120020401122e23, 111, 2826110000, 2826110000],
        [None, "三", "丙公司", 1000, None, "12寸晶圆制造", None, None],
        head=head,
    )
    assert issues_of(reading) == [
        (3, "A", "TEXT"), (3, "E", "TEXT"), (3, "F", "INDUSTRY"), (3, "G", "CONTACT"), (3, "H", "TEXT"),
    ]  # fmt: skip
    first, _, third = reading.rows
    assert (first.no, first.industry_code, first.contact_phone) == (
        "20260001",
        "C3582",
        "13800000000",
    )
    assert third.industry_code == ""


def test_amounts_are_exact_to_the_fen_whatever_excel_stores() -> None:
    reading = ledger(
        *([None, f"项目{n}", "甲公司", cell] for n, cell in enumerate((
            12500.0, 1234.56, 0.1 + 0.2, 12345.678901, 400_000_000 / 3, 1e-7 + 100, 999_999.999_999,
        )))
    )  # fmt: skip
    assert [row.agreed_investment for row in reading.rows] == [
        12_500_000_000,
        1_234_560_000,
        300_000,
        12_345_678_901,
        None,
        100_000_000,
        999_999_999_999,
    ]
    assert issues_of(reading) == [(6, "D", "MONEY")]
    assert (7, "D", "ROUNDED") in issues_of(reading, Severity.WARNING)


@given(fen=st.integers(0, 10**14))
@settings(max_examples=200, deadline=None)
def test_any_amount_survives_a_cell_of_excel(fen: int) -> None:
    reading = ledger([None, "柠檬深加工", "甲公司", float(Decimal(fen) / 10**6)])
    assert reading.rows[0].agreed_investment == fen


def test_days_are_compared_with_the_day_that_is_given() -> None:
    grid = Grid("台账", [[*HEAD, "签约时间"], [None, "柠檬深加工", "甲公司", 1000, "2026-11-23"]])
    assert issues_of(read_ledger(grid, TODAY)) == [(2, "E", "DAY")]
    assert issues_of(read_ledger(grid, date(2026, 11, 23))) == []
