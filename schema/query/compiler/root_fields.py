"""A root field that has a plan: what of it each row is, and the statement that finds it.

The statement differs with the conditions, the order and the page that are asked.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

from graphql import (
    FieldNode,
    GraphQLField,
    GraphQLObjectType,
    SelectionSetNode,
    get_named_type,
)

from schema.query.compiler.expressions import (
    NotCompilable,
    SelectedRow,
    Selection,
    Sql,
    Values,
    concatenated,
)
from schema.query.compiler.json_sql import as_bytes, comma_joined
from schema.query.compiler.plan import Planner
from schema.query.compiler.selection import (
    node_type,
    object_below,
    selection_sets,
    variables_in,
)
from schema.query.fields import metadata_of
from schema.query.models import KINDS, Kind
from schema.query.sql import Order, ordering

ROW_FIELDS = {"connection", "get_by", "list_all"}


class StatementKey(NamedTuple):
    """What gives the statement of a root field another text: all but the values."""

    seen: str
    bounds: str
    order: Order
    backwards: bool
    limit: int | None
    dialect: str


@dataclass(frozen=True)
class PagePart:
    """One field of a connection: its response key, its name, and what writes it.

    `content` is the index of a selection for `nodes`, (key, name, content) of each field for `edges`
    and `pageInfo`, a type's name for `__typename`.
    """

    key: str
    name: str
    content: Any


@dataclass(frozen=True)
class Root:
    """A root field with a plan: its kind of answer, what it selects, the parts of its page."""

    key: str
    node: FieldNode
    declared: GraphQLField
    kind: Kind
    list_name: str
    about: Mapping[str, Any]
    selections: tuple[Selection, ...]
    source: Sql
    parts: tuple[PagePart, ...] = ()

    @cached_property
    def part_names(self) -> frozenset[str]:
        return frozenset(part.name for part in self.parts)

    @cached_property
    def needs_cursors(self) -> bool:
        """Whether it has cursors, which Python writes."""
        return bool(self.part_names & {"edges", "pageInfo"})

    @cached_property
    def needs_total(self) -> bool:
        return "totalCount" in self.part_names

    @cached_property
    def is_sql_only(self) -> bool:
        """Whether it has rows, once, and nothing in them is computed in Python."""
        if len(self.selections) != 1 or self.selections[0].computed:
            return False
        totals = sum(part.name == "totalCount" for part in self.parts)
        return not self.needs_cursors and totals < 2

    def is_one_text(self, backwards: bool) -> bool:
        """Whether the database can write the whole answer; Python reverses a page read backwards."""
        return self.is_sql_only and not backwards

    @cached_property
    def computed_columns(self) -> tuple[str, ...]:
        """The columns that fields computed in Python read."""
        computed = [each for selection in self.selections for each in selection.computed]
        return tuple(sorted({column for each in computed for column in each.columns}))

    @cached_property
    def texts(self) -> dict[str, Sql]:
        """Those of them in which something may be masked, as they are selected."""
        computed = [each for selection in self.selections for each in selection.computed]
        return {name: text for each in computed for name, text in each.texts}

    def columns(self, dialect: str, whole: bool) -> str:
        """What is selected of every row: one text `j` of a `whole` answer; else its runs of JSON text
        as bytes, and the columns that Python reads.
        """
        runs = [
            (run.text if whole else as_bytes(run.text, dialect), f"s{index}_{number}")
            for index, selection in enumerate(self.selections)
            for number, run in enumerate(selection.columns)
        ]
        columns = [f"{text} AS {'j' if whole else name}" for text, name in runs]
        columns += [
            f'{self.texts[name].text} AS "{name}"' if name in self.texts else f't."{name}"'
            for name in self.computed_columns
        ]
        return ", ".join(columns)

    @cached_property
    def variables(self) -> tuple[str, ...]:
        """The variables that its arguments name."""
        arguments = (argument.value for argument in self.node.arguments or ())
        return tuple(name for value in arguments for name in variables_in(value))

    @cached_property
    def values(self) -> Values:
        """Those of its columns."""
        runs = [run for selection in self.selections for run in selection.columns]
        texts = [self.texts[name] for name in self.computed_columns if name in self.texts]
        return tuple(value for each in (*runs, *texts) for value in each.values)

    def statement(self, key: StatementKey) -> str:
        """For the whole answer in one text `j` where that can be, else for its rows.

        Its values are those of the conditions if it has a total, then its own `values`, those of
        `source`, of the conditions again, and those of its bounds.
        """
        return self._whole(key) if self.is_one_text(key.backwards) else self._rows(key)

    def _rows(self, key: StatementKey) -> str:
        columns = [f'{self._total(key)} AS "total"'] if self.needs_total else []
        own = self.columns(key.dialect, whole=False)
        columns += [own] if own else []
        if self.needs_cursors:
            also = {key.order.column, "id"} - set(self.computed_columns)
            columns += [f't."{name}"' for name in sorted(also)]
        return self._select(key, ", ".join(columns) or "1")

    def _select(self, key: StatementKey, columns: str) -> str:
        where = f"{key.seen} AND {key.bounds}" if key.bounds else key.seen
        order = ordering(key.order, key.backwards)
        limit = "" if key.limit is None else f" LIMIT {key.limit}"
        return f"SELECT {columns} FROM {self.source.text} WHERE {where} ORDER BY {order}{limit}"

    def _total(self, key: StatementKey) -> str:
        return f'(SELECT count(*) FROM "{self.kind.table}" t WHERE {key.seen})'

    def _whole(self, key: StatementKey) -> str:
        rows = self._select(key, self.columns(key.dialect, whole=True))
        if "get_by" in self.about:
            return f"SELECT {as_bytes('s.j', key.dialect)} AS j FROM ({rows}) s"
        every = Sql(f"COALESCE({comma_joined('s.j', key.dialect)}, '')")
        pieces: list[Any] = []
        for part in self.parts or (PagePart("", "nodes", 0),):
            pieces.append(f'{"," if pieces else "{"}"{part.key}":' if part.key else "")
            if part.name == "nodes":
                pieces += ["[", every, "]"]
            elif part.name == "__typename":
                pieces.append(f'"{part.content}"')
            else:
                pieces.append(Sql(f"CAST({self._total(key)} AS TEXT)"))
        text = concatenated([*pieces, "}" if self.parts else ""]).text
        return f"SELECT {as_bytes(text, key.dialect)} AS j FROM ({rows}) s"


def compile_root(
    planner: Planner, query: GraphQLObjectType, key: str, nodes: list[FieldNode]
) -> Root:
    name = nodes[0].name.value
    declared = query.fields.get(name)
    about = metadata_of(declared) if declared else {}
    sets = selection_sets(nodes)
    if declared is None or not ROW_FIELDS & set(about):
        raise NotCompilable("no rows of one kind")
    of = get_named_type(declared.type)
    assert isinstance(of, GraphQLObjectType)
    list_name = f"{query.name}.{name}"
    kind = KINDS[about.get("connection") or about.get("get_by") or about["list_all"]]
    row = SelectedRow(kind, "t")
    if "connection" not in about:
        selection = Selection.of(planner.object(row, of, sets, at_root=True))
        return Root(key, nodes[0], declared, kind, list_name, about, (selection,), row.source)
    if about["scope"] or about["via"]:
        raise NotCompilable("a list with a scope of its own")
    selections: list[Selection] = []
    parts = []
    for part_key, part_nodes in planner.fields(of, sets).items():
        part_name = part_nodes[0].name.value
        content = compile_part(planner, of, part_name, part_nodes, row, selections)
        parts.append(PagePart(part_key, part_name, content))
    return Root(
        key, nodes[0], declared, kind, list_name, about, tuple(selections), row.source, tuple(parts)
    )


def compile_part(
    planner: Planner,
    of: GraphQLObjectType,
    name: str,
    nodes: list[FieldNode],
    row: SelectedRow,
    selections: list[Selection],
) -> Any:
    """The content of a part of a page; what it selects of a row is added to `selections`."""

    def select(of: GraphQLObjectType, sets: list[SelectionSetNode]) -> int:
        selections.append(Selection.of(planner.object(row, of, sets, at_root=True)))
        return len(selections) - 1

    sets = selection_sets(nodes)
    if name == "__typename":
        return of.name
    if name == "nodes":
        return select(node_type(of), sets)
    if name in ("edges", "pageInfo"):
        below = object_below(of, name)
        content: list[tuple[str, str, Any]] = []
        for key, below_nodes in planner.fields(below, sets).items():
            below_name = below_nodes[0].name.value
            if below_name == "node":
                index = select(node_type(of), selection_sets(below_nodes))
                content.append((key, below_name, index))
            else:
                content.append((key, below_name, below.name))
        return content
    return None
