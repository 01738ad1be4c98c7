"""Units of amounts and areas by a strict grammar: understood as a whole, or asked for."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schema.city.rules import RuleBroken, parse_money
from schema.ledger.rules import read_ledger
from schema.ledger.rules.answers import Answers, parse_columns, parse_units
from schema.ledger.rules.columns import bare
from schema.ledger.rules.issue import Severity
from schema.ledger.rules.reading import Reading
from schema.ledger.rules.units import (
    AREA_MEANT,
    CURRENCIES,
    NOTHING,
    SCALES,
    UnitFrom,
    UnitReading,
    in_caption,
    in_heading,
    is_caption,
    is_foreign,
    mu_of,
    unit_of,
)
from schema.ledger.rules.worker import is_short_text
from schema.sheet import Cell, Grid
from tests.ledger.dirty import TODAY

YI = 10**10


@pytest.mark.parametrize(
    ("written", "unit"),
    [
        ("元", "元"), ("百元", "百元"), ("千元", "千元"), ("万元", "万元"), ("万", "万元"), ("亿", "亿元"),
        ("十万元", "十万元"), ("百万", "百万元"), ("千万元", "千万元"), ("亿元", "亿元"), ("百亿元", "百亿元"),
        ("RMB亿元", "亿元"), ("人民币万元", "万元"), ("万元人民币", "万元"), ("￥万", "万元"), ("ＲＭＢ 万元", "万元"),
        ("RMB million", "百万元"), ("million yuan", "百万元"), ("US$ million", "百万美元"), ("USD", "美元"),
        ("万美元", "万美元"), ("万港币", "万港元"), ("亿港元", "亿港元"), ("万欧元", "万欧元"), ("百万日元", "百万日元"),
    ],
)  # fmt: skip
def test_a_unit_of_money_has_a_scale_and_a_currency(written: str, unit: str) -> None:
    assert unit_of(written, "money") == unit
    assert is_foreign(unit) == (
        not unit.endswith(("万元", "亿元", "千元", "百元")) and unit != "元"
    )


@pytest.mark.parametrize(
    "written",
    ["千", "million", "人民币", "RMB", "美元万元", "亿万", "万块", "元亨", "万元以上", "亩", "原币", "", "12万元"],
)  # fmt: skip
def test_what_is_not_wholly_a_unit_of_money_is_none(written: str) -> None:
    assert unit_of(written, "money") == ""


@pytest.mark.parametrize(
    ("written", "mu"),
    [
        ("亩", (1, 1)), ("万亩", (10_000, 1)), ("公顷", (15, 1)), ("顷", (100, 1)), ("平方公里", (1500, 1)),
        ("km²", (1500, 1)), ("平方千米", (1500, 1)), ("㎡", (3, 2000)), ("平米", (3, 2000)), ("M2", (3, 2000)),
        ("万平方米", (30_000, 2000)), ("万㎡", (30_000, 2000)), ("千平方米", (3000, 2000)),
    ],
)  # fmt: skip
def test_a_unit_of_land_is_so_many_mu(written: str, mu: tuple[int, int]) -> None:
    assert mu_of(unit_of(written, "land")) == mu


MONEY_HEADINGS = [
    ("协议总投资（亿元，保留两位小数）", "亿元"),
    ("总投资（万港币）", "万港元"),
    ("总投资（RMB亿元）", "亿元"),
    ("总投资（单位：千元）", "千元"),
    ("总投资（单位为万元）", "万元"),
    ("总投资（以万元计）", "万元"),
    ("总投资(人民币，亿元)", "亿元"),
    ("总投资（亿元（人民币））", "亿元"),
    ("总投资【元】", "元"),
    ("总投资亿元", "亿元"),
    ("总投资 亿 元", "亿元"),
    ("总投资\n单位:亿元", "亿元"),
    ("投资额，万元", "万元"),
    ("项目概况（万元、亩）", "万元"),
    ("总投资（500万元以上）（亿元）", "亿元"),
    ("总投资（亿元，不足1000万元的按实填）", "亿元"),
    ("万元", "万元"),
]


@pytest.mark.parametrize(("heading", "unit"), MONEY_HEADINGS)
def test_a_heading_says_its_unit_in_brackets_or_behind_its_words(heading: str, unit: str) -> None:
    assert in_heading(heading, "money") == UnitReading(unit)


@pytest.mark.parametrize(
    "heading",
    ["总投资", "总投资（500万元以上）", "亿元以上项目总投资", "总投资（人民币）", "投资额（含单元改造）",
     "总投资（亿元以上）", "用地（亩）"],
)  # fmt: skip
def test_a_heading_without_a_unit_says_none(heading: str) -> None:
    assert in_heading(heading, "money") == NOTHING


@pytest.mark.parametrize(
    "heading",
    [
        "总投资（亿元/万元）", "总投资（万元或亿元）", "总投资（千）", "总投资（million）", "总投资（原币）",
        "总投资（美元万元）", "总投资（万元/亩）", "总投资（亿万元整数）", "总投资RMB million",
    ],
)  # fmt: skip
def test_a_unit_that_is_written_and_not_understood_is_said_to_be_so(heading: str) -> None:
    said = in_heading(heading, "money")
    assert not said.unit
    assert said.unclear


@pytest.mark.parametrize(
    ("text", "money", "land"),
    [
        ("单位：亩、亿元", "亿元", "亩"),
        ("（亿元）", "亿元", ""),
        ("金额单位：万元、亩", "万元", "亩"),
        ("2026年台账（单位：万元）", "万元", ""),
        ("项目台账（亿元）", "亿元", ""),
        ("单 位：万元 制表：张三", "万元", ""),
        ("填报单位：雁江区 金额单位：亿元", "亿元", ""),
        ("计量单位为亿元", "亿元", ""),
        ("单位：人民币万元、公顷", "万元", "公顷"),
        ("单位：万元（人民币）", "万元", ""),
        ("台账-单位亿元", "亿元", ""),
        ("资阳市亿元以上项目台账", "", ""),
        ("5亿元以上项目（亿元以上）", "", ""),
        ("填报单位：元亨公司", "", ""),
        ("单位负责人：万元", "", ""),
    ],
)
def test_a_caption_says_units_behind_the_word_in_brackets_or_alone(
    text: str, money: str, land: str
) -> None:
    assert (in_caption(text, "money").unit, in_caption(text, "land").unit) == (money, land)


FRONT = st.sampled_from(["", "人民币", "RMB", "单位：", "以", "其中，"])
BACK = st.sampled_from(["", "，保留两位小数", "、亩", "；不含税", "，500万元以上的填"])
SCALE = st.sampled_from([scale for scale in SCALES if scale not in ("", "百", "千")])


@settings(max_examples=60, deadline=None, database=None)
@given(
    SCALE, st.sampled_from(["元", "圆", ""]), FRONT, BACK, st.sampled_from(["（）", "()", "【】"])
)
def test_a_scale_is_read_whatever_stands_around_it(
    scale: str, yuan: str, front: str, back: str, marks: str
) -> None:
    heading = f"总投资{marks[0]}{front}{scale}{yuan}{back}{marks[1]}"
    assert in_heading(heading, "money") == UnitReading(f"{scale}元"), heading
    yuan_in = {"万": 10**4, "十万": 10**5, "百万": 10**6, "千万": 10**7, "亿": 10**8}
    yuan_in |= {"十亿": 10**9, "百亿": 10**10, "千亿": 10**11, "万亿": 10**12}
    assert parse_money("1", f"{scale}元") == 100 * yuan_in[scale]


@settings(max_examples=60, deadline=None, database=None)
@given(
    st.sampled_from(SCALES), st.sampled_from([w for c, ws in CURRENCIES.items() if c for w in ws])
)
def test_foreign_money_is_never_taken_for_the_citys_own(scale: str, word: str) -> None:
    for written in (scale + word, word + scale, f"{word}{scale}元"):
        unit = unit_of(written.upper(), "money")
        assert not unit or is_foreign(unit), written


@settings(max_examples=60, deadline=None, database=None)
@given(st.text("万亿千百元美港亩顷平方米公里（），、/0RMB单位：", max_size=8))
def test_whatever_is_written_is_one_known_unit_or_none(text: str) -> None:
    for kind in ("money", "land"):
        for said in (in_heading(f"总投资{text}", kind), in_caption(text, kind)):
            assert not (said.unit and said.unclear)
            assert not said.unit or unit_of(said.unit, kind) == said.unit


def test_every_word_for_an_area_is_one_that_is_converted() -> None:
    mu = {"亩": 1, "公顷": 15, "顷": 100, "平方公里": 1500, "平方米": Fraction(3, 2000)}
    assert {area: Fraction(*mu_of(area)) for area in AREA_MEANT.values()} == mu


# ---------------------------------------------------------------- in a sheet


def ledger(
    head: list[Cell], *rows: list[Cell], above: tuple[list[Cell], ...] = (), **how: object
) -> Reading:
    name = str(how.pop("name", "台账"))
    answers = how.pop("answers", Answers())
    assert isinstance(answers, Answers)
    return read_ledger(Grid(name, [*above, head, *rows]), TODAY, answers)


HEAD: list[Cell] = ["项目名称", "投资方名称", "协议总投资", "用地面积"]
LINE: list[Cell] = ["柠檬深加工", "甲公司", 12.5, 100]


def errors(reading: Reading) -> list[tuple[int, str, str]]:
    return [(i.row, i.column, i.code) for i in reading.issues if i.severity == Severity.ERROR]


def test_bare_numbers_without_a_unit_are_asked_for_once_and_never_read() -> None:
    reading = ledger(
        HEAD, LINE, ["口腔器械", "乙公司", "1.2亿", "30亩"], ["康养", "丙公司", 0.5, 0]
    )
    assert [row.agreed_investment for row in reading.rows] == [None, 12 * YI // 10, None]
    assert [row.land_mu for row in reading.rows] == [None, 30, 0]
    asked = [issue for issue in reading.issues if issue.row == 1]
    assert [(issue.column, issue.title, issue.code) for issue in asked] == [
        ("", "金额", "UNIT"),
        ("", "面积", "UNIT"),
    ]
    assert "C 列“协议总投资”没有写明单位，2 格只有数字" in asked[0].message
    assert "元、千元、万元、百万元、千万元、亿元" in asked[0].message
    assert errors(reading)[2:] == [(2, "C", "UNIT"), (2, "D", "UNIT"), (4, "C", "UNIT")]
    assert [row.row for row in reading.importable] == [3]


def test_one_answer_holds_for_all_columns_of_a_kind_without_a_unit() -> None:
    answers = Answers(units=parse_units(["金额=亿元", "面积=公顷"]))
    head = [*HEAD, "累计到位资金", "本年到位资金（万元）"]
    reading = ledger(head, [*LINE, 1.5, 200], answers=answers)
    assert errors(reading) == []
    (row,) = reading.rows
    assert (row.agreed_investment, row.paid_in_total) == (125 * YI // 10, 15 * YI // 10)
    assert (row.paid_in_ytd, row.land_mu) == (200 * 10**6, Decimal(1500))
    warned = [i.message for i in reading.issues if i.code == "UNIT" and i.severity == "WARNING"]
    assert warned[0] == "表头没有写清单位，按选定的“亿元”读取"
    assert len(warned) == 3


def test_a_unit_that_is_not_understood_is_an_error_of_its_column_with_a_choice() -> None:
    head: list[Cell] = ["项目名称", "投资方名称", "协议总投资（亿元或万元）", "用地面积（亩）"]
    reading = ledger(head, LINE, answers=Answers(units=parse_units(["金额=万元"])))
    assert errors(reading) == [(1, "C", "UNIT"), (2, "C", "UNIT")]
    assert "单位“亿元或万元”不能确定" in reading.issues[0].message
    assert reading.rows[0].agreed_investment is None
    answered = ledger(head, LINE, answers=Answers(units=parse_units(["C=亿元"])))
    assert errors(answered) == []
    assert answered.rows[0].agreed_investment == 125 * YI // 10


@pytest.mark.parametrize(
    ("title", "fen"),
    [
        ("协议总投资（亿元，保留两位小数）", 125 * YI // 10),
        ("总投资（RMB亿元）", 125 * YI // 10),
        ("总投资（百万元）", 1250 * 10**6),
        ("总投资（百亿元）", 1250 * YI),
        ("总投资（万港币）", None),
        ("总投资（万美元）", None),
    ],
)
def test_an_amount_is_read_in_the_unit_of_its_heading_or_refused(
    title: str, fen: int | None
) -> None:
    reading = ledger(["项目名称", "投资方名称", title], LINE[:3])
    assert reading.rows[0].agreed_investment == fen
    assert bool(errors(reading)) == (fen is None)
    if fen is None:
        assert "金额只记人民币" in reading.issues[0].message


@pytest.mark.parametrize(
    ("title", "written", "mu"),
    [
        ("拟用地面积（平方公里）", 2, "3000"), ("用地（万平方米）", 2, "30"),
        ("用地（㎡）", 20_000, "30"), ("用地（㎡）", 250, "0.38"),
    ],
)  # fmt: skip
def test_land_is_read_in_the_unit_of_its_heading(title: str, written: int, mu: str) -> None:
    head: list[Cell] = ["项目名称", "投资方名称", "总投资（万元）", title]
    reading = ledger(head, ["甲", "甲公司", 1000, written])
    assert reading.rows[0].land_mu == Decimal(mu)
    assert errors(reading) == []


def test_qing_may_be_a_hectare_and_is_asked_about() -> None:
    head: list[Cell] = ["项目名称", "投资方名称", "总投资（万元）", "用地面积（顷）"]
    reading = ledger(head, ["甲", "甲公司", 1000, 2])
    assert errors(reading) == [(1, "D", "UNIT"), (2, "D", "UNIT")]
    for unit, mu in (("顷", 200), ("公顷", 30)):
        answered = ledger(head, ["甲", "甲公司", 1000, 2], answers=Answers(units={"D": unit}))
        assert answered.rows[0].land_mu == Decimal(mu)


@pytest.mark.parametrize(
    ("above", "name"),
    [
        (["单位：亩、亿元"], "台账"),
        (["单位：亿元、亩"], "台账"),
        (["项目台账（亿元、亩）"], "台账"),
        (["台账"], "台账（亿元、亩）"),
    ],
)
def test_a_caption_or_the_sheets_name_holds_for_columns_without_a_unit(
    above: list[Cell], name: str
) -> None:
    reading = ledger(HEAD, LINE, above=(above,), name=name)
    assert errors(reading) == []
    assert reading.rows[0].agreed_investment == 125 * YI // 10
    assert reading.rows[0].land_mu == 100


@pytest.mark.parametrize(
    "between",
    [
        ["单位：亿元、亩", None, None, None],
        [None, None, "（亿元）", "亩"],
        [None, None, None, "单位：亿元、亩"],
    ],
)
def test_a_caption_between_the_heading_and_the_lines_counts_too(between: list[Cell]) -> None:
    reading = ledger(HEAD, between, LINE)
    assert len(reading.rows) == 1
    assert errors(reading) == []
    assert reading.rows[0].agreed_investment == 125 * YI // 10


def test_two_captions_that_differ_are_asked_about() -> None:
    reading = ledger(HEAD, LINE, above=(["单位：亿元、亩"], ["金额单位：万元"]))
    assert errors(reading) == [(3, "C", "UNIT"), (4, "C", "UNIT")]


def test_the_nearest_unit_of_several_headings_counts() -> None:
    head: list[Cell] = ["项目名称", "投资方名称", "投资额（亿元）", None]
    below: list[Cell] = [None, None, "总投资", "固定资产（万元）"]
    reading = ledger(head, below, ["甲", "甲公司", 1.2, 5000])
    row = reading.rows[0]
    assert (row.agreed_investment, row.agreed_fixed_assets) == (12 * YI // 10, 5000 * 10**6)


@pytest.mark.parametrize("step", [1, -1])
def test_of_dollars_beside_yuan_the_yuan_are_read(step: int) -> None:
    columns: list[Cell] = ["总投资（万美元）", "总投资（万元）"]
    values: list[Cell] = [700, 5000]
    reading = ledger(
        ["项目名称", "投资方名称", *columns[::step]], ["甲", "甲公司", *values[::step]]
    )
    assert reading.rows[0].agreed_investment == 5000 * 10**6
    assert errors(reading) == []
    assert [title for _, title in reading.unknown_columns] == ["总投资（万美元）"]


def test_dollars_beside_yuan_under_one_heading_are_told_apart() -> None:
    head: list[Cell] = ["项目名称", "投资方名称", "总投资", None]
    reading = ledger(head, [None, None, "万美元", "万元"], ["甲", "甲公司", 700, 5000])
    assert reading.rows[0].agreed_investment == 5000 * 10**6
    assert errors(reading) == []


# ---------------------------------------------------------------- what people say


def test_columns_are_named_by_their_field_or_its_title_and_left_out_by_a_dash() -> None:
    said = parse_columns(
        [
            "F=investor_name",
            "F=投资方名称",
            " b 列=项目名称",
            "C=-",
            "D=",
            "E=协议总投资（万元）、G=不导入",
        ]
    )
    assert said == {
        "F": "investor_name", "B": "name", "C": "-", "E": "agreed_investment", "G": "-",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("texts", "words"),
    [
        (["B=没有这栏"], "没有“没有这栏”这一栏"),
        (["名称"], "请写成 F=投资方名称"),
        (["B=name", "C=项目名称"], "B 列和 C 列都指定为“项目名称”"),
        (["金额=name"], "没有“name”这一栏"),
    ],
)
def test_a_column_that_cannot_be_named_so_is_refused(texts: list[str], words: str) -> None:
    with pytest.raises(RuleBroken, match=words) as refused:
        parse_columns(texts)
    assert refused.value.field == "columns"


@pytest.mark.parametrize("text", ["D=万美元", "D=斤", "金额=亩", "面积=万元", "单位"])
def test_a_unit_that_cannot_be_chosen_is_refused(text: str) -> None:
    with pytest.raises(RuleBroken) as refused:
        parse_units([text])
    assert refused.value.field == "units"


def test_units_are_chosen_for_a_column_or_for_all_of_a_kind() -> None:
    assert parse_units(["d=亿", "金额=万元", "面积=公顷", "E="]) == {
        "D": "亿元",
        "money": "万元",
        "land": "公顷",
    }


def test_where_a_unit_is_from_is_known_of_each_column() -> None:
    head: list[Cell] = [
        "项目名称",
        "投资方名称",
        "总投资（万元）",
        "固定资产",
        "到位资金（原币）",
        "用地",
    ]
    header = ledger(head, answers=Answers(units={"land": "亩"})).header
    assert [heading.unit_from for heading in header.headings[2:]] == [
        UnitFrom.SHEET,
        UnitFrom.ABSENT,
        UnitFrom.UNCLEAR,
        UnitFrom.CHOSEN,
    ]


def test_a_text_longer_than_any_heading_is_none_and_is_not_read_for_units() -> None:
    """The grammars of headings read no more than 200 characters, whatever a file has in its first lines."""
    long = "一万" * 100
    for text in (f"单位：{long}", f"金额（{long}）", f"（{long}）", "(" * 500, f"总投资{long}元"):
        assert in_heading(text, "money") == in_caption(text, "money") == NOTHING
        assert not is_caption(text)
        assert bare(text) == text
    assert unit_of("百亿" * 101, "money") == ""
    assert in_caption("单位：" + "万元、" * 60, "money").unit == "万元"


def test_only_a_short_text_of_few_lines_is_read_without_a_process_of_its_own() -> None:
    head = "项目名称,投资方名称,协议总投资（万元）\n".encode()
    assert is_short_text(head + "甲,乙,1\n".encode() * 39)
    assert not is_short_text(head + "甲,乙,1\n".encode() * 40)
    assert not is_short_text(head + "甲,乙,1\r".encode() * 40)
    assert not is_short_text(head + b"1" * 2048)
    assert not is_short_text(b"PK\x03\x04")
