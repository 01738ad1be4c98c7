"""Foreign files, honest and hostile, as grids."""

import resource
import struct
import time
from datetime import date, datetime
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pytest
import xlsxwriter
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from schema.city.rules import RuleBroken
from schema.sheet import Column, Grid, Limits, column_letter, read, read_all, write_xlsx
from tests.ledger.workbooks import spoilt, with_cell, workbook

HERE = Path(__file__).parent
HONEST = workbook([["甲", 1], ["乙", 2]])
GRID = [["名称", "金额"], ["甲", 1], ["乙", 2]]
COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)


def refusal(data: bytes, name: str = "台账.xlsx", limits: Limits | None = None) -> str:
    with pytest.raises(RuleBroken) as refused:
        read_all(name, data, limits or Limits())
    assert refused.value.code == "INVALID"
    assert refused.value.field == "file"
    return refused.value.message


def test_a_workbook_is_read_with_its_types_its_merged_ranges_and_its_template() -> None:
    out = BytesIO()
    book = xlsxwriter.Workbook(out)
    sheet = book.add_worksheet("台账")
    day = book.add_format({"num_format": 'yyyy"年"m"月"d"日"'})
    sheet.merge_range("B2:D2", "标题")
    sheet.write_row("B3", [12500, 1234.56, "１２", True])
    sheet.write_datetime("F3", date(2026, 3, 1), day)
    sheet.write_datetime("G3", datetime.fromisoformat("2026-03-01T09:30"), day)
    sheet.write_formula("B4", "=B3*2", None, 25000)
    sheet.write_formula("C4", "=B3/0", None, "#DIV/0!")
    book.set_custom_property("template", "ledger/2026.1")
    book.close()
    grid = read("台账.xlsx", out.getvalue())
    assert (grid.name, grid.template) == ("台账", "ledger/2026.1")
    assert grid.rows == [
        [],
        [None, "标题"],
        [
            None,
            12500,
            1234.56,
            "１２",
            True,
            date(2026, 3, 1),
            datetime.fromisoformat("2026-03-01T09:30"),
        ],
        [None, 25000, "#DIV/0!"],
    ]
    assert grid.merged == ((1, 1, 1, 3),)
    assert isinstance(grid.cell(2, 1), int)


def test_hidden_sheets_are_read_as_such_and_empty_ones_passed_over() -> None:
    out = BytesIO()
    book = xlsxwriter.Workbook(out)
    book.add_worksheet("空")
    hidden = book.add_worksheet("隐藏")
    hidden.write("A1", "x")
    hidden.hide()
    book.add_worksheet("一").write("A1", "甲")
    book.add_worksheet("二").write("A1", "乙")
    book.close()
    grids = read_all("台账.xlsx", out.getvalue())
    assert [(grid.name, grid.hidden, grid.rows) for grid in grids] == [
        ("隐藏", True, [["x"]]),
        ("一", False, [["甲"]]),
        ("二", False, [["乙"]]),
    ]
    assert read("台账.xlsx", out.getvalue()).name == "一"


def test_an_old_xls_of_wps_is_read() -> None:
    grid = read("台账.xls", (HERE / "old.xls").read_bytes())
    assert grid.merged == ((0, 0, 0, 3),)
    assert grid.rows[2] == [
        "2026-0001",
        "柠檬深加工",
        "资阳试验食品有限公司",
        12500.5,
        date(2026, 3, 1),
    ]
    assert grid.rows[3] == [None, "口腔器械", "资阳试验器械有限公司", "约1.2亿", 46082]


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "gb18030", "gbk", "utf-16", "utf-16-le", "utf-16-be"]
)
@pytest.mark.parametrize("mark", [",", ";", "\t"])
def test_text_is_read_in_every_encoding_and_with_every_delimiter(encoding: str, mark: str) -> None:
    text = f'名称{mark}金额\r\n"甲{mark}""乙""\n二期"{mark}12.5亿\r\n\r\n{mark}\r\n丙{mark}3\r\n'
    grid = read("台账.csv", text.encode(encoding))
    assert grid == Grid(
        "台账.csv",
        [["名称", "金额"], [f'甲{mark}"乙"\n二期', "12.5亿"], [], [], ["丙", "3"]],
    )


def test_the_line_that_names_the_delimiter_is_no_row() -> None:
    text = "sep=;\r\n名称;金额\r\n甲;1,5\r\n"
    assert read("台账.csv", text.encode("utf-8-sig")).rows == [["名称", "金额"], ["甲", "1,5"]]


