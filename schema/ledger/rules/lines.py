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
COUNTED = re.compile(r"\(?[一二三四五六七八九十]{1,3}\)?[、.]?")
SECTION = re.compile(r"(?:第?[一二三四五六七八九十]+[、.]|\([一二三四五六七八九十]+\)|[【\[]).*")
NOTE = re.compile(
    r"注\d*[:、.].*|(?:备注|说明|附注|附)[:：].*|[※*].+"
    r"|(?:填表|填报|制表|报送|审核|复核|经办|联系)(?:人|单位|日期|时间|电话).*"
    r"|(?:单位|分管|主要)(?:负责人|领导).*"
    r"|(?:数据)?(?:统计|截止|截至).{0,6}[:至到\d].*"
)


class Line(StrEnum):
    """The kind of a line. Only PROJECT is parsed; the others are skipped and counted."""

    PROJECT = "PROJECT"
    BLANK = "BLANK"
    TOTAL = "TOTAL"
    NOTE = "NOTE"
    HEAD = "HEAD"


def kind_of(grid: Grid, row: int, header: Header) -> Line:
    """The kind of the line at a zero-based row below the header."""
    cells = [grid.cell(row, column) for column in range(len(header.headings))]
    filled = [
        (column, cell_text(cell).strip()) for column, cell in enumerate(cells) if _is_filled(cell)
    ]
    serial = header.column("serial")
    if all(column == serial and not _has_letters(text) for column, text in filled):
        return Line.BLANK
    at, first = filled[0][0], re.sub(r"\s", "", half_width(filled[0][1]))
    name, investor = header.column("name"), header.column("investor_name")
    columns = {column for column, _ in filled}
    if first.startswith(HINT) or _repeats_head(cells, name or 0, header):
        return Line.HEAD
    if row == header.lines.stop and _numbers_columns([text for _, text in filled]):
        return Line.HEAD
    named = name in columns and at != name
    if SUM.fullmatch(first) or (TOTAL.fullmatch(first) and not named):
        return Line.TOTAL
    if at == serial and COUNTED.fullmatch(first) and investor not in columns:
        return Line.TOTAL
    if NOTE.fullmatch(first) and not named:
        return Line.NOTE
    if len(filled) == 1 and (at != name or SECTION.fullmatch(first) or len(first) > LONGEST_NAME):
        return Line.NOTE
    return Line.PROJECT


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
    first = int(numbers[0]) if numbers and numbers[0].isdecimal() else 0
    counted = [str(number) for number in range(first, first + len(numbers))]
    return len(texts) >= 3 and first > 0 and numbers == counted
