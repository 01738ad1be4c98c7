"""Rows for one request: each read once, in batches, through the viewer's policy."""

import json
from collections.abc import Hashable, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any

from strawberry.dataloader import DataLoader

from schema import database
from schema.permissions import Viewer, hidden
from schema.query.errors import bad_input
from schema.query.models import KINDS, Kind, Record
from schema.query.sql import (
    Order,
    Read,
    Seek,
    Sql,
    bindable,
    count,
    grouped,
    select,
    side_by_side,
    union,
)

PAGE_DEFAULT = 20
PAGE_LIMIT = 100
UNION_LIMIT = 100


@dataclass(frozen=True)
class Window:
    """The four arguments of a Relay connection."""

    first: int | None = None
    after: str | None = None
    last: int | None = None
    before: str | None = None

    @classmethod
    def pop_from(cls, arguments: dict[str, Any]) -> "Window":
        """Take them out of a field's arguments, which then hold only its own."""
        return cls(*(arguments.pop(each.name, None) for each in fields(cls)))


class Page:
    """A page of rows as a Relay connection; the total is counted only when it is selected."""

    def __init__(self, rows: "Rows", read: Read, nodes: list[Record], more: bool) -> None:
        self.rows, self.read, self.nodes = rows, read, nodes
        backwards = read.backwards
        self.has_next_page = read.seek is not None if backwards else more
        self.has_previous_page = more if backwards else read.seek is not None

    @property
    def edges(self) -> list["PageEdge"]:
        return [PageEdge(cursor_at(row, self.read.order), row) for row in self.nodes]

    @property
    def page_info(self) -> "Page":
        return self

    @property
    def start_cursor(self) -> str | None:
        return cursor_at(self.nodes[0], self.read.order) if self.nodes else None

    @property
    def end_cursor(self) -> str | None:
        return cursor_at(self.nodes[-1], self.read.order) if self.nodes else None

    async def total(self) -> int:
        return await self.rows.total(self.read)


@dataclass(frozen=True)
class PageEdge:
    """A row and its cursor."""

    cursor: str
    node: Record


