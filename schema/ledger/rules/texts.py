"""Parsers of names, codes and other texts. All raise RuleBroken (INVALID)."""

import re

from schema.city.rules import clean_text, parse_uscc
from schema.city.rules.text import half_width
from schema.ledger.rules.cell import (
    AS_TEXT,
    Column,
    Parsed,
    cell_text,
    has_lost_digits,
    unclear,
)
from schema.project.rules.classes import industries, section_of
from schema.project.rules.report import PHONE as PHONES
from schema.project.rules.report import check_phone, phone_of
from schema.sheet import Cell

PHONE = re.compile(
    r"(?<!\d)(?:\+?86-?)?"
    r"(1[3-9]\d{9}|0\d{2,3}-?\d{7,8}(?:-\d{1,6})?|[2-8]\d{6,7}|400-?\d{3}-?\d{4})(?!\d)"
)
BARE = re.compile(r"\d{1,3}(?:\.\d+)?")
PER_CENT = re.compile("%|百分")
DIGITS = re.compile(r"\+?\d[\d\-]{5,}")
GAP_IN_NUMBER = re.compile(r"(?<=\d) (?=\d)")
MARKS = " \t\n,，;；、/:：()（）-—.。|"

AREA_CODES = re.compile(r"(?:10|2\d|[3-9]\d\d)\d{7,8}")
"""A telephone number that has lost the 0 of its area code."""
WITH_SECTION = re.compile(r"(?<![A-Z0-9.])([A-Z])\s?(\d{2,4})(?![A-Z0-9.])")
FOUR_DIGITS = re.compile(r"(?:^|(?<=[(\s、,;:：—-]))(\d{4})(?=$|[\s)、,;:：—.-]|[\u4e00-\u9fff])")
FEW_DIGITS = re.compile(r"\d{1,3}")
MEASURES = re.compile(
    r"\s*(?:年|月|日|号|[英公市]?[寸吋尺里顷斤]|亩|[十百千万亿]|[兆千]?[瓦伏安]|吨|[台套件个条期层栋米平毫厘微纳元家人辆只枚片座处户名度级头株间床位]"
    r"|nm|mm|cm|m|kg|t\b|[mgk]w|k?v\b|ah)",
    re.IGNORECASE,
)
"""What makes digits before it a year or a measure and no code: 2026年, 12英寸, 3000吨."""


def line(cell: Cell, column: Column) -> Parsed:
    """Text on one line."""
    _keep_digits(cell)
    return Parsed(clean_text(cell_text(cell), column.limit, one_line=True))


def percent(cell: Cell, column: Column) -> Parsed:
    """A part with its %, as it is written; a bare number is one where the heading says so: 持股比例（%）.

    Raises RuleBroken (INVALID), for a bare number below 1 as well, which may be a part of the whole.
    """
    plain = half_width(str(line(cell, column).value))
    if BARE.fullmatch(plain.removesuffix("%").rstrip()) and plain.endswith("%"):
        return Parsed(plain)
    if not BARE.fullmatch(plain) or not PER_CENT.search(half_width(column.title)):
        raise unclear(f"“{plain[:20]}”不是百分数，请写成“60%”这样")
    if 0 < float(plain) < 1:
        raise unclear(f"“{plain}”看不出是 {plain}% 还是 {float(plain) * 100:g}%，请带 % 填写")
    return Parsed(f"{plain}%")


def person(cell: Cell, column: Column) -> Parsed:
    """A name and a telephone number in one text, as they are written."""
    _keep_area_code(cell)
    return line(cell, column)


def text(cell: Cell, column: Column) -> Parsed:
    """Text that may have several lines."""
    _keep_digits(cell)
    return Parsed(clean_text(cell_text(cell), column.limit))


def code(cell: Cell, column: Column) -> Parsed:
    """A number or code, half-width for comparison. One that arrived as a number has all its digits."""
    _keep_digits(cell)
    if isinstance(cell, float) and not cell.is_integer():
        raise unclear(f"编号“{cell_text(cell)}”成了小数，末尾的 0 可能已丢失。{AS_TEXT}")
    return Parsed(clean_text(half_width(cell_text(cell)), column.limit, one_line=True))


def uscc(cell: Cell, column: Column) -> Parsed:
    """A unified social credit code (GB 32100). A number cell keeps only 15 of its 18 digits."""
    if isinstance(cell, int | float) or has_lost_digits(cell):
        raise unclear(
            "Excel 把信用代码当成了数字，末几位已丢失。请把单元格设为文本格式后重新填写 18 位代码"
        )
    return Parsed(parse_uscc(cell_text(cell)))


