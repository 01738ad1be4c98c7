"""The variables that hold acts' inputs: what in them is no value of its type is the act's to refuse."""

from typing import Any

from graphql import (
    FieldNode,
    GraphQLInputObjectType,
    GraphQLSchema,
    OperationDefinitionNode,
    OperationType,
    VariableNode,
    get_named_type,
)

from schema.gate.act import PAYLOADS
from schema.gate.unreadable import Wrong, readable_values


def take_unreadable(
    core: GraphQLSchema, operation: OperationDefinitionNode, variables: dict[str, Any]
) -> dict[str, Wrong]:
    """Put stand-ins in the place of what cannot be read; by variable, what is wrong at which path."""
    found: dict[str, Wrong] = {}
    if operation.operation is not OperationType.MUTATION:
        return found
    fields = core.mutation_type.fields if core.mutation_type else {}
    for node in operation.selection_set.selections:
        if not isinstance(node, FieldNode) or node.name.value not in PAYLOADS:
            continue
        for argument in node.arguments or ():
            of = fields[node.name.value].args[argument.name.value]
            kind, value = get_named_type(of.type), argument.value
            if not isinstance(value, VariableNode) or not isinstance(kind, GraphQLInputObjectType):
                continue
            name = value.name.value
            if isinstance(variables.get(name), dict) and name not in found:
                found[name] = {}
                variables[name] = readable_values(kind, variables[name], found[name])
    return found