def test_what_a_file_is_is_told_by_its_bytes_and_not_by_its_name() -> None:
    assert read("台账.csv", HONEST).rows == GRID
    assert read("台账.xlsx", "名称,金额\n甲,1\n乙,2\n".encode()).rows[2] == ["乙", "2"]
    assert read("台账.csv", b"BMW,MZ\n1,2\n").rows == [["BMW", "MZ"], ["1", "2"]]


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "空文件"),
        (b"%PDF-1.7 ...", "PDF"),
        (b"\x89PNG\r\n\x1a\n", "图片"),
        (b"\x7fELF\x02\x01", "程序"),
        (b"MZ\x90\x00\x03\x00", "不是表格"),
        (b"Rar!\x1a\x07", "压缩包"),
        (b"<html><table><tr><td>1", "网页"),
        (b'\xef\xbb\xbf<?xml version="1.0"?><Workbook/>', "XML"),
        (b"PK\x03\x04 and no more", "读不出来"),
        (HONEST[: len(HONEST) // 2], "读不出来"),
        (COMPOUND, "不是 Excel"),
        (COMPOUND + "EncryptedPackage".encode("utf-16-le") + b"\0\0", "取消密码"),
        (COMPOUND + "Workbook".encode("utf-16-le") + b"\0\0", "读不出来"),
        (bytes(range(256)) * 20, "不是表格"),
        (b"a,b\x00c\n1,2", "不是表格"),
        ('名称,金额\n"甲,1\n乙,2\n'.encode(), "第 2 行的引号"),
        (b"a," + b"b" * 200_000, "引号"),
        (write_xlsx([Column("")], []), "没有内容"),
        (b",,\r\n\r\n,\r\n", "没有内容"),
    ],
)
def test_what_is_no_table_is_refused_in_words_that_say_what_to_do(data: bytes, words: str) -> None:
    message = refusal(data)
    assert words in message
    assert "请" in message
    assert "非法" not in message


@pytest.mark.parametrize(
    ("part", "words"),
    [
        ("word/document.xml", "Word"),
        ("content.xml", "OpenDocument"),
        ("xl/workbook.bin", "xlsb"),
        ("随便.txt", "压缩包"),
    ],
)
def test_other_archives_are_called_by_their_name(part: str, words: str) -> None:
    out = BytesIO()
    with ZipFile(out, "w") as archive:
        archive.writestr(part, "x")
    assert words in refusal(out.getvalue())


DOCTYPE = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaa"><!ENTITY b "&a;&a;&a;">]><worksheet'


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text.replace(b"<worksheet", DOCTYPE, 1),
        lambda text: text.replace(b"<worksheet", b"<!-- " + b"x" * 65_530 + b"-->" + DOCTYPE, 1),
        lambda text: text.decode().encode("utf-16"),
        lambda text: text[:200],
        lambda text: b"",
    ],
)
def test_document_types_other_encodings_and_damaged_markup_are_refused(change) -> None:
    assert "读不出来" in refusal(spoilt(HONEST, change=change))


def test_a_sheet_that_claims_to_be_as_large_as_can_be_is_read_for_what_it_holds() -> None:
    def claim(text: bytes) -> bytes:
        assert b'<dimension ref="A1:B3"/>' in text
        return text.replace(b'ref="A1:B3"', b'ref="A1:XFD1048576"')

    assert read("台账", spoilt(HONEST, change=claim)).rows == GRID
    assert read("台账", with_cell(HONEST, '<c r="XFD1048576" s="1"/>')).rows == GRID


@pytest.mark.parametrize(
    ("cell", "words"),
    [
        ('<c r="XFD1048576"><v>1</v></c>', "用到第 1048576 行，最多 20000 行"),
        ('<c r="XFE1"><v>1</v></c>', "很远的行列"),
        ('<c r="A1048576"><v>1</v></c>', "用到第 1048576 行，最多 20000 行"),
        ('<c r="A20001"><v>1</v></c>', "用到第 20001 行"),
        ('<c r="GS9"><v>1</v></c>', "用到第 201 列，最多 200 列"),
        ('<c r="A9" t="s"><v>99999</v></c>', "读不出来"),
        ('<c r="A99999999999"><v>1</v></c>', "读不出来"),
    ],
)
def test_a_cell_far_away_is_measured_and_not_kept(cell: str, words: str) -> None:
    assert words in refusal(with_cell(HONEST, cell))


