"""A page of rows below another row: bounded for each parent, forth or back from a cursor.

Its cursors are those of `rows.cursor_at`, spelled by the database, which is why only pages ordered by
whole numbers that are never null have a plan.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from graphql import (
    FieldNode,
    GraphQLObjectType,
    IntValueNode,
    NullValueNode,
    SelectionSetNode,
    StringValueNode,
    VariableNode,
    get_named_type,
)

from schema.permissions import visible
from schema.query.compiler.expressions import (
    NotCompilable,
    Piece,
    Row,
    Sql,
    concatenated,
    inner,
    node_type,
)
from schema.query.compiler.json_sql import hexed, listed, quoted, truth
from schema.query.loaders import PAGE_DEFAULT, PAGE_LIMIT, read_cursor
from schema.query.models import KINDS, Kind
from schema.query.sql import Order, Seek, behind

if TYPE_CHECKING:
    from schema.query.compiler.plan import Planner

TRUTH = {True: "true", False: "false"}


@dataclass(frozen=True)
class PageStart:
    """Where a page begins: behind the row of a cursor, that of a variable or one in the document."""

    kind: Kind
    order: Order
    variable: str | None
    text: str

    def seek(self, variables: Mapping[str, Any]) -> Seek:
        """Raises GraphQLError for a cursor that is none of this list's."""
        said = variables[self.variable] if self.variable else self.text
        return read_cursor(said, self.kind, self.order)


@dataclass(frozen=True)
class CursorParam:
    """A value that such a cursor holds: bound when the statement is run."""

    begins: PageStart
    what: str  # "value" or "key"

    def of(self, variables: Mapping[str, Any]) -> Any:
        return getattr(self.begins.seek(variables), self.what)


