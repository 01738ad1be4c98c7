"""Files among the variables of an act, decoded by a thread before the variables are coerced.

Eight megabytes of Base64 take twenty milliseconds in one piece, in which nobody else is answered.
"""

import asyncio
import binascii
from collections.abc import Iterator
from typing import Any

from graphql import (
    GraphQLInputObjectType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLSchema,
    OperationDefinitionNode,
    type_from_ast,
)

LONG = 64 * 1024  # characters; shorter ones take a fraction of a millisecond
PIECE = 256 * 1024  # characters, in whole groups of four


async def decode_files(
    schema: GraphQLSchema, operation: OperationDefinitionNode, variables: dict[str, Any]
) -> None:
    """Put bytes in place of long Base64 text. What is none stays, and is refused at its field."""
    for definition in operation.variable_definitions or ():
        name = definition.variable.name.value
        for values, key in long_files(type_from_ast(schema, definition.type), variables, name):
            content = await asyncio.to_thread(decode, values[key])
            if content is not None:
                values[key] = content


def long_files(kind: Any, values: Any, key: Any) -> Iterator[tuple[Any, Any]]:
    """Where a variable holds the long text of a file: the list or object, and the place in it."""
    kind = kind.of_type if isinstance(kind, GraphQLNonNull) else kind
    value = values.get(key) if isinstance(values, dict) else values[key]
    if isinstance(kind, GraphQLList):
        if isinstance(value, list):
            for index in range(len(value)):
                yield from long_files(kind.of_type, value, index)
    elif isinstance(kind, GraphQLInputObjectType):
        if isinstance(value, dict):
            for name, field in kind.fields.items():
                yield from long_files(field.type, value, name)
    elif getattr(kind, "name", "") == "Bytes" and isinstance(value, str) and len(value) > LONG:
        yield values, key


def decode(text: str) -> bytes | None:
    """The bytes, piece by piece so that a thread lets others have their turn; None for no Base64."""
    pieces = [text[start : start + PIECE] for start in range(0, len(text), PIECE)]
    if any("=" in piece for piece in pieces[:-1]):
        return None
    try:
        return b"".join(binascii.a2b_base64(piece, strict_mode=True) for piece in pieces)
    except ValueError:
        return None
