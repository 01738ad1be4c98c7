"""500 pairs of reports, made: 250 of one project typed or worded in two ways, 250 of two projects.

`python -m tests.linkage.pairs` prints them, and by kind how many are found. What is made follows from
SEED alone. The kinds are what people do, the hard ones among them, and none was left out for being
missed: names reworded, a character replaced by any other, 红茶 beside 绿茶, a second project of one
investor in the same industry for the same money.
"""

import sys
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from random import Random
from typing import NamedTuple

from schema.project.rules import Candidate, Match, same_project, surest
from tests.rulebook import thresholds
from tests.world import uscc

SEED = 12
PRODUCTS = {
    "柠檬深加工": "1373",
    "口腔种植体": "3586",
    "新能源汽车零部件": "3670",
    "预制菜": "1432",
    "医疗器械": "3584",
    "生物制药": "2761",
    "智能装备": "3569",
    "锂电池材料": "3841",
    "光伏组件": "3825",
    "纺织服装": "1811",
    "食品冷链物流": "5930",
    "石墨烯新材料": "3091",
    "有机肥": "2625",
    "中药饮片": "2730",
    "电子元器件": "3989",
    "装配式建筑": "3021",
    "汽车制动系统": "3660",
    "甘薯淀粉": "1391",
    "蚕丝家纺": "1771",
    "环保包装": "2231",
}
FORMS = ("产业园", "生产线", "研发中心", "加工厂", "智能工厂", "产业城", "示范园区", "生产车间")
BRANDS = [
    "华兴",
    "瑞丰",
    "天成",
    "博远",
    "联创",
    "金源",
    "恒泰",
    "云岫",
    "柠都",
    "牙谷",
    "蜀能",
    "锦川",
    "沱江",
    "凤鸣",
    "宝莱",
    "鸿运",
    "盛达",
    "远景",
]
TRADES = ("食品", "装备", "科技", "新材料", "医药", "农业", "能源", "实业")
COUNTIES = ("安岳县", "乐至县", "雁江区", "高新区", "临空经济区")
WORKS = (
    "城乡供水",
    "污水处理厂",
    "生活垃圾焚烧发电",
    "人民医院迁建",
    "标准化厂房",
    "高标准农田",
    "智慧停车场",
)
TRADITIONAL = str.maketrans(
    "柠产业园医疗药物锂电组纺织装链烯机饮件筑车动统丝环线发厂区东华丰联创锦凤鸣宝鸿运盛达远县乐临经济试验项",
    "檸產業園醫療藥物鋰電組紡織裝鏈烯機飲件築車動統絲環線發廠區東華豐聯創錦鳳鳴寶鴻運盛達遠縣樂臨經濟試驗項",
)
LOOKS = {
    "未": "末",
    "己": "已",
    "土": "士",
    "大": "太",
    "人": "入",
    "工": "エ",
    "二": "ニ",
    "干": "千",
    "象": "像",
}
LOOKING = (
    "自己味道预制菜产业园",
    "未来智能装备产业园",
    "黄土高标准农田",
    "大千文旅小镇",
    "万象商业中心",
    "人和医疗器械产业园",
)
SOUNDS = {
    "柠": "宁", "檬": "蒙", "业": "叶", "园": "圆", "加": "佳", "工": "公", "智": "志", "装": "妆", "备": "被",
    "材": "才", "中": "终", "心": "新", "生": "升", "线": "现", "研": "言", "城": "成", "制": "治", "池": "持",
}  # fmt: skip
ANY = "和安宁平顺昌隆旺福吉庆祥"
MORE = "新精大优绿美好总"
REWORDED = (
    ("年产10万吨柠檬汁生产线", "柠檬汁生产线（年产10万吨）"),
    ("新能源汽车零部件产业园", "新能源车配件产业园"),
    ("口腔种植体研发生产中心", "种植牙研发制造中心"),
    ("农产品冷链物流园", "安岳农产品冷链仓储物流中心"),
    ("光伏组件智能工厂", "太阳能组件智慧工厂"),
)
TWO = (
    ("红茶精深加工产业园", "绿茶精深加工产业园"),
    ("生猪标准化养殖场", "肉牛标准化养殖场"),
    ("人民医院迁建", "中医医院迁建"),
    ("锂电池正极材料工厂", "锂电池负极材料工厂"),
    ("男装智能制造产业园", "女装智能制造产业园"),
    ("柠檬果汁饮料加工厂", "柠檬果胶饮料加工厂"),
    ("乘用车制动系统产业园", "商用车制动系统产业园"),
    ("硬质合金刀具生产车间", "硬质合金模具生产车间"),
    ("猪饲料加工厂", "鱼饲料加工厂"),
    ("油茶种植示范园区", "茶种植示范园区"),
)
ENDS = ("项目", "基地", "建设项目", "工程", "投资项目", "建设工程", "项目。")


