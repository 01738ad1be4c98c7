"""How a graph type declares its fields by its table: columns, to-ones, lists, connections, facets."""

import inspect
from collections.abc import Awaitable, Callable, Iterable, Mapping
from enum import Enum
from typing import Annotated, Any, Generic, Optional, TypeVar, cast, overload

import strawberry
from graphql import GraphQLField
from strawberry.annotation import StrawberryAnnotation
from strawberry.types import get_object_definition
from strawberry.types.field import StrawberryField
from tortoise.models import Model

from schema.city.rules import Life, UnderWay
from schema.context import Context
from schema.query.filters import conditions
from schema.query.loaders import Page, Window
from schema.query.models import KINDS, Numbers, Record, global_id, register
from schema.query.sql import Link, Order, Read, Sql

T = TypeVar("T")
F = TypeVar("F", bound=Callable[..., Any])
Info = strawberry.Info[Context, None]
Parent = strawberry.Parent[Record]
Source = strawberry.Parent[Any]
Having = tuple[str, str] | None


@strawberry.interface(description="可凭全局编号取回的对象")
class Node:
    @strawberry.field(description="全局编号", metadata={"global_id": True})  # type: ignore[untyped-decorator]
    def id(row: Parent) -> strawberry.ID:
        return strawberry.ID(global_id(row.kind, row["id"]))

    @classmethod
    def is_type_of(cls, row: Any, _info: Any) -> bool:
        return isinstance(row, Record) and row.kind == cls.__name__


@strawberry.type(description="翻页信息")
class PageInfo:
    has_next_page: bool = strawberry.field(description="后面还有")
    has_previous_page: bool = strawberry.field(description="前面还有")
    start_cursor: str | None = strawberry.field(description="本页首条的游标")
    end_cursor: str | None = strawberry.field(description="本页末条的游标")


@strawberry.type(description="列表中的一条和它的游标")
class Edge(Generic[T]):
    cursor: str = strawberry.field(description="游标")
    node: T = strawberry.field(description="对象")


@strawberry.type(description="可翻页的列表")
class Connection(Generic[T]):
    edges: list[Edge[T]] = strawberry.field(description="各条和游标")
    nodes: list[T] = strawberry.field(description="各条")
    page_info: PageInfo = strawberry.field(description="翻页信息")

    @strawberry.field(description="总数（只计您能看到的）")  # type: ignore[untyped-decorator]
    async def total_count(page: strawberry.Parent[Page]) -> int:
        return await page.total()


@strawberry.enum(description="排序方向")
class Direction(Enum):
    ASC = strawberry.enum_value("asc", description="从小到大")
    DESC = strawberry.enum_value("desc", description="从大到小")


def node(
    model: type[Model],
    description: str,
    *,
    key: str | None = None,
    life: Life[Any] | None = None,
    under_way: UnderWay | None = None,
    journal_column: str | None = None,
    held_first: bool = False,
    few: bool = False,
    numbers: tuple[str, str] | tuple[str, str, int] | None = None,
) -> Callable[[type[T]], type[T]]:
    """A type of rows of `model`, retrievable by its global ID and by the human key `key`.

    What else the gate must know of the kind: see `models.Kind`.
    """

    def declare(cls: type[T]) -> type[T]:
        columns: dict[str, str] = {}
        labels: dict[str, str] = {}
        targets: dict[str, str] = {}
        inherited = get_object_definition(cls)
        fields = {each.python_name: each for each in inherited.fields} if inherited else {}
        for name, value in (fields | vars(cls)).items():
            about = value.metadata if isinstance(value, StrawberryField) else {}
            if "column" in about:
                columns[name] = about["column"] or name
                labels[columns[name]] = value.description or name
            if "to_one" in about:
                pointer = about["of"] or f"{name}_id"
                labels[pointer], targets[pointer] = value.description or name, about["to_one"]
        register(
            cls.__name__,
            model,
            columns,
            labels,
            targets,
            key=key,
            life=life,
            under_way=under_way,
            journal_column=journal_column,
            held_first=held_first,
            few=few,
            numbers=numbers and Numbers(*numbers),
        )
        return strawberry.type(cls, description=description)

    return declare


