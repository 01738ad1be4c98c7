"""A ledger is read as a person sees it: number formats, formulas, hidden parts, other sheets."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, datetime
from io import BytesIO
from xml.sax.saxutils import quoteattr

import pytest
import xlsxwriter  # type: ignore[import-untyped]
from hypothesis import given
from hypothesis import strategies as st

from schema.city.rules import RuleBroken
from schema.ledger.rules import Reading, read_ledger, the_ledger
from schema.ledger.rules.answers import Answers
from schema.ledger.rules.files import result_workbook
from schema.ledger.rules.hidden import HiddenParts, other_sheets
from schema.ledger.rules.issue import Severity
from schema.sheet import Grid, Merged, Month, Number, Uncomputed, Year, read, read_all
from schema.sheet.formats import SILENT, is_date, says_more, seen
from server.files.kinds import XLS, XLSX, kind_of
from tests.ledger.ledgers import brought_in, ledger_city, on, rows, sent
from tests.ledger.seen_books import (
    DIV_0,
    HEAD,
    NO_VALUE,
    TWELVE,
    ZERO_ON_LOAD,
    Formula,
    Styled,
    Xml,
    cells,
    packed,
    unpacked,
    xls,
    xlsx,
)
from tests.world import City

__all__ = ["ledger_city"]
TODAY = date(2026, 11, 28)
MILLION_YUAN = 100 * 10**6
WRITERS: dict[str, Callable[..., bytes]] = {"xlsx": xlsx, "xls": xls}


def of_lines(*lines: Sequence[object], **how: object) -> Grid:
    """An .xlsx of one sheet with the usual head, as read."""
    return read("台账.xlsx", xlsx(("台账", [HEAD, *lines]), **how))  # type: ignore[arg-type]


def said(reading: Reading, code: str = "") -> list[tuple[int, str, str, str]]:
    """The issues as row, column, code and message; with a code those alone."""
    return [(i.row, i.column, i.code, i.message) for i in reading.issues if code in ("", i.code)]


# ---------------------------------------------------------------- what a person sees of a number


@pytest.mark.parametrize(
    ("value", "code", "text", "exact"),
    [
        (12.5, '0.00"亿元"', "12.50亿元", "12.5亿元"),
        (12.5, "0.00亿元", "12.50亿元", "12.5亿元"),
        (12.3456, '0.0 "亿元"', "12.3 亿元", "12.3456亿元"),
        (125000, '0!.0000"亿元"', "12.5000亿元", "12.5亿元"),
        (125000, r'0\.0,"万"', "12.5万", "12.5万"),
        (12500000, "#,##0,", "12,500", "12500"),
        (12500000, '#,##0.00,,"百万元"', "12.50百万元", "12.5百万元"),
        (0.8, "0%", "80%", "80%"),
        (12500, '"¥"#,##0.00', "¥12,500.00", "¥12500"),
        (12500, "[$$-409]#,##0.00", "$12,500.00", "$12500"),
        (12500, "[$¥-411]#,##0", "¥12,500", "JPY12500"),
        (12500, "[$￥-804]#,##0", "￥12,500", "￥12500"),
        (12500, "[$¥-ja-JP]#,##0", "¥12,500", "JPY12500"),
        (12500, "[$¥-en-GB]#,##0", "¥12,500", "外币¥12500"),
        (12.5, '0"00"', "1300", None),
        (13, '0"00"', "1300", "1300"),
        (111, "0000", "0111", "111"),
        (1, '"2026-"0000', "2026-0001", "2026-1"),
        (20260305, "0000-00-00", "2026-03-05", None),
        (13800001111, "000-0000-0000", "138-0000-1111", None),
        (5, ";;;", "", None),
        (125000, '[>=100000000]0.00,,"亿";[>=10000]0!.0,"万";0', "12.5万", "12.5万"),
        (5, '[>=10000]0!.0,"万";0', "5", "5"),
        (2, 'G/通用格式"公顷"', "2公顷", "2公顷"),
        (-5, '0.0"亿";(0.0"亿")', "(5.0亿)", "-5亿"),
        (-5, '"¥"#,##0.00', "-¥5.00", "-¥5"),
        (0, '0.0"亿";-0.0"亿";"无"', "无", None),
        (0.396, "h:mm", "9:30", None),
        (12500, '[DBNum2][$-804]G/通用格式"元整"', "12500元整", "12500元整"),
        (123400000, "0.00E+00", "1.23E+08", "123400000"),
        (-0.00012, "0.E+0", "-1E-4", "-0.00012"),
        (13800001111, '"T"0.0E+00', "T1.4E+10", "T13800001111"),
        (1234567.891, '#,##0.0##,"千元"', "1,234.568千元", "1234.567891千元"),
    ],
)
def test_a_number_is_what_its_format_shows(
    value: float, code: str, text: str, exact: str | None
) -> None:
    assert says_more(code)
    assert seen(value, code)[:2] == (text, exact)


@pytest.mark.parametrize(
    "code",
    [
        "General", "0", "0.00", "#,##0.00", "@", "[Red]0.00", "0.00_);(0.00)", "# ?/?",
        '_ * #,##0.00_ ;_ * \\-#,##0.00_ ;_ * "-"??_ ;_ @_ ', "G/通用格式", "#,##0;-#,##0",
    ],
)  # fmt: skip
def test_a_format_of_digits_alone_says_no_more_than_the_number(code: str) -> None:
    assert not says_more(code)
    assert not is_date(code)


@pytest.mark.parametrize(
    ("code", "day"),
    [
        ("yyyy-mm-dd", True),
        ('[$-804]yyyy"年"m"月"d"日";@', True),
        ('[DBNum1][$-804]yyyy"年"m"月"', True),
        ("m/d", True),
        ("[$-404]e/m/d", True),
        ("yyyy/m/d h:mm", True),
        ("[$-F800]dddd, mmmm dd, yyyy", True),
        ("h:mm", False),
        ("[h]:mm", False),
        ("mm:ss.0", False),
        ('"m"0', False),
        ('0"d"', False),
    ],
)
def test_a_format_of_days_is_told_from_one_of_hours_and_of_numbers(code: str, day: bool) -> None:
    assert is_date(code) == day


@pytest.mark.parametrize("value", [1.7e308, -5e-324, 0.1])
@pytest.mark.parametrize(
    "code",
    [
        "0." + "0" * 250,
        "#,##0" + "," * 250,
        "0" + "%" * 250,
        "[>" + "9" * 200 + "]0;0",
        '"',
        "[",
        "0!",
    ],
)
def test_no_format_is_too_long_for_a_number(value: float, code: str) -> None:
    assert isinstance(seen(value, code).text, str)
    assert is_date(code) is False


@given(
    value=st.floats(allow_nan=False, allow_infinity=False),
    code=st.text('0#?.,%;@!\\"[]<>=$-_*/yYmdhs元亿Ge+ ', max_size=20),
)
def test_any_format_shows_something_of_any_number(value: float, code: str) -> None:
    shown = seen(value, code)
    assert isinstance(shown.text, str)
    if not says_more(code) and not is_date(code):
        assert shown.factor == 1
        assert not set(shown.words) - SILENT


# ---------------------------------------------------------------- cells


BLANK, ERROR, NO_CACHE = None, "#DIV/0!", Uncomputed("D2*0.1")


MARKUPS = [
    ('<c r="{r}"/>', BLANK),
    ('<c r="{r}"><v></v></c>', BLANK),
    ('<c r="{r}" t="str"><f>""</f><v></v></c>', BLANK),
    ('<c r="{r}" t="e"><v>#DIV/0!</v></c>', ERROR),
    ('<c s="0" t="e" r="{r}"><f>1/0</f>\n <v>\n#DIV/0!\n</v></c>', ERROR),
    ("<c t='e' r='{r}'><v><![CDATA[#DIV/0!]]></v></c>", ERROR),
    ('<x:c xmlns:x="SPACE" r="{r}" t="e"><x:v>#DIV/0!</x:v></x:c>', ERROR),
    ('<c t="e"><f a="1">1/0</f><v>#DIV/0!</v></c>', ERROR),
    ('<c r="{r}"><f>D2*0.1</f></c>', NO_CACHE),
    ('<c r="{r}"><f>D2*0.1</f><v/></c>', NO_CACHE),
    ('<c r="{r}"><f><![CDATA[D2*0.1]]></f><v>1250</v></c>', 1250),
    ('<c r="{r}" t="str"><f>D2&amp;""</f><v>甲&amp;乙_x000D_</v></c>', "甲&乙\r"),
    ('<c r="{r}" t="b"><v>1</v></c>', True),
    ('<c r="{r}" t="d"><v>2026-03-05</v></c>', date(2026, 3, 5)),
    ('<c r="{r}" t="d"><v>2026-03-05T09:30:00</v></c>', datetime.fromisoformat("2026-03-05T09:30")),
    (
        '<c r="{r}" t="inlineStr"><is><r><t>甲</t></r><rPh><t>jia</t></rPh><r><t>乙</t></r></is></c>',
        "甲乙",
    ),
    ('<c r="{r}" t="n"><v> 1.25E+3 </v></c>', 1250),
]
"""Cells as programs write them, and what they hold."""


@pytest.mark.parametrize("strict", [False, True])
def test_a_blank_an_error_and_a_formula_without_value_are_three_things_however_they_are_written(
    strict: bool,
) -> None:
    space = "http://purl.oclc.org/ooxml" if strict else "http://schemas.openxmlformats.org"
    space += "/spreadsheetml/main" if strict else "/spreadsheetml/2006/main"
    lines = [
        [*cells("甲项目")[:8], Xml(markup.replace("SPACE", space)), 500] for markup, _ in MARKUPS
    ]
    grid = of_lines(*lines, strict=strict)
    found = [(markup, grid.cell(row, 8)) for row, (markup, _) in enumerate(MARKUPS, 1)]
    assert found == MARKUPS
    assert {grid.cell(row, 9) for row in range(1, len(lines) + 1)} == {500}
    formulas = [row for row, (markup, _) in enumerate(MARKUPS, 1) if "<f" in markup]
    assert sorted(grid.formulas) == formulas


def test_parts_are_found_whatever_their_names_case_and_slashes() -> None:
    parts = unpacked(xlsx(("台账", [HEAD, cells("甲项目")])))
    renamed = {
        name.replace("/", "\\").replace("sheet1", "Sheet1").replace("xl", "XL"): text
        for name, text in parts.items()
    }
    data = packed(renamed)
    assert read("台账.xlsx", data).rows[1][1] == "甲项目"
    assert kind_of("台账.xlsx", data) is XLSX
    for stream in ("WORKBOOK", "workbook"):
        old = xls(("台账", [HEAD, cells("甲项目")]), stream=stream)
        assert read("台账.xls", old).rows[1][1] == "甲项目"
        assert kind_of("台账.xls", old) is XLS


def test_other_prefixes_of_the_same_names_are_the_same() -> None:
    parts = unpacked(xlsx(("台账", [HEAD, cells("甲项目", D=Styled(0.8, "0%"))])))
    prefixed = {
        name: text.replace("<", "<m:").replace("<m:/", "</m:").replace("xmlns=", "xmlns:m=")
        for name, text in parts.items()
    }
    assert read("台账.xlsx", packed(prefixed)).rows[1][3] == Number(0.8, "0%")


def test_a_program_that_computes_nothing_leaves_zeros_that_are_no_values() -> None:
    zero = Xml('<c r="{r}"><f>D2*0.1</f><v>0</v></c>')
    on_load = '<calcPr fullCalcOnLoad="1"/>'
    assert of_lines(cells("甲", I=zero), calculation=on_load).cell(1, 8) == NO_CACHE
    assert of_lines(cells("甲", I=zero)).cell(1, 8) == 0
    computed = Xml('<c r="{r}"><f>D2*0.2</f><v>2500</v></c>')
    both = of_lines(cells("甲", I=zero, J=computed), calculation=on_load)
    assert both.rows[1][8:10] == [0, 2500]


@pytest.mark.parametrize(
    ("kept", "value"),
    [(NO_VALUE, Uncomputed()), (DIV_0, "#DIV/0!"), (ZERO_ON_LOAD, Uncomputed()), (TWELVE, 12)],
)
def test_an_old_workbook_says_as_much_of_its_formulas(kept: Formula, value: object) -> None:
    grid = read("台账.xls", xls(("台账", [HEAD, cells("甲项目", I=kept)])))
    assert grid.cell(1, 8) == value
    assert dict(grid.formulas) == {1: [8]}


def test_an_empty_text_of_a_formula_is_a_blank_where_others_were_computed() -> None:
    grid = read("台账.xls", xls(("台账", [HEAD, cells("甲项目", I=NO_VALUE, J=TWELVE)])))
    assert grid.rows[1][8:10] == [None, 12]


def test_a_number_that_is_no_day_stays_a_number_under_a_format_of_days() -> None:
    late = [Styled(value, "yyyy-mm-dd") for value in (-1, 0.5, 60, 2958466, 1e300)]
    for date1904 in ("0", "1"):
        book = f'<workbookPr date1904="{date1904}"/>'
        grid = of_lines(*(cells(f"第{at}号", G=value) for at, value in enumerate(late)), book=book)
        assert not any(isinstance(row[6], date) and row[6].year > 9999 for row in grid.rows[1:])
        assert grid.cell(4, 6) == 2958466


@pytest.mark.parametrize("kind", WRITERS)
@pytest.mark.parametrize("date1904", [False, True])
def test_days_count_from_the_workbook_s_own_first_day(kind: str, date1904: bool) -> None:
    serial = 44624 if date1904 else 46086
    lines = [HEAD, cells("甲", G=Styled(serial, 'yyyy"年"m"月"d"日"')), cells("乙", G=serial)]
    lines += [cells("丙", G=20260305), cells("丁", G=Styled(serial, "yyyy.mm.dd"))]
    if kind == "xlsx":
        book = f'<workbookPr date1904="{int(date1904)}"/>'
        data = xlsx(("台账", lines), book=book)
    else:
        data = xls(("台账", lines), date1904=date1904)
    grid = read("台账", data)
    assert grid.cell(1, 6) == date(2026, 3, 5)
    assert grid.cell(2, 6) == serial
    assert {row.signed_on for row in read_ledger(grid, TODAY).rows} == {date(2026, 3, 5)}


@pytest.mark.parametrize("kind", WRITERS)
@pytest.mark.parametrize(
    "code", ['yyyy"年"m"月"', "mmm-yy", "yyyy-mm", 'm"月"', "[$-F800]mmmm yyyy"]
)
def test_a_cell_whose_format_shows_the_month_alone_is_that_month(kind: str, code: str) -> None:
    lines = [HEAD, cells("甲", G=Styled(46086, code)), cells("乙", G=Styled(46086, "yyyy"))]
    grid = read("台账", WRITERS[kind](("台账", lines)))
    assert (type(grid.cell(1, 6)), type(grid.cell(2, 6))) == (Month, Year)
    assert grid.cell(1, 6) == date(2026, 3, 5)
    reading = read_ledger(grid, TODAY)
    assert reading.rows[0].signed_on == date(2026, 3, 1), "as 2026年3月 is"
    assert [each.value for each in reading.issues if each.row == 2] == ["2026-03"]
    assert "只有年份" in next(each.message for each in reading.issues if each.row == 3)
    again = read("结果.xlsx", result_workbook(grid, reading))
    assert (type(again.cell(1, 6)), type(again.cell(2, 6))) == (Month, Year)


def test_a_serial_is_a_day_only_where_the_column_is_one() -> None:
    line = cells("甲", D=46086, G=46086, K=Styled(46086, "yyyy-mm-dd"))
    reading = read_ledger(of_lines(line), TODAY)
    assert reading.rows[0].agreed_investment == 46086 * 10**6
    assert reading.rows[0].signed_on == date(2026, 3, 5)
    assert [(row, column) for row, column, _, _ in said(reading, "NUMBER")] == [(2, "K")]


# ---------------------------------------------------------------- amounts and areas under a format


SHOWN: list[tuple[float, str, int]] = [
    (12.5, '0.00"亿元"', 1250 * MILLION_YUAN),
    (12.3456, '0.00"亿"', 123456 * MILLION_YUAN // 100),
    (125000, '0!.0000"亿元"', 1250 * MILLION_YUAN),
    (125000.6, '0!.0000"亿元"', 1250006 * MILLION_YUAN // 1000),
    (1250000000, '0.00,,"百万"', 1250 * MILLION_YUAN),
    (12500, '"¥"#,##0.00', 125 * MILLION_YUAN),
    (12500, '#,##0.00"万元"', 125 * MILLION_YUAN),
    (4.11522633333333, '0.00"亿元"', 41152263333),
    (12500, "0.00_);[Red](0.00)", 125 * MILLION_YUAN),
    (12500, "[$¥-zh-CN]#,##0", 125 * MILLION_YUAN),
    (12500, "[$￥-10804]#,##0", 125 * MILLION_YUAN),
    (12500, "[$CNY-409] #,##0", 125 * MILLION_YUAN),
]
UNCLEAR: list[tuple[float, str, tuple[str, ...]]] = [
    (0.8, "0%", ("“80%”", "0.8", "百分比")),
    (12500000, "#,##0,", ("“12,500”", "12500000", "1.25 亿元", "1,250 亿元")),
    (12500, "[$$-409]#,##0.00", ("“$12,500.00”", "人民币")),
    (12500, "[$¥-411]#,##0", ("“¥12,500”", "人民币")),
    (12500, ";;;", ("显示不出来", "12500")),
    (12500, '0.0"套"', ("“12500.0套”",)),
    (20260305, "0000-00-00", ("“2026-03-05”", "看不出")),
    (12500, "[$¥-ja-JP]#,##0", ("“¥12,500”", "人民币")),
    (12500, "[$￥-ja]#,##0", ("“￥12,500”", "人民币")),
    (12500, "[$¥-10411]0", ("“¥12500”", "人民币")),
    (12500, "[$¥-en-US]0", ("“¥12500”", "人民币")),
    (12500, "[$元-zh-TW]0", ("“元12500”", "人民币")),
    (12500, "[$亿-411]0", ("“亿12500”", "人民币")),
    (12.5, '0"0000"', ("“130000”", "12.5", "看不出")),
    (12.5, "0!0!0!0!0", ("“130000”", "12.5", "看不出")),
    (12.5, '0.0"0"', ("“12.50”", "看不出")),
    (12.5, '0.00"1亿元"', ("“12.501亿元”", "看不出")),
    (12.5, '"1"0.0', ("“112.5”", "看不出")),
    (12.5, '0.0"②"', ("“12.5②”", "看不出")),
    (12.5, '0.0"+"', ("“12.5+”", "确切")),
]


def under_formats(kind: str, formats: Sequence[tuple[float, str]]) -> Reading:
    """A ledger whose amounts have these formats, a project each."""
    lines = [cells(f"第{at}号项目", D=Styled(*each)) for at, each in enumerate(formats)]
    return read_ledger(read("台账", WRITERS[kind](("台账", [HEAD, *lines]))), TODAY)


@pytest.mark.parametrize("kind", WRITERS)
def test_an_amount_is_read_as_it_is_shown(kind: str) -> None:
    reading = under_formats(kind, [each[:2] for each in SHOWN])
    assert [row.agreed_investment for row in reading.rows] == [fen for _, _, fen in SHOWN]
    assert not reading.wrong


@pytest.mark.parametrize("kind", WRITERS)
def test_what_a_format_makes_unclear_is_an_error_that_says_what_is_shown_and_what_is_kept(
    kind: str,
) -> None:
    reading = under_formats(kind, [each[:2] for each in UNCLEAR])
    assert {row.agreed_investment for row in reading.rows} == {None}
    issues = said(reading, "MONEY")
    assert [row for row, _, _, _ in issues] == list(range(2, len(UNCLEAR) + 2))
    for (_, _, words), (_, column, _, message) in zip(UNCLEAR, issues, strict=True):
        assert column == "D"
        assert not [word for word in words if word not in message]


def test_what_is_shown_and_read_otherwise_than_the_heading_says_stands_beside_it() -> None:
    line = cells("甲项目", D=Styled(12.5, '0.00"亿元"'), K=Styled(2, '0.0"公顷"'))
    reading = read_ledger(of_lines(line), TODAY)
    assert reading.rows[0].land_mu == 30
    amount, area = said(reading, "FORMAT")
    assert all(word in amount[3] for word in ("“12.50亿元”", "12.5 亿元", "“万元”"))
    assert all(word in area[3] for word in ("“2.0公顷”", "30 亩", "“亩”"))
    same = cells("乙项目", D=Styled(125000, '0!.0000"亿元"'), I=Styled(0, '"¥"#,##0'))
    again = read_ledger(of_lines(same), TODAY)
    assert (again.rows[0].agreed_investment, again.rows[0].paid_in_total) == (
        1250 * MILLION_YUAN,
        0,
    )
    assert not said(again, "FORMAT")


def styled_by_conditions(data: bytes, *codes: str) -> bytes:
    """A workbook with formats of conditions, which number them as its cells' own are numbered."""
    parts = unpacked(data)
    conditions = "".join(
        f'<dxf><numFmt numFmtId="170" formatCode={quoteattr(code)}/></dxf>' for code in codes
    )
    parts["xl/styles.xml"] = parts["xl/styles.xml"].replace(
        "</styleSheet>", f"<dxfs>{conditions}</dxfs></styleSheet>"
    )
    return packed(parts)


