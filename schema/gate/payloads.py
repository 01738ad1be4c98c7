"""What an act answers: its subject, what to mend, and who was first."""

from datetime import datetime
from enum import Enum
from typing import Any

import strawberry

from schema.city.rules import RuleBroken
from schema.gate.changes import Change
from schema.query.fields import row_as as row_as


@strawberry.enum(description="错误种类")
class ErrorCode(Enum):
    NOT_ALLOWED = strawberry.enum_value("NOT_ALLOWED", description="您的岗位不能办理此事项")
    INVALID = strawberry.enum_value("INVALID", description="填写有误")
    RULE = strawberry.enum_value("RULE", description="不符合政策规定")
    STALE = strawberry.enum_value("STALE", description="他人已先办理或修改")
    DUPLICATE = strawberry.enum_value("DUPLICATE", description="疑似重复")


@strawberry.type(description="使用者可以改正的错误")
class UserError:
    code: ErrorCode = strawberry.field(description="种类")
    message: str = strawberry.field(description="怎样改正")
    field: str | None = strawberry.field(default=None, description="有误的填写项")


@strawberry.type(description="他人先行的改动")
class Conflict:
    revision: int = strawberry.field(description="现在的版本")
    changed_by: str = strawberry.field(description="何人")
    unit: str = strawberry.field(description="单位")
    by_viewer: bool = strawberry.field(description="是否本人")
    act: str = strawberry.field(description="办理事项")
    changed_at: datetime = strawberry.field(description="何时")
    changes: list[Change] = strawberry.field(description="改了什么")


class InputRefused(Exception):
    """All that is wrong with what an act was given; `answer` is what the payload shows beside it."""

    def __init__(self, errors: list[UserError], answer: dict[str, Any]) -> None:
        super().__init__("; ".join(error.message for error in errors))
        self.errors, self.answer = errors, answer


class Stale(RuleBroken):
    """Somebody else was first; the answer carries who, when and what."""

    def __init__(self, message: str, conflict: Conflict | None) -> None:
        super().__init__(message, "revision", "STALE")
        self.answer = {"conflict": conflict}


@strawberry.interface(description="办理结果")
class Payload:
    user_errors: list[UserError] = strawberry.field(
        default_factory=list, description="需要改正之处"
    )
    conflict: Conflict | None = strawberry.field(default=None, description="他人先行的改动")