def column(description: str, of: str | None = None, **options: Any) -> Any:
    """A column of the row; `of` where the column and the field have different names."""
    return strawberry.field(description=description, metadata={"column": of}, **options)


def add_facets(cls: type, **facets: tuple[type, str]) -> None:
    """Give a type one field for each mechanism that has fields on the same row.

    The mechanisms stand above the type, so they are named where the graph is put together.
    """
    fields = get_object_definition(cls, strict=True).fields
    for name, (facet, description) in facets.items():
        added = strawberry.field(
            resolver=_same_row, description=description, metadata={"facet": True}
        )
        added.python_name = name
        added.type_annotation = StrawberryAnnotation(facet)
        added.origin = cls
        fields.append(added)


def _same_row(row: Parent) -> Any:
    return row


def beside(
    kind: str, column: str, description: str, *, via: str, of: str = "", **options: Any
) -> Any:
    """A column of the row of `kind` that the column `via` points at, or the row of `of` that it points
    at: shown to whoever sees this row, as `permissions.BESIDE` says, seen that far row itself or not.
    """

    async def resolve(row: Parent, info: Info) -> Any:
        far = await info.context.rows.beside(row.kind, kind, row[via])
        value = far[column] if far else None
        return await info.context.rows.one(of, value) if of else value

    about = {"beside": kind, "far": column, "via": via, "of": of}
    return strawberry.field(resolver=resolve, description=description, metadata=about, **options)


def to_one(kind: str, description: str, of: str | None = None) -> Any:
    """The row of `kind` that the column `of` (by default the field's name and `_id`) points at."""

    async def resolve(row: Parent, info: Info) -> Any:
        return await info.context.rows.one(kind, row[of or f"{info.python_name}_id"])

    return strawberry.field(
        resolver=resolve, description=description, metadata={"to_one": kind, "of": of}
    )


def has_many(kind: str, via: str, description: str, *, having: Having = None) -> Any:
    """All rows of `kind` whose column `via` points here, oldest first: for lists that stay small.

    `having` is a column and the value it has: for tables whose rows point at several kinds.
    """

    async def resolve(row: Parent, info: Info) -> Any:
        return await info.context.rows.where(kind, via, row["id"], having)

    about = {"has_many": kind, "via": via, "having": having}
    return strawberry.field(resolver=resolve, description=description, metadata=about)


def has_one(kind: str, via: str, description: str) -> Any:
    """The row of `kind` whose column `via` points here; the oldest, should there be several."""

    async def resolve(row: Parent, info: Info) -> Any:
        rows = await info.context.rows.where(kind, via, row["id"])
        return rows[0] if rows else None

    about = {"has_one": kind, "via": via}
    return strawberry.field(resolver=resolve, description=description, metadata=about)


def is_referenced(kind: str, via: str, description: str) -> Any:
    """Whether a visible row of `kind` points here by its column `via`."""

    async def resolve(row: Parent, info: Info) -> bool:
        return bool(await info.context.rows.where(kind, via, row["id"]))

    about = {"is_referenced": kind, "via": via}
    return strawberry.field(resolver=resolve, description=description, metadata=about)


def address(prefix: str, description: str) -> Any:
    """The row's address on this server: `prefix` and its id."""

    def resolve(row: Parent) -> str:
        return f"{prefix}{row['id']}"

    return strawberry.field(resolver=resolve, description=description, metadata={"address": prefix})


