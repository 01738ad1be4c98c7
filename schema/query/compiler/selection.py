"""A document's selection as the compiler reads it: fragments spread, directives applied, by type.

Everything that compiles a part of a selection stands on this module and on no other such part.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from types import NoneType
from typing import Any

from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLField,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLSchema,
    InlineFragmentNode,
    ListValueNode,
    ObjectValueNode,
    SelectionSetNode,
    ValueNode,
    VariableNode,
    get_named_type,
    get_nullable_type,
    is_list_type,
)

from schema.permissions import Viewer, visible
from schema.query.compiler.expressions import NotCompilable, Piece, SelectedRow, Sql
from schema.query.models import Kind
from schema.query.sql import Link, Order, ordering, pointing

UNDEFINED = "\0undefined"  # no variable can be this text
PLAIN = {str, int, float, bool, NoneType}
CACHED_LENGTH = 200  # letters of a text that is worth keeping


@dataclass
class SelectionReader:
    """What the compiling of one operation has at hand.

    `structural` are the variables that shape the plan: by their value or, where paired with False,
    by whether they have one.
    """

    schema: GraphQLSchema
    fragments: Mapping[str, FragmentDefinitionNode]
    variables: Mapping[str, Any]
    viewer: Viewer
    dialect: str
    structural: set[tuple[str, bool]] = field(default_factory=set)
    aliases: int = 0

    def fields(
        self, of: GraphQLObjectType, sets: list[SelectionSetNode]
    ) -> dict[str, list[FieldNode]]:
        """The fields selected of an object by response key."""
        by_key: dict[str, list[FieldNode]] = {}
        spread: set[str] = set()

        def collect(selections: SelectionSetNode) -> None:
            for each in selections.selections:
                if not self.included(each):
                    continue
                if isinstance(each, FieldNode):
                    key = each.alias.value if each.alias else each.name.value
                    by_key.setdefault(key, []).append(each)
                elif isinstance(each, InlineFragmentNode):
                    condition = each.type_condition
                    if condition is None or self.applies(condition.name.value, of):
                        collect(each.selection_set)
                elif isinstance(each, FragmentSpreadNode) and each.name.value not in spread:
                    spread.add(each.name.value)
                    fragment = self.fragments[each.name.value]
                    if self.applies(fragment.type_condition.name.value, of):
                        collect(fragment.selection_set)

        for selections in sets:
            collect(selections)
        return by_key

    def included(self, node: Any) -> bool:
        for directive in node.directives or ():
            if directive.name.value not in ("skip", "include"):
                raise NotCompilable(f"@{directive.name.value}")
            condition = directive.arguments[0].value
            if isinstance(condition, VariableNode):
                self.structural.add((condition.name.value, True))
                holds = bool(self.variables.get(condition.name.value))
            else:
                holds = bool(getattr(condition, "value", False))
            if holds == (directive.name.value == "skip"):
                return False
        return True

    def applies(self, condition: str, of: GraphQLObjectType) -> bool:
        """Whether a fragment on the type `condition` applies to an object of type `of`."""
        named = self.schema.type_map[condition]
        return named is of or (isinstance(named, GraphQLInterfaceType) and named in of.interfaces)

    def members(
        self,
        of: GraphQLObjectType,
        sets: list[SelectionSetNode],
        value: Callable[[list[FieldNode]], Iterable[Piece]],
    ) -> Iterator[Piece]:
        """A JSON object of the fields selected of `of`, each with the `value` of its nodes."""
        yield "{"
        for index, (key, nodes) in enumerate(self.fields(of, sets).items()):
            yield f'{"," if index else ""}"{key}":'
            yield from value(nodes)
        yield "}"

    def referencing(
        self,
        row: SelectedRow,
        near: SelectedRow,
        via: str | Link,
        order: Order,
        *,
        nulls_first: bool = False,
        also: Sql | None = None,
    ) -> Sql:
        """FROM, WHERE and ORDER BY of the visible rows that point at `row` by `via`."""
        seen, values = visible(near.kind.table, near.alias, self.viewer)
        parts = [pointing(via, near.alias, f'{row.alias}."id"')]
        parts += [seen] if seen != "1=1" else []
        parts += [also.text] if also else []
        text = f"FROM {near.source.text} WHERE {' AND '.join(parts)}"
        return Sql(
            f"{text} ORDER BY {ordering(order, nulls_first, near.alias)}",
            (*near.source.values, *values, *(also.values if also else ())),
        )

    def near(self, kind: Kind, joins: list[Sql] | None = None) -> SelectedRow:
        """A row of `kind` under an alias of its own."""
        self.aliases += 1
        return SelectedRow(kind, f"a{self.aliases}", [] if joins is None else joins)


def python_name(declared: GraphQLField) -> str:
    name: str = declared.extensions["strawberry-definition"].python_name
    return name


def selection_sets(nodes: Iterable[FieldNode]) -> list[SelectionSetNode]:
    """What is selected below a field that stands in one place several times."""
    return [node.selection_set for node in nodes if node.selection_set]


def object_below(of: GraphQLObjectType, name: str) -> GraphQLObjectType:
    """The object type that a field leads to."""
    below = get_named_type(of.fields[name].type)
    assert isinstance(below, GraphQLObjectType)
    return below


def node_type(connection: GraphQLObjectType) -> GraphQLObjectType:
    """What a connection lists."""
    assert is_list_type(get_nullable_type(connection.fields["nodes"].type))
    return object_below(connection, "nodes")


def variables_in(value: ValueNode) -> Iterator[str]:
    """The variables in a value, however deep."""
    if isinstance(value, VariableNode):
        yield value.name.value
    elif isinstance(value, ListValueNode):
        for each in value.values:
            yield from variables_in(each)
    elif isinstance(value, ObjectValueNode):
        for member in value.fields:
            yield from variables_in(member.value)


def is_cacheable(value: Any) -> bool:
    """Whether what follows from a variable's value is worth keeping."""
    return type(value) in PLAIN and (type(value) is not str or len(value) <= CACHED_LENGTH)
