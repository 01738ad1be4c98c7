"""Workbooks as programs of every kind write them, by hand: .xlsx by its markup, .xls by its records."""

import struct
from collections.abc import Mapping, Sequence
from io import BytesIO
from xml.sax.saxutils import escape, quoteattr
from zipfile import ZipFile

from schema.sheet import column_letter

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
STRICT = "http://purl.oclc.org/ooxml/spreadsheetml/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
STRICT_OFFICE = "http://purl.oclc.org/ooxml/officeDocument/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"

HEAD = [
    "序号", "项目名称", "投资方名称", "协议总投资（万元）", "首谈地", "落户地", "签约时间", "项目状态",
    "累计到位资金（万元）", "本年累计到位资金（万元）", "拟用地面积（亩）",
]  # fmt: skip


def cells(name: str, **changed: object) -> list[object]:
    """The cells of a project that is read without an error, some of them changed by column letter."""
    line: list[object] = [
        1, name, f"四川{name}有限公司", 12500, "雁江区", "雁江区", "2026-03-05", "已签约", 1000, 500, 100,
    ]  # fmt: skip
    for letter, value in changed.items():
        at = ord(letter) - ord("A")
        line += [None] * (at + 1 - len(line))
        line[at] = value
    return line


class Xml(str):
    """A cell of .xlsx as its markup, with `{r}` for its reference."""


class Styled(tuple[float, str]):
    """A number and the code of its format."""

    def __new__(cls, value: float, code: str) -> "Styled":
        return super().__new__(cls, (value, code))


def xlsx(
    *sheets: tuple[str, Sequence[Sequence[object]]],
    rows: Mapping[int, str] | None = None,
    before: str = "",
    after: str = "",
    states: Mapping[str, str] | None = None,
    book: str = "<workbookPr/>",
    calculation: str = "",
    strict: bool = False,
) -> bytes:
    """Sheets as an .xlsx. `rows` are attributes of rows by number, `before` and `after` the markup around
    the cells of the first sheet, `states` that of sheets.
    """
    main, office = (STRICT, STRICT_OFFICE) if strict else (MAIN, OFFICE)
    codes: list[str] = []
    parts: dict[str, str] = {}
    for number, (_, lines) in enumerate(sheets, 1):
        body = "".join(
            f'<row r="{row}" {(rows or {}).get(row, "") if number == 1 else ""}>'
            + "".join(
                _cell(value, f"{column_letter(at)}{row}", codes) for at, value in enumerate(line)
            )
            + "</row>"
            for row, line in enumerate(lines, 1)
        )
        head, tail = (before, after) if number == 1 else ("", "")
        parts[f"xl/worksheets/sheet{number}.xml"] = (
            f'<worksheet xmlns="{main}">{head}<sheetData>{body}</sheetData>{tail}</worksheet>'
        )
    listed = "".join(
        f'<sheet name={quoteattr(name)} sheetId="{at}" r:id="rId{at}"'
        f' state="{(states or {}).get(name, "visible")}"/>'
        for at, (name, _) in enumerate(sheets, 1)
    )
    links = "".join(
        f'<Relationship Id="rId{at}" Type="{office}/worksheet" Target="worksheets/sheet{at}.xml"/>'
        for at in range(1, len(sheets) + 1)
    )
    formats = "".join(
        f'<numFmt numFmtId="{170 + at}" formatCode={quoteattr(code)}/>'
        for at, code in enumerate(codes)
    )
    looks = "".join(f'<xf numFmtId="{170 + at}"/>' for at in range(len(codes)))
    parts |= {
        "[Content_Types].xml": f'<Types xmlns="{PACKAGE}/content-types"><Default Extension="xml"'
        ' ContentType="application/xml"/></Types>',
        "xl/workbook.xml": f'<workbook xmlns="{main}" xmlns:r="{office}">{book}'
        f"<sheets>{listed}</sheets>{calculation}</workbook>",
        "xl/styles.xml": f'<styleSheet xmlns="{main}"><numFmts>{formats}</numFmts>'
        f'<cellStyleXfs><xf numFmtId="9"/></cellStyleXfs>'
        f'<cellXfs><xf numFmtId="0"/>{looks}</cellXfs></styleSheet>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{PACKAGE}/relationships">{links}'
        f'<Relationship Id="s" Type="{office}/styles" Target="styles.xml"/></Relationships>',
        "_rels/.rels": f'<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="b"'
        f' Type="{office}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
    }
    return packed(parts)


def packed(parts: Mapping[str, str]) -> bytes:
    out = BytesIO()
    with ZipFile(out, "w") as archive:
        for name, text in parts.items():
            archive.writestr(name, text)
    return out.getvalue()


def unpacked(data: bytes) -> dict[str, str]:
    with ZipFile(BytesIO(data)) as archive:
        return {name: archive.read(name).decode() for name in archive.namelist()}


def _cell(value: object, reference: str, codes: list[str]) -> str:
    match value:
        case None:
            return ""
        case Xml():
            return value.replace("{r}", reference)
        case Styled():
            number, code = value
            if code not in codes:
                codes.append(code)
            return f'<c r="{reference}" s="{1 + codes.index(code)}"><v>{number}</v></c>'
        case int() | float():
            return f'<c r="{reference}"><v>{value}</v></c>'
    return f'<c r="{reference}" t="inlineStr"><is><t>{escape(str(value))}</t></is></c>'