def test_the_format_of_a_condition_is_none_of_the_cells_that_have_its_number() -> None:
    line = cells("甲项目", D=Styled(12.5, '0.00"亿元"'))
    data = styled_by_conditions(xlsx(("台账", [HEAD, line])), "0.00")
    reading = read_ledger(read("台账", data), TODAY)
    assert reading.rows[0].agreed_investment == 1250 * MILLION_YUAN


CONDITIONS = (
    '<conditionalFormatting sqref="D2:D3 I2"><cfRule type="expression" dxfId="0" priority="1">'
    "<formula>TRUE</formula></cfRule></conditionalFormatting>"
    '<conditionalFormatting sqref="K2:K9"><cfRule type="expression" dxfId="1" priority="2"/>'
    "</conditionalFormatting>"
    '<extLst><ext><x:conditionalFormattings xmlns:x="urn:x"><x:conditionalFormatting><x:cfRule>'
    '<x:dxf><x:numFmt numFmtId="171" formatCode="0%"/></x:dxf></x:cfRule>'
    '<m:sqref xmlns:m="urn:m">J3</m:sqref></x:conditionalFormatting></x:conditionalFormattings></ext></extLst>'
)


def test_a_format_that_a_condition_gives_is_said_or_refused() -> None:
    """No condition is computed; one that may show another amount leaves the amount unclear."""
    lines = cells("甲项目"), cells("乙项目"), cells("丙项目", G=Styled(46086, "yyyy-mm-dd"))
    days = '<conditionalFormatting sqref="G4"><cfRule dxfId="1"/></conditionalFormatting>'
    data = xlsx(("台账", [HEAD, *lines]), after=days + CONDITIONS)
    grid = read("台账", styled_by_conditions(data, '0.00"亿元"', "0.00"))
    reading = read_ledger(grid, TODAY)
    assert [row.agreed_investment for row in reading.rows] == [None, None, 125 * MILLION_YUAN]
    assert [row.land_mu for row in reading.rows] == [100, 100, 100]
    assert reading.rows[2].signed_on == date(2026, 3, 5)
    wrong = [(i.row, i.column) for i in reading.issues if i.severity == Severity.ERROR]
    assert wrong == [(2, "D"), (2, "I"), (3, "D"), (3, "J")]
    messages = [message for row, column, _, message in said(reading, "MONEY") if column == "D"]
    assert all(word in messages[0] for word in ("条件格式", "“12500.00亿元”", "12500，"))
    doubts = [(row, column) for row, column, *_ in said(reading, "FORMAT")]
    assert doubts == [(2, "K"), (3, "K"), (4, "G"), (4, "K")]


