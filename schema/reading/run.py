"""A planned query at work: one statement for each root field, answered as JSON text.

Root fields that have no plan are handed to `rest`, graphql-core's way over the same rows and the
same policy; so is a query that asks something wrong, since its errors are told best there.
"""

from asyncio import gather
from collections.abc import Awaitable, Callable, Hashable, Iterator, Mapping, Set
from dataclasses import dataclass, field, replace
from functools import cached_property
from inspect import isawaitable
from types import SimpleNamespace
from typing import Any

import orjson
from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    GraphQLField,
    GraphQLObjectType,
    GraphQLSchema,
    ListValueNode,
    ObjectValueNode,
    OperationDefinitionNode,
    SelectionSetNode,
    ValueNode,
    VariableNode,
    get_argument_values,
    get_named_type,
    get_variable_values,
)
from strawberry.types.arguments import convert_arguments

from schema import store
from schema.permissions import Viewer, hidden
from schema.reading.context import Context
from schema.reading.kinds import KINDS, Kind, document
from schema.reading.plan import (
    Of,
    Planner,
    Python,
    Selection,
    Unplanned,
    Values,
    metadata,
    node_type,
)
from schema.reading.plan import Row as Selected
from schema.reading.plan import Sql as Text
from schema.reading.rows import Window, cursor_at, windowed
from schema.reading.spelling import gathered
from schema.reading.statements import (
    Order,
    Read,
    Sql,
    behind,
    bindable,
    conditions,
    joined,
    ordering,
    values,
)

Rest = Callable[[DocumentNode], Awaitable[Mapping[str, Any]]]
ROWS = {"connection", "one_by", "all_of"}
OWN = ("person", "organization", "place", "group")
UNDEFINED = "\0undefined"  # no variable can be this text
PLAIN = (str, int, float, type(None))
GIVEN_KEPT = 64
PLANS_KEPT = 128


@dataclass(frozen=True)
class JsonText:
    """An answer's `data` as the database has spelled it: it goes into the response as it is."""

    text: bytes


@dataclass(frozen=True)
class Root:
    """A root field with a plan: its kind of answer, what it selects, the shape of its page."""

    key: str
    node: FieldNode
    declared: GraphQLField
    kind: Kind
    said: Mapping[str, Any]
    selections: tuple[Selection, ...]
    joins: tuple[Text, ...]
    parts: tuple[tuple[str, str, Any], ...] = ()

    given: dict[Values, dict[str, Any]] = field(default_factory=dict)

    @cached_property
    def needs(self) -> set[str]:
        """The columns that fields worked out in Python stand on."""
        computed = [each for selection in self.selections for each in selection.computed]
        return {column for each in computed for column in each.needs}

    @cached_property
    def plain(self) -> bool:
        """Whether each row is one text, with nothing to work out."""
        return len(self.selections) == 1 and not self.selections[0].computed

    @cached_property
    def texts(self) -> Text:
        """What every row is selected as: its runs of JSON text, and the columns that Python needs."""
        runs = [
            (f"{text.text} AS s{index}_{run}", text.values)
            for index, selection in enumerate(self.selections)
            for run, text in enumerate(selection.columns)
        ]
        columns = [*(text for text, _ in runs), *(f't."{name}"' for name in sorted(self.needs))]
        return Text(", ".join(columns), tuple(value for _, bound in runs for value in bound))

    @cached_property
    def source(self) -> Text:
        """The table and what is joined to it."""
        text = "".join(f" {join.text}" for join in self.joins)
        bound = tuple(value for join in self.joins for value in join.values)
        return Text(f'"{self.kind.table}" t{text}', bound)

    @cached_property
    def variables(self) -> tuple[str, ...]:
        """The variables that its arguments name."""
        said = (argument.value for argument in self.node.arguments or ())
        return tuple(name for value in said for name in named_in(value))


@dataclass(frozen=True)
class Plan:
    """What of an operation is read at once, and the document of what is left."""

    keys: tuple[str, ...]
    roots: Mapping[str, Root]
    rest: DocumentNode | None
    why: tuple[str, ...]


