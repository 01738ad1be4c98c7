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


def validate_input(input: Any, path: str = "") -> list[UserError]:
    """What in an input cannot be read, is blank though required, or is too long: with its path.

    Texts are cleaned where they stand; a field that is wrong becomes `Unparsable`.
    """
    errors: list[UserError] = []
    for field in get_object_definition(type(input), strict=True).fields:
        value, at = getattr(input, field.python_name), path + camel(field.python_name)
        known = len(errors)
        try:
            value = clean_value(value, field, at, errors)
        except RuleBroken as broken:
            errors.append(UserError(code=ErrorCode.INVALID, message=str(broken), field=at))
        if len(errors) > known:
            value = Unparsable(str(value), errors[known].message)
        setattr(input, field.python_name, value)
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


class GivenInput:
    """An act's input that knows which of its fields were read: what is given is used or refused."""

    def __init__(self, input: Any) -> None:
        self._input, self._read = input, set[str]()

    def __getattr__(self, name: str) -> Any:
        self._read.add(name)
        return getattr(self._input, name)

    def readable(self) -> "ReadableInput":
        """The same input for a rule, which is not asked about what could not be read."""
        return ReadableInput(self)

    def unused(self) -> list[UserError]:
        """A user error for each field that was filled in and that the act did not look at."""
        return [
            UserError(
                code=ErrorCode.INVALID,
                message=f"“{label(field)}”在这里用不上，请留空，或补全与它有关的内容",
                field=camel(field.python_name),
            )
            for field in get_object_definition(type(self._input), strict=True).fields
            if field.python_name not in self._read
            and getattr(self._input, field.python_name) not in (None, "", field.default)
        ]


class NotReadable(Exception):
    """A rule needs a field that could not be read, and that is refused already."""


class ReadableInput:
    """An input whose fields are values; reading one that could not be read raises `NotReadable`."""

    def __init__(self, given: GivenInput) -> None:
        self._given = given

    def __getattr__(self, name: str) -> Any:
        value = getattr(self._given, name)
        if isinstance(value, Unparsable):
            raise NotReadable(name)
        return value


def label(field: Any) -> str:
    """What a field is called: its description up to the hint on how to fill it in."""
    return str(field.description or field.python_name).partition("；")[0]
