"""Errors of a read that its caller can mend."""

from graphql import GraphQLError


def bad_input(message: str, argument: str) -> GraphQLError:
    """An argument that is well-typed and cannot be used; `extensions.argument` names it."""
    return GraphQLError(message, extensions={"code": "BAD_INPUT", "argument": argument})