@pytest.mark.parametrize("areas", ["A1 " * 300 + "D2", "D2"])
def test_of_more_conditions_than_are_kept_each_holds_for_the_whole_sheet(areas: str) -> None:
    rule = '<cfRule type="expression" dxfId="{}"/></conditionalFormatting>'
    many = ('<conditionalFormatting sqref="A1">' + rule.format(1)) * 300
    last = f'<conditionalFormatting sqref="{areas}">' + rule.format(0)
    data = xlsx(("台账", [HEAD, cells("甲项目")]), after=many + last)
    grid = read("台账", styled_by_conditions(data, '0.00"亿元"', "0.00"))
    assert len(grid.conditional) <= 202
    assert read_ledger(grid, TODAY).rows[0].agreed_investment is None


def test_texts_and_codes_are_what_is_seen_of_a_number() -> None:
    head = [*HEAD, "行业类别（国标）", "项目编号", "备注"]
    coded = {"L": Styled(111, "0000"), "M": Styled(1, '"2026-"0000'), "N": Styled(0.5, "0%")}
    line = cells("甲项目", G=Styled(20260305, "0000-00-00"), **coded)
    row = read_ledger(read("台账", xlsx(("台账", [head, line]))), TODAY).rows[0]
    assert (row.industry_code, row.no, row.remark) == ("A0111", "2026-0001", "50%")
    assert row.signed_on == date(2026, 3, 5)


