"""What cannot be right is refused at its field, in words that say what to write, and writes nothing."""

import base64
from typing import Any

import pytest
from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLList,
    GraphQLNonNull,
)

from schema.city.tables import Parameter, RuleProposal
from schema.entries.tables import Entry
from schema.gate.tables import JournalEntry
from schema.graph import schema
from schema.people.tables import Company
from schema.permissions import Viewer, may
from schema.project.tables import Project
from tests.world import City, Said, on, uscc

LEAD = {"name": "柠檬深加工基地", "investorName": "杭州云岫食品有限公司", "amount": "3亿"}
FOREIGN = {"foreignAmount": "42000000", "currency": "USD", "rate": "7.1429"} | {
    "rateDate": "2026-11-17"
}
LONG = "柠" * 10_000
PDF = base64.b64encode(b"%PDF-1.4\n%%EOF\n").decode()

WRONG_REPORTS: list[tuple[str, Said, str, str]] = [
    ("no amount", {"amount": "面议"}, "amount", "请写成“12.5亿”"),
    ("an estimate", {"fixedAssets": "约2.5亿"}, "fixedAssets", "填确切金额"),
    ("a range", {"amount": "10亿-20亿"}, "amount", "是一个范围"),
    ("less than nothing", {"amount": "-3亿"}, "amount", "不能是负数"),
    ("foreign money", {"amount": "1000万美元"}, "amount", "外币"),
    ("too much", {"amount": "20000亿"}, "amount", "超过 1 万亿元"),
    ("part of a fen", {"amount": "0.001"}, "amount", "最多写到分"),
    ("nothing at all", {"amount": "0"}, "amount", "大于 0"),
    ("a short code", {"uscc": "9151200"}, "uscc", "应为 18 位，现在是 7 位"),
    ("a code miscopied", {"uscc": "91110000600037341X"}, "uscc", "校验位"),
    ("a letter that is no letter", {"uscc": "9I110000600037341L"}, "uscc", "是否应为“1”"),
    (
        "a contact to come",
        {"contactOn": "2026-11-19", "contactWith": "张"},
        "contactOn",
        "不能晚于今天",
    ),
    ("a masked telephone", {"contactPhone": "138****5678"}, "contactPhone", "完整的号码"),
    ("no such day", {"contactOn": "2026-02-30", "contactWith": "张"}, "contactOn", "日历上没有"),
    ("a year of long ago", {"contactOn": "1911-10-10"}, "contactOn", "1990"),
    ("only a year", {"contactOn": "2026"}, "contactOn", "补上月份"),
    ("a name of blanks", {"name": " \u3000 "}, "name", "请填写项目名称"),
    ("a name without end", {"name": LONG}, "name", "最多 100 个字，现在是 10000 个"),
    ("an essay", {"summary": LONG}, "summary", "最多 2000 个字"),
    ("a NUL", {"name": "柠檬\0基地"}, "name", "控制字符"),
    ("half a character", {"needs": "柠檬\ud83d"}, "needs", "控制字符"),
    ("an investor of blanks", {"investorName": "\u200b"}, "investorName", "请填写投资方名称"),
    ("a group nobody knows", {"group": "no-such-group"}, "group", "没有找到"),
    ("a group of NUL", {"group": "\0"}, "group", "控制字符"),
    ("cents in words", FOREIGN | {"foreignAmount": "一千万"}, "foreignAmount", "只写数字"),
    ("an unknown money", FOREIGN | {"currency": "XXX"}, "currency", "USD"),
    ("no day of rate", FOREIGN | {"rateDate": None}, "rateDate", "中间价"),
    ("no rate", FOREIGN | {"rate": ""}, "rate", "7.0821"),
    ("a rate in words", FOREIGN | {"rate": "七块"}, "rate", "最多六位小数"),
    ("another amount", FOREIGN | {"rate": "7.22"}, "amount", "相差超过 1%"),
    (
        "a file that is none",
        {"contactOn": "2026-11-10", "evidence": [{"name": "纪要.pdf", "content": "!!"}]},
        "evidence.0.content",
        "Base64",
    ),
    (
        "a program",
        {
            "contactOn": "2026-11-10",
            "evidence": [
                {"name": "纪要.pdf", "content": PDF},
                {"name": "纪要.exe", "content": base64.b64encode(b"MZ\x90\0").decode()},
            ],
        },
        "evidence.1",
        "",
    ),
]


