"""A page of rows below another row: bounded for each parent, forth or back from a cursor.

The database writes its cursors as `loaders.cursor_at` does, which is why only pages ordered by whole
numbers that are never null have a plan.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from graphql import (
    FieldNode,
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
from schema.query.loaders import PAGE_DEFAULT, PAGE_LIMIT, read_cursor
from schema.query.models import KINDS, Kind
from schema.query.sql import Order, Seek, keyset_predicate

BOOLEANS = {True: "true", False: "false"}

RowJson = Callable[[SelectedRow, Any, list[SelectionSetNode]], Iterator[str | Sql]]


@dataclass(frozen=True)
class PageStart:
    """Where a page begins: behind the row of a cursor, that of a variable or one in the document."""

    kind: Kind
    order: Order
    variable: str | None
    text: str

    def seek(self, variables: Mapping[str, Any]) -> Seek:
        """Raises GraphQLError for a cursor of another list."""
        cursor = variables[self.variable] if self.variable else self.text
        return read_cursor(cursor, self.kind, self.order)


@dataclass(frozen=True)
class CursorParam:
    """A value that such a cursor holds: bound when the statement is run."""

    start: PageStart
    part: str  # "value" or "key"

    def bind(self, variables: Mapping[str, Any]) -> Any:
        return getattr(self.start.seek(variables), self.part)


@dataclass(frozen=True)
class NestedPage:
    """The page of `kind` whose column `via` points at `row`; `row_json` compiles what a row is."""

    reader: SelectionReader
    row_json: RowJson
    row: SelectedRow
    kind: Kind
    via: str
    order: Order
    size: int
    backwards: bool
    start: PageStart | None

    @classmethod
    def of_field(
        cls,
        reader: SelectionReader,
        row_json: RowJson,
        row: SelectedRow,
        about: Mapping[str, Any],
        node: FieldNode,
    ) -> "NestedPage":
        kind, order = KINDS[about["connection"]], about["default"]
        if order.nullable or not kind.bounds[order.column]:
            raise NotCompilable(f"{node.name.value} is ordered by {order.column}")
        given = {each.name.value: each.value for each in node.arguments or ()}
        first, last = (page_size(reader, given.pop(name, None)) for name in ("first", "last"))
        after, before = given.pop("after", None), given.pop("before", None)
        if given or (first is not None and last is not None):
            raise NotCompilable(f"{node.name.value} with {', '.join(given) or 'first and last'}")
        backwards = last is not None
        size = next((each for each in (last, first) if each is not None), PAGE_DEFAULT)
        if not 0 < size <= PAGE_LIMIT:
            raise NotCompilable(f"{node.name.value} of {size}")
        start = page_start(reader, kind, order, before if backwards else after)
        return cls(reader, row_json, row, kind, about["via"], order, size, backwards, start)

    def json(self, of: GraphQLObjectType, sets: list[SelectionSetNode]) -> Iterator[Piece]:
        return self.reader.members(of, sets, lambda nodes: self.member(of, nodes))

    def member(self, of: GraphQLObjectType, nodes: list[FieldNode]) -> Iterator[Piece]:
        name, sets = nodes[0].name.value, selection_sets(nodes)
        if name == "__typename":
            yield f'"{of.name}"'
        elif name == "totalCount":
            seen, values = visible(self.kind.table, "n", self.reader.viewer)
            here = f'n."{self.via}" = {self.row.alias}."id"'
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
        elif self.backwards == (name == "hasPreviousPage"):
            yield self.has_more()
        else:
            yield BOOLEANS[self.start is not None]

    # ------------------------------------------------------------ its SQL

    def source(self, near: SelectedRow) -> Sql:
        """From where the page is taken, in the direction in which it is read."""
        order, after = self.order.flipped() if self.backwards else self.order, None
        if self.start:
            text, _ = keyset_predicate(Seek(0, 0), order, self.backwards, near.alias)
            parts = ("key",) if order.column == "id" else ("value", "key")
            after = Sql(text, tuple(CursorParam(self.start, part) for part in parts))
        return self.reader.referencing(
            self.row, near, self.via, order, nulls_first=self.backwards, also=after
        )

    def page(self, near: SelectedRow, columns: Sql) -> Sql:
        """The rows of the page with these columns, in the direction in which it is read."""
        source = self.source(near)
        text = f"SELECT {columns.text} {source.text} LIMIT {self.size}"
        return Sql(text, (*columns.values, *source.values))

    def rows_json(self, near: SelectedRow, pieces: Iterable[Piece]) -> Sql:
        """The JSON list of the page's rows, in the order of the list."""
        row = concatenated([*pieces])
        if not self.backwards:
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
        beyond = f"EXISTS (SELECT 1 {source.text} LIMIT 1 OFFSET {self.size})"
        return Sql(boolean_json(beyond), source.values)

    def cursor(self, alias: str) -> Sql:
        opening = f'["{self.order.column}",{BOOLEANS[self.order.descending]},'
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


def page_start(reader: SelectionReader, kind: Kind, order: Order, value: Any) -> PageStart | None:
    if isinstance(value, VariableNode):
        reader.structural.add((value.name.value, False))
        if not reader.variables.get(value.name.value):
            return None
        return PageStart(kind, order, value.name.value, "")
    if value is None or isinstance(value, NullValueNode):
        return None
    assert isinstance(value, StringValueNode), value
    return PageStart(kind, order, None, value.value) if value.value else None
