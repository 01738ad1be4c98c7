"""What somebody sends for an act's input that is no value of its type, taken out before it is coerced.

GraphQL refuses a whole request for the first values that it cannot coerce, and says nothing of what
else is wrong. An act answers at once at every field: what is missing, of another type or not among
the choices is put down with its path, and something harmless stands in until the act refuses it.
"""

from typing import Any

from graphql import (
    GraphQLBoolean,
    GraphQLEnumType,
    GraphQLError,
    GraphQLFloat,
    GraphQLInputField,
    GraphQLInputObjectType,
    GraphQLInt,
    GraphQLList,
    GraphQLNonNull,
    is_required_input_field,
)

STAND_INS: dict[str, Any] = {
    "Int": 1,
    "Float": 0.0,
    "Boolean": False,
    "Money": "0",
    "Date": "2000-01-01",
    "DateTime": "2000-01-01T00:00:00",
    "Month": "2000-01",
}

Wrong = dict[str, str]
"""The path of a field, such as `days.0.day` → what to write there."""


def readable_values(
    kind: GraphQLInputObjectType, values: dict[str, Any], wrong: Wrong, path: str = ""
) -> dict[str, Any]:
    """The values of an input that its type can read; `wrong` collects all others.

    A name that the type does not have is left for GraphQL to refuse.
    """
    readable = dict(values)
    for name, member in kind.fields.items():
        at, known = path + name, len(wrong)
        value = values.get(name)
        if value is None:
            optional = name not in values or not isinstance(member.type, GraphQLNonNull)
            if optional and not is_required_input_field(member):
                continue
            wrong[at] = f"请填写{label_of(name, member)}"
        else:
            readable[name] = readable_value(member.type, value, wrong, at, label_of(name, member))
        if at in wrong and len(wrong) > known:
            readable.pop(name, None)
            if is_required_input_field(member):
                readable[name] = stand_in(member.type)
    return readable


def readable_value(kind: Any, value: Any, wrong: Wrong, at: str, label: str) -> Any:
    """The value, or what stands in for it where `wrong` collects it."""
    if isinstance(kind, GraphQLNonNull):
        if value is None:
            wrong[at] = f"请填写{label}"
            return stand_in(kind)
        kind = kind.of_type
    if value is None:
        return None
    if isinstance(kind, GraphQLList):
        each = value if isinstance(value, list) else [value]
        return [
            readable_value(kind.of_type, item, wrong, f"{at}.{index}", label)
            for index, item in enumerate(each)
        ]
    if isinstance(kind, GraphQLInputObjectType):
        if isinstance(value, dict):
            return readable_values(kind, value, wrong, f"{at}.")
        wrong[at] = f"{label}要逐项填写"
        return stand_in(kind)
    if message := leaf_error(kind, value, label):
        wrong[at] = message
        return stand_in(kind)
    return value


def leaf_error(kind: Any, value: Any, label: str) -> str | None:
    """Why a value is none of a scalar or an enum; a scalar of our own says so of text by itself."""
    if kind.name == "Bytes" and isinstance(value, str | bytes):
        return None  # long, and refused where it is decoded
    try:
        kind.coerce_input_value(value)
    except GraphQLError:
        pass
    else:
        return None
    if isinstance(kind, GraphQLEnumType):
        return f"请从所列中选择{label}"
    if kind is GraphQLInt:
        return f"{label}请填整数"
    if kind is GraphQLFloat:
        return f"{label}请填数字"
    return f"{label}请选是或否" if kind is GraphQLBoolean else f"{label}请以文本形式填写"


def stand_in(kind: Any) -> Any:
    """A value that a type can read, for an input that is refused anyway."""
    kind = kind.of_type if isinstance(kind, GraphQLNonNull) else kind
    if isinstance(kind, GraphQLList):
        return []
    if isinstance(kind, GraphQLEnumType):
        return next(iter(kind.values))
    if isinstance(kind, GraphQLInputObjectType):
        needed = {n: each for n, each in kind.fields.items() if is_required_input_field(each)}
        return {name: stand_in(each.type) for name, each in needed.items()}
    return STAND_INS.get(kind.name, "")


def label_of(name: str, member: GraphQLInputField) -> str:
    """What a field is called: its description up to the hint on how to fill it in."""
    return (member.description or name).partition("；")[0]