def computed(
    description: str,
    columns: Iterable[str] = (),
    *,
    tables: Iterable[str] = (),
    act: str = "",
    uses_rules: bool = False,
) -> Callable[[Callable[..., Any]], Any]:
    """A field computed from the row; `columns` are the columns that it reads, `tables` those whose
    rows all of it rests on, so that it is empty to whoever sees none of them; with a column, as
    `claim.assessment`, also to whom that is hidden. `act` is one by whose doers alone it is read.

    With `uses_rules`, the calendar and the rules are loaded before it is called.
    """

    def declare(function: Callable[..., Any]) -> Any:
        async def warmed(row: Parent, info: Info) -> Any:
            await info.context.load_rules()
            return function(row, info)

        if uses_rules:
            warmed.__annotations__["return"] = function.__annotations__["return"]
        return strawberry.field(
            resolver=warmed if uses_rules else function,
            description=description,
            metadata={
                "columns": tuple(columns),
                "tables": tuple(tables),
                "act": act,
                "function": function,
                "uses_rules": uses_rules,
            },
        )

    return declare


First = Annotated[
    int | None,
    strawberry.argument(description="取前几条，最多 100；first、last 都不写时取前 20 条"),
]
After = Annotated[str | None, strawberry.argument(description="只取此游标之后的")]
Last = Annotated[
    int | None, strawberry.argument(description="取后几条，最多 100；不能与 first 同用")
]
Before = Annotated[str | None, strawberry.argument(description="只取此游标之前的")]
PAGING: dict[str, Any] = {"first": First, "after": After, "last": Last, "before": Before}

NEWEST = Order("id", descending=True)
Scope = Callable[[Any, Info], Awaitable[tuple[Sql, ...]]]


def connection(
    kind: str,
    description: str,
    *,
    via: str | Link | None = None,
    filter: type | None = None,
    order: type | None = None,
    default: Order = NEWEST,
    scope: Scope | None = None,
) -> Any:
    """A keyset-paged list of `kind`: all visible rows, or those whose column `via` points here, or
    that a third table joins with the row.

    `filter` and `order` are its input types; `scope` adds conditions of its own from source and info.
    """

    def reads(context: Context, filter: Any = None, order_by: Any = None) -> Read:
        order = order_by.order() if order_by else default
        return Read(KINDS[kind], conditions(filter, "t", context), order)

    async def resolve(source: Any, info: Info, **arguments: Any) -> Any:
        window = Window.pop_from(arguments)
        read = reads(info.context, **arguments)
        if scope:
            read = read._replace(where=(*read.where, *await scope(source, info)))
        parent = (via, source["id"]) if via else None
        return await info.context.rows.page(read, window, list_name(info), parent)

    types = dict(PAGING)
    for name, of, words in (("filter", filter, "筛选"), ("order_by", order, "排序")):
        if of is not None:
            maybe: Any = Optional[of]  # noqa: UP045
            words_of = strawberry.argument(description=words)
            types[name] = Annotated[maybe, words_of]
    about = {"connection": kind, "via": via, "default": default, "scope": scope, "reads": reads}
    types = {"source": Source, "info": Info} | types
    resolver = with_signature(resolve, types, dict.fromkeys(types.keys() - {"source", "info"}))
    return strawberry.field(resolver=resolver, description=description, metadata=about)


def listing(
    kind: str, description: str, *, rules: bool = False
) -> Callable[[Callable[..., Read]], Any]:
    """A keyset-paged list of `kind` for a query's root.

    The decorated function makes the `Read` of a context and the field's own arguments; with `rules`,
    the rules are loaded before it is asked.
    """

    def declare(reads: Callable[..., Read]) -> Any:
        async def resolve(info: Info, **arguments: Any) -> Any:
            window = Window.pop_from(arguments)
            if rules:
                await info.context.load_rules()
            read = reads(info.context, **arguments)
            return await info.context.rows.page(read, window, list_name(info))

        own = dict(inspect.signature(reads).parameters)
        own.pop("context")
        types = {name: each.annotation for name, each in own.items()}
        defaults = {name: each.default for name, each in own.items()}
        resolver = with_signature(
            resolve, {"info": Info} | types | PAGING, defaults | dict.fromkeys(PAGING)
        )
        about = {
            "connection": kind,
            "via": None,
            "scope": None,
            "reads": reads,
            "rules": rules,
        }
        return strawberry.field(resolver=resolver, description=description, metadata=about)

    return declare


