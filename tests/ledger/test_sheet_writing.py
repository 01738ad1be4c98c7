"""Lists as files, and that nothing in them is a formula."""

import csv
import json
import re
from datetime import UTC, date, datetime
from decimal import Decimal
from io import BytesIO, StringIO
from zipfile import ZipFile

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from schema.sheet import (
    Column,
    Grid,
    Merged,
    read,
    write_csv,
    write_grid,
    write_json,
    write_xlsx,
)
from schema.sheet.formula_escape import escape_formula, unescape_formula

COLUMNS = [
    Column("项目", "name", width=30, required=True, hint="必填。例如：柠檬深加工"),
    Column("总投资", "agreed", unit="万元", group="投资额"),
    Column("固定资产", "fixed", unit="万元", group="投资额"),
    Column("签约时间", "signedOn"),
    Column("阶段", "stage", choices=["在谈", "已签约"]),
]
ROWS = [
    ["柠檬深加工", 125_000, Decimal("1234.567891"), date(2026, 3, 1), "在谈"],
    ["=1+1", None, 0.1, datetime(2026, 3, 1, 4, 30, tzinfo=UTC), True],
]
DANGEROUS = [
    "=1+1",
    "=cmd|' /C calc'!A0",
    "+1+1",
    "-2+3",
    "@SUM(1+1)",
    "\t=1+1",
    "\r=1+1",
    "\n=1+1",
    " =1+1",
    "\u3000@x",
    "＝1+1",
    "＋1",
    "－1",
    "＠x",
    "'=1+1",
    "''=1",
    '=HYPERLINK("http://example.invalid","x")',
    "=IMPORTXML(1)",
    "-",
    "=",
    "@",
]


def parts(data: bytes) -> dict[str, str]:
    with ZipFile(BytesIO(data)) as archive:
        return {name: archive.read(name).decode() for name in archive.namelist()}


def test_a_list_comes_back_from_its_workbook_with_the_unit_in_the_head() -> None:
    grid = read("x", write_xlsx(COLUMNS, ROWS, sheet="项目", caption="项目库", template="list/1"))
    assert (grid.name, grid.template) == ("项目", "list/1")
    assert grid.rows[:4] == [
        ["项目库"],
        ["项目", "投资额", None, "签约时间", "阶段"],
        [None, "总投资（万元）", "固定资产（万元）"],
        ["必填。例如：柠檬深加工"],
    ]
    assert grid.rows[4:] == [
        ["柠檬深加工", 125_000, 1234.567891, date(2026, 3, 1), "在谈"],
        ["=1+1", None, 0.1, datetime.fromisoformat("2026-03-01T12:30"), "是"],
    ]
    assert Merged(1, 1, 1, 2) in grid.merged
    assert Merged(0, 0, 0, 4) in grid.merged


def test_choices_are_picked_from_a_hidden_sheet_and_the_head_stays_in_sight() -> None:
    written = parts(write_xlsx(COLUMNS, ROWS))
    sheet = written["xl/worksheets/sheet1.xml"]
    assert '<dataValidation type="list"' in sheet
    assert "选项!$A$1:$B$1" in sheet
    assert re.search(r'<pane ySplit="2"[^>]*state="frozen"', sheet)
    assert '<sheet name="选项" sheetId="2" state="hidden"' in written["xl/workbook.xml"]


def test_wrong_cells_are_red_and_say_why() -> None:
    written = parts(write_xlsx(COLUMNS, ROWS, wrong={(1, 1): "请填数字"}))
    assert "请填数字" in written["xl/comments1.xml"]
    assert 'ref="B5"' in written["xl/comments1.xml"]
    assert "FFFEF1F0" in written["xl/styles.xml"]


