"""Invented investors and the projects that they bring: every name and code is made up."""

import csv
import random
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import product
from pathlib import Path
from typing import Any

from schema.city.rules.codes import body_check, check

HERE = Path(__file__).parent
FIRST = "禾岸青云锦沐嘉启瑞泓晟致远峻恒朗予沃"
SECOND = "屿川岫澜舟穗宁程衡煦航栎桓澄野砚辰桥"
FORMS = ("有限公司", "有限公司", "有限公司", "股份有限公司", "集团有限公司")
SURNAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜"
GIVEN = (
    "明远", "思源", "文博", "嘉宁", "子昂", "雨桐", "海峰", "志坚",
    "若兰", "一鸣", "晓东", "建国", "佳怡", "承志", "立群", "静怡",
)  # fmt: skip
SOURCES = (
    "驻外分局走访", "异地商会推荐", "以商招商", "产业链上下游介绍", "展会对接",
    "企业来函", "委托机构推荐", "成渝双城经济圈对接会",
)  # fmt: skip
NEEDS = (
    "希望靠近园区主干道，需双回路供电",
    "需日供天然气 2 万立方米，请协助评估管网能力",
    "需标准厂房 1.2 万平方米先行投产",
    "希望协助办理环评和能评",
    "需配套人才公寓 200 套",
    "用水量较大，请协助测算管网接入",
    "希望对接本地职业院校订单培养",
    "请协助落实冷库用电优惠政策的适用条件",
)
ABROAD = (
    ("首尔口腔影像株式会社", "韩国首尔", "USD", 71_350),
    ("Rhein Rail Systems GmbH", "德国杜塞尔多夫", "EUR", 77_420),
    ("香港岚川冷链投资有限公司", "香港", "HKD", 9_120),
    ("Citrus Valley Foods Inc.", "美国加利福尼亚", "USD", 71_350),
    ("名古屋精工减速机株式会社", "日本名古屋", "JPY", 465),
    ("新加坡临空产业投资有限公司", "新加坡", "USD", 71_350),
)


@dataclass(frozen=True)
class Lead:
    """What is known of a project when it is reported. `amount_wan` is in 万元."""

    name: str
    investor: str
    uscc: str
    region: str
    source: str
    amount_wan: int
    group: str
    code: str
    places: tuple[str, ...]
    contact: str
    phone: str
    product: str
    foreign: tuple[str, str] | None = None

    @property
    def amount(self) -> str:
        """As people type it: `12.5亿`, `8000万元`."""
        whole, rest = divmod(self.amount_wan, 10_000)
        if whole and rest % 100 == 0:
            return f"{whole}.{rest // 100:02d}".rstrip("0").rstrip(".") + "亿"
        return f"{self.amount_wan}万元"


def leads(chance: random.Random) -> Iterator[Lead]:
    """No two of one name or investor; 324 at most, six of them foreign."""
    words = ["".join(pair) for pair in product(FIRST, SECOND)]
    chance.shuffle(words)
    abroad = dict(zip(range(20, 300, 47), ABROAD, strict=True))
    for number, word in enumerate(words):
        yield (
            foreign(number, word, chance, abroad[number])
            if number in abroad
            else domestic(number, word, chance)
        )


def domestic(number: int, word: str, chance: random.Random) -> Lead:
    line = chance.choices(table("lines"), weights=[weight(each) for each in table("lines")])[0]
    where = chance.choices(table("regions"), weights=[int(r["weight"]) for r in table("regions")])[
        0
    ]
    region = where["region"]
    town = region[2:] if len(region) > 2 else region
    return Lead(
        name=f"{word}{line['product']}{line['works']}",
        investor=f"{town}{word}{line['investor']}{chance.choice(FORMS)}",
        uscc=credit_code(where["code"], number),
        region=region,
        source=where["source"],
        amount_wan=size(line, chance),
        **profile(number, line, chance),
    )


def foreign(
    number: int, word: str, chance: random.Random, investor: tuple[str, str, str, int]
) -> Lead:
    name, region, currency, rate = investor
    line = next(each for each in table("lines") if int(each["most_wan"]) > 150_000 + number * 100)
    millions = chance.choice((12, 15, 20, 30)) * (100 if currency == "JPY" else 1)
    return Lead(
        name=f"{word}{line['product']}{line['works']}（外资）",
        investor=name,
        uscc="",
        region=region,
        source="FOREIGN",
        amount_wan=millions * rate // 100,
        foreign=(f"{millions}000000.00", currency),
        **profile(number, line, chance),
    )


def profile(number: int, line: dict[str, str], chance: random.Random) -> dict[str, Any]:
    return {
        "group": line["group"],
        "code": line["code"],
        "places": tuple(line["places"].split()),
        "contact": chance.choice(SURNAMES) + chance.choice(GIVEN),
        "phone": f"1990000{number:04d}",
        "product": line["product"],
    }


def weight(line: dict[str, str]) -> int:
    """Manufacturing and food bring most of the projects."""
    return {"advanced-manufacturing": 4, "biomedicine-food": 4, "infrastructure": 1}.get(
        line["group"], 2
    )


def size(line: dict[str, str], chance: random.Random) -> int:
    """Between the least and the most of its line, more often small, in round figures."""
    least, most = int(line["least_wan"]), int(line["most_wan"])
    wan = int(least * (most / least) ** (chance.random() ** 1.5))
    return wan // 500 * 500 if wan < 20_000 else wan // 2_500 * 2_500


def credit_code(region: str, number: int) -> str:
    """A made-up unified social credit code with right check digits."""
    body = f"MAD{number:05d}"
    code = f"91{region}{body}{body_check(body)}"
    return code + check(code)


@cache
def table(name: str) -> list[dict[str, str]]:
    with (HERE / f"{name}.csv").open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))