CODED = [*HEAD, "行业类别（国标）", "项目编号", "项目代码", "统一社会信用代码", "联系电话"]
KEPT: list[tuple[str, object, str, str]] = [
    ("L", Styled(132, "0000"), "industry_code", "A0132"),
    ("L", Styled(132, '"A"0000'), "industry_code", "A0132"),
    ("L", Styled(1321, "0"), "industry_code", "C1321"),
    ("M", Styled(187, "000000"), "no", "000187"),
    ("N", Styled(123456789012, "0"), "approval_code", "123456789012"),
    ("P", Styled(2826110000, "00000000000"), "contact_phone", "02826110000"),
    ("P", Styled(13800001111, "0.00E+00"), "contact_phone", "13800001111"),
]
LOST: list[tuple[str, object, tuple[str, ...]]] = [
    ("L", 132, ("“132”", "前面的 0")),
    ("L", Styled(132, "0"), ("“132”", "前面的 0")),
    ("L", Styled(1, "00"), ("“01”", "不足四位")),
    ("M", Styled(123400000, "0.00E+00"), ("“1.23E+08”", "123400000", "文本格式")),
    ("N", "2.60651E+17", ("“2.60651E+17”", "末几位")),
    ("N", 260651200204011234, ("末几位",)),
    ("O", Styled(91512000123456700, "0.00E+00"), ("信用代码", "末几位")),
    ("O", "9.1512E+17", ("信用代码", "末几位")),
    ("P", "1.38E+10", ("“1.38E+10”", "末几位")),
    ("P", Styled(13800000000, "0.00E+00"), ("“1.38E+10”", "13800000000")),
    ("P", 2826110000, ("“2826110000”", "区号前的 0")),
]


