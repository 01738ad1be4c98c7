"""Rows for one request: each read once, in batches, through the viewer's policy."""

from asyncio import Future, shield
from collections import Counter
from collections.abc import Awaitable, Hashable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from functools import cached_property
from typing import Any

import orjson
from strawberry.dataloader import DataLoader

from schema import database
from schema.permissions import Viewer, hidden, masked
from schema.query.errors import bad_input
from schema.query.models import KINDS, Kind, Record
from schema.query.sql import (
    Bounds,
    Link,
    Order,
    Read,
    Seek,
    Sql,
    bindable,
    count,
    grouped,
    pointing,
    select,
    select_beside,
    side_by_side,
    union,
)

PAGE_DEFAULT = 20
PAGE_LIMIT = 100
UNION_LIMIT = 100
KNOWN_MOST = 500  # rows of one statement that are kept for the request
CURSOR_LENGTH = 4096  # more than the longest name that a list is ordered by takes


@dataclass(frozen=True)
class Window:
    """The four arguments of a Relay connection.

    The cursors bound the list; of what lies between them the page is the first or the last rows.
    Source: GraphQL Cursor Connections Specification, 4.4 Pagination algorithm.
    """

    first: int | None = None
    after: str | None = None
    last: int | None = None
    before: str | None = None

    @classmethod
    def pop_from(cls, arguments: dict[str, Any]) -> "Window":
        """Take them out of a field's arguments, which then hold only its own."""
        return cls(*(arguments.pop(each.name, None) for each in fields(cls)))

    @property
    def backwards(self) -> bool:
        return self.last is not None

    @property
    def rows_before(self) -> bool:
        """Whether its cursor shows that rows precede the page; with `last`, only counting does."""
        return self.after is not None and self.last is None

    @property
    def rows_after(self) -> bool:
        return self.before is not None and self.first is None

    def size(self) -> int:
        """How many rows a page has. Raises GraphQLError for a size that is none."""
        if self.first is not None and self.last is not None:
            raise bad_input("first 和 last 只能用一个", "last")
        size = self.last if self.last is not None else self.first
        size = PAGE_DEFAULT if size is None else size
        if not 0 < size <= PAGE_LIMIT:
            argument = "last" if self.backwards else "first"
            raise bad_input(f"每页条数应为 1 到 {PAGE_LIMIT}", argument)
        return size


class Page:
    """A page of rows as a Relay connection; the total is counted only when it is selected."""

    def __init__(self, rows: "Rows", read: Read, nodes: list[Record], more: bool) -> None:
        self.rows, self.read, self.nodes = rows, read, nodes
        self.has_next_page = read.has_next(more)
        self.has_previous_page = read.has_previous(more)

    @property
    def edges(self) -> list["PageEdge"]:
        return [PageEdge(cursor_at(row, self.read), row) for row in self.nodes]

    @property
    def page_info(self) -> "Page":
        return self

    @property
    def start_cursor(self) -> str | None:
        return cursor_at(self.nodes[0], self.read) if self.nodes else None

    @property
    def end_cursor(self) -> str | None:
        return cursor_at(self.nodes[-1], self.read) if self.nodes else None

    async def total(self) -> int:
        return await self.rows.total(self.read)


@dataclass(frozen=True)
class PageEdge:
    """A row and its cursor."""

    cursor: str
    node: Record


class SharedLoader(DataLoader[Any, Any]):
    """A loader whose answers many wait for: whoever is cancelled leaves the others waiting, and the last
    one to leave ends the read.
    """

    def __init__(self, batch: Any) -> None:
        super().__init__(batch)
        self._waiting: Counter[Future[Any]] = Counter()

    def load(self, key: Any) -> Awaitable[Any]:
        inner = super().load(key)
        assert isinstance(inner, Future)
        if inner.done():
            return inner
        self._waiting[inner] += 1
        outer = shield(inner)
        outer.add_done_callback(lambda own: self._left(inner, own.cancelled()))
        return outer

    def _left(self, inner: "Future[Any]", cancelled: bool) -> None:
        self._waiting[inner] -= 1
        if not self._waiting[inner]:
            del self._waiting[inner]
            if cancelled:
                inner.cancel()


