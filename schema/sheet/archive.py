"""Inspect the archive of an .xlsx, its entries and their unpacked size, before it is parsed.

ASVS 5.0, 5.2.3 (unpacked size and number of files) and 1.5.1 (no document types, no entities).
"""

import re
import zlib
from collections.abc import Iterator
from io import BytesIO
from xml.etree import ElementTree
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from schema.city.rules import RuleBroken
from schema.sheet.grid import Limits

WORKBOOK = "xl/workbook.xml"
PROPERTIES = "docProps/custom.xml"
OTHERS = {
    "xl/workbook.bin": "二进制工作簿（.xlsb）",
    "content.xml": "OpenDocument 文档（.ods）",
    "word/document.xml": "Word 文档",
    "ppt/presentation.xml": "演示文稿",
    "OFD.xml": "OFD 版式文件",
}
MARKUP = (".xml", ".rels", ".vml")
DECLARATION = re.compile(rb"<!(?:doctype|entity)", re.IGNORECASE)
CHUNK = 64 * 2**10


def inspect(name: str, data: bytes, limits: Limits) -> str:
    """The name of the template that a workbook was made from, or "" without one.

    Raises RuleBroken (INVALID) at `file` when the archive is damaged, encrypted, no workbook, has
    too many entries or unpacks to too much, or has a document type in one of its parts.
    """
    try:
        with ZipFile(BytesIO(data)) as archive:
            entries = archive.infolist()
    except (BadZipFile, ValueError, OSError, NotImplementedError):
        raise unreadable_workbook(name) from None
    _check_directory(name, entries, limits)
    total, properties = 0, b""
    for entry in entries:
        tail = b""
        size = 0
        for chunk in _unpacked(name, data, entry):
            size += len(chunk)
            if total + size > limits.unpacked:
                raise _too_large(name, limits)
            if entry.filename.lower().endswith(MARKUP):
                _check_markup(name, tail + chunk, first=size == len(chunk))
                tail = chunk[-16:]
            if entry.filename == PROPERTIES and size <= CHUNK:
                properties += chunk
        if size != entry.file_size:
            raise unreadable_workbook(name)
        total += size
    return _template(properties)


def unreadable_workbook(name: str) -> RuleBroken:
    """The error for a workbook that cannot be read; one advice helps with every cause."""
    return RuleBroken(
        f"“{name}”读不出来：文件可能没有传完、已损坏，或在很远的行列里留有内容。"
        "请在 Excel 或 WPS 中打开，把台账区域复制到新建的工作簿，另存为 .xlsx 后再上传",
        field="file",
        code="INVALID",
    )


def _check_directory(name: str, entries: list[ZipInfo], limits: Limits) -> None:
    names = {entry.filename for entry in entries}
    if WORKBOOK not in names:
        kind = next((kind for part, kind in OTHERS.items() if part in names), "普通压缩包")
        raise RuleBroken(
            f"“{name}”是{kind}，读不了。请另存为“Excel 工作簿（.xlsx）”后再上传",
            field="file",
            code="INVALID",
        )
    if any(entry.flag_bits & 1 for entry in entries):
        raise RuleBroken(f"“{name}”设了密码。请取消密码后再上传", field="file", code="INVALID")
    if len(names) < len(entries):
        raise unreadable_workbook(name)
    if len(entries) > limits.entries or sum(e.file_size for e in entries) > limits.unpacked:
        raise _too_large(name, limits)


def _unpacked(name: str, data: bytes, entry: ZipInfo) -> Iterator[bytes]:
    """The unpacked bytes of an entry. `zipfile` would stop at the size in the directory."""
    header = data[entry.header_offset : entry.header_offset + 30]
    if len(header) < 30 or not header.startswith(b"PK\x03\x04"):
        raise unreadable_workbook(name)
    start = entry.header_offset + 30
    start += int.from_bytes(header[26:28], "little") + int.from_bytes(header[28:30], "little")
    packed = data[start : start + entry.compress_size]
    if entry.compress_type == ZIP_STORED:
        yield from (packed[i : i + CHUNK] for i in range(0, len(packed), CHUNK))
    elif entry.compress_type == ZIP_DEFLATED:
        inflate = zlib.decompressobj(-zlib.MAX_WBITS)
        try:
            while not inflate.eof:
                chunk = inflate.decompress(packed, CHUNK)
                packed = inflate.unconsumed_tail
                if not chunk and not packed:
                    break
                yield chunk
        except zlib.error:
            raise unreadable_workbook(name) from None
    else:
        raise unreadable_workbook(name)


def _check_markup(name: str, text: bytes, first: bool) -> None:
    """Refuse declarations, and UTF-16, which would hide one and no office program writes."""
    if DECLARATION.search(text) or (first and b"\0" in text[:4]):
        raise unreadable_workbook(name)


def _template(properties: bytes) -> str:
    try:
        root = ElementTree.fromstring(properties) if properties else ()
    except ElementTree.ParseError:
        return ""
    for item in root:
        if item.get("name") == "template":
            return "".join(item.itertext())[:100]
    return ""


def _too_large(name: str, limits: Limits) -> RuleBroken:
    return RuleBroken(
        f"“{name}”解开后超过 {limits.unpacked // 2**20} MB 或 {limits.entries} 个部件。"
        "请删去图片、多余的工作表和空白区域的格式，或拆成几份上传",
        field="file",
        code="INVALID",
    )
