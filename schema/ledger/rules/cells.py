"""One cell, read as what its column is: a value of ours, perhaps with a doubt, or a refusal."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Context, Decimal
from functools import lru_cache
from typing import Any

from schema.city.rules import (
    RuleBroken,
    clean_text,
    is_estimate,
    parse_day,
    parse_money,
    parse_uscc,
)
from schema.city.rules.text import half_width
from schema.ledger.rules import words
from schema.sheet import Cell

LINE = 200
LONGEST_NOTHING = 12
TEXT = 4_000

NOTHING = re.compile(
    r"[\s/\\—–―－\-_.。…×*]*|无|暂无|没有|待定|未定|待填|未填|不详|空|n/?a|null|none", re.IGNORECASE
)
FAULTS = re.compile(
    r"#(?:REF!|N/A|VALUE!|DIV/0!|NAME\?|NULL!|NUM!|GETTING_DATA|SPILL!|CALC!)", re.IGNORECASE
)

BLANKS = re.compile(r"\s")
JANUARY_OR_OCTOBER = re.compile(r"\d{4}\.1")
FOREIGN = re.compile("美元|欧元|港元|日元")
SCIENTIFIC = re.compile(r"\d(?:\.\d+)?E\+\d+", re.IGNORECASE)
FROM_EXCEL = Context(prec=15)
LARGE_FROM = 500 * 10**10
SMALL_BELOW = 10 * 10**6
GUESSED = re.compile(
    r"^(?:预计|估计|估算|暂估|暂定|初步|拟投资?)(?=约?\d)|[(（](?:预计|估计|估算|暂估|暂定)[)）]$"
)
ABOUT_A_MONTH = re.compile(
    r"^约?(\d{4}年\d{1,2}月|\d{4}[.\-/]\d{1,2})(?:份)?(?:初|上旬|中旬|下旬|底|末|左右|前后?)?$"
)

LAND = re.compile(
    r"(?P<about>约|近)?(?P<amount>\d[\d,]*(?:\.\d+)?)(?P<over>余)?"
    r"(?P<unit>亩|公顷|平方米|平米|平方|m2)?(?:左右)?"
)
MU_IN = {
    "公顷": (15, 1),
    "平方米": (3, 2000),
    "平米": (3, 2000),
    "平方": (3, 2000),
    "m2": (3, 2000),
}
MOST_MU = 100_000

PHONE = re.compile(
    r"(?<!\d)(?:\+?86-?)?(1[3-9]\d{9}|0\d{2,3}-?\d{7,8}(?:-\d{1,6})?|[2-8]\d{6,7}|400-?\d{3}-?\d{4})(?!\d)"
)
DIGITS = re.compile(r"\+?\d[\d\- ]{4,}\d")
NAME_MARKS = " \t\n,，;；、/:：()（）-—.。|"

INDUSTRY = re.compile(r"([A-T])?(\d{2,4})(?!\d)")
LAST_DIVISION = {
    5: "A", 12: "B", 43: "C", 46: "D", 50: "E", 52: "F", 60: "G", 62: "H", 65: "I", 69: "J",
    70: "K", 72: "L", 75: "M", 79: "N", 82: "O", 83: "P", 85: "Q", 90: "R", 96: "S", 97: "T",
}  # fmt: skip

STEPS = ("开工", "竣工", "投产")
LABELLED = re.compile(r"(开工|竣工|完工|投产)(?:时间|日期)?[:：]?\s*([^开竣完投;；、,，\n]+)")


@dataclass(frozen=True, slots=True)
class Said:
    """What a cell says: the value, and what about it should be looked at."""

    value: object
    code: str = ""
    doubt: str = ""


@dataclass(frozen=True, slots=True)
class Column:
    """What a reader knows besides the cell: the column's title and unit, and today."""

    title: str
    unit: str
    today: date


Reader = Callable[[Cell, Column], Said]


def is_blank(cell: Cell) -> bool:
    """Whether a cell says nothing: blanks, dashes, 无, 待定 and the like."""
    if not isinstance(cell, str):
        return cell is None
    return len(cell) <= LONGEST_NOTHING and _says_nothing(cell)


@lru_cache(maxsize=4096)
def _says_nothing(text: str) -> bool:
    return bool(NOTHING.fullmatch(half_width(text)))


def is_fault(cell: Cell) -> bool:
    """Whether a cell shows an error of its formula, such as #REF!."""
    return isinstance(cell, str) and "#" in cell and bool(FAULTS.fullmatch(cell.strip()))


def shown(cell: Cell) -> str:
    """A cell as text: whole numbers without a point, days by ISO 8601."""
    match cell:
        case None:
            return ""
        case bool():
            return "是" if cell else "否"
        case float():
            return f"{FROM_EXCEL.create_decimal(repr(cell)):f}"
        case datetime():
            return (
                cell.date().isoformat()
                if cell.time() == cell.min.time()
                else f"{cell:%Y-%m-%d %H:%M}"
            )
    return str(cell)


def line(cell: Cell, column: Column) -> Said:
    return Said(clean_text(shown(cell), LINE, one_line=True))