@dataclass(frozen=True)
class Nested:
    """The page of `kind` whose column `via` points at `row`."""

    planner: "Planner"
    row: Row
    kind: Kind
    via: str
    order: Order
    size: int
    backwards: bool
    begins: PageStart | None

    @classmethod
    def asked(
        cls, planner: "Planner", row: Row, said: Mapping[str, Any], node: FieldNode
    ) -> "Nested":
        kind, order = KINDS[said["connection"]], said["default"]
        if order.nullable or not kind.bounds[order.column]:
            raise NotCompilable(f"{node.name.value} is ordered by {order.column}")
        given = {each.name.value: each.value for each in node.arguments or ()}
        first, last = (size_of(planner, given.pop(name, None)) for name in ("first", "last"))
        after, before = given.pop("after", None), given.pop("before", None)
        if given or (first is not None and last is not None):
            raise NotCompilable(f"{node.name.value} with {', '.join(given) or 'first and last'}")
        backwards = last is not None
        size = next((each for each in (last, first) if each is not None), PAGE_DEFAULT)
        if not 0 < size <= PAGE_LIMIT:
            raise NotCompilable(f"{node.name.value} of {size}")
        begins = begun(planner, kind, order, before if backwards else after)
        return cls(planner, row, kind, said["via"], order, size, backwards, begins)

    def render_rows(self, of: GraphQLObjectType, sets: list[SelectionSetNode]) -> Iterator[Piece]:
        return self.planner.members(of, sets, lambda nodes: self.part(of, nodes))

    def part(self, of: GraphQLObjectType, nodes: list[FieldNode]) -> Iterator[Piece]:
        name, sets = nodes[0].name.value, inner(nodes)
        if name == "__typename":
            yield f'"{of.name}"'
        elif name == "totalCount":
            seen, values = visible(self.kind.table, "n", self.planner.viewer)
            here = f'n."{self.via}" = {self.row.alias}."id"'
            counted = f'SELECT count(*) FROM "{self.kind.table}" n WHERE {here} AND {seen}'
            yield Sql(f"({counted})", tuple(values))
        elif name == "nodes":
            near = self.near()
            yield self.lines(near, self.planner.plain(near, node_type(of), sets))
        elif name == "edges":
            below = named(of, name)
            near = self.near()
            edge = self.planner.members(below, sets, lambda nodes: self.edge(near, below, nodes))
            yield self.lines(near, edge)
        else:
            below = named(of, name)
            yield from self.planner.members(below, sets, lambda nodes: self.fact(below, nodes))

    def edge(self, near: Row, of: GraphQLObjectType, nodes: list[FieldNode]) -> Iterator[Piece]:
        name = nodes[0].name.value
        if name == "node":
            yield from self.planner.plain(near, named(of, name), inner(nodes))
        else:
            yield f'"{of.name}"' if name == "__typename" else self.cursor(near.alias)

    def fact(self, of: GraphQLObjectType, nodes: list[FieldNode]) -> Iterator[Piece]:
        """What Relay asks of a page: whether there is more on either side, its first and last cursor."""
        name = nodes[0].name.value
        if name == "__typename":
            yield f'"{of.name}"'
        elif name in ("startCursor", "endCursor"):
            yield self.end(last=name == "endCursor")
        elif self.backwards == (name == "hasPreviousPage"):
            yield self.more()
        else:
            yield TRUTH[self.begins is not None]

    # ------------------------------------------------------------ its SQL

    def near(self) -> Row:
        return Row(self.kind, self.planner.alias())

    def source(self, near: Row) -> Sql:
        """From where the page is taken, in the direction in which it is read."""
        order, after = self.order.flipped() if self.backwards else self.order, None
        if self.begins:
            text, _ = behind(Seek(0, 0), order, self.backwards, near.alias)
            whats = ("key",) if order.column == "id" else ("value", "key")
            after = Sql(text, tuple(CursorParam(self.begins, what) for what in whats))
        return self.planner.pointing(
            self.row, near, self.via, order, nulls_first=self.backwards, also=after
        )

    def taken(self, near: Row, columns: Sql) -> Sql:
        """The rows of the page with these columns, in the direction in which it is read."""
        source = self.source(near)
        text = f"SELECT {columns.text} {source.text} LIMIT {self.size}"
        return Sql(text, (*columns.values, *source.values))

    def lines(self, near: Row, pieces: Iterable[Piece]) -> Sql:
        """The JSON list of the page's lines, in the order of the list."""
        line = concatenated(list(pieces))
        if not self.backwards:
            found = self.taken(near, Sql(f"{line.text} AS j", line.values))
            return Sql(listed(found.text, self.planner.dialect), found.values)
        found = self.taken(near, Sql(f"{line.text} AS j, {self.place(near)}", line.values))
        turned = f"SELECT p.j FROM ({found.text}) p ORDER BY {self.way(last=False)}"
        return Sql(listed(turned, self.planner.dialect), found.values)

    def place(self, near: Row) -> str:
        return f'{near.alias}."{self.order.column}" AS v, {near.alias}."id" AS i'

    def way(self, last: bool) -> str:
        """The order of the list, from its beginning or from its end, of rows that say `v` and `i`."""
        way = "DESC" if self.order.descending is not last else "ASC"
        return f"p.v {way}, p.i {way}"

    def end(self, last: bool) -> Sql:
        """The cursor of the first or the last row of the page, as JSON text."""
        near = self.near()
        found = self.taken(near, Sql(f"{self.cursor(near.alias).text} AS c, {self.place(near)}"))
        first = f"SELECT p.c FROM ({found.text}) p ORDER BY {self.way(last)} LIMIT 1"
        return Sql(f"COALESCE(({first}), 'null')", found.values)

    def more(self) -> Sql:
        source = self.source(self.near())
        return Sql(
            truth(f"EXISTS (SELECT 1 {source.text} LIMIT 1 OFFSET {self.size})"), source.values
        )

    def cursor(self, alias: str) -> Sql:
        opening = f'["{self.order.column}",{TRUTH[self.order.descending]},'
        column, key = f'{alias}."{self.order.column}"', f'{alias}."id"'
        text = f"{quoted(opening)} || {column} || ',' || {key} || ']'"
        return Sql(hexed(text, self.planner.dialect))


def named(of: GraphQLObjectType, name: str) -> GraphQLObjectType:
    """The object that a field of a page leads to."""
    found = get_named_type(of.fields[name].type)
    assert isinstance(found, GraphQLObjectType)
    return found


def size_of(planner: "Planner", said: Any) -> int | None:
    """A page's size, which is part of the statement's text."""
    if isinstance(said, VariableNode):
        planner.structural.add((said.name.value, True))
        found = planner.variables.get(said.name.value)
        return found if isinstance(found, int) else None
    return int(said.value) if isinstance(said, IntValueNode) else None


def begun(planner: "Planner", kind: Kind, order: Order, said: Any) -> PageStart | None:
    if isinstance(said, VariableNode):
        planner.structural.add((said.name.value, False))
        if not planner.variables.get(said.name.value):
            return None
        return PageStart(kind, order, said.name.value, "")
    if said is None or isinstance(said, NullValueNode):
        return None
    assert isinstance(said, StringValueNode), said
    return PageStart(kind, order, None, said.value) if said.value else None
