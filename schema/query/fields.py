"""What a graph type says once about its table: columns, to-ones, lists, connections, facets."""

import inspect
from collections.abc import Awaitable, Callable, Iterable, Mapping
from enum import Enum
from typing import Annotated, Any, Generic, Optional, TypeVar

import strawberry
from strawberry.annotation import StrawberryAnnotation
from strawberry.types import get_object_definition
from strawberry.types.field import StrawberryField
from tortoise.models import Model

from schema.city.rules import Life, UnderWay
from schema.context import Context
from schema.query.filters import conditions
from schema.query.loaders import Page, Window
from schema.query.models import KINDS, Row, global_id, register
from schema.query.sql import Order, Read, Sql

T = TypeVar("T")
Info = strawberry.Info[Context, None]
Parent = strawberry.Parent[Row]
Source = strawberry.Parent[Any]
Having = tuple[str, str] | None


@strawberry.interface(description="可凭全局编号取回的对象")
class Node:
    @strawberry.field(description="全局编号", metadata={"global_id": True})  # type: ignore[untyped-decorator]
    def id(row: Parent) -> strawberry.ID:
        return strawberry.ID(global_id(row.kind, row["id"]))

    @classmethod
    def is_type_of(cls, row: Any, _info: Any) -> bool:
        return isinstance(row, Row) and row.kind == cls.__name__


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
) -> Callable[[type[T]], type[T]]:
    """A type of rows of `model`, retrievable by its global ID and by the human key `key`.

    What else the gate must know of the kind: see `models.Kind`.
    """

    def declare(cls: type[T]) -> type[T]:
        columns: dict[str, str] = {}
        labels: dict[str, str] = {}
        targets: dict[str, str] = {}
        for name, value in vars(cls).items():
            said = value.metadata if isinstance(value, StrawberryField) else {}
            if "column" in said:
                columns[name] = said["column"] or name
                labels[columns[name]] = value.description or name
            if "to_one" in said:
                pointer = said["of"] or f"{name}_id"
                labels[pointer], targets[pointer] = value.description or name, said["to_one"]
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
        )
        return strawberry.type(cls, description=description)

    return declare


def column(description: str, of: str | None = None, **options: Any) -> Any:
    """A column of the row; `of` where the column is named otherwise than the field."""
    return strawberry.field(description=description, metadata={"column": of}, **options)


def add_facets(cls: type, **facets: tuple[type, str]) -> None:
    """Give a type one field for each mechanism that has something to say of the same row.

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

    said = {"has_many": kind, "via": via, "having": having}
    return strawberry.field(resolver=resolve, description=description, metadata=said)


def has_one(kind: str, via: str, description: str) -> Any:
    """The row of `kind` whose column `via` points here; the oldest, should there be several."""

    async def resolve(row: Parent, info: Info) -> Any:
        found = await info.context.rows.where(kind, via, row["id"])
        return found[0] if found else None

    said = {"has_one": kind, "via": via}
    return strawberry.field(resolver=resolve, description=description, metadata=said)


def is_referenced(kind: str, via: str, description: str) -> Any:
    """Whether a row of `kind` that is seen points here by its column `via`."""

    async def resolve(row: Parent, info: Info) -> bool:
        return bool(await info.context.rows.where(kind, via, row["id"]))

    said = {"is_referenced": kind, "via": via}
    return strawberry.field(resolver=resolve, description=description, metadata=said)


def address(prefix: str, description: str) -> Any:
    """Where the row is found on this server: `prefix` and its id."""

    def resolve(row: Parent) -> str:
        return f"{prefix}{row['id']}"

    return strawberry.field(resolver=resolve, description=description, metadata={"address": prefix})


def computed(
    description: str, columns: Iterable[str] = (), *, uses_rules: bool = False
) -> Callable[[Callable[..., Any]], Any]:
    """A field worked out from the row; `columns` are the columns that it reads.

    With `uses_rules`, the calendar and the rules have been read before.
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
            metadata={"columns": tuple(columns), "function": function, "uses_rules": uses_rules},
        )

    return declare


First = Annotated[int | None, strawberry.argument(description="向后取几条，最多 100")]
After = Annotated[str | None, strawberry.argument(description="从此游标之后")]
Last = Annotated[int | None, strawberry.argument(description="向前取几条，最多 100")]
Before = Annotated[str | None, strawberry.argument(description="到此游标之前")]
PAGING: dict[str, Any] = {"first": First, "after": After, "last": Last, "before": Before}

NEWEST = Order("id", descending=True)
Scope = Callable[[Any, Info], Awaitable[tuple[Sql, ...]]]


