"""A root field without a plan, resolved breadth-first: all objects of one level at once.

It calls the same resolvers as graphql-core, in the same order, with the same arguments; what costs time
there, a task, an info and a completion for each field of each object, is had once for each field of a
level. Only what goes well is answered here: whatever raises, or is null against its type, leaves the
whole query to graphql-core, which describes errors.
"""

import inspect
from asyncio import ensure_future, gather
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

from graphql import (
    FieldNode,
    GraphQLEnumType,
    GraphQLField,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLScalarType,
    SelectionSetNode,
    VariableValues,
    get_argument_values,
    is_list_type,
)
from strawberry.types.arguments import convert_arguments

from schema.context import Context
from schema.database import Unavailable
from schema.query.compiler.expressions import NotCompilable
from schema.query.compiler.selection import (
    UNDEFINED,
    SelectionReader,
    is_cacheable,
    selection_sets,
    variables_in,
)
from schema.query.compiler.serializers import UNCHANGED, enum_name
from schema.query.fields import default_resolver, metadata_of

PLAIN_LEAVES = {"str": str, "int": int, "bool": bool}


@dataclass(frozen=True)
class Shape:
    """What a value becomes: a leaf that is written, a list of a shape, an object of steps."""

    never_null: bool
    write: Callable[[Any], Any] | None = None
    plain: type | None = None
    each: "Shape | None" = None
    steps: "tuple[Step, ...] | None" = None


@dataclass(frozen=True)
class Step:
    """One field of the objects of a level: how its value is had of each, and what it becomes."""

    key: str
    declared: GraphQLField
    node: FieldNode
    parent: str
    shape: Shape
    constant: str | None = None
    variables: tuple[str, ...] = ()
    converted: list[Any] = field(default_factory=list)

    @property
    def is_plain(self) -> bool:
        """Whether it is a leaf that stands in the object itself."""
        return (
            self.constant is None
            and self.shape.write is not None
            and self.definition.base_resolver is None
        )

    @property
    def definition(self) -> Any:
        return self.declared.extensions["strawberry-definition"]

    def arguments(self, run: "Run") -> dict[str, Any]:
        """Its arguments as Python values, kept while the same ones are given and none is an object."""
        definition = self.definition
        if not definition.arguments:
            return {}
        given = tuple(run.variables.coerced.get(name, UNDEFINED) for name in self.variables)
        if self.converted and self.converted[0] == given:
            kept: dict[str, Any] = self.converted[1]
            return kept
        found: dict[str, Any] = convert_arguments(
            get_argument_values(self.declared, self.node, run.variables),
            definition.arguments,
            run.strawberry.schema_converter.scalar_registry,
            run.strawberry.config,
        )
        if all(map(is_cacheable, given)):
            self.converted[:] = given, found
        return found


@dataclass(frozen=True)
class Run:
    """What the steps of one request have at hand."""

    context: Context
    variables: VariableValues
    strawberry: Any

    def info(self, step: Step) -> Any:
        """What a resolver asks of its place in the document."""
        return SimpleNamespace(
            context=self.context,
            schema=self.strawberry,
            python_name=step.definition.python_name,
            field_name=step.node.name.value,
            _raw_info=SimpleNamespace(parent_type=SimpleNamespace(name=step.parent)),
        )


def compile_steps(
    reader: SelectionReader, of: GraphQLObjectType, sets: list[SelectionSetNode]
) -> tuple[Step, ...]:
    """The fields selected of an object. Raises NotCompilable for what graphql-core alone resolves."""
    return tuple(
        compile_step(reader, of, key, nodes) for key, nodes in reader.fields(of, sets).items()
    )


def compile_step(
    reader: SelectionReader, of: GraphQLObjectType, key: str, nodes: list[FieldNode]
) -> Step:
    name = nodes[0].name.value
    if name.startswith("__"):
        if name != "__typename":
            raise NotCompilable("introspection")
        named = Shape(True, write=str, plain=str)
        return Step(key, GraphQLField(of), nodes[0], of.name, named, constant=of.name)
    declared = of.fields[name]
    definition = declared.extensions.get("strawberry-definition")
    if definition is None or definition.extensions:
        raise NotCompilable(f"{of.name}.{name} is extended")
    shape = compile_shape(reader, declared.type, selection_sets(nodes))
    arguments = [each.value for each in nodes[0].arguments or ()]
    variables = tuple(sorted({name for each in arguments for name in variables_in(each)}))
    return Step(key, declared, nodes[0], of.name, shape, variables=variables)


