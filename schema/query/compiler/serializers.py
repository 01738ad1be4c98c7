"""A value computed in Python, made plain JSON by the selection below it, without an executor.

The selection becomes one Python expression, once for each document, which reads just the attributes
that are selected. Names come from the schema alone; a response key stands in it as a quoted text.
"""

from enum import Enum
from typing import Any

from graphql import (
    GraphQLEnumType,
    GraphQLError,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLScalarType,
    SelectionSetNode,
    is_list_type,
)

from schema.query.compiler.expressions import Serializer
from schema.query.compiler.selection import SelectionReader

UNCHANGED = {"String": "str", "Int": "int", "Boolean": "bool"}  # written as they are


class HasResolver(Exception):
    """A field below has a resolver of its own, so the value is graphql-core's to complete."""


def serializer(reader: SelectionReader, of: Any, sets: list[SelectionSetNode]) -> Serializer | None:
    """What turns a value of type `of` into plain JSON values; None where a field below has a resolver."""
    writer = ExpressionWriter(reader)
    try:
        text = writer.value("v", of, sets)
    except HasResolver:
        return None
    made: Serializer = eval(f"lambda v: {text}", writer.names)
    return made


class ExpressionWriter:
    """The text of one expression, and the objects that it refers to by name."""

    def __init__(self, reader: SelectionReader) -> None:
        self.reader = reader
        self.names: dict[str, Any] = {"enum_name": enum_name, "missing": missing}
        self.variables = 0

    def value(
        self,
        name: str,
        of: Any,
        sets: list[SelectionSetNode],
        coordinate: str = "",
        assignment: str = "",
    ) -> str:
        """The value of the variable `name` as an expression; `assignment` gives it its value first.

        `coordinate` names the field in the error of one that is null against its type.
        """
        never_null = isinstance(of, GraphQLNonNull)
        text = self.present(name, of.of_type if never_null else of, sets)
        other = f"missing({coordinate!r})" if never_null and coordinate else "None"
        return f"({text} if {assignment or name} is not None else {other})"

    def present(self, name: str, of: Any, sets: list[SelectionSetNode]) -> str:
        """The same of a value that is not None."""
        if is_list_type(of):
            each = self.variable()
            return f"[{self.value(each, of.of_type, sets)} for {each} in {name}]"
        if isinstance(of, GraphQLEnumType):
            return f"enum_name({name})"
        if isinstance(of, GraphQLScalarType):
            function = f"write_{of.name}"
            self.names[function] = of.coerce_output_value
            written = f"{function}({name})"
            plain = UNCHANGED.get(of.name)
            return f"({name} if type({name}) is {plain} else {written})" if plain else written
        if isinstance(of, GraphQLObjectType):
            return f"{{{', '.join(self.members(name, of, sets))}}}"
        raise HasResolver

    def members(self, name: str, of: GraphQLObjectType, sets: list[SelectionSetNode]) -> list[str]:
        members = []
        for key, nodes in self.reader.fields(of, sets).items():
            field_name = nodes[0].name.value
            if field_name == "__typename":
                members.append(f"{key!r}: {of.name!r}")
                continue
            declared = of.fields[field_name]
            definition = declared.extensions.get("strawberry-definition")
            if definition is None or definition.base_resolver is not None or definition.metadata:
                raise HasResolver
            below = [node.selection_set for node in nodes if node.selection_set]
            member = self.variable()
            assignment = f"({member} := {name}.{definition.python_name})"
            text = self.value(member, declared.type, below, f"{of.name}.{field_name}", assignment)
            members.append(f"{key!r}: {text}")
        return members

    def variable(self) -> str:
        self.variables += 1
        return f"v{self.variables}"


def enum_name(value: Any) -> str:
    return value._name_ if isinstance(value, Enum) else str(value)


def missing(field: str) -> Any:
    raise GraphQLError(f"Cannot return null for non-nullable field {field}.")
