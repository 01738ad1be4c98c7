"""What a file that somebody gives as a Word template may hold, before any program opens it.

A document that we issue carries what its template does: so no macros, no embedded programs, nothing
that Word would fetch or start when somebody opens it.
"""

import re

from schema.bounded import ArchiveError, ArchiveLimits, inspect_archive
from schema.city.rules import RuleBroken

SIZE_MOST = 5 * 2**20
UNPACKED = ArchiveLimits(unpacked=20 * 2**20, entries=300)
PARAGRAPHS_MOST = 3_000
BODY = "word/document.xml"
TYPES = "[Content_Types].xml"
RELATIONS = ("_rels/*", "word/_rels/*")
TEXTS = ("word/document.xml", "word/header*", "word/footer*", "word/footnotes.xml")

RELATION = re.compile(rb"<Relationship\b[^>]*>")
EXTERNAL = re.compile(rb"TargetMode\s*=\s*[\"']External[\"']", re.IGNORECASE)
LINK = re.compile(rb"relationships/hyperlink[\"']")
WEB = re.compile(rb"Target\s*=\s*[\"'](?:https?:|mailto:|#)", re.IGNORECASE)
EMBEDDED = re.compile(
    rb"relationships/(?:oleObject|package|control|aFChunk|vbaProject|subDocument)"
)
INSTRUCTION = re.compile(rb"<w:instrText[^>]*>([^<]*)<|w:instr\s*=\s*[\"']([^\"']*)")
FETCHES = re.compile(
    rb"\b(?:DDEAUTO|DDE|INCLUDETEXT|INCLUDEPICTURE|IMPORT|LINK|DATABASE|MACROBUTTON)\b"
)
PARAGRAPH = re.compile(rb"<w:p[ >/]")
DOCUMENT = b"wordprocessingml.document.main+xml"
OTHERS = {
    "xl/workbook.xml": "Excel 工作簿",
    "ppt/presentation.xml": "演示文稿",
    "content.xml": "OpenDocument 文档（.odt）",
    "OFD.xml": "OFD 版式文件",
}
SAVE_AS = "请在 Word 或 WPS 中打开，另存为“Word 文档（.docx）”后再上传"


def inspect_template(name: str, data: bytes) -> None:
    """Refuse what is no plain Word document. Raises RuleBroken (INVALID) at `file`."""
    name = " ".join(name.split())[:60]
    if not data:
        raise refused(f"“{name}”是空文件。请重新选择改好的模板（.docx）")
    if len(data) > SIZE_MOST:
        raise refused(
            f"“{name}”有 {len(data) / 2**20:.1f} MB，模板最多 {SIZE_MOST // 2**20} MB。请压缩图片后再上传"
        )
    keep = (TYPES, *RELATIONS, *TEXTS)
    try:
        parts = inspect_archive(data, UNPACKED, BODY, keep, UNPACKED.unpacked)
    except ArchiveError as error:
        raise refused(archive_message(name, error)) from None
    types = parts.pop(TYPES, b"")
    if b"macroenabled" in types.lower() or b"vbaProject" in types:
        raise refused(f"“{name}”里有宏。{SAVE_AS}（不带宏）")
    if DOCUMENT not in types:
        raise refused(f"“{name}”是 Word 模板或其他格式。{SAVE_AS}")
    for part, text in parts.items():
        check_part(part, text)
    if (count := len(PARAGRAPH.findall(parts[BODY]))) > PARAGRAPHS_MOST:
        raise refused(
            f"“{name}”有 {count} 段，模板最多 {PARAGRAPHS_MOST} 段。请删去多余的空段后再上传"
        )


def check_part(part: str, text: bytes) -> None:
    if part.endswith(".rels"):
        for relation in RELATION.findall(text):
            if EMBEDDED.search(relation):
                raise refused("模板里嵌有对象或控件。请删去后再上传，文字和图片可以保留")
            if EXTERNAL.search(relation) and not (LINK.search(relation) and WEB.search(relation)):
                raise refused(
                    "模板引用了文件以外的内容（如链接的图片、附加的模板），别人打开文书时会去取。"
                    "请改为直接插入，或在“开发工具”中去掉附加模板后再上传"
                )
        return
    found = INSTRUCTION.findall(text)
    for pieces in ([first for first, _ in found], [second for _, second in found]):
        if fetches := FETCHES.search(b"".join(pieces).upper()):
            raise refused(f"模板里有会取外部内容的域（{fetches[0].decode()}）。请删去此域后再上传")


def archive_message(name: str, error: ArchiveError) -> str:
    match error.reason:
        case "MISSING":
            kind = next(
                (kind for part, kind in OTHERS.items() if part in error.names), "普通压缩包"
            )
            return f"“{name}”是{kind}，不是 Word 文档。{SAVE_AS}"
        case "ENCRYPTED":
            return f"“{name}”设了密码。请取消密码后再上传"
        case "LARGE":
            return (
                f"“{name}”解开后超过 {UNPACKED.unpacked // 2**20} MB 或 {UNPACKED.entries} 个部件。"
                "请删去大图片和多余内容后再上传"
            )
    return f"“{name}”不是 Word 文档，或没有传完、已损坏。{SAVE_AS}"


def refused(message: str) -> RuleBroken:
    return RuleBroken(message, "file", "INVALID")