class Rows:
    """The only way from the graph to a table."""

    def __init__(self, viewer: Viewer) -> None:
        self.viewer = viewer
        self._loaders: dict[Hashable, DataLoader[Any, Any]] = {}
        self._known: dict[tuple[str, int], Record] = {}
        self._asked: set[str] = set()

    @cached_property
    def dialect(self) -> str:
        return database.dialect()

    async def fetch(self, sql: Sql) -> list[dict[str, Any]]:
        return await database.fetch(sql[0], self.bound_values(sql))

    def bound_values(self, sql: Sql) -> list[Any]:
        """Its values as the driver of the open database takes them."""
        return [bindable(value, self.dialect) for value in sql[1]]

    async def all(self, read: Read) -> list[Record]:
        read = read._replace(order=read.order.of(read.kind, self.dialect))
        return self._noted(await self._rows(read.kind, select(read, self.viewer)))

    def _noted(self, rows: list[Record]) -> list[Record]:
        """Rows as they were read, which are not read again by their ids; those of a long list are not
        kept for that.
        """
        if len(rows) <= KNOWN_MOST:
            self._known.update(((row.kind, row["id"]), row) for row in rows)
        return rows

    async def _rows(self, kind: Kind, sql: Sql) -> list[Record]:
        return [
            kind.row(stored) for stored in await database.records(sql[0], self.bound_values(sql))
        ]

    async def one(self, kind: str, key: int | None) -> Record | None:
        """The row of `kind` with this id, if it is visible; batched and kept for the request."""
        return None if key is None else await self.by(kind, "id", key)

    async def by(self, kind: str, column: str, value: Any) -> Record | None:
        """The row of `kind` with this human key, if it is visible."""
        if column == "id" and (known := self._known.get((kind, value))):
            return known
        row: Record | None = await self._loader(kind, column, many=False).load(value)
        return row

    async def ones(self, kind: str, keys: Sequence[int | None]) -> list[Record | None]:
        """`one` for each of these ids."""
        known, loader = self._known, self._loader(kind, "id", many=False)
        new = list({key for key in keys if key is not None and (kind, key) not in known})
        read = dict(zip(new, await loader.load_many(new), strict=True)) if new else {}
        return [None if key is None else read.get(key) or known.get((kind, key)) for key in keys]

    async def lists(
        self, kind: str, column: str, keys: Sequence[Any], having: tuple[str, str] | None = None
    ) -> list[list[Record]]:
        """`where` for each of these values."""
        return [*await self._loader(kind, column, True, having).load_many(keys)]

    async def beside(self, near: str, far: str, key: int | None) -> Record | None:
        """What is shown of the row of `far` with this id beside a row of `near` that points at it."""
        if key is None:
            return None

        async def batch(keys: list[int]) -> list[Record | None]:
            rows = await self._rows(
                KINDS[far], select_beside(KINDS[near], KINDS[far], keys, self.viewer)
            )
            by_key = {row["id"]: row for row in rows}
            return [by_key.get(each) for each in keys]

        row: Record | None = await self._kept(("beside", near, far), batch).load(key)
        return row

    async def where(
        self, kind: str, column: str, value: Any, having: tuple[str, str] | None = None
    ) -> list[Record]:
        """All rows of `kind` that point here, oldest first: for lists that stay small."""
        rows: list[Record] = await self._loader(kind, column, True, having).load(value)
        return rows

    async def page(
        self,
        read: Read,
        window: Window,
        list_name: str,
        parent: tuple[str | Link, int] | None = None,
    ) -> Page:
        """One page of the list of that name; pages of many parents with the same arguments share one
        statement.
        """
        table = read.kind.table
        hides = hidden(table, self.viewer) | masked(table, self.viewer)
        read = windowed(read, window, list_name, hides, self.dialect)
        if parent is None:
            return self._page(read, await self.all(read))
        via, key = parent
        page: Page = await self._pages(read, via).load(key)
        return page

    async def total(self, read: Read) -> int:
        (total,) = await self.totals([read])
        return total

    async def totals(self, reads: Sequence[Read]) -> list[int]:
        """How many rows each of these has; one statement, in which equal counts stand once."""
        counts = [
            (text, tuple(bound)) for text, bound in (count(read, self.viewer) for read in reads)
        ]
        distinct = list(dict.fromkeys(counts))
        sql = side_by_side(tuple(text for text, _ in distinct))
        (row,) = await self.fetch((sql, [value for _, bound in distinct for value in bound]))
        return [int(row[f"j{distinct.index(each)}"]) for each in counts]

    async def figures(self, read: Read, by: str, amount: str | None) -> dict[Any, tuple[int, int]]:
        """For each value of the column `by`: how many rows, and the sum of the column `amount`."""
        table = read.kind.table
        if {by, amount} & (hidden(table, self.viewer) | masked(table, self.viewer)):
            raise bad_input("不能按此字段汇总", amount or by)
        decode = read.kind.decoders.get(by, lambda value: value)
        rows = await self.fetch(grouped(read, self.viewer, by, amount))
        return {decode(row["value"]): (int(row["n"]), int(row["total"])) for row in rows}

    def batched(self, key: Hashable, batch: Any) -> DataLoader[Any, Any]:
        """A loader of this request's, which reads for many keys at once by `batch`."""
        return self._kept(key, batch)

    def forget(self) -> None:
        """After an act: what was read before it may have changed."""
        self._loaders.clear()
        self._known.clear()
        self._asked.clear()

    def _page(self, read: Read, rows: list[Record]) -> Page:
        assert read.limit is not None
        more, rows = len(rows) == read.limit, rows[: read.limit - 1]
        return Page(self, read, rows[::-1] if read.backwards else rows, more)

    def _loader(
        self, name: str, column: str, many: bool, having: tuple[str, str] | None = None
    ) -> DataLoader[Any, Any]:
        kind = KINDS[name]
        also: tuple[Sql, ...] = ((f't."{having[0]}" = ?', [having[1]]),) if having else ()

        async def rows_with(keys: list[Any]) -> list[Record]:
            if kind.few and not many and column == "id":
                if name in self._asked:
                    return await self._every(kind)
                self._asked.add(name)
            return await self.all(Read(kind, (in_values(column, keys), *also)))

        async def batch(keys: list[Any]) -> list[Any]:
            rows = await rows_with(keys)
            if not many:
                by_key = {row[column]: row for row in rows}
                return [by_key.get(key) for key in keys]
            lists: dict[Any, list[Record]] = {key: [] for key in keys}
            for row in rows:
                lists[row[column]].append(row)
            return [lists[key] for key in keys]

        return self._kept((name, column, many, having), batch)

    async def _every(self, kind: Kind) -> list[Record]:
        """All rows of a kind that are visible, read once however many ask meanwhile."""

        async def batch(keys: list[None]) -> list[list[Record]]:
            return [await self.all(Read(kind)) for _ in keys]

        rows: list[Record] = await self._kept(("every", kind.name), batch).load(None)
        return rows

    def _pages(self, read: Read, via: str | Link) -> DataLoader[Any, Any]:
        here = pointing(via, "t", "?")

        def of_parent(key: int) -> Read:
            return read._replace(where=(*read.where, (here, [key])))

        async def batch(keys: list[int]) -> list[Page]:
            pages: list[Page] = []
            for start in range(0, len(keys), UNION_LIMIT):
                reads = [of_parent(key) for key in keys[start : start + UNION_LIMIT]]
                sql = union([select(each, self.viewer) for each in reads])
                found: list[list[Record]] = [[] for _ in reads]
                for stored in await database.records(sql[0], self.bound_values(sql)):
                    found[stored["nth"]].append(read.kind.row(stored))
                for rows in found:
                    self._noted(rows)
                pages += [self._page(*each) for each in zip(reads, found, strict=True)]
            return pages

        return self._kept((read.kind.name, via, repr(read)), batch)

    def _kept(self, key: Hashable, batch: Any) -> DataLoader[Any, Any]:
        if key not in self._loaders:
            self._loaders[key] = SharedLoader(batch)
        return self._loaders[key]


