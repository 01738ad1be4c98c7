"""Classify the lines below the header: projects, blanks, totals, notes, repeated headers."""

import re
from collections.abc import Sequence
from enum import StrEnum

from schema.city.rules.text import half_width
from schema.ledger.rules.cell import cell_text, is_blank
from schema.ledger.rules.columns import bare
from schema.ledger.rules.header import Header
from schema.sheet import Cell, Grid, Number, Uncomputed

LONGEST_NAME = 60
HEAVENLY_STEMS = frozenset("甲乙丙丁戊己庚辛壬癸")
HINT = "填写说明"

SUM = re.compile(r"(?:总|本页)?(?:合计|总计|小计|共计|累计)[:：]?(?:\(.*\))?")
TOTAL = re.compile(r"[^,;。]{0,16}(?:合计|总计|小计|共计)(?:数|金额)?[:：]?(?:\(.*\))?")
OF_LINES = r"\d+(?:家|个|户|笔|条|项|行)(?:企业|公司|项目|记录|单位)?"
COUNT = re.compile(rf"(?:以上|本页|总)?(?:合计|总计|小计|共计|共有?)[:：]?{OF_LINES}[。.]?")
A_SUM = re.compile(rf"[¥￥]?-?[\d,]*\.?\d+(?:%|[百千]?[万亿]?元?|亩)?|{OF_LINES}")
COUNTED = re.compile(r"\(?[一二三四五六七八九十]{1,3}\)?[、.]?")
SECTION = re.compile(r"(?:第?[一二三四五六七八九十]+[、.]|\([一二三四五六七八九十]+\)|[【\[]).*")
LABEL = re.compile(r"[^\W\d_]{1,10}\d*(?:\([^()]*\))?:.*")
MARKED = re.compile(r"(?:注\d*[:、.]|[※*]).+")
DATED = re.compile(r"\d{4}[年./-].*")
COLUMN_NUMBER = re.compile(r"\d{1,4}", re.ASCII)
SENTENCE = re.compile(r".*[。;]$")


class Line(StrEnum):
    """The kind of a line. Only PROJECT is parsed; the others are skipped and counted."""

    PROJECT = "PROJECT"
    BLANK = "BLANK"
    TOTAL = "TOTAL"
    NOTE = "NOTE"
    HEAD = "HEAD"


def kind_of(grid: Grid, row: int, header: Header) -> Line:
    """The kind of the line at a zero-based row below the header.

    Notes are known by their place and shape: a label with a colon, a mark, a text alone; never by words,
    which names of projects have as well. A line with name, investor and amount is none.
    """
    cells = [grid.cell(row, column) for column in range(len(header.headings))]
    filled = [
        (column, cell_text(cell).strip()) for column, cell in enumerate(cells) if _is_filled(cell)
    ]
    serial, catalogue = header.column("serial"), header.catalogue
    if all(column == serial and not _has_letters(text) for column, text in filled):
        return Line.BLANK
    at, first = filled[0][0], re.sub(r"\s", "", half_width(filled[0][1]))
    name, amount = header.column(catalogue.key), header.column(catalogue.amount)
    columns = {column for column, _ in filled}
    partnered = any(header.column(each) in columns for each in catalogue.beside)
    if first.startswith(HINT) or _repeats_head(cells, name or 0, header):
        return Line.HEAD
    if row == header.lines.stop and _numbers_columns([text for _, text in filled]):
        return Line.HEAD
    if SUM.fullmatch(first) and (at != name or not partnered):
        return Line.TOTAL
    if _adds_up([text for at, text in filled if at != serial or _has_letters(text)]):
        return Line.TOTAL
    if name in columns and partnered:
        signed = amount not in columns and all(_is_of_the_foot(text) for _, text in filled)
        return Line.NOTE if signed else Line.PROJECT
    if TOTAL.fullmatch(first) and (name not in columns or at == name):
        return Line.TOTAL
    if at == serial and COUNTED.fullmatch(first) and not partnered:
        return Line.TOTAL
    if name in columns and amount in columns:
        return Line.PROJECT
    if len(filled) == 1:
        return Line.NOTE if at != name or _is_no_name(first) else Line.PROJECT
    if MARKED.fullmatch(first) and not partnered:
        return Line.NOTE
    if LABEL.fullmatch(first) and (
        name not in columns or all(_is_of_the_foot(text) for _, text in filled)
    ):
        return Line.NOTE
    return Line.PROJECT


def _is_of_the_foot(text: str) -> bool:
    """Whether a text is a label with its value, or a day, as at the foot of a sheet: 审核人：李四."""
    plain = re.sub(r"\s", "", half_width(text))
    return any(shape.fullmatch(plain) for shape in (LABEL, DATED, MARKED))


def _adds_up(texts: Sequence[str]) -> bool:
    """Whether a word for a total, or a count of lines, stands alone or with sums alone: 合计2家, 总计 | 300."""
    first, *others = (re.sub(r"\s", "", half_width(text)) for text in texts)
    total = SUM.fullmatch(first) or COUNT.fullmatch(first)
    return bool(total) and all(A_SUM.fullmatch(each) for each in others)


def _is_no_name(text: str) -> bool:
    """Whether a text that stands alone in the column of names has the shape of a remark or a heading."""
    shapes = (SECTION, LABEL, MARKED, SENTENCE)
    return len(text) > LONGEST_NAME or any(shape.fullmatch(text) for shape in shapes)


def _is_filled(cell: Cell) -> bool:
    """Whether a cell is filled in. A 0 is what formulas leave in empty lines, or no value at all."""
    if isinstance(cell, Number):
        return cell.value != 0
    return not isinstance(cell, Uncomputed) and not is_blank(cell) and cell != 0


def _has_letters(text: str) -> bool:
    return bool(re.search(r"[^\W\d_]", text))


def _repeats_head(cells: Sequence[Cell], name: int, header: Header) -> bool:
    """Whether a line repeats the header, as when printed pages are copied together."""
    if _is_filled(cells[name]) and bare(cell_text(cells[name])) not in header.titles:
        return False
    texts = {bare(cell_text(cell)) for cell in cells if _is_filled(cell)}
    if not _is_filled(cells[name]):
        return texts <= header.titles
    return len(texts) >= 3 and len(texts & header.titles) * 3 >= len(texts) * 2


def _numbers_columns(texts: Sequence[str]) -> bool:
    """Whether a line numbers the columns, as 甲 乙 1 2 3 … under the header."""
    numbers = [text for text in texts if text not in HEAVENLY_STEMS]
    first = int(numbers[0]) if numbers and COLUMN_NUMBER.fullmatch(numbers[0]) else 0
    counted = [str(number) for number in range(first, first + len(numbers))]
    return len(texts) >= 3 and first > 0 and numbers == counted
