"""A value worked out in Python, written as JSON by the selection below it: no executor in between.

The selection is turned into one Python expression, once for each document, which reads just the
attributes that are asked for. Names come from the schema alone; what a client calls a field stands
in it as a quoted text.
"""

from collections.abc import Callable
from enum import Enum
from typing import TYPE_CHECKING, Any

from graphql import (
    GraphQLEnumType,
    GraphQLError,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLScalarType,
    SelectionSetNode,
    is_list_type,
)

if TYPE_CHECKING:
    from schema.query.compiler.plan import Planner

Completer = Callable[[Any], Any]
AS_IT_IS = {"String": "str", "Int": "int", "Boolean": "bool"}  # what these already are


class Resolved(Exception):
    """A field below has a resolver of its own, so the value is graphql-core's to complete."""


def completer(planner: "Planner", of: Any, sets: list[SelectionSetNode]) -> Completer | None:
    """What turns a value of type `of` into plain JSON values; None where a field below has a resolver."""
    writing = Writing(planner)
    try:
        text = writing.value("v", of, sets)
    except Resolved:
        return None
    made: Completer = eval(f"lambda v: {text}", writing.known)
    return made


class Writing:
    """An expression in the making, and what it knows by name."""

    def __init__(self, planner: "Planner") -> None:
        self.planner = planner
        self.known: dict[str, Any] = {"enum_name": enum_name, "missing": missing}
        self.names = 0

    def value(
        self, name: str, of: Any, sets: list[SelectionSetNode], where: str = "", bound: str = ""
    ) -> str:
        """The value of the variable `name` as an expression, which `bound` gives its value first;
        `where` is the field, for the error of one that is never null.
        """
        never_null = isinstance(of, GraphQLNonNull)
        text = self.given(name, of.of_type if never_null else of, sets)
        other = f"missing({where!r})" if never_null and where else "None"
        return f"({text} if {bound or name} is not None else {other})"

    def given(self, name: str, of: Any, sets: list[SelectionSetNode]) -> str:
        """The same of a value that is not None."""
        if is_list_type(of):
            each = self.name()
            return f"[{self.value(each, of.of_type, sets)} for {each} in {name}]"
        if isinstance(of, GraphQLEnumType):
            return f"enum_name({name})"
        if isinstance(of, GraphQLScalarType):
            write = f"write_{of.name}"
            self.known[write] = of.coerce_output_value
            plain = AS_IT_IS.get(of.name)
            render_rows = f"{write}({name})"
            return (
                f"({name} if type({name}) is {plain} else {render_rows})" if plain else render_rows
            )
        if isinstance(of, GraphQLObjectType):
            return f"{{{', '.join(self.members(name, of, sets))}}}"
        raise Resolved

    def members(self, name: str, of: GraphQLObjectType, sets: list[SelectionSetNode]) -> list[str]:
        found = []
        for key, nodes in self.planner.fields(of, sets).items():
            asked = nodes[0].name.value
            if asked == "__typename":
                found.append(f"{key!r}: {of.name!r}")
                continue
            declared = of.fields[asked]
            said = declared.extensions.get("strawberry-definition")
            if said is None or said.base_resolver is not None or said.metadata:
                raise Resolved
            inner = [node.selection_set for node in nodes if node.selection_set]
            member = self.name()
            bound = f"({member} := {name}.{said.python_name})"
            text = self.value(member, declared.type, inner, f"{of.name}.{asked}", bound)
            found.append(f"{key!r}: {text}")
        return found

    def name(self) -> str:
        self.names += 1
        return f"v{self.names}"


def enum_name(value: Any) -> str:
    return value._name_ if isinstance(value, Enum) else str(value)


def missing(field: str) -> Any:
    raise GraphQLError(f"Cannot return null for non-nullable field {field}.")