@pytest.mark.parametrize("kind", WRITERS)
def test_codes_keep_the_digits_that_their_format_shows_or_are_errors(kind: str) -> None:
    """What a person sees of a code is the code; where the digits of a number may not be all, it says what is seen."""
    found = [
        cells(f"第{at}号项目", **{letter: value}) for at, (letter, value, *_) in enumerate(KEPT)
    ]
    lost = [cells(f"另{at}号项目", **{letter: value}) for at, (letter, value, _) in enumerate(LOST)]
    grid = read(
        "台账", WRITERS[kind](("台账", [CODED, *found, *[_as_float(each) for each in lost]]))
    )
    reading = read_ledger(grid, TODAY)
    rows_ = reading.projects
    for row, (_, _, field, code) in zip(rows_, KEPT, strict=False):
        assert getattr(row, field) == code, code
    assert [each[1] for each in said(reading, "FORMAT")] == ["P"]
    wrong = [issue for issue in reading.issues if issue.severity == Severity.ERROR]
    assert [issue.row for issue in wrong] == [2 + len(KEPT) + at for at in range(len(LOST))]
    for (letter, _, words), issue in zip(LOST, wrong, strict=True):
        assert issue.column == letter
        assert not [word for word in words if word not in issue.message], issue.message


def _as_float(line: Sequence[object]) -> list[object]:
    """Integers that an .xls does not keep in 30 bits as it keeps them, in a double."""
    large = 2**29
    return [float(each) if type(each) is int and each >= large else each for each in line]


