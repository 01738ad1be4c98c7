"""The fields of an act's input, and what is wrong with what they hold."""

from collections.abc import Mapping
from dataclasses import MISSING, is_dataclass
from enum import Enum
from types import MappingProxyType
from typing import Any

import strawberry
from strawberry.types import get_object_definition

from schema.city.rules import RuleBroken, clean_text, is_blank
from schema.city.rules.money import NO_ESTIMATE
from schema.gate.payloads import ErrorCode, UserError
from schema.scalars import Estimate, Unparsable

TEXT_LIMIT = 200


def input_field(
    description: str,
    default: Any = MISSING,
    limit: int = TEXT_LIMIT,
    *,
    asked: bool = False,
    needed: bool = False,
    estimate: bool = False,
    kind: str | None = None,
    yes_no: tuple[str, str] | None = None,
) -> Any:
    """A field of an act's input; without a default it must be filled in. `limit` in characters.

    Beside its type it says what every form needs to know. One that is `asked` stands in a form only
    once the act has asked for it. One that is `needed` must be filled in wherever a form shows it,
    though the act may do without it. An amount with `estimate` may be one. `kind` is what a text
    holds: `tel`, `time`, `decimal` or `digits`. `yes_no` are the words of a decision's two answers, each up to
    its hint.
    """
    given = {} if default is MISSING else {"default": default}
    metadata = {
        "limit": limit,
        "asked": asked,
        "needed": needed,
        "estimate": estimate,
        "kind": kind,
        "yes_no": yes_no,
    }
    return strawberry.field(description=description, metadata=metadata, **given)


def edit_field(description: str, limit: int = TEXT_LIMIT) -> Any:
    """A field of an act that changes what is there: left out, it stays as it is; null or blank empties it."""
    return input_field(description, strawberry.UNSET, limit)


def edited(given: Any, before: Any, empty: Any = None) -> Any:
    """What an edit makes of a column: `before` where the document leaves its field out, `empty` for null."""
    if given is strawberry.UNSET:
        return before
    return empty if given is None else given


def revision_field(description: str = "版本") -> Any:
    """The revision of what an act adds to: given, it refuses only where what the act rests on moved."""
    return input_field(f"{description}；不写的，不与此前读到的内容核对", None)


def validate_input(
    input: Any, path: str = "", unreadable: Mapping[str, str] = MappingProxyType({})
) -> list[UserError]:
    """What in an input cannot be read, is blank though required, or is too long: with its path.

    Texts are cleaned where they stand; a field that is wrong becomes `Unparsable`. `unreadable` says
    by path what was no value of its type and was taken out before.
    """
    errors: list[UserError] = []
    for field in get_object_definition(type(input), strict=True).fields:
        value, at = getattr(input, field.python_name), path + camel(field.python_name)
        known = len(errors)
        try:
            if at in unreadable:
                raise RuleBroken(unreadable[at])
            value = clean_value(value, field, at, errors, unreadable)
        except RuleBroken as broken:
            errors.append(UserError(code=ErrorCode.INVALID, message=str(broken), field=at))
        if len(errors) > known:
            value = Unparsable("", errors[known].message)
        setattr(input, field.python_name, value)
    return errors


def clean_value(
    value: Any, field: Any, at: str, errors: list[UserError], unreadable: Mapping[str, str]
) -> Any:
    if isinstance(value, Unparsable):
        raise RuleBroken(value.message)
    if isinstance(value, Estimate) and not field.metadata.get("estimate"):
        raise RuleBroken(NO_ESTIMATE)
    if isinstance(value, str) and not isinstance(value, Enum):
        text = clean_text(value, field.metadata.get("limit", TEXT_LIMIT))
        if is_blank(text):
            if field.default is MISSING:
                raise RuleBroken(f"请填写{label(field)}")
            if value:
                raise RuleBroken(f"{label(field)}里只有空格或看不见的字符，请填写内容或清空")
        return text
    if type(value) is int and at == "revision" and value < 0:
        raise RuleBroken(f"{label(field)}不能是负数，请刷新后再试")
    if isinstance(value, list):
        return [
            clean_item(each, field, f"{at}.{index}", errors, unreadable)
            for index, each in enumerate(value)
        ]
    if is_dataclass(value):
        errors += validate_input(value, f"{at}.", unreadable)
    return value


def clean_item(
    value: Any, field: Any, at: str, errors: list[UserError], unreadable: Mapping[str, str]
) -> Any:
    """One of a list; what is wrong with it is put down at its own path."""
    try:
        if at in unreadable:
            raise RuleBroken(unreadable[at])
        return clean_value(value, field, at, errors, unreadable)
    except RuleBroken as broken:
        errors.append(UserError(code=ErrorCode.INVALID, message=str(broken), field=at))
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
            self._unneeded(field)
            for field in get_object_definition(type(self._input), strict=True).fields
            if field.python_name not in self._read and self._is_given(field)
        ]

    def unneeded(self, *names: str) -> list[UserError]:
        """A user error for each of these fields that was filled in: there is no use for it here."""
        fields = get_object_definition(type(self._input), strict=True).fields
        return [
            self._unneeded(field)
            for field in fields
            if field.python_name in names and self._is_given(field)
        ]

    def _is_given(self, field: Any) -> bool:
        value = getattr(self._input, field.python_name)
        blank: tuple[Any, ...] = (None, "", [], strawberry.UNSET, field.default)
        return value not in blank and not isinstance(value, Unparsable)

    def _unneeded(self, field: Any) -> UserError:
        return UserError(
            code=ErrorCode.INVALID,
            message=f"“{label(field)}”在这里用不上，请留空，或补全与它有关的内容",
            field=camel(field.python_name),
        )


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
