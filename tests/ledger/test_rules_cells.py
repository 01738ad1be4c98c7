"""One cell at a time: what people type, what it is parsed as, and the message they get."""

from datetime import date, datetime
from decimal import Decimal

import pytest

from schema.city.rules import RuleBroken
from schema.entries.rules import SourceOfCapital
from schema.ledger.rules import read_ledger, words
from schema.ledger.rules.cell import Column, Parsed, cell_text, is_blank, is_error_value
from schema.ledger.rules.formatted import as_kept
from schema.ledger.rules.parsers import KINDS
from schema.project.rules import CapitalOrigin, Stage
from schema.sheet import Cell, Grid, Month, Number, Year
from schema.signing.rules import AgreementKind

TODAY = date(2026, 11, 22)
COLUMN = Column("协议总投资", "万元", 200, TODAY)
WAN, YI = 10**6, 10**10


def parse(kind: str, cell: Cell, column: Column = COLUMN) -> Parsed:
    return KINDS[kind].parser(cell, column)


def refusal(kind: str, cell: Cell, column: Column = COLUMN) -> str:
    with pytest.raises(RuleBroken) as refused:
        parse(kind, cell, column)
    assert refused.value.code == "INVALID"
    return refused.value.message


@pytest.mark.parametrize(
    "cell",
    [
        None,
        "",
        "  ",
        "\u00a0",
        "\u3000",
        "/",
        "—",
        "——",
        "－",
        "无",
        " 无 ",
        "暂无",
        "N/A",
        "待定",
        "…",
    ],
)
def test_dashes_and_words_for_nothing_are_blank(cell: Cell) -> None:
    assert is_blank(cell)


@pytest.mark.parametrize("cell", [0, 0.0, False, "0", "无锡", "-5", "待定后补", "空调", "无" * 20])
def test_a_nought_and_words_that_begin_like_nothing_are_not_blank(cell: Cell) -> None:
    assert not is_blank(cell)


@pytest.mark.parametrize("cell", ["#REF!", " #N/A ", "#DIV/0!", "#VALUE!", "#NAME?", "#num!"])
def test_an_error_of_a_formula_is_known(cell: Cell) -> None:
    assert is_error_value(cell)
    assert not is_error_value(f"{cell}1")


