"""A planned query at work: one statement for all root fields that the database can spell by itself,
one for each of the others, answered as JSON text.

Root fields that have no plan are handed to `rest`, graphql-core's way over the same rows and the
same policy; so is a query that asks something wrong, since its errors are told best there.
"""

from asyncio import gather
from collections.abc import Awaitable, Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from inspect import isawaitable
from types import NoneType, SimpleNamespace
from typing import Any

import orjson
from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    GraphQLSchema,
    OperationDefinitionNode,
    SelectionSetNode,
    VariableValues,
    get_argument_values,
    get_variable_values,
)
from strawberry.types.arguments import convert_arguments

from schema import database
from schema.context import Context
from schema.permissions import Viewer, hidden
from schema.query.compiler.expressions import (
    NotCompilable,
    Python,
    ViewerParam,
    metadata,
    symbolic,
    viewer_kind,
)
from schema.query.compiler.nested import CursorParam
from schema.query.compiler.plan import Planner
from schema.query.compiler.root_fields import ROWS, Root, StatementKey, kept, root_of
from schema.query.loaders import Window, cursor_at, windowed
from schema.query.models import Kind, document
from schema.query.sql import Read, behind, bindable, conditions, joined, side_by_side, values

Rest = Callable[[DocumentNode], Awaitable[Mapping[str, Any]]]
UNDEFINED = "\0undefined"  # no variable can be this text
PLAIN = {str, int, float, bool, NoneType}
SAID_MOST = 200  # letters of a text that is worth keeping
GIVEN_KEPT = 64
PLANS_KEPT = 128


@dataclass(frozen=True)
class JsonText:
    """An answer's `data` as the database has spelled it: it goes into the response as it is."""

    text: bytes


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
    _structural: dict[Any, tuple[tuple[str, bool], ...]] = field(default_factory=dict)
    _coerced: dict[Any, VariableValues] = field(default_factory=dict)

    async def answer(self, given: Mapping[str, Any], context: Context, rest: Rest) -> JsonText:
        """The JSON text of `data`. Raises Unplanned where the whole query is graphql-core's."""
        if not self.reads_rows:
            raise NotCompilable("no root field declares rows")
        variables = self.coerced(given)
        plan = self.plan(variables.coerced, context.viewer, context.dialect)
        if not plan.roots:
            raise NotCompilable("; ".join(plan.why))
        reads = {key: self.read(root, variables, context) for key, root in plan.roots.items()}
        texts = await run_batched(plan.roots, reads, variables.coerced, context)
        for key, root in plan.roots.items():
            if key not in texts:
                texts[key] = await self.assembled(root, reads[key], variables.coerced, context)
        left = await rest(plan.rest) if plan.rest else {}
        found = [
            member(key, texts[key] if key in texts else orjson.dumps(left[key]))
            for key in plan.keys
        ]
        return JsonText(b"{%b}" % b",".join(found))

    def coerced(self, given: Mapping[str, Any]) -> VariableValues:
        """The variables as their types have them; kept while they are given alike."""
        said = tuple((name, type(value), value) for name, value in given.items())
        plain = all(map(keepable, given.values()))
        if plain and said in self._coerced:
            return self._coerced[said]
        known = self.operation.variable_definitions or ()
        coerced = get_variable_values(self.schema, known, dict(given))
        if isinstance(coerced, list):
            raise NotCompilable("variables")
        if plain:
            kept(self._coerced, said, coerced, GIVEN_KEPT)
        return coerced

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

    def plan(self, variables: Mapping[str, Any], viewer: Viewer, dialect: str) -> Plan:
        shape = (dialect, *viewer_kind(viewer))
        names = self._structural.get(shape, ())
        key = kept_by(shape, variables, names)
        if key not in self._plans:
            planner = Planner(self.schema, self.fragments, variables, symbolic(viewer), dialect)
            plan = planned(planner, self.operation)
            names = self._structural[shape] = tuple(sorted(planner.structural | {*names}))
            key = kept_by(shape, variables, names)
            kept(self._plans, key, plan, PLANS_KEPT)
        return self._plans[key]

    def read(self, root: Root, variables: VariableValues, context: Context) -> Read:
        """What a root field reads; of a page one row more, which tells whether there is a next."""
        if "connection" in root.said:
            given = self.arguments(root, variables)
            window = Window.taken_from(given)
            hides = hidden(root.kind.table, context.viewer)
            return windowed(root.said["reads"](context, **given), window, hides)
        if key := root.said.get("key"):
            said = get_argument_values(root.declared, root.node, variables)
            return Read(root.kind, ((f't."{key}" = ?', [said[key]]),), limit=1)
        return Read(root.kind, order=root.said["order"])

    async def assembled(
        self, root: Root, read: Read, variables: Mapping[str, Any], context: Context
    ) -> bytes:
        """The answer of a root field that is put together here, from its rows."""
        found = await database.records(*statement(root, read, variables, context))
        if "connection" in root.said:
            return await self.page(root, read, found, context)
        texts = await render_rows(root, 0, found, context, self.strawberry)
        if "key" in root.said:
            return texts[0] if texts else b"null"
        return b"[%b]" % b",".join(texts)

    async def page(
        self, root: Root, read: Read, found: list[Mapping[str, Any]], context: Context
    ) -> bytes:
        assert read.limit is not None
        size = read.limit - 1
        more, found = len(found) > size, found[:size]
        found = found[::-1] if read.backwards else found
        total = found[0]["total"] if found and root.total else None
        if root.total and total is None:
            total = await context.rows.total(read._replace(seek=None))
        texts = {
            index: await render_rows(root, index, found, context, self.strawberry)
            for index in range(len(root.selections))
        }
        marks = (read.order.column, "id") if root.marks else ()
        row = root.kind.reader(marks)
        marked = [row([stored[name] for name in marks]) for stored in found] if marks else []
        cursors = [cursor_at(each, read.order) for each in marked]
        back, forth = (
            (more, read.seek is not None) if read.backwards else (read.seek is not None, more)
        )
        facts = {
            "hasNextPage": forth,
            "hasPreviousPage": back,
            "startCursor": cursors[0] if cursors else None,
            "endCursor": cursors[-1] if cursors else None,
        }
        parts = [
            member(key, part(what, how, texts, cursors, facts, total))
            for key, what, how in root.parts
        ]
        return b"{%b}" % b",".join(parts)

    def arguments(self, root: Root, variables: VariableValues) -> dict[str, Any]:
        """The arguments as Python values; kept while they are said alike and are no input objects."""
        said = tuple([variables.coerced.get(name, UNDEFINED) for name in root.variables])
        plain = all(map(keepable, said))
        if plain and said in root.given:
            return dict(root.given[said])
        known = root.declared.extensions["strawberry-definition"]
        given: dict[str, Any] = convert_arguments(
            get_argument_values(root.declared, root.node, variables),
            known.arguments,
            self.strawberry.schema_converter.scalar_registry,
            self.strawberry.config,
        )
        if plain:
            kept(root.given, said, dict(given), GIVEN_KEPT)
        return given