def industry(cell: Cell, column: Column) -> Parsed:
    """A code of GB/T 4754—2017: the section's letter and two to four digits, or four digits alone.

    3582 is C3582. Fewer digits without a section may have lost a 0 in front: 111 was 0111.
    """
    text = half_width(cell_text(cell)).upper()
    if FEW_DIGITS.fullmatch(text):
        raise unclear(
            f"“{text}”不足四位，也没有门类，前面的 0 可能已丢失。请写门类和代码，例如“C358”，或写足四位"
        )
    codes = list(dict.fromkeys(_codes_in(text)))
    if not codes:
        doubt = f"“{text[:20]}”里没有行业代码，未读取。请填国标代码，例如“C358”"
        return Parsed("", "INDUSTRY", doubt)
    section, digits = codes[0]
    letter = section_of(digits)
    if not letter or section not in ("", letter) or digits not in industries():
        raise unclear(f"“{text[:20]}”不是国标行业代码。请对照 GB/T 4754—2017 填写，例如“C358”")
    if len(codes) > 1:
        doubt = f"写了 {len(codes)} 个行业代码，只读取第一个 {letter}{digits}"
        return Parsed(letter + digits, "INDUSTRY", doubt)
    return Parsed(letter + digits)


def _codes_in(text: str) -> list[tuple[str, str]]:
    """The codes in a text, each as section and digits; those without a section where none has one."""
    found = [
        (each[1], each[2])
        for each in WITH_SECTION.finditer(text)
        if not MEASURES.match(text, each.end())
    ]
    return found or [
        ("", each[1]) for each in FOUR_DIGITS.finditer(text) if not MEASURES.match(text, each.end())
    ]


def tags(cell: Cell, column: Column) -> Parsed:
    """Several short words: a tuple, empty for 否."""
    _keep_digits(cell)
    text = clean_text(cell_text(cell), column.limit, one_line=True)
    parts = (part.strip() for part in re.split(r"[、,，;；/\s]+", text))
    return Parsed(tuple(part for part in parts if part not in ("", "否", "不是", "非")))


def company(cell: Cell, column: Column) -> Parsed:
    """A company's name and the rest of the cell, such as date and capital: a pair of texts."""
    text = clean_text(cell_text(cell), column.limit, one_line=True)
    name, _, rest = re.sub("[／;；,，]", "/", text).partition("/")
    return Parsed((name.strip(), rest.strip()))


def phone(cell: Cell, column: Column) -> Parsed:
    """A telephone, or several, as a report has them: a pair of "" and text; a name before it is read as `contact` does."""
    _keep_area_code(cell)
    text = half_width(cell_text(cell))
    if PHONES.fullmatch(text):
        return Parsed(("", phone_of(text)))
    found = contact(cell, column)
    if isinstance(found.value, tuple) and not found.value[1]:
        check_phone(text)
    return found


def contact(cell: Cell, column: Column) -> Parsed:
    """A name and a telephone number, either of them "" when it is not given: a pair of texts."""
    _keep_area_code(cell)
    text = GAP_IN_NUMBER.sub("", clean_text(half_width(cell_text(cell)), 200, one_line=True))
    found = list(PHONE.finditer(text))
    if len(found) > 1:
        name = text[: found[0].start()] or text[found[0].end() : found[1].start()]
        doubt = f"写了 {len(found)} 个电话，只读取第一个。其余请写在备注里"
        return Parsed((_name(name, column), found[0][1]), "CONTACT", doubt)
    if found:
        return Parsed((_name(text.replace(found[0][0], " "), column), found[0][1]))
    if digits := DIGITS.search(text):
        name = text.replace(digits[0], " ")
        doubt = f"“{digits[0]}”位数不对，请核对。手机 11 位，座机带区号，例如“028-26110000”"
        check_phone(digits[0])
        return Parsed((_name(name, column), digits[0]), "PHONE", doubt)
    return Parsed((_name(text, column), ""))


def _keep_digits(cell: Cell) -> None:
    """Raises RuleBroken (INVALID) for a number of which Excel keeps no more than 15 digits."""
    if has_lost_digits(cell):
        raise unclear(f"Excel 把“{cell_text(cell)}”当成了数字，末几位已丢失。{AS_TEXT}")


def _keep_area_code(cell: Cell) -> None:
    """Raises RuleBroken (INVALID) for a telephone number that is a number and has lost digits."""
    _keep_digits(cell)
    if not isinstance(cell, int | float) or PHONE.fullmatch(text := cell_text(cell)):
        return
    if AREA_CODES.fullmatch(text):
        raise unclear(f"电话“{text}”成了数字，区号前的 0 已丢失。{AS_TEXT}，例如“028-26110000”")


def _name(text: str, column: Column) -> str:
    return clean_text(text.strip(MARKS), column.limit, one_line=True)
