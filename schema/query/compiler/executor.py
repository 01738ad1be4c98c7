"""A planned query at work: one statement for all root fields that the database can write by itself,
one for each of the others, answered as JSON text.

Root fields that have no plan are handed to `rest`, graphql-core's way over the same rows and the
same policy; so is a query that asks something wrong, since graphql-core describes its errors best.
"""

from asyncio import gather
from collections.abc import Awaitable, Callable, Collection, Hashable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from inspect import isawaitable
from sys import getsizeof
from types import SimpleNamespace
from typing import Any

import orjson
from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    GraphQLField,
    GraphQLSchema,
    Node,
    OperationDefinitionNode,
    SelectionSetNode,
    VariableValues,
    get_argument_values,
    get_variable_values,
)
from strawberry.types.arguments import convert_arguments

from schema import database
from schema.context import Context
from schema.database.bounded import CacheScope, deep_size
from schema.permissions import Viewer, hidden, masked
from schema.query.compiler.breadth_first import Step, compile_step, resolved
from schema.query.compiler.expressions import (
    NotCompilable,
    Python,
    ViewerParam,
    symbolic,
    viewer_kind,
)
from schema.query.compiler.nested import CursorParam
from schema.query.compiler.page_json import json_member, part_json
from schema.query.compiler.plan import Planner
from schema.query.compiler.root_fields import (
    Root,
    StatementKey,
    compile_root,
)
from schema.query.compiler.selection import UNDEFINED, is_cacheable
from schema.query.loaders import Window, cursor_at, windowed
from schema.query.models import Kind, document
from schema.query.sql import (
    Read,
    and_joined,
    bindable,
    conditions,
    side_by_side,
    values,
)

Rest = Callable[[DocumentNode], Awaitable[Mapping[str, Any]]]
SHARED = (Node, Kind, GraphQLField, CacheScope)  # what a plan refers to and is not its own
VALUE_BYTES = 400  # measured: what a variable's or an argument's value takes in what is kept of it


@dataclass(frozen=True)
class JsonText:
    """An answer's `data` as the database has written it: it goes into the response as it is."""

    text: bytes


@dataclass(frozen=True)
class Plan:
    """The root fields of an operation that have a plan; the steps of those that have none, and why;
    the document of what graphql-core alone resolves.
    """

    keys: tuple[str, ...]
    roots: dict[str, Root]
    steps: dict[str, Step]
    rest: DocumentNode | None
    why: tuple[str, ...]
    kept: CacheScope