class Pair(NamedTuple):
    """Two reports, of what kind, whether they are one project, and why the investors are of one group."""

    kind: str
    same: bool
    a: Candidate
    b: Candidate
    related: str = ""


Make = Callable[[Random], tuple[str, str]]


def base(draw: Random) -> str:
    return draw.choice(list(PRODUCTS)) + draw.choice(FORMS)


def company(draw: Random, *but: str) -> str:
    brand = draw.choice([each for each in BRANDS if not any(each in other for other in but)])
    return f"{draw.choice(('四川', '成都', '重庆', ''))}{brand}{draw.choice(TRADES)}有限公司"


def swapped(draw: Random, name: str, given: dict[str, str]) -> str:
    at = draw.choice([i for i, each in enumerate(name) if each in given])
    return name[:at] + given[name[at]] + name[at + 1 :]


def replaced(draw: Random, name: str) -> str:
    at = draw.randrange(len(name))
    return name[:at] + draw.choice(ANY) + name[at + 1 :]


def inserted(draw: Random, name: str) -> str:
    at = draw.randrange(1, len(name))
    return name[:at] + draw.choice(MORE) + name[at:]


def stopped(draw: Random, name: str) -> str:
    half = len(name) // 2
    front, back = name[:half], name[half:]
    return draw.choice(
        (
            f"{name}。",
            f"{front}·{back}",
            f"“{front}”{back}",
            f"{front}—{back}；",
            f"{front} （{back}）",
        )
    )


def of_capacity(draw: Random) -> tuple[str, str]:
    number = draw.choice((10, 20, 50, 100))
    name = f"年产{number}万件{base(draw)}"
    typed = draw.choice((str(number).replace("0", "O", 1), str(number).translate(FULL)))
    return name, name.replace(str(number), typed)


FULL = str.maketrans("0123456789", "０１２３４５６７８９")
PHASES = (("一期", "1期", "Ⅰ期", "第一期", "I期"), ("二期", "2期", "Ⅱ期", "第二期", "II期"))


def of_phase(draw: Random) -> tuple[str, str]:
    name = base(draw)
    one, other = draw.sample(draw.choice(PHASES), 2)
    return name + one, draw.choice((f"{name}（{other}）", f"{name}项目{other}", name + other))


def typed(change: Callable[[Random, str], str]) -> Make:
    def make(draw: Random) -> tuple[str, str]:
        name = base(draw)
        return name, change(draw, name)

    return make


def looked(draw: Random) -> tuple[str, str]:
    name = draw.choice(LOOKING)
    return name, swapped(draw, name, LOOKS)


def shortened(draw: Random, name: str) -> str:
    at = draw.randrange(1, len(name) - 3)
    return name[:at] + name[at + 1 :]


def mixed(draw: Random, name: str) -> str:
    """Two or three slips at once."""
    return (
        draw.choice(("四川省资阳市", *COUNTIES[:2], ""))
        + inserted(draw, name).translate(TRADITIONAL)
        + draw.choice(ENDS)
    )


