"""Read what calamine drops of an .xls: formats, formulas, errors, hidden rows and columns.

The records of [MS-XLS] in the stream of a compound file [MS-CFB], for BIFF8 and BIFF5, in the bounded
process. Texts are calamine's, which reads the shared strings and the old code pages.
"""

import re
import struct
from collections.abc import Iterator, Mapping
from enum import IntEnum
from io import BytesIO
from typing import NamedTuple

from python_calamine import CalamineSheet, CalamineWorkbook

from schema.sheet.buffer import BrokenError, CellFormat, SheetBuffer
from schema.sheet.formats import BUILT_IN, GENERAL
from schema.sheet.grid import Limits

END_OF_CHAIN = 0xFFFFFFFA
HEADER = 512
SMALL_STREAM = 4096
STREAMS = ("WORKBOOK", "BOOK")
NAMED = re.compile(b"(?:W\0O\0R\0K\0)?B\0O\0O\0K\0\0\0", re.IGNORECASE)
ENTRY = 128

BIFF8, WORKSHEET, VISIBLE = 0x600, 0, 0
ROW_HIDDEN, COLUMN_HIDDEN, ON_LOAD = 0x20, 0x01, 0x02
ERRORS = {
    0x00: "#NULL!", 0x07: "#DIV/0!", 0x0F: "#VALUE!", 0x17: "#REF!", 0x1D: "#NAME?",
    0x24: "#NUM!", 0x2A: "#N/A", 0x2B: "#GETTING_DATA",
}  # fmt: skip
NOT_A_NUMBER = b"\xff\xff"
TEXT, BOOLEAN, ERROR = range(3)
"""What a formula's kept value is when it is no number, by its first byte; 3 is an empty text."""


class Kind(IntEnum):
    """The records that are read, by their names in [MS-XLS] 2.3."""

    FORMULA = 0x06
    EOF = 0x0A
    DATE1904 = 0x22
    COLINFO = 0x7D
    BOUNDSHEET = 0x85
    FILTERMODE = 0x9B
    MULRK = 0xBD
    XF = 0xE0
    NUMBER = 0x203
    BOOLERR = 0x205
    ROW = 0x208
    RK = 0x27E
    FORMAT = 0x41E
    BOF = 0x809


class Record(NamedTuple):
    """A record of the workbook's stream: its number and its content."""

    number: int
    content: bytes


class OldSheet(NamedTuple):
    """A sheet in the workbook's list: where its records start, whether it is hidden, its kind."""

    at: int
    hidden: bool
    kind: int


class OldBook:
    """The records of a workbook that hold for all its sheets."""

    def __init__(self, data: bytes) -> None:
        self.stream = workbook_stream(data)
        self.sheets: list[OldSheet] = []
        self.date1904 = False
        codes: dict[int, str] = dict(BUILT_IN)
        formats: list[int] = []
        biff8 = True
        for record in records(self.stream, 0):
            content = record.content
            match record.number:
                case Kind.BOF:
                    biff8 = u16(content, 0) == BIFF8
                case Kind.BOUNDSHEET:
                    self.sheets.append(OldSheet(u32(content, 0), bool(content[4] & 3), content[5]))
                case Kind.DATE1904:
                    self.date1904 = u16(content, 0) == 1
                case Kind.FORMAT:
                    codes[u16(content, 0)] = format_code(content[2:], biff8)
                case Kind.XF:
                    formats.append(u16(content, 2))
        known = {each: CellFormat.of(codes.get(each, GENERAL)) for each in set(formats)}
        self.formats_by_number = [known[each] for each in formats]

    def format_of(self, content: bytes, at: int = 4) -> CellFormat | None:
        """The format of a cell, whose number stands `at` in its record."""
        index = u16(content, at)
        return self.formats_by_number[index] if index < len(self.formats_by_number) else None


def read_biff(data: bytes, limits: Limits) -> Iterator[SheetBuffer]:
    """The worksheets of a workbook, hidden ones included.

    Raises BrokenError, and what calamine raises.
    """
    texts = CalamineWorkbook.from_filelike(BytesIO(_usually_named(data)))
    book = OldBook(data)
    names = texts.sheet_names
    if len(names) != len(book.sheets):
        raise BrokenError
    for name, about in zip(names, book.sheets, strict=True):
        if about.kind != WORKSHEET:
            continue
        sheet = texts.get_sheet_by_name(name)
        found = SheetBuffer(name, about.hidden, limits, book.date1904)
        _take_texts(found, sheet)
        if found.bottom < limits.rows and found.right < limits.columns:
            _take_records(found, book, about.at)
        yield found