def connection(
    kind: str,
    description: str,
    *,
    via: str | None = None,
    filter: type | None = None,
    order: type | None = None,
    default: Order = NEWEST,
    scope: Scope | None = None,
) -> Any:
    """A keyset-paged list of `kind`: all that is seen, or those whose column `via` points here.

    `filter` and `order` are its input types; `scope` adds conditions of its own from source and info.
    """

    def reads(context: Context, filter: Any = None, order_by: Any = None) -> Read:
        order = order_by.order() if order_by else default
        return Read(KINDS[kind], conditions(filter, "t", context), order)

    async def resolve(source: Any, info: Info, **said: Any) -> Any:
        window = Window.taken_from(said)
        read = reads(info.context, **said)
        if scope:
            read = read._replace(where=(*read.where, *await scope(source, info)))
        parent = (via, source["id"]) if via else None
        return await info.context.rows.page(read, window, parent)

    takes = dict(PAGING)
    for name, of, words in (("filter", filter, "筛选"), ("order_by", order, "排序")):
        if of is not None:
            maybe: Any = Optional[of]  # noqa: UP045
            words_of = strawberry.argument(description=words)
            takes[name] = Annotated[maybe, words_of]
    said = {"connection": kind, "via": via, "default": default, "scope": scope, "reads": reads}
    source: dict[str, Any] = {"source": Source, "info": Info}
    asked = as_asked(resolve, source, dict.fromkeys(takes), takes)
    return strawberry.field(resolver=asked, description=description, metadata=said)


def listing(kind: str, description: str) -> Callable[[Callable[..., Read]], Any]:
    """A keyset-paged list of `kind` for a query's root, whose arguments the decorated function turns
    into what is read: its conditions and its order, of a context.
    """

    def declare(reads: Callable[..., Read]) -> Any:
        async def resolve(info: Info, **said: Any) -> Any:
            window = Window.taken_from(said)
            return await info.context.rows.page(reads(info.context, **said), window)

        known = dict(inspect.signature(reads).parameters)
        known.pop("context")
        takes = {name: each.annotation for name, each in known.items()}
        defaults = {name: each.default for name, each in known.items()}
        asked = as_asked(resolve, {"info": Info}, defaults | dict.fromkeys(PAGING), takes | PAGING)
        said = {"connection": kind, "via": None, "scope": None, "reads": reads}
        return strawberry.field(resolver=asked, description=description, metadata=said)

    return declare


def get_by(kind: str, key: str, description: str, words: str) -> Any:
    """The row of `kind` with this human key, for a query's root; what is not seen is null."""

    async def resolve(info: Info, **said: str) -> Any:
        return await info.context.rows.by(kind, key, said[key])

    takes = {key: Annotated[str, strawberry.argument(description=words)]}
    asked = as_asked(resolve, {"info": Info}, {}, takes)
    return strawberry.field(
        resolver=asked, description=description, metadata={"get_by": kind, "key": key}
    )


def as_asked(
    resolve: Any, given: Mapping[str, Any], defaults: Mapping[str, Any], takes: Mapping[str, Any]
) -> Any:
    """`resolve` with the arguments that it takes written out, as Strawberry reads them off."""
    named = inspect.Parameter.POSITIONAL_OR_KEYWORD
    resolve.__signature__ = inspect.Signature(
        [
            inspect.Parameter(
                name, named, annotation=kind, default=defaults.get(name, inspect.Parameter.empty)
            )
            for name, kind in {**given, **takes}.items()
        ]
    )
    resolve.__annotations__ = {**given, **takes}
    return resolve


def list_all(kind: str, order: str, description: str) -> Any:
    """All rows of `kind` that are seen, for a query's root: for the few that a city has."""

    async def resolve(info: Info) -> Any:
        return await info.context.rows.all(Read(KINDS[kind], order=Order(order)))

    return strawberry.field(
        resolver=resolve,
        description=description,
        metadata={"list_all": kind, "order": Order(order)},
    )


def describe_enum(cls: type[Enum], description: str, **words: str) -> None:
    """Make an enum of tables or rules a type of the graph, every value with its words."""
    if missing := {member.name for member in cls} ^ set(words):
        raise LookupError(f"{cls.__name__} and its words differ by {sorted(missing)}")
    made = strawberry.enum(cls, description=description)
    for value in made.__strawberry_definition__.values:  # type: ignore[attr-defined]
        value.description = words[value.name]


def worded(made: type[Enum]) -> dict[Any, str]:
    """The words of an enum by its values."""
    values = made.__strawberry_definition__.values  # type: ignore[attr-defined]
    return {value.value: value.description or value.name for value in values}


def default_resolver(source: Any, name: str) -> Any:
    """A row's column or an object's attribute."""
    return source[name] if isinstance(source, Row) else getattr(source, name)