SAME: dict[str, Make] = {
    "项目、基地等字样": typed(lambda draw, name: name + draw.choice(ENDS)),
    "标点": typed(stopped),
    "繁体": typed(lambda draw, name: name.translate(TRADITIONAL)),
    "部分繁体": typed(
        lambda draw, name: (
            name[: len(name) // 2] + name[len(name) // 2 :].translate(TRADITIONAL) + "。"
        )
    ),
    "形近字": looked,
    "0与O、全角": of_capacity,
    "同音字": typed(
        lambda draw, name: swapped(draw, name, SOUNDS) if set(name) & set(SOUNDS) else name + "项目"
    ),
    "多一字": typed(inserted),
    "少一字": typed(shortened),
    "任换一字": typed(replaced),
    "地名有无": typed(lambda draw, name: draw.choice(("四川省资阳市", "资阳市", *COUNTIES)) + name),
    "分期写法": of_phase,
    "几处不同": typed(mixed),
    "改写": lambda draw: draw.choice(REWORDED),
}
"""Kinds of pairs of one project, beside those of a group."""


def other_place(draw: Random) -> tuple[str, str]:
    one, other = draw.sample(COUNTIES, 2)
    name = draw.choice(WORKS)
    return f"{one}{name}项目", f"{other}{name}项目"


def other_number(draw: Random) -> tuple[str, str]:
    name = base(draw)
    one, other = draw.sample((5, 10, 12, 20, 30), 2)
    return draw.choice(
        (
            (f"年产{one}万件{name}", f"年产{other}万件{name}"),
            (f"{name}{one}号厂房", f"{name}{other}号厂房"),
        )
    )


def other_phase(draw: Random) -> tuple[str, str]:
    name = base(draw)
    one, other = draw.sample(("一期", "二期", "三期"), 2)
    return f"{name}（{one}）", f"{name}（{other}）"


def other_side(draw: Random) -> tuple[str, str]:
    name = base(draw)
    one, other = draw.sample(("东区", "西区", "南区", "北区", "A区", "B区"), 2)
    return name + one, name + other


def other_product(draw: Random) -> tuple[str, str]:
    one, other = draw.sample(list(PRODUCTS), 2)
    form = draw.choice(FORMS)
    return one + form, other + form


def other_brand(draw: Random) -> tuple[str, str]:
    one, other = draw.sample(BRANDS, 2)
    name = base(draw)
    return one + name, other + name


def other_form(draw: Random) -> tuple[str, str]:
    name = draw.choice(list(PRODUCTS))
    one, other = draw.sample(FORMS, 2)
    return name + one, name + other


OTHER: dict[str, Make] = {
    "不同地方的同类工程": other_place,
    "规模、编号不同": other_number,
    "不同期": other_phase,
    "不同片区": other_side,
    "不同产品": other_product,
    "字号不同": other_brand,
    "同类产品不同建设内容": other_form,
    "一字之差的两个产品": lambda draw: draw.choice(TWO),
}


def made() -> list[Pair]:
    """The pairs, 250 of either."""
    draw = Random(SEED)
    return [*of_one(draw), *of_two(draw)]


def of_one(draw: Random) -> Iterator[Pair]:
    kinds = [*SAME, "关联企业"]
    for at in range(250):
        kind = kinds[at % len(kinds)]
        related = ""
        a, b = SAME[kind](draw) if kind in SAME else typed(mixed)(draw)
        investor, industry = company(draw), draw.choice(list(PRODUCTS.values()))
        amount = draw.randrange(1, 300) * 10**10
        one = Candidate(a, investor, uscc(at + 1), industry, amount)
        by = draw.choice(
            (
                investor,
                investor.replace("有限公司", "集团股份有限公司"),
                "",
                company(draw, investor),
            )
        )
        if kind == "关联企业":
            by, related = company(draw, investor), "同一控制人：四川柠都集团有限公司"
            b = draw.choice((a + "（西南总部）", b, a.replace("产业", "产业化")))
        code = one.uscc if by == investor and draw.random() < 0.5 else None
        about = amount * draw.randrange(70, 131) // 100
        given = draw.choice((industry, ""))
        yield Pair(kind, True, one, Candidate(b, by, code, given, about), related)


def of_two(draw: Random) -> Iterator[Pair]:
    kinds = [*OTHER, "同一投资方的另一项目", "关联企业的另一项目"]
    for at in range(250):
        kind = kinds[at % len(kinds)]
        a, b = OTHER[kind](draw) if kind in OTHER else other_product(draw)
        investor = company(draw)
        industry, another = draw.choices(list(PRODUCTS.values()), k=2)
        amount = draw.randrange(1, 300) * 10**10
        one = Candidate(a, investor, uscc(at + 1000), industry, amount)
        own = kind == "同一投资方的另一项目" or (
            kind in ("不同期", "不同片区") and draw.random() < 0.7
        )
        by = investor if own else company(draw, investor)
        code = one.uscc if own else uscc(at + 2000)
        other = Candidate(b, by, code, another, draw.randrange(1, 300) * 10**10)
        if kind == "同一投资方的另一项目" and at % 3 == 0:
            other = replace(other, industry_code=industry, amount_fen=amount * 9 // 10)
        related = "同一控制人：四川柠都集团有限公司" if kind == "关联企业的另一项目" else ""
        yield Pair(kind, False, one, other, related)


class Measured(NamedTuple):
    """How many of the found are one project, and how many of one project are found, in per cent."""

    precision: float
    recall: float
    found: Counter[str]
    pairs: Counter[str]


def found(pair: Pair) -> Match | None:
    return surest(same_project(pair.a, pair.b, thresholds(), pair.related))


def measured(pairs: list[Pair]) -> Measured:
    hits = [pair for pair in pairs if found(pair)]
    right = sum(pair.same for pair in hits)
    return Measured(
        100 * right / len(hits),
        100 * right / sum(pair.same for pair in pairs),
        Counter(f"{'同' if each.same else '异'} {each.kind}" for each in hits),
        Counter(f"{'同' if each.same else '异'} {each.kind}" for each in pairs),
    )


def main() -> None:
    pairs = made()
    for pair in pairs:
        match = found(pair)
        if pair.same != bool(match) or "-v" in sys.argv:
            by = f"{pair.a.investor_name} / {pair.b.investor_name}"
            print(
                f"{'同' if pair.same else '异'} {pair.kind}: {pair.a.name} / {pair.b.name} ({by}) → {match}"
            )
    result = measured(pairs)
    for kind, count in result.pairs.items():
        print(f"{kind}: {result.found[kind]}/{count}")
    print(f"precision {result.precision:.1f} %, recall {result.recall:.1f} %")


if __name__ == "__main__":
    main()