def _usually_named(data: bytes) -> bytes:
    """The file with the workbook's stream named as calamine looks for it, in capitals of its own or not."""
    for match in NAMED.finditer(data):
        if match.start() % ENTRY == 0:
            usual = match[0].decode("utf-16-le").capitalize().encode("utf-16-le")
            data = data[: match.start()] + usual + data[match.end() :]
    return data


def _take_texts(found: SheetBuffer, sheet: CalamineSheet) -> None:
    """The texts and truth values of a sheet; its numbers follow from the records."""
    found.merged += [[*start, *end] for start, end in sheet.merged_cell_ranges or ()]
    found.bottom, found.right = sheet.end or (-1, -1)
    if found.bottom >= found.limits.rows or found.right >= found.limits.columns:
        return
    left = sheet.start[1] if sheet.start else 0
    for row, values in enumerate(sheet.iter_rows()):
        for column, value in enumerate(values, left):
            if isinstance(value, bool) or (isinstance(value, str) and value):
                found.put(row, column, value)


def _take_records(found: SheetBuffer, book: OldBook, at: int) -> None:
    depth = 0
    filtered = False
    for record in records(book.stream, at):
        content = record.content
        match record.number:
            case Kind.BOF:
                depth += 1
            case Kind.EOF:
                depth -= 1
                if not depth:
                    break
            case _ if depth != 1:  # a chart within the sheet
                continue
            case Kind.ROW:
                if len(content) >= 14 and (u16(content, 12) & ROW_HIDDEN or not u16(content, 6)):
                    found.hide_row(u16(content, 0))
            case Kind.COLINFO:
                if u16(content, 8) & COLUMN_HIDDEN or not u16(content, 4):
                    found.hide_columns(u16(content, 0), u16(content, 2))
            case Kind.FILTERMODE:
                filtered = True
            case Kind.NUMBER:
                _put(found, content, number(content, 6), book.format_of(content))
            case Kind.RK:
                _put(found, content, rk(content, 6), book.format_of(content))
            case Kind.MULRK:
                row, first = u16(content, 0), u16(content, 2)
                for column in range((len(content) - 6) // 6):
                    start = 4 + 6 * column
                    cell_format = book.format_of(content, start)
                    value = found.number(rk(content, start + 2), cell_format)
                    found.keep_format(row, first + column, value, cell_format)
                    found.put(row, first + column, value)
            case Kind.BOOLERR:
                if content[7]:
                    found.put(u16(content, 0), u16(content, 2), ERRORS.get(content[6], "#N/A"))
            case Kind.FORMULA:
                _take_formula(found, book, content)
    if filtered:
        found.filter_rows(0, found.limits.rows)


def _put(found: SheetBuffer, content: bytes, value: float, cell_format: CellFormat | None) -> None:
    row, column, kept = u16(content, 0), u16(content, 2), found.number(value, cell_format)
    found.keep_format(row, column, kept, cell_format)
    found.put(row, column, kept)


def _take_formula(found: SheetBuffer, book: OldBook, content: bytes) -> None:
    """Keep a formula with its value. A 0 that is to be computed on loading is none."""
    row, column, result = u16(content, 0), u16(content, 2), content[6:14]
    on_load = bool(u16(content, 14) & ON_LOAD)
    value: object
    if result[6:] != NOT_A_NUMBER:
        kept = number(content, 6)
        value = None if on_load and not kept else found.number(kept, book.format_of(content))
    elif result[0] == TEXT:
        line = found.rows.get(row, [])
        value = (line[column] if column < len(line) else None) or ""
    elif result[0] == BOOLEAN:
        value = bool(result[2])
    elif result[0] == ERROR:
        value = ERRORS.get(result[2], "#N/A")
    elif on_load:
        value = None
    else:
        found.put_empty_formula(row, column)
        return
    found.put_formula(row, column, value, "")


def records(stream: bytes, at: int) -> Iterator[Record]:
    """The records of a stream from an offset to the end of its substream or of the stream."""
    depth = 0
    while at + 4 <= len(stream):
        kind, size = struct.unpack_from("<HH", stream, at)
        content = stream[at + 4 : at + 4 + size]
        yield Record(kind, content)
        depth += (kind == Kind.BOF) - (kind == Kind.EOF)
        if not depth and kind == Kind.EOF:
            return
        at += 4 + size


def format_code(content: bytes, biff8: bool) -> str:
    """The code of a FORMAT record after its number: a text with its length before it."""
    if not biff8:
        return content[1 : 1 + content[0]].decode("gb18030", "replace")
    length, wide = u16(content, 0), content[2] & 1
    text = content[3 : 3 + length * (2 if wide else 1)]
    return text.decode("utf-16-le" if wide else "latin-1", "replace")


def number(content: bytes, at: int) -> float:
    found: float = struct.unpack_from("<d", content, at)[0]
    return found


def rk(content: bytes, at: int) -> float:
    """A number in four bytes: the upper half of a float or an integer, perhaps in hundredths."""
    kept = u32(content, at)
    if kept & 2:
        value = float(struct.unpack_from("<i", content, at)[0] >> 2)
    else:
        value = struct.unpack("<d", bytes(4) + struct.pack("<I", kept & 0xFFFFFFFC))[0]
    return value / 100 if kept & 1 else value


def workbook_stream(data: bytes) -> bytes:
    """The stream of the workbook in a compound file. Raises BrokenError."""
    if len(data) < HEADER:
        raise BrokenError
    size = 1 << u16(data, 30)
    small_size = 1 << u16(data, 32)
    if not 128 <= size <= 4096 or not 8 <= small_size <= size:
        raise BrokenError
    sectors = Sectors(data, size)
    names = directory(sectors.chain(u32(data, 48)))
    root = names.get("", Entry(0, 0))
    name = next((name for name in STREAMS if name in names), None)
    if name is None:
        raise BrokenError
    entry = names[name]
    if entry.size >= SMALL_STREAM:
        return sectors.chain(entry.start)[: entry.size]
    table = words(sectors.chain(u32(data, 60)))
    box = sectors.chain(root.start)
    out, at = bytearray(), entry.start
    while at < len(table) and len(out) < entry.size:
        out += box[at * small_size : (at + 1) * small_size]
        at = table[at]
    return bytes(out[: entry.size])


class Entry(NamedTuple):
    """A stream of a compound file: its first sector and its size."""

    start: int
    size: int


class Sectors:
    """The sectors of a compound file and the chains they form."""

    def __init__(self, data: bytes, size: int) -> None:
        self._data, self._size = data, size
        places = list(words(data[76:HEADER]))
        more = u32(data, 68)
        for _ in range(len(data) // size):
            if more >= END_OF_CHAIN:
                break
            *found, more = words(self._sector(more)) or (END_OF_CHAIN,)
            places += found
        self._next: list[int] = []
        for place in places:
            if place < END_OF_CHAIN:
                self._next += words(self._sector(place))

    def chain(self, at: int) -> bytes:
        """The sectors of a chain, one after the other. Raises BrokenError where it is a ring."""
        out = bytearray()
        while at < len(self._next):
            out += self._sector(at)
            at = self._next[at]
            if len(out) > len(self._data):
                raise BrokenError
        return bytes(out)

    def _sector(self, at: int) -> bytes:
        start = (at + 1) * self._size
        return self._data[start : start + self._size]


def directory(content: bytes) -> Mapping[str, Entry]:
    """The streams of a compound file by name in capitals; the root has the name ""."""
    found: dict[str, Entry] = {}
    for at in range(0, len(content) - 127, 128):
        kind = content[at + 66]
        length = max(0, u16(content, at + 64) - 2)
        name = content[at : at + min(length, 62)].decode("utf-16-le", "replace").upper()
        if kind == 5:
            name = ""
        if kind in (2, 5):
            found.setdefault(name, Entry(u32(content, at + 116), u32(content, at + 120)))
    return found


def words(content: bytes) -> tuple[int, ...]:
    """The whole numbers of four bytes each in a sector."""
    return struct.unpack(f"<{len(content) // 4}I", content[: len(content) // 4 * 4])


def u16(content: bytes, at: int) -> int:
    return int.from_bytes(content[at : at + 2], "little")


def u32(content: bytes, at: int) -> int:
    return int.from_bytes(content[at : at + 4], "little")
