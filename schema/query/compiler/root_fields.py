"""A root field that has a plan: what of it each row is, and the statement that finds it.

The statement differs with the conditions that are asked, the order and the page; of each difference
its text is kept, for a text that is the same object every time is found at once by the driver.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NamedTuple

from graphql import (
    FieldNode,
    GraphQLField,
    GraphQLObjectType,
    ListValueNode,
    ObjectValueNode,
    SelectionSetNode,
    ValueNode,
    VariableNode,
    get_named_type,
)

from schema.query.compiler.expressions import (
    NotCompilable,
    Row,
    Selection,
    Sql,
    Values,
    concatenated,
    inner,
    metadata,
    node_type,
)
from schema.query.compiler.json_sql import as_bytes, gathered
from schema.query.compiler.plan import Planner
from schema.query.models import KINDS, Kind
from schema.query.sql import Order, ordering

ROWS = {"connection", "get_by", "list_all"}
STATEMENTS_KEPT = 64


class StatementKey(NamedTuple):
    """What of a read gives its statement another text: all but the values."""

    seen: str
    behind: str
    order: Order
    backwards: bool
    limit: int | None
    dialect: str


@dataclass(frozen=True)
class Root:
    """A root field with a plan: its kind of answer, what it selects, the parts of its page."""

    key: str
    node: FieldNode
    declared: GraphQLField
    kind: Kind
    said: Mapping[str, Any]
    selections: tuple[Selection, ...]
    source: Sql
    parts: tuple[tuple[str, str, Any], ...] = ()

    given: dict[Values, dict[str, Any]] = field(default_factory=dict)
    statements: dict[StatementKey, str] = field(default_factory=dict)

    @cached_property
    def asks(self) -> frozenset[str]:
        """The parts of a page that are asked."""
        return frozenset(what for _, what, _ in self.parts)

    @cached_property
    def marks(self) -> bool:
        """Whether cursors are asked, which are written here."""
        return bool(self.asks & {"edges", "pageInfo"})

    @cached_property
    def total(self) -> bool:
        return "totalCount" in self.asks

    @cached_property
    def plain(self) -> bool:
        """Whether it has rows, once, and nothing in them is worked out in Python."""
        if len(self.selections) != 1 or self.selections[0].computed:
            return False
        return not self.marks and sum(what == "totalCount" for _, what, _ in self.parts) < 2

    def spelled(self, backwards: bool) -> bool:
        """Whether the database can spell the whole answer; a page read backwards is turned here."""
        return self.plain and not backwards

    @cached_property
    def needs(self) -> tuple[str, ...]:
        """The columns that fields worked out in Python stand on."""
        computed = [each for selection in self.selections for each in selection.computed]
        return tuple(sorted({column for each in computed for column in each.needs}))

    def texts(self, dialect: str, whole: bool) -> str:
        """What every row is selected as: one text `j` of a `whole` answer; else its runs of JSON text
        as bytes, and the columns that Python needs.
        """
        runs = [
            (run.text if whole else as_bytes(run.text, dialect), f"s{index}_{number}")
            for index, selection in enumerate(self.selections)
            for number, run in enumerate(selection.columns)
        ]
        columns = [f"{text} AS {'j' if whole else name}" for text, name in runs]
        columns += [f't."{name}"' for name in self.needs]
        return ", ".join(columns)

    @cached_property
    def variables(self) -> tuple[str, ...]:
        """The variables that its arguments name."""
        said = (argument.value for argument in self.node.arguments or ())
        return tuple(name for value in said for name in named_in(value))

    @cached_property
    def values(self) -> Values:
        """Those of the runs of its texts."""
        runs = [run for selection in self.selections for run in selection.columns]
        return tuple(value for run in runs for value in run.values)

    def statement(self, asked: StatementKey) -> str:
        """For the whole answer in one text `j` where that can be, else for its rows.

        Its values are those of the conditions if a `total` is asked, then its own `values`, those
        of `source`, of the conditions again, and where the page begins.
        """
        if asked not in self.statements:
            whole = self.spelled(asked.backwards)
            render_rows = self._whole(asked) if whole else self._rows(asked)
            kept(self.statements, asked, render_rows, STATEMENTS_KEPT)
        return self.statements[asked]

    def _rows(self, asked: StatementKey) -> str:
        columns = [f'{self._total(asked)} AS "total"'] if self.total else []
        texts = self.texts(asked.dialect, whole=False)
        columns += [texts] if texts else []
        if self.marks:
            also = {asked.order.column, "id"} - set(self.needs)
            columns += [f't."{name}"' for name in sorted(also)]
        return self._select(asked, ", ".join(columns) or "1")

    def _select(self, asked: StatementKey, columns: str) -> str:
        where = f"{asked.seen} AND {asked.behind}" if asked.behind else asked.seen
        order = ordering(asked.order, asked.backwards)
        limit = "" if asked.limit is None else f" LIMIT {asked.limit}"
        return f"SELECT {columns} FROM {self.source.text} WHERE {where} ORDER BY {order}{limit}"

    def _total(self, asked: StatementKey) -> str:
        return f'(SELECT count(*) FROM "{self.kind.table}" t WHERE {asked.seen})'

    def _whole(self, asked: StatementKey) -> str:
        rows = self._select(asked, self.texts(asked.dialect, whole=True))
        if "get_by" in self.said:
            return f"SELECT {as_bytes('s.j', asked.dialect)} AS j FROM ({rows}) s"
        every = Sql(f"COALESCE({gathered('s.j', asked.dialect)}, '')")
        pieces: list[Any] = []
        for key, what, how in self.parts or (("", "nodes", 0),):
            pieces.append(f'{"," if pieces else "{"}"{key}":' if key else "")
            if what == "nodes":
                pieces += ["[", every, "]"]
            else:
                total = Sql(f"CAST({self._total(asked)} AS TEXT)")
                pieces.append(f'"{how}"' if what == "__typename" else total)
        text = concatenated([*pieces, "}" if self.parts else ""]).text
        return f"SELECT {as_bytes(text, asked.dialect)} AS j FROM ({rows}) s"


def kept(known: dict[Any, Any], key: Any, value: Any, most: int) -> None:
    """Keep a value, and forget all the others before they are too many."""
    if len(known) >= most:
        known.clear()
    known[key] = value


def named_in(value: ValueNode) -> Iterator[str]:
    """The variables in a value, however deep."""
    if isinstance(value, VariableNode):
        yield value.name.value
    elif isinstance(value, ListValueNode):
        for each in value.values:
            yield from named_in(each)
    elif isinstance(value, ObjectValueNode):
        for member in value.fields:
            yield from named_in(member.value)


def root_of(planner: Planner, query: GraphQLObjectType, key: str, nodes: list[FieldNode]) -> Root:
    name = nodes[0].name.value
    declared = query.fields.get(name)
    said = metadata(declared) if declared else {}
    sets = inner(nodes)
    if declared is None or not ROWS & set(said):
        raise NotCompilable("no rows of one kind")
    of = get_named_type(declared.type)
    assert isinstance(of, GraphQLObjectType)
    kind = KINDS[said.get("connection") or said.get("get_by") or said["list_all"]]
    row = Row(kind, "t")
    if "connection" not in said:
        pieces = tuple(planner.object(row, of, sets, at_root=True))
        return Root(key, nodes[0], declared, kind, said, (Selection(pieces),), row.source)
    if said["scope"] or said["via"]:
        raise NotCompilable("a list with a scope of its own")
    selections: list[Selection] = []
    parts = []
    for part_key, part_nodes in planner.fields(of, sets).items():
        what = part_nodes[0].name.value
        found = shape(planner, of, what, inner(part_nodes), row, selections)
        parts.append((part_key, what, found))
    return Root(key, nodes[0], declared, kind, said, tuple(selections), row.source, tuple(parts))


def shape(
    planner: Planner,
    of: GraphQLObjectType,
    what: str,
    sets: list[SelectionSetNode],
    row: Row,
    selections: list[Selection],
) -> Any:
    """How a part of a page is written: which selection, which keys, in which order."""
    if what == "__typename":
        return of.name
    if what == "nodes":
        pieces = tuple(planner.object(row, node_type(of), sets, at_root=True))
        selections.append(Selection(pieces))
        return len(selections) - 1
    if what in ("edges", "pageInfo"):
        below = get_named_type(of.fields[what].type)
        assert isinstance(below, GraphQLObjectType)
        found: list[tuple[str, str, Any]] = []
        for key, nodes in planner.fields(below, sets).items():
            name = nodes[0].name.value
            if name == "node":
                pieces = tuple(planner.object(row, node_type(of), inner(nodes), at_root=True))
                selections.append(Selection(pieces))
                found.append((key, name, len(selections) - 1))
            else:
                found.append((key, name, below.name))
        return found
    return None
