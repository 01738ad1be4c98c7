"""Inspect the archive of an .xlsx before it is parsed, and answer in the user's words."""

from xml.etree import ElementTree

from schema.bounded import ArchiveError, ArchiveLimits, inspect_archive, part_name
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


def inspect(name: str, data: bytes, limits: Limits) -> str:
    """The name of the template that a workbook was made from, or "" without one.

    Raises RuleBroken (INVALID) at `file` when the archive is damaged, encrypted, no workbook, has
    too many entries or unpacks to too much, or has a document type in one of its parts.
    """
    bounds = ArchiveLimits(limits.unpacked, limits.entries)
    try:
        kept = inspect_archive(data, bounds, WORKBOOK, (PROPERTIES,))
    except ArchiveError as error:
        raise refusal(name, error, limits) from None
    return _template(kept.get(part_name(PROPERTIES), b""))


def refusal(name: str, error: ArchiveError, limits: Limits) -> RuleBroken:
    match error.reason:
        case "MISSING":
            kind = next(
                (kind for part, kind in OTHERS.items() if part_name(part) in error.names),
                "普通压缩包",
            )
            message = f"“{name}”是{kind}，读不了。请另存为“Excel 工作簿（.xlsx）”后再上传"
        case "ENCRYPTED":
            message = f"“{name}”设了密码。请取消密码后再上传"
        case "LARGE":
            message = (
                f"“{name}”解开后超过 {limits.unpacked // 2**20} MB 或 {limits.entries} 个部件。"
                "请删去图片、多余的工作表和空白区域的格式，或拆成几份上传"
            )
        case _:
            return unreadable_workbook(name)
    return RuleBroken(message, field="file", code="INVALID")


def unreadable_workbook(name: str) -> RuleBroken:
    """The error for a workbook that cannot be read; one advice helps with every cause."""
    return RuleBroken(
        f"“{name}”读不出来：文件可能没有传完、已损坏，或在很远的行列里留有内容。"
        "请在 Excel 或 WPS 中打开，把表格区域复制到新建的工作簿，另存为 .xlsx 后再上传",
        field="file",
        code="INVALID",
    )


def _template(properties: bytes) -> str:
    try:
        root = ElementTree.fromstring(properties) if properties else ()
    except ElementTree.ParseError:
        return ""
    for item in root:
        if item.get("name") == "template":
            return "".join(item.itertext())[:100]
    return ""
