"""Files as an act is given them."""

import strawberry

from schema.gate.inputs import said
from schema.scalars import Bytes


@strawberry.input(description="文件")
class FileInput:
    name: str = said("文件名")
    content: Bytes = said("内容（Base64）")
