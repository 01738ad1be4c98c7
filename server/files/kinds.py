"""What a file is, recognised by its bytes and not by its name: the kinds that offices use, and no others.

Markup, programs and documents with macros are refused; a workbook with macros only where it is kept to be read and
never handed out (`macros`). Nothing is unpacked but one small entry.
"""

import zipfile
from io import BytesIO
from typing import NamedTuple

from schema.bounded import archive_has_macros, compound_streams, part_name
from schema.bounded.macros import STREAMS, TYPES
from schema.city.rules import RuleBroken

UNPACKED_MOST = 512 * 1024 * 1024
ENTRIES_MOST = 10_000


class FileKind(NamedTuple):
    """A kind of file: its word, its media type, the endings its name may have, the first usual."""

    word: str
    media_type: str
    endings: tuple[str, ...]
    inline: bool = False
    macros: bool = False


OFFICE = "application/vnd.openxmlformats-officedocument"
PDF = FileKind("PDF 文档", "application/pdf", ("pdf",), inline=True)
PNG = FileKind("PNG 图片", "image/png", ("png",), inline=True)
JPEG = FileKind("JPEG 图片", "image/jpeg", ("jpg", "jpeg"), inline=True)
GIF = FileKind("GIF 图片", "image/gif", ("gif",), inline=True)
WEBP = FileKind("WebP 图片", "image/webp", ("webp",), inline=True)
DOCX = FileKind("Word 文档", f"{OFFICE}.wordprocessingml.document", ("docx",))
XLSX = FileKind("Excel 工作簿", f"{OFFICE}.spreadsheetml.sheet", ("xlsx",))
PPTX = FileKind("PowerPoint 演示文稿", f"{OFFICE}.presentationml.presentation", ("pptx",))
OFD = FileKind("OFD 版式文件", "application/ofd", ("ofd",))
DOC = FileKind("Word 97 文档", "application/msword", ("doc", "wps"))
XLS = FileKind("Excel 97 工作簿", "application/vnd.ms-excel", ("xls", "et"))
PPT = FileKind("PowerPoint 97 演示文稿", "application/vnd.ms-powerpoint", ("ppt", "dps"))
CSV = FileKind("CSV 表格", "text/csv", ("csv",))
TEXT = FileKind("文本文件", "text/plain", ("txt",))
XLSM = FileKind(
    "带宏的 Excel 工作簿",
    "application/vnd.ms-excel.sheet.macroenabled.12",
    ("xlsm",),
    macros=True,
)
OLD_MACROS = XLS._replace(word="带宏的 Excel 97 工作簿", macros=True)

KINDS = (PDF, PNG, JPEG, GIF, WEBP, DOCX, XLSX, PPTX, OFD, DOC, XLS, PPT, CSV, TEXT)
BY_MEDIA_TYPE = {kind.media_type: kind for kind in KINDS}

OPENINGS = (
    (b"%PDF-", PDF),
    (b"\x89PNG\r\n\x1a\n", PNG),
    (b"\xff\xd8\xff", JPEG),
    (b"GIF87a", GIF),
    (b"GIF89a", GIF),
)
ZIP, OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
PROGRAMS = (b"MZ", b"\x7fELF", b"#!", b"\xca\xfe\xba\xbe", b"\xcf\xfa\xed\xfe", b"\xce\xfa\xed\xfe")
IN_ZIP = {
    "word/document.xml": DOCX,
    "xl/workbook.xml": XLSX,
    "ppt/presentation.xml": PPTX,
    "OFD.xml": OFD,
}
IN_OLE = {"WordDocument": DOC, "Workbook": XLS, "Book": XLS, "PowerPoint Document": PPT}
ALLOWED = "PDF、图片（png、jpg、gif、webp）、Word、Excel、PPT、OFD、txt 和 csv"


def kind_of(name: str, content: bytes, *, macros: bool = False) -> FileKind:
    """The kind that the bytes show, which must be the one that the name's ending claims.

    A workbook with macros is one where `macros` is set, for whoever only reads its cells. Raises RuleBroken
    (INVALID) with what to do instead.
    """
    ending = name.rpartition(".")[2].lower() if "." in name else ""
    kind = detect_kind(content, ending)
    if kind is None:
        raise invalid_file(f"不收这种文件，请换成{ALLOWED}，例如把网页或程序的画面另存为 PDF")
    if kind.macros and not macros:
        raise macros_refused()
    if ending and ending not in kind.endings:
        raise invalid_file(
            f"文件名以 .{ending[:10]} 结尾，内容却是{kind.word}，"
            f"请把结尾改成 .{kind.endings[0]} 后再传"
        )
    return kind


def detect_kind(content: bytes, ending: str) -> FileKind | None:
    for opening, kind in OPENINGS:
        if content.startswith(opening):
            return kind
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return WEBP
    if content.startswith(ZIP):
        return zip_kind(content)
    if content.startswith(OLE):
        return ole_kind(content)
    if content.startswith(PROGRAMS):
        raise invalid_file(f"不收程序和脚本，请换成{ALLOWED}")
    # Text shows no kind of its own: here, and only here, the ending decides.
    if ending in ("txt", "csv") and is_plain_text(content):
        return CSV if ending == "csv" else TEXT
    return None


def zip_kind(content: bytes) -> FileKind | None:
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            entries = archive.infolist()
            names = {part_name(each.filename) for each in entries}
            if (
                len(entries) > ENTRIES_MOST
                or sum(each.file_size for each in entries) > UNPACKED_MOST
            ):
                raise invalid_file("文件解压后太大，请删去不需要的图片或工作表后再传")
            if any(each.flag_bits & 1 for each in entries):
                raise invalid_file("文件加了密码，请去掉密码后再传")
            kind = next((kind for entry, kind in IN_ZIP.items() if part_name(entry) in names), None)
            if kind is None or (kind is not OFD and part_name(TYPES) not in names):
                return None
            if not archive_has_macros(archive):
                return kind
            if kind is not XLSX:
                raise macros_refused()
            return XLSM
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, EOFError, ValueError):
        raise invalid_file("文件不完整，打不开，请重新导出或另存一份后再传") from None


def ole_kind(content: bytes) -> FileKind | None:
    found = compound_streams(content, "EncryptedPackage", *IN_OLE, *STREAMS)
    if "EncryptedPackage" in found:
        raise invalid_file("文件加了密码，请去掉密码后再传")
    kind = next((kind for stream, kind in IN_OLE.items() if stream in found), None)
    if found.isdisjoint(STREAMS):
        return kind
    if kind is not XLS:
        raise macros_refused()
    return OLD_MACROS


def is_plain_text(content: bytes) -> bool:
    """Whether this is text in a usual encoding, and does not open like markup."""
    for encoding in (
        ("utf-16",) if content[:2] in (b"\xff\xfe", b"\xfe\xff") else ("utf-8-sig", "gb18030")
    ):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        readable = all(letter >= " " or letter in "\t\r\n\f" for letter in text)
        return readable and not text.lstrip().startswith("<")
    return False


def macros_refused() -> RuleBroken:
    return invalid_file("文件里有宏，请另存为不带宏的 .docx、.xlsx、.pptx 或 PDF 后再传")


def invalid_file(message: str) -> RuleBroken:
    return RuleBroken(message, "files", "INVALID")
