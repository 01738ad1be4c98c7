"""Read delimited text as Excel, WPS and other systems save it, in the encodings used in China."""

import csv
import re
from collections import Counter
from io import StringIO

from schema.city.rules import RuleBroken
from schema.sheet.formula_escape import unescape_formula
from schema.sheet.grid import Cell, Grid, Limits

DELIMITERS = ",;\t"
SAMPLE = 50
CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f]")


def read_delimited(name: str, data: bytes, limits: Limits) -> Grid:
    """A text file as a grid of text cells; blank cells are None.

    UTF-8, with or without a byte order mark, UTF-16 and GB18030 (with it GBK and GB2312);
    comma, semicolon or tab; quotes by RFC 4180. Raises RuleBroken (INVALID) at `file`.
    """
    text = _decoded(name, data)
    text, delimiter = _delimiter(text)
    rows: list[list[Cell]] = []
    try:
        for record in csv.reader(StringIO(text, newline=""), delimiter=delimiter, strict=True):
            if len(rows) == limits.rows:
                raise _invalid(f"“{name}”超过 {limits.rows} 行。请拆成几份上传")
            if len(record) > limits.columns and any(record[limits.columns :]):
                raise _invalid(f"“{name}”超过 {limits.columns} 列。请删去右侧多余的列再上传")
            rows.append(_row(record[: limits.columns]))
    except csv.Error:
        raise _invalid(
            f"“{name}”第 {len(rows) + 1} 行的引号没有成对。"
            "请在 Excel 或 WPS 中打开核对，另存为 .xlsx 后再上传"
        ) from None
    return Grid(name, rows)


def _decoded(name: str, data: bytes) -> str:
    for encoding in _encodings(data):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if not CONTROL.search(text):
            return text.removeprefix("\ufeff")
    raise _invalid(
        f"“{name}”不是表格，或文字编码认不出来。请在 Excel 或 WPS 中打开，另存为 .xlsx 后再上传"
    )


def _encodings(data: bytes) -> tuple[str, ...]:
    """The encodings to try. UTF-16 without a mark is detected by zero bytes of Latin letters."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return ("utf-16",)
    if b"\0" in data:
        even, odd = data[:4096:2].count(0), data[1:4096:2].count(0)
        return ("utf-16-be" if even > odd else "utf-16-le",)
    return ("utf-8", "gb18030")


def _delimiter(text: str) -> tuple[str, str]:
    """The text without Excel's `sep=` line, and the delimiter that splits its first lines best."""
    first, _, rest = text.partition("\n")
    if (named := first.strip().lower()) in {f"sep={mark}" for mark in DELIMITERS}:
        return rest, named[-1]
    if first.rstrip("\r\n").lower() == "sep=\t":
        return rest, "\t"
    head = "\n".join(text.splitlines()[:SAMPLE])
    return text, max(DELIMITERS, key=lambda mark: _agreement(head, mark))


def _agreement(head: str, delimiter: str) -> int:
    """How many cells the lines of the commonest width have in all; the lines of a table agree."""
    try:
        records = csv.reader(StringIO(head, newline=""), delimiter=delimiter)
        widths = Counter(len(record) for record in records if len(record) > 1)
    except csv.Error:
        return 0
    return max((width * lines for width, lines in widths.items()), default=0)


def _row(record: list[str]) -> list[Cell]:
    row: list[Cell] = [unescape_formula(cell) or None for cell in record]
    while row and row[-1] is None:
        row.pop()
    return row


def _invalid(message: str) -> RuleBroken:
    return RuleBroken(message, field="file", code="INVALID")