def test_an_amount_with_an_exponent_is_the_number_that_is_kept() -> None:
    reading = read_ledger(of_lines(cells("甲项目", D=Styled(12500, "0.00E+00"))), TODAY)
    assert reading.rows[0].agreed_investment == 125 * MILLION_YUAN
    assert not reading.wrong


def test_a_currency_sign_is_no_unit_and_a_unit_in_a_format_is_one() -> None:
    head = [title.replace("（万元）", "") for title in HEAD]
    bare, own = Styled(12500, '"¥"#,##0'), Styled(12.5, '0.0"亿元"')
    lines = cells("甲项目", D=bare, I=None, J=None), cells("乙项目", D=own, I=None, J=None)
    grid = read("台账", xlsx(("台账", [head, *lines])))
    reading = read_ledger(grid, TODAY)
    assert [row.agreed_investment for row in reading.rows] == [None, 1250 * MILLION_YUAN]
    assert [(row, column) for row, column, _, _ in said(reading, "UNIT")] == [(1, ""), (2, "D")]
    chosen = read_ledger(grid, TODAY, Answers(units={"money": "万元"}))
    assert chosen.rows[0].agreed_investment == 125 * MILLION_YUAN


def test_an_amount_kept_as_text_is_not_scaled_unsaid() -> None:
    head = [*HEAD, "其中：市外出资（万元）"]
    shown = (
        cells("甲项目", L=Styled(1.2, '0.0"亿元"')),
        cells("乙项目", L=Styled(12000000, "#,##0,")),
    )
    reading = read_ledger(read("台账", xlsx(("台账", [head, *shown]))), TODAY)
    assert reading.rows[0].more == {"agreed_out_of_city": "1.2亿元"}
    assert [(row, column) for row, column, _, _ in said(reading, "TEXT")] == [(3, "L")]


def test_a_heading_may_be_a_number_with_words() -> None:
    head = [*HEAD[:-1], Styled(2026, '0"年度备注"')]
    header = read_ledger(read("台账", xlsx(("台账", [head, cells("甲项目")]))), TODAY).header
    assert header.headings[-1].title == "2026年度备注"


def test_a_formula_without_a_value_and_an_error_are_errors_of_their_cells() -> None:
    missing = Xml('<c r="{r}"><f>D2*0.1</f></c>')
    error = Xml('<c s="0" r="{r}" t="e"><v>#REF!</v></c>')
    number = Xml('<c r="{r}"><f>ROW()-1</f></c>')
    grid = of_lines(
        cells("甲", A=number, I=missing), cells("乙", I=error), [number, *[missing] * 9]
    )
    reading = read_ledger(grid, TODAY)
    first, second = said(reading, "FORMULA")
    assert first[:2] == (2, "I")
    assert "保存" in first[3]
    assert second[:2] == (3, "I")
    assert "#REF!" in second[3]
    assert (len(reading.rows), reading.skipped.blank) == (2, 1)


# ---------------------------------------------------------------- rows, columns and sheets


FILTER = '<autoFilter ref="A1:K4"><filterColumn colId="1"><filters/></filterColumn></autoFilter>'


def hidden_book(kind: str, filtered: bool = False) -> bytes:
    lines = [HEAD, cells("甲项目"), cells("乙项目"), cells("丙项目")]
    if kind == "xls":
        return xls(("台账", lines), hidden_rows=[2], filtered=filtered)
    return xlsx(("台账", lines), rows={3: 'hidden="true"'}, after=FILTER if filtered else "")


@pytest.mark.parametrize("kind", WRITERS)
@pytest.mark.parametrize("filtered", [False, True])
def test_a_project_in_a_hidden_row_waits_for_the_office_s_choice(kind: str, filtered: bool) -> None:
    grid = read("台账", hidden_book(kind, filtered))
    assert grid.filtered_rows == (frozenset({2}) if filtered else frozenset())
    assert grid.hidden_rows == (frozenset() if filtered else frozenset({2}))
    reading = read_ledger(grid, TODAY)
    assert [row.name for row in reading.importable] == ["甲项目", "丙项目"]
    whole, line = said(reading, "HIDDEN")
    assert (whole[0], line[0]) == (0, 3)
    assert "第 3 行" in whole[3]
    assert ("筛选" in whole[3]) == ("筛选" in line[3]) == filtered

    chosen = read_ledger(grid, TODAY, hidden=HiddenParts.READ)
    assert [row.name for row in chosen.importable] == ["甲项目", "乙项目", "丙项目"]
    left = read_ledger(grid, TODAY, hidden=HiddenParts.LEAVE)
    assert [row.name for row in left.rows] == ["甲项目", "丙项目"]
    assert (left.skipped.hidden, len(said(left, "HIDDEN"))) == (1, 1)


def test_a_filter_of_a_table_hides_as_one_of_the_sheet_does() -> None:
    parts = unpacked(hidden_book("xlsx"))
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    parts["xl/worksheets/_rels/sheet1.xml.rels"] = (
        f'<Relationships><Relationship Id="t" Type="{office}/table" Target="../tables/t.xml"/></Relationships>'
    )
    parts["xl/tables/t.xml"] = f'<table ref="A1:K4">{FILTER}</table>'
    assert read("台账", packed(parts)).filtered_rows == {2}


