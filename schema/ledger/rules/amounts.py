"""Parsers of money and land. Estimates are parsed and marked; unclear amounts are refused."""

import re
from datetime import date
from decimal import ROUND_HALF_UP, Context, Decimal

from schema.city.rules import RuleBroken, in_unit, is_estimate, parse_money, without_estimate_words
from schema.city.rules.money import FOREIGN, MINUS, NO_ESTIMATE, POWERS
from schema.city.rules.text import half_width, has_unusual_digits, quote
from schema.ledger.rules.cell import (
    AS_EXCEL_SHOWS,
    Column,
    Parsed,
    cell_text,
    unclear,
    without_blanks,
)
from schema.ledger.rules.formatted import as_shown, says_unit
from schema.ledger.rules.units import AREA_MEANT, is_foreign, mu_of, unit_of
from schema.project.rules.report import check_mu
from schema.sheet import Cell, Number

LARGE_FROM = 500 * 10**10
SMALL_BELOW = 10 * 10**6
LONGEST_AREA = 400
SQUARE = re.compile("(?<=[mM米])²")
WHOLE_PROJECT = re.compile("投资|签约|协议")

LAND = re.compile(
    r"(?P<about>约|近)?(?P<amount>(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?)(?P<over>余)?"
    rf"(?P<unit>[百千万]?(?:{'|'.join(sorted(AREA_MEANT, key=len, reverse=True))}))?(?:左右)?",
    re.IGNORECASE | re.ASCII,
)
"""An area; a comma in it stands before every three digits."""
WIDE = Context(prec=400)
"""Wide enough for the largest number of a cell, to the places that are kept."""


def money(cell: Cell, column: Column) -> Parsed:
    """An amount in fen. Floats are rounded to the 15 digits that Excel shows.

    Raises RuleBroken (INVALID).
    """
    if isinstance(cell, bool | date):
        raise unclear(
            f"{cell_text(cell)}不是金额。请把单元格设为常规格式，写成“12.5亿”或“125000万元”"
        )
    if is_foreign(column.unit):
        raise unclear(
            f"“{cell_text(cell)}”的表头写的是{column.unit}。金额只记人民币，外币请折成人民币填写，"
            "例如“12.5亿”"
        )
    if isinstance(cell, Number):
        return as_shown(cell, column, money, "金额")
    if isinstance(cell, int | float):
        return _from_number(cell, column)
    text = cell_text(cell)
    if FOREIGN.search(half_width(text)):
        raise unclear(f"“{text}”是外币。金额只记人民币，外币请折成人民币填写，例如“12.5亿”")
    if half_width(text).startswith(MINUS):
        raise unclear(f"“{text}”：金额不能是负数，请核对。以前记错的一笔在它的页面冲销，不写在表里")
    fen = parse_money(text, column.unit or "万元", estimate=True)
    if is_estimate(text):
        amount = without_estimate_words(text)
        doubt = f"“{cell_text(cell)}”按估计数 {amount} 读取，定下后请改成确数"
        return Parsed(fen, "ESTIMATE", doubt)
    return _checked_size(fen, cell, column)


def exact_money(cell: Cell, column: Column) -> Parsed:
    """As `money`, of a field that keeps no estimate: what its form refuses is refused.

    Raises RuleBroken (INVALID).
    """
    found = money(cell, column)
    if found.code == "ESTIMATE":
        raise unclear(f"“{cell_text(cell)}”是估计数。{NO_ESTIMATE}")
    return found


def land(cell: Cell, column: Column) -> Parsed:
    """An area in mu to two decimals: 1 公顷 is 15 亩, 1 顷 100 亩, 1 亩 2000/3 平方米.

    Raises RuleBroken (INVALID).
    """
    if isinstance(cell, Number):
        return as_shown(cell, column, land, "面积")
    text = without_blanks(cell)
    match = LAND.fullmatch(text) if len(text) <= LONGEST_AREA else None
    unusual = isinstance(cell, str) and has_unusual_digits(SQUARE.sub("", cell))
    if not match or unusual or isinstance(cell, bool | date):
        raise unclear(f"{quote(cell_text(cell))}不是面积。请只填数字，单位为亩，例如“120.5”")
    times, parts = mu_of(unit_of(match["unit"] or column.unit, "land"))
    written = Decimal(match["amount"].replace(",", ""))
    exact = WIDE.divide(WIDE.multiply(written, times), parts)
    mu = exact.quantize(Decimal("0.01"), ROUND_HALF_UP, WIDE)
    mu = Decimal(f"{mu.normalize(WIDE):f}")
    try:
        check_mu(mu)
    except RuleBroken as broken:
        raise unclear(f"{quote(cell_text(cell))}：{broken.message}") from None
    if isinstance(cell, str) and times == parts and mu != written:
        raise unclear(f"“{cell_text(cell)}”多于两位小数。请最多写两位，例如“120.5”")
    if match["about"] or match["over"]:
        return Parsed(mu, "ESTIMATE", f"“{cell_text(cell)}”按估计数 {mu} 亩读取，定下后请改成确数")
    if times == parts and mu != written:
        return Parsed(mu, "ROUNDED", f"“{cell_text(cell)}”按 {mu} 亩读取，已四舍五入到两位小数")
    return Parsed(mu)


def needs_unit(cell: Cell, kind: str) -> bool:
    """Whether a cell of `kind` (money, land or more) is a bare number, which means nothing without a unit.

    0 is 0 in any.
    """
    if isinstance(cell, Number):
        return bool(cell.value) and not says_unit(cell)
    text = without_blanks(cell)
    if isinstance(cell, bool | date) or not text:
        return False
    if kind == "land":
        if len(text) > LONGEST_AREA:
            return True
        found = LAND.fullmatch(text)
        return bool(found and not found["unit"] and Decimal(found["amount"].replace(",", "")))
    try:
        return in_unit(text, "元") != text and parse_money(text, "元", estimate=True) != 0
    except RuleBroken:
        return True


def _from_number(cell: float, column: Column) -> Parsed:
    if cell < 0:
        return money(cell_text(cell), column)
    unit = column.unit or "万元"
    amount = AS_EXCEL_SHOWS.create_decimal(repr(cell))
    one_fen = Decimal(1).scaleb(-POWERS[unit.removesuffix("元")])
    exact = amount.quantize(one_fen, ROUND_HALF_UP, WIDE)
    fen = parse_money(f"{exact:f}", unit)
    if exact != amount:
        return Parsed(fen, "ROUNDED", f"“{cell_text(cell)}”比一分钱还细，已四舍五入到分")
    return _checked_size(fen, cell, column)


def _checked_size(fen: int, cell: Cell, column: Column) -> Parsed:
    """The amount, doubted when it is so large or small that its unit may be wrong."""
    quoted = f"“{cell_text(cell)}”（按{column.unit or '万元'}读取）"
    if fen > LARGE_FROM:
        return Parsed(fen, "UNIT", f"{quoted}超过 500 亿元，请核对单位")
    if 0 < fen < SMALL_BELOW and WHOLE_PROJECT.search(column.title):
        return Parsed(fen, "UNIT", f"{quoted}不足 10 万元，请核对单位，例如是否应写“1.2亿”")
    return Parsed(fen)