@pytest.mark.parametrize(
    ("wrong", "field", "words"),
    [case[1:] for case in WRONG_REPORTS],
    ids=[case[0] for case in WRONG_REPORTS],
)
async def test_a_report_that_cannot_be_right_is_refused_at_its_field(
    city: City, wrong: Said, field: str, words: str
) -> None:
    await refused(city, city.anyue, "projectReport", LEAD | wrong, field, words)


async def test_each_fault_of_a_form_is_told_at_once(city: City) -> None:
    wrong = LEAD | {"name": "", "amount": "面议", "contactOn": "去年", "landMu": LONG}
    payload = await city.act(city.anyue, "projectReport", **wrong)
    assert [error["field"] for error in payload["userErrors"]] == [
        "name",
        "amount",
        "landMu",
        "contactOn",
    ]
    assert await nothing_written()


MONEY = {"occurredOn": "2026-11-18", "sourceOfCapital": "OUT_OF_PROVINCE", "evidenceNote": "回单"}
WRONG_ENTRIES: list[tuple[Said, str, str]] = [
    ({"amount": "0"}, "amount", "大于 0"),
    ({"amount": "1e9"}, "amount", "请写成"),
    ({"amount": "12.5亿左右"}, "amount", "确切"),
    ({"amount": "1万", "occurredOn": "2026-11-19"}, "occurredOn", "不能晚于今天"),
    ({"amount": "1万", "occurredOn": "2020-13-01"}, "occurredOn", "日历上没有"),
    ({"amount": "1万", "evidenceNote": ""}, "evidenceNote", "请填写凭证"),
    ({"amount": "1万", "occurredOn": "2026-11-17"}, "earlyReason", "签约前发生"),
    ({"amount": "12.6亿"}, "aboveAgreed", "协议金额合计 125,000 万元，超出"),
]


@pytest.mark.parametrize(("wrong", "field", "words"), WRONG_ENTRIES)
async def test_an_entry_that_cannot_be_right_is_refused_at_its_field(
    city: City, wrong: Said, field: str, words: str
) -> None:
    project = await city.signed()
    await refused(city, city.hightech, "fundsRecord", on(project) | MONEY | wrong, field, words)


WRONG_AGREEMENTS: list[tuple[Said, str, str]] = [
    ({"signedOn": "2026-11-19"}, "signedOn", "不能晚于今天"),
    ({"amount": "0"}, "amount", "协议总投资"),
    ({"startBy": "2026-11-17"}, "startBy", "早于签约时间"),
    ({"startBy": "2027-06-01", "completeBy": "2027-05-01"}, "completeBy", "早于约定开工"),
    ({"kind": "SUPPLEMENTARY"}, "kind", "先录入正式协议"),
]


@pytest.mark.parametrize(("wrong", "field", "words"), WRONG_AGREEMENTS)
async def test_an_agreement_that_cannot_be_right_is_refused_at_its_field(
    city: City, wrong: Said, field: str, words: str
) -> None:
    project = await city.transferred()
    given = {"kind": "FORMAL", "amount": "12.5亿", "signedOn": "2026-11-18"}
    await refused(city, city.hightech, "agreementSign", on(project) | given | wrong, field, words)


PAPERS = {"clause": "通知", "documentNo": "资经合〔2026〕5号"}
RULE = {"name": "lead.assessment_deadline", "effectiveOn": "2027-01-01"} | PAPERS
SHARE = {"name": "transfer.indicator_share", "effectiveOn": "2027-01-01"} | PAPERS
CLOSING = {"name": "lead.closing_time", "effectiveOn": "2027-01-01"} | PAPERS
PARTS = SHARE | {"firstParts": "3", "landingParts": "7", "choices": ["PAID_IN_FUNDS"]}
WRONG_RULES: list[tuple[Said, str, str]] = [
    (RULE, "number", "1 到 250 的整数"),
    (RULE | {"number": "三"}, "number", "1 到 250 的整数"),
    (RULE | {"number": "-1"}, "number", "1 到 250 的整数"),
    (RULE | {"number": "2.5"}, "number", "整数"),
    (RULE | {"number": "1" + "0" * 19}, "number", "1 到 250"),
    (RULE | {"number": "1" + "0" * 21}, "number", "最多 20 个字"),
    (RULE | {"number": "3", "effectiveOn": "2026-11-17"}, "effectiveOn", "不能早于今天"),
    (RULE | {"number": "3", "name": "no.such.rule"}, "name", "没有这个参数"),
    (RULE | {"number": "3", "time": "17:30"}, "time", "用不上"),
    (PARTS | {"firstParts": "130"}, "firstParts", "0 到 100 的整数"),
    (PARTS | {"landingParts": ""}, "landingParts", "0 到 100 的整数"),
    (PARTS | {"firstParts": "0", "landingParts": "0"}, "landingParts", "合计"),
    (PARTS | {"choices": ["GDP"]}, "choices", "“GDP”不在所列之中"),
    (PARTS | {"choices": []}, "choices", "至少选一项"),
    (CLOSING | {"time": "25:00"}, "time", "00:00 到 23:59"),
    (RULE | {"number": "3", "documentNo": "无"}, "documentNo", "文号"),
    (RULE | {"number": "3", "documentNo": " "}, "documentNo", "请填写文号"),
    (RULE | {"number": "3", "status": "SEED"}, "status", "不是政策原文"),
    (PARTS | {"choices": ["TAX"]}, "choices", "只能按一个比例分享"),
    (CLOSING | {"time": "[17, 30]"}, "time", "例如 17:30"),
]


