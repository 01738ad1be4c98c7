"""From a document's selection to SQL: pure, no I/O, once for a document and a kind of viewer.

A root field becomes one statement. Each row comes back as JSON text in as few pieces as there are
computed fields between; to-ones are joins, lists and nested pages are subqueries bounded for each
parent. What cannot be said so raises `NotCompilable`, and the document goes through graphql-core.
"""

import inspect
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson
from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLEnumType,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLOutputType,
    GraphQLScalarType,
    GraphQLSchema,
    InlineFragmentNode,
    SelectionSetNode,
    VariableNode,
    get_named_type,
)

from schema.permissions import Viewer, hidden, visible
from schema.query.compiler.expressions import (
    NotCompilable,
    Piece,
    Python,
    Row,
    Sql,
    concatenated,
    inner,
    metadata,
    python_name,
)
from schema.query.compiler.json_sql import global_id_spelled, listed, quoted, spelled, truth
from schema.query.compiler.nested import Nested
from schema.query.compiler.serializers import completer
from schema.query.models import KINDS, Kind, columns_of
from schema.query.models import Row as Known
from schema.query.sql import Order, ordering


@dataclass
class Planner:
    """What the planning of one document has at hand. Variables that are `structural` shape the plan,
    by their value or, where that is False, by whether they have one.
    """

    schema: GraphQLSchema
    fragments: Mapping[str, FragmentDefinitionNode]
    variables: Mapping[str, Any]
    viewer: Viewer
    dialect: str
    structural: set[tuple[str, bool]] = field(default_factory=set)
    aliases: int = 0

    def object(
        self, row: Row, of: GraphQLObjectType, sets: list[SelectionSetNode], at_root: bool = False
    ) -> Iterator[Piece]:
        return self.members(of, sets, lambda nodes: self.value(row, of, nodes, at_root))

    def members(
        self,
        of: GraphQLObjectType,
        sets: list[SelectionSetNode],
        value: Callable[[list[FieldNode]], Iterable[Piece]],
    ) -> Iterator[Piece]:
        """A JSON object of the fields asked of `of`, with the value that each is given."""
        yield "{"
        for index, (key, nodes) in enumerate(self.fields(of, sets).items()):
            yield f'{"," if index else ""}"{key}":'
            yield from value(nodes)
        yield "}"

    def value(
        self, row: Row, of: GraphQLObjectType, nodes: list[FieldNode], at_root: bool
    ) -> Iterator[Piece]:
        name = nodes[0].name.value
        if name == "__typename":
            yield f'"{of.name}"'
            return
        declared = of.fields[name]
        said = metadata(declared)
        kind_of = get_named_type(declared.type)
        sets = inner(nodes)
        if "global_id" in said:
            yield Sql(global_id_spelled(row.kind, row.alias, self.dialect))
        elif "column" in said:
            yield self.column(row, said["column"] or python_name(declared), kind_of)
        elif "facet" in said:
            yield from self.object(row, kind_of, sets, at_root)
        elif "to_one" in said:
            pointer = said["of"] or f"{python_name(declared)}_id"
            yield self.to_one(row, KINDS[said["to_one"]], pointer, kind_of, sets)
        elif "has_many" in said:
            yield self.whole(row, said, kind_of, sets)
        elif "has_one" in said:
            yield self.only(row, said, kind_of, sets)
        elif "is_referenced" in said:
            yield self.is_referenced(row, KINDS[said["is_referenced"]], said["via"])
        elif "address" in said:
            yield from (f'"{said["address"]}', Sql(f'{row.alias}."id"'), '"')
        elif "connection" in said and said["via"]:
            yield from Nested.asked(self, row, said, nodes[0]).render_rows(kind_of, sets)
        elif "function" in said and (known := self.known(row, declared.type, said, sets)):
            yield known
        elif "function" in said and at_root:
            yield self.computed(row, declared.type, said, sets, name)
        else:
            raise NotCompilable(f"{of.name}.{name} is not a plain part of its row")

    def column(self, row: Row, column: str, leaf: Any) -> Piece:
        if column in hidden(row.kind.table, self.viewer):
            return "null"
        assert isinstance(leaf, GraphQLScalarType | GraphQLEnumType)
        text = spelled(row.kind, row.alias, column, leaf.name, self.dialect)
        if text is None:
            raise NotCompilable(f"{row.kind.name}.{column} has no spelling in SQL")
        return Sql(text)

    def to_one(
        self, row: Row, far: Kind, pointer: str, of: Any, sets: list[SelectionSetNode]
    ) -> Piece:
        if pointer in hidden(row.kind.table, self.viewer):
            return "null"
        near = Row(far, self.alias(), row.joins)
        seen, values = visible(far.table, near.alias, self.viewer)
        on = f'{near.alias}."id" = {row.alias}."{pointer}"' + (
            "" if seen == "1=1" else f" AND {seen}"
        )
        row.joins.append(Sql(f'LEFT JOIN "{far.table}" {near.alias} ON {on}', tuple(values)))
        found = concatenated(list(self.plain(near, of, sets)))
        return Sql(
            f"CASE WHEN {near.alias}.\"id\" IS NULL THEN 'null' ELSE {found.text} END", found.values
        )

    def whole(
        self, row: Row, said: Mapping[str, Any], of: Any, sets: list[SelectionSetNode]
    ) -> Piece:
        found = self.below(
            row, KINDS[said["has_many"]], said["via"], of, sets, having=said["having"]
        )
        return Sql(listed(found.text, self.dialect), found.values)

    def only(
        self, row: Row, said: Mapping[str, Any], of: Any, sets: list[SelectionSetNode]
    ) -> Piece:
        found = self.below(row, KINDS[said["has_one"]], said["via"], of, sets, limit=1)
        return Sql(f"COALESCE(({found.text}), 'null')", found.values)

    def is_referenced(self, row: Row, far: Kind, via: str) -> Piece:
        seen, values = visible(far.table, "n", self.viewer)
        pointing = f'SELECT 1 FROM "{far.table}" n WHERE n."{via}" = {row.alias}."id" AND {seen}'
        return Sql(truth(f"EXISTS ({pointing})"), tuple(values))

    def below(
        self,
        row: Row,
        far: Kind,
        via: str,
        of: Any,
        sets: list[SelectionSetNode],
        *,
        limit: int | None = None,
        having: tuple[str, str] | None = None,
    ) -> Sql:
        """All rows that point at `row`, oldest first, as a select of their JSON text."""
        near = Row(far, self.alias())
        found = concatenated(list(self.plain(near, of, sets)))
        also = Sql(f"{near.alias}.{having[0]} = {quoted(having[1])}") if having else None
        source = self.pointing(row, near, via, Order("id"), also=also)
        bound = "" if limit is None else f" LIMIT {limit}"
        return Sql(
            f"SELECT {found.text} AS j {source.text}{bound}", (*found.values, *source.values)
        )

    def pointing(
        self,
        row: Row,
        near: Row,
        via: str,
        order: Order,
        *,
        nulls_first: bool = False,
        also: Sql | None = None,
    ) -> Sql:
        """From where the rows are taken that point at `row` and are seen, in order."""
        seen, values = visible(near.kind.table, near.alias, self.viewer)
        parts = [f'{near.alias}."{via}" = {row.alias}."id"']
        parts += [seen] if seen != "1=1" else []
        parts += [also.text] if also else []
        text = f"FROM {near.source.text} WHERE {' AND '.join(parts)}"
        return Sql(
            f"{text} ORDER BY {ordering(order, nulls_first, near.alias)}",
            (*near.source.values, *values, *(also.values if also else ())),
        )

    def computed(
        self, row: Row, of: GraphQLOutputType, said: Mapping[str, Any], sets: Any, name: str
    ) -> Python:
        if hidden(row.kind.table, self.viewer) & set(said["columns"]):
            raise NotCompilable(f"{name} stands on a hidden column")
        complete = completer(self, of, sets)
        if complete is None:
            raise NotCompilable(f"{name} asks further than its own value")
        return Python(
            of_row_and_info(said["function"]), complete, said["columns"], said["uses_rules"]
        )

    def known(
        self, row: Row, of: GraphQLOutputType, said: Mapping[str, Any], sets: Any
    ) -> Sql | None:
        """A computed field that stands on one enum alone: worked out now for each of its values, so
        that the database spells it like a column.
        """
        function, needs = said["function"], said["columns"]
        if len(needs) != 1 or not of_row_alone(function):
            return None
        (column,) = needs
        enum = row.kind.enum(column)
        if enum is None or column in hidden(row.kind.table, self.viewer):
            return None
        complete = completer(self, of, sets)
        if complete is None:
            return None
        name, cases = f'{row.alias}."{column}"', ""
        values: list[Any] = [*enum] + [None] * columns_of(row.kind.model)[column].null
        for value in values:
            found = function(Known(row.kind.name, {column: value}))
            text = orjson.dumps(complete(found)).decode()
            when = f"{name} IS NULL" if value is None else f"{name} = {quoted(value.value)}"
            cases += f" WHEN {when} THEN {quoted(text)}"
        return Sql(f"CASE{cases} ELSE 'null' END")

    def plain(self, row: Row, of: Any, sets: list[SelectionSetNode]) -> Iterator[str | Sql]:
        """An object below the root row: text only."""
        for piece in self.object(row, of, sets):
            assert not isinstance(piece, Python)
            yield piece

    def fields(
        self, of: GraphQLObjectType, sets: list[SelectionSetNode]
    ) -> dict[str, list[FieldNode]]:
        """The fields asked of an object by response key, fragments and directives worked in."""
        found: dict[str, list[FieldNode]] = {}
        seen: set[str] = set()

        def gather(selections: SelectionSetNode) -> None:
            for each in selections.selections:
                if not self.included(each):
                    continue
                if isinstance(each, FieldNode):
                    key = each.alias.value if each.alias else each.name.value
                    found.setdefault(key, []).append(each)
                elif isinstance(each, InlineFragmentNode):
                    condition = each.type_condition
                    if condition is None or self.applies(condition.name.value, of):
                        gather(each.selection_set)
                elif isinstance(each, FragmentSpreadNode) and each.name.value not in seen:
                    seen.add(each.name.value)
                    fragment = self.fragments[each.name.value]
                    if self.applies(fragment.type_condition.name.value, of):
                        gather(fragment.selection_set)

        for selections in sets:
            gather(selections)
        return found

    def included(self, node: Any) -> bool:
        for directive in node.directives or ():
            if directive.name.value not in ("skip", "include"):
                raise NotCompilable(f"@{directive.name.value}")
            said = directive.arguments[0].value
            if isinstance(said, VariableNode):
                self.structural.add((said.name.value, True))
                holds = bool(self.variables.get(said.name.value))
            else:
                holds = bool(getattr(said, "value", False))
            if holds == (directive.name.value == "skip"):
                return False
        return True

    def applies(self, condition: str, of: GraphQLObjectType) -> bool:
        known = self.schema.type_map[condition]
        return known is of or (isinstance(known, GraphQLInterfaceType) and known in of.interfaces)

    def alias(self) -> str:
        self.aliases += 1
        return f"a{self.aliases}"


def of_row_and_info(function: Callable[..., Any]) -> Callable[..., Any]:
    if len(inspect.signature(function).parameters) > 1:
        return function
    return lambda row, _info: function(row)


def of_row_alone(function: Callable[..., Any]) -> bool:
    """Whether a computed field asks for nothing but its row, and waits for nothing."""
    return len(inspect.signature(function).parameters) == 1 and not (
        inspect.iscoroutinefunction(function)
    )
