"""A page of rows below another row: bounded for each parent, forth or back from a cursor.

Its cursors are those of `rows.cursor_at`, spelled by the database, which is why only pages ordered by
whole numbers that are never null have a plan.
"""

from collections.abc import Iterator, Mapping
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
from schema.reading.kinds import KINDS, Kind
from schema.reading.pieces import Piece, Row, Sql, Unplanned, concatenated, node_type
from schema.reading.rows import PAGE_DEFAULT, PAGE_LIMIT, read_cursor
from schema.reading.spelling import hexed, listed, quoted
from schema.reading.statements import Order, Seek, behind, ordering

if TYPE_CHECKING:
    from schema.reading.plan import Planner

TRUTH = {True: "true", False: "false"}


@dataclass(frozen=True)
class Begins:
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
class At:
    """A value that such a cursor holds: bound when the statement is run."""

    begins: Begins
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
    begins: Begins | None

    @classmethod
    def asked(
        cls, planner: "Planner", row: Row, said: Mapping[str, Any], node: FieldNode
    ) -> "Nested":
        kind, order = KINDS[said["connection"]], said["default"]
        if order.nullable or not kind.bounds[order.column]:
            raise Unplanned(f"{node.name.value} is ordered by {order.column}")
        given = {each.name.value: each.value for each in node.arguments or ()}
        first, last = (size_of(planner, given.pop(name, None)) for name in ("first", "last"))
        after, before = given.pop("after", None), given.pop("before", None)
        if given or (first is not None and last is not None):
            raise Unplanned(f"{node.name.value} with {', '.join(given) or 'first and last'}")
        backwards = last is not None
        size = next((each for each in (last, first) if each is not None), PAGE_DEFAULT)
        if not 0 < size <= PAGE_LIMIT:
            raise Unplanned(f"{node.name.value} of {size}")
        begins = begun(planner, kind, order, before if backwards else after)
        return cls(planner, row, kind, said["via"], order, size, backwards, begins)

    def written(self, of: GraphQLObjectType, sets: list[SelectionSetNode]) -> Iterator[Piece]:
        yield "{"
        for index, (key, nodes) in enumerate(self.planner.fields(of, sets).items()):
            yield f'{"," if index else ""}"{key}":'
            inner = [node.selection_set for node in nodes if node.selection_set]
            yield from self.part(of, nodes[0].name.value, inner)
        yield "}"

    def part(
        self, of: GraphQLObjectType, name: str, sets: list[SelectionSetNode]
    ) -> Iterator[Piece]:
        if name == "__typename":
            yield f'"{of.name}"'
        elif name == "totalCount":
            seen, values = visible(self.kind.table, "n", self.planner.viewer)
            counted = (
                f'SELECT count(*) FROM "{self.kind.table}" n WHERE {self.here("n")} AND {seen}'
            )
            yield Sql(f"({counted})", tuple(values))
        elif name == "nodes":
            near = Row(self.kind, self.planner.alias())
            pieces = list(self.planner.plain(near, node_type(of), sets))
            yield self.lines(near, concatenated(pieces))
        else:
            below = get_named_type(of.fields[name].type)
            assert isinstance(below, GraphQLObjectType)
            yield from self.edges(below, sets) if name == "edges" else self.facts(below, sets)

    def edges(self, of: GraphQLObjectType, sets: list[SelectionSetNode]) -> Iterator[Piece]:
        near = Row(self.kind, self.planner.alias())
        pieces: list[Piece] = []
        for key, nodes in self.planner.fields(of, sets).items():
            name = nodes[0].name.value
            pieces.append(f'{"," if pieces else "{"}"{key}":')
            if name == "node":
                below = get_named_type(of.fields[name].type)
                assert isinstance(below, GraphQLObjectType)
                inner = [node.selection_set for node in nodes if node.selection_set]
                pieces += self.planner.plain(near, below, inner)
            else:
                pieces.append(f'"{of.name}"' if name == "__typename" else self.cursor(near.alias))
        yield self.lines(near, concatenated([*pieces, "}"]))

    def facts(self, of: GraphQLObjectType, sets: list[SelectionSetNode]) -> Iterator[Piece]:
        """What Relay asks of a page: whether there is more on either side, its first and last cursor."""
        sides: dict[bool, Piece] = {True: self.more(), False: TRUTH[self.begins is not None]}
        known: dict[str, Piece] = {
            "__typename": f'"{of.name}"',
            "hasNextPage": sides[not self.backwards],
            "hasPreviousPage": sides[self.backwards],
            "startCursor": self.end(last=False),
            "endCursor": self.end(last=True),
        }
        opening = "{"
        for key, nodes in self.planner.fields(of, sets).items():
            yield f'{opening}"{key}":'
            yield known[nodes[0].name.value]
            opening = ","
        yield "}"

    # ------------------------------------------------------------ its SQL

    def here(self, alias: str) -> str:
        return f'{alias}."{self.via}" = {self.row.alias}."id"'

    def source(self, near: Row) -> Sql:
        """From where the page is taken, in the direction in which it is read."""
        seen, values = visible(self.kind.table, near.alias, self.planner.viewer)
        order = self.order.flipped() if self.backwards else self.order
        after, marks = "", tuple[Any, ...]()
        if self.begins:
            by_id = order.column == "id"
            marks = (() if by_id else (At(self.begins, "value"),)) + (At(self.begins, "key"),)
            after, _ = behind(Seek(0, 0), order, self.backwards, near.alias)
            after = f" AND {after}"
        joins = "".join(f" {join.text}" for join in near.joins)
        joined = tuple(value for join in near.joins for value in join.values)
        return Sql(
            f'FROM "{self.kind.table}" {near.alias}{joins} WHERE {self.here(near.alias)}'
            f"{'' if seen == '1=1' else f' AND {seen}'}{after}"
            f" ORDER BY {ordering(order, self.backwards, near.alias)}",
            (*joined, *values, *marks),
        )

    def taken(self, near: Row, columns: Sql) -> Sql:
        """The rows of the page with these columns, in the direction in which it is read."""
        source = self.source(near)
        text = f"SELECT {columns.text} {source.text} LIMIT {self.size}"
        return Sql(text, (*columns.values, *source.values))

    def lines(self, near: Row, line: Sql) -> Sql:
        """The JSON list of the page's lines, in the order of the list."""
        if not self.backwards:
            found = self.taken(near, Sql(f"{line.text} AS j", line.values))
            return Sql(listed(found.text, self.planner.dialect), found.values)
        places = f'{near.alias}."{self.order.column}" AS v, {near.alias}."id" AS i'
        found = self.taken(near, Sql(f"{line.text} AS j, {places}", line.values))
        turned = f"SELECT p.j FROM ({found.text}) p ORDER BY {self.way(last=False)}"
        return Sql(listed(turned, self.planner.dialect), found.values)

    def way(self, last: bool) -> str:
        """The order of the list, from its beginning or from its end, of rows that say `v` and `i`."""
        way = "DESC" if self.order.descending is not last else "ASC"
        return f"p.v {way}, p.i {way}"

    def end(self, last: bool) -> Sql:
        """The cursor of the first or the last row of the page, as JSON text."""
        near = Row(self.kind, self.planner.alias())
        cursor = self.cursor(near.alias)
        places = f'{near.alias}."{self.order.column}" AS v, {near.alias}."id" AS i'
        found = self.taken(near, Sql(f"{cursor.text} AS c, {places}"))
        first = f"SELECT p.c FROM ({found.text}) p ORDER BY {self.way(last)} LIMIT 1"
        return Sql(f"COALESCE(({first}), 'null')", found.values)

    def more(self) -> Sql:
        near = Row(self.kind, self.planner.alias())
        source = self.source(near)
        there = f"EXISTS (SELECT 1 {source.text} LIMIT 1 OFFSET {self.size})"
        return Sql(f"CASE WHEN {there} THEN 'true' ELSE 'false' END", source.values)

    def cursor(self, alias: str) -> Sql:
        opening = f'["{self.order.column}",{TRUTH[self.order.descending]},'
        column, key = f'{alias}."{self.order.column}"', f'{alias}."id"'
        text = f"{quoted(opening)} || {column} || ',' || {key} || ']'"
        return Sql(f"'\"' || {hexed(text, self.planner.dialect)} || '\"'")


def size_of(planner: "Planner", said: Any) -> int | None:
    """A page's size, which is part of the statement's text."""
    if isinstance(said, VariableNode):
        planner.structural.add(said.name.value)
        found = planner.variables.get(said.name.value)
        return found if isinstance(found, int) else None
    return int(said.value) if isinstance(said, IntValueNode) else None


def begun(planner: "Planner", kind: Kind, order: Order, said: Any) -> Begins | None:
    if isinstance(said, VariableNode):
        planner.given.add(said.name.value)
        if not planner.variables.get(said.name.value):
            return None
        return Begins(kind, order, said.name.value, "")
    if said is None or isinstance(said, NullValueNode):
        return None
    assert isinstance(said, StringValueNode), said
    return Begins(kind, order, None, said.value) if said.value else None