@pytest.mark.parametrize("kind", WRITERS)
def test_a_visible_column_is_read_before_a_hidden_one(kind: str) -> None:
    head = [*HEAD[:3], "总投资（万元）", *HEAD[3:]]
    line = cells("甲项目")
    lines = [head, [*line[:3], 999, *line[3:]]]
    cols = '<cols><col min="4" max="4" width="9" hidden="1"/></cols>'
    if kind == "xlsx":
        grid = read("台账", xlsx(("台账", lines), before=cols))
    else:
        grid = read("台账", xls(("台账", lines), hidden_columns=[3]))
    reading = read_ledger(grid, TODAY)
    assert reading.rows[0].agreed_investment == 125 * MILLION_YUAN
    [(_, column, _, message)] = said(reading, "HIDDEN")
    assert column == "D"
    assert "读取的是 E 列" in message
    assert not reading.wrong


def test_a_hidden_column_without_another_is_read_and_said_or_left_out_by_choice() -> None:
    cols = '<cols><col min="11" max="11" width="0" customWidth="1"/></cols>'
    grid = of_lines(cells("甲项目"), before=cols)
    reading = read_ledger(grid, TODAY)
    assert reading.rows[0].land_mu == 100
    assert [(column, "已读取" in message) for _, column, _, message in said(reading, "HIDDEN")] == [
        ("K", True)
    ]
    left = read_ledger(grid, TODAY, hidden=HiddenParts.LEAVE)
    assert left.rows[0].land_mu is None
    assert "不读取" in said(left, "HIDDEN")[0][3]


def test_two_visible_columns_for_one_field_ask_where_they_differ() -> None:
    head = [*HEAD, "总投资（亿元）"]
    same, other = cells("甲项目", L=1.25), cells("乙项目", L=3)
    grid = read("台账", xlsx(("台账", [head, same, other, cells("丙项目")])))
    reading = read_ledger(grid, TODAY)
    (whole, column, _, question), (row, first, _, message) = said(reading, "COLUMNS")
    assert (whole, column, row, first) == (1, "L", 3, "D")
    assert "有 1 行内容不同" in question
    assert all(word in message for word in ("“12500”", "“3”", "L 列"))
    by_hand = read_ledger(grid, TODAY, Answers({"D": "agreed_investment"}))
    assert not by_hand.wrong


def test_every_other_sheet_is_named_with_what_it_holds_and_why_it_is_not_read() -> None:
    data = xlsx(
        ("台账", [HEAD, cells("甲项目")]),
        ("续表", [cells("乙项目"), cells("丙项目")]),
        ("说明", [["填写说明"], ["一、按月填报"]]),
        ("旧台账", [HEAD, cells("丁项目")]),
        ("空", []),
        states={"旧台账": "veryHidden"},
    )
    grids = read_all("台账", data)
    ledger = the_ledger(grids)
    found = list(other_sheets(grids, ledger, read_ledger(ledger, TODAY).header))
    assert [(each.title, each.severity) for each in found] == [
        (name, Severity.WARNING) for name in ("续表", "说明", "旧台账")
    ]
    assert ["2 行像是台账的续页" in found[0].message, "2 行" in found[1].message] == [True, True]
    assert "隐藏" in found[2].message
    assert "1 个项目" in found[2].message
    assert the_ledger(grids, "旧台账").name == "旧台账"


def test_a_workbook_of_hidden_sheets_alone_has_no_content() -> None:
    with pytest.raises(RuleBroken, match="没有内容"):
        read_all("台账", xlsx(("台账", [HEAD]), states={"台账": "hidden"}))


def test_a_hidden_sheet_is_not_refused_for_its_size() -> None:
    large = [[None] * 300 + [1]]
    first, other = read_all(
        "台账", xlsx(("台账", [HEAD, cells("甲项目")]), ("旧", large), states={"旧": "hidden"})
    )
    assert (first.name, other.too_large, other.rows) == ("台账", True, [])
    with pytest.raises(RuleBroken, match="用到第 301 列"):
        read_all("台账", xlsx(("台账", [HEAD]), ("旧", large)))


def test_the_result_file_shows_what_the_uploaded_one_shows() -> None:
    lines = [HEAD, cells("甲项目", D=Styled(12.5, '0.00"亿元"')), cells("乙项目")]
    grid = read("台账", xlsx(("台账", lines), rows={3: 'hidden="1"'}))
    again = read("结果.xlsx", result_workbook(grid, read_ledger(grid, TODAY)))
    assert again.cell(1, 3) == Number(12.5, '0.00"亿元"')
    assert again.hidden_rows == {2}


def test_what_the_ordinary_writer_makes_is_read_with_its_formats() -> None:
    out = BytesIO()
    book = xlsxwriter.Workbook(out)
    sheet = book.add_worksheet("台账")
    sheet.write_row(0, 0, HEAD)
    sheet.write_row(1, 0, cells("甲项目"))
    sheet.write(1, 3, 12.5, book.add_format({"num_format": '0.00"亿元"'}))
    sheet.write(1, 6, 46086, book.add_format({"num_format": 14}))
    sheet.write_formula(1, 8, "=D2*1000")
    sheet.set_row(1, None, None, {"hidden": True})
    book.close()
    grid = read("台账.xlsx", out.getvalue())
    assert grid.cell(1, 3) == Number(12.5, '0.00"亿元"')
    assert (grid.cell(1, 6), grid.cell(1, 8)) == (date(2026, 3, 5), Uncomputed("D2*1000"))
    assert grid.hidden_rows == {1}


