"""The fields of an act's input, and what is wrong with what they hold."""

from dataclasses import MISSING, is_dataclass
from enum import Enum
from typing import Any

import strawberry
from strawberry.types import get_object_definition

from schema.city.rules import RuleBroken, clean_text
from schema.gate.payloads import ErrorCode, UserError
from schema.scalars import Unparsable

TEXT_LIMIT = 200


def input_field(description: str, default: Any = MISSING, limit: int = TEXT_LIMIT) -> Any:
    """A field of an act's input; without a default it must be filled in. `limit` in characters."""
    given = {} if default is MISSING else {"default": default}
    return strawberry.field(description=description, metadata={"limit": limit}, **given)


def validate_input(said: Any, path: str = "") -> list[UserError]:
    """What in an input cannot be read, is blank though required, or is too long: with its path."""
    errors: list[UserError] = []
    for field in get_object_definition(type(said), strict=True).fields:
        value, at = getattr(said, field.python_name), path + camel(field.python_name)
        try:
            setattr(said, field.python_name, clean_value(value, field, at, errors))
        except RuleBroken as broken:
            errors.append(UserError(code=ErrorCode.INVALID, message=str(broken), field=at))
    return errors


def clean_value(value: Any, field: Any, at: str, errors: list[UserError]) -> Any:
    if isinstance(value, Unparsable):
        raise RuleBroken(value.message)
    if isinstance(value, str) and not isinstance(value, Enum):
        text = clean_text(value, field.metadata.get("limit", TEXT_LIMIT))
        if not text and field.default is MISSING:
            raise RuleBroken(f"请填写{field.description or at}")
        return text
    if isinstance(value, list):
        for index, each in enumerate(value):
            if is_dataclass(each):
                errors += validate_input(each, f"{at}.{index}.")
            elif isinstance(each, Unparsable):
                raise RuleBroken(each.message)
    elif is_dataclass(value):
        errors += validate_input(value, f"{at}.")
    return value


def camel(name: str) -> str:
    head, *tail = name.split("_")
    return head + "".join(part.title() for part in tail)
