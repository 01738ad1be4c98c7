"""Files in an act's input."""

import strawberry

from schema.gate.inputs import input_field
from schema.scalars import Bytes


@strawberry.input(description="文件")
class FileInput:
    name: str = input_field("文件名")
    content: Bytes = input_field("内容（Base64）")
