"""A value worked out in Python, written as JSON by the selection below it: no executor in between."""

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
    get_nullable_type,
    is_list_type,
)

if TYPE_CHECKING:
    from schema.reading.plan import Planner

Completer = Callable[[Any], Any]


def completer(planner: "Planner", of: Any, sets: list[SelectionSetNode]) -> Completer | None:
    """What turns a value of type `of` into plain JSON values; None where a field below has a resolver."""
    of = get_nullable_type(of)
    if is_list_type(of):
        each = completer(planner, of.of_type, sets)
        return (
            None
            if each is None
            else lambda found: None if found is None else [each(one) for one in found]
        )
    if isinstance(of, GraphQLEnumType):
        return lambda found: (
            None if found is None else found.name if isinstance(found, Enum) else str(found)
        )
    if isinstance(of, GraphQLScalarType):
        write = of.coerce_output_value
        return lambda found: None if found is None else write(found)
    if isinstance(of, GraphQLObjectType):
        return object_completer(planner, of, sets)
    return None


def object_completer(
    planner: "Planner", of: GraphQLObjectType, sets: list[SelectionSetNode]
) -> Completer | None:
    members: list[tuple[str, str | None, Completer]] = []
    for key, nodes in planner.fields(of, sets).items():
        name = nodes[0].name.value
        if name == "__typename":
            members.append((key, None, lambda _, typename=of.name: typename))  # type: ignore[misc]
            continue
        declared = of.fields[name]
        said = declared.extensions.get("strawberry-definition")
        inner = [node.selection_set for node in nodes if node.selection_set]
        write = completer(planner, declared.type, inner)
        if said is None or said.base_resolver is not None or said.metadata or write is None:
            return None
        if isinstance(declared.type, GraphQLNonNull):
            write = never_null(write, f"{of.name}.{name}")
        members.append((key, said.python_name, write))
    return lambda found: (
        None
        if found is None
        else {
            key: write(found if attribute is None else getattr(found, attribute))
            for key, attribute, write in members
        }
    )


def never_null(write: Completer, name: str) -> Completer:
    def checked(found: Any) -> Any:
        if found is None:
            raise GraphQLError(f"Cannot return null for non-nullable field {name}.")
        return write(found)

    return checked