def in_values(column: str, keys: Sequence[Any]) -> Sql:
    return f't."{column}" IN ({", ".join("?" * len(keys))})', list(keys)


def windowed(
    read: Read, window: Window, list_name: str, hides: frozenset[str], dialect: str
) -> Read:
    """`read` bounded by Relay's arguments; one row more than the size shows whether there are more.

    Raises GraphQLError for arguments that cannot be used, among them cursors of another list.
    """
    if read.order.column in hides:
        raise bad_input("不能按此字段排序", "orderBy")
    size = window.size()
    bounds = Bounds(
        *(
            None
            if cursor is None
            else read_cursor(cursor, argument, list_name, read.kind, read.order)
            for argument, cursor in (("after", window.after), ("before", window.before))
        )
    )
    return read._replace(
        order=read.order.of(read.kind, dialect),
        bounds=bounds,
        backwards=window.backwards,
        limit=size + 1,
        list_name=list_name,
        rows_before=window.rows_before,
        rows_after=window.rows_after,
    )


def cursor_at(row: Mapping[str, Any], read: Read) -> str:
    """The cursor of a row in the list that is read: its name, its order, the row's place."""
    return write_cursor(read.list_name, read.order, Seek(row[read.order.column], row["id"]))


def write_cursor(list_name: str, order: Order, place: Seek) -> str:
    value = place.value.isoformat() if isinstance(place.value, date | datetime) else place.value
    return orjson.dumps([list_name, order.column, order.descending, value, place.key]).hex().upper()


def read_cursor(cursor: str, argument: str, list_name: str, kind: Kind, order: Order) -> Seek:
    """The place of a cursor. Raises GraphQLError for whatever is not, to the letter, a cursor that
    this list writes in this order.
    """
    try:
        if len(cursor) > CURSOR_LENGTH:
            raise ValueError
        _, _, _, value, key = orjson.loads(bytes.fromhex(cursor))
        if value is not None or not order.nullable:
            value = kind.parse(order.column, value)
        place = Seek(value, kind.parse("id", key))
        if place.key < 1 or (order.column == "id" and place.value != place.key):
            raise ValueError
        if write_cursor(list_name, order, place) != cursor:
            raise ValueError
    except (ValueError, TypeError, OverflowError) as broken:
        raise bad_input("游标无效，请从第一页重新翻", argument) from broken
    return place