def text(cell: Cell, column: Column) -> Said:
    return Said(clean_text(shown(cell), TEXT))


def code(cell: Cell, column: Column) -> Said:
    return Said(clean_text(half_width(shown(cell)), LINE, one_line=True))


def uscc(cell: Cell, column: Column) -> Said:
    if isinstance(cell, int | float) or SCIENTIFIC.fullmatch(shown(cell).strip()):
        raise _unclear(
            "Excel 把信用代码当成了数字，末几位已丢失。请把单元格设为文本格式后重新填写 18 位代码"
        )
    return Said(parse_uscc(shown(cell)))


def money(cell: Cell, column: Column) -> Said:
    """Fen. Numbers of a cell are taken at the 15 digits that Excel shows, never by their bits."""
    if isinstance(cell, bool | date):
        raise _unclear(f"{shown(cell)}不是金额。请把单元格设为常规格式，写成“12.5亿”或“125000万元”")
    if isinstance(cell, int | float) and not FOREIGN.search(column.unit):
        return _counted(cell, column)
    said = GUESSED.sub("约", half_width(shown(cell)))
    said = f"约{said[:-1]}" if said.endswith("约") else said
    if FOREIGN.search(column.unit):
        said += column.unit
    fen = parse_money(said, column.unit or "万元", estimate=True)
    if is_estimate(said):
        return Said(
            fen,
            "ESTIMATE",
            f"“{shown(cell)}”按估计数 {said.strip('约近左右')} 读取，定下后请改成确数",
        )
    return _weighed(fen, shown(cell), column)


def _counted(cell: float, column: Column) -> Said:
    amount = FROM_EXCEL.create_decimal(repr(cell))
    fen_in_unit = {"元": 2, "千元": 5, "亿元": 10}.get(column.unit, 6)
    exact = amount.quantize(Decimal(1).scaleb(-fen_in_unit), ROUND_HALF_UP, Context(prec=40))
    fen = parse_money(f"{exact:f}", column.unit or "万元")
    if exact != amount:
        return Said(fen, "ROUNDED", f"“{shown(cell)}”比一分钱还细，已四舍五入到分")
    return _weighed(fen, shown(cell), column)


def _weighed(fen: int, said: str, column: Column) -> Said:
    """An amount so large or small that its unit is in doubt."""
    unit = f"（按{column.unit or '万元'}读取）"
    if fen > LARGE_FROM:
        return Said(fen, "UNIT", f"“{said}”{unit}超过 500 亿元，请核对单位")
    if 0 < fen < SMALL_BELOW and "投资" in column.title:
        return Said(fen, "UNIT", f"“{said}”{unit}不足 10 万元，请核对单位，例如是否应写“1.2亿”")
    return Said(fen)


def land(cell: Cell, column: Column) -> Said:
    """Mu, to two decimals. 1 公顷 is 15 亩, 1 亩 is 2000/3 平方米."""
    said = LAND.fullmatch(BLANKS.sub("", half_width(shown(cell))))
    if not said or isinstance(cell, bool | date):
        raise _unclear(f"“{shown(cell)}”不是面积。请只填数字，单位为亩，例如“120.5”")
    times, parts = MU_IN.get(said["unit"] or column.unit, (1, 1))
    mu = Decimal(said["amount"].replace(",", "")) * times / parts
    mu = Decimal(f"{mu.quantize(Decimal('0.01'), ROUND_HALF_UP).normalize():f}")
    if mu > MOST_MU:
        raise _unclear(f"“{shown(cell)}”超过 {MOST_MU} 亩。请核对单位，应为亩")
    if said["about"] or said["over"]:
        return Said(mu, "ESTIMATE", f"“{shown(cell)}”按估计数 {mu} 亩读取，定下后请改成确数")
    return Said(mu)


def plan(cell: Cell, column: Column) -> Said:
    return _day(cell, None)


def past(cell: Cell, column: Column) -> Said:
    return _day(cell, column.today)


def _day(cell: Cell, latest: date | None) -> Said:
    if isinstance(cell, str):
        return _written_day(cell, latest)
    if isinstance(cell, bool) or cell is None:
        raise _unclear(f"“{shown(cell)}”不是日期，请写成“2026-03-05”“2026.3.5”或“2026年3月”")
    if isinstance(cell, int) and len(str(cell)) == len("20260305"):
        return Said(parse_day(str(cell), latest))
    return Said(parse_day(cell, latest))


def _written_day(cell: str, latest: date | None) -> Said:
    """Text of a cell: 2026.1 may be an October, 2026.10, that Excel once took for a number."""
    typed = BLANKS.sub("", half_width(cell))
    if JANUARY_OR_OCTOBER.fullmatch(typed):
        return Said(parse_day(float(typed), latest))
    about = ABOUT_A_MONTH.fullmatch(typed)
    if not about or about[1] == typed:
        return Said(parse_day(cell, latest))
    day = parse_day(about[1], latest)
    return Said(day, "ESTIMATE", f"“{cell.strip()}”按 {day} 读取，定下后请改成确切日期")


