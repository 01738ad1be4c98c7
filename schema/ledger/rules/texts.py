"""Parsers of names, codes and other texts. All raise RuleBroken (INVALID)."""

import re

from schema.city.rules import clean_text, parse_uscc
from schema.city.rules.text import half_width
from schema.ledger.rules.cell import Column, Parsed, cell_text, unclear
from schema.sheet import Cell

SCIENTIFIC = re.compile(r"\d(?:\.\d+)?E\+\d+", re.IGNORECASE)

PHONE = re.compile(
    r"(?<!\d)(?:\+?86-?)?"
    r"(1[3-9]\d{9}|0\d{2,3}-?\d{7,8}(?:-\d{1,6})?|[2-8]\d{6,7}|400-?\d{3}-?\d{4})(?!\d)"
)
DIGITS = re.compile(r"\+?\d[\d\-]{5,}")
GAP_IN_NUMBER = re.compile(r"(?<=\d) (?=\d)")
MARKS = " \t\n,，;；、/:：()（）-—.。|"

INDUSTRY = re.compile(r"([A-T])?(\d{2,4})(?!\d)")
LAST_DIVISION = {
    5: "A", 12: "B", 43: "C", 46: "D", 50: "E", 52: "F", 60: "G", 62: "H", 65: "I", 69: "J",
    70: "K", 72: "L", 75: "M", 79: "N", 82: "O", 83: "P", 85: "Q", 90: "R", 96: "S", 97: "T",
}  # fmt: skip


def line(cell: Cell, column: Column) -> Parsed:
    """Text on one line."""
    return Parsed(clean_text(cell_text(cell), column.limit, one_line=True))


def text(cell: Cell, column: Column) -> Parsed:
    """Text that may have several lines."""
    return Parsed(clean_text(cell_text(cell), column.limit))


def code(cell: Cell, column: Column) -> Parsed:
    """A number or code, half-width for comparison."""
    return Parsed(clean_text(half_width(cell_text(cell)), column.limit, one_line=True))


def uscc(cell: Cell, column: Column) -> Parsed:
    """A unified social credit code (GB 32100). A number cell keeps only 15 of its 18 digits."""
    if isinstance(cell, int | float) or SCIENTIFIC.fullmatch(cell_text(cell).strip()):
        raise unclear(
            "Excel 把信用代码当成了数字，末几位已丢失。请把单元格设为文本格式后重新填写 18 位代码"
        )
    return Parsed(parse_uscc(cell_text(cell)))


def industry(cell: Cell, column: Column) -> Parsed:
    """A code of GB/T 4754—2017: the section's letter and two to four digits; 3582 is C3582."""
    text = half_width(cell_text(cell)).upper()
    found = INDUSTRY.search(text)
    if not found:
        doubt = f"“{text[:20]}”里没有行业代码，未读取。请填国标代码，例如“C358”"
        return Parsed("", "INDUSTRY", doubt)
    division = int(found[2][:2])
    letter = next((sign for last, sign in LAST_DIVISION.items() if 0 < division <= last), "")
    if not letter or found[1] not in (None, letter):
        raise unclear(f"“{text[:20]}”不是国标行业代码。请对照 GB/T 4754—2017 填写，例如“C358”")
    return Parsed(letter + found[2])


def tags(cell: Cell, column: Column) -> Parsed:
    """Several short words: a tuple, empty for 否."""
    text = clean_text(cell_text(cell), column.limit, one_line=True)
    parts = (part.strip() for part in re.split(r"[、,，;；/\s]+", text))
    return Parsed(tuple(part for part in parts if part not in ("", "否", "不是", "非")))


def company(cell: Cell, column: Column) -> Parsed:
    """A company's name and the rest of the cell, such as date and capital: a pair of texts."""
    text = clean_text(cell_text(cell), column.limit, one_line=True)
    name, _, rest = re.sub("[／;；,，]", "/", text).partition("/")
    return Parsed((name.strip(), rest.strip()))


def contact(cell: Cell, column: Column) -> Parsed:
    """A name and a telephone number, either of them "" when it is not given: a pair of texts."""
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
        return Parsed((_name(name, column), digits[0][:40]), "PHONE", doubt)
    return Parsed((_name(text, column), ""))


def _name(text: str, column: Column) -> str:
    return clean_text(text.strip(MARKS), column.limit, one_line=True)
