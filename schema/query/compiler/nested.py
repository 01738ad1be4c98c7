"""A page of rows below another row: bounded for each parent, forth or back from a cursor.

The database writes its cursors as `loaders.cursor_at` does, which is why only pages ordered by whole
numbers that are never null have a plan.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from graphql import (
    FieldNode,
    GraphQLError,
    GraphQLObjectType,
    IntValueNode,
    NullValueNode,
    SelectionSetNode,
    StringValueNode,
    VariableNode,
)

from schema.permissions import visible
from schema.query.compiler.expressions import (
    NotCompilable,
    Piece,
    SelectedRow,
    Sql,
    concatenated,
)
from schema.query.compiler.json_sql import boolean_json, hex_json, list_json, literal
from schema.query.compiler.selection import (
    SelectionReader,
    node_type,
    object_below,
    selection_sets,
)
from schema.query.loaders import Window, read_cursor
from schema.query.models import KINDS, Kind
from schema.query.sql import Bounds, Link, Order, Seek, and_joined, pointing

BOOLEANS = {True: "true", False: "false"}

RowJson = Callable[[SelectedRow, Any, list[SelectionSetNode]], Iterator[str | Sql]]


@dataclass(frozen=True)
class Cursor:
    """A cursor given to a page, by a variable or in the document."""

    argument: str
    list_name: str
    kind: Kind
    order: Order
    variable: str | None
    text: str

    def place(self, variables: Mapping[str, Any]) -> Seek:
        """Raises GraphQLError for a cursor of another list."""
        text = variables[self.variable] if self.variable else self.text
        return read_cursor(text, self.argument, self.list_name, self.kind, self.order)


@dataclass(frozen=True)
class CursorParam:
    """A value that a cursor holds: bound when the statement is run."""

    cursor: Cursor
    part: str  # "value" or "key"

    def bind(self, variables: Mapping[str, Any]) -> Any:
        return getattr(self.cursor.place(variables), self.part)


@dataclass(frozen=True)
class NestedPage:
    """The page of `kind` that points at `row` by `via`; `row_json` compiles what a row is."""

    reader: SelectionReader
    row_json: RowJson
    row: SelectedRow
    kind: Kind
    via: str | Link
    order: Order
    list_name: str
    window: Window
    cursors: tuple[Cursor | None, Cursor | None]

    @classmethod
    def of_field(
        cls,
        reader: SelectionReader,
        row_json: RowJson,
        row: SelectedRow,
        about: Mapping[str, Any],
        node: FieldNode,
        list_name: str,
    ) -> "NestedPage":
        kind, order = KINDS[about["connection"]], about["default"]
        if order.nullable or not kind.bounds[order.column]:
            raise NotCompilable(f"{list_name} is ordered by {order.column}")
        given = {each.name.value: each.value for each in node.arguments or ()}
        first, last = (page_size(reader, given.pop(name, None)) for name in ("first", "last"))
        cursors: list[Cursor | None] = []
        for argument in ("after", "before"):
            if found := cursor_text(reader, given.pop(argument, None)):
                cursors.append(Cursor(argument, list_name, kind, order, *found))
            else:
                cursors.append(None)
        if given:
            raise NotCompilable(f"{list_name} with {', '.join(given)}")
        after, before = cursors
        given_after, given_before = ("" if each else None for each in cursors)
        window = Window(first, given_after, last, given_before)
        try:
            window.size()
        except GraphQLError as refused:
            raise NotCompilable(f"{list_name}: {refused.message}") from refused
        via = about["via"]
        return cls(reader, row_json, row, kind, via, order, list_name, window, (after, before))

    def json(self, of: GraphQLObjectType, sets: list[SelectionSetNode]) -> Iterator[Piece]:
        return self.reader.members(of, sets, lambda nodes: self.member(of, nodes))

    def member(self, of: GraphQLObjectType, nodes: list[FieldNode]) -> Iterator[Piece]:
        name, sets = nodes[0].name.value, selection_sets(nodes)
        if name == "__typename":
            yield f'"{of.name}"'
        elif name == "totalCount":
            seen, values = visible(self.kind.table, "n", self.reader.viewer)
            here = pointing(self.via, "n", f'{self.row.alias}."id"')
            count = f'SELECT count(*) FROM "{self.kind.table}" n WHERE {here} AND {seen}'
            yield Sql(f"({count})", tuple(values))
        elif name == "nodes":
            near = self.reader.near(self.kind)
            yield self.rows_json(near, self.row_json(near, node_type(of), sets))
        elif name == "edges":
            below = object_below(of, name)
            near = self.reader.near(self.kind)
            edge = self.reader.members(below, sets, lambda nodes: self.edge(near, below, nodes))
            yield self.rows_json(near, edge)
        else:
            below = object_below(of, name)
            yield from self.reader.members(below, sets, lambda nodes: self.page_info(below, nodes))

    def edge(
        self, near: SelectedRow, of: GraphQLObjectType, nodes: list[FieldNode]
    ) -> Iterator[Piece]:
        name = nodes[0].name.value
        if name == "node":
            yield from self.row_json(near, object_below(of, name), selection_sets(nodes))
        else:
            yield f'"{of.name}"' if name == "__typename" else self.cursor(near.alias)

    def page_info(self, of: GraphQLObjectType, nodes: list[FieldNode]) -> Iterator[Piece]:
        """Whether there is more on either side, and the first and the last cursor."""
        name = nodes[0].name.value
        if name == "__typename":
            yield f'"{of.name}"'
        elif name in ("startCursor", "endCursor"):
            yield self.end_cursor(last=name == "endCursor")
        elif self.window.rows_after if name == "hasNextPage" else self.window.rows_before:
            yield "true"
        else:
            onward = "hasPreviousPage" if self.window.backwards else "hasNextPage"
            yield self.has_more() if name == onward else "false"

    # ------------------------------------------------------------ its SQL

    def source(self, near: SelectedRow) -> Sql:
        """From where the page is taken, in the direction in which it is read."""
        after, before = self.cursors
        place = Seek(0, 0)
        bounds = Bounds(place if after else None, place if before else None)
        text = and_joined(bounds.conditions(self.order, near.alias))
        parts = ("key",) if self.order.column == "id" else ("value", "key")
        params = [CursorParam(each, part) for each in self.cursors if each for part in parts]
        order = self.order.flipped() if self.window.backwards else self.order
        within = Sql(text, tuple(params)) if params else None
        return self.reader.referencing(
            self.row, near, self.via, order, nulls_first=self.window.backwards, also=within
        )

    def page(self, near: SelectedRow, columns: Sql) -> Sql:
        """The rows of the page with these columns, in the direction in which it is read."""
        source = self.source(near)
        text = f"SELECT {columns.text} {source.text} LIMIT {self.window.size()}"
        return Sql(text, (*columns.values, *source.values))

    def rows_json(self, near: SelectedRow, pieces: Iterable[Piece]) -> Sql:
        """The JSON list of the page's rows, in the order of the list."""
        row = concatenated([*pieces])
        if not self.window.backwards:
            rows = self.page(near, Sql(f"{row.text} AS j", row.values))
            return Sql(list_json(rows.text, self.reader.dialect), rows.values)
        rows = self.page(near, Sql(f"{row.text} AS j, {self.place(near)}", row.values))
        reversed_rows = f"SELECT p.j FROM ({rows.text}) p ORDER BY {self.direction(last=False)}"
        return Sql(list_json(reversed_rows, self.reader.dialect), rows.values)

    def place(self, near: SelectedRow) -> str:
        return f'{near.alias}."{self.order.column}" AS v, {near.alias}."id" AS i'

    def direction(self, last: bool) -> str:
        """The order of the list, from its beginning or from its end, of rows with `place`."""
        way = "DESC" if self.order.descending is not last else "ASC"
        return f"p.v {way}, p.i {way}"

    def end_cursor(self, last: bool) -> Sql:
        """The cursor of the first or the last row of the page, as JSON text."""
        near = self.reader.near(self.kind)
        rows = self.page(near, Sql(f"{self.cursor(near.alias).text} AS c, {self.place(near)}"))
        end = f"SELECT p.c FROM ({rows.text}) p ORDER BY {self.direction(last)} LIMIT 1"
        return Sql(f"COALESCE(({end}), 'null')", rows.values)

    def has_more(self) -> Sql:
        source = self.source(self.reader.near(self.kind))
        beyond = f"EXISTS (SELECT 1 {source.text} LIMIT 1 OFFSET {self.window.size()})"
        return Sql(boolean_json(beyond), source.values)

    def cursor(self, alias: str) -> Sql:
        descending = BOOLEANS[self.order.descending]
        opening = f'["{self.list_name}","{self.order.column}",{descending},'
        column, key = f'{alias}."{self.order.column}"', f'{alias}."id"'
        text = f"{literal(opening)} || {column} || ',' || {key} || ']'"
        return Sql(hex_json(text, self.reader.dialect))


def page_size(reader: SelectionReader, value: Any) -> int | None:
    """A page's size, which is part of the statement's text."""
    if isinstance(value, VariableNode):
        reader.structural.add((value.name.value, True))
        size = reader.variables.get(value.name.value)
        return size if isinstance(size, int) else None
    return int(value.value) if isinstance(value, IntValueNode) else None


def cursor_text(reader: SelectionReader, value: Any) -> tuple[str | None, str] | None:
    """A cursor's variable, or its text in the document; None where none is given."""
    if isinstance(value, VariableNode):
        name = value.name.value
        reader.structural.add((name, False))
        return None if reader.variables.get(name) is None else (name, "")
    if value is None or isinstance(value, NullValueNode):
        return None
    assert isinstance(value, StringValueNode), value
    return None, value.value