@pytest.mark.parametrize("kind", WRITERS)
def test_a_code_that_became_a_day_is_refused_and_a_text_is_what_is_shown(kind: str) -> None:
    head = [*HEAD, "项目编号", "项目代码", "备注", "行业类别（国标）"]
    lines = [
        cells(
            "甲项目", L=Styled(46082, "yyyy-m"), M=Styled(46082, "mmm-yy"), N=Styled(46093, "m-d")
        ),
        cells("乙项目", N=Styled(46086, "yyyy/m/d"), O=Styled(46082, "yyyy-mm-dd")),
    ]
    grid = read("台账", WRITERS[kind](("台账", [head, *lines])))
    reading = read_ledger(grid, TODAY)
    assert [row.remark for row in reading.projects] == ["3-12", "2026-03-05"]
    wrong = [each for each in reading.issues if each.severity == Severity.ERROR]
    assert [(each.row, each.column) for each in wrong] == [(2, "L"), (2, "M"), (3, "O")]
    shown = ("“2026-3”", "“Mar-26”", "“2026-03-01”")
    assert all(
        text in each.message and "文本格式" in each.message
        for each, text in zip(wrong, shown, strict=True)
    )
    assert {row.no for row in reading.projects} == {""}


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("[h]:mm", "不是日期"),
        ("h:mm", "不是日期"),
        ("0.00E+00", "“4.61E+04”"),
        ('"2027-"mm-dd', "“2027-03-05”"),
        ('"计划2027年"m"月"', "“计划2027年3月”"),
    ],
)
def test_a_day_that_is_not_seen_as_that_day_is_refused(code: str, words: str) -> None:
    reading = read_ledger(of_lines(cells("甲项目", G=Styled(46086, code))), TODAY)
    [(_, column, _, message)] = said(reading, "DAY")
    assert column == "G"
    assert words in message
    assert reading.rows[0].signed_on is None


def test_what_is_no_cell_of_the_sheet_is_not_read_as_one() -> None:
    """Extensions, and content for newer versions of a program, are beside the sheet."""
    space = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    within = Xml(
        f'<c r="{{r}}"><v>100</v><extLst><ext><v>99</v><c {space}><v>98</v></c></ext></extLst></c>'
    )
    choice = Xml(
        '<m:AlternateContent xmlns:m="urn:m"><m:Choice><c r="{r}"><v>99</v></c></m:Choice>'
        '<m:Fallback><c r="{r}"><v>12500</v></c></m:Fallback></m:AlternateContent>'
    )
    behind = '<extLst><ext uri="u"><row r="2"><c r="D2"><v>99</v></c></row></ext></extLst>'
    grid = of_lines(cells("甲项目", D=choice, K=within), after=behind)
    assert (grid.cell(1, 3), grid.cell(1, 10), len(grid.rows)) == (12500, 100, 2)


@pytest.mark.parametrize(
    "cell",
    [
        '<c r="D3"><v>99</v></c>',
        '<c r="{r}" t="s"><v>-1</v></c>',
        '</row><row r="2"><c><v>1</v></c>',
    ],
)
def test_a_cell_in_another_row_or_an_unknown_text_makes_a_file_unreadable(cell: str) -> None:
    parts = unpacked(xlsx(("台账", [HEAD, cells("甲项目", D=Xml(cell))])))
    with pytest.raises(RuleBroken, match="读不出来"):
        read("台账", packed(parts))


def test_what_is_no_number_is_a_text_and_refused_where_one_is_due() -> None:
    line = cells("甲项目", D=Xml('<c r="{r}"><v>1_25</v></c>'), K=Xml('<c r="{r}"><v>NaN</v></c>'))
    reading = read_ledger(of_lines(line), TODAY)
    assert [each[1] for each in said(reading) if each[2] in ("MONEY", "NUMBER")] == ["D", "K"]


def test_merged_ranges_end_with_the_sheet_and_do_not_overlap() -> None:
    """A range down to the last row of Excel costs no more than the rows that there are."""
    ranges = ["A3:B1048576", *["A5:C1048576"] * 3, "A2:XFD1048576", "C2:C3", "C3:D3", "XFC1:XFD2"]
    after = "".join(f'<mergeCell ref="{each}"/>' for each in ranges)
    lines = cells("甲项目"), cells("乙项目"), cells("丙项目")
    grid = of_lines(*lines, after=f"<mergeCells>{after}</mergeCells>")
    assert grid.merged == (Merged(2, 0, 3, 1), Merged(1, 2, 2, 2))
    last = 10**12
    far = replace(of_lines(*lines), merged=[Merged(1, 2, last, 2), Merged(5, 0, last, last)])
    assert [row.investor_name for row in read_ledger(far, TODAY).rows] == ["四川甲项目有限公司"] * 3


# ---------------------------------------------------------------- the office's choice


BATCH = "query B($no: String!) { batch(no: $no) { hidden skipped { hidden } issues { code } } }"


async def test_the_office_chooses_what_becomes_of_hidden_rows_and_the_choice_stays(
    ledger_city: City,
) -> None:
    city = ledger_city
    file = sent(hidden_book("xlsx"), "台账.xlsx")
    batch = (await city.done(city.office, "ledgerPreview", file=file))["batch"]
    assert batch["wrongCount"] == 1
    codes = [issue["code"] for row in await rows(city, batch) for issue in row["issues"]]
    assert "HIDDEN" in codes
    refused = await city.act(city["yanjiang"], "ledgerPreview", **on(batch), hidden="READ")
    assert refused["userErrors"]

    left = (await city.done(city.office, "ledgerPreview", **on(batch), hidden="LEAVE"))["batch"]
    again = (await city.done(city.office, "ledgerPreview", **on(left)))["batch"]
    found = (await city.run(city.office, BATCH, no=batch["no"]))["batch"]
    assert (again["wrongCount"], found["hidden"], found["skipped"]) == (0, "LEAVE", {"hidden": 1})
    read_all_of_it = await city.done(city.office, "ledgerPreview", **on(again), hidden="READ")
    whole = await brought_in(city, read_all_of_it["batch"])
    assert whole["migratedCount"] == 3