def milestones(cell: Cell, column: Column) -> Said:
    """Days of start, completion and operation in one cell, labelled or in this order.

    The value is a tuple of three, None where nothing is said.
    """
    latest = column.today if "约" not in column.title and "计划" not in column.title else None
    if not isinstance(cell, str):
        return Said((_day(cell, latest).value, None, None))
    said = half_width(cell)
    named = {label.replace("完工", "竣工"): when for label, when in LABELLED.findall(said)}
    parts = [named.get(step, "") for step in STEPS] if named else _in_order(said)
    if len(parts) > len(STEPS):
        raise _unclear(
            f"“{shown(cell)}”里有 {len(parts)} 个时间。请写成“开工2026.11；竣工2027.10”这样"
        )
    days = [None if is_blank(part) else _day(part, latest).value for part in parts]
    return Said(tuple(days + [None] * (len(STEPS) - len(days))))


def _in_order(said: str) -> list[str]:
    parts = [
        part
        for part in re.split(r"[;；、,，\n]+|\s+(?=\d{4})|(?<=[年月日号])/|至", said)
        if part.strip()
    ]
    if (
        len(parts) == 1
        and said.count("/") in (1, 2)
        and not re.fullmatch(r"\d{4}/\d+(?:/\d+)?", said)
    ):
        parts = said.split("/")
    return [part.strip() for part in parts]


def place(cell: Cell, column: Column) -> Said:
    return _word(cell, words.place, words.PLACES)


def stage(cell: Cell, column: Column) -> Said:
    return _word(cell, words.stage, words.STAGES)


def group(cell: Cell, column: Column) -> Said:
    return _word(cell, words.group, words.GROUPS)


def origin(cell: Cell, column: Column) -> Said:
    return _word(cell, words.origin, words.ORIGINS)


def agreement(cell: Cell, column: Column) -> Said:
    return _word(cell, words.agreement, words.AGREEMENTS)


def _word(cell: Cell, meaning: Callable[[str], object | None], known: Mapping[Any, str]) -> Said:
    found = meaning(shown(cell))
    if found is None:
        choices = "、".join(words.offered(known))
        raise _unclear(f"“{clean_text(shown(cell), TEXT)[:20]}”不在名单内。请填其中一个：{choices}")
    return Said(found)


def industry(cell: Cell, column: Column) -> Said:
    """A code of GB/T 4754—2017 as a letter with at most three digits: 3582 and C3582 are C358."""
    said = half_width(shown(cell)).upper()
    found = INDUSTRY.search(said)
    if not found:
        return Said(
            "", "INDUSTRY", f"“{said[:20]}”里没有行业代码，未读取。请填国标代码，例如“C358”"
        )
    letter = next((sign for last, sign in LAST_DIVISION.items() if int(found[2][:2]) <= last), "")
    if not letter or found[1] not in (None, letter) or found[2].startswith("00"):
        raise _unclear(f"“{said[:20]}”不是国标行业代码。请对照 GB/T 4754—2017 填写，例如“C358”")
    return Said(letter + found[2][:3])


def tags(cell: Cell, column: Column) -> Said:
    said = clean_text(shown(cell), LINE, one_line=True)
    parts = [part.strip() for part in re.split(r"[、,，;；/\s]+", said)]
    return Said(tuple(part for part in parts if part and part not in ("否", "不是", "非")))


def company(cell: Cell, column: Column) -> Said:
    """A company's name and what stands behind it, such as day and capital: a pair of texts."""
    said = clean_text(shown(cell), LINE, one_line=True)
    name, _, rest = re.sub("[／;；,，]", "/", said).partition("/")
    return Said((name.strip(), rest.strip()))


def contact(cell: Cell, column: Column) -> Said:
    """A name and a telephone number, from one cell or each from its own: a pair of texts."""
    said = clean_text(half_width(shown(cell)), LINE, one_line=True)
    found = PHONE.search(re.sub(r"(?<=\d) (?=\d)", "", said))
    if found:
        rest = re.sub(r"(?<=\d) (?=\d)", "", said).replace(found[0], " ")
        return Said((rest.strip(NAME_MARKS)[:60], found[1]))
    if digits := DIGITS.search(said):
        name = said.replace(digits[0], " ").strip(NAME_MARKS)[:60]
        doubt = f"“{digits[0]}”位数不对，请核对。手机 11 位，座机带区号，例如“028-26110000”"
        return Said((name, digits[0][:40]), "PHONE", doubt)
    return Said((said[:60], ""))


def _unclear(message: str) -> RuleBroken:
    return RuleBroken(message, code="INVALID")


READERS: Mapping[str, Reader] = {
    "text": text,
    "line": line,
    "more": text,
    "serial": line,
    "code": code,
    "uscc": uscc,
    "money": money,
    "land": land,
    "plan": plan,
    "past": past,
    "milestones": milestones,
    "place": place,
    "stage": stage,
    "group": group,
    "origin": origin,
    "agreement": agreement,
    "industry": industry,
    "tags": tags,
    "contact": contact,
    "company": company,
}
"""How each kind of field is read."""
