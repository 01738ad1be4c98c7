"""From a document's selection to SQL: pure, no I/O, once for a document and a kind of viewer.

A root field becomes one statement. Each row comes back as JSON text in as few pieces as there are
computed fields between; to-ones are joins, lists and nested pages are subqueries bounded for each
parent. What has no form in SQL raises `NotCompilable`, and the document goes through graphql-core.
"""

import inspect
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import orjson
from graphql import (
    FieldNode,
    GraphQLEnumType,
    GraphQLObjectType,
    GraphQLOutputType,
    GraphQLScalarType,
    SelectionSetNode,
    get_named_type,
)

from schema.permissions import beside, hidden, masked, visible
from schema.query.compiler.expressions import (
    NotCompilable,
    Piece,
    Python,
    SelectedRow,
    Sql,
    concatenated,
)
from schema.query.compiler.json_sql import (
    boolean_json,
    column_json,
    global_id_json,
    list_json,
    literal,
)
from schema.query.compiler.nested import NestedPage
from schema.query.compiler.selection import SelectionReader, python_name, selection_sets
from schema.query.compiler.serializers import serializer
from schema.query.fields import metadata_of
from schema.query.models import KINDS, Kind, Record, columns_of
from schema.query.sql import Order, column_sql


class Planner(SelectionReader):
    """Compiles the fields of a row, by what their declarations say of them."""

    def object(
        self,
        row: SelectedRow,
        of: GraphQLObjectType,
        sets: list[SelectionSetNode],
        at_root: bool = False,
    ) -> Iterator[Piece]:
        return self.members(of, sets, lambda nodes: self.value(row, of, nodes, at_root))

    def value(
        self, row: SelectedRow, of: GraphQLObjectType, nodes: list[FieldNode], at_root: bool
    ) -> Iterator[Piece]:
        name = nodes[0].name.value
        if name == "__typename":
            yield f'"{of.name}"'
            return
        declared = of.fields[name]
        about = metadata_of(declared)
        below = get_named_type(declared.type)
        sets = selection_sets(nodes)
        if "global_id" in about:
            yield Sql(global_id_json(row.kind, row.alias, self.dialect))
        elif "column" in about:
            yield self.column(row, about["column"] or python_name(declared), below)
        elif "facet" in about:
            assert isinstance(below, GraphQLObjectType)
            yield from self.object(row, below, sets, at_root)
        elif "to_one" in about:
            pointer = about["of"] or f"{python_name(declared)}_id"
            yield self.to_one(row, KINDS[about["to_one"]], pointer, below, sets)
        elif "beside" in about:
            yield self.beside(row, KINDS[about["beside"]], about, below, sets)
        elif "has_many" in about:
            yield self.has_many(row, about, below, sets)
        elif "has_one" in about:
            yield self.has_one(row, about, below, sets)
        elif "is_referenced" in about:
            yield self.is_referenced(row, KINDS[about["is_referenced"]], about["via"])
        elif "address" in about:
            yield from (f'"{about["address"]}', Sql(f'{row.alias}."id"'), '"')
        elif "connection" in about and about["via"]:
            assert isinstance(below, GraphQLObjectType)
            list_name = f"{of.name}.{name}"
            page = NestedPage.of_field(self, self.text_only, row, about, nodes[0], list_name)
            yield from page.json(below, sets)
        elif "function" in about and (cases := self.enum_cases(row, declared.type, about, sets)):
            yield cases
        elif "function" in about and at_root:
            yield self.computed(row, declared.type, about, sets, name)
        else:
            raise NotCompilable(f"{of.name}.{name} is not a plain part of its row")

    def column(self, row: SelectedRow, column: str, leaf: Any) -> Piece:
        if column in hidden(row.kind.table, self.viewer):
            return "null"
        assert isinstance(leaf, GraphQLScalarType | GraphQLEnumType)
        shown, values = column_sql(row.kind, row.alias, column, self.viewer)
        text = column_json(row.kind, shown, column, leaf.name, self.dialect)
        if text is None:
            raise NotCompilable(f"{row.kind.name}.{column} has no form in SQL")
        return Sql(text, tuple(values) * text.count(shown))  # twice where it may be null

    def to_one(
        self, row: SelectedRow, far: Kind, pointer: str, of: Any, sets: list[SelectionSetNode]
    ) -> Piece:
        if pointer in hidden(row.kind.table, self.viewer):
            return "null"
        near = self.near(far, row.joins)
        seen, values = visible(far.table, near.alias, self.viewer)
        on = f'{near.alias}."id" = {row.alias}."{pointer}"' + (
            "" if seen == "1=1" else f" AND {seen}"
        )
        row.joins.append(Sql(f'LEFT JOIN "{far.table}" {near.alias} ON {on}', tuple(values)))
        text = concatenated(list(self.text_only(near, of, sets)))
        return Sql(
            f"CASE WHEN {near.alias}.\"id\" IS NULL THEN 'null' ELSE {text.text} END", text.values
        )

    def beside(
        self, row: SelectedRow, far: Kind, about: Mapping[str, Any], of: Any, sets: Any
    ) -> Piece:
        """A column of the row that this one points at, whether that is seen or not."""
        column, via = about["far"], about["via"]
        shown = beside(row.kind.table, far.table, self.viewer)
        if column not in shown or via in hidden(row.kind.table, self.viewer):
            return "null"
        near = self.near(far, row.joins)
        on = f'{near.alias}."id" = {row.alias}."{via}"'
        row.joins.append(Sql(f'LEFT JOIN "{far.table}" {near.alias} ON {on}'))
        if about["of"]:
            return self.to_one(near, KINDS[about["of"]], column, of, sets)
        text = column_json(far, f'{near.alias}."{column}"', column, of.name, self.dialect)
        if text is None:
            raise NotCompilable(f"{far.name}.{column} has no form in SQL")
        return Sql(f"CASE WHEN {near.alias}.\"id\" IS NULL THEN 'null' ELSE {text} END")

    def has_many(
        self, row: SelectedRow, about: Mapping[str, Any], of: Any, sets: list[SelectionSetNode]
    ) -> Piece:
        far = KINDS[about["has_many"]]
        rows = self.below(row, far, about["via"], of, sets, having=about["having"])
        return Sql(list_json(rows.text, self.dialect), rows.values)

    def has_one(
        self, row: SelectedRow, about: Mapping[str, Any], of: Any, sets: list[SelectionSetNode]
    ) -> Piece:
        rows = self.below(row, KINDS[about["has_one"]], about["via"], of, sets, limit=1)
        return Sql(f"COALESCE(({rows.text}), 'null')", rows.values)

    def is_referenced(self, row: SelectedRow, far: Kind, via: str) -> Piece:
        seen, values = visible(far.table, "n", self.viewer)
        rows = f'SELECT 1 FROM "{far.table}" n WHERE n."{via}" = {row.alias}."id" AND {seen}'
        return Sql(boolean_json(f"EXISTS ({rows})"), tuple(values))

    def below(
        self,
        row: SelectedRow,
        far: Kind,
        via: str,
        of: Any,
        sets: list[SelectionSetNode],
        *,
        limit: int | None = None,
        having: tuple[str, str] | None = None,
    ) -> Sql:
        """All rows that point at `row`, oldest first, as a select of their JSON text."""
        near = self.near(far)
        text = concatenated(list(self.text_only(near, of, sets)))
        also = Sql(f"{near.alias}.{having[0]} = {literal(having[1])}") if having else None
        source = self.referencing(row, near, via, Order("id"), also=also)
        bound = "" if limit is None else f" LIMIT {limit}"
        return Sql(f"SELECT {text.text} AS j {source.text}{bound}", (*text.values, *source.values))

    def computed(
        self,
        row: SelectedRow,
        of: GraphQLOutputType,
        about: Mapping[str, Any],
        sets: Any,
        name: str,
    ) -> Python:
        if hidden(row.kind.table, self.viewer) & set(about["columns"]):
            raise NotCompilable(f"{name} reads a hidden column")
        if masked(row.kind.table, self.viewer) & set(about["columns"]):
            raise NotCompilable(f"{name} reads a masked column")
        serialize = serializer(self, of, sets)
        if serialize is None:
            raise NotCompilable(f"{name} asks further than its own value")
        function = of_row_and_info(about["function"])
        texts = []
        for column in sorted(row.kind.prose & set(about["columns"])):
            shown, values = column_sql(row.kind, row.alias, column, self.viewer)
            texts.append((column, Sql(shown, tuple(values))))
        return Python(function, serialize, about["columns"], about["uses_rules"], tuple(texts))

    def enum_cases(
        self, row: SelectedRow, of: GraphQLOutputType, about: Mapping[str, Any], sets: Any
    ) -> Sql | None:
        """A computed field that reads one enum alone: computed now for each of its values, so that the
        database writes it like a column. None for any other field.
        """
        function, columns = about["function"], about["columns"]
        if len(columns) != 1 or not of_row_alone(function):
            return None
        (column,) = columns
        enum = row.kind.enum(column)
        if enum is None or column in hidden(row.kind.table, self.viewer):
            return None
        serialize = serializer(self, of, sets)
        if serialize is None:
            return None
        name, cases = f'{row.alias}."{column}"', ""
        values: list[Any] = [*enum] + [None] * columns_of(row.kind.model)[column].null
        for value in values:
            result = function(Record(row.kind.name, {column: value}))
            text = orjson.dumps(serialize(result)).decode()
            when = f"{name} IS NULL" if value is None else f"{name} = {literal(value.value)}"
            cases += f" WHEN {when} THEN {literal(text)}"
        return Sql(f"CASE{cases} ELSE 'null' END")

    def text_only(
        self, row: SelectedRow, of: Any, sets: list[SelectionSetNode]
    ) -> Iterator[str | Sql]:
        """An object below the root row: nothing in it is computed in Python."""
        for piece in self.object(row, of, sets):
            assert not isinstance(piece, Python)
            yield piece


def of_row_and_info(function: Callable[..., Any]) -> Callable[..., Any]:
    if len(inspect.signature(function).parameters) > 1:
        return function
    return lambda row, _info: function(row)


def of_row_alone(function: Callable[..., Any]) -> bool:
    """Whether a computed field takes nothing but its row, and awaits nothing."""
    return len(inspect.signature(function).parameters) == 1 and not (
        inspect.iscoroutinefunction(function)
    )
