"""The graph's definition as it is read by people: chapters, entries, fields, in the graph's own words."""

from collections.abc import Callable, Iterable
from typing import NamedTuple

from graphql import (
    GraphQLArgument,
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputField,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLScalarType,
    GraphQLSchema,
    Undefined,
    ast_from_value,
    get_named_type,
    is_introspection_type,
    is_specified_scalar_type,
    print_ast,
)

from schema.permissions import MAY


class Kind(NamedTuple):
    """A type as it is written, `[Project!]!`, with the name that leads to its entry."""

    before: str
    name: str
    after: str


class Argument(NamedTuple):
    name: str
    kind: Kind
    description: str
    default: str | None


class Member(NamedTuple):
    """A field, an input's field or an enum's value; `posts` are those who may do an act."""

    name: str
    description: str
    kind: Kind | None = None
    arguments: tuple[Argument, ...] = ()
    default: str | None = None
    deprecated: str | None = None
    posts: tuple[str, ...] = ()


class Entry(NamedTuple):
    """A type with its members."""

    name: str
    description: str
    members: tuple[Member, ...] = ()


class Chapter(NamedTuple):
    key: str
    entries: tuple[Entry, ...]


def chapters(schema: GraphQLSchema) -> list[Chapter]:
    """The whole definition: queries, acts, objects, pages of lists, inputs, enums, scalars."""
    query, mutation = schema.query_type, schema.mutation_type
    assert query and mutation
    types = [
        each
        for name, each in sorted(schema.type_map.items())
        if not is_introspection_type(each) and each not in (query, mutation)
    ]

    def chapter(key: str, belongs: Callable[[GraphQLNamedType], bool]) -> Chapter:
        return Chapter(key, tuple(entry(each) for each in types if belongs(each)))

    return [
        Chapter("query", (entry(query),)),
        Chapter("mutation", (entry(mutation),)),
        chapter("object", lambda each: has_fields(each) and not pages_a_list(each)),
        chapter("list", pages_a_list),
        chapter("input", lambda each: isinstance(each, GraphQLInputObjectType)),
        chapter("enum", lambda each: isinstance(each, GraphQLEnumType)),
        chapter("scalar", lambda each: isinstance(each, GraphQLScalarType)),
    ]


def search(whole: Iterable[Chapter], text: str) -> list[Chapter]:
    """The entries whose name or words hold the text, and of others the members that do."""
    sought = text.strip().casefold()
    if not sought:
        return list(whole)

    def holds(each: Entry | Member) -> bool:
        return sought in each.name.casefold() or sought in each.description.casefold()

    narrowed = []
    for chapter in whole:
        entries = [
            each
            if holds(each)
            else each._replace(members=tuple(member for member in each.members if holds(member)))
            for each in chapter.entries
        ]
        kept = tuple(each for each in entries if each.members or holds(each))
        if kept:
            narrowed.append(chapter._replace(entries=kept))
    return narrowed


def has_fields(kind: GraphQLNamedType) -> bool:
    return isinstance(kind, GraphQLObjectType | GraphQLInterfaceType)


def pages_a_list(kind: GraphQLNamedType) -> bool:
    return isinstance(kind, GraphQLObjectType) and kind.name.endswith(("Connection", "Edge"))


def entry(kind: GraphQLNamedType) -> Entry:
    if isinstance(kind, GraphQLEnumType):
        members = [
            Member(name, each.description or "", deprecated=each.deprecation_reason)
            for name, each in kind.values.items()
        ]
    elif isinstance(kind, GraphQLInputObjectType):
        members = [input_field(name, each) for name, each in kind.fields.items()]
    elif isinstance(kind, GraphQLObjectType | GraphQLInterfaceType):
        acts = kind.name == "Mutation"
        members = [output_field(name, each, acts) for name, each in kind.fields.items()]
    else:
        members = []
    return Entry(kind.name, description(kind), tuple(members))


def description(kind: GraphQLNamedType) -> str:
    return "" if is_specified_scalar_type(kind) else kind.description or ""


def output_field(name: str, field: GraphQLField, act: bool) -> Member:
    return Member(
        name,
        field.description or "",
        type_text(field.type),
        tuple(argument(key, each) for key, each in field.args.items()),
        deprecated=field.deprecation_reason,
        posts=tuple(MAY[name]) if act else (),
    )


def input_field(name: str, field: GraphQLInputField) -> Member:
    return Member(
        name,
        field.description or "",
        type_text(field.type),
        default=default(field),
        deprecated=field.deprecation_reason,
    )


def argument(name: str, definition: GraphQLArgument) -> Argument:
    return Argument(
        name, type_text(definition.type), definition.description or "", default(definition)
    )


def default(definition: GraphQLArgument | GraphQLInputField) -> str | None:
    """The default as a document writes it; None where there is none or it says nothing."""
    value = definition.default_value
    if value in (Undefined, None, ""):
        return None
    literal = ast_from_value(value, definition.type)
    return print_ast(literal) if literal else None


def type_text(kind: object) -> Kind:
    name = get_named_type(kind).name  # type: ignore[call-overload]
    before, _, after = str(kind).partition(name)
    return Kind(before, name, after)
