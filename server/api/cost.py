"""What a call costs, computed from the schema and the page sizes before it is executed.

A field costs 1 for every object it is asked of, so nothing that is added to the graph is ever free.
A list counts as many objects as `first` or `last` ask for.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLField,
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLSchema,
    InlineFragmentNode,
    IntValueNode,
    ListValueNode,
    OperationDefinitionNode,
    SelectionSetNode,
    ValueNode,
    VariableNode,
    get_named_type,
    get_nullable_type,
    is_list_type,
)

from server.api.limits import Limit, fragments_of

ASSUMED_PAGE = 20  # what a connection answers when neither first nor last is given
ASSUMED_LIST = 10  # a plain list: the seven groups, the six ones
MUTATION_COST = 100
INTROSPECTION_COST = 1_000
COST_OF_A_POINT = 100

Variables = Mapping[str, Any]
Size = Callable[[Variables], int]


class Bill(NamedTuple):
    """What a call asks for: `cost` is the fields of all objects, `nodes` the objects in lists."""

    cost: int = 1
    nodes: int = 0

    @property
    def points(self) -> int:
        """What it takes from the caller's minute: a point for every hundred begun."""
        return -(-self.cost // COST_OF_A_POINT)


@dataclass
class Level:
    """The fields asked of one object, its to-ones included, and the lists below it."""

    cost: int = 0
    lists: list[tuple[Size, "Level"]] = field(default_factory=list)

    def bill(self, variables: Variables) -> Bill:
        cost, nodes = self.cost, 0
        for size, each in self.lists:
            count, inner = size(variables), each.bill(variables)
            cost += count * inner.cost
            nodes += count * (1 + inner.nodes)
        return Bill(cost, nodes)


@dataclass(frozen=True)
class CostFormula:
    """An operation's cost as a formula of its variables."""

    level: Level
    defaults: Variables

    def bill(self, variables: Variables) -> Bill:
        """Raises GraphQLError for a page, a number of objects or a cost beyond the limit."""
        bill = self.level.bill({**self.defaults, **variables})
        for limit, found in ((Limit.NODES, bill.nodes), (Limit.COST, bill.cost)):
            if found > limit.most:
                raise limit.exceeded(found)
        return bill


def cost_formula(
    schema: GraphQLSchema, document: DocumentNode, operation: OperationDefinitionNode
) -> CostFormula:
    """The cost formula of an operation of a valid document."""
    root, level = schema.get_root_type(operation.operation), Level()
    assert root is not None
    CostCounter(schema, fragments_of(document)).add(level, operation.selection_set, root)
    defaults = {
        each.variable.name.value: int(each.default_value.value)
        for each in operation.variable_definitions or ()
        if isinstance(each.default_value, IntValueNode)
    }
    return CostFormula(level, defaults)


@dataclass(frozen=True)
class CostCounter:
    schema: GraphQLSchema
    fragments: Mapping[str, FragmentDefinitionNode]

    def add(
        self,
        level: Level,
        selection_set: SelectionSetNode,
        parent: GraphQLNamedType,
        page: Size | None = None,
    ) -> None:
        """Add what is asked of `parent`; `page` is the size of its lists if it is a connection."""
        for node in selection_set.selections:
            if isinstance(node, FieldNode):
                self._add_field(level, node, parent, page)
                continue
            part = self.fragments[node.name.value] if isinstance(node, FragmentSpreadNode) else node
            assert isinstance(part, FragmentDefinitionNode | InlineFragmentNode)
            condition = part.type_condition
            kind = self.schema.get_type(condition.name.value) if condition else parent
            self.add(level, part.selection_set, kind or parent, page)

    def _add_field(
        self, level: Level, node: FieldNode, parent: GraphQLNamedType, page: Size | None
    ) -> None:
        if node.name.value in ("__schema", "__type"):
            level.cost += INTROSPECTION_COST
            return
        level.cost += MUTATION_COST if parent is self.schema.mutation_type else 1
        if node.selection_set is None:
            return
        assert isinstance(parent, GraphQLObjectType | GraphQLInterfaceType)
        definition = parent.fields[node.name.value]
        kind = get_named_type(definition.type)
        if is_list_type(get_nullable_type(definition.type)):
            each = Level()
            level.lists.append((page or list_size(node), each))
            self.add(each, node.selection_set, kind)
        else:
            self.add(level, node.selection_set, kind, page_size(node, definition))


def page_size(node: FieldNode, definition: GraphQLField) -> Size | None:
    """How many a page holds, if the field takes `first` or `last`."""
    if not {"first", "last"} & definition.args.keys():
        return None
    given = [each.value for each in node.arguments or () if each.name.value in ("first", "last")]

    def size(variables: Variables) -> int:
        asked = [number(value, variables) for value in given]
        most = max((each for each in asked if each is not None), default=ASSUMED_PAGE)
        if most > Limit.PAGE.most:
            raise Limit.PAGE.exceeded(most, node)
        return max(most, 0)

    return size


def list_size(node: FieldNode) -> Size:
    """How many a plain list holds: as many as there are `ids`, or else a few."""
    ids = next((each.value for each in node.arguments or () if each.name.value == "ids"), None)

    def size(variables: Variables) -> int:
        if isinstance(ids, ListValueNode):
            return len(ids.values)
        given = variables.get(ids.name.value) if isinstance(ids, VariableNode) else None
        return len(given) if isinstance(given, list) else ASSUMED_LIST

    return size


def number(value: ValueNode, variables: Variables) -> int | None:
    """What a literal or a variable says; whatever is no number is left for coercion to refuse."""
    if isinstance(value, IntValueNode):
        return int(value.value)
    found = variables.get(value.name.value) if isinstance(value, VariableNode) else None
    return int(found) if isinstance(found, int | float) else None
