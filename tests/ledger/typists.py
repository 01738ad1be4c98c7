"""How people type: the same day, amount or place in a dozen ways, some of them wrong.

A typist takes what is true and gives the cell, what it is to be read as, and the issue that is due.
"""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from schema.city.rules.codes import ALPHABET
from schema.ledger.rules import Severity
from schema.project.rules import CapitalOrigin, Stage
from schema.sheet import Cell
from schema.signing.rules import AgreementKind
from tests.ledger.layouts import Spec

WRONG = 0.004
DIRTY = 0.35

STAGE_WORDS = {
    Stage.REPORTED: ("待研判", "线索", "已报送"),
    Stage.JUDGED: ("在谈", "洽谈中", "意向", " 在 谈 ", "签约前谈判", "2.在谈（洽谈）", "接洽中"),
    Stage.SIGNED: ("已签约", "签约", "签约未开工", "正式签约"),
    Stage.STARTED: ("开工", "在建", "已开工", "建设中"),
    Stage.OPERATING: ("投产", "投产(运营)", "已投产", "竣工投产"),
    Stage.FULL_OUTPUT: ("达产", "达产达效"),
    Stage.TERMINATED: ("终止", "流失"),
}
PLACE_WORDS = {
    "yanjiang": ("雁江区", "雁江", "资阳市雁江区", " 雁江 区"),
    "anyue": ("安岳县", "安岳", "安岳县石羊镇"),
    "lezhi": ("乐至县", "乐至", "四川省资阳市乐至县"),
    "hightech": ("高新区", "资阳高新区", "资阳高新技术产业园区", "高新"),
    "airport": ("临空经济区", "临空", "资阳临空经济区管委会"),
}
GROUP_WORDS = {
    "advanced-manufacturing": ("先进制造", "先进制造业产业招商小组", "装备制造"),
    "biomedicine-food": ("生物医药食品饮料", "食品饮料", "生物医药"),
    "modern-services": ("现代服务业", "服务业组"),
    "health-care": ("医疗康养", "康养"),
    "culture-tourism-education": ("文旅教体", "文旅教体小组"),
    "modern-agriculture": ("现代农业", "1.农业"),
    "infrastructure": ("基础设施", "基础设施建设"),
}
ORIGIN_WORDS = {
    CapitalOrigin.DOMESTIC: ("内资", "国内", "内资企业"),
    CapitalOrigin.FOREIGN: ("外资", "港澳台", "外商投资"),
}
AGREEMENT_WORDS = {
    AgreementKind.FORMAL: ("正式", "投资协议", "正式合同"),
    AgreementKind.FRAMEWORK: ("框架", "框架协议"),
    AgreementKind.INTENT: ("意向", "意向协议"),
}


@dataclass
class Written:
    """A cell as somebody typed it, and what it is to be read as."""

    cell: Cell
    value: Any = None
    issue: str = ""
    severity: Severity = Severity.ERROR


def text(rng: random.Random, value: str, spec: Spec) -> Written:
    typed = value
    if rng.random() < DIRTY:
        typed = rng.choice((f" {value}", f"{value}　", f"{value}\u00a0 ", f"\t{value}\n"))
    return Written(typed, value)


def money(rng: random.Random, fen: int, spec: Spec) -> Written:
    if rng.random() < WRONG:
        wrong = rng.choice(("10-15亿", "面议", -500, "1000万美元", "1.2亿3", date(2026, 3, 5)))
        return Written(wrong, None, "MONEY")
    if rng.random() < WRONG:
        return Written(rng.choice(("#REF!", "#DIV/0!")), None, "FORMULA")
    wan, yi = Decimal(fen) / 10**6, Decimal(fen) / 10**10
    if rng.random() < 0.05:
        typed = rng.choice((f"约{_plain(yi)}亿", f"{_plain(wan)}万元左右", f"近{_plain(yi)}亿元"))
        return Written(typed, fen, "ESTIMATE", Severity.WARNING)
    number = wan if spec.unit == "万元" else yi
    if rng.random() < DIRTY:
        plain = _plain(number)
        return Written(
            rng.choice(
                (
                    f"{wan:,}万元",
                    f"{_plain(yi)}亿",
                    f" {_plain(yi)} 亿元 ",
                    _full_width(f"{_plain(yi)}亿元"),
                    f"{plain}\u00a0",
                    _full_width(plain),
                    f"{number:,}",
                    f"人民币{_plain(wan)}万元",
                    f"{_plain(wan * 10_000)}元",
                )
            ),
            fen,
        )
    return Written(int(number) if number == int(number) else float(number), fen)


def exact_money(rng: random.Random, fen: int, spec: Spec) -> Written:
    """An amount of which a project keeps no estimate."""
    while (written := money(rng, fen, spec)).issue == "ESTIMATE":
        pass
    return written


def land(rng: random.Random, mu: Decimal, spec: Spec) -> Written:
    mu = Decimal(_plain(mu))
    if rng.random() < WRONG:
        return Written(rng.choice(("待供地", "50-60亩", "三百")), None, "NUMBER")
    if rng.random() < 0.05:
        return Written(f"约{mu}亩", mu, "ESTIMATE", Severity.WARNING)
    if rng.random() < DIRTY:
        return Written(rng.choice((f"{mu}亩", _full_width(str(mu)), f" {mu} ")), mu)
    return Written(float(mu), mu)


def past(rng: random.Random, day: date, spec: Spec) -> Written:
    if rng.random() < WRONG:
        wrong = rng.choice(("尽快", 2026.1, "2026-13-40", "2027-01-05", 2026, "45", True))
        return Written(wrong, None, "DAY")
    return any_day(rng, day)