class Rows:
    """The only way from the graph to a table."""

    def __init__(self, viewer: Viewer) -> None:
        self.viewer = viewer
        self._loaders: dict[Hashable, DataLoader[Any, Any]] = {}

    async def fetch(self, sql: Sql) -> list[dict[str, Any]]:
        return await database.fetch(sql[0], bound_values(sql))

    async def all(self, read: Read) -> list[Record]:
        return await self._rows(read.kind, select(read, self.viewer))

    async def _rows(self, kind: Kind, sql: Sql) -> list[Record]:
        return [kind.row(stored) for stored in await database.records(sql[0], bound_values(sql))]

    async def one(self, kind: str, key: int | None) -> Record | None:
        """The row of `kind` with this id, if it is visible; batched and kept for the request."""
        return None if key is None else await self.by(kind, "id", key)

    async def by(self, kind: str, column: str, value: Any) -> Record | None:
        """The row of `kind` with this human key, if it is visible."""
        row: Record | None = await self._loader(kind, column, many=False).load(value)
        return row

    async def where(
        self, kind: str, column: str, value: Any, having: tuple[str, str] | None = None
    ) -> list[Record]:
        """All rows of `kind` that point here, oldest first: for lists that stay small."""
        rows: list[Record] = await self._loader(kind, column, True, having).load(value)
        return rows

    async def page(self, read: Read, window: Window, parent: tuple[str, int] | None = None) -> Page:
        """One page; pages of many parents with the same arguments share one statement."""
        read = windowed(read, window, hidden(read.kind.table, self.viewer))
        if parent is None:
            return self._page(read, await self.all(read))
        column, key = parent
        page: Page = await self._pages(read, column).load(key)
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

    async def figures(self, read: Read, by: str, amount: str) -> dict[Any, tuple[int, int]]:
        """For each value of the column `by`: how many rows, and the sum of the column `amount`."""
        if {by, amount} & hidden(read.kind.table, self.viewer):
            raise bad_input("不能按此字段汇总", amount)
        decode = read.kind.decoders.get(by, lambda value: value)
        rows = await self.fetch(grouped(read, self.viewer, by, amount))
        return {decode(row["value"]): (int(row["n"]), int(row["total"])) for row in rows}

    def forget(self) -> None:
        """After an act: what was read before it may have changed."""
        self._loaders.clear()

    def _page(self, read: Read, rows: list[Record]) -> Page:
        assert read.limit is not None
        more, rows = len(rows) == read.limit, rows[: read.limit - 1]
        return Page(self, read, rows[::-1] if read.backwards else rows, more)

    def _loader(
        self, name: str, column: str, many: bool, having: tuple[str, str] | None = None
    ) -> DataLoader[Any, Any]:
        kind = KINDS[name]
        also: tuple[Sql, ...] = ((f't."{having[0]}" = ?', [having[1]]),) if having else ()

        async def batch(keys: list[Any]) -> list[Any]:
            rows = await self.all(Read(kind, (in_values(column, keys), *also)))
            if not many:
                by_key = {row[column]: row for row in rows}
                return [by_key.get(key) for key in keys]
            lists: dict[Any, list[Record]] = {key: [] for key in keys}
            for row in rows:
                lists[row[column]].append(row)
            return [lists[key] for key in keys]

        return self._kept((name, column, many, having), batch)

    def _pages(self, read: Read, column: str) -> DataLoader[Any, Any]:
        def of_parent(key: int) -> Read:
            return read._replace(where=(*read.where, (f't."{column}" = ?', [key])))

        async def batch(keys: list[int]) -> list[Page]:
            pages: list[Page] = []
            for start in range(0, len(keys), UNION_LIMIT):
                chunk = keys[start : start + UNION_LIMIT]
                reads = [of_parent(key) for key in chunk]
                selects = union([select(each, self.viewer) for each in reads])
                by_parent: dict[int, list[Record]] = {key: [] for key in chunk}
                for row in await self._rows(read.kind, selects):
                    by_parent[row[column]].append(row)
                pages += [
                    self._page(each, by_parent[key]) for each, key in zip(reads, chunk, strict=True)
                ]
            return pages

        return self._kept((read.kind.name, column, repr(read)), batch)

    def _kept(self, key: Hashable, batch: Any) -> DataLoader[Any, Any]:
        if key not in self._loaders:
            self._loaders[key] = DataLoader(batch)
        return self._loaders[key]


def bound_values(sql: Sql) -> list[Any]:
    """Its values as the driver of the open database takes them."""
    dialect = database.dialect()
    return [bindable(value, dialect) for value in sql[1]]


def in_values(column: str, keys: Sequence[Any]) -> Sql:
    return f't."{column}" IN ({", ".join("?" * len(keys))})', list(keys)


def windowed(read: Read, window: Window, hides: frozenset[str]) -> Read:
    """`read` bounded by Relay's arguments; one row more than the size shows whether there is a next page."""
    if read.order.column in hides:
        raise bad_input("不能按此字段排序", "orderBy")
    if window.first is not None and window.last is not None:
        raise bad_input("first 和 last 只能用一个", "last")
    backwards = window.last is not None
    size = window.last if window.last is not None else window.first
    size = PAGE_DEFAULT if size is None else size
    if not 0 < size <= PAGE_LIMIT:
        raise bad_input(f"每页条数应为 1 到 {PAGE_LIMIT}", "last" if backwards else "first")
    cursor = window.before if backwards else window.after
    seek = read_cursor(cursor, read.kind, read.order) if cursor else None
    return read._replace(seek=seek, backwards=backwards, limit=size + 1)


def cursor_at(row: Record, order: Order) -> str:
    value = row[order.column]
    value = value.isoformat() if isinstance(value, date | datetime) else value
    text = json.dumps([order.column, order.descending, value, row["id"]], separators=(",", ":"))
    return text.encode().hex().upper()


def read_cursor(cursor: str, kind: Kind, order: Order) -> Seek:
    """The place of a cursor. Raises GraphQLError for one of another order."""
    try:
        column, descending, value, key = json.loads(bytes.fromhex(cursor))
        if (column, descending) != (order.column, order.descending):
            raise ValueError
        key = kind.parse("id", key)
        value = None if value is None else kind.parse(column, value)
    except (ValueError, TypeError, AttributeError, OverflowError) as broken:
        raise bad_input("游标无效，请从第一页重新翻", "after") from broken
    return Seek(value, key)