class Formula(tuple[bytes, int]):
    """A formula of .xls: its kept value in eight bytes, and its flags."""

    def __new__(cls, kept: bytes, flags: int = 0) -> "Formula":
        return super().__new__(cls, (kept, flags))


NO_VALUE = Formula(bytes((3, 0, 0, 0, 0, 0, 255, 255)))
DIV_0 = Formula(bytes((2, 0, 7, 0, 0, 0, 255, 255)))
ZERO_ON_LOAD = Formula(bytes(8), flags=2)
TWELVE = Formula(struct.pack("<d", 12))


def xls(
    *sheets: tuple[str, Sequence[Sequence[object]]],
    hidden_rows: Sequence[int] = (),
    hidden_columns: Sequence[int] = (),
    hidden_sheets: Sequence[str] = (),
    filtered: bool = False,
    date1904: bool = False,
    stream: str = "Workbook",
) -> bytes:
    """Sheets as an .xls (BIFF8); what is hidden, zero-based, is so in the first sheet."""
    codes: list[str] = []
    bodies = [
        _substream(
            lines,
            codes,
            hidden_rows if not number else (),
            hidden_columns if not number else (),
            filtered and not number,
        )
        for number, (_, lines) in enumerate(sheets)
    ]
    head = _record(0x809, struct.pack("<HHHHII", 0x600, 5, 0xDBB, 0x7CC, 0, 6))
    head += _record(0x42, struct.pack("<H", 1200)) + _record(0x22, struct.pack("<H", date1904))
    for at, code in enumerate(codes):
        head += _record(0x41E, struct.pack("<H", 170 + at) + _text(code))
    for number in (0, *range(170, 170 + len(codes))):
        head += _record(0xE0, struct.pack("<HH", 0, number) + bytes(16))
    names = [struct.pack("<BB", len(name), 1) + name.encode("utf-16-le") for name, _ in sheets]
    at = len(head) + sum(4 + 6 + len(name) for name in names) + 4
    for (title, _), name, body in zip(sheets, names, bodies, strict=True):
        head += _record(0x85, struct.pack("<IBB", at, title in hidden_sheets, 0) + name)
        at += len(body)
    return _compound(stream, head + _record(0x0A) + b"".join(bodies))


def _substream(
    lines: Sequence[Sequence[object]],
    codes: list[str],
    hidden_rows: Sequence[int],
    hidden_columns: Sequence[int],
    filtered: bool,
) -> bytes:
    body = _record(0x809, struct.pack("<HHHHII", 0x600, 0x10, 0xDBB, 0x7CC, 0, 6))
    body += _record(0x9B) if filtered else b""
    for column in hidden_columns:
        body += _record(0x7D, struct.pack("<HHHHHH", column, column, 2000, 0, 1, 0))
    for row in range(len(lines)):
        flags = 0x120 if row in hidden_rows else 0x100
        body += _record(0x208, struct.pack("<HHHHHHHH", row, 0, 20, 255, 0, 0, flags, 15))
    for row, line in enumerate(lines):
        for column, value in enumerate(line):
            body += _old_cell(row, column, value, codes)
    return body + _record(0x0A)


def _old_cell(row: int, column: int, value: object, codes: list[str]) -> bytes:
    at = struct.pack("<HHH", row, column, 0)
    match value:
        case None:
            return b""
        case Styled():
            number, code = value
            if code not in codes:
                codes.append(code)
            at = struct.pack("<HHH", row, column, 1 + codes.index(code))
            return _record(0x203, at + struct.pack("<d", number))
        case Formula():
            kept, flags = value
            return _record(0x06, at + kept + struct.pack("<HIH", flags, 0, 0))
        case int():
            return _record(0x27E, at + struct.pack("<i", value << 2 | 2))
        case float():
            return _record(0x203, at + struct.pack("<d", value))
    return _record(0x204, at + _text(str(value)))


def _text(text: str) -> bytes:
    return struct.pack("<HB", len(text), 1) + text.encode("utf-16-le")


def _record(number: int, content: bytes = b"") -> bytes:
    return struct.pack("<HH", number, len(content)) + content


def _compound(name: str, stream: bytes) -> bytes:
    """A compound file with one stream."""
    stream += bytes(max(4096, -(-len(stream) // 512) * 512) - len(stream))
    sectors = len(stream) // 512
    table = [0xFFFFFFFD, 0xFFFFFFFE, *range(3, sectors + 2), 0xFFFFFFFE]
    table += [0xFFFFFFFF] * (128 - len(table))
    assert len(table) == 128
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16)
    header += struct.pack("<HHHHHHII", 0x3E, 3, 0xFFFE, 9, 6, 0, 0, 0)
    header += struct.pack("<IIIIIIIII", 1, 1, 0, 4096, 0xFFFFFFFE, 0, 0xFFFFFFFE, 0, 0)
    header += struct.pack("<I", 0xFFFFFFFF) * 108
    directory = _entry("Root Entry", 5, 0xFFFFFFFE, 0, child=1)
    directory += _entry(name, 2, 2, len(stream)) + bytes(256)
    return header + struct.pack("<128I", *table) + directory + stream


def _entry(name: str, kind: int, start: int, size: int, child: int = 0xFFFFFFFF) -> bytes:
    text = name.encode("utf-16-le") + b"\0\0"
    entry = text + bytes(64 - len(text)) + struct.pack("<HBB", len(text), kind, 1)
    entry += struct.pack("<III", 0xFFFFFFFF, 0xFFFFFFFF, child) + bytes(36)
    return entry + struct.pack("<IQ", start, size)