@pytest.mark.parametrize(
    ("cell", "fen"),
    [
        (12500, 12500 * WAN),
        (12500.0, 12500 * WAN),
        (1234.56, 1_234_560_000),
        ("12500", 12500 * WAN),
        ("１２，５００．５", 12_500_500_000),
        ("1.2亿", 12 * YI // 10),
        ("1.2 亿元", 12 * YI // 10),
        ("12000万元 ", 12_000 * WAN),
        ("120000000元", 12 * YI // 10),
        ("人民币3200万元", 3_200 * WAN),
        ("1亿2000万", 12 * YI // 10),
        (0, 0),
    ],
)
def test_amounts_are_read_in_the_unit_of_the_column_or_in_their_own(cell: Cell, fen: int) -> None:
    assert parse("money", cell) == Parsed(fen)


def test_the_unit_of_the_column_counts_for_bare_numbers_only() -> None:
    in_yi = Column("总投资", "亿元", 200, TODAY)
    assert parse("money", 1.2, in_yi).value == 12 * YI // 10
    assert parse("money", "1.2", in_yi).value == 12 * YI // 10
    assert parse("money", "5000万", in_yi).value == 5000 * WAN
    assert parse("money", 5_000_000, Column("总投资", "元", 200, TODAY)).value == 500 * WAN


@pytest.mark.parametrize(
    "cell",
    [
        "约1.2亿",
        "1.2亿左右",
        "近1.2亿元",
        "预计1.2亿",
        "1.2亿（预计）",
        "约１２０００万元",
        "拟投资1.2亿",
    ],
)
def test_an_estimate_is_read_and_marked(cell: str) -> None:
    estimate = parse("money", cell)
    assert (estimate.value, estimate.code) == (12 * YI // 10, "ESTIMATE")
    assert f"“{cell}”按估计数" in estimate.doubt


@pytest.mark.parametrize(
    "cell",
    [
        "面议", "10-15亿", "1.2亿以上", "-500", -500, "1000万美元", "1.2亿3", "1e5", "12 500", True,
        date(2026, 3, 5), "２０亿至３０亿", 10**12, "一千万左右吧",
    ],
)  # fmt: skip
def test_what_is_no_exact_amount_is_refused_with_an_example(cell: Cell) -> None:
    message = refusal("money", cell)
    assert "请" in message
    assert "亿" in message or "冲销" in message or "外币" in message


def test_an_amount_in_a_column_of_foreign_money_is_refused() -> None:
    assert "外币" in refusal("money", 1000, Column("总投资（万美元）", "万美元", 200, TODAY))


@pytest.mark.parametrize(
    ("cell", "unit", "words_said"),
    [
        (12_500_000, "亿元", "1 万亿元"),
        (800, "亿元", "超过 500 亿元"),
        (1.2, "万元", "不足 10 万元"),
    ],
)
def test_an_amount_whose_unit_is_likely_wrong_is_doubted_or_refused(
    cell: float, unit: str, words_said: str
) -> None:
    column = Column("协议总投资", unit, 200, TODAY)
    if unit == "亿元" and cell > 10_000:
        assert words_said in refusal("money", cell, column)
    else:
        doubted = parse("money", cell, column)
        assert doubted.code == "UNIT"
        assert words_said in doubted.doubt


@pytest.mark.parametrize(
    ("cell", "day"),
    [
        (date(2026, 3, 5), date(2026, 3, 5)),
        (datetime.fromisoformat("2026-03-05T09:30"), date(2026, 3, 5)),
        (46086, date(2026, 3, 5)),
        (46086.4, date(2026, 3, 5)),
        ("46086", date(2026, 3, 5)),
        (20260305, date(2026, 3, 5)),
        ("20260305", date(2026, 3, 5)),
        ("2026-03-05", date(2026, 3, 5)),
        ("2026.3.5", date(2026, 3, 5)),
        ("2026/3/5", date(2026, 3, 5)),
        (" ２０２６年３月５日 ", date(2026, 3, 5)),
        ("2026.3", date(2026, 3, 1)),
        (2026.3, date(2026, 3, 1)),
        (2026.11, date(2026, 11, 1)),
        ("2026.01", date(2026, 1, 1)),
        ("2026.10", date(2026, 10, 1)),
        ("2026年3月", date(2026, 3, 1)),
        ("2026 年 3 月份", date(2026, 3, 1)),
    ],
)
def test_days_are_read_however_they_are_kept(cell: Cell, day: date) -> None:
    assert parse("plan", cell).value == day


@pytest.mark.parametrize(
    "cell", ["2026年3月底", "2026年3月上旬", "约2026年3月", "2026.3左右", "2026年3月前"]
)
def test_about_a_month_is_its_first_day_and_marked(cell: str) -> None:
    estimate = parse("plan", cell)
    assert (estimate.value, estimate.code) == (date(2026, 3, 1), "ESTIMATE")


@pytest.mark.parametrize(
    ("cell", "day"),
    [
        ("2026年10月", date(2026, 10, 31)),
        ("2026.02", date(2026, 2, 28)),
        ("2026-10", date(2026, 10, 31)),
        (2025.12, date(2025, 12, 31)),
        (Month(2026, 10, 1), date(2026, 10, 31)),
        (Month(2026, 10, 15), date(2026, 10, 31)),
        ("2026年10月底", date(2026, 10, 31)),
        ("2026年10月末", date(2026, 10, 31)),
    ],
)
def test_a_month_of_figures_is_its_last_day_whenever_it_is_read(cell: Cell, day: date) -> None:
    for today in (TODAY, date(2026, 11, 30), date(2027, 3, 1)):
        found = parse("by_month", cell, Column("月份", "", 200, today))
        assert (found.value, type(found.value), found.code) == (day, date, "ESTIMATE")
        assert f"按 {day} 读取" in found.doubt


@pytest.mark.parametrize("cell", ["2026年11月", "2026.11", 2026.11, Month(2026, 11, 1)])
def test_a_month_that_still_runs_is_asked_for_its_day(cell: Cell) -> None:
    """Read on two days, it would be two days, and one figure two."""
    for day in (18, 29):
        column = Column("月份", "", 200, date(2026, 11, day))
        assert "还没有过完，请写明哪一天" in refusal("by_month", cell, column)
    ended = parse("by_month", cell, Column("月份", "", 200, date(2026, 11, 30)))
    assert ended.value == date(2026, 11, 30)
    assert "还没有到" in refusal("by_month", "2026年12月")
    assert "还没有到" in refusal("by_month", "2026年11月底")


@pytest.mark.parametrize("kind", ["by_month", "coming_day", "past_day"])
def test_a_list_takes_no_first_of_the_month_for_what_is_about_it(kind: str) -> None:
    for typed in (
        "2026年10月下旬",
        "2026年10月上旬",
        "2026年10月中旬",
        "约2026年10月",
        "2026.10左右",
    ):
        assert "看不出是哪一天" in refusal(kind, typed), typed
    assert "请写成" in refusal(kind, "10月底"), "a month without its year is one by the clock alone"
    assert "只有年份" in refusal(kind, Year(2026, 10, 1))
    assert parse(kind, "2026年10月底").value == date(2026, 10, 31)
    assert parse(kind, date(2026, 10, 1)).value == date(2026, 10, 1)


@pytest.mark.parametrize("kind", ["coming_day", "past_day"])
def test_a_list_that_needs_a_day_asks_for_the_one_that_a_month_does_not_say(kind: str) -> None:
    for cell in ("2026年10月", "2026.10", Month(2026, 10, 1)):
        assert "没有写日，请写明哪一天" in refusal(kind, cell)


def test_the_ledger_reads_a_cell_that_shows_its_month_as_the_month() -> None:
    for kind in ("plan", "past"):
        assert parse(kind, Month(2026, 3, 1)) == parse(kind, "2026年3月")
        shown = parse(kind, Month(2026, 3, 15))
        assert (shown.value, shown.code) == (date(2026, 3, 1), "FORMAT")
        assert "只显示到月，存的是 2026-03-15" in shown.doubt
        assert "只有年份" in refusal(kind, Year(2026, 3, 15))
    assert parse("plans", Month(2026, 3, 1)).value == (date(2026, 3, 1), None, None)


@pytest.mark.parametrize(
    "cell",
    [
        "尽快",
        "2026",
        2026,
        "2026年",
        "2026-13-01",
        "2026-02-30",
        "1926-03-05",
        12,
        True,
        2026.1,
        "3月5日",
    ],
)
def test_what_is_no_day_is_refused_with_an_example(cell: Cell) -> None:
    assert "请" in refusal("plan", cell)


def test_january_is_asked_back_where_excel_may_have_eaten_the_nought_of_october() -> None:
    assert "可能是 1 月，也可能是 10 月" in refusal("plan", 2026.1)
    assert "可能是 1 月，也可能是 10 月" in refusal("plan", "２０２６.1 ")
    assert parse("plan", "2026.1.5").value == date(2026, 1, 5)


def test_what_has_happened_cannot_lie_ahead() -> None:
    assert parse("past", "2026-11-22").value == TODAY
    assert "还没有到" in refusal("past", "2026-11-23")
    assert parse("plan", "2026-11-23").value == date(2026, 11, 23)


@pytest.mark.parametrize(
    ("cell", "days"),
    [
        ("2026.3/2027.6/2027.12", ((2026, 3), (2027, 6), (2027, 12))),
        ("2026年3月；2027年6月；2027年12月", ((2026, 3), (2027, 6), (2027, 12))),
        ("开工2026年3月，竣工2027年6月，投产2027年12月", ((2026, 3), (2027, 6), (2027, 12))),
        ("开工：2026.3\n竣工：2027.6\n投产：2027.12", ((2026, 3), (2027, 6), (2027, 12))),
        ("2026.3、2027.6", ((2026, 3), (2027, 6), None)),
        ("2026.3；/；2027.12", ((2026, 3), None, (2027, 12))),
        ("投产2027年12月", (None, None, (2027, 12))),
        ("2026/3/1", ((2026, 3), None, None)),
        (2026.3, ((2026, 3), None, None)),
        (date(2026, 3, 1), ((2026, 3), None, None)),
    ],
)
def test_three_milestones_in_one_cell_are_told_apart(cell: Cell, days: tuple) -> None:
    expected = tuple(date(*day, 1) if day else None for day in days)
    assert parse("plans", cell).value == expected


def test_more_than_three_milestones_or_a_milestone_that_is_no_day_are_refused() -> None:
    assert "4 个时间" in refusal("plans", "2026.3；2026.4；2026.5；2026.6")
    assert "请" in refusal("plans", "2026.3；明年；2027.12")
    assert "还没有到" in refusal("pasts", "2026.3；2027.6")
    assert parse("plans", "2026.3；2027年6月底").code == "ESTIMATE"


@pytest.mark.parametrize("cell", [60, "60", 60.0, "６０"])
def test_a_part_is_in_per_cent_where_it_or_its_heading_says_so(cell: Cell) -> None:
    headed = Column("持股比例（%）", "", 200, TODAY)
    assert parse("percent", cell, headed).value == "60%"
    assert "请写成“60%”" in refusal("percent", cell, Column("持股比例", "", 200, TODAY))
    assert parse("percent", "60%", headed).value == "60%"
    assert "看不出是 0.6% 还是 60%" in refusal("percent", 0.6, headed)


def test_tax_is_known_by_its_short_words_and_what_is_more_than_tax_is_asked() -> None:
    for typed in ("税收收入", "税", "税收（地方留成部分）"):
        assert parse("indicator", typed).value == "TAX", typed
    assert "没有写明是不是税收" in refusal("indicator", "地方留成")
    assert "不在名单内" in refusal("indicator", "产值")


def test_an_amount_is_refused_in_words_of_a_sheet() -> None:
    for kind in ("money", "exact_money"):
        assert "请折成人民币" in refusal(kind, "1000万美元")
        for cell in (-5, "-5", "－5万元"):
            message = refusal(kind, cell)
            assert "金额不能是负数" in message and "12.5亿" not in message


@pytest.mark.parametrize(
    "cell", ["约13", "近14万", "15万左右", "18(预计)", "18（暂估）", Number(16, '"约"0"万元"')]
)
def test_a_figure_of_a_list_is_exact_as_that_of_its_form_is(cell: Cell) -> None:
    assert "这里要填确切金额" in refusal("exact_money", cell)
    assert parse("money", cell).code == "ESTIMATE"
    assert parse("exact_money", "15.25").value == 15_25 * WAN // 100


@pytest.mark.parametrize(
    ("cell", "unit", "mu"),
    [
        (120.5, "亩", "120.5"),
        (120, "亩", "120"),
        ("120.5亩", "亩", "120.5"),
        (" １，２００ ", "亩", "1200"),
        ("8公顷", "亩", "120"),
        (8, "公顷", "120"),
        ("66666.67平方米", "亩", "100"),
        ("20000㎡", "亩", "30"),
        ("2平方公里", "亩", "3000"),
        ("0.5km²", "公顷", "750"),
        ("3万平方米", "亩", "45"),
        (2, "万平方米", "30"),
        (1.5, "顷", "150"),
    ],
)
def test_land_is_read_in_mu(cell: Cell, unit: str, mu: str) -> None:
    assert parse("land", cell, Column("用地", unit, 200, TODAY)) == Parsed(Decimal(mu))


def test_land_that_is_a_guess_is_marked_and_what_is_no_area_is_refused() -> None:
    assert parse("land", "约50亩").code == "ESTIMATE"
    assert parse("land", "50余亩").value == Decimal(50)
    rounded = parse("land", 0.333333)
    assert (rounded.value, rounded.code) == (Decimal("0.33"), "ROUNDED")
    assert "最多写两位" in refusal("land", "0.333333")
    for cell in ("待供地", "50-60亩", -5, True, date(2026, 1, 1), 10**7):
        assert "请" in refusal("land", cell)


@pytest.mark.parametrize(
    ("cell", "name", "phone"),
    [
        ("张三 13800000000", "张三", "13800000000"),
        ("张三，１３８００００００００", "张三", "13800000000"),
        ("张三（13800000000）", "张三", "13800000000"),
        ("13800000000张三", "张三", "13800000000"),
        ("张三:138 0000 0000", "张三", "13800000000"),
        ("张三 028-26110000", "张三", "028-26110000"),
        ("张三\n+86 13800000000", "张三", "13800000000"),
        ("张三", "张三", ""),
        (13800000000, "", "13800000000"),
        ("4008001234", "", "4008001234"),
    ],
)
def test_a_name_and_a_telephone_number_are_told_apart(cell: Cell, name: str, phone: str) -> None:
    assert parse("contact", cell) == Parsed((name, phone))


def test_of_several_telephone_numbers_the_first_is_read_and_that_is_said() -> None:
    doubted = parse("contact", "张三13800000000、李四13900000000")
    assert (doubted.value, doubted.code) == (("张三", "13800000000"), "CONTACT")
    assert "2 个电话" in doubted.doubt


def test_a_telephone_number_with_a_digit_missing_is_kept_and_doubted() -> None:
    doubted = parse("contact", "张三 1380000000")
    assert (doubted.value, doubted.code) == (("张三", "1380000000"), "PHONE")
    assert "11 位" in doubted.doubt


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("91110000600037341L", "91110000600037341L"),
        (" 9111 0000 6000 3734 1l ", "91110000600037341L"),
        ("９１１１００００６０００３７３４１Ｌ", "91110000600037341L"),
    ],
)
def test_a_credit_code_is_put_into_its_standard_form(cell: str, code: str) -> None:
    assert parse("uscc", cell) == Parsed(code)


@pytest.mark.parametrize("cell", [9.14403001922038e17, 914403001922038216, "9.14403E+17"])
def test_a_credit_code_that_excel_took_for_a_number_is_explained(cell: Cell) -> None:
    assert "文本格式" in refusal("uscc", cell)


@pytest.mark.parametrize("cell", ["91110000600037341", "911100006000373410", "统一代码"])
def test_a_wrong_credit_code_is_refused(cell: str) -> None:
    assert "请对照营业执照" in refusal("uscc", cell)


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("C358", "C358"), ("C3582", "C3582"), ("c358", "C358"), (3582, "C3582"), ("C 358", "C358"),
        ("C3582 口腔科用设备", "C3582"), ("口腔科用设备（C3582）", "C3582"), ("A01", "A01"),
        ("6513", "I6513"), ("0111", "A0111"), ("3582-口腔科用设备", "C3582"), ("行业代码：3582", "C3582"),
        ("2026年新建，C3582", "C3582"),
    ],
)  # fmt: skip
def test_an_industry_is_its_letter_with_two_to_four_digits(cell: Cell, code: str) -> None:
    assert parse("industry", cell) == Parsed(code)


def test_an_industry_in_words_is_doubted_and_a_code_that_does_not_exist_refused() -> None:
    assert parse("industry", "口腔医疗器械").code == "INDUSTRY"
    for cell in ("B358", "Z99", "C98", "0011"):
        assert "GB/T 4754" in refusal("industry", cell)


@pytest.mark.parametrize("cell", [111, "358", 35, "01", "1"])
def test_an_industry_of_few_digits_without_its_section_may_have_lost_a_nought(cell: Cell) -> None:
    assert "前面的 0 可能已丢失" in refusal("industry", cell)


@pytest.mark.parametrize(
    "cell",
    ["12寸晶圆制造", "12英寸", "2026年新建", "2021年", "年产3000吨", "5000亩", "2000 MW光伏", "5G产业", "1000台", "B2B电商"],
)  # fmt: skip
def test_years_and_measures_are_no_industry(cell: str) -> None:
    assert parse("industry", cell).value == ""
    assert parse("industry", cell).code == "INDUSTRY"


def test_of_several_industries_the_first_is_read_and_that_is_said() -> None:
    read = parse("industry", "C3582、C2770")
    assert (read.value, read.code) == ("C3582", "INDUSTRY")
    assert "2 个行业代码" in read.doubt


@pytest.mark.parametrize("kind", ["code", "line", "text", "contact", "person", "uscc", "tags"])
@pytest.mark.parametrize("cell", [2.1065120020401122e23, 260651200204011234, "2.10651E+23"])
def test_a_number_that_has_lost_digits_is_refused_wherever_a_text_is_due(
    kind: str, cell: Cell
) -> None:
    assert "末几位已丢失" in refusal(kind, cell)


def test_a_number_of_fifteen_digits_has_them_all_and_one_with_a_fraction_has_not() -> None:
    assert parse("code", 123456789012345).value == "123456789012345"
    assert parse("code", 2026001.0).value == "2026001"
    assert "成了小数" in refusal("code", 2026.1)


@pytest.mark.parametrize("kind", ["contact", "person"])
@pytest.mark.parametrize("cell", [2826110000, 1012345678, 83187654321, 2826110000.0])
def test_a_telephone_number_without_the_nought_of_its_area_is_refused(
    kind: str, cell: Cell
) -> None:
    assert "区号前的 0 已丢失" in refusal(kind, cell)
    assert parse(kind, 13800000000).value in ("13800000000", ("", "13800000000"))


@pytest.mark.parametrize(
    ("kind", "cell", "meaning"),
    [
        ("stage", "在谈", Stage.JUDGED),
        ("stage", "2.在 谈（洽谈）", Stage.JUDGED),
        ("stage", "意向", Stage.JUDGED),
        ("stage", "接洽中", Stage.JUDGED),
        ("stage", "签约", Stage.SIGNED),
        ("stage", "开工", Stage.STARTED),
        ("stage", "投产（运营）", Stage.OPERATING),
        ("stage", "达产", Stage.FULL_OUTPUT),
        ("stage", "已清退", Stage.CLEARED),
        ("place", "资阳高新区", "hightech"),
        ("place", "雁江区经济合作和外事局", "yanjiang"),
        ("place", "安岳县高新区", "anyue"),
        ("place", "四川省资阳市乐至县", "lezhi"),
        ("place", " 临 空 区 ", "airport"),
        ("group", "先进制造业产业招商小组", "advanced-manufacturing"),
        ("group", "生物医药、食品饮料", "biomedicine-food"),
        ("group", "文旅教体组", "culture-tourism-education"),
        ("origin", "外资（港资）", CapitalOrigin.FOREIGN),
        ("origin", "内资", CapitalOrigin.DOMESTIC),
        ("agreement", "战略合作框架协议", AgreementKind.FRAMEWORK),
        ("agreement", "正式合同", AgreementKind.FORMAL),
    ],
)
def test_words_are_understood_through_their_synonyms(kind: str, cell: str, meaning: object) -> None:
    assert parse(kind, cell).value == meaning


@pytest.mark.parametrize(
    ("kind", "cell", "offered"),
    [
        ("place", "成都高新区", "雁江区、安岳县、乐至县、高新区、临空经济区"),
        ("place", "雁江区、高新区", "雁江区、安岳县"),
        ("place", "简阳市", "临空经济区"),
        ("stage", "3", "待研判、待补正、在谈、已签约"),
        ("group", "房地产", "先进制造"),
        ("origin", "未知", "内资、外资"),
        ("agreement", "口头", "意向、框架、正式、补充"),
    ],
)
def test_an_unknown_word_is_refused_with_the_words_to_choose_from(
    kind: str, cell: str, offered: str
) -> None:
    assert offered in refusal(kind, cell)


def test_every_word_has_one_meaning() -> None:
    for known in (words.STAGES, words.PLACES, words.GROUPS, words.ORIGINS, words.AGREEMENTS):
        assert len(known) == len({word.strip() for word in known})
        assert len(words.offered(known)) == len(set(known.values()))
    assert set(words.STAGES.values()) == set(Stage)
    assert set(words.AGREEMENTS.values()) == set(AgreementKind)


@pytest.mark.parametrize(
    ("region", "origin", "source"),
    [
        ("广东省深圳市", None, SourceOfCapital.OUT_OF_PROVINCE),
        ("重庆", CapitalOrigin.DOMESTIC, SourceOfCapital.OUT_OF_PROVINCE),
        ("四川成都", None, SourceOfCapital.OUT_OF_CITY),
        ("四川省资阳市安岳县", None, SourceOfCapital.IN_CITY),
        ("中国香港", None, SourceOfCapital.FOREIGN),
        ("广东", CapitalOrigin.FOREIGN, SourceOfCapital.FOREIGN),
        ("总部", None, None),
        ("", None, None),
    ],
)
def test_the_investors_region_tells_where_the_money_comes_from(
    region: str, origin: CapitalOrigin | None, source: SourceOfCapital | None
) -> None:
    assert words.source_of_capital(region, origin) == source


def test_texts_are_trimmed_and_numbers_in_them_lose_no_digit() -> None:
    assert parse("line", " 四川 \u00a0 某某\n公司 ").value == "四川 某某 公司"
    assert parse("text", "一期\r\n二期 ").value == "一期\n二期"
    assert parse("code", 20260001).value == "20260001"
    assert parse("code", "２０２６－1187").value == "2026-1187"
    assert cell_text(1234.5) == "1234.5"
    assert cell_text(1e15) == "1000000000000000"
    assert cell_text(datetime.fromisoformat("2026-03-05T00:00")) == "2026-03-05"


@pytest.mark.parametrize(
    ("kind", "cell"), [("line", "长" * 201), ("text", "长" * 201), ("line", "甲\x00乙")]
)
def test_too_long_a_text_and_control_characters_are_refused(kind: str, cell: str) -> None:
    assert "请" in refusal(kind, cell)


def test_tags_and_companies_are_parted() -> None:
    assert parse("tags", "上市公司、民营500强").value == ("上市公司", "民营500强")
    assert parse("tags", "否").value == ()
    assert parse("company", "资阳某某公司/2026.3/5000万元").value == (
        "资阳某某公司",
        "2026.3/5000万元",
    )


# ---------------------------------------------------------------- nothing that a cell holds breaks the reading


@pytest.mark.parametrize(
    "cell",
    [
        "12,5",
        "1,2345",
        "1,0.5",
        "1,0000亩",
        "12,34,567",
        "1.000,5",
        "①亩",
        "1²",
        "½亩",
        "٣亩",
        "100m2²",
    ],
)
def test_land_with_a_comma_out_of_place_or_unusual_digits_is_refused(cell: str) -> None:
    assert "不是面积" in refusal("land", cell, Column("用地", "亩", 200, TODAY))


@pytest.mark.parametrize(
    ("cell", "mu"),
    [
        ("1,200.5", "1200.5"),
        ("12,345", "12345"),
        ("１００亩", "100"),
        ("2000 m²", "3"),
        ("2㎡", "0"),
    ],
)
def test_land_with_a_comma_before_every_three_digits_is_read(cell: str, mu: str) -> None:
    assert parse("land", cell, Column("用地", "亩", 200, TODAY)).value == Decimal(mu)


@pytest.mark.parametrize("cell", ["①", "12²", "12.5²亿", "⒈5", "⑩亿"])
def test_digits_that_are_marks_are_no_amount(cell: str) -> None:
    assert "普通数字" in refusal("money", cell)


HOSTILE: list[Cell] = [
    "1" * 4301, "1" * 30000, "1" * 27, "1" * 30 + "亩", "1e27", "1" * 5000 + "." + "1" * 5000, "-" + "9" * 40,
    "13812345678 13912345678 13712345678", "138123456781391234567813712345678", "0." + "0" * 400,
    1e27, 1e60, 1e308, -1e308, 5e-324, 2.0**1023, 10**15, 2**53 - 1, 0.1 + 0.2,
    *(Number(value, code) for value in (1e60, 1e308, 5e-324, 12.5, 13800001111)
      for code in ('0.00"亿元"', "0%", "0.00,", "0.00E+00", '"T"0.00E+00', "[h]:mm", ";;;",
                   '"' + "1" * 240 + '"0.0"亿"', "0000", "#,##0" + "," * 200)),
    date(1, 1, 1), datetime.fromisoformat("9999-12-31T23:59:59"), True, False,
]  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
def test_whatever_a_cell_holds_it_is_read_or_refused_in_words(kind: str) -> None:
    for cell in HOSTILE:
        for unit in ("亩" if kind == "land" else "万元", ""):
            column = Column("协议总投资", unit, 200, TODAY)
            try:
                KINDS[kind].parser(as_kept(cell, KINDS[kind], date1904=True), column)
            except RuleBroken as refused:
                assert len(refused.message) < 700, cell


def test_a_line_of_very_long_numbers_does_not_break_the_lines() -> None:
    for digits in (4301, 27):
        line = ["1" * digits, "1" * digits, "1", "1", "1" * digits]
        grid = Grid(
            "台账", [["项目名称", "投资方名称", "签约时间", "首谈地", "拟用地面积（亩）"], line]
        )
        reading = read_ledger(grid, TODAY)
        assert {i.column for i in reading.issues if i.row == 2} >= {"C", "E"}