def plan(rng: random.Random, day: date, spec: Spec) -> Written:
    if rng.random() < WRONG:
        wrong = rng.choice(("待定后补", 2026.1, "2026-02-30", "2026年", "明年3月"))
        return Written(wrong, None, "DAY")
    return any_day(rng, day)


def any_day(rng: random.Random, day: date) -> Written:
    year, month = day.year, day.month
    if day.day == 1 and rng.random() < 0.05:
        typed = rng.choice(
            (f"{year}年{month}月底", f"{year}年{month}月上旬", f"约{year}年{month}月")
        )
        return Written(typed, day, "ESTIMATE", Severity.WARNING)
    ways: list[Cell] = [
        f"{day}",
        f"{year}.{month}.{day.day}",
        f"{year}/{month}/{day.day}",
        f"{year}年{month}月{day.day}日",
        _full_width(f"{year}.{month:02}.{day.day:02}"),
        f" {day:%Y%m%d} ",
        int(f"{day:%Y%m%d}"),
        (day - date(1899, 12, 30)).days,
    ]
    if day.day == 1:
        ways += [f"{year}年{month}月", f"{year} 年 {month} 月", f"{year}-{month:02}"]
        ways += [] if month in (1, 10) else [f"{year}.{month}", float(f"{year}.{month}")]
    return Written(rng.choice(ways) if rng.random() < 2 * DIRTY else day, day)


def milestones(rng: random.Random, days: Sequence[date], spec: Spec) -> Written:
    texts = [f"{day.year}年{day.month}月" for day in days]
    ways = (
        "/".join(f"{day.year}.{day.month:02}" for day in days),
        "；".join(texts),
        "、".join(texts),
        "\n".join(
            f"{step}：{text}" for step, text in zip(("开工", "竣工", "投产"), texts, strict=True)
        ),
        "开工时间{}，竣工时间{}，投产时间{}".format(*texts),
    )
    if rng.random() < 0.1:
        return Written(f"开工{texts[0]}，投产{texts[2]}", (days[0], None, days[2]))
    return Written(rng.choice(ways), tuple(days))


def uscc(rng: random.Random, code: str, spec: Spec) -> Written:
    if rng.random() < WRONG:
        wrong = (code[:17], code[:17] + ALPHABET[(ALPHABET.index(code[17]) + 1) % 31], 9.15e17)
        return Written(rng.choice(wrong), None, "USCC")
    if rng.random() < DIRTY:
        return Written(
            rng.choice((code.lower(), _full_width(code), f" {code[:8]} {code[8:]}")), code
        )
    return Written(code, code)


def contact(rng: random.Random, contact: tuple[str, str], spec: Spec) -> Written:
    name, phone = contact
    if rng.random() < WRONG:
        return Written(f"{name} {phone[:10]}", (name, phone[:10]), "PHONE", Severity.WARNING)
    spaced = f"{phone[:3]} {phone[3:7]} {phone[7:]}"
    ways = (f"{name} {phone}", f"{name}，{phone}", f"{name}（{phone}）", f"{name}/{phone}")
    ways += (
        f"{phone} {name}",
        f"{name}{_full_width(phone)}",
        f"{name}：{spaced}",
        f"{name}\n{phone}",
    )
    return Written(rng.choice(ways), contact)


def phone(rng: random.Random, phone: str, spec: Spec) -> Written:
    return Written(rng.choice((phone, int(phone), f"+86 {phone}", _full_width(phone))), phone)


def tags(rng: random.Random, tags: tuple[str, ...], spec: Spec) -> Written:
    return Written(rng.choice("、，/;").join(tags) if tags else "否", tags)


def industry(rng: random.Random, code: str, spec: Spec) -> Written:
    if rng.random() < WRONG:
        return Written(rng.choice(("Z99", "B358", "C98")), None, "INDUSTRY")
    if rng.random() < WRONG:
        return Written("医疗器械", "", "INDUSTRY", Severity.WARNING)
    ways = [code, code.lower(), f"{code} 某某业", _full_width(code)]
    if len(code) == len("C3582"):
        ways += [code[1:], int(code[1:])]
    return Written(rng.choice(ways), code)


def _words(known: dict[Any, tuple[str, ...]], code: str) -> Callable[..., Written]:
    def write(rng: random.Random, meaning: Any, spec: Spec) -> Written:
        if rng.random() < WRONG:
            return Written(rng.choice(("不清楚", "成都高新区", "雁江区、高新区", "9")), None, code)
        return Written(rng.choice(known[meaning]), meaning)

    return write


TYPISTS: dict[str, Callable[..., Written]] = {
    "uscc": uscc,
    "contact": contact,
    "contact_phone": phone,
    "investor_tags": tags,
    "industry_code": industry,
    "agreed_investment": money,
    "agreed_fixed_assets": exact_money,
    "paid_in_total": money,
    "paid_in_ytd": money,
    "land_mu": land,
    "first_talk_date": past,
    "signed_on": past,
    "actual_start": past,
    "agreed_start": plan,
    "agreed_completion": plan,
    "agreed_operation": plan,
    "agreed_milestones": milestones,
    "stage": _words(STAGE_WORDS, "STAGE"),
    "group": _words(GROUP_WORDS, "GROUP"),
    "capital_origin": _words(ORIGIN_WORDS, "ORIGIN"),
    "agreement_kind": _words(AGREEMENT_WORDS, "AGREEMENT"),
    "first_contact_place": _words(PLACE_WORDS, "PLACE"),
    "landing_place": _words(PLACE_WORDS, "PLACE"),
}


def _plain(number: Decimal) -> str:
    return f"{number.normalize():f}"


def _full_width(text: str) -> str:
    return "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in text)