@dataclass
class Reading:
    """One query, planned anew for each kind of viewer and each shape its variables give it."""

    schema: GraphQLSchema
    operation: OperationDefinitionNode
    fragments: Mapping[str, FragmentDefinitionNode]
    strawberry: Any
    _plans: dict[Any, Plan] = field(default_factory=dict)
    _structural: dict[Any, tuple[str, ...]] = field(default_factory=dict)

    async def answer(self, given: Mapping[str, Any], context: Context, rest: Rest) -> JsonText:
        """The JSON text of `data`. Raises Unplanned where the whole query is graphql-core's."""
        if not self.reads_rows:
            raise Unplanned("no root field declares rows")
        coerced = get_variable_values(
            self.schema, self.operation.variable_definitions or (), dict(given)
        )
        if isinstance(coerced, list):
            raise Unplanned("variables")
        plan = self.plan(coerced.coerced, context.viewer)
        if not plan.roots:
            raise Unplanned("; ".join(plan.why))
        left = await rest(plan.rest) if plan.rest else {}
        found = []
        for key in plan.keys:
            root = plan.roots.get(key)
            text = (
                await self.read(root, coerced, context)
                if root
                else orjson.dumps(left[key]).decode()
            )
            found.append(f'"{key}":{text}')
        return JsonText(f"{{{','.join(found)}}}".encode())

    @cached_property
    def reads_rows(self) -> bool:
        """Whether any root field could have a plan at all."""
        query = self.schema.query_type
        assert query is not None
        asked = [
            each for each in self.operation.selection_set.selections if isinstance(each, FieldNode)
        ]
        known = [query.fields[each.name.value] for each in asked if each.name.value in query.fields]
        return any(ROWS & set(metadata(each)) for each in known) or len(asked) < len(
            self.operation.selection_set.selections
        )

    def plan(self, variables: Mapping[str, Any], viewer: Viewer) -> Plan:
        shape = (store.dialect(), viewer.post, *(getattr(viewer, own) is None for own in OWN))
        names = self._structural.get(shape, ())
        key = (shape, *(variables.get(name) for name in names))
        if key not in self._plans:
            own: dict[str, Any] = {
                name: Of(name) for name in OWN if getattr(viewer, name) is not None
            }
            symbolic = replace(viewer, **own)
            planner = Planner(self.schema, self.fragments, variables, symbolic, store.dialect())
            plan = planned(planner, self.operation)
            self._structural[shape] = tuple(sorted(planner.structural | set(names)))
            key = (shape, *(variables.get(name) for name in self._structural[shape]))
            if len(self._plans) >= PLANS_KEPT:
                self._plans.clear()
            self._plans[key] = plan
        return self._plans[key]

    async def read(self, root: Root, variables: Any, context: Context) -> str:
        if "connection" in root.said:
            return await self.page(root, variables, context)
        where: tuple[Sql, ...] = ()
        read = Read(root.kind, order=root.said.get("order", Order("id")))
        if "one_by" in root.said:
            said = get_argument_values(root.declared, root.node, variables)
            where = ((f't."{root.said["key"]}" = ?', [said[root.said["key"]]]),)
            read = replace(read, limit=1)
        found = await fetched(root, replace(read, where=where), context)
        texts = await written(root, 0, found, context, self.strawberry)
        return f"[{','.join(texts)}]" if "all_of" in root.said else texts[0] if texts else "null"

    async def page(self, root: Root, variables: Any, context: Context) -> str:
        given = self.arguments(root, variables)
        window = Window.taken_from(given)
        whole = root.said["reads"](context, **given)
        read = windowed(whole, window, hidden(root.kind.table, context.viewer))
        order = read.order
        assert read.limit is not None
        asks = {what for _, what, _ in root.parts}
        marks = (
            {order.column, "id"} if any(each in asks for each in ("edges", "pageInfo")) else set()
        )
        size = read.limit - 1
        # A page of which nothing is worked out here comes back as one text.
        at_once = root.plain and not marks and not read.backwards
        if at_once:
            read = replace(read, limit=size)
        found = await fetched(root, read, context, marks, "totalCount" in asks, at_once)
        more, found = len(found) > size, found[:size]
        found = found[::-1] if read.backwards else found
        total = found[0]["total"] if found and "totalCount" in asks else None
        if "totalCount" in asks and total is None:
            total = await context.rows.total(replace(read, seek=None))
        texts = {
            index: await written(root, index, found, context, self.strawberry)
            for index in range(len(root.selections))
        }
        row = root.kind.reader([*marks])
        marked = [row([stored[name] for name in marks]) for stored in found] if marks else []
        cursors = [cursor_at(each, order) for each in marked]
        back, forth = (
            (more, read.seek is not None) if read.backwards else (read.seek is not None, more)
        )
        facts = {
            "hasNextPage": forth,
            "hasPreviousPage": back,
            "startCursor": cursors[0] if cursors else None,
            "endCursor": cursors[-1] if cursors else None,
        }
        return (
            "{"
            + ",".join(
                f'"{key}":{part(what, how, texts, cursors, facts, total)}'
                for key, what, how in root.parts
            )
            + "}"
        )

    def arguments(self, root: Root, variables: Any) -> dict[str, Any]:
        """The arguments as Python values; kept while they are said alike and are no input objects."""
        said = tuple(variables.coerced.get(name, UNDEFINED) for name in root.variables)
        plain = all(isinstance(each, PLAIN) for each in said)
        if plain and said in root.given:
            return dict(root.given[said])
        known = root.declared.extensions["strawberry-definition"]
        given: dict[str, Any] = convert_arguments(
            get_argument_values(root.declared, root.node, variables),
            known.arguments,
            self.strawberry.schema_converter.scalar_registry,
            self.strawberry.config,
        )
        if plain and len(root.given) < GIVEN_KEPT:
            root.given[said] = dict(given)
        return given


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