def get_by(kind: str, key: str, description: str, words: str) -> Any:
    """The row of `kind` with this human key, for a query's root; null if it is not visible."""

    async def resolve(info: Info, **arguments: str) -> Any:
        return await info.context.rows.by(kind, key, arguments[key])

    argument = Annotated[str, strawberry.argument(description=words)]
    resolver = with_signature(resolve, {"info": Info, key: argument}, {})
    return strawberry.field(
        resolver=resolver, description=description, metadata={"get_by": kind, "key": key}
    )


def with_signature(resolve: Any, types: Mapping[str, Any], defaults: Mapping[str, Any]) -> Any:
    """`resolve` with its parameters written out, for Strawberry reads them off the signature."""
    empty = inspect.Parameter.empty
    parameters = [
        inspect.Parameter(
            name,
            inspect.Parameter.POSITIONAL_OR_KEYWORD,
            annotation=kind,
            default=defaults.get(name, empty),
        )
        for name, kind in types.items()
    ]
    resolve.__signature__ = inspect.Signature(parameters)
    resolve.__annotations__ = dict(types)
    return resolve


def list_name(info: strawberry.Info[Any, Any]) -> str:
    """The name of the list that a connection's field reads, which its cursors carry: `Query.projects`."""
    return f"{info._raw_info.parent_type.name}.{info.field_name}"


def metadata_of(field: GraphQLField) -> Mapping[str, Any]:
    """What a field of the built schema was declared with; empty for any other field."""
    definition = field.extensions.get("strawberry-definition")
    return definition.metadata if definition is not None else {}


def list_all(kind: str, order: str, description: str) -> Any:
    """All visible rows of `kind`, for a query's root: for the few that a city has."""

    async def resolve(info: Info) -> Any:
        return await info.context.rows.all(Read(KINDS[kind], order=Order(order)))

    return strawberry.field(
        resolver=resolve,
        description=description,
        metadata={"list_all": kind, "order": Order(order)},
    )


def describe_enum(cls: type[Enum], description: str, **words: str) -> None:
    """Make an enum of tables or rules a type of the graph, every value with its description."""
    if missing := {member.name for member in cls} ^ set(words):
        raise LookupError(f"{cls.__name__} and its words differ by {sorted(missing)}")
    made = strawberry.enum(cls, description=description)
    for value in made.__strawberry_definition__.values:  # type: ignore[attr-defined]
        value.description = words[value.name]


def worded(made: type[Enum]) -> dict[Any, str]:
    """The words of an enum by its values."""
    values = made.__strawberry_definition__.values  # type: ignore[attr-defined]
    return {value.value: value.description or value.name for value in values}


def resolver(description: str) -> Callable[[F], F]:
    """`strawberry.field` for the function that resolves the field: its type stays as written."""
    declare: Callable[[F], F] = strawberry.field(description=description)
    return declare


@overload
def row_as(kind: type[T], row: Record | Model) -> T: ...
@overload
def row_as(kind: type[T], row: Record | Model | None) -> T | None: ...
def row_as(kind: type[T], row: Record | Model | None) -> T | None:
    """A row where the graph promises its type of it: the reading layer shapes it as that."""
    return cast(T | None, row)


def rows_as(kind: type[T], rows: Iterable[Record]) -> list[T]:
    """Rows where the graph promises a list of its type of them."""
    return [row_as(kind, row) for row in rows]


def page_as(kind: type[T], page: Page) -> "Connection[T]":
    """A page of rows where the graph promises a connection of its type of them."""
    return cast("Connection[T]", page)


def default_resolver(source: Any, name: str) -> Any:
    """A row's column or an object's attribute."""
    return source[name] if isinstance(source, Record) else getattr(source, name)