def test_a_far_cell_in_an_old_xls_ends_the_child_and_not_us() -> None:
    assert "请" in refusal((HERE / "far.xls").read_bytes(), "台账.xls")


def test_an_archive_that_unpacks_to_too_much_is_refused_before_it_is_parsed() -> None:
    bomb = spoilt(HONEST, more={"xl/media/image1.png": bytes(101 * 2**20)})
    assert len(bomb) < 200_000
    assert "100 MB" in refusal(bomb)


def test_an_archive_that_lies_about_its_size_is_found_out_by_counting() -> None:
    bomb = bytearray(spoilt(HONEST, more={"xl/media/a.bin": bytes(110 * 2**20)}))
    directory = bomb.rindex(b"xl/media/a.bin") - 46
    bomb[directory + 24 : directory + 28] = struct.pack("<I", 1000)
    assert "100 MB" in refusal(bytes(bomb))
    small = bytearray(spoilt(HONEST, more={"xl/media/a.bin": b"x" * 5000}))
    directory = small.rindex(b"xl/media/a.bin") - 46
    small[directory + 24 : directory + 28] = struct.pack("<I", 1000)
    assert "读不出来" in refusal(bytes(small))


def test_an_archive_of_many_parts_or_of_the_same_part_twice_is_refused() -> None:
    many = spoilt(HONEST, more={f"xl/media/{n}": b"" for n in range(300)})
    assert "部件" in refusal(many)
    out = BytesIO(HONEST)
    with ZipFile(out, "a") as archive, pytest.warns(UserWarning, match="Duplicate"):
        archive.writestr("xl/workbook.xml", "<x/>")
    assert "读不出来" in refusal(out.getvalue())


def test_a_long_text_named_by_every_cell_ends_the_child_within_bounds() -> None:
    shared = f"<sst><si><t>{'长' * 30_000}</t></si></sst>".encode()
    rows = "".join(
        f'<row r="{row}">'
        + "".join(f'<c r="{column_letter(c)}{row}" t="s"><v>0</v></c>' for c in range(40))
        + "</row>"
        for row in range(10, 5_000)
    )
    data = spoilt(HONEST, "xl/sharedStrings.xml", lambda _: shared)
    data = spoilt(
        data, change=lambda text: text.replace(b"</sheetData>", rows.encode() + b"</sheetData>")
    )
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert "请" in refusal(data)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 100 * 2**10


def test_a_file_that_is_too_long_or_too_large_is_refused_with_the_limit() -> None:
    assert "超过 20000 行" in refusal(b"a,b\n" * 20_001)
    assert "超过 200 列" in refusal(b",".join(b"a" for _ in range(201)))
    assert "最多 20 MB" in refusal(b"a" * (20 * 2**20 + 1))
    assert "文字太多" in refusal(HONEST, limits=Limits(text=20))


def test_a_child_that_does_not_come_back_is_ended() -> None:
    slow = write_xlsx([Column(str(n)) for n in range(40)], ([n] * 40 for n in range(9_000)))
    started = time.monotonic()
    with pytest.raises(RuleBroken):
        read("台账", slow, Limits(seconds=0))
    assert time.monotonic() - started < 10


def test_the_letters_of_columns_run_on_after_z() -> None:
    assert [column_letter(n) for n in (0, 25, 26, 51, 52, 701, 702)] == [
        "A", "Z", "AA", "AZ", "BA", "ZZ", "AAA",
    ]  # fmt: skip


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.binary(max_size=400) | st.text(max_size=200).map(str.encode))
@example(data=b"PK\x03\x04" + bytes(40))
@example(data=b"\xff\xfe\x00")
@example(data=b"\xfe\xff\xd8\x00")
def test_any_bytes_are_a_grid_or_a_refusal(data: bytes) -> None:
    try:
        grid = read("台账", data)
    except RuleBroken as refused:
        assert refused.code == "INVALID"
    else:
        assert grid.rows


@settings(max_examples=25, deadline=None)
@given(place=st.integers(0, len(HONEST) - 1), bit=st.integers(0, 7))
def test_a_workbook_with_one_bit_turned_is_a_grid_or_a_refusal(place: int, bit: int) -> None:
    data = bytearray(HONEST)
    data[place] ^= 1 << bit
    try:
        read("台账", bytes(data))
    except RuleBroken as refused:
        assert refused.code == "INVALID"