def planned(planner: Planner, operation: OperationDefinitionNode) -> Plan:
    query = planner.schema.query_type
    assert query is not None
    roots: dict[str, Root] = {}
    left: list[FieldNode] = []
    why: list[str] = []
    asked = planner.fields(query, [operation.selection_set])
    for key, nodes in asked.items():
        try:
            roots[key] = root_of(planner, query, key, nodes)
        except Unplanned as reason:
            why.append(f"{key}: {reason}")
            left += nodes
    rest = None
    if left:
        alone = OperationDefinitionNode(
            operation=operation.operation,
            name=operation.name,
            variable_definitions=operation.variable_definitions,
            directives=operation.directives,
            selection_set=SelectionSetNode(selections=tuple(left)),
        )
        rest = DocumentNode(definitions=(alone, *planner.fragments.values()))
    return Plan(tuple(asked), roots, rest, tuple(why))


def root_of(planner: Planner, query: GraphQLObjectType, key: str, nodes: list[FieldNode]) -> Root:
    name = nodes[0].name.value
    declared = query.fields.get(name)
    said = metadata(declared) if declared else {}
    sets = [node.selection_set for node in nodes if node.selection_set]
    if declared is None or not ROWS & set(said):
        raise Unplanned("no rows of one kind")
    of = get_named_type(declared.type)
    assert isinstance(of, GraphQLObjectType)
    kind = KINDS[said.get("connection") or said.get("one_by") or said["all_of"]]
    row = Selected(kind, "t")
    if "connection" not in said:
        pieces = tuple(planner.object(row, of, sets, at_root=True))
        one = Selection(pieces, tuple(row.joins))
        return Root(key, nodes[0], declared, kind, said, (one,), tuple(row.joins))
    if said["scope"] or said["via"]:
        raise Unplanned("a list with a scope of its own")
    selections: list[Selection] = []
    parts = []
    for part_key, part_nodes in planner.fields(of, sets).items():
        what = part_nodes[0].name.value
        inner = [node.selection_set for node in part_nodes if node.selection_set]
        parts.append((part_key, what, shape(planner, of, what, inner, row, selections)))
    return Root(
        key, nodes[0], declared, kind, said, tuple(selections), tuple(row.joins), tuple(parts)
    )


def shape(
    planner: Planner,
    of: GraphQLObjectType,
    what: str,
    sets: list[SelectionSetNode],
    row: Selected,
    selections: list[Selection],
) -> Any:
    """How a part of a page is written: which selection, which keys, in which order."""
    if what == "__typename":
        return of.name
    if what == "nodes":
        pieces = tuple(planner.object(row, node_type(of), sets, at_root=True))
        selections.append(Selection(pieces, ()))
        return len(selections) - 1
    if what in ("edges", "pageInfo"):
        below = get_named_type(of.fields[what].type)
        assert isinstance(below, GraphQLObjectType)
        found: list[tuple[str, str, Any]] = []
        for key, nodes in planner.fields(below, sets).items():
            name = nodes[0].name.value
            inner = [node.selection_set for node in nodes if node.selection_set]
            if name == "node":
                pieces = tuple(planner.object(row, node_type(of), inner, at_root=True))
                selections.append(Selection(pieces, ()))
                found.append((key, name, len(selections) - 1))
            else:
                found.append((key, name, below.name))
        return found
    return None