def compile_shape(
    reader: SelectionReader, of: Any, sets: list[SelectionSetNode], never_null: bool = False
) -> Shape:
    if isinstance(of, GraphQLNonNull):
        return compile_shape(reader, of.of_type, sets, True)
    if is_list_type(of):
        return Shape(never_null, each=compile_shape(reader, of.of_type, sets))
    if isinstance(of, GraphQLEnumType):
        return Shape(never_null, write=enum_name)
    if isinstance(of, GraphQLScalarType):
        plain = PLAIN_LEAVES.get(UNCHANGED.get(of.name, ""))
        return Shape(never_null, write=of.coerce_output_value, plain=plain)
    if isinstance(of, GraphQLObjectType):
        return Shape(never_null, steps=compile_steps(reader, of, sets))
    raise NotCompilable(f"{of} is one of several types")


async def resolved(
    steps: Sequence[Step], context: Context, variables: VariableValues, strawberry: Any
) -> list[Any]:
    """The values of root fields as plain JSON values. Raises NotCompilable where one has an error.

    All of them have their rows before anything below is read, so that what several lists point at is
    read at once for all.
    """
    run = Run(context, variables, strawberry)
    try:
        roots = await together([values_of(step, [None], run) for step in steps])
        found = await together(
            [completed(step.shape, each, run) for step, each in zip(steps, roots, strict=True)]
        )
    except Unavailable:
        raise
    except Exception as error:
        raise NotCompilable("it has an error") from error
    return [value for (value,) in found]


async def level(step: Step, sources: Sequence[Any], run: Run) -> list[Any]:
    """What a field is of each of these objects."""
    return await completed(step.shape, await values_of(step, sources, run), run)


async def values_of(step: Step, sources: Sequence[Any], run: Run) -> Sequence[Any]:
    """What the field's resolver answers for each of these objects."""
    if step.constant is not None:
        return [step.constant] * len(sources)
    definition, about, rows = step.definition, metadata_of(step.declared), run.context.rows
    resolver = definition.base_resolver
    if resolver is None:
        return [default_resolver(each, definition.python_name) for each in sources]
    if "facet" in about:
        return sources
    if kind := about.get("to_one"):
        pointer = about["of"] or f"{definition.python_name}_id"
        return await rows.ones(kind, [each[pointer] for each in sources])
    if kind := about.get("has_many"):
        keys = [each["id"] for each in sources]
        return await rows.lists(kind, about["via"], keys, about["having"])
    function, info = resolver.wrapped_func, run.info(step)
    if about.get("uses_rules"):
        await run.context.load_rules()
        return await awaited([about["function"](each, info) for each in sources])
    named = dict(step.arguments(run))
    if parameter := resolver.info_parameter:
        named[parameter.name] = info
    if resolver.self_parameter:
        return await awaited([function(each, **named) for each in sources])
    parent = resolver.parent_parameter or resolver.root_parameter
    if parent is None:
        return await awaited([function(**named) for _ in sources])
    return await awaited([function(**{parent.name: each}, **named) for each in sources])


async def completed(shape: Shape, values: Sequence[Any], run: Run) -> list[Any]:
    """Values as plain JSON values, all objects below them in one level."""
    if shape.never_null and None in values:
        raise NotCompilable("null against its type")
    if shape.write is not None:
        write, plain = shape.write, shape.plain
        return [each if each is None or type(each) is plain else write(each) for each in values]
    there = [each for each in values if each is not None]
    found: Iterable[Any]
    if shape.each is not None:
        lists = [[*each] for each in there]
        below = iter(await completed(shape.each, [one for each in lists for one in each], run))
        found = iter([[next(below) for _ in each] for each in lists])
    else:
        found = iter(await objects(shape.steps or (), there, run))
    return [None if each is None else next(found) for each in values]


async def objects(steps: tuple[Step, ...], sources: Sequence[Any], run: Run) -> list[Any]:
    """The selected fields of each of these objects, under their response keys."""
    if not sources:
        return []
    columns: dict[str, list[Any]] = {step.key: [] for step in steps}
    waiting = []
    for step in steps:
        if step.is_plain:
            values = [default_resolver(each, step.definition.python_name) for each in sources]
            columns[step.key] = await completed(step.shape, values, run)
        else:
            waiting.append(step)
    found = await together([level(step, sources, run) for step in waiting])
    columns |= {step.key: column for step, column in zip(waiting, found, strict=True)}
    return [dict(zip(columns, each, strict=True)) for each in zip(*columns.values(), strict=True)]


async def awaited(values: list[Any]) -> list[Any]:
    """The values, those that must be waited for together."""
    waits = [at for at, each in enumerate(values) if inspect.isawaitable(each)]
    for at, value in zip(waits, await together([values[at] for at in waits]), strict=True):
        values[at] = value
    return values


async def together(work: Sequence[Awaitable[Any]]) -> Sequence[Any]:
    """What all of them answer; where one fails, none is left running."""
    if len(work) < 2:
        return [await each for each in work]
    tasks = [ensure_future(each) for each in work]
    try:
        return await gather(*tasks)
    except BaseException:
        for each in tasks:
            each.cancel()
        await gather(*tasks, return_exceptions=True)
        raise
