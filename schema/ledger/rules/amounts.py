"""Amounts of money and of land in cells. A guess is read and marked, what is unclear is refused."""

import re
from datetime import date
from decimal import ROUND_HALF_UP, Context, Decimal

from schema.city.rules import is_estimate, parse_money
from schema.city.rules.text import half_width
from schema.ledger.rules.cell import AS_EXCEL_SHOWS, Column, Said, shown, unclear, without_blanks
from schema.sheet import Cell

FEN_DIGITS = {"元": 2, "千元": 5, "万元": 6, "亿元": 10}
FOREIGN = re.compile("美元|欧元|港元|日元")
GUESSED = re.compile(
    r"^(?:预计|估计|估算|暂估|暂定|初步|拟投资?)(?=约?\d)|\((?:预计|估计|估算|暂估|暂定)\)$"
)
LARGE_FROM = 500 * 10**10
SMALL_BELOW = 10 * 10**6
WHOLE_PROJECT = re.compile("投资|签约|协议")

LAND = re.compile(
    r"(?P<about>约|近)?(?P<amount>\d[\d,]*(?:\.\d+)?)(?P<over>余)?"
    r"(?P<unit>亩|公顷|平方米|平米|平方|m2)?(?:左右)?"
)
SQUARE_METRES = (3, 2000)
MU_IN = {"公顷": (15, 1), **dict.fromkeys(("平方米", "平米", "平方", "m2"), SQUARE_METRES)}
MOST_MU = 100_000


def money(cell: Cell, column: Column) -> Said:
    """Fen. Numbers of a cell are taken at the 15 digits that Excel shows, never by their bits."""
    if isinstance(cell, bool | date):
        raise unclear(f"{shown(cell)}不是金额。请把单元格设为常规格式，写成“12.5亿”或“125000万元”")
    if isinstance(cell, int | float) and not FOREIGN.search(column.unit):
        return _counted(cell, column)
    said = GUESSED.sub("约", half_width(shown(cell)))
    said = f"约{said[:-1]}" if said.endswith("约") else said
    if FOREIGN.search(column.unit):
        said += column.unit
    fen = parse_money(said, column.unit or "万元", estimate=True)
    if is_estimate(said):
        amount = said.strip("约近左右上下大 ")
        doubt = f"“{shown(cell)}”按估计数 {amount} 读取，定下后请改成确数"
        return Said(fen, "ESTIMATE", doubt)
    return _weighed(fen, cell, column)


def land(cell: Cell, column: Column) -> Said:
    """Mu, to two decimals. 1 公顷 is 15 亩, 1 亩 is 2000/3 平方米."""
    said = LAND.fullmatch(without_blanks(cell))
    if not said or isinstance(cell, bool | date):
        raise unclear(f"“{shown(cell)}”不是面积。请只填数字，单位为亩，例如“120.5”")
    times, parts = MU_IN.get(said["unit"] or column.unit, (1, 1))
    mu = Decimal(said["amount"].replace(",", "")) * times / parts
    mu = Decimal(f"{mu.quantize(Decimal('0.01'), ROUND_HALF_UP).normalize():f}")
    if mu > MOST_MU:
        raise unclear(f"“{shown(cell)}”超过 {MOST_MU} 亩。请核对单位，应为亩")
    if said["about"] or said["over"]:
        return Said(mu, "ESTIMATE", f"“{shown(cell)}”按估计数 {mu} 亩读取，定下后请改成确数")
    return Said(mu)


def _counted(cell: float, column: Column) -> Said:
    unit = column.unit or "万元"
    amount = AS_EXCEL_SHOWS.create_decimal(repr(cell))
    fen = Decimal(1).scaleb(-FEN_DIGITS[unit])
    exact = amount.quantize(fen, ROUND_HALF_UP, Context(prec=40))
    said = parse_money(f"{exact:f}", unit)
    if exact != amount:
        return Said(said, "ROUNDED", f"“{shown(cell)}”比一分钱还细，已四舍五入到分")
    return _weighed(said, cell, column)


def _weighed(fen: int, cell: Cell, column: Column) -> Said:
    """An amount so large or so small that its unit is in doubt."""
    said = f"“{shown(cell)}”（按{column.unit or '万元'}读取）"
    if fen > LARGE_FROM:
        return Said(fen, "UNIT", f"{said}超过 500 亿元，请核对单位")
    if 0 < fen < SMALL_BELOW and WHOLE_PROJECT.search(column.title):
        return Said(fen, "UNIT", f"{said}不足 10 万元，请核对单位，例如是否应写“1.2亿”")
    return Said(fen)