@dataclass
class CompiledQuery:
    """One query, planned anew for each kind of viewer and each shape its variables give it."""

    schema: GraphQLSchema
    operation: OperationDefinitionNode
    fragments: Mapping[str, FragmentDefinitionNode]
    strawberry: Any
    kept: CacheScope

    async def answer(self, given: Mapping[str, Any], context: Context, rest: Rest) -> JsonText:
        """The JSON text of `data`. Raises NotCompilable where the whole query is graphql-core's."""
        if not isinstance(context, Context):
            raise NotCompilable("a schema of no rows")
        variables = self.coerced(given)
        plan = self.plan(variables.coerced, context.viewer, context.dialect)
        if not plan.roots and not plan.steps:
            raise NotCompilable("; ".join(plan.why))
        if any(root.about.get("rules") for root in plan.roots.values()):
            await context.load_rules()
        reads = {key: self.read(plan, root, variables, context) for key, root in plan.roots.items()}
        texts = await run_batched(plan, reads, variables.coerced, context)
        for key, root in plan.roots.items():
            if key not in texts:
                name, bound = statement(root, reads[key], variables.coerced, context)
                rows = await database.records(statement_text(plan, {key: name}, only), bound)
                texts[key] = await self.root_json(root, reads[key], rows, context)
        steps = [*plan.steps.values()]
        found = await resolved(steps, context, variables, self.strawberry)
        left = dict(zip(plan.steps, found, strict=True))
        left |= await rest(plan.rest) if plan.rest else {}
        members = [
            json_member(key, texts[key] if key in texts else orjson.dumps(left[key]))
            for key in plan.keys
        ]
        return JsonText(b"{%b}" % b",".join(members))

    def coerced(self, given: Mapping[str, Any]) -> VariableValues:
        """The variables as their types have them; kept while the same ones are given."""
        if not given and not self.operation.variable_definitions:
            return self.no_variables
        key = tuple((name, type(value), value) for name, value in given.items())
        cacheable = all(map(is_cacheable, given.values()))
        known: VariableValues | None = (
            self.kept.get("variables", self.name, key) if cacheable else None
        )
        if known is not None:
            return known
        definitions = self.operation.variable_definitions or ()
        coerced = get_variable_values(self.schema, definitions, dict(given))
        if isinstance(coerced, list):
            raise NotCompilable("variables")
        if cacheable:
            size = values_size(given.values())
            self.kept.put("variables", self.name, key, value=coerced, size=size)
        return coerced

    @cached_property
    def no_variables(self) -> VariableValues:
        none = get_variable_values(self.schema, (), {})
        assert isinstance(none, VariableValues)
        return none

    @cached_property
    def name(self) -> str | None:
        return self.operation.name.value if self.operation.name else None

    def plan(self, variables: Mapping[str, Any], viewer: Viewer, dialect: str) -> Plan:
        kind = (dialect, *viewer_kind(viewer))
        names = self.kept.get("structural", self.name, kind) or ()
        known: Plan | None = self.kept.get("plan", self.name, plan_key(kind, variables, names))
        if known is not None:
            return known
        planner = Planner(self.schema, self.fragments, variables, symbolic(viewer), dialect)
        parts = compile_operation(planner, self.operation)
        names = tuple(sorted(planner.structural | {*names}))
        self.kept.put("structural", self.name, kind, value=names, size=deep_size(names))
        key = plan_key(kind, variables, names)
        plan = Plan(*parts, kept=CacheScope(self.kept.cache))
        size = deep_size((key, plan), SHARED)
        self.kept.put("plan", self.name, key, value=plan, size=size, scope=plan.kept)
        return plan

    def read(self, plan: Plan, root: Root, variables: VariableValues, context: Context) -> Read:
        """What a root field reads; of a page one row more, which shows whether there is a next."""
        if "connection" in root.about:
            arguments = self.arguments(plan, root, variables)
            window = Window.pop_from(arguments)
            table = root.kind.table
            hides = hidden(table, context.viewer) | masked(table, context.viewer)
            read: Read = root.about["reads"](context, **arguments)
            return windowed(read, window, root.list_name, hides, context.dialect)
        if key := root.about.get("key"):
            raw = get_argument_values(root.declared, root.node, variables)
            return Read(root.kind, ((f't."{key}" = ?', [raw[key]]),), limit=1)
        return Read(root.kind, order=root.about["order"].of(root.kind, context.dialect))

    async def root_json(
        self, root: Root, read: Read, rows: list[Mapping[str, Any]], context: Context
    ) -> bytes:
        """The answer of a root field that Python puts together from its rows."""
        if "connection" in root.about:
            return await self.page_json(root, read, rows, context)
        texts = await render_rows(root, 0, rows, context, self.strawberry)
        if "key" in root.about:
            return texts[0] if texts else b"null"
        return b"[%b]" % b",".join(texts)

    async def page_json(
        self, root: Root, read: Read, rows: list[Mapping[str, Any]], context: Context
    ) -> bytes:
        assert read.limit is not None
        size = read.limit - 1
        more, rows = len(rows) > size, rows[:size]
        rows = rows[::-1] if read.backwards else rows
        total = rows[0]["total"] if rows and root.needs_total else None
        if root.needs_total and total is None:
            total = await context.rows.total(read)
        texts = {
            index: await render_rows(root, index, rows, context, self.strawberry)
            for index in range(len(root.selections))
        }
        cursors: list[str] = []
        if root.needs_cursors:
            columns = (read.order.column, "id")
            record = root.kind.reader(columns)
            records = [record([row[name] for name in columns]) for row in rows]
            cursors = [cursor_at(each, read) for each in records]
        page_info = {
            "hasNextPage": read.has_next(more),
            "hasPreviousPage": read.has_previous(more),
            "startCursor": cursors[0] if cursors else None,
            "endCursor": cursors[-1] if cursors else None,
        }
        parts = [
            json_member(part.key, part_json(part, texts, cursors, page_info, total))
            for part in root.parts
        ]
        return b"{%b}" % b",".join(parts)

    def arguments(self, plan: Plan, root: Root, variables: VariableValues) -> dict[str, Any]:
        """The arguments as Python values; kept while the same ones are given and none is an object."""
        key = tuple([variables.coerced.get(name, UNDEFINED) for name in root.variables])
        cacheable = all(map(is_cacheable, key))
        known = plan.kept.get("arguments", root.key, key) if cacheable else None
        if known is not None:
            return dict(known)
        definition = root.declared.extensions["strawberry-definition"]
        arguments: dict[str, Any] = convert_arguments(
            get_argument_values(root.declared, root.node, variables),
            definition.arguments,
            self.strawberry.schema_converter.scalar_registry,
            self.strawberry.config,
        )
        if cacheable:
            size = values_size(key)
            plan.kept.put("arguments", root.key, key, value=dict(arguments), size=size)
        return arguments


def plan_key(
    viewer_kind: Hashable, variables: Mapping[str, Any], names: Iterable[tuple[str, bool]]
) -> Hashable:
    """What a plan is kept by: with variables that shape it, or whether they have a value."""
    values = [(variables.get(name), by_value) for name, by_value in names]
    return (viewer_kind, *[value if by_value else value is None for value, by_value in values])


def values_size(values: Collection[Any]) -> int:
    """About how many bytes are kept of these values: they are short, and each stands in it twice."""
    return sum(VALUE_BYTES + 8 * len(each) for each in values if isinstance(each, str)) + (
        VALUE_BYTES * len(values)
    )