@pytest.mark.parametrize("text", DANGEROUS)
def test_a_text_that_could_be_a_formula_is_inert_in_every_file_and_comes_back(text: str) -> None:
    columns, rows = [Column("甲"), Column(text)], [[text, text], ["x", text]]
    book = write_xlsx(columns, rows)
    for name, part in parts(book).items():
        assert "<f>" not in part, name
        assert not re.search(r"<t[^>]*>[\s=+\-@＝＋－＠]", part), name
    delimited = write_csv(columns, rows).decode("utf-8-sig")
    for record in csv.reader(StringIO(delimited, newline="")):
        assert not any(cell.lstrip()[:1] in tuple("=+-@＝＋－＠") for cell in record)
    back = text.replace("\r", "")
    assert read("x", book).rows[1] == [back, back]
    assert read("x", write_csv(columns, rows)).rows[1] == [back, back]


@given(text=st.text())
@example(text="''''=")
def test_an_escaped_text_never_starts_a_formula_and_comes_back(text: str) -> None:
    assert unescape_formula(escape_formula(text)) == text
    assert escape_formula(text).lstrip()[:1] not in tuple("=+-@＝＋－＠")


def test_text_files_open_in_a_chinese_excel() -> None:
    data = write_csv(COLUMNS, ROWS)
    assert data.startswith(b"\xef\xbb\xbf")
    assert data.decode("utf-8-sig").split("\r\n") == [
        "项目,投资额/总投资（万元）,投资额/固定资产（万元）,签约时间,阶段",
        "柠檬深加工,125000,1234.567891,2026-03-01,在谈",
        "'=1+1,,0.1,2026-03-01 12:30,是",
        "",
    ]
    assert '"甲,""乙""\n二期"' in write_csv([Column("x")], [['甲,"乙"\n二期']]).decode()


def test_json_names_the_columns_and_keeps_types() -> None:
    assert json.loads(write_json(COLUMNS, ROWS)) == [
        {
            "name": "柠檬深加工",
            "agreed": 125_000,
            "fixed": 1234.567891,
            "signedOn": "2026-03-01",
            "stage": "在谈",
        },
        {
            "name": "=1+1",
            "agreed": None,
            "fixed": 0.1,
            "signedOn": "2026-03-01T12:30:00+08:00",
            "stage": True,
        },
    ]


def test_a_grid_is_written_as_it_came() -> None:
    rows = [["标题"], ["甲", "乙"], [None, "一", "二"], [1, 0.25, date(2026, 3, 1)], ["注：x"]]
    merged = (Merged(0, 0, 0, 2), Merged(1, 0, 2, 0), Merged(1, 1, 1, 2))
    grid = Grid("台账", rows, merged, "ledger/2026.1")
    assert read("x", write_grid(grid, range(1, 3), {(3, 1): "错"})) == grid


def test_ranges_that_overlap_are_left_out_because_excel_reports_such_a_file_as_damaged() -> None:
    merged = (Merged(0, 0, 1, 1), Merged(1, 1, 2, 2), Merged(3, 0, 3, 2))
    back = read("x", write_grid(Grid("a", [["x"], [], [], ["y"]], merged), range(1)))
    assert back.merged == (Merged(0, 0, 1, 1), Merged(3, 0, 3, 2))


@settings(max_examples=40, deadline=None)
@given(
    rows=st.lists(
        st.tuples(
            st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=20),
            st.integers(-(10**14), 10**14) | st.none(),
            st.decimals(-(10**8), 10**8, places=4) | st.none(),
            st.dates(date(1990, 1, 1), date(2100, 1, 1)) | st.none(),
        ),
        min_size=1,
        max_size=5,
    )
)
def test_whatever_is_written_is_read_again(rows: list[tuple]) -> None:
    columns = [Column(title) for title in "甲乙丙丁"]
    grid = read("x", write_xlsx(columns, rows))
    for number, row in enumerate(rows, 1):
        for column, value in enumerate(row):
            cell = grid.cell(number, column)
            if isinstance(value, Decimal):
                assert Decimal(repr(cell)) == value
            else:
                assert cell == (value if value != "" else None)