@pytest.mark.parametrize(("wrong", "field", "words"), WRONG_RULES)
async def test_a_rule_that_would_break_the_city_is_refused(
    city: City, wrong: Said, field: str, words: str
) -> None:
    before = await Parameter.all().count()
    await refused(city, city.office, "ruleSet", wrong, field, words)
    assert await Parameter.all().count() == before
    assert not await RuleProposal.exists()


HOLIDAYS = "2027-01-01,休,元旦\n2027-05-01,休,劳动节\n2027-10-01,休,国庆节"
WRONG_YEARS: list[tuple[Said, str, str]] = [
    ({"year": 2027}, "days", "缺少元旦"),
    ({"year": 2027, "text": "元旦放假一天"}, "text", "第 1 行请写成"),
    ({"year": 2028, "text": HOLIDAYS}, "text", "不在 2028 年"),
    ({"year": 2027, "text": f"{HOLIDAYS}\n2027-10-01,休,国庆节"}, "text", "写了两次"),
    ({"year": 0, "text": ""}, "year", "年份"),
    ({"year": 99_999, "text": ""}, "year", "年份"),
    ({"year": 2027, "days": [{"day": "元旦", "working": False, "name": "元旦"}]}, "days.0.day", ""),
]


@pytest.mark.parametrize(("wrong", "field", "words"), WRONG_YEARS)
async def test_a_calendar_that_cannot_be_right_is_refused(
    city: City, wrong: Said, field: str, words: str
) -> None:
    given = {"source": "国务院办公厅通知", "documentNo": "国办发明电〔2026〕7号"} | wrong
    await refused(city, city.office, "calendarPublish", given, field, words)


async def test_all_that_is_wrong_with_a_calendar_is_answered_at_once(city: City) -> None:
    """Each at its line of the text, or at its day; what is missing only where every line was read."""
    days = [
        {"day": "2027-01-01", "working": False, "name": "元旦"},
        {"day": "2027-03-01", "working": True, "name": "春节"},
    ]
    text = (
        "# 国务院办公厅通知\n2027-05-01,休,劳动节\n2026-10-01,休,国庆节\n\n元旦放假一天\n"
        "2027-01-01,休,元旦\n2027-13-40,休,元旦"
    )
    given = {"source": "国务院办公厅通知", "documentNo": "无", "year": 2027}
    answer = await city.act(city.office, "calendarPublish", **given, days=days, text=text)
    found = [(each["field"], each["message"]) for each in answer["userErrors"]]
    assert [(field, words[:5]) for field, words in found if field == "text"] == [
        ("text", "第 5 行"),
        ("text", "第 7 行"),
        ("text", "第 3 行"),
        ("text", "第 6 行"),
    ]
    assert ("text", "第 3 行：2026-10-01 不在 2027 年，请核对日期") in found
    assert [(field, words[:14]) for field, words in found if field != "text"] == [
        ("days.1", "2027-03-01 不是周"),
        ("documentNo", found[-1][1][:14]),
    ]
    whole = text.replace("元旦放假一天\n", "").replace("\n2027-13-40,休,元旦", "")
    answer = await city.act(city.office, "calendarPublish", **given, text=whole)
    words = [each["message"] for each in answer["userErrors"] if each["field"] == "text"]
    assert [each[:5] for each in words] == ["第 3 行", "缺少国庆节"]


