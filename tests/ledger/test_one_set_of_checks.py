"""What a report refuses a ledger refuses, and what the one takes the other takes: one set of checks and limits."""

import random
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from strawberry.types import get_object_definition

from schema.city.rules import normal_name
from schema.ledger.rules.columns import FIELDS
from schema.ledger.rules.reading import read_ledger
from schema.ledger.rules.validation import collect_issues
from schema.linkage.acts.reporting import ProjectReportInput
from schema.project.rules.classes import class_names, section_of
from schema.sheet import Grid
from tests.world import NOW, City, uscc

TODAY = NOW.date()
ROUNDS = 40
CHARACTERS = (
    "柠檬口腔装备产业园建设项目北区医疗器械深加工物流中心甲乙丙丁东南西北新材料牙科影像设备"
)

Samples = Callable[[random.Random], str]


def texts(limit: int) -> Samples:
    """Texts around the limit, with what is drawn as nothing and what is refused everywhere."""

    def sample(chance: random.Random) -> str:
        length = chance.choice((2, 8, limit - 1, limit, limit + 1, limit + limit // 2))
        text = "".join(chance.choices(CHARACTERS, k=length))
        return chance.choice((text, text, text, f"{text}\u200b", f" {text} ", f"柠\x07{text[:4]}"))

    return sample


def money(chance: random.Random) -> str:
    number = chance.choice(("12.5", "125000", "0", "3", "860.05", "0.001", "20000", "-3", "1,250"))
    unit = chance.choice(("", "元", "万元", "亿", "亿元"))
    plain = f"{number}{unit}"
    odd = ("面议", "十二亿", "10亿-20亿", "1000万美元", "12亿5000万", f"约{plain}", f"{plain}左右")
    return chance.choice((plain, plain, *odd))


def land(chance: random.Random) -> str:
    numbers = ("0", "120.5", "120.55", "120.555", "1,200", "100000", "100000.01", "-5", "123456789")
    number = chance.choice(numbers)
    return chance.choice(
        (
            number,
            number,
            f"{number}亩",
            f"{number} 亩",
            f"约{number}亩",
            f"{number}余亩",
            "很多",
            "五亩",
        )
    )


def phone(chance: random.Random) -> str:
    mobile = f"1{chance.randrange(3 * 10**9, 10**10)}"
    ways = (
        mobile, f"{mobile[:3]} {mobile[3:7]} {mobile[7:]}", f"+86 {mobile}", "+65 6123 4567",
        f"{mobile}、13900000000", "028-26110000", "０２８—26110000转12", mobile[:7], mobile[:6], "12",
        f"{mobile[:3]}****{mobile[7:]}", "张总", "请问张总", mobile * 3, f"{mobile};{mobile};{mobile}",
    )  # fmt: skip
    return chance.choice(ways)


def industry(chance: random.Random) -> str:
    code = chance.choice(sorted(class_names()))
    letter = section_of(code)
    wrong = chance.choice([each for each in "ABCDEFGHIJKLMNOPQRST" if each != letter])
    cut = code[: chance.choice((2, 3))]
    return chance.choice(
        (code, f"{letter}{code}", f"{letter} {code}", f"{letter.lower()}{code}", f"{letter}{cut}",
         f"{wrong}{code}", f"{letter}{cut}99"[:5], "9999", "Ｃ３５８２", "0099")
    )  # fmt: skip


def day(chance: random.Random) -> str:
    when = TODAY - timedelta(chance.randrange(-5, 900))
    return chance.choice(
        (f"{when}", f"{when:%Y.%m.%d}", f"{when.year}年{when.month}月{when.day}日", f"{when:%Y%m%d}",
         f"{when.year}年{when.month}月", "2026-02-30", "1911-10-10", "2026", "去年", "2100-01-01")
    )  # fmt: skip


def code(chance: random.Random) -> str:
    right = uscc(chance.randrange(1, 5000))
    return chance.choice(
        (right, right.lower(), f" {right} ", right[:-1], right[:-1] + "@", f"{right[:9]} {right[9:]}",
         "9I110000600037341L", "91110000600037341X", f"0{right[1:]}")
    )  # fmt: skip


BOTH: dict[str, tuple[str, Samples]] = {
    "name": ("name", texts(100)),
    "investorName": ("investor_name", texts(100)),
    "amount": ("agreed_investment", money),
    "fixedAssets": ("agreed_fixed_assets", money),
    "uscc": ("uscc", code),
    "investorRegion": ("investor_region", texts(60)),
    "industryCode": ("industry_code", industry),
    "landMu": ("land_mu", land),
    "contactName": ("contact_name", texts(60)),
    "contactPhone": ("contact_phone", phone),
    "summary": ("description", texts(2000)),
    "ownerName": ("owner", texts(60)),
    "contactBy": ("first_contact_person", texts(100)),
    "contactOn": ("first_talk_date", day),
}
"""The fields that a report and a ledger both have, with samples of what people write there. What a cell alone can
say (a unit, two things in one cell, a day that is about right, 无) is the ledger's reading of it, and in no sample.
"""
CHOSEN = {
    "capitalOrigin": "capital_origin",
    "group": "group",
    "place": "first_contact_place",
}
"""Those of which a form offers a choice, and a ledger its words."""
FORM_ALONE = {
    "noCodeReason", "foreignAmount", "currency", "rate", "rateDate", "legalRepresentative", "controllers",
    "shareholders", "holdersSource", "holdersOn", "needs", "source", "target", "contactWith", "contactNote",
    "evidence", "acknowledgeDuplicates", "another",
}  # fmt: skip
IN_UNITS = {
    "agreed_investment": "协议总投资（元）",
    "agreed_fixed_assets": "固定资产投资（元）",
} | {"land_mu": "拟用地面积（亩）"}


def rounds() -> Iterator[dict[str, str]]:
    """Reports, each with a sample in every field."""
    chance = random.Random(1207)
    for _ in range(ROUNDS):
        yield {name: sample(chance) for name, (_, sample) in BOTH.items()}


def test_every_field_of_a_report_is_compared_or_is_in_no_ledger() -> None:
    fields = get_object_definition(ProjectReportInput, strict=True).fields
    names = {
        "".join((w if i == 0 else w.title()) for i, w in enumerate(f.python_name.split("_")))
        for f in fields
    }
    assert names == set(BOTH) | set(CHOSEN) | FORM_ALONE
    assert {field for field, _ in BOTH.values()} | set(CHOSEN.values()) <= set(FIELDS)


async def test_a_form_and_a_ledger_take_and_refuse_the_same(city: City) -> None:
    reports = list(rounds())
    head = [IN_UNITS.get(field, FIELDS[field].title) for field, _ in BOTH.values()]
    head[list(BOTH).index("contactName")] = "投资方联系人"
    head[list(BOTH).index("contactPhone")] = "投资方联系电话"
    grid = Grid("台账", [head, *(list(each.values()) for each in reports)])
    reading = read_ledger(grid, TODAY)
    assert reading.header.fields == {field for field, _ in BOTH.values()}
    letters = {each.letter: each.field.name for each in reading.header.headings if each.field}
    _, lines, _ = collect_issues(reading, TODAY, "")
    found: dict[str, set[bool]] = {name: set() for name in BOTH}
    for number, given in enumerate(reports, 2):
        by_ledger = {letters[each.column] for each in lines[number] if each.severity == "ERROR"}
        # What is wrong in the fields is said before anything is looked for; so no report is made.
        payload = await city.act(city.yanjiang, "projectReport", **given, group="no-such-group")
        by_form = {each["field"]: each["message"] for each in payload["userErrors"]}
        assert by_form.pop("group")
        for name, (field, _) in BOTH.items():
            refused = name in by_form
            assert refused == (field in by_ledger), (
                name,
                given[name],
                by_form.get(name),
                lines[number],
            )
            found[name].add(refused)
        assert set(by_form) <= set(BOTH)
    assert {name for name, both in found.items() if both != {True, False}} == set()


@pytest.mark.parametrize("length", [100, 101, 150])
async def test_a_name_is_as_long_in_a_ledger_as_in_the_form(city: City, length: int) -> None:
    name = "柠" * length
    reading = read_ledger(
        Grid("台账", [["项目名称", "投资方名称", "协议总投资（万元）"], [name, "甲公司", 100]]),
        TODAY,
    )
    payload = await city.act(
        city.yanjiang, "projectReport", name=name, investorName="甲公司", amount="100万", group="-"
    )
    by_form = [each["message"] for each in payload["userErrors"] if each["field"] == "name"]
    by_ledger = [each.message for each in reading.issues if each.severity == "ERROR"]
    words = (
        [] if length <= 100 else [f"最多 100 个字，现在是 {length} 个，请删减 {length - 100} 个字"]
    )
    assert (by_form, by_ledger) == (words, words)
    assert normal_name(reading.rows[0].name) == ("" if words else name)


def test_the_limits_of_the_columns_are_those_of_the_form() -> None:
    limits = {
        "name": 100,
        "investor_name": 100,
        "contact_name": 60,
        "contact_phone": 40,
        "investor_region": 60,
        "description": 2000,
        "owner": 60,
    }
    assert {name: FIELDS[name].limit for name in limits} == limits
    fields = get_object_definition(ProjectReportInput, strict=True).fields
    form = {each.python_name: each.metadata.get("limit") for each in fields}
    own = {"description": "summary", "owner": "owner_name"}
    assert {name: form[own.get(name, name)] for name in limits} == limits
