"""Evidence as it can be read."""

from datetime import datetime
from typing import Any

from schema.evidence import tables
from schema.people.graph import Person
from schema.query.fields import Node, address, column, has_many, node, to_one


@node(tables.Attachment, "佐证材料")
class Attachment(Node):
    name: str = column("文件名")
    media_type: str = column("类型")
    size: int = column("大小（字节）")
    sha256: str = column("SHA-256 校验值")
    added_by: Person | None = to_one("Person", "上传人")
    added_at: datetime = column("上传时间")

    url: str = address("/files/", "下载地址")


def evidence_of(kind: str, description: str) -> Any:
    """A field with the files given with a row of `kind`, such as 'Claim', 'Entry', 'Agreement'."""
    return has_many("Attachment", "subject_id", description, having=("subject_kind", kind))