@pytest.mark.parametrize("unknown", ["2026-9999", "UHJvamVjdDo5OTk5", "", "\0", "x" * 300, "🍋"])
async def test_a_project_that_is_not_there_is_not_found(city: City, unknown: str) -> None:
    given = {"project": unknown, "revision": 1, "reason": "x"}
    payload = await city.act(city.office, "projectReturn", **given)
    assert [(error["code"], error["field"]) for error in payload["userErrors"]] == [
        ("INVALID", "project")
    ]


async def test_a_wrong_stage_is_refused_and_says_which_it_takes(city: City) -> None:
    project = await city.judged()
    payload = await city.act(
        city.office, "projectJudge", **on(project), firstContactPlace="anyue", reason="再判"
    )
    assert payload["userErrors"] == [
        {
            "code": "RULE",
            "message": "项目现在是“在谈”，不能办理此事项；它限“待研判”阶段办理，请刷新后核对",
            "field": None,
        }
    ]


def test_codes_of_this_test_are_right() -> None:
    assert len({uscc(number) for number in range(50)}) == 50


async def refused(
    city: City, viewer: Viewer, act: str, given: Said, field: str, words: str
) -> None:
    before = await written()
    payload = await city.act(viewer, act, **given)
    errors = payload["userErrors"]
    assert {error["field"] for error in errors} == {field}, errors
    assert errors[0]["code"] in ("INVALID", "RULE")
    assert words in errors[0]["message"]
    assert any("\u4e00" <= each <= "\u9fff" for each in errors[0]["message"])
    assert not {"非法", "系统异常", "错误"} & set(errors[0]["message"].split())
    assert await written() == before


async def written() -> list[Any]:
    """How many rows there are, and how many acts of others than the operator who founds the city."""
    tables: list[Any] = [Project, Company, Entry]
    counts = [await table.all().count() for table in tables]
    return [*counts, await JournalEntry.exclude(actor_id=None).count()]


async def nothing_written() -> bool:
    return await written() == [0, 0, 0, 0]


# ---------------------------------------------------------------- texts that nobody can see

CORE = schema._schema
UNSEEN = ["\u2028", "\u200b\ufeff", "\u3164\u2800", "\u3000\u00a0\t", "\ufe0f\u034f"]
SAMPLES = {"Int": 1, "Boolean": True, "Bytes": PDF}


def filled_in(kind: GraphQLInputType, text: str, at: str, texts: set[str]) -> Any:
    """A value of a type of input in which every text, date and amount is `text`; `texts` are their paths."""
    if isinstance(kind, GraphQLNonNull):
        return filled_in(kind.of_type, text, at, texts)
    if isinstance(kind, GraphQLList):
        return [filled_in(kind.of_type, text, f"{at}.0", texts)]
    if isinstance(kind, GraphQLInputObjectType):
        above = f"{at}." if at else ""
        fields = kind.fields.items()
        return {name: filled_in(each.type, text, above + name, texts) for name, each in fields}
    if isinstance(kind, GraphQLEnumType):
        return next(iter(kind.values))
    if kind.name in SAMPLES:
        return SAMPLES[kind.name]
    texts.add(at)
    return text


@pytest.mark.parametrize("text", UNSEEN, ids=[ascii(text) for text in UNSEEN])
async def test_a_text_of_which_nothing_can_be_seen_is_refused_at_every_field_of_every_act(
    city: City, text: str
) -> None:
    """Filled in with blanks, a field is neither taken as it is nor as if nothing had been filled in."""
    assert CORE.mutation_type is not None
    people = [city[name] for name in ("office", "anyue", "finance", "group")]
    for act, declared in CORE.mutation_type.fields.items():
        viewer = next(each for each in people if may(each, act))
        texts: set[str] = set()
        given = filled_in(declared.args["input"].type, text, "", texts)
        answer = await city.act(viewer, act, **given)
        wrong = {error["field"] for error in answer["userErrors"]}
        assert texts <= wrong, (act, texts - wrong)
    assert await nothing_written()


async def test_a_field_left_empty_is_as_if_it_were_not_there(city: City) -> None:
    """As forms send it."""
    given = {"text": "请报送", "units": ["anyue"], "subject": "", "unit": ""}
    assert (await city.act(city.office, "noticeSend", **given))["userErrors"] == []
