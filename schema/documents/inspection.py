"""What a file that somebody gives as a Word template may hold, before any program opens it.

A document that we issue carries what its template does: so no macros, no embedded programs, nothing
that Word would fetch or start when somebody opens it. What was made of it is inspected in the same way.
"""

import json
from pathlib import Path
from typing import Any

from schema.bounded import ArchiveError, ArchiveLimits, Limits, bounded_process, inspect_archive
from schema.city.rules import RuleBroken

WORKER = Path(__file__).with_name("inspection_worker.py")
LIMITS = Limits(memory=300 * 2**20, seconds=4)
SIZE_MOST = 5 * 2**20
UNPACKED = ArchiveLimits(unpacked=20 * 2**20, entries=300)
MADE = ArchiveLimits(unpacked=60 * 2**20, entries=300)
PARAGRAPHS_MOST = 3_000
BODY = "word/document.xml"
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
    try:
        inspect_archive(data, UNPACKED, BODY)
    except ArchiveError as error:
        raise refused(archive_message(name, error)) from None
    if answer := read_parts(data, PARAGRAPHS_MOST):
        raise refused(part_message(name, answer))


def inspect_made(data: bytes) -> None:
    """Refuse a document that was made and holds what no template may. Raises RuleBroken (INVALID) at `file`."""
    try:
        inspect_archive(data, MADE, BODY)
    except ArchiveError as error:
        raise refused(archive_message("用样例试做的文书", error)) from None
    if answer := read_parts(data, 0):
        raise refused(f"用样例试做的文书不能出具：{part_message('文书', answer)}")


def read_parts(data: bytes, paragraphs: int) -> dict[str, Any]:
    """Why a Word file is refused, `{}` where it is not; 0 `paragraphs` for any number of them."""
    asked = json.dumps({"body": BODY, "paragraphs": paragraphs}).encode() + b"\n"
    with bounded_process(WORKER, asked + data, LIMITS) as (output, ended):
        answer = output.readline(2**16)
        if not answer.endswith(b"\n") or ended():
            return {"refused": "LIMIT", "what": ""}
    read: dict[str, Any] = json.loads(answer)
    return read


def part_message(name: str, answer: dict[str, Any]) -> str:
    """What is to be mended, in the words of whoever wrote the template."""
    what = answer["what"]
    match answer["refused"]:
        case "MACRO":
            return f"“{name}”里有宏。{SAVE_AS}（不带宏）"
        case "FORMAT":
            return f"“{name}”是 Word 模板或其他格式。{SAVE_AS}"
        case "EMBEDDED":
            return "模板里嵌有对象或控件。请删去后再上传，文字和图片可以保留"
        case "OUTSIDE":
            return (
                f"模板引用了文件以外的内容（{what}），如链接的图片、附加的模板，别人打开文书时会去取。"
                "请改为直接插入，或在“开发工具”中去掉附加模板后再上传；链接只能指向网址或邮箱"
            )
        case "FIELD":
            return (
                f"模板里有不能使用的域（{what}）。页码、日期、目录、书签引用等域可以保留，"
                "取外部内容的域和套在域里的域请删去后再上传"
            )
        case "PART":
            return f"“{name}”里有不能识别的部件（{what}）。{SAVE_AS}"
        case "PARAGRAPHS":
            return f"“{name}”有 {what} 段，模板最多 {PARAGRAPHS_MOST} 段。请删去多余的空段后再上传"
        case "LIMIT":
            return f"“{name}”内容过多，没有在限度内读完。请删去多余的内容后再上传"
    return f"“{name}”不是 Word 文档，或没有传完、已损坏。{SAVE_AS}"


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