def compile_operation(
    planner: Planner, operation: OperationDefinitionNode
) -> tuple[tuple[str, ...], dict[str, Root], dict[str, Step], DocumentNode | None, tuple[str, ...]]:
    """The parts of a plan, in their order."""
    query = planner.schema.query_type
    assert query is not None
    roots: dict[str, Root] = {}
    steps: dict[str, Step] = {}
    left: list[FieldNode] = []
    why: list[str] = []
    by_key = planner.fields(query, [operation.selection_set])
    for key, nodes in by_key.items():
        try:
            roots[key] = compile_root(planner, query, key, nodes)
        except NotCompilable as reason:
            why.append(f"{key}: {reason}")
            try:
                steps[key] = compile_step(planner, query, key, nodes)
            except NotCompilable:
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
    return tuple(by_key), roots, steps, rest, tuple(why)


async def run_batched(
    plan: Plan,
    reads: Mapping[str, Read],
    variables: Mapping[str, Any],
    context: Context,
) -> dict[str, bytes]:
    """The answers that the database can write, all by one statement."""
    keys: dict[str, StatementKey] = {}
    bound: list[Any] = []
    for name, root in plan.roots.items():
        read = reads[name]
        if root.is_one_text(read.backwards):
            more = 1 if "connection" in root.about else 0  # hasNextPage is not selected
            limit = None if read.limit is None else read.limit - more
            keys[name], sent = statement(root, read._replace(limit=limit), variables, context)
            bound += sent
    if not keys:
        return {}
    sql = statement_text(plan, keys, side_by_side)
    (row,) = await database.records(sql, bound)
    return {name: row[f"j{index}"] or b"null" for index, name in enumerate(keys)}


def statement(
    root: Root, read: Read, variables: Mapping[str, Any], context: Context
) -> tuple[StatementKey, list[Any]]:
    """The key of a root field's statement, and its values."""

    def bind(value: Any) -> Any:
        if isinstance(value, ViewerParam):
            return value.of(viewer)
        return value.bind(variables) if isinstance(value, CursorParam) else value

    viewer, dialect = context.viewer, context.dialect
    order = read.order.flipped() if read.backwards else read.order
    seen = conditions(read, viewer)
    bounds = read.bounds.conditions(read.order)
    within = and_joined(bounds) if bounds else ""
    key = StatementKey(and_joined(seen), within, order, read.backwards, read.limit, dialect)
    where = values(seen)
    bound = where if root.needs_total else []
    bound = [*bound, *root.values, *root.source.values, *where, *values(bounds)]
    return key, [bindable(bind(each), dialect) for each in bound]


def statement_text(
    plan: Plan, keys: Mapping[str, StatementKey], join: Callable[[tuple[str, ...]], str]
) -> str:
    """The text of the statements of some root fields joined to one.

    It is kept, for the driver finds a text at once that is the same object every time.
    """
    name = tuple(keys.items())
    text: str | None = plan.kept.get("statement", name)
    if text is None:
        text = join(tuple(plan.roots[root].statement(key) for root, key in keys.items()))
        plan.kept.put("statement", name, value=text, size=getsizeof(text) + deep_size(name))
    return text


def only(texts: tuple[str, ...]) -> str:
    (text,) = texts
    return text


async def render_rows(
    root: Root, index: int, rows: list[Mapping[str, Any]], context: Context, schema: Any
) -> list[bytes]:
    """The JSON text of each row, computed fields filled in where the selection was cut for them."""
    selection = root.selections[index]
    if not selection.computed:
        return [row[f"s{index}_0"] for row in rows]
    if any(each.uses_rules for each in selection.computed):
        await context.load_rules()
    info = SimpleNamespace(context=context, schema=schema)
    columns = []
    number = 0
    for each in selection.runs:
        if isinstance(each, Python):
            columns.append(await evaluate(each, root.kind, rows, info))
        else:
            name = f"s{index}_{number}"
            columns.append([row[name] for row in rows])
            number += 1
    return [b"".join(pieces) for pieces in zip(*columns, strict=True)]


async def evaluate(
    each: Python, kind: Kind, rows: list[Mapping[str, Any]], info: Any
) -> list[bytes]:
    """The JSON text of one computed field for all rows.

    It stands on its columns, on who asks and when, so rows that are alike in those columns share
    one value; it sees no other column.
    """
    inputs = [tuple([row[name] for name in each.columns]) for row in rows]
    json = any(kind.decoders.get(name) is document for name in each.columns)
    keys: list[Hashable] = [*range(len(rows))] if json else [*inputs]  # JSON is never alike
    distinct = dict(zip(keys, inputs, strict=True))
    record = kind.reader(each.columns)
    results = [each.function(record(columns), info) for columns in distinct.values()]
    if results and isawaitable(results[0]):
        results = await gather(*results)
    texts = {
        key: orjson.dumps(each.serialize(result))
        for key, result in zip(distinct, results, strict=True)
    }
    return [texts[key] for key in keys]