def kept_by(
    shape: Hashable, variables: Mapping[str, Any], names: Iterable[tuple[str, bool]]
) -> Hashable:
    """What a plan is kept by: with variables that shape it, or whether they have a value."""
    found = [(variables.get(name), by_value) for name, by_value in names]
    return (shape, *[value if by_value else bool(value) for value, by_value in found])


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
        except NotCompilable as reason:
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


def part(
    what: str,
    how: Any,
    texts: Mapping[int, list[bytes]],
    cursors: list[str],
    facts: Mapping[str, Any],
    total: Any,
) -> bytes:
    """The JSON text of a part of a page."""
    if what == "nodes":
        return b"[%b]" % b",".join(texts[how])
    if what == "totalCount":
        return b"%d" % total
    if what == "__typename":
        return orjson.dumps(how)
    if what == "pageInfo":
        said = {key: of if name == "__typename" else facts[name] for key, name, of in how}
        return orjson.dumps(said)

    def edge(line: int) -> bytes:
        known = {"cursor": cursors[line]}
        members = [
            member(key, texts[of][line] if name == "node" else orjson.dumps(known.get(name, of)))
            for key, name, of in how
        ]
        return b"{%b}" % b",".join(members)

    return b"[%b]" % b",".join(map(edge, range(len(cursors))))


def member(key: str, text: bytes) -> bytes:
    """A member of a JSON object; a client's own names are ASCII, too."""
    return b'"%b":%b' % (key.encode(), text)


async def run_batched(
    roots: Mapping[str, Root],
    reads: Mapping[str, Read],
    variables: Mapping[str, Any],
    context: Context,
) -> dict[str, bytes]:
    """The answers that the database can spell, all by one statement."""
    asked = {}
    for key, root in roots.items():
        read = reads[key]
        if root.spelled(read.backwards):
            more = 1 if "connection" in root.said else 0  # nobody asks whether there is a next page
            limit = None if read.limit is None else read.limit - more
            asked[key] = statement(root, read._replace(limit=limit), variables, context)
    if not asked:
        return {}
    sql = side_by_side(tuple(text for text, _ in asked.values()))
    (found,) = await database.records(
        sql, [value for _, bound in asked.values() for value in bound]
    )
    return {key: found[f"j{index}"] or b"null" for index, key in enumerate(asked)}


def statement(
    root: Root, read: Read, variables: Mapping[str, Any], context: Context
) -> tuple[str, list[Any]]:
    """The statement of a root field and its values."""

    def own(value: Any) -> Any:
        if isinstance(value, ViewerParam):
            return value.of(viewer)
        return value.of(variables) if isinstance(value, CursorParam) else value

    viewer, dialect = context.viewer, context.dialect
    order = read.order.flipped() if read.backwards else read.order
    seen = conditions(read, viewer)
    after = behind(read.seek, order, read.backwards) if read.seek else ("", [])
    asked = StatementKey(joined(seen), after[0], order, read.backwards, read.limit, dialect)
    where = values(seen)
    bound = where if root.total else []
    bound = [*bound, *root.values, *root.source.values, *where, *after[1]]
    return root.statement(asked), [bindable(own(each), dialect) for each in bound]


def keepable(value: Any) -> bool:
    return type(value) in PLAIN and (type(value) is not str or len(value) <= SAID_MOST)


async def render_rows(
    root: Root, index: int, found: list[Mapping[str, Any]], context: Context, schema: Any
) -> list[bytes]:
    """The JSON text of each row, computed fields filled in where the selection was cut for them."""
    selection = root.selections[index]
    if not selection.computed:
        return [stored[f"s{index}_0"] for stored in found]
    if any(each.warm for each in selection.computed):
        await context.load_rules()
    info = SimpleNamespace(context=context, schema=schema)
    columns = []
    run = 0
    for each in selection.runs:
        if isinstance(each, Python):
            columns.append(await evaluate(each, root.kind, found, info))
        else:
            name = f"s{index}_{run}"
            columns.append([stored[name] for stored in found])
            run += 1
    return [b"".join(pieces) for pieces in zip(*columns, strict=True)]


async def evaluate(
    each: Python, kind: Kind, found: list[Mapping[str, Any]], info: Any
) -> list[bytes]:
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
        key: orjson.dumps(each.complete(value)) for key, value in zip(alike, values, strict=True)
    }
    return [texts[key] for key in said]