def part(
    what: str,
    how: Any,
    texts: Mapping[int, list[str]],
    cursors: list[str],
    facts: Mapping[str, Any],
    total: Any,
) -> str:
    if what == "nodes":
        return f"[{','.join(texts[how])}]"
    if what == "totalCount":
        return str(total)
    if what == "__typename":
        return f'"{how}"'
    if what == "pageInfo":
        said = {
            key: type_name if name == "__typename" else facts[name] for key, name, type_name in how
        }
        return orjson.dumps(said).decode()

    def member(name: str, more: Any, line: int) -> str:
        if name == "node":
            return texts[more][line]
        return f'"{cursors[line] if name == "cursor" else more}"'

    edges = [
        ",".join(f'"{key}":{member(name, more, line)}' for key, name, more in how)
        for line in range(len(cursors))
    ]
    return "[" + ",".join(f"{{{edge}}}" for edge in edges) + "]"


async def fetched(
    root: Root,
    read: Read,
    context: Context,
    marks: Set[str] = frozenset(),
    total: bool = False,
    at_once: bool = False,
) -> list[dict[str, Any]]:
    """The rows of one statement: text by run, the columns that Python needs, the total if asked.

    With `at_once` one row has the text of all, put together by the database.
    """
    viewer, dialect = context.viewer, store.dialect()
    columns = [root.texts.text] if root.texts.text else []
    columns += [f't."{name}"' for name in sorted(marks - root.needs)]
    bound = list(root.texts.values)
    seen = conditions(read, viewer)
    if total:
        columns.append(
            f'(SELECT count(*) FROM "{root.kind.table}" t WHERE {joined(seen)}) AS total'
        )
        bound += values(seen)
    order = read.order.flipped() if read.backwards else read.order
    parts = [*seen, behind(read.seek, order, read.backwards)] if read.seek else seen
    bound += root.source.values
    sql = (
        f"SELECT {', '.join(columns) or '1'} FROM {root.source.text}"
        f" WHERE {joined(parts)} ORDER BY {ordering(order, read.backwards)}"
    )
    if read.limit is not None:
        sql += f" LIMIT {read.limit}"
    if at_once:
        whole = f"COALESCE({gathered('s.s0_0', dialect)}, '') AS s0_0"
        sql = f"SELECT {whole}{', max(s.total) AS total' if total else ''} FROM ({sql}) s"
    bound += values(parts)
    own = [getattr(viewer, value.whose) if isinstance(value, Of) else value for value in bound]
    return await store.fetch(sql, [bindable(value, dialect) for value in own])


async def written(
    root: Root, index: int, found: list[dict[str, Any]], context: Context, schema: Any
) -> list[str]:
    """The JSON text of each row, computed fields filled in where the selection was cut for them."""
    selection = root.selections[index]
    if not selection.computed:
        return [stored[f"s{index}_0"] for stored in found]
    if any(each.warm for each in selection.computed):
        await context.warm()
    info = SimpleNamespace(context=context, schema=schema)
    columns = []
    run = 0
    for each in selection.runs:
        if isinstance(each, Python):
            columns.append(await worked_out(each, root.kind, found, info))
        else:
            name = f"s{index}_{run}"
            columns.append([stored[name] for stored in found])
            run += 1
    return ["".join(pieces) for pieces in zip(*columns, strict=True)]


async def worked_out(each: Python, kind: Kind, found: list[dict[str, Any]], info: Any) -> list[str]:
    """The JSON text of one computed field for all rows.

    It stands on the columns that it needs, on who asks and when, so rows that are alike in those
    columns share one value; it is shown no other column.
    """
    needed = [tuple([stored[name] for name in each.needs]) for stored in found]
    json = any(kind.decoders.get(name) is document for name in each.needs)
    said: list[Hashable] = [*range(len(found))] if json else [*needed]  # JSON is never alike
    alike = dict(zip(said, needed, strict=True))
    row = kind.reader(each.needs)
    values = [each.function(row(columns), info) for columns in alike.values()]
    if values and isawaitable(values[0]):
        values = await gather(*values)
    texts = {
        key: orjson.dumps(each.complete(value)).decode()
        for key, value in zip(alike, values, strict=True)
    }
    return [texts[key] for key in said]
