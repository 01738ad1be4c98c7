"""Errors of a read that its caller can correct."""

from typing import TypeVar

from graphql import GraphQLError

from schema.scalars import Unparsable

V = TypeVar("V")


def bad_input(message: str, argument: str) -> GraphQLError:
    """An argument that is well-typed and cannot be used; `extensions.argument` names it."""
    return GraphQLError(message, extensions={"code": "BAD_INPUT", "argument": argument})


def usable(value: V, argument: str) -> V:
    """The argument's value. Raises GraphQLError for text that is no value of its type."""
    if isinstance(value, Unparsable):
        raise bad_input(value.message, argument)
    return value
